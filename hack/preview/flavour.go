package preview

import (
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/apiserver"
	"github.com/crossplane-contrib/function-xredis/internal/claim"
)

// flavourOf what is asked: as the XRD says that the caller named, and else as the API
// group does. What was read from a cluster has a namespace if its kind is namespaced.
func flavourOf(asked *unstructured.Unstructured, own *apiserver.Definition) v1alpha1.Flavour {
	namespaced := v1alpha1.IsNamespacedGroup(asked.GroupVersionKind().Group)
	switch {
	case claim.IsClaim(asked):
		namespaced = false
	case !asked.GetCreationTimestamp().Time.IsZero():
		namespaced = asked.GetNamespace() != ""
	case own != nil:
		namespaced = own.Namespaced()
	}
	if namespaced {
		return v1alpha1.Namespaced
	}
	return v1alpha1.Claims
}

// setNamespace as kubectl does, and refuse one that a cluster would not take.
func setNamespace(asked *unstructured.Unstructured, flavour v1alpha1.Flavour, log io.Writer) error {
	group := asked.GroupVersionKind().Group
	switch {
	case flavour == v1alpha1.Claims && !claim.IsClaim(asked) && asked.GetNamespace() != "":
		return fmt.Errorf("metadata.namespace: %q: an XRedis of %s has no namespace.\n"+
			"Leave the namespace out, or write a claim (kind: %s), or use the namespaced API (apiVersion: %s/v1alpha1).\n"+
			"If your own XRD is namespaced, name it with --xrd FILE",
			asked.GetNamespace(), group, kindClaim, v1alpha1.NamespacedGroup(group))
	case (flavour == v1alpha1.Namespaced || claim.IsClaim(asked)) && asked.GetNamespace() == "":
		fmt.Fprintf(log, "%s has no namespace: this preview uses \"default\", as kubectl does.\n", describe(asked))
		asked.SetNamespace("default")
	}
	return nil
}
