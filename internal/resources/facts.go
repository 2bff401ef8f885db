package resources

import (
	"slices"

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

	// Holds are what each resource waits for that is held: AWS does not have it yet,
	// and the provider leaves it alone.
	Holds map[string][]string

	// ParameterGroup is the name of the one that the cache is to use.
	ParameterGroup string

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

	// ParameterKMSKeyID encrypts the parameter, nil for AWS's own key.
	ParameterKMSKeyID *string
}

// A Network is the subnets of a subnet group, and the digest that sets the group apart.
type Network struct {
	Digest    string
	SubnetIDs []string
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
func objectMeta(f Facts, name, externalName string, more ...annotation) metav1.ObjectMeta {
	annotations := map[string]string{meta.AnnotationKeyExternalName: externalName}
	if len(f.Holds[name]) > 0 {
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

// managed is the part of the spec that all managed resources share. Late
// initialization is left out: it would make fields ours that AWS decides.
func managed(xr *v1alpha1.XRedis, f Facts) xpv2.ManagedResourceSpec {
	policies := xpv1.ManagementPolicies{xpv1.ManagementActionObserve, xpv1.ManagementActionCreate, xpv1.ManagementActionUpdate}
	if *xr.Spec.DeletionPolicy == v1alpha1.DeletionPolicyDelete {
		policies = append(policies, xpv1.ManagementActionDelete)
	}
	return xpv2.ManagedResourceSpec{
		ManagementPolicies:      policies,
		ProviderConfigReference: &xpv1.ProviderConfigReference{Kind: f.Account.Kind, Name: f.Account.Name},
	}
}

// tags in the provider's form.
func tags(in map[string]string) map[string]*string {
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
