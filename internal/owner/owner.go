// Package owner keeps a composite from taking over the cache of another.
package owner

import (
	"cmp"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/object"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// requirement names what is asked of Crossplane. It must stay the same from round
// to round.
const requirement = "same-cache"

// Labels that Crossplane puts on what is composed.
const (
	labelComposite      = "crossplane.io/composite"
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"
)

// A Cache is one in AWS: there can be one of an id in a region of an account.
type Cache struct {
	ClusterID      string
	Region         string
	ProviderConfig resources.ProviderConfig
}

// Check that no other composite has the cache, or is about to make it. The provider
// takes what exists under a name for its own, so a second composite would change
// the cache of the first. It is asked before the cache is made, and not again.
//
// A Crossplane that can't look resources up can't be asked.
func Check(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *composite.XR, o resources.Observed, c Cache) error {
	own := o[resources.ReplicationGroup]
	if own.InAWS() || !connection.CanRequire(req) {
		return nil
	}
	gvk, _ := resources.Kind(resources.ReplicationGroup, xr.Namespaced())
	connection.Require(rsp, requirement, &fnv1.ResourceSelector{
		ApiVersion: gvk.GroupVersion().String(),
		Kind:       gvk.Kind,
		Match:      &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: map[string]string{resources.LabelClusterID: c.ClusterID}}},
	})
	for _, item := range req.GetRequiredResources()[requirement].GetItems() {
		other := resources.Resource{Object: object.Object{Struct: item.GetResource()}}
		if c.isOf(other, xr.Namespaced()) && !belongsTo(other, xr) && comesFirst(other, own) {
			return taken(xr, c, other)
		}
	}
	return nil
}

// isOf reports whether a replication group stands for the cache.
func (c Cache) isOf(r resources.Resource, namespaced bool) bool {
	return r.ExternalName() == c.ClusterID &&
		r.Text("spec", "forProvider", "region") == c.Region &&
		r.Text("spec", "providerConfigRef", "name") == c.ProviderConfig.Name &&
		(!namespaced || r.Text("spec", "providerConfigRef", "kind") == c.ProviderConfig.Kind)
}

func belongsTo(r resources.Resource, xr *composite.XR) bool {
	return r.Label(labelComposite) == xr.GetName() && r.Namespace() == xr.GetNamespace()
}

// comesFirst tells which of two composites has the cache, where both began before
// either could see the other: the one that AWS knows, else the older one.
func comesFirst(other, own resources.Resource) bool {
	if !own.Exists() || other.InAWS() {
		return true
	}
	return cmp.Or(created(other).Compare(created(own)), cmp.Compare(other.UID(), own.UID())) < 0
}

// created is when an object was made, the beginning of time while that is unknown.
func created(r resources.Resource) time.Time {
	t, _ := time.Parse(time.RFC3339, r.Text("metadata", "creationTimestamp"))
	return t
}

// taken tells who has the cache.
func taken(xr *composite.XR, c Cache, other resources.Resource) error {
	who := fmt.Sprintf("the composite %q", other.Label(labelComposite))
	switch {
	case other.Label(labelClaimName) != "":
		who = fmt.Sprintf("the claim %q in the namespace %q", other.Label(labelClaimName), other.Label(labelClaimNamespace))
	case other.Namespace() != "":
		who += fmt.Sprintf(" in the namespace %q", other.Namespace())
	}
	return field.Invalid(field.NewPath("spec", "appName"), xr.Spec.AppName, fmt.Sprintf(
		"with the environment %q this is the cache %q in %s, which belongs to %s: choose another appName or environment, or delete that one first. Nothing of it is changed, and nothing is created here",
		xr.Spec.Environment, c.ClusterID, c.Region, who))
}
