package claim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

func TestComposite(t *testing.T) {
	claim := func() *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "redis.acme.com/v1alpha1",
			"kind":       "Redis",
			"metadata":   map[string]any{"name": "c", "namespace": "team"},
			"spec":       map[string]any{"appName": "a", "writeConnectionSecretToRef": map[string]any{"name": "redis"}},
		}}
	}
	got, err := Composite(claim(), "crossplane-system")
	if err != nil {
		t.Fatal(err)
	}
	uid := string(got.GetUID())
	want := map[string]any{
		"apiVersion": "redis.acme.com/v1alpha1",
		"kind":       "XRedis",
		"metadata": map[string]any{
			"name": got.GetName(),
			"uid":  uid,
			"labels": map[string]any{
				protocol.LabelClaimName: "c", protocol.LabelClaimNamespace: "team", protocol.LabelComposite: got.GetName(),
			},
		},
		"spec": map[string]any{
			"appName":                    "a",
			"claimRef":                   map[string]any{"apiVersion": "redis.acme.com/v1alpha1", "kind": "Redis", "name": "c", "namespace": "team"},
			"writeConnectionSecretToRef": map[string]any{"name": uid, "namespace": "crossplane-system"},
		},
	}
	if diff := cmp.Diff(want, got.Object); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	again, err := Composite(claim(), "crossplane-system")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got.Object, again.Object); diff != "" {
		t.Errorf("the same claim must give the same composite:\n%s", diff)
	}
	bound := claim()
	bound.Object["spec"].(map[string]any)["resourceRef"] = map[string]any{"apiVersion": "redis.acme.com/v1alpha1", "kind": "XRedis", "name": "c-x7k2p"}
	named, err := Composite(bound, "crossplane-system")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("c-x7k2p", named.GetName()); diff != "" {
		t.Errorf("a claim that has its composite already says what its name is: -want, +got:\n%s", diff)
	}
	if _, found, _ := unstructured.NestedMap(named.Object, "spec", "resourceRef"); found {
		t.Error("Crossplane does not hand resourceRef on to the composite")
	}
	without, err := Composite(claim(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, found, _ := unstructured.NestedMap(without.Object, "spec", "writeConnectionSecretToRef"); found {
		t.Error("a Composition without writeConnectionSecretsToNamespace gives the composite no Secret")
	}
}

func TestCompositeRefuses(t *testing.T) {
	for name, object := range map[string]map[string]any{
		"NoName": {"kind": "Redis", "metadata": map[string]any{}, "spec": map[string]any{}},
		"NoSpec": {"kind": "Redis", "metadata": map[string]any{"name": "c"}, "spec": "text"},
	} {
		if _, err := Composite(&unstructured.Unstructured{Object: object}, ""); err == nil {
			t.Errorf("%s: a claim that can't be turned into a composite must be refused", name)
		}
	}
}
