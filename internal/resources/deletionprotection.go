package resources

import (
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// usageKind of Crossplane 2, which has a namespace.
var usageKind = schema.GroupVersionKind{Group: "protection.crossplane.io", Version: "v1beta1", Kind: "Usage"} //nolint:gochecknoglobals // A constant.

// usageReason is what kubectl prints when the deletion is refused.
const usageReason = "spec.deletionProtection is true: set it to false, and delete once status.deletionProtection is Disabled"

// Protected is an object that a Usage of its own namespace keeps from being deleted.
type Protected struct{ APIVersion, Kind, Name, Namespace string }

// A Usage of Crossplane 2, without what the function never sets.
// https://github.com/crossplane/crossplane/blob/v2.4.0/apis/protection/v1beta1/usage_types.go
type Usage struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec UsageSpec `json:"spec"`
}

// UsageSpec is what must not be deleted, and why.
type UsageSpec struct {
	Of     UsageOf `json:"of"`
	Reason string  `json:"reason"`
}

// UsageOf an object in the Usage's namespace.
type UsageOf struct {
	APIVersion  string   `json:"apiVersion"`
	Kind        string   `json:"kind"`
	ResourceRef UsageRef `json:"resourceRef"`
}

// UsageRef names the object.
type UsageRef struct {
	Name string `json:"name"`
}

// MakeUsage has Crossplane refuse to delete what the team applied. It does not repeat a
// deletion that was refused: that would delete the cache once protection is off.
func MakeUsage(f Facts) *Usage {
	of := f.Protects
	return &Usage{
		TypeMeta:   typeMeta(usageKind),
		ObjectMeta: metav1.ObjectMeta{Namespace: of.Namespace},
		Spec: UsageSpec{
			Of:     UsageOf{APIVersion: of.APIVersion, Kind: of.Kind, ResourceRef: UsageRef{Name: of.Name}},
			Reason: usageReason,
		},
	}
}

// Protected reports whether anything that is desired without protection is still
// protected: there is a Usage, or a managed resource that the provider may not delete yet.
func (d Desired) Protected(o Observed) bool {
	for name, r := range o {
		wanted := Resource{Object: protocol.Object{Struct: d[name]}}
		if name == DeletionProtection || wanted.deletable() && !r.deletable() {
			return true
		}
	}
	return false
}

// deletable reports whether the provider may delete in AWS what the resource stands for.
func (r Resource) deletable() bool {
	return slices.ContainsFunc(r.Value("spec", "managementPolicies").GetListValue().GetValues(), func(p *structpb.Value) bool {
		return p.GetStringValue() == string(xpv1.ManagementActionDelete)
	})
}
