package preview

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// takeIdentity of the composite that the observed resources belong to, if they were
// read from a cluster: its name and uid are not in a claim that a person wrote.
func (in *Input) takeIdentity() error {
	var owner *metav1.OwnerReference
	for _, o := range in.observed {
		ref := metav1.GetControllerOf(o)
		if ref == nil {
			continue
		}
		if owner != nil && owner.UID != ref.UID {
			return fmt.Errorf("the observed resources belong to more than one composite, %s and %s: select those of one with kubectl get -l crossplane.io/composite=%s", owner.Name, ref.Name, owner.Name)
		}
		owner = ref
	}
	if owner == nil {
		return nil
	}
	if in.XR.GetName() != owner.Name && !claim.IsClaim(in.asked) {
		return fmt.Errorf("the observed resources belong to %s %s, and not to %s", owner.Kind, owner.Name, describe(in.XR))
	}
	secret := []string{"spec", "writeConnectionSecretToRef", "name"}
	if name, _, _ := unstructured.NestedString(in.XR.Object, secret...); name == string(in.XR.GetUID()) {
		if err := unstructured.SetNestedField(in.XR.Object, string(owner.UID), secret...); err != nil {
			return err
		}
	}
	in.XR.SetName(owner.Name)
	in.XR.SetUID(owner.UID)
	if claim.IsClaim(in.asked) {
		meta.AddLabels(in.XR, map[string]string{protocol.LabelComposite: owner.Name})
	}
	return nil
}
