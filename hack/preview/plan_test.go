package preview

import (
	"bytes"
	stdcmp "cmp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestPlan(t *testing.T) {
	const group = "---\napiVersion: v1\nkind: Other\n"
	cases := map[string]struct {
		reason   string
		observed string // Something that is not in AWS yet, if it is empty.
		rendered string
		want     string
	}{
		"NothingRendered": {reason: "Where nothing was rendered, nothing is planned."},
		"NoCache":         {reason: "A cache that AWS does not report is none to change.", rendered: "---\nkind: XRedis\nstatus: {clusterId: a}\n" + group, want: "\nPlan: AWS reports no cache yet, so it is created as shown above.\n"},
		"UnknownToken": {
			reason:   "A CLI that shows no connection details leaves open which token a cache has.",
			observed: observedGroup + "status: {atProvider: {engine: redis}}\n",
			rendered: "---\nkind: XRedis\nstatus: {clusterId: a}\n",
			want:     "\nNo plan: which token this cache has is known from its connection Secrets only. Render with --cli 2.5, and name a file of them with -e.\n",
		},
		"NoChanges": {reason: "A settled cache has no changes.", rendered: "---\nkind: XRedis\nstatus: {engine: redis}\n" + group, want: "\nNo changes.\n"},
		"Changes": {
			reason:   "The changes are listed in the function's own words and order.",
			rendered: "---\nkind: XRedis\nstatus:\n  engine: redis\n  changes: [change nodeType a -> b (10 minutes), change numCacheNodes 1 -> 2]\n  conditions: [{type: Accepted, status: 'True', message: all}]\n",
			want:     "\nPlan, in this order:\n  change nodeType a -> b (10 minutes)\n  change numCacheNodes 1 -> 2\n",
		},
		"Refused": {
			reason:   "What AWS can't do is said beside it.",
			rendered: "---\nkind: XRedis\nstatus:\n  engine: redis\n  conditions: [{type: Accepted, status: 'False', message: 'spec.engine: never; do this; spec.nodeType: no'}]\n",
			want:     "\nNo changes.\nRefused:\n  spec.engine: never; do this\n  spec.nodeType: no\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := Input{observed: []*unstructured.Unstructured{document(t, stdcmp.Or(tc.observed, observedGroup))}}
			var got bytes.Buffer
			if err := in.writePlan(&got, []byte(tc.rendered)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.String()); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
	var got bytes.Buffer
	if err := new(Input).writePlan(&got, []byte("---\nkind: XRedis\n")); err != nil || got.Len() > 0 {
		t.Errorf("without anything observed there is no plan, got %q, %v", got.String(), err)
	}
}
