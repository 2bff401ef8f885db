package plan

import (
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// protects is the object that nobody may delete while deletionProtection is on: what the
// team applied, because the deletion of a claim whose composite is protected never ends.
// Crossplane 1 has no Usages of claims.
func protects(xr *protocol.XR, o resources.Observed) *resources.Protected {
	if !ptr.Deref(xr.Spec.DeletionProtection, false) || !xr.Crossplane2 && !o[resources.DeletionProtection].Exists() {
		return nil
	}
	if xr.Namespaced() {
		return &resources.Protected{APIVersion: xr.APIVersion, Kind: xr.Kind, Name: xr.GetName(), Namespace: xr.GetNamespace()}
	}
	claim := func(field string) string { return xr.Observed.Text("spec", "claimRef", field) }
	if claim("name") == "" || claim("namespace") == "" {
		return nil
	}
	return &resources.Protected{APIVersion: claim("apiVersion"), Kind: claim("kind"), Name: claim("name"), Namespace: claim("namespace")}
}
