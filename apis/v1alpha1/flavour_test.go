package v1alpha1

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// The rules stand in the markers, which become the XRDs, and in the function. The tests
// of this package hold the one against the other.

// valid is what the cases change.
const valid = `
appName: booking
environment: dev
vpcId: vpc-0a1b2c3d
subnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d]
securityGroupIds: [sg-0a1b2c3d]
`

// A flavour is a kind that people write, as Crossplane serves it.
type flavour struct {
	name   string
	schema *schema.Schema
	ours   map[string]bool // Messages of all its rules.
}

const (
	flavourClaim      = "claim"
	flavourComposite  = "composite of a claim"
	flavourNamespaced = "namespaced"
)

func flavours(t testing.TB) []flavour {
	t.Helper()
	claims := filepath.Join("..", "..", "configuration", "claims", "definition.yaml")
	namespaced := filepath.Join("..", "..", "configuration", "namespaced", "definition.yaml")
	return []flavour{
		newFlavour(t, flavourClaim, schema.Claim, claims),
		newFlavour(t, flavourComposite, schema.Composite, claims),
		newFlavour(t, flavourNamespaced, schema.Composite, namespaced),
	}
}

func newFlavour(t testing.TB, name string, load func(file, version string) (*schema.Schema, error), file string) flavour {
	t.Helper()
	s, err := load(file, "v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	f := flavour{name: name, schema: s, ours: map[string]bool{}}
	addMessages(f.ours, *s.OpenAPI())
	return f
}

func addMessages(to map[string]bool, p extv1.JSONSchemaProps) {
	for _, rule := range p.XValidations {
		to[rule.Message] = true
	}
	for _, child := range p.Properties {
		addMessages(to, child)
	}
	if p.Items != nil {
		addMessages(to, *p.Items.Schema)
	}
}

// namespaced is the flavour that has every field and every rule.
func namespaced(t testing.TB) flavour {
	t.Helper()
	return flavours(t)[2]
}

// check a spec as the function does.
func check(t *testing.T, overlay string) field.ErrorList {
	t.Helper()
	var spec XRedisSpec
	if err := json.Unmarshal(asJSON(t, laidOver(t, overlay)), &spec); err != nil {
		t.Fatal(err)
	}
	path := field.NewPath("spec")
	errs := spec.Validate(path)
	spec.Settings = spec.WithDefaults(Settings{})
	return append(errs, spec.ValidateCombination(path)...)
}

// agree checks that the XRD refuses what the function finds wrong, and that it
// uses the function's words where they are ours.
func agree(t *testing.T, f flavour, found, refused field.ErrorList) {
	t.Helper()
	if diff := cmp.Diff(fields(found), fields(refused)); diff != "" {
		t.Errorf("%s: fields that are wrong: -function, +XRD:\n%s\nfunction: %v\nXRD: %v", f.name, diff, found, refused)
	}
	for _, err := range refused {
		if strings.Contains(err.Detail, "evaluating rule") {
			t.Errorf("%s: %s: a rule breaks off, and its text is no help: %s", f.name, err.Field, err.Detail)
		}
		same := func(other *field.Error) bool {
			return place(other) == place(err) && strings.HasPrefix(other.Detail, err.Detail)
		}
		if f.ours[err.Detail] && !slices.ContainsFunc(found, same) {
			t.Errorf("%s: %s: the XRD says %q, the function says %v", f.name, err.Field, err.Detail, found)
		}
	}
}

// place is an error's field. The XRD tells that a tag is wrong, but not which.
func place(err *field.Error) string {
	if strings.HasPrefix(err.Field, "spec.tags[") {
		return "spec.tags"
	}
	return err.Field
}

func fields(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, place(err))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// object of any flavour: what it is called does not matter to its spec.
func object(t testing.TB, overlay string) *unstructured.Unstructured {
	t.Helper()
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "platform.example.org/v1alpha1",
		"kind":       "XRedis",
		"metadata":   map[string]any{"name": "booking"},
		"spec":       laidOver(t, overlay),
	}}
}

// laidOver the valid spec.
func laidOver(t testing.TB, overlay string) map[string]any {
	t.Helper()
	out, over := map[string]any{}, map[string]any{}
	if err := yaml.Unmarshal([]byte(valid), &out); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(overlay), &over); err != nil {
		t.Fatal(err)
	}
	maps.Copy(out, over)
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}
