package controlplane

import (
	"context"
	"testing"
	"time"
)

// TestUnreachable has the function away while a claim changes.
func TestUnreachable(t *testing.T) {
	caches := pairOf(t, "away")
	askAll(t, caches)
	allReady(t, caches)
	r := newRecord(t, true, caches...)
	away := plane.kubelet.function()
	away.stop()
	askAll(t, caches, "maxmemoryPolicy: noeviction")
	time.Sleep(5 * time.Second) // Crossplane waits for it, and changes nothing that could be waited for.
	allUsed(t, caches)
	if err := away.start(); err != nil {
		t.Fatal(err)
	}
	each(t, caches, func(ctx context.Context, c cache) error { return c.hasSetting(ctx, "maxmemory-policy", "noeviction") })
	allReady(t, caches)
	r.check(t)
}

// TestKillAPIServer ends what all others talk to. It comes last: whoever watches waits
// longer each time before it tries again, up to half a minute, so with -short it does
// not happen at every stage.
func TestKillAPIServer(t *testing.T) {
	edits := []edit{creation, scaling, encryption.only("accepting TLS")}
	if testing.Short() {
		edits = []edit{creation.only("composed", "let go", "made by AWS"), scaling.only("accepted by AWS"), encryption.only("accepting TLS")}
	}
	killAtEach(t, "kill-apiserver", plane.kube.apiServer.kill, edits...)
}
