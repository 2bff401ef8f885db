package main

import (
	"slices"
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// TestRemade: a cache that is an orphan stays in AWS as it is while nobody has it, and a
// claim takes it over again.
func TestRemade(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := newCluster(t, flavour, map[string]any{"engine": "valkey", "engineVersion": "8.0", "transitEncryption": "Preferred", "deletionPolicy": "Orphan"}, crossplane.Options{})
			xr := c.XR()
			c.settle()
			url, asked := string(c.Published()[connection.KeyURL]), len(c.AWS.Log())
			c.Delete()
			if err := c.Run(time.Hour); err != nil || !c.Gone() {
				t.Fatalf("it does not go: %v", err)
			}
			if log := c.AWS.Log()[asked:]; len(log) > 0 || !c.AWS.Accepts(url) {
				t.Fatalf("AWS was asked for: %v", log)
			}
			c.DeleteSecret(connectionNamespace, string(xr.GetUID()))
			xr.SetUID("")
			again := c.join(xr)
			again.settle()
			if _, reason, message := again.Condition("Accepted"); reason != "Exists" || len(c.AWS.Written(asked)) > 0 {
				t.Fatalf("Accepted is %s: %s; AWS was asked for: %v", reason, message, c.AWS.Written(asked))
			}
			again.edit(map[string]any{"existing": map[string]any{"mode": "TakeOver"}})
			again.settle()
			// The URL is written once more, which proves that it is there. The provider's own
			// tags name the new managed resources.
			if log := c.AWS.Written(asked); slices.ContainsFunc(log, func(r aws.Request) bool { return r.Name != "PutParameter" && r.Name != "AddTagsToResource" }) {
				t.Errorf("AWS was asked for: %v", log)
			}
			if got := string(again.Published()[connection.KeyURL]); got != url {
				t.Errorf("it has another URL: %s, and not %s", got, url)
			}
			again.says("Ready", "True")
		})
	}
}
