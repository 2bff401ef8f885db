package resources

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	xpv2 "github.com/crossplane/crossplane-runtime/v2/apis/common/v2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// Facts are what the resources need beside the spec: what is derived from it,
// from the platform's Input and from what is observed.
type Facts struct {
	// Rollout is what may be asked of AWS now. Where it names what the spec names
	// too, it comes first: a running cache can't be given everything.
	redis.Rollout

	// Holds keep back the resources that AWS does not have yet.
	Holds map[string]Hold

	// ParameterGroup is the name of the one that the cache is to use.
	ParameterGroup string

	// ForeignGroup is the name of the parameter group of a cache that was taken over,
	// empty if there is none: it is only observed.
	ForeignGroup string

	// Taken is what the resources of a cache that was taken over keep, by their names in
	// the pipeline.
	Taken map[string]Taken

	// UID of the replication group's managed resource, empty before there is one.
	UID string

	// TokenSource has the token for the provider to read, or takes the one that it makes up.
	TokenSource SecretRef

	// TLSMode reports whether the engine that runs knows TLS modes.
	TLSMode bool

	// Tokens of the team's own that the provider is to find.
	Tokens map[redis.TokenID]redis.Secret

	// TokenSecret holds the tokens of the team's own, nil where there are none.
	TokenSecret *SecretRef

	// ConnectionSecret is where the provider writes what it knows of the
	// replication group.
	ConnectionSecret SecretRef

	// URLSecret holds REDIS_URL, nil where nothing will hold it.
	URLSecret *SecretRef

	// Network is the digest of the subnet group that the cache is in, or is to be in.
	Network string

	// Networks have the subnet groups that are wanted: the cache's own, and those that
	// exist and may be in use.
	Networks []Network

	// Families whose parameter groups are wanted: the cache's own, and those that
	// exist, of which one may be in use.
	Families []string

	// Details to connect with: they are secret.
	Details map[string][]byte

	// ComposeSecret reports whether a namespaced XRedis has its Secret yet.
	ComposeSecret bool

	// URLRevision tells one published URL from the next, empty before the first.
	URLRevision string

	// Protects is what a Usage keeps from being deleted, nil where there is none.
	Protects *Protected

	// ParameterKMSKeyID encrypts the parameter, nil for AWS's own key.
	ParameterKMSKeyID *string
}

// A Hold keeps back a resource that AWS does not have: the provider only observes it.
type Hold struct {
	// Waits are what the resource waits for. It is nothing but the provider's answer that
	// AWS has nothing under its name, if they are empty.
	Waits []string

	// Paused has the provider not even observe it.
	Paused bool

	// Anew leaves the managed resource out once, so that Crossplane makes another one: the
	// provider goes on to report what it found under the name that a resource had before.
	// https://github.com/crossplane/upjet/blob/main/pkg/controller/external_tfpluginsdk.go
	Anew bool
}

// Taken is what a resource keeps that was taken over.
type Taken struct {
	// Description and Tags of the resource.
	Description string
	Tags        map[string]string

	// Parameters of a parameter group, by their names.
	Parameters map[string]string

	// NoFailover reports whether a cache of several nodes has no automatic failover.
	NoFailover bool

	// Tier of the parameter in Parameter Store.
	Tier string
}

// A Network is the subnets of a subnet group, and the digest that sets the group apart.
type Network struct {
	Digest    string
	SubnetIDs []string

	// Foreign is the name of a group that was not made for this cache alone, empty for
	// one that was: it is only observed.
	Foreign string
}

// A SecretRef names a Secret.
type SecretRef struct {
	Name      string
	Namespace string // Not looked at in a namespaced resource, which has its own.
}

// annotation of an object; one without a value is left out.
type annotation struct{ key, value string }

// objectMeta of a resource by its name in the pipeline: its name in AWS, whether it is
// held, and further annotations. Names in the API server are left to Crossplane.
func objectMeta(f Facts, name string, more ...annotation) metav1.ObjectMeta {
	annotations := map[string]string{meta.AnnotationKeyExternalName: f.ExternalName(name)}
	if f.Holds[name].Paused {
		annotations[meta.AnnotationKeyReconciliationPaused] = "true"
	}
	for _, a := range more {
		if a.value != "" {
			annotations[a.key] = a.value
		}
	}
	return metav1.ObjectMeta{Annotations: annotations, Labels: map[string]string{LabelClusterID: f.ClusterID}}
}

func typeMeta(gvk schema.GroupVersionKind) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind}
}

// managed is the part of the spec that all managed resources share.
func managed(xr *v1alpha1.XRedis, f Facts, name string) xpv2.ManagedResourceSpec {
	return xpv2.ManagedResourceSpec{
		ManagementPolicies:      policies(xr, f, name),
		ProviderConfigReference: &xpv1.ProviderConfigReference{Kind: f.Account.Kind, Name: f.Account.Name},
	}
}

// ExternalName of a resource: its name in AWS.
func (f *Facts) ExternalName(name string) string {
	if family, is := strings.CutPrefix(name, parameterGroupPrefix); is {
		return redis.ParameterGroupName(f.ClusterID, family)
	}
	switch name {
	case ReplicationGroup:
		return f.ClusterID
	case URLParameter:
		return f.ParameterStorePath
	case ForeignGroup:
		return f.ForeignGroup
	}
	for _, n := range f.Networks {
		if SubnetGroupOf(n.Digest) == name {
			return cmp.Or(n.Foreign, redis.SubnetGroupName(f.ClusterID, n.Digest))
		}
	}
	return ""
}

// holds reports whether a resource is held.
func (f *Facts) holds(name string) bool {
	_, held := f.Holds[name]
	return held
}

// onlyObserves reports whether a resource is not the cache's alone.
func (f *Facts) onlyObserves(name string) bool {
	return name == ForeignGroup || slices.ContainsFunc(f.Networks, func(n Network) bool { return n.Foreign != "" && SubnetGroupOf(n.Digest) == name })
}

// policies of a resource that is only observed, or managed. Late initialization is left
// out: it would make fields ours that AWS decides. Protection does not keep a group that
// the cache has left: it is deleted once AWS no longer uses it.
func policies(xr *v1alpha1.XRedis, f Facts, name string) xpv1.ManagementPolicies {
	observe, create, update := xpv1.ManagementActionObserve, xpv1.ManagementActionCreate, xpv1.ManagementActionUpdate
	switch {
	case f.holds(name) || f.onlyObserves(name):
		return xpv1.ManagementPolicies{observe}
	case *xr.Spec.DeletionPolicy == v1alpha1.DeletionPolicyOrphan, *xr.Spec.DeletionProtection && !f.leaves(name):
		return xpv1.ManagementPolicies{observe, create, update}
	}
	return xpv1.ManagementPolicies{observe, create, update, xpv1.ManagementActionDelete}
}

// leaves reports whether a resource is a group other than the one that the cache is to use.
func (f *Facts) leaves(name string) bool {
	if strings.HasPrefix(name, parameterGroupPrefix) {
		return f.ExternalName(name) != f.ParameterGroup
	}
	_, isGroup := subnetGroupDigest(name)
	return isGroup && name != SubnetGroupOf(f.Network)
}

// tags of a resource, in the provider's form.
func tags(xr *v1alpha1.XRedis, f Facts, name string) map[string]*string {
	in := xr.Spec.Tags
	if kept, ok := f.Taken[name]; ok {
		in = kept.Tags
	}
	out := make(map[string]*string, len(in))
	for k, v := range in {
		out[k] = ptr.To(v)
	}
	return out
}

// set is a list whose order means nothing, in the provider's form. It is sorted,
// so that a claim that only reorders it changes nothing.
func set(in []string) []*string {
	out := make([]*string, 0, len(in))
	for _, s := range slices.Sorted(slices.Values(in)) {
		out = append(out, ptr.To(s))
	}
	return out
}

// notEmpty is nil for an empty text: a field that is not meant to be set.
func notEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return ptr.To(s)
}
