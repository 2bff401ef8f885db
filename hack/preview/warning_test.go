package preview

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLog checks what a preview says before it renders.
func TestLog(t *testing.T) {
	const (
		claim      = "apiVersion: platform.example.org/v1alpha1\nkind: Redis\nmetadata: {name: shop, namespace: team}\n"
		namespaced = "apiVersion: m.platform.example.org/v1alpha1\nkind: XRedis\nmetadata: {name: shop, namespace: team}\n"
	)
	cases := map[string]struct {
		reason      string
		file        string
		composition string
		want        string
	}{
		"Quiet": {
			reason: "Nothing is said where nothing is to be said.",
			file:   claim + "spec: {region: eu-central-1}",
		},
		"Beside": {
			reason:      "A Composition that nobody named is named.",
			file:        claim + "spec: {region: eu-central-1}",
			composition: composition,
			want:        "The Composition is composition.yaml.\n",
		},
		"OtherFlavour": {
			reason:      "Both flavours are one API, and may share a Composition in a preview.",
			file:        namespaced + "spec: {}",
			composition: composition,
			want:        "The Composition is composition.yaml.\n",
		},
		"OtherGroup": {
			reason:      "A Composition is for one API group.",
			file:        "apiVersion: redis.acme.com/v1alpha1\nkind: Redis\nmetadata: {name: shop, namespace: team}\nspec: {}",
			composition: composition,
			want: "The Composition is composition.yaml.\n" +
				"warning: Composition c is for XRedis of platform.example.org/v1alpha1: a cluster would not use it for this XRedis of redis.acme.com/v1alpha1\n",
		},
		"Selector": {
			reason: "A selector that does not match leads to another Composition in a cluster.",
			file:   claim + "spec: {compositionSelector: {matchLabels: {tier: production}}}",
			want:   "warning: spec.compositionSelector asks for a Composition with the label tier: production, and that of \"c\" is not set: name a file with --composition\n",
		},
		"NamespacedSelector": {
			reason: "The namespaced flavour has Crossplane's fields in a place of their own.",
			file:   namespaced + "spec: {crossplane: {compositionSelector: {matchLabels: {tier: production}}, compositionRef: {name: d}}}",
			want: "warning: spec.crossplane.compositionRef asks for the Composition \"d\", and this preview has \"c\": name a file with --composition\n" +
				"warning: spec.crossplane.compositionSelector asks for a Composition with the label tier: production, and that of \"c\" is not set: name a file with --composition\n",
		},
		"Region": {
			reason: "A region that does not exist is probably misspelt.",
			file:   claim + "spec: {region: eu-centrl-1}",
			want:   "warning: spec.region: \"eu-centrl-1\" is no region of AWS that this preview knows: did you mean eu-central-1?\n",
		},
		"NewRegion": {
			reason: "It may be new, too.",
			file:   claim + "spec: {region: zz-nowhere-12}",
			want:   "warning: spec.region: \"zz-nowhere-12\" is no region of AWS that this preview knows\n",
		},
		"NoNamespace": {
			reason: "What has no namespace gets the one that kubectl would give it.",
			file:   "apiVersion: m.platform.example.org/v1alpha1\nkind: XRedis\nmetadata: {name: shop}\nspec: {}",
			want:   "XRedis shop has no namespace: this preview uses \"default\", as kubectl does.\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root := packages(t)
			t.Chdir(t.TempDir())
			save(t, "claim.yaml", tc.file)
			if tc.composition != "" {
				save(t, "composition.yaml", tc.composition)
			}
			var log bytes.Buffer
			in, err := Load(root, Options{File: "claim.yaml"}, &log)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, log.String()); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			for key, value := range selectorOf(in.XR) {
				if in.Composition.GetLabels()[key] != value {
					t.Errorf("%s: the CLI would refuse a Composition without the label %s", tc.reason, key)
				}
			}
		})
	}
}
