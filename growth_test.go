package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// growth is what the cost of a run may depend on: the steady state with one thing
// changed, and how many allocations each more of it may take.
var growth = []struct {
	name        string
	sizes       []int
	change      func(req *fnv1.RunFunctionRequest, n int)
	allocations float64
}{
	{"nodes", []int{1, 2, 4, 6}, withNodes, 2},
	{"tags", []int{1, 10, 43}, withTags, 30},                    // With our own four there are 47, the most that are allowed.
	{"neighbours", []int{1, 10, 100, 500}, withNeighbours, 0.1}, // The test's own copy of the map.
	{"kilobytes", []int{1, 10, 100}, withStatus, 0},
	{"managers", []int{0, 1, 2}, withManagers, 0},
}

// grown request of a size.
func grown(t testing.TB, change func(*fnv1.RunFunctionRequest, int), n int) *fnv1.RunFunctionRequest {
	t.Helper()
	req := stage(t, "minimal/claims/settled")
	change(req, n)
	if text := fatal(run(t, clone(req))); text != "" {
		t.Fatal(text)
	}
	return req
}

// withNodes that the cache has.
func withNodes(req *fnv1.RunFunctionRequest, n int) {
	spec(req, "numCacheNodes", n)
	rg := observed(req, resources.ReplicationGroup)
	set(rg, n, "spec", "forProvider", "numCacheClusters")
	set(rg, n > 1, "spec", "forProvider", "automaticFailoverEnabled")
	set(rg, n, "status", "atProvider", "numCacheClusters")
	set(rg, n > 1, "status", "atProvider", "automaticFailoverEnabled")
	members := make([]any, n)
	for i := range members {
		members[i] = fmt.Sprintf("backend-booking-dev-redis-%03d", i+1)
	}
	set(rg, members, "status", "atProvider", "memberClusters")
}

// withTags of the team's own, on the claim and on all that is composed.
func withTags(req *fnv1.RunFunctionRequest, n int) {
	tags := map[string]any{}
	for i := range n {
		tags[fmt.Sprintf("example.org/tag-%d", i)] = "a value as they are"
	}
	spec(req, "tags", tags)
	for _, r := range req.GetObserved().GetResources() {
		set(r.GetResource(), tags, "spec", "forProvider", "tags")
		set(r.GetResource(), tags, "status", "atProvider", "tags")
		set(r.GetResource(), tags, "status", "atProvider", "tagsAll")
	}
}

// withNeighbours are so many resources of other functions, each as large as a
// replication group.
func withNeighbours(req *fnv1.RunFunctionRequest, n int) {
	req.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{}}
	rg := req.GetObserved().GetResources()[resources.ReplicationGroup]
	for i := range n {
		name := fmt.Sprintf("neighbour-%d", i)
		req.GetDesired().GetResources()[name] = rg
		req.GetObserved().GetResources()[name] = rg
	}
}

// withStatus of so many kilobytes more.
func withStatus(req *fnv1.RunFunctionRequest, kilobytes int) {
	lines := make([]any, kilobytes)
	for i := range lines {
		lines[i] = strings.Repeat("status. ", 128)
	}
	set(observed(req, resources.ReplicationGroup), lines, "status", "atProvider", "lines")
}

// withManagers of every field, which the API server tells of in metadata.managedFields.
// In a cluster each field has one, and the examples have none.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
func withManagers(req *fnv1.RunFunctionRequest, n int) {
	for _, r := range append(slices.Collect(maps.Values(req.GetObserved().GetResources())), req.GetObserved().GetComposite()) {
		managers := make([]any, n)
		for i := range managers {
			managers[i] = map[string]any{
				"manager": fmt.Sprintf("manager-%d", i), "operation": "Apply", "apiVersion": "v1", "time": "2025-01-01T00:00:00Z",
				"fieldsType": "FieldsV1", "fieldsV1": fieldsOf(r.GetResource().AsMap()),
			}
		}
		set(r.GetResource(), managers, "metadata", "managedFields")
	}
}

// fieldsOf an object, as managedFields name them.
func fieldsOf(object map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range object {
		child, _ := value.(map[string]any)
		out["f:"+key] = fieldsOf(child)
	}
	return out
}

// BenchmarkGrowth is how cost grows: in process, and over gRPC beside the floor.
func BenchmarkGrowth(b *testing.B) {
	for _, g := range growth {
		for _, n := range g.sizes {
			req := grown(b, g.change, n)
			name := fmt.Sprintf("%s=%d", g.name, n)
			b.Run(name+"/process", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run(b, req)
				}
			})
			floor := dial(b, serve(b, &floor{rsp: run(b, clone(req))}))
			b.Run(name+"/floor", func(b *testing.B) { measure(b, floor, req, 1) })
			function := dial(b, serve(b, &Function{log: logging.NewNopLogger()}))
			b.Run(name+"/function", func(b *testing.B) { measure(b, function, req, 1) })
		}
	}
}

// TestGrowth holds what a run allocates against the size of what it is given: nothing
// is looked at that is not ours to look at.
func TestGrowth(t *testing.T) {
	for _, g := range growth {
		t.Run(g.name, func(t *testing.T) {
			least, most := g.sizes[0], g.sizes[len(g.sizes)-1]
			few, many := allocations(t, grown(t, g.change, least)), allocations(t, grown(t, g.change, most))
			if each := (many - few) / float64(most-least); each > g.allocations {
				t.Errorf("%d take %.0f allocations and %d take %.0f: %.2f for each, and %.1f are allowed", least, few, most, many, each, g.allocations)
			}
		})
	}
}
