// Package configuration holds the two Configuration packages, and tests that
// their files fit together.
package configuration

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// These are the parts of the files that must agree.
type (
	definition struct {
		Metadata name `json:"metadata"`
		Spec     struct {
			Group                 string   `json:"group"`
			Names                 kind     `json:"names"`
			ConnectionSecretKeys  []string `json:"connectionSecretKeys"`
			DefaultCompositionRef name     `json:"defaultCompositionRef"`
			Versions              []name   `json:"versions"`
		} `json:"spec"`
	}

	composition struct {
		Metadata name `json:"metadata"`
		Spec     struct {
			CompositeTypeRef                  typeRef `json:"compositeTypeRef"`
			WriteConnectionSecretsToNamespace string  `json:"writeConnectionSecretsToNamespace"`
			Pipeline                          []struct {
				FunctionRef name          `json:"functionRef"`
				Input       v1beta1.Input `json:"input"`
			} `json:"pipeline"`
		} `json:"spec"`
	}

	configuration struct {
		Spec struct {
			DependsOn []struct {
				Provider string `json:"provider"`
				Function string `json:"function"`
				Kind     string `json:"kind"`
				Package  string `json:"package"`
				Version  string `json:"version"`
			} `json:"dependsOn"`
		} `json:"spec"`
	}

	name struct {
		Name string `json:"name"`
	}
	kind struct {
		Kind string `json:"kind"`
	}
	typeRef struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
)

func TestComposition(t *testing.T) {
	for _, flavour := range []string{"claims", "namespaced"} {
		t.Run(flavour, func(t *testing.T) {
			var xrd definition
			var c composition
			read(t, filepath.Join(flavour, "definition.yaml"), &xrd)
			read(t, filepath.Join(flavour, "composition.yaml"), &c)

			if diff := cmp.Diff(xrd.Spec.DefaultCompositionRef, c.Metadata); diff != "" {
				t.Errorf("the XRD's default is another Composition: -XRD, +Composition:\n%s", diff)
			}
			want := typeRef{APIVersion: xrd.Spec.Group + "/" + xrd.Spec.Versions[0].Name, Kind: xrd.Spec.Names.Kind}
			if diff := cmp.Diff(want, c.Spec.CompositeTypeRef); diff != "" {
				t.Errorf("the Composition composes another kind: -XRD, +Composition:\n%s", diff)
			}
			if errs := c.Spec.Pipeline[0].Input.Validate(); len(errs) > 0 {
				t.Errorf("the function would refuse the Composition's input: %v", errs)
			}
		})
	}
}

// TestCommentedInput checks what the Compositions show as comments, which people
// will make their own.
func TestCommentedInput(t *testing.T) {
	for _, flavour := range []string{"claims", "namespaced"} {
		t.Run(flavour, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(flavour, "composition.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			_, commented, found := strings.Cut(string(b), "kind: Input\n")
			if !found {
				t.Fatal("the Composition has no Input")
			}
			uncommented := regexp.MustCompile(`(?m)^ +# `).ReplaceAllString(commented, "")
			in := v1beta1.Input{}
			in.APIVersion, in.Kind = v1beta1.APIVersion, v1beta1.Kind
			if err := yaml.UnmarshalStrict([]byte(uncommented), &in); err != nil {
				t.Fatal(err)
			}
			if in.Region == nil || in.Defaults == nil || in.Limits == nil {
				t.Errorf("the comments were not read: %s", uncommented)
			}
			if errs := in.Validate(); len(errs) > 0 {
				t.Errorf("the function would refuse it: %v", errs)
			}
		})
	}
}

// TestConnection checks that Crossplane lets through all that the function publishes for
// a claim, and what it may publish one day, and has a place to keep it.
func TestConnection(t *testing.T) {
	var xrd definition
	var c composition
	read(t, "claims/definition.yaml", &xrd)
	read(t, "claims/composition.yaml", &c)

	want := []string{
		connection.KeyURL, connection.KeyHost, connection.KeyPort, connection.KeyReaderHost, connection.KeyPassword,
		"REDIS_READER_URL", "REDIS_TLS", "REDIS_USERNAME",
	}
	slices.Sort(want)
	slices.Sort(xrd.Spec.ConnectionSecretKeys)
	if diff := cmp.Diff(want, xrd.Spec.ConnectionSecretKeys); diff != "" {
		t.Errorf("connection secret keys: -function, +XRD:\n%s", diff)
	}
	if c.Spec.WriteConnectionSecretsToNamespace == "" {
		t.Error("without writeConnectionSecretsToNamespace a claim has no REDIS_URL")
	}
}

func TestDependencies(t *testing.T) {
	provider, err := toolchain.Provider(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, flavour := range []string{"claims", "namespaced"} {
		t.Run(flavour, func(t *testing.T) {
			var c configuration
			var comp composition
			read(t, filepath.Join(flavour, "crossplane.yaml"), &c)
			read(t, filepath.Join(flavour, "composition.yaml"), &comp)

			got := map[string]string{}
			for _, d := range c.Spec.DependsOn {
				pkg := d.Provider + d.Function + d.Package
				got[pkg] = d.Version
				if d.Function == "" && d.Kind != "Function" {
					continue
				}
				if want := installedName(pkg); comp.Spec.Pipeline[0].FunctionRef.Name != want {
					t.Errorf("the Composition runs %s; Crossplane installs %s as %s", comp.Spec.Pipeline[0].FunctionRef.Name, pkg, want)
				}
			}
			types := ">=" + provider.Version
			want := map[string]string{
				"xpkg.upbound.io/upbound/provider-aws-elasticache":      types,
				"xpkg.upbound.io/upbound/provider-aws-ssm":              types,
				"xpkg.crossplane.io/crossplane-contrib/function-xredis": ">=v0.1.0",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("dependencies: -want (the version of the Go types), +got:\n%s", diff)
			}
		})
	}
}

// TestActivation checks that Crossplane takes the policy, and that it names all that the
// function composes in that flavour and nothing else.
func TestActivation(t *testing.T) {
	var policy unstructured.Unstructured
	read(t, "namespaced/activation.yaml", &policy.Object)

	core, err := toolchain.Required(t.Context(), filepath.Join("..", "hack", "tools", toolchain.CrossplaneCore.Module), "github.com/crossplane/crossplane/v2")
	if err != nil {
		t.Fatal(err)
	}
	crd, err := schema.CRD(filepath.Join(core.Dir, "cluster", "crds", "apiextensions.crossplane.io_managedresourceactivationpolicies.yaml"), "v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	if errs := crd.Validate(&policy, nil); len(errs) > 0 {
		t.Errorf("Crossplane refuses it: %v", errs)
	}

	var want []string
	for _, kind := range resources.ManagedKinds(v1alpha1.Namespaced) {
		plural, _ := meta.UnsafeGuessKindToResource(kind)
		want = append(want, plural.GroupResource().String())
	}
	got, _, _ := unstructured.NestedStringSlice(policy.Object, "spec", "activate")
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-composed, +activated:\n%s", diff)
	}
}

// installedName of a package that Crossplane installs because another depends on
// it: its repository, as a DNS label.
// https://github.com/crossplane/crossplane/blob/v2.4.0/internal/controller/pkg/resolver/reconciler.go
func installedName(pkg string) string {
	_, repository, _ := strings.Cut(pkg, "/")
	return strings.ReplaceAll(repository, "/", "-")
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
