package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const examples = "../../example/platform/compositions"

// TestTiers: a team's own Compositions are in both Configurations, each in the group of its
// API, in place of the one without limits.
func TestTiers(t *testing.T) {
	cases := map[string]struct {
		reason  string
		edits   edits
		flavour string
		group   string
		chosen  map[string]string
	}{
		"Claims": {
			reason: "Claims choose, and have the default if they do not.", flavour: "claims", group: "platform.example.org",
			edits:  edits{tiers: tiers{compositions: examples, standard: "development"}},
			chosen: map[string]string{"defaultCompositionRef": "development.platform.example.org"},
		},
		"Namespaced": {
			reason: "The other flavour has them by other names: a cluster can have both.", flavour: "namespaced", group: "m.platform.example.org",
			edits:  edits{tiers: tiers{compositions: examples, standard: "development"}},
			chosen: map[string]string{"defaultCompositionRef": "development.m.platform.example.org"},
		},
		"Enforced": {
			reason: "Nobody chooses, in a group of the team's own.", flavour: "claims", group: "production.acme.io",
			edits:  edits{group: "production.acme.io", function: "registry.acme.io/platform/function-xredis", tiers: tiers{compositions: examples, enforced: "production"}},
			chosen: map[string]string{"enforcedCompositionRef": "production.production.acme.io"},
		},
		"EnforcedNamespaced": {
			reason: "So in the other flavour.", flavour: "namespaced", group: "m.production.acme.io",
			edits:  edits{group: "production.acme.io", tiers: tiers{compositions: examples, enforced: "production"}},
			chosen: map[string]string{"enforcedCompositionRef": "production.m.production.acme.io"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := tc.edits.check(); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := tc.edits.copy(filepath.Join("../../configuration", tc.flavour), dir); err != nil {
				t.Fatal(err)
			}
			objects, err := read(dir)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, file := range []string{"composition-development.yaml", "composition-production.yaml"} {
				o := objects[file]
				names = append(names, o.text("metadata", "name")+" of "+o.text("spec", "compositeTypeRef", "apiVersion"))
				if want := functionName(tc.edits.function); want != "" && o.list("spec", "pipeline")[0].text("functionRef", "name") != want {
					t.Errorf("%s: %s runs another function", tc.reason, file)
				}
			}
			want := []string{"development." + tc.group + " of " + tc.group + "/v1alpha1", "production." + tc.group + " of " + tc.group + "/v1alpha1"}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if _, there := objects["composition.yaml"]; there {
				t.Errorf("%s: the one without limits is there", tc.reason)
			}
			chosen := map[string]string{}
			for _, key := range []string{"defaultCompositionRef", "enforcedCompositionRef"} {
				if name := objects["definition.yaml"].text("spec", key, "name"); name != "" {
					chosen[key] = name
				}
			}
			if diff := cmp.Diff(tc.chosen, chosen); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestTiersRefused: what a cluster or the function would refuse is not packed.
func TestTiersRefused(t *testing.T) {
	development, err := os.ReadFile(filepath.Join(examples, "development.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason   string
		from, to string // In the Composition for development.
		standard string
		want     string
	}{
		"NoChoice":  {reason: "Without a default a cluster would take any of them.", want: "--default NAME"},
		"NotThere":  {reason: "A default must be there.", standard: "staging", want: `no Composition "staging"`},
		"Name":      {reason: "Both flavours have a Composition of each.", from: "name: development.platform.example.org", to: "name: development", standard: "development", want: `"development": must end in the group`},
		"Kind":      {reason: "All are Compositions.", from: "kind: Composition\n", to: "kind: Configuration\n", standard: "development", want: "not a Composition"},
		"Field":     {reason: "A typing error in the Input.", from: "maxCacheNodes", to: "maxNodes", standard: "development", want: "input.limits.maxNodes"},
		"NodeTypes": {reason: "A value that the function refuses.", from: `["cache.t4g.*"]`, to: `["t4g.*"]`, standard: "development", want: "input.limits.nodeTypes[0]"},
		"Network":   {reason: "And one that new caches would be refused for.", from: "vpc-123", to: "main", standard: "development", want: "input.networks[0].vpcId"},
		"Default":   {reason: "And a default.", from: "cache.t4g.micro", to: "t4g.micro", standard: "development", want: "input.defaults.nodeType"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			text := strings.Replace(string(development), tc.from, tc.to, 1)
			if err := os.WriteFile(filepath.Join(dir, "development.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := edits{tiers: tiers{compositions: dir, standard: tc.standard}}.check()
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: want an error that contains %q, got %v", tc.reason, tc.want, err)
			}
		})
	}
	for _, wrong := range []tiers{{standard: "development"}, {compositions: t.TempDir(), standard: "development"}} {
		if err := (edits{tiers: wrong}).check(); err == nil {
			t.Errorf("%+v: a default must be in a folder", wrong)
		}
	}
}
