package aws

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFirstNode: after a failover the first node is one that can go, and does not come
// back.
func TestFirstNode(t *testing.T) {
	c := made(t, withReplica)
	if !c.FailOver(region, "app") {
		t.Error("there is a replica")
	}
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, AutomaticFailover: ptr(false)}))
	c.settle()
	for _, s := range []struct {
		nodes int
		want  []string
	}{{1, []string{"app-002"}}, {2, []string{"app-002", "app-003"}}, {1, []string{"app-002"}}} {
		scale := c.DecreaseReplicaCount
		if s.nodes == 2 {
			scale = c.IncreaseReplicaCount
		}
		must(t, scale(region, "app", s.nodes-1))
		c.settle()
		g, _ := c.DescribeReplicationGroup(region, "app")
		if diff := cmp.Diff(s.want, g.MemberClusters); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	}
	if c.FailOver(region, "app") {
		t.Error("there is no replica")
	}
}

// TestTooSmall: nodes that the data does not fit into are accepted, and never come.
func TestTooSmall(t *testing.T) {
	c := made(t, func(in *CreateReplicationGroup) { in.NodeType = "cache.t3.medium" })
	c.Fill(region, "app", 1)
	for _, tc := range []struct{ ask, want string }{{"cache.t3.micro", "cache.t3.medium"}, {"cache.t3.small", "cache.t3.small"}} {
		must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, NodeType: &tc.ask}))
		c.settle()
		if g, _ := c.DescribeReplicationGroup(region, "app"); g.NodeType != tc.want || g.Status != StatusAvailable {
			t.Errorf("%s: got %s, %s", tc.ask, g.NodeType, g.Status)
		}
	}
}
