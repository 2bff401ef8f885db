package crossplane

import (
	"encoding/base64"
	"maps"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func newSecret(namespace, name string) *unstructured.Unstructured {
	s := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Secret"}}
	s.SetNamespace(namespace)
	s.SetName(name)
	return s
}

func dataOf(s *unstructured.Unstructured) map[string][]byte {
	data, _, _ := unstructured.NestedStringMap(s.Object, "data")
	out := map[string][]byte{}
	for k, v := range data {
		out[k], _ = base64.StdEncoding.DecodeString(v)
	}
	return out
}

func setData(s *unstructured.Unstructured, data map[string][]byte) {
	out := map[string]any{}
	for k, v := range data {
		out[k] = base64.StdEncoding.EncodeToString(v)
	}
	s.Object["data"] = out
}

// writeSecret adds keys to a Secret, or makes it, for an object that then owns it.
func (w *world) writeSecret(r ref, data map[string][]byte, owner *unstructured.Unstructured) {
	s, ok := w.objects[r]
	if !ok {
		s = newSecret(r.namespace, r.name)
		s.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: owner.GetAPIVersion(), Kind: owner.GetKind(), Name: owner.GetName(), UID: owner.GetUID()}})
		w.add(s)
		s = w.objects[r]
	}
	before := dataOf(s)
	after := maps.Clone(before)
	maps.Copy(after, data)
	if ok && reflect.DeepEqual(before, after) {
		return
	}
	setData(s, after)
	w.changed()
}
