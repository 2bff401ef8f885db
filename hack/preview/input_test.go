package preview

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	claimOfACME = `
apiVersion: redis.acme.com/v1alpha1
kind: Redis
metadata: {name: cache, namespace: team, resourceVersion: "7"}
spec: {appName: app, resourceRef: {name: cache-abcde}}
`
	namespacedXR = `
apiVersion: m.redis.acme.com/v1alpha1
kind: XRedis
metadata: {name: cache, namespace: team}
spec: {appName: app}
`
	bareXR = `
apiVersion: redis.acme.com/v1alpha1
kind: XRedis
metadata: {name: cache, uid: some-uid}
spec: {appName: app}
`
	secret = `
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: team}
`
	observedGroup = `
apiVersion: elasticache.aws.upbound.io/v1beta1
kind: SubnetGroup
metadata: {name: cache-1, annotations: {crossplane.io/composition-resource-name: subnet-group}}
`
	composition = `
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: {name: c}
spec:
  compositeTypeRef: {apiVersion: platform.example.org/v1alpha1, kind: XRedis}
  mode: Pipeline
  writeConnectionSecretsToNamespace: secrets
  pipeline: [{step: xredis, functionRef: {name: crossplane-contrib-function-xredis}}]
`
	definition = `
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xredis.platform.example.org}
spec: {group: platform.example.org, names: {kind: XRedis, plural: xredis}}
`
)

func TestLoad(t *testing.T) {
	cases := map[string]struct {
		reason string
		files  map[string]string
		o      Options
		want   map[string]string // Paths in the input, and their values.
		none   []string          // Paths that should not be there.
		err    string
	}{
		"Claim": {
			reason: "A claim becomes its composite, and Composition and XRD are bound to the platform team's own API group.",
			files:  map[string]string{"claim.yaml": claimOfACME},
			want: map[string]string{
				"xr.kind":                    "XRedis",
				"xr.metadata.name":           "cache-abcde",
				"xr.spec.claimRef.name":      "cache",
				"xr.spec.claimRef.namespace": "team",
				"xr.spec.appName":            "app",
				"xr.spec.writeConnectionSecretToRef.namespace": "secrets",
				"composition.spec.compositeTypeRef.apiVersion": "redis.acme.com/v1alpha1",
				"xrd.metadata.name":                            "xredis.redis.acme.com",
				"xrd.spec.group":                               "redis.acme.com",
			},
			none: []string{"xr.metadata.namespace", "xr.metadata.resourceVersion", "xr.spec.resourceRef"},
		},
		"NamespacedComposite": {
			reason: "A composite of the namespaced flavour is rendered as it is.",
			files:  map[string]string{"claim.yaml": namespacedXR},
			want: map[string]string{
				"xr.metadata.namespace":                        "team",
				"composition.spec.compositeTypeRef.apiVersion": "m.redis.acme.com/v1alpha1",
			},
			none: []string{"xr.spec.writeConnectionSecretToRef"},
		},
		"NoNamespace": {
			reason: "A composite of the namespaced flavour has the namespace that kubectl would give it.",
			files:  map[string]string{"claim.yaml": strings.Replace(namespacedXR, ", namespace: team", "", 1)},
			want:   map[string]string{"xr.metadata.namespace": "default"},
		},
		"NamespaceOfClaimsFlavour": {
			reason: "A composite of the claims flavour with a namespace would be rendered as one of the other.",
			files:  map[string]string{"claim.yaml": strings.Replace(bareXR, "name: cache", "name: cache, namespace: team", 1)},
			err: "claim.yaml: metadata.namespace: \"team\": an XRedis of redis.acme.com has no namespace.\n" +
				"Leave the namespace out, or write a claim (kind: Redis), or use the namespaced API (apiVersion: m.redis.acme.com/v1alpha1).\n" +
				"If your own XRD is namespaced, name it with --xrd FILE",
		},
		"OwnXRD": {
			reason: "A team's own XRD says which flavour its group is of.",
			files: map[string]string{
				"claim.yaml": strings.Replace(bareXR, "name: cache", "name: cache, namespace: team", 1),
				"xrd.yaml":   strings.Replace(definition, "spec: {", "spec: {scope: Namespaced, ", 1),
			},
			o:    Options{XRD: "xrd.yaml"},
			want: map[string]string{"xr.metadata.namespace": "team", "xrd.spec.scope": "Namespaced"},
		},
		"FromACluster": {
			reason: "So does the cluster that an object was read from.",
			files:  map[string]string{"claim.yaml": strings.Replace(bareXR, "name: cache", "name: cache, namespace: team, creationTimestamp: '2026-01-01T00:00:00Z'", 1)},
			want:   map[string]string{"xr.metadata.namespace": "team"},
		},
		"BareComposite": {
			reason: "A composite of the claims flavour publishes where its Composition says, as Crossplane has it do.",
			files:  map[string]string{"claim.yaml": bareXR},
			want: map[string]string{
				"xr.spec.writeConnectionSecretToRef.name":      "some-uid",
				"xr.spec.writeConnectionSecretToRef.namespace": "secrets",
			},
		},
		"CompositionBeside": {
			reason: "A Composition beside the file goes before the one of the packages.",
			files:  map[string]string{"claim.yaml": claimOfACME, "composition.yaml": strings.ReplaceAll(composition, "secrets", "elsewhere")},
			want:   map[string]string{"xr.spec.writeConnectionSecretToRef.namespace": "elsewhere"},
		},
		"Others": {
			reason: "What is beside the claim, and what is observed without being composed, may be looked up.",
			files:  map[string]string{"claim.yaml": claimOfACME + "---" + secret, "observed.yaml": observedGroup + "---" + secret, "required.yaml": secret},
			o:      Options{Observed: []string{"observed.yaml"}, Required: []string{"required.yaml"}},
			want:   map[string]string{"observed": "SubnetGroup cache-1", "required": "Secret team/token, Secret team/token, Secret team/token"},
		},
		"StringData": {
			reason: "A Secret may be written in plain text, which the API server encodes.",
			files:  map[string]string{"claim.yaml": claimOfACME, "required.yaml": secret + "stringData: {token: secret}"},
			o:      Options{Required: []string{"required.yaml"}},
			want:   map[string]string{"required.data.token": "c2VjcmV0"},
			none:   []string{"required.stringData"},
		},
		"KeyTwice": {
			reason: "Of a field that is there twice kubectl takes neither.",
			files:  map[string]string{"claim.yaml": claimOfACME + "spec: {}\n"},
			err:    "claim.yaml is not a Kubernetes manifest (document 1): error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key \"spec\" already set in map",
		},
		"List": {
			reason: "kubectl prints several resources as one List.",
			files:  map[string]string{"claim.yaml": claimOfACME, "observed.yaml": "apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(observedGroup), "\n", "\n  ")},
			o:      Options{Observed: []string{"observed.yaml"}},
			want:   map[string]string{"observed": "SubnetGroup cache-1"},
		},
		"ObservedInACluster": {
			reason: "The composite has the name and the uid that what is observed belongs to, and publishes to a Secret of that name.",
			files:  map[string]string{"claim.yaml": strings.Replace(claimOfACME, ", resourceRef: {name: cache-abcde}", "", 1), "observed.yaml": owned("cache-x7k2p", "uid-1")},
			o:      Options{Observed: []string{"observed.yaml"}},
			want: map[string]string{
				"xr.metadata.name":                        "cache-x7k2p",
				"xr.metadata.uid":                         "uid-1",
				"xr.spec.writeConnectionSecretToRef.name": "uid-1",
			},
		},
		"ObservedOfTwo": {
			reason: "Of two composites' resources some would be taken for the same.",
			files:  map[string]string{"claim.yaml": claimOfACME, "observed.yaml": owned("cache-x7k2p", "uid-1") + "---" + owned("other-abcde", "uid-2")},
			o:      Options{Observed: []string{"observed.yaml"}},
			err:    "the observed resources belong to more than one composite, cache-x7k2p and other-abcde: select those of one with kubectl get -l crossplane.io/composite=cache-x7k2p",
		},
		"ObservedOfAnother": {
			reason: "A composite's name says whether they are its own.",
			files:  map[string]string{"claim.yaml": namespacedXR, "observed.yaml": owned("other", "uid-2")},
			o:      Options{Observed: []string{"observed.yaml"}},
			err:    "the observed resources belong to XRedis other, and not to XRedis team/cache",
		},
		"ObservedButNotComposed": {
			reason: "Without the annotation the function could not know the resource again.",
			files:  map[string]string{"claim.yaml": claimOfACME, "observed.yaml": bareXR},
			o:      Options{Observed: []string{"observed.yaml"}},
			err:    "the observed XRedis cache has no annotation crossplane.io/composition-resource-name, which tells which composed resource it is",
		},
		"NothingToRender": {
			reason: "The file may be another manifest.",
			files:  map[string]string{"claim.yaml": secret},
			err:    "claim.yaml has no Redis claim and no XRedis, only: Secret team/token",
		},
		"TwoToRender": {
			reason: "The CLI renders one composite at a time.",
			files:  map[string]string{"claim.yaml": claimOfACME + "---" + bareXR},
			err:    "claim.yaml asks for more than one: Redis team/cache, XRedis cache. Put each in a file of its own",
		},
		"NoSpec": {
			reason: "A claim may be half-written.",
			files:  map[string]string{"claim.yaml": "apiVersion: redis.acme.com/v1alpha1\nkind: Redis\nmetadata: {name: cache}"},
			err:    "claim.yaml: Redis default/cache has no spec",
		},
		"NoGroup": {
			reason: "The Composition is bound to the API group, so there must be one.",
			files:  map[string]string{"claim.yaml": "apiVersion: v1\nkind: Redis\nmetadata: {name: cache}\nspec: {}"},
			err:    `claim.yaml: Redis default/cache has the apiVersion "v1", which lacks an API group, as in platform.example.org/v1alpha1`,
		},
		"NoFile": {
			reason: "A file may be misspelt.",
			err:    "there is no file claim.yaml",
		},
		"Empty": {
			reason: "A file may have only comments.",
			files:  map[string]string{"claim.yaml": "# Nothing.\n"},
			err:    "claim.yaml is empty: it should hold a Redis claim or an XRedis",
		},
		"NoComposition": {
			reason: "The file that is given as Composition may be another.",
			files:  map[string]string{"claim.yaml": claimOfACME, "other.yaml": secret},
			o:      Options{Composition: "other.yaml"},
			err:    "other.yaml should hold Compositions, and holds: Secret team/token",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root := packages(t)
			t.Chdir(t.TempDir())
			for file, content := range tc.files {
				save(t, file, content)
			}
			tc.o.File = "claim.yaml"
			in, err := Load(root, tc.o, io.Discard)
			if diff := cmp.Diff(tc.err, text(err)); diff != "" {
				t.Fatalf("%s: error: -want, +got:\n%s", tc.reason, diff)
			}
			got := flatten(in)
			for path, want := range tc.want {
				if diff := cmp.Diff(want, got[path]); diff != "" {
					t.Errorf("%s: %s: -want, +got:\n%s", tc.reason, path, diff)
				}
			}
			for _, path := range tc.none {
				if value, found := got[path]; found {
					t.Errorf("%s: %s should not be there, and is %q", tc.reason, path, value)
				}
			}
		})
	}
}

// packages of a checkout, in its folder.
func packages(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, flavour := range []string{"claims", "namespaced"} {
		save(t, filepath.Join(root, "configuration", flavour, "composition.yaml"), composition)
		save(t, filepath.Join(root, "configuration", flavour, "definition.yaml"), definition)
	}
	return root
}

// owned is an observed resource that belongs to a composite.
func owned(name, uid string) string {
	ref := "ownerReferences: [{apiVersion: redis.acme.com/v1alpha1, kind: XRedis, controller: true, name: " + name + ", uid: " + uid + "}]"
	return strings.Replace(observedGroup, "annotations:", ref+", annotations:", 1)
}

// flatten an input into paths and values, which are easier to compare in part.
func flatten(in Input) map[string]string {
	out := map[string]string{"observed": list(in.observed), "required": list(in.required)}
	docs := map[string]*unstructured.Unstructured{"xr": in.XR, "composition": in.Composition, "xrd": in.XRD}
	if len(in.required) == 1 {
		docs["required"] = in.required[0]
	}
	for name, u := range docs {
		if u != nil {
			flattenInto(out, name, u.Object)
		}
	}
	return out
}

func flattenInto(out map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		out[path] = "an object"
		for key, value := range v {
			flattenInto(out, path+"."+key, value)
		}
	case string:
		out[path] = v
	}
}

func save(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestChoose: of several Compositions a preview has the one that a cluster would use.
func TestChoose(t *testing.T) {
	tier := func(name string) string {
		return "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {name: " + name + ".platform.example.org, labels: {tier: " + name + "}}\n" +
			"spec: {compositeTypeRef: {apiVersion: platform.example.org/v1alpha1, kind: XRedis}, pipeline: []}\n"
	}
	const claim = "apiVersion: redis.acme.com/v1alpha1\nkind: Redis\nmetadata: {name: cache, namespace: team}\nspec: {"
	xrd := func(ref string) string {
		return strings.Replace(definition, "spec: {", "spec: {"+ref+", ", 1)
	}
	cases := map[string]struct {
		reason string
		file   string
		xrd    string
		want   string
		err    string
	}{
		"Labels":     {reason: "A claim chooses by labels.", file: claim + "compositionSelector: {matchLabels: {tier: production}}}", want: "production.platform.example.org"},
		"Name":       {reason: "Or by the name, in its own group.", file: claim + "compositionRef: {name: production.redis.acme.com}}", want: "production.platform.example.org"},
		"Namespaced": {reason: "In the other flavour the field is another.", file: "apiVersion: m.redis.acme.com/v1alpha1\nkind: XRedis\nmetadata: {name: cache, namespace: team}\nspec: {crossplane: {compositionSelector: {matchLabels: {tier: development}}}}", want: "development.platform.example.org"},
		"Default":    {reason: "Without a choice it is the default.", file: claim + "}", xrd: xrd("defaultCompositionRef: {name: development.platform.example.org}"), want: "development.platform.example.org"},
		"Enforced":   {reason: "What is enforced counts, whatever is chosen.", file: claim + "compositionSelector: {matchLabels: {tier: development}}}", xrd: xrd("enforcedCompositionRef: {name: production.platform.example.org}"), want: "production.platform.example.org"},
		"None": {
			reason: "Without a default nothing is chosen.", file: claim + "}",
			err: "Redis team/cache chooses none of the Compositions development.platform.example.org (tier=development), production.platform.example.org (tier=production): " +
				"write the labels of one into spec.compositionSelector.matchLabels, or name its file with --composition",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			root := packages(t)
			t.Chdir(t.TempDir())
			save(t, "claim.yaml", tc.file)
			save(t, "compositions/a.yaml", tier("development"))
			save(t, "compositions/b.yaml", tier("production"))
			o := Options{File: "claim.yaml"}
			if tc.xrd != "" {
				save(t, "xrd.yaml", tc.xrd)
				o.XRD = "xrd.yaml"
			}
			in, err := Load(root, o, io.Discard)
			if diff := cmp.Diff(tc.err, text(err)); diff != "" {
				t.Fatalf("%s: error: -want, +got:\n%s", tc.reason, diff)
			}
			if err == nil && in.Composition.GetName() != tc.want {
				t.Errorf("%s: got %s, want %s", tc.reason, in.Composition.GetName(), tc.want)
			}
		})
	}
}
