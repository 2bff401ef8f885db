package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApply(t *testing.T) {
	// Both forms of a dependency on a function, and neighbours that must stay.
	configuration := func(function, version string) object {
		return object{"kind": "Configuration", "spec": map[string]any{"dependsOn": []any{
			map[string]any{"provider": "example.org/acme/function", "version": "v1"},
			map[string]any{"function": function, "version": version},
		}}}
	}
	newer := func(function, version string) object {
		return object{"kind": "Configuration", "spec": map[string]any{"dependsOn": []any{
			map[string]any{"kind": "Provider", "package": "example.org/acme/function", "version": "v1"},
			map[string]any{"kind": "Function", "package": function, "version": version},
		}}}
	}
	from := func(provider string, configuration object) object {
		d := configuration.list("spec", "dependsOn")[0]
		for _, key := range []string{"provider", "package"} {
			if d[key] != nil {
				d[key] = provider
			}
		}
		return configuration
	}
	activation := func(name string) object {
		return object{"kind": "ManagedResourceActivationPolicy", "metadata": map[string]any{"name": name}}
	}
	definition := func(group string) object {
		return object{
			"kind":     "CompositeResourceDefinition",
			"metadata": map[string]any{"name": "xredis." + group},
			"spec": map[string]any{
				"group":                 group,
				"defaultCompositionRef": map[string]any{"name": "xredis." + group},
			},
		}
	}
	composition := func(name, group, function string) object {
		return object{
			"kind":     "Composition",
			"metadata": map[string]any{"name": name},
			"spec": map[string]any{
				"compositeTypeRef": map[string]any{"apiVersion": group + "/v1alpha1", "kind": "XRedis"},
				"pipeline": []any{
					map[string]any{"functionRef": map[string]any{"name": function}},
					map[string]any{"functionRef": map[string]any{"name": "function-auto-ready"}},
				},
			},
		}
	}
	type objects = map[string]object

	cases := map[string]struct {
		reason  string
		edits   edits
		objects objects
		want    objects
	}{
		"Nothing": {
			reason: "Without edits everything stays.",
			objects: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("example.org"), "c": composition("xredis.example.org", "example.org", "a-fn"),
			},
			want: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("example.org"), "c": composition("xredis.example.org", "example.org", "a-fn"),
			},
		},
		"Group": {
			reason: "All names that end in the group follow. One that a platform team chose stays.",
			edits:  edits{group: "acme.io"},
			objects: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("example.org"),
				"c": composition("xredis.example.org", "example.org", "a-fn"), "d": composition("production", "example.org", "a-fn"),
			},
			want: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("acme.io"),
				"c": composition("xredis.acme.io", "acme.io", "a-fn"), "d": composition("production", "acme.io", "a-fn"),
			},
		},
		"GroupOfNamespaced": {
			reason: "The namespaced API has a group of its own beside the one of the claims.",
			edits:  edits{group: "acme.io"},
			objects: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("m.example.org"), "c": composition("xredis.m.example.org", "m.example.org", "a-fn"),
			},
			want: objects{
				"a": configuration("example.org/a/fn", ">=v1"), "b": definition("m.acme.io"), "c": composition("xredis.m.acme.io", "m.acme.io", "a-fn"),
			},
		},
		"GroupOfOthers": {
			reason:  "A Composition of another API is not ours to move.",
			edits:   edits{group: "acme.io"},
			objects: objects{"a": configuration("example.org/a/fn", ">=v1"), "b": definition("example.org"), "c": composition("other", "other.org", "a-fn")},
			want:    objects{"a": configuration("example.org/a/fn", ">=v1"), "b": definition("acme.io"), "c": composition("other", "other.org", "a-fn")},
		},
		"Function": {
			reason:  "Crossplane names an installed function after its package, so the step follows.",
			edits:   edits{function: "ghcr.io/acme/fn", version: "v2.0.0"},
			objects: objects{"a": configuration("example.org/a/fn", ">=v1"), "b": definition("example.org"), "c": composition("xredis.example.org", "example.org", "a-fn")},
			want:    objects{"a": configuration("ghcr.io/acme/fn", ">=v2.0.0"), "b": definition("example.org"), "c": composition("xredis.example.org", "example.org", "acme-fn")},
		},
		"FunctionInNewerForm": {
			reason:  "Crossplane 2 names the kind of a dependency beside its package.",
			edits:   edits{function: "ghcr.io/acme/fn", version: "v2.0.0"},
			objects: objects{"a": newer("example.org/a/fn", ">=v1"), "b": definition("example.org")},
			want:    objects{"a": newer("ghcr.io/acme/fn", ">=v2.0.0"), "b": definition("example.org")},
		},
		"Providers": {
			reason:  "Both forms of a dependency on a provider name another registry, and keep the version.",
			edits:   edits{providers: "ghcr.io/acme"},
			objects: objects{"a": configuration("example.org/a/fn", ">=v1"), "b": newer("example.org/a/fn", ">=v1"), "c": definition("example.org")},
			want:    objects{"a": from("ghcr.io/acme/function", configuration("example.org/a/fn", ">=v1")), "b": from("ghcr.io/acme/function", newer("example.org/a/fn", ">=v1")), "c": definition("example.org")},
		},
		"ActivationPolicy": {
			reason:  "Two groups in one cluster have a policy each: one object can't belong to two packages.",
			edits:   edits{group: "acme.io"},
			objects: objects{"a": configuration("example.org/a/fn", ">=v1"), "b": definition("m.example.org"), "c": activation("xredis.m.example.org")},
			want:    objects{"a": configuration("example.org/a/fn", ">=v1"), "b": definition("m.acme.io"), "c": activation("xredis.m.acme.io")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := tc.edits.apply(tc.objects); err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, tc.objects); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestApplyToSomethingElse(t *testing.T) {
	if err := (edits{group: "acme.io"}).apply(map[string]object{"a": {"kind": "Composition"}}); err == nil {
		t.Error("want an error: without an XRD nobody knows the group to replace")
	}
}

func TestFunctionName(t *testing.T) {
	cases := map[string]struct {
		reason string
		ref    string
		want   string
	}{
		"Ours":       {reason: "The organisation and the repository.", ref: "xpkg.crossplane.io/crossplane-contrib/function-xredis", want: "crossplane-contrib-function-xredis"},
		"Nested":     {reason: "Every part of the path but the registry.", ref: "registry.acme.io:5000/a/b.c/fn", want: "a-b-c-fn"},
		"Underscore": {reason: "Crossplane drops what a DNS label can't have.", ref: "ghcr.io/acme/my_fn", want: "acme-myfn"},
		"Long":       {reason: "Crossplane cuts at 63 characters.", ref: "ghcr.io/acme/a123456789b123456789c123456789d123456789e123456789f123456789", want: "acme-a123456789b123456789c123456789d123456789e123456789f1234567"},
		"Local":      {reason: "localhost is no registry to Crossplane.", ref: "localhost/fn", want: ""},
		"Digest":     {reason: "A digest is a version.", ref: "ghcr.io/acme/fn@sha256:00", want: ""},
		"UpperCase":  {reason: "Repositories are lower case.", ref: "ghcr.io/Acme/fn", want: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, functionName(tc.ref)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
