package main

import (
	"fmt"
	"maps"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	clustergroups "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	clusterelasticache "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	clusterssm "github.com/upbound/provider-aws/v2/apis/cluster/ssm/v1beta1"
	elasticache "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"
	ssm "github.com/upbound/provider-aws/v2/apis/namespaced/ssm/v1beta1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
)

// providerTypes are provider-aws's own, of both families. Only this file imports them:
// they link Terraform's SDK.
var providerTypes = sync.OnceValues(func() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	types := runtime.NewSchemeBuilder(
		elasticache.AddToScheme, ssm.AddToScheme,
		clustergroups.AddToScheme, clusterelasticache.AddToScheme, clusterssm.AddToScheme,
	)
	return scheme, types.AddToScheme(scheme)
})

// TestProviderTypes holds our types to the provider's, of the version that the API
// server stores: their group, version and kind, and every field that ours have.
func TestProviderTypes(t *testing.T) {
	scheme, err := providerTypes()
	if err != nil {
		t.Fatal(err)
	}
	for name, ours := range map[string]reflect.Type{
		resources.SubnetGroup:              reflect.TypeFor[resources.Managed[resources.SubnetGroupParameters]](),
		resources.ParameterGroup("redis7"): reflect.TypeFor[resources.Managed[resources.ParameterGroupParameters]](),
		resources.ReplicationGroup:         reflect.TypeFor[resources.Managed[resources.ReplicationGroupParameters]](),
		resources.URLParameter:             reflect.TypeFor[resources.Managed[resources.URLParameterParameters]](),
	} {
		for _, flavour := range v1alpha1.Flavours() {
			kind, _ := resources.Kind(name, flavour)
			t.Run(kind.String(), func(t *testing.T) {
				theirs, err := scheme.New(kind)
				if err != nil {
					t.Fatal(err)
				}
				if _, stored := theirs.(interface{ Hub() }); !stored {
					t.Error("the API server stores another version")
				}
				var want []string
				if flavour == v1alpha1.Claims {
					want = []string{".spec.providerConfigRef.kind is not the provider's"} // The twin has none.
				}
				if diff := cmp.Diff(want, differences("", ours, reflect.TypeOf(theirs).Elem())); diff != "" {
					t.Errorf("-want, +got:\n%s", diff)
				}
			})
		}
	}
}

// differences of a type of ours from the provider's, in the fields that ours has.
func differences(path string, ours, theirs reflect.Type) []string {
	switch kind := ours.Kind(); {
	case ours == theirs:
		return nil
	case kind != theirs.Kind():
		return []string{fmt.Sprintf("%s is a %s, the provider's is a %s", path, ours, theirs)}
	case kind == reflect.Pointer, kind == reflect.Slice:
		return differences(path, ours.Elem(), theirs.Elem())
	case kind != reflect.Struct:
		return []string{fmt.Sprintf("%s is a %s, the provider's is a %s", path, ours, theirs)}
	}
	var out []string
	all := jsonFields(theirs)
	for name, f := range jsonFields(ours) {
		at, is := path+"."+name, all[name]
		if !strings.EqualFold(f.Name, is.Name) || f.Tag.Get("json") != is.Tag.Get("json") {
			out = append(out, at+" is not the provider's")
			continue
		}
		out = append(out, differences(at, f.Type, is.Type)...)
	}
	slices.Sort(out)
	return out
}

// jsonFields of a struct by their name in JSON, those of inlined structs among them.
func jsonFields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			maps.Copy(out, jsonFields(f.Type))
			continue
		}
		out[name] = f
	}
	return out
}

// checkProviderTypes: a resource says nothing that the provider's type has no field
// for, and the type says no less.
func checkProviderTypes(t *testing.T, want *structpb.Struct) {
	t.Helper()
	scheme, err := providerTypes()
	if err != nil {
		t.Fatal(err)
	}
	u := &unstructured.Unstructured{Object: want.AsMap()}
	if u.GetKind() == "Secret" || u.GetKind() == "Usage" {
		return // Which are none of its types.
	}
	typed, err := scheme.New(u.GroupVersionKind())
	if err != nil {
		t.Fatal(err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(u.Object, typed, true); err != nil {
		t.Error(err)
	}
	got, err := plain.Encode(typed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("-as we write it, +as the provider's %T writes it:\n%s", typed, diff)
	}
}

// TestLinksNoProvider: what is built of this module links nothing of the provider.
func TestLinksNoProvider(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, "github.com/crossplane/function-sdk-go") {
		t.Fatalf("%d packages were found, and not the SDK: this test sees nothing", len(linked))
	}
	for _, p := range linked {
		if strings.HasPrefix(p, "github.com/upbound/") || strings.HasPrefix(p, "github.com/hashicorp/") {
			t.Errorf("%s is linked", p)
		}
	}
}
