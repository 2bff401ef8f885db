// Package claim does what Crossplane does when a claim is made: it turns it into
// the composite that the function sees. The preview and the tests need it,
// because the CLI renders composites only.
package claim

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// IsClaim tells a claim from a composite: by convention the composite's kind is
// the claim's with an X before it.
func IsClaim(u *unstructured.Unstructured) bool {
	return !strings.HasPrefix(u.GetKind(), "X")
}

// Identify a composite that has no uid yet, as one has in a cluster, always with
// the same one. Names of AWS resources are made from it.
func Identify(xr *unstructured.Unstructured) {
	if xr.GetUID() == "" {
		xr.SetUID(uid(xr.GetNamespace(), xr.GetName()))
	}
}

func uid(namespace, name string) types.UID {
	return types.UID(uuid.NewSHA1(uuid.NameSpaceURL, []byte(namespace+"/"+name)).String())
}

// Composite of a claim, with a name and a uid that are always the same for the
// same claim. A claim that has its composite already names it in spec.resourceRef. Its connection details go to a Secret in secretNamespace, which is
// the Composition's writeConnectionSecretsToNamespace; with none they go nowhere.
func Composite(claim *unstructured.Unstructured, secretNamespace string) (*unstructured.Unstructured, error) {
	name, namespace := claim.GetName(), claim.GetNamespace()
	if name == "" {
		return nil, errors.New("a claim needs metadata.name")
	}
	if namespace == "" {
		namespace = "default"
	}
	xr := claim.DeepCopy()
	id := string(uid(namespace, name))
	xrName, _, _ := unstructured.NestedString(xr.Object, "spec", "resourceRef", "name")
	if xrName == "" {
		xrName = name + "-" + redis.Digest(id)[:5]
	}
	xr.SetKind("X" + claim.GetKind())
	xr.SetName(xrName)
	xr.SetNamespace("")
	xr.SetUID(types.UID(id))
	meta.AddLabels(xr, map[string]string{protocol.LabelClaimName: name, protocol.LabelClaimNamespace: namespace, protocol.LabelComposite: xrName})
	ref := map[string]any{"apiVersion": claim.GetAPIVersion(), "kind": claim.GetKind(), "name": name, "namespace": namespace}
	if err := unstructured.SetNestedMap(xr.Object, ref, "spec", "claimRef"); err != nil {
		return nil, fmt.Errorf("the claim %q has no spec: %w", name, err)
	}
	unstructured.RemoveNestedField(xr.Object, "spec", "resourceRef")
	unstructured.RemoveNestedField(xr.Object, "spec", "writeConnectionSecretToRef")
	if secretNamespace == "" {
		return xr, nil
	}
	return xr, unstructured.SetNestedMap(xr.Object, map[string]any{"name": id, "namespace": secretNamespace}, "spec", "writeConnectionSecretToRef")
}
