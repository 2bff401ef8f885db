// Package owner keeps a composite from taking over the cache of another. What a cache is
// called and what Crossplane finds under that name go in; what the first creation waits
// for comes out, or an error that names the owner.
package owner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// requirement begins the names of what is asked of Crossplane. They must stay the same
// from round to round.
const requirement = "same-cache"

// waitsForAnswer is what a cache waits for while Crossplane has not looked for its
// owner.
const waitsForAnswer = "Crossplane to look up whether another composite has the cache"

// Check that no other composite has the cache, or is about to make it. The provider
// takes what exists under a name for its own, so a second composite would change
// the cache of the first. It is asked before the cache is made, and not again.
//
// What the first creation has to wait for is no error: the answer, and what is still
// being deleted. A Crossplane that can't look resources up never answers. It is not
// waited for longer than until the replication group is there, for others to see.
func Check(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *protocol.XR, o resources.Observed, cache redis.Fixed) (waits []string, err error) {
	if rg := o[resources.ReplicationGroup]; rg.InAWS() && !rg.Adopted() {
		return nil, nil
	}
	found, answered := lookUp(req, rsp, xr, cache.ClusterID)
	for _, other := range found {
		switch {
		case !isOf(other, cache, xr):
		case other.Deleting():
			waits = append(waits, "the deletion of "+describe(other))
		case !isOurs(other, xr, o) && comesFirst(other, o):
			return nil, taken(xr, cache, other)
		}
	}
	if !answered && (protocol.LooksUp(req) || !o[resources.ReplicationGroup].Exists()) {
		waits = append(waits, waitsForAnswer)
	}
	return waits, nil
}

// lookUp all resources that are labelled as the cache's, in all namespaces, and tell
// whether Crossplane has done so.
func lookUp(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *protocol.XR, clusterID string) (found []resources.Resource, answered bool) {
	answered = true
	for _, kind := range resources.ManagedKinds(xr.Flavour()) {
		name := requirement + "-" + strings.ToLower(kind.Kind)
		protocol.Require(req, rsp, name, &fnv1.ResourceSelector{
			ApiVersion: kind.GroupVersion().String(),
			Kind:       kind.Kind,
			Match:      &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: map[string]string{resources.LabelClusterID: clusterID}}},
		})
		objects, ok := protocol.Found(req, name)
		answered = answered && ok
		for _, o := range objects {
			found = append(found, resources.Resource{Object: o})
		}
	}
	return found, answered
}

// isOf reports whether a resource belongs to the cache: there can be one of an id in a
// region of an account. A ProviderConfig is in the namespace of what names it, so that in
// each namespace it is another account.
func isOf(r resources.Resource, cache redis.Fixed, xr *protocol.XR) bool {
	return r.Label(resources.LabelClusterID) == cache.ClusterID &&
		r.Region() == cache.Region &&
		r.Account() == cache.Account &&
		(cache.Account.Kind != v1beta1.ProviderConfig || r.Namespace() == xr.GetNamespace())
}

// isOurs reports whether a resource is one that the composite made, also one that
// Crossplane has lost sight of.
func isOurs(r resources.Resource, xr *protocol.XR, o resources.Observed) bool {
	for _, own := range o {
		if own.UID() != "" && own.UID() == r.UID() {
			return true
		}
	}
	by := controller(r)
	return by.Text("uid") != "" && by.Text("uid") == string(xr.GetUID()) && groupKind(by) == groupKind(xr.Observed)
}

// controller is the reference to the composite that a resource belongs to.
func controller(r resources.Resource) protocol.Object {
	for _, v := range r.Value("metadata", "ownerReferences").GetListValue().GetValues() {
		ref := protocol.Object{Struct: v.GetStructValue()}
		if is, _ := ref.Bool("controller"); is {
			return ref
		}
	}
	return protocol.Object{}
}

func groupKind(o protocol.Object) schema.GroupKind {
	return schema.FromAPIVersionAndKind(o.Text("apiVersion"), o.Text("kind")).GroupKind()
}

// comesFirst reports which of two composites has the cache, where both began before
// either could see the other: the one that AWS knows, else the older one. Their
// replication groups decide. What else is another's counts once AWS has it, and none
// of ours.
func comesFirst(other resources.Resource, o resources.Observed) bool {
	own := o[resources.ReplicationGroup]
	switch {
	case !other.Is(resources.ReplicationGroup):
		return other.InAWS() && !hasGroup(o)
	case !own.Exists() || other.InAWS():
		return true
	}
	return cmp.Or(created(other).Compare(created(own)), cmp.Compare(other.UID(), own.UID())) < 0
}

// hasGroup reports whether AWS has a subnet group of ours.
func hasGroup(o resources.Observed) bool {
	return slices.ContainsFunc(o.Networks(), func(digest string) bool { return o[resources.SubnetGroupOf(digest)].InAWS() })
}

// created is when an object was made, the beginning of time while that is unknown.
func created(r resources.Resource) time.Time {
	t, _ := time.Parse(time.RFC3339, r.Text("metadata", "creationTimestamp"))
	return t
}

// taken tells who has the cache.
func taken(xr *protocol.XR, cache redis.Fixed, other resources.Resource) error {
	if xr.Spec.Existing != nil && cache.ClusterID == resources.ExistingID(&xr.XRedis) {
		return field.Invalid(existingID, cache.ClusterID, fmt.Sprintf(
			"this cache in %s belongs to %s: name another, or delete that one first, with deletionPolicy Orphan. Nothing of it is changed", cache.Region, ownerOf(other)))
	}
	return field.Invalid(field.NewPath("spec", "appName"), xr.Spec.AppName, fmt.Sprintf(
		"with the environment %q this is the cache %q in %s, which belongs to %s: choose another appName or environment, or delete that one first. Nothing of it is changed, and nothing is created here",
		xr.Spec.Environment, cache.ClusterID, cache.Region, ownerOf(other)))
}

// ownerOf a resource, in words.
func ownerOf(r resources.Resource) string {
	if name := r.Label(protocol.LabelClaimName); name != "" {
		return fmt.Sprintf("the claim %q in the namespace %q", name, r.Label(protocol.LabelClaimNamespace))
	}
	name := cmp.Or(controller(r).Text("name"), r.Label(protocol.LabelComposite))
	if name == "" {
		return "no composite, but to " + describe(r)
	}
	return fmt.Sprintf("the composite %q", name) + in(r.Namespace())
}

// describe a resource, so that it can be found.
func describe(r resources.Resource) string {
	return fmt.Sprintf("the %s %q", r.Text("kind"), r.Name()) + in(r.Namespace())
}

func in(namespace string) string {
	if namespace == "" {
		return ""
	}
	return fmt.Sprintf(" in the namespace %q", namespace)
}
