package preview

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCheck holds claims against the XRDs of this repository.
func TestCheck(t *testing.T) {
	const (
		claims     = "apiVersion: redis.acme.com/v1alpha1\nkind: Redis\n"
		composite  = "apiVersion: redis.acme.com/v1alpha1\nkind: XRedis\n"
		namespaced = "apiVersion: m.redis.acme.com/v1alpha1\nkind: XRedis\n"
		name       = "metadata: {name: shop}\n"
		spec       = "spec:\n  appName: shop\n  environment: dev\n  vpcId: vpc-1\n  subnetIds: [subnet-1]\n  securityGroupIds: [sg-1]\n"
	)
	cases := map[string]struct {
		reason string
		file   string
		want   string
	}{
		"Claim":      {reason: "A claim is held against the claim's schema.", file: claims + name + spec + "  compositionSelector: {matchLabels: {a: b}}\n"},
		"Composite":  {reason: "A composite is held against its own.", file: composite + name + spec + "  claimRef: {apiVersion: a, kind: b, name: c, namespace: d}\n"},
		"Namespaced": {reason: "So is one of the other flavour.", file: namespaced + name + spec + "  crossplane: {compositionRef: {name: a}}\n"},
		"FromACluster": {
			reason: "What a cluster adds is no problem.",
			file:   claims + "metadata: {name: shop, uid: x, managedFields: []}\n" + spec + "  resourceRef: {apiVersion: a, kind: b, name: c}\nstatus: {fromAnotherRelease: true}\n",
		},
		"OtherCase": {
			reason: "A field in another case is another field.",
			file:   claims + name + spec + "  nodetype: cache.t3.small\n",
			want:   "spec.nodetype: there is no such field: did you mean nodeType?",
		},
		"Misspelt": {
			reason: "A misspelt one is found, too.",
			file:   claims + "metadata: {name: shop, lables: {}}\n" + spec + "  numCacheNode: 2\n  authTokenSecretRef: {name: a, keys: b}\n",
			want: "metadata.lables: there is no such field: did you mean labels?\n" +
				"spec.authTokenSecretRef.key is missing\n" +
				"spec.authTokenSecretRef.keys: there is no such field: did you mean key?\n" +
				"spec.numCacheNode: there is no such field: did you mean numCacheNodes?",
		},
		"Unlike": {
			reason: "Nothing is guessed where nothing is near.",
			file:   claims + name + spec + "  clusterMode: true\n",
			want:   "spec.clusterMode: there is no such field",
		},
		"MovedByCrossplane2": {
			reason: "Crossplane's own fields have another place in the namespaced flavour.",
			file:   namespaced + name + spec + "  compositionSelector: {}\n",
			want:   "spec.compositionSelector: there is no such field: did you mean spec.crossplane.compositionSelector?",
		},
		"LargeNumber": {
			reason: "A number is shown as it was written.",
			file:   claims + name + spec + "  enableAuthToken: true\n  authTokenGeneration: 1000001\n",
			want:   "spec.authTokenGeneration: 1000001: must be 1 to 1000000 (a number higher than before makes a new token)",
		},
		"Types": {
			reason: "A value of another type is shown as it was written.",
			file:   claims + name + spec + "  numCacheNodes: \"2\"\n  multiAzEnabled: 'yes'\n  engineVersion: 7.1\n  tags: [a]\n",
			want: "spec.engineVersion: 7.1: must be a string, in quotes if it looks like a number\n" +
				"spec.multiAzEnabled: \"yes\": must be true or false, without quotes\n" +
				"spec.numCacheNodes: \"2\": must be a whole number, without quotes\n" +
				"spec.tags: must be an object",
		},
		"Missing": {
			reason: "A required field is missed.",
			file:   claims + name + strings.Replace(spec, "  environment: dev\n", "", 1),
			want:   "spec.environment is missing",
		},
		"Limits": {
			reason: "What the API server says of a limit is the limit. The function's sentence says what it is about.",
			file:   claims + name + strings.Replace(spec, "[sg-1]", "[]", 1) + "  numCacheNodes: 9\n",
			want: "spec.numCacheNodes: 9: must be 1 to 6 nodes, the primary counted\n" +
				"spec.securityGroupIds: at least one, such as sg-0123456789abcdef0",
		},
		"Twice": {
			reason: "A set has no value twice.",
			file:   claims + name + strings.Replace(spec, "[subnet-1]", "[subnet-1, subnet-1]", 1),
			want:   `spec.subnetIds[1]: "subnet-1" is in the list already`,
		},
		"Name": {
			reason: "A name must be one that Kubernetes takes.",
			file:   claims + "metadata: {name: Shop_API}\n" + spec,
			want:   `metadata.name: "Shop_API": must be lower-case letters, digits, '-' and '.', and begin and end with a letter or a digit`,
		},
		"Rule": {
			reason: "A CEL rule of the whole spec names its field.",
			file:   claims + name + spec + "  multiAzEnabled: true\n  numCacheNodes: 1\n",
			want: "spec.multiAzEnabled: true: multiAzEnabled needs a replica to fail over to: set numCacheNodes to 2 or more\n" +
				"spec.multiAzEnabled: true: multiAzEnabled needs subnets in two availability zones: name 2 or more in subnetIds",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "claim.yaml")
			save(t, file, tc.file)
			in, err := Load(filepath.Join("..", ".."), Options{File: file}, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			want := tc.want
			if want != "" {
				want = "the API server would refuse this:\n  " + strings.ReplaceAll(want, "\n", "\n  ")
			}
			if diff := cmp.Diff(want, text(in.Check())); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCheckVersion(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claim.yaml")
	save(t, file, "apiVersion: redis.acme.com/v1\nkind: Redis\nmetadata: {name: shop}\nspec: {}\n")
	in, err := Load(filepath.Join("..", ".."), Options{File: file}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := `apiVersion: "redis.acme.com/v1": the XRD has no version v1: write redis.acme.com/v1alpha1`
	if diff := cmp.Diff(want, text(in.Check())); diff != "" {
		t.Errorf("A version that is not served should be named: -want, +got:\n%s", diff)
	}
}

func TestRefusal(t *testing.T) {
	const cli = `crossplane: error: cannot render composite resource: pipeline step "xredis" returned a fatal result: `
	cases := map[string]struct {
		reason string
		stderr string
		want   string
	}{
		"None": {reason: "An error of the CLI's own is left as it is.", stderr: "crossplane: error: unknown flag --a"},
		"One":  {reason: "A refusal need not be a list.", stderr: cli + "something is wrong: do this\n", want: "something is wrong: do this"},
		"Lists": {
			reason: "Each problem has a line, which the CLI indents as far as its own words are long.",
			stderr: cli + "The claim has 2 problems:\n          spec.a: no\n          spec.b: no\n        The input has 1 problem:\n          input.c: no\n",
			want:   "The claim has 2 problems:\n  spec.a: no\n  spec.b: no\nThe input has 1 problem:\n  input.c: no",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, text(refusal(tc.stderr))); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestCheckExamples checks that a preview refuses no example.
func TestCheckExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "example", "*", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range append(files, filepath.Join("..", "..", "example", "claim.yaml"), filepath.Join("..", "..", "example", "xr.yaml")) {
		in, err := Load(filepath.Join("..", ".."), Options{File: file}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		if err := in.Check(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if checked < 8 {
		t.Errorf("only %d files were checked", checked)
	}
}
