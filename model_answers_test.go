package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// TestChangedAnswers counts the runs whose answer is another than the one before it.
// Each costs a composite two or three events of its watches, and Crossplane's circuit
// breaker opens at a hundred. That the provider's status goes back for a few seconds
// after an update changes nothing, and no stage is told again that was over.
// Two of a creation's are rounds in which Crossplane is asked to look something up, and
// that it does not write. https://github.com/crossplane/crossplane/pull/6777
func TestChangedAnswers(t *testing.T) {
	const creation, toProduction = 8, 10
	cases := map[string]struct {
		flavour string
		goBack  bool
	}{
		"Claims":           {flavourClaims, false},
		"Namespaced":       {flavourNamespaced, false},
		"ClaimsGoBack":     {flavourClaims, true},
		"NamespacedGoBack": {flavourNamespaced, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, tc.flavour, subnets, crossplane.Options{Provider: upjet.Options{GoBack: tc.goBack}})
			var stages []string
			c.Watch = func() {
				stage, _, _ := unstructured.NestedString(c.XR().Object, "status", "stage")
				if len(stages) == 0 || stages[len(stages)-1] != stage {
					stages = append(stages, stage)
				}
			}
			settleWithin(t, c, "a creation", creation)
			stages = nil
			c.edit(map[string]any{"nodeType": "cache.t3.small", "numCacheNodes": 2, "multiAzEnabled": true, "snapshotRetentionLimit": 7, "enableAuthToken": true})
			settleWithin(t, c, "development to production", toProduction)
			want := []string{"Settled", "1 of 4: TLS Preferred", "2 of 4: TLS Required", "3 of 4: AUTH with the token or without (ROTATE)", "4 of 4: AUTH with the new token only (SET)", "Settled"}
			if stages[0] != "Settled" {
				want = want[1:]
			}
			if diff := cmp.Diff(want, stages); diff != "" {
				t.Errorf("stages: -want, +got:\n%s", diff)
			}
		})
	}
}

// settleWithin as many changed answers as there may be at most.
func settleWithin(t *testing.T, c cluster, what string, most int) {
	t.Helper()
	before := c.Changes()
	c.settle()
	if n := c.Changes() - before; n > most {
		t.Errorf("%s: %d answers changed, at most %d should", what, n, most)
	}
}
