package render

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/manifest"
)

const annotationResourceName = "crossplane.io/composition-resource-name"

// systemConditions are Crossplane's own. Functions can't set them.
var systemConditions = []string{"Ready", "Synced", "Healthy", "Responsive", "UpToDate"}

// normal form of what was rendered, with only what the function decides: each
// CLI adds names, owners and labels in its own way. The composite comes first,
// and then what it is composed of, by resource name.
func normal(t *testing.T, stream []byte) []*unstructured.Unstructured {
	t.Helper()
	docs := documents(t, stream)
	for _, d := range docs {
		if d.GetAnnotations()[annotationResourceName] == "" {
			normaliseComposite(d)
			continue
		}
		normaliseComposed(d)
	}
	slices.SortFunc(docs, func(a, b *unstructured.Unstructured) int {
		return strings.Compare(a.GetAnnotations()[annotationResourceName], b.GetAnnotations()[annotationResourceName])
	})
	return docs
}

func normaliseComposite(xr *unstructured.Unstructured) {
	unstructured.RemoveNestedField(xr.Object, "metadata")
	unstructured.RemoveNestedField(xr.Object, "spec")
	unstructured.RemoveNestedField(xr.Object, "status", "claimConditionTypes")
	unstructured.RemoveNestedField(xr.Object, "status", "connectionDetails")
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")
	conditions = slices.DeleteFunc(conditions, func(c any) bool { return slices.Contains(systemConditions, conditionType(c)) })
	for _, c := range conditions {
		delete(c.(map[string]any), "lastTransitionTime")
		delete(c.(map[string]any), "observedGeneration")
	}
	slices.SortFunc(conditions, func(a, b any) int { return strings.Compare(conditionType(a), conditionType(b)) })
	if len(conditions) == 0 {
		unstructured.RemoveNestedField(xr.Object, "status", "conditions")
		return
	}
	_ = unstructured.SetNestedSlice(xr.Object, conditions, "status", "conditions")
}

func conditionType(c any) string {
	s, _, _ := unstructured.NestedString(c.(map[string]any), "type")
	return s
}

func normaliseComposed(u *unstructured.Unstructured) {
	for _, field := range []string{"generateName", "namespace", "ownerReferences", "resourceVersion", "uid"} {
		unstructured.RemoveNestedField(u.Object, "metadata", field)
	}
	labels := u.GetLabels()
	for l := range labels {
		if strings.HasPrefix(l, "crossplane.io/") {
			delete(labels, l)
		}
	}
	u.SetLabels(labels)
	if len(labels) == 0 {
		unstructured.RemoveNestedField(u.Object, "metadata", "labels")
	}
}

// forgetNames that the function leaves to Crossplane.
func forgetNames(want, got []*unstructured.Unstructured) {
	named := map[string]bool{}
	for _, w := range want {
		named[w.GetAnnotations()[annotationResourceName]] = w.GetName() != ""
	}
	for _, g := range got {
		if !named[g.GetAnnotations()[annotationResourceName]] {
			unstructured.RemoveNestedField(g.Object, "metadata", "name")
		}
	}
}

func forgetConditions(docs []*unstructured.Unstructured) {
	for _, d := range docs {
		unstructured.RemoveNestedField(d.Object, "status", "conditions")
	}
}

func documents(t *testing.T, stream []byte) []*unstructured.Unstructured {
	t.Helper()
	out, err := manifest.Decode(stream)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
