package composite

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/testing/manifest"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
	"github.com/crossplane-contrib/function-xredis/internal/wire"
)

// TestReadSpec: a spec that is read where it lies is the same as the one that is read
// as JSON, whatever the values are.
func TestReadSpec(t *testing.T) {
	fields := plain.Fields(reflect.TypeFor[v1alpha1.XRedisSpec]())
	if len(fields) < 20 {
		t.Fatalf("only %d fields were found: this test sees nothing", len(fields))
	}
	short := 0
	rapid.Check(t, func(t *rapid.T) {
		s, err := structpb.NewStruct(rapid.MapOfN(rapid.SampledFrom(fields), values(), 0, 3).Draw(t, "spec"))
		if err != nil {
			t.Fatal(err)
		}
		var got v1alpha1.XRedisSpec
		if !wire.Decode(s, &got) {
			return
		}
		short++
		want, err := readJSON(s)
		if err != nil {
			t.Fatalf("as JSON it is an error: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-as JSON, +got:\n%s", diff)
		}
	})
	if short == 0 {
		t.Error("no spec was read the short way")
	}
}

// TestReadExamples: that is so for what people write, and it is always read the short
// way.
func TestReadExamples(t *testing.T) {
	files, err := filepath.Glob("../../example/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		docs, err := manifest.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, _, _ := unstructured.NestedMap(docs[0].Object, "spec")
		s, err := structpb.NewStruct(spec)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var got v1alpha1.XRedisSpec
		if !wire.Decode(s, &got) {
			t.Errorf("%s is not read the short way", file)
			continue
		}
		want, err := readJSON(s)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -as JSON, +got:\n%s", file, diff)
		}
		read++
	}
	if read < 6 {
		t.Errorf("only %d specs were read", read)
	}
}

// values of every type, right and wrong.
func values() *rapid.Generator[any] {
	return rapid.SampledFrom([]any{
		nil, "", "x", true, false, 0.0, 1.0, -1.0, 1.5, 1e9, 3e9, []any{}, []any{"a", "b"}, []any{1.0}, []any{nil},
		map[string]any{}, map[string]any{"name": "n", "key": "k"}, map[string]any{"name": 1.0}, map[string]any{"name": nil},
		map[string]any{"name": "n", "namespace": "s", "other": "o"},
	})
}
