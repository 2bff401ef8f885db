package protocol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestObject(t *testing.T) {
	s, err := structpb.NewStruct(map[string]any{
		"metadata": map[string]any{"name": "n", "namespace": "ns", "annotations": map[string]any{"a.b/c": "v"}},
		"spec":     map[string]any{"text": "t", "yes": true, "two": 2, "null": nil, "list": []any{"x"}, "empty": map[string]any{}},
		"status":   map[string]any{"conditions": []any{"no object", map[string]any{"type": "Ready", "status": "True", "reason": "R", "message": "M"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := Object{s}
	ready, found := o.Condition("Ready")
	_, synced := o.Condition("Synced")
	yes, isBool := o.Bool("spec", "yes")
	_, textIsBool := o.Bool("spec", "text")
	got := []any{
		o.Exists(), o.Name(), o.Namespace(), o.Annotation("a.b/c"), o.Annotation("none"),
		ready, found, synced, yes, isBool, textIsBool,
		o.Text("spec", "text"), o.Text("spec", "two"), o.Text("spec", "text", "deeper"), o.Number("spec", "two"),
		o.Has("spec", "text"), o.Has("spec", "null"), o.Has("spec", "none"), o.Has("spec", "empty"), o.Has("none", "none"),
	}
	want := []any{
		true, "n", "ns", "v", "",
		Condition{Status: "True", Reason: "R", Message: "M"}, true, false, true, true, false,
		"t", "", "", 2.0,
		true, false, false, true, false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestNoObject: whatever is not there reads as empty.
func TestNoObject(t *testing.T) {
	for _, o := range []Object{{}, {&structpb.Struct{}}, {&structpb.Struct{Fields: map[string]*structpb.Value{"status": nil, "metadata": {}}}}} {
		_, condition := o.Condition("Ready")
		_, isBool := o.Bool("metadata", "b")
		if o.Name() != "" || condition || isBool || o.Has("metadata", "name") || o.Number("status", "port") != 0 {
			t.Errorf("%v reads as something", o)
		}
	}
}
