package v1alpha1

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// TestLimits compares every limit in the schema with the function's: patterns,
// enums, lengths, numbers.
func TestLimits(t *testing.T) {
	const subdomain = `^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` // validation.IsDNS1123Subdomain

	want := map[string]any{
		"appName.matches":                           appNamePattern.String(),
		"appName.minLength":                         1,
		"appName.maxLength":                         maxName,
		"environment.matches":                       environmentPattern.String(),
		"environment.minLength":                     1,
		"environment.maxLength":                     maxName,
		"vpcId.matches":                             vpcPattern.String(),
		"vpcId.maxLength":                           64,
		"subnetIds.minItems":                        1,
		"subnetIds.maxItems":                        maxSubnets,
		"subnetIds[].matches":                       subnetPattern.String(),
		"subnetIds[].maxLength":                     64,
		"securityGroupIds.minItems":                 1,
		"securityGroupIds.maxItems":                 maxGroups,
		"securityGroupIds[].matches":                groupPattern.String(),
		"securityGroupIds[].maxLength":              64,
		"region.matches":                            regionPattern.String(),
		"region.maxLength":                          32,
		"tags.maxProperties":                        MaxTags,
		"nodeType.matches":                          nodeTypePattern.String(),
		"nodeType.maxLength":                        64,
		"numCacheNodes.minimum":                     1,
		"numCacheNodes.maximum":                     MaxCacheNodes,
		"engine.enum":                               redis.Engines(),
		"engineVersion.matches":                     engineVersionPattern(t), // Compared by TestEngineVersions.
		"engineVersion.maxLength":                   8,
		"snapshotRetentionLimit.minimum":            0,
		"snapshotRetentionLimit.maximum":            MaxSnapshotRetentionLimit,
		"authTokenSecretRef.name.pattern":           subdomain,
		"authTokenSecretRef.name.minLength":         1,
		"authTokenSecretRef.name.maxLength":         253,
		"authTokenSecretRef.key.pattern":            `^[.]?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$`, // validation.IsConfigMapKey
		"authTokenSecretRef.key.minLength":          1,
		"authTokenGeneration.maximum":               redis.MaxGeneration,
		"authTokenGeneration.minimum":               1,
		"authTokenSecretRef.key.maxLength":          253,
		"authTokenSecretRef.namespace.maxLength":    63,
		"authTokenUpdateStrategy.enum":              updateStrategies,
		"transitEncryption.enum":                    transitEncryptions,
		"maxmemoryPolicy.enum":                      maxmemoryPolicies,
		"timeoutSeconds.minimum":                    0,
		"timeoutSeconds.maximum":                    1<<31 - 1,
		"kmsKeyId.pattern":                          kmsKeyPattern.String(),
		"kmsKeyId.maxLength":                        256,
		"maintenanceWindow.matches":                 redis.MaintenanceWindowPattern,
		"maintenanceWindow.maxLength":               len("sun:05:00-sun:07:00"),
		"snapshotWindow.matches":                    redis.SnapshotWindowPattern,
		"snapshotWindow.maxLength":                  len("03:00-05:00"),
		"snapshotName.pattern":                      snapshotNamePattern.String(),
		"snapshotName.minLength":                    1,
		"snapshotName.maxLength":                    255,
		"deletionPolicy.enum":                       deletionPolicies,
		"existing.replicationGroupId.matches":       appNamePattern.String(),
		"existing.replicationGroupId.maxLength":     40,
		"existing.mode.enum":                        existingModes,
		"existing.tags.enum":                        existingTags,
		"writeConnectionSecretToRef.name.pattern":   subdomain,
		"writeConnectionSecretToRef.name.minLength": 1,
		"writeConnectionSecretToRef.name.maxLength": 253,
	}
	got := map[string]any{}
	for name, p := range ownProperties(namespaced(t)) {
		limits(got, name, p)
	}
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
		t.Errorf("limits differ: -function (this test's list, and the constants and patterns that it names), +XRD (the markers in xredis_types.go). "+
			"Edit the one that is wrong; of a new field, add each limit to the list. -function, +XRD:\n%s", diff)
	}
}

// TestFlavours checks that the flavours differ in the Secret's name only, so
// that what holds for one holds for the other.
func TestFlavours(t *testing.T) {
	want := ownProperties(namespaced(t))
	delete(want, "writeConnectionSecretToRef")
	for _, f := range flavours(t)[:2] {
		if diff := cmp.Diff(want, ownProperties(f)); diff != "" {
			t.Errorf("%s: -namespaced, +%s:\n%s", f.name, f.name, diff)
		}
	}
}

// TestProperties checks that the XRDs have the fields of the Go types, and so
// that they were generated since the types changed.
func TestProperties(t *testing.T) {
	spec := namespaced(t).schema.OpenAPI().Properties["spec"]
	want, required := jsonFields(reflect.TypeFor[XRedisSpec]())
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(ownProperties(namespaced(t))))); diff != "" {
		t.Errorf("fields of the spec: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
	slices.Sort(spec.Required)
	if diff := cmp.Diff(required, spec.Required); diff != "" {
		t.Errorf("required fields of the spec: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
	want, _ = jsonFields(reflect.TypeFor[XRedisStatus]())
	status := namespaced(t).schema.OpenAPI().Properties["status"].Properties
	delete(status, "conditions")
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(status))); diff != "" {
		t.Errorf("fields of the status: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
}

// TestDefaultsAreDescribed checks that the schema names each documented default,
// and leaves filling it in to the function, where a platform can change it.
func TestDefaultsAreDescribed(t *testing.T) {
	defaults := map[string]any{}
	if err := json.Unmarshal(asJSON(t, DocumentedDefaults()), &defaults); err != nil {
		t.Fatal(err)
	}
	for name, p := range ownProperties(namespaced(t)) {
		if p.Default != nil {
			t.Errorf("%s: has a default in the schema, which a platform could not change", name)
		}
		said := strings.Join(strings.Fields(p.Description), " ")
		value, ok := defaults[name]
		if want := fmt.Sprintf("Default: %v", value); ok && !strings.Contains(said, want) {
			t.Errorf("%s: want %q in the description, got %q", name, want, said)
		}
	}
}

// ownProperties of the spec, without those that Crossplane adds.
func ownProperties(f flavour) map[string]extv1.JSONSchemaProps {
	props := f.schema.OpenAPI().Properties["spec"].Properties
	if f.name != flavourNamespaced {
		delete(props, "writeConnectionSecretToRef")
	}
	for _, name := range []string{
		"crossplane", "claimRef", "resourceRef", "resourceRefs", "compositeDeletePolicy", "compositionRef", "compositionRevisionRef",
		"compositionRevisionSelector", "compositionSelector", "compositionUpdatePolicy",
	} {
		delete(props, name)
	}
	return props
}

// limits of a property and those below it, by path and keyword. Of the CEL rules it
// has the patterns; TestRules breaks each of the others.
func limits(out map[string]any, path string, p extv1.JSONSchemaProps) {
	set := func(keyword string, value any) {
		if !reflect.ValueOf(value).IsZero() {
			out[path+"."+keyword] = value
		}
	}
	set("pattern", p.Pattern)
	set("matches", formOf(p))
	set("enum", p.Enum)
	set("minLength", p.MinLength)
	set("maxLength", p.MaxLength)
	set("minItems", p.MinItems)
	set("maxItems", p.MaxItems)
	set("minProperties", p.MinProperties)
	set("maxProperties", p.MaxProperties)
	set("minimum", p.Minimum)
	set("maximum", p.Maximum)
	set("multipleOf", p.MultipleOf)
	for name, child := range p.Properties {
		limits(out, path+"."+name, child)
	}
	if p.Items != nil {
		limits(out, path+"[]", *p.Items.Schema)
	}
}

// formOf a text, empty if no rule gives one. It is a rule and no pattern where people
// often get it wrong: the API server then says what is wrong in our words.
func formOf(p extv1.JSONSchemaProps) string {
	for _, rule := range p.XValidations {
		if form, ok := strings.CutPrefix(strings.TrimPrefix(rule.Rule, "self.size() == 0 || "), "self.matches('"); ok {
			return strings.TrimSuffix(form, "')")
		}
	}
	return ""
}

func engineVersionPattern(t *testing.T) string {
	t.Helper()
	return formOf(ownProperties(namespaced(t))["engineVersion"])
}

// jsonFields of a struct and those that are required, both sorted.
func jsonFields(typ reflect.Type) (all, required []string) {
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			inner, innerRequired := jsonFields(f.Type)
			all, required = append(all, inner...), append(required, innerRequired...)
			continue
		}
		all = append(all, name)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}
