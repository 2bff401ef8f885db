package preview

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/claim"
)

const (
	kindClaim     = "Redis"
	kindComposite = "XRedis"
)

// isAsked tells what is rendered from what is only in the same file. The API
// group is no help, because a platform team has its own.
func isAsked(u *unstructured.Unstructured) bool {
	return u.GetKind() == kindClaim || u.GetKind() == kindComposite
}

// isNamespaced reports whether a composite is of the namespaced flavour, as the function
// sees it. A claim has a namespace too, but its composite has none.
func isNamespaced(u *unstructured.Unstructured) bool {
	return !claim.IsClaim(u) && u.GetNamespace() != ""
}

// composite that Crossplane would make of what is asked. Connection details go
// to a Secret in secretNamespace, if it is not empty.
func composite(asked *unstructured.Unstructured, secretNamespace string) (*unstructured.Unstructured, error) {
	if _, found, err := unstructured.NestedMap(asked.Object, "spec"); !found || err != nil {
		return nil, fmt.Errorf("%s has no spec", describe(asked))
	}
	if !strings.Contains(asked.GetAPIVersion(), "/") {
		return nil, fmt.Errorf("%s has the apiVersion %q, which lacks an API group, as in platform.example.org/v1alpha1", describe(asked), asked.GetAPIVersion())
	}
	if claim.IsClaim(asked) {
		return claim.Composite(withoutServerFields(asked), secretNamespace)
	}
	if asked.GetName() == "" {
		return nil, errors.New("an XRedis needs metadata.name")
	}
	claim.Identify(asked)
	if isNamespaced(asked) || secretNamespace == "" {
		return asked, nil
	}
	return asked, publishTo(asked, secretNamespace)
}

// withoutServerFields is a claim as it was written, when it was read from a
// cluster: Crossplane does not hand these on to the composite.
func withoutServerFields(u *unstructured.Unstructured) *unstructured.Unstructured {
	out := u.DeepCopy()
	for _, field := range []string{"creationTimestamp", "finalizers", "generation", "managedFields", "ownerReferences", "resourceVersion", "uid"} {
		unstructured.RemoveNestedField(out.Object, "metadata", field)
	}
	for _, field := range []string{"compositeDeletePolicy", "compositionRevisionRef"} {
		unstructured.RemoveNestedField(out.Object, "spec", field)
	}
	unstructured.RemoveNestedField(out.Object, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	return out
}

// publishTo a Secret in a namespace, which is what Crossplane writes into a
// composite of its first flavour that names none.
func publishTo(xr *unstructured.Unstructured, namespace string) error {
	if _, found, err := unstructured.NestedMap(xr.Object, "spec", "writeConnectionSecretToRef"); found || err != nil {
		return err
	}
	ref := map[string]any{"name": string(xr.GetUID()), "namespace": namespace}
	return unstructured.SetNestedMap(xr.Object, ref, "spec", "writeConnectionSecretToRef")
}
