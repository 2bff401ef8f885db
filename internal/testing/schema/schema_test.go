package schema

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

const lamps = `
type: object
properties:
  spec:
    type: object
    required: [colour]
    x-kubernetes-validations:
    - {rule: "!has(self.watts) || self.colour != 'red' || self.watts < 10", message: red lamps are small}
    properties:
      colour: {type: string, maxLength: 10, pattern: '^[a-z]+$'}
      watts: {type: integer, default: 5}
      socket: {type: string, maxLength: 3, x-kubernetes-validations: [{rule: self == oldSelf, message: socket is immutable}]}
      rooms: {type: array, maxItems: 3, x-kubernetes-list-type: set, items: {type: string, maxLength: 10}}
  status:
    type: object
    properties:
      lit: {type: boolean}
`

func TestNew(t *testing.T) {
	cases := map[string]struct {
		reason  string
		openAPI string
		version string
		wantErr bool
	}{
		"Accepted": {
			reason:  "A CRD that the API server accepts can be used.",
			openAPI: lamps,
			version: "v1",
		},
		"NoSuchVersion": {
			reason:  "A version that the CRD does not have is an error.",
			openAPI: lamps,
			version: "v2",
			wantErr: true,
		},
		"NotStructural": {
			reason:  "The API server takes structural schemas only: each property has a type.",
			openAPI: `{type: object, properties: {spec: {properties: {colour: {type: string}}}}}`,
			version: "v1",
			wantErr: true,
		},
		"RuleDoesNotCompile": {
			reason:  "A rule about a field that is not in the schema is refused.",
			openAPI: `{type: object, properties: {spec: {type: object, x-kubernetes-validations: [{rule: self.size > 3}]}}}`,
			version: "v1",
			wantErr: true,
		},
		"RuleTooCostly": {
			reason: "A rule over text without limits, again and again, may take the API server too long.",
			openAPI: `{type: object, properties: {spec: {type: object, properties: {words: {type: array, items: {type: string}, x-kubernetes-validations: [
				{rule: "self.all(a, self.all(b, a.contains(b)))"}]}}}}}`,
			version: "v1",
			wantErr: true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := New(lampCRD(t, tc.openAPI), tc.version)
			if (err != nil) != tc.wantErr {
				t.Errorf("%s\nNew(): got error %v, want one: %t", tc.reason, err, tc.wantErr)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	cases := map[string]struct {
		reason string
		obj    string
		old    string
		want   []string // Fields that are wrong.
	}{
		"Valid": {
			reason: "Nothing is wrong with a valid object, whether it has a name yet or not.",
			obj:    `spec: {colour: green, watts: 40}`,
		},
		"UnknownField": {
			reason: "A field that is not in the schema is named with its path.",
			obj:    `{spec: {colour: green, volts: 230}, status: {warm: true}}`,
			want:   []string{"spec.volts", "status.warm"},
		},
		"UnknownMetadata": {
			reason: "That goes for metadata too.",
			obj:    `{metadata: {labls: {}}, spec: {colour: green}}`,
			want:   []string{"metadata.labls"},
		},
		"Label": {
			reason: "Labels must be such that Kubernetes takes them.",
			obj:    `{metadata: {labels: {room: in the attic}}, spec: {colour: green}}`,
			want:   []string{"metadata.labels"},
		},
		"Missing": {
			reason: "A required field is missed.",
			obj:    `spec: {watts: 40}`,
			want:   []string{"spec.colour"},
		},
		"WrongType": {
			reason: "Text is no number.",
			obj:    `spec: {colour: green, watts: "40"}`,
			want:   []string{"spec.watts"},
		},
		"Pattern": {
			reason: "A pattern is kept.",
			obj:    `spec: {colour: Green}`,
			want:   []string{"spec.colour"},
		},
		"Set": {
			reason: "A set has no member twice.",
			obj:    `spec: {colour: green, rooms: [hall, attic, hall]}`,
			want:   []string{"spec.rooms[2]"},
		},
		"Rule": {
			reason: "A CEL rule is kept.",
			obj:    `spec: {colour: red, watts: 40}`,
			want:   []string{"spec"},
		},
		"Default": {
			reason: "Rules see the defaults, and 5 W is small.",
			obj:    `spec: {colour: red}`,
		},
		"RuleAfterShape": {
			reason: "Rules are not asked about an object of another shape.",
			obj:    `spec: {colour: red, watts: 40, rooms: hall}`,
			want:   []string{"spec.rooms"},
		},
		"Unchanged": {
			reason: "What may not change may stay.",
			obj:    `spec: {colour: green, socket: E14}`,
			old:    `spec: {colour: yellow, socket: E14}`,
		},
		"Immutable": {
			reason: "What may not change may not change.",
			obj:    `spec: {colour: green, socket: E14}`,
			old:    `spec: {colour: green, socket: E27}`,
			want:   []string{"spec.socket"},
		},
		"UnknownFieldInUpdate": {
			reason: "An unknown field is an error in an update as well.",
			obj:    `spec: {colour: green, volts: 230}`,
			old:    `spec: {colour: green}`,
			want:   []string{"spec.volts"},
		},
		"Ratchet": {
			reason: "What was wrong before the schema said so may stay as it is.",
			obj:    `spec: {colour: Green, watts: 6}`,
			old:    `spec: {colour: Green}`,
		},
		"NoRatchet": {
			reason: "What becomes wrong may not.",
			obj:    `spec: {colour: Green}`,
			old:    `spec: {colour: green}`,
			want:   []string{"spec.colour"},
		},
	}
	s, err := New(lampCRD(t, lamps), "v1")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var old *unstructured.Unstructured
			if tc.old != "" {
				old = lamp(t, tc.old)
			}
			var got []string
			for _, err := range s.Validate(lamp(t, tc.obj), old) {
				got = append(got, err.Field)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nValidate(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestValidateLeavesAlone checks that an object can be validated and then used.
func TestValidateLeavesAlone(t *testing.T) {
	s, err := New(lampCRD(t, lamps), "v1")
	if err != nil {
		t.Fatal(err)
	}
	obj := lamp(t, `spec: {colour: green, volts: 230}`)
	want := obj.DeepCopy()
	s.Validate(obj, nil)
	if diff := cmp.Diff(want, obj); diff != "" {
		t.Errorf("Validate() changed the object: -want, +got:\n%s", diff)
	}
}

// TestCrossplane checks what Crossplane is known to add, and that the API server
// accepts the outcome.
func TestCrossplane(t *testing.T) {
	machinery := []string{"compositionRef", "compositionRevisionRef", "compositionRevisionSelector", "compositionSelector", "compositionUpdatePolicy"}
	cases := map[string]struct {
		reason string
		load   func(file, version string) (*Schema, error)
		file   string
		want   []string
	}{
		"Composite": {
			reason: "A composite that may be claimed has Crossplane's fields in its spec.",
			load:   Composite,
			file:   "testdata/claims.yaml",
			want:   append([]string{"claimRef", "colour", "resourceRefs", "writeConnectionSecretToRef"}, machinery...),
		},
		"Claim": {
			reason: "So has a claim.",
			load:   Claim,
			file:   "testdata/claims.yaml",
			want:   append([]string{"colour", "compositeDeletePolicy", "resourceRef", "writeConnectionSecretToRef"}, machinery...),
		},
		"NamespacedComposite": {
			reason: "A namespaced composite has them all in one field.",
			load:   Composite,
			file:   "testdata/namespaced.yaml",
			want:   []string{"colour", "crossplane", "writeConnectionSecretToRef"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := tc.load(tc.file, "v1")
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(tc.want)
			if diff := cmp.Diff(tc.want, slices.Sorted(maps.Keys(s.OpenAPI().Properties["spec"].Properties))); diff != "" {
				t.Errorf("%s\nproperties of the spec: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCrossplaneErrors(t *testing.T) {
	cases := map[string]struct {
		reason string
		load   func(file, version string) (*Schema, error)
		file   string
	}{
		"NoFile":  {reason: "A missing file is an error.", load: Composite, file: "testdata/none.yaml"},
		"NoClaim": {reason: "Nobody can claim what offers no claim.", load: Claim, file: "testdata/namespaced.yaml"},
		"NoXRD":   {reason: "A CRD is no XRD.", load: Composite, file: "../../../package/input/redis.fn.crossplane.io_inputs.yaml"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := tc.load(tc.file, "v1"); err == nil {
				t.Errorf("%s\ngot no error", tc.reason)
			}
		})
	}
}

// TestInput checks that the API server accepts the Input's schema, which
// Crossplane installs with the Function package.
func TestInput(t *testing.T) {
	if _, err := CRD("../../../package/input/redis.fn.crossplane.io_inputs.yaml", "v1beta1"); err != nil {
		t.Error(err)
	}
}

func TestProvider(t *testing.T) {
	for _, gvk := range []schema.GroupVersionKind{
		{Group: "elasticache.aws.upbound.io", Version: "v1beta2", Kind: "ReplicationGroup"},
		{Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: "ParameterGroup"},
		{Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: "SubnetGroup"},
		{Group: "ssm.aws.upbound.io", Version: "v1beta1", Kind: "Parameter"},
		{Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "ReplicationGroup"},
		{Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "ParameterGroup"},
		{Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "SubnetGroup"},
		{Group: "ssm.aws.m.upbound.io", Version: "v1beta1", Kind: "Parameter"},
	} {
		t.Run(gvk.Group+"_"+gvk.Kind, func(t *testing.T) {
			s, err := Provider(gvk)
			if err != nil {
				t.Fatal(err)
			}
			u := &unstructured.Unstructured{}
			u.SetGroupVersionKind(gvk)
			if got := s.Validate(u, nil); len(got) == 0 {
				t.Errorf("Validate(): found nothing wrong with a %s without a spec", gvk.Kind)
			}
		})
	}
}

func TestProviderUnknownKind(t *testing.T) {
	if _, err := Provider(schema.GroupVersionKind{Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: "Lamp"}); err == nil {
		t.Error("Provider(): got no error for a kind that the provider does not serve")
	}
}

func lampCRD(t *testing.T, openAPI string) *extv1.CustomResourceDefinition {
	t.Helper()
	props := &extv1.JSONSchemaProps{}
	if err := yaml.UnmarshalStrict([]byte(openAPI), props); err != nil {
		t.Fatal(err)
	}
	return &extv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "lamps.example.org"},
		Spec: extv1.CustomResourceDefinitionSpec{
			Group: "example.org",
			Names: extv1.CustomResourceDefinitionNames{Plural: "lamps", Kind: "Lamp"},
			Scope: extv1.NamespaceScoped,
			Versions: []extv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Schema: &extv1.CustomResourceValidation{OpenAPIV3Schema: props},
			}},
		},
	}
}

func lamp(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &u.Object); err != nil {
		t.Fatal(err)
	}
	u.SetAPIVersion("example.org/v1")
	u.SetKind("Lamp")
	return u
}
