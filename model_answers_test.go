package main

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// TestChangedAnswers counts the runs whose answer is another than the one before it.
// Each costs a composite two or three events of its watches, and Crossplane's circuit
// breaker opens at a hundred. https://github.com/crossplane/crossplane/pull/6777
func TestChangedAnswers(t *testing.T) {
	production := map[string]any{
		"nodeType": "cache.t3.small", "numCacheNodes": int64(2), "multiAzEnabled": true, "snapshotRetentionLimit": int64(7), "enableAuthToken": true,
	}
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := newCluster(t, flavour, crossplane.Options{})
			settle := func(what string, most int) {
				before := c.Changes()
				if err := c.Settle(30*time.Minute, 6*time.Hour); err != nil {
					t.Fatal(err)
				}
				n := c.Changes() - before
				t.Logf("%s: %d answers changed, in %d runs until now", what, n, c.Runs())
				if n > most {
					t.Errorf("%s: %d answers changed, at most %d should", what, n, most)
				}
			}
			settle("creation", 8)
			c.Edit(func(xr *unstructured.Unstructured) {
				for key, value := range production {
					put(xr.Object["spec"].(map[string]any), key, value)
				}
			})
			settle("development to production", 14)
		})
	}
}
