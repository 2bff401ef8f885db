package preview

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestArguments(t *testing.T) {
	namespaced := func() Input {
		return Input{XR: document(t, namespacedXR), Composition: document(t, composition), rest: []string{"-r"}}
	}
	claims := func() Input {
		in := namespaced()
		in.XR, in.XRD = document(t, bareXR), document(t, definition)
		return in
	}
	cases := map[string]struct {
		reason  string
		version string
		in      Input
		want    string // Without the folder that the files are in.
	}{
		"Default": {
			reason:  "The default CLI renders by itself, and knows a composite of the claims flavour without its XRD.",
			version: DefaultCLI,
			in:      claims(),
			want:    "render xr.yaml composition.yaml functions.yaml -r",
		},
		"WithResources": {
			reason:  "Resources are handed on under the options that all versions have.",
			version: "1.20",
			in: func() Input {
				in := claims()
				in.observed = []*unstructured.Unstructured{document(t, observedGroup)}
				in.required = []*unstructured.Unstructured{document(t, secret)}
				return in
			}(),
			want: "render xr.yaml composition.yaml functions.yaml -o observed.yaml -e required.yaml -r",
		},
		"Beta": {
			reason:  "Rendering was in beta.",
			version: "1.16",
			in:      namespaced(),
			want:    "beta render xr.yaml composition.yaml functions.yaml -r",
		},
		"Engine": {
			reason:  "The CLI v2.5 needs Crossplane itself, and an XRD for the claims flavour.",
			version: "2.5",
			in:      claims(),
			want:    "composition render xr.yaml composition.yaml functions.yaml --xrd xrd.yaml -r --crossplane-binary core",
		},
		"EngineNamespaced": {
			reason:  "The CLI v2.5 takes a composite for a namespaced one by itself.",
			version: "2.5",
			in:      namespaced(),
			want:    "composition render xr.yaml composition.yaml functions.yaml -r --crossplane-binary core",
		},
		"OwnXRD": {
			reason:  "An XRD that the caller names is for any CLI.",
			version: "2.2",
			in: func() Input {
				in := claims()
				in.ownXRD = true
				return in
			}(),
			want: "render xr.yaml composition.yaml functions.yaml --xrd xrd.yaml -r",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := find(tc.version)
			if err != nil {
				t.Fatal(err)
			}
			cli := &CLI{release: r}
			if r.engine != nil {
				cli.engine = "core"
			}
			dir := t.TempDir()
			args, err := cli.arguments(tc.in, "127.0.0.1:1", dir)
			if err != nil {
				t.Fatal(err)
			}
			args = cli.Command(t.Context(), args...).Args[1:]
			got := strings.ReplaceAll(strings.Join(args, " "), dir+string(filepath.Separator), "")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFunctionsOf(t *testing.T) {
	type want struct {
		functions string
		err       string
	}
	step := func(names ...string) *unstructured.Unstructured {
		c := document(t, composition)
		steps := make([]any, 0, len(names))
		for _, n := range names {
			steps = append(steps, map[string]any{"step": n, "functionRef": map[string]any{"name": n}})
		}
		if err := unstructured.SetNestedSlice(c.Object, steps, "spec", "pipeline"); err != nil {
			t.Fatal(err)
		}
		return c
	}
	cases := map[string]struct {
		reason      string
		composition *unstructured.Unstructured
		others      []*unstructured.Unstructured
		want        want
	}{
		"AnyPrefix": {
			reason:      "The function is named after where its package came from.",
			composition: step("acme-function-xredis"),
			want:        want{functions: "Function acme-function-xredis"},
		},
		"Twice": {
			reason:      "Two steps of one function need it once.",
			composition: step("function-xredis", "function-xredis"),
			want:        want{functions: "Function function-xredis"},
		},
		"Unknown": {
			reason:      "Another function can't run from this repository.",
			composition: step("function-xredis", "function-auto-ready"),
			want:        want{err: `Composition c has a step that "function-auto-ready" runs, and a preview has only function-xredis: say with --functions where that one runs, or leave the step out`},
		},
		"Known": {
			reason:      "The caller may say where another function runs.",
			composition: step("function-xredis", "function-auto-ready"),
			others:      []*unstructured.Unstructured{function("pkg.crossplane.io/v1", "function-auto-ready", "127.0.0.1:9443")},
			want:        want{functions: "Function function-auto-ready, Function function-xredis"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := functionsOf(tc.composition, "pkg.crossplane.io/v1", "127.0.0.1:1", tc.others)
			if diff := cmp.Diff(tc.want.err, text(err)); diff != "" {
				t.Errorf("%s: error: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want.functions, list(got)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStart(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "function")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\necho no such port >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(context.Background(), binary)
	if diff := cmp.Diff("cannot start the function: it ended at once\nno such port\n", text(err)); diff != "" {
		t.Errorf("A function that does not start should say why: -want, +got:\n%s", diff)
	}
}

func document(t *testing.T, content string) *unstructured.Unstructured {
	t.Helper()
	file := filepath.Join(t.TempDir(), "document.yaml")
	save(t, file, content)
	docs, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}
