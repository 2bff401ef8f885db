package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: xlamps.example.org}
spec:
  group: example.org
  names: {kind: XLamp, plural: xlamps}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: COLOUR, type: string, jsonPath: .spec.colour}]
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        description: A lamp.
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec:
            type: object
            description: What it is like.
            required: [colour]
            properties:
              colour: {type: string}
              writeConnectionSecretToRef: {type: object, properties: {name: {type: string}}}
            x-kubernetes-validations:
            - {rule: self.colour != 'black', message: light has a colour}
            - {rule: has(self.writeConnectionSecretToRef) == has(oldSelf.writeConnectionSecretToRef), message: immutable}
          status: {type: object, properties: {lit: {type: boolean}}}
`

const wantClaims = `
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xlamps.example.org}
spec:
  group: example.org
  names: {kind: XLamp, plural: xlamps}
  claimNames: {kind: Redis, listKind: RedisList, plural: redis, singular: redis}
  connectionSecretKeys: [REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_READER_HOST, REDIS_PASSWORD, REDIS_READER_URL, REDIS_TLS, REDIS_USERNAME]
  defaultCompositionRef: {name: xlamps.example.org}
  versions:
  - name: v1
    served: true
    referenceable: true
    additionalPrinterColumns: [{name: COLOUR, type: string, jsonPath: .spec.colour}]
    schema:
      openAPIV3Schema:
        type: object
        description: A lamp.
        required: [spec]
        properties:
          spec:
            type: object
            description: What it is like.
            required: [colour]
            properties: {colour: {type: string}}
            x-kubernetes-validations: [{rule: self.colour != 'black', message: light has a colour}]
          status: {type: object, properties: {lit: {type: boolean}}}
`

const wantNamespaced = `
apiVersion: apiextensions.crossplane.io/v2
kind: CompositeResourceDefinition
metadata: {name: xlamps.m.example.org}
spec:
  scope: Namespaced
  group: m.example.org
  names: {kind: XLamp, plural: xlamps}
  defaultCompositionRef: {name: xlamps.m.example.org}
  versions:
  - name: v1
    served: true
    referenceable: true
    additionalPrinterColumns: [{name: COLOUR, type: string, jsonPath: .spec.colour}]
    schema:
      openAPIV3Schema:
        type: object
        description: A lamp.
        required: [spec]
        properties:
          spec:
            type: object
            description: What it is like.
            required: [colour]
            properties:
              colour: {type: string}
              writeConnectionSecretToRef: {type: object, properties: {name: {type: string}}}
            x-kubernetes-validations:
            - {rule: self.colour != 'black', message: light has a colour}
            - {rule: has(self.writeConnectionSecretToRef) == has(oldSelf.writeConnectionSecretToRef), message: immutable}
          status: {type: object, properties: {lit: {type: boolean}}}
`

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := run(strings.NewReader(crd), dir); err != nil {
		t.Fatal(err)
	}
	for flavour, want := range map[string]string{"claims": wantClaims, "namespaced": wantNamespaced} {
		got, err := os.ReadFile(filepath.Join(dir, flavour, "definition.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(got), "# Generated") {
			t.Errorf("the %s definition does not say that it is generated", flavour)
		}
		if diff := cmp.Diff(decode(t, []byte(want)), decode(t, got)); diff != "" {
			t.Errorf("the %s definition: -want, +got:\n%s", flavour, diff)
		}
	}
}

func TestRunErrors(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     string
	}{
		"Empty":      {reason: "Without a CRD, as when controller-gen failed, no XRD may be written."},
		"NoYAML":     {reason: "What is not YAML is no CRD.", in: "{"},
		"TwoCRDs":    {reason: "There is one API only; a second kind needs XRDs of its own.", in: crd + "---" + crd},
		"UnknownKey": {reason: "A misspelt key must not be lost on the way.", in: strings.Replace(crd, "required", "requierd", 1)},
		"NoSchema":   {reason: "Without a schema every field would be dropped.", in: "spec: {versions: [{name: v1, served: true, storage: true}]}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := run(strings.NewReader(tc.in), dir); err == nil {
				t.Errorf("%s\nrun(): got no error", tc.reason)
			}
			if written, _ := filepath.Glob(filepath.Join(dir, "*")); len(written) > 0 {
				t.Errorf("%s\nrun(): wrote %v", tc.reason, written)
			}
		})
	}
}

func decode(t *testing.T, in []byte) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := yaml.Unmarshal(in, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
