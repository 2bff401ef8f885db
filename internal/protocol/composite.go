package protocol

import (
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// An XR is the composite: the XRedis, and what Crossplane adds to it.
type XR struct {
	v1alpha1.XRedis

	// ClaimNamespace is where the claim lies, empty without a claim.
	ClaimNamespace string

	// Crossplane2 reports whether Crossplane is known to be 2.0 or later: it has a
	// namespaced composite, or advertises what it can do, as 2.2 does.
	Crossplane2 bool

	// ConnectionSecret is where Crossplane publishes the connection details of a
	// claim's composite, nil where the Composition has it publish none.
	ConnectionSecret *types.NamespacedName

	// ConnectionDetails that Crossplane has published.
	ConnectionDetails map[string][]byte

	// Observed is the whole object.
	Observed Object
}

// ReadComposite that was observed. What can't be read is an error that names the field.
func ReadComposite(req *fnv1.RunFunctionRequest) (*XR, error) {
	o := Composite(req)
	if !o.Exists() {
		return nil, errors.New("the request holds no composite resource: this function composes an XRedis")
	}
	if o.Name() == "" {
		return nil, field.Required(field.NewPath("metadata", "name"), "a composite resource without a name can't be composed")
	}
	if err := checkFlavour(o); err != nil {
		return nil, err
	}
	spec, err := readSpec(o)
	if err != nil {
		return nil, err
	}
	return &XR{
		XRedis: v1alpha1.XRedis{
			TypeMeta:   metav1.TypeMeta{APIVersion: o.Text("apiVersion"), Kind: o.Text("kind")},
			ObjectMeta: metav1.ObjectMeta{Name: o.Name(), Namespace: o.Namespace(), UID: types.UID(o.Text("metadata", "uid"))},
			Spec:       spec,
			Status:     readStatus(o),
		},
		ClaimNamespace:    o.Text("spec", "claimRef", "namespace"),
		Crossplane2:       o.Namespace() != "" || LooksUp(req),
		ConnectionSecret:  connectionSecret(o),
		ConnectionDetails: req.GetObserved().GetComposite().GetConnectionDetails(),
		Observed:          o,
	}, nil
}

// checkFlavour refuses a composite whose namespace and API group contradict each
// other: it would be composed in the other flavour. In a cluster the XRD decides, so
// the namespace is always right. Only a preview has objects that were never created.
func checkFlavour(o Object) error {
	if o.Text("metadata", "creationTimestamp") != "" || o.Text("spec", "claimRef", "name") != "" {
		return nil
	}
	group, _, _ := strings.Cut(o.Text("apiVersion"), "/")
	path := field.NewPath("metadata", "namespace")
	if o.Namespace() == "" && v1alpha1.IsNamespacedGroup(group) {
		return field.Required(path, fmt.Sprintf("an XRedis of %s is namespaced: write the namespace that it is applied to, such as default", group))
	}
	if o.Namespace() != "" && group == v1alpha1.Group {
		return field.Invalid(path, o.Namespace(), fmt.Sprintf("an XRedis of %s has no namespace: leave it out, or use the namespaced API, apiVersion: %s/v1alpha1", group, v1alpha1.NamespacedGroup(group)))
	}
	return nil
}

// TokenNamespace is where a token Secret of the team's own lies, empty where
// there is no team: a cluster-scoped composite without a claim.
func (x *XR) TokenNamespace() string {
	if x.Namespaced() {
		return x.GetNamespace()
	}
	return x.ClaimNamespace
}

// readStatus reads what was reported last. A field of another type than ours reads as
// empty, and so does what follows it.
func readStatus(o Object) v1alpha1.XRedisStatus {
	var status v1alpha1.XRedisStatus
	_ = runtime.DefaultUnstructuredConverter.FromUnstructured(o.Value("status").GetStructValue().AsMap(), &status)
	return status
}

// readSpec reads our fields and passes over those that Crossplane or a platform
// team adds.
func readSpec(o Object) (v1alpha1.XRedisSpec, error) {
	var spec v1alpha1.XRedisSpec
	path, s := field.NewPath("spec"), o.Value("spec").GetStructValue()
	if s == nil {
		return spec, field.Required(path, "an XRedis needs appName and environment")
	}
	return spec, Decode(path, s, &spec, false)
}

// connectionSecret is a cluster-scoped composite's; a namespaced one has a field
// of the same name, which is ours and names no namespace.
func connectionSecret(o Object) *types.NamespacedName {
	n := types.NamespacedName{
		Name:      o.Text("spec", "writeConnectionSecretToRef", "name"),
		Namespace: o.Text("spec", "writeConnectionSecretToRef", "namespace"),
	}
	if n.Name == "" || n.Namespace == "" {
		return nil
	}
	return &n
}
