package aws

import (
	"fmt"
	"regexp"
	"slices"
)

var nodeTypeFormat = regexp.MustCompile(`^cache\.([a-z][a-z0-9]*)\.(micro|small|medium|large|x?large|\d+xlarge)$`)

// previousGenerations can't be created any more, and those that run stay. ElastiCache
// User Guide, "Supported node types".
var previousGenerations = []string{"m1", "m2", "m3", "t1", "t2", "c1", "r3"}

// needs of node families: the oldest Redis that they run, none if they run Valkey
// only. ElastiCache User Guide, "Supported node types"; ministryofjustice/
// cloud-platform-environments #12507, #12508 and #10633.
var needs = map[string]string{"m7g": "6.2", "r7g": "6.2", "c7gn": "6.2", "r8g": "", "c8gn": ""}

// checkNewNodeType of a group that is made, or is to have other nodes: they run its
// engine as it is now, and not the one that it may be on its way to.
func checkNewNodeType(g *ReplicationGroup) *refusal {
	m := nodeTypeFormat.FindStringSubmatch(g.NodeType)
	if m == nil {
		return refuse(CodeParameterValue, "Invalid cache node type: %s", g.NodeType)
	}
	if slices.Contains(previousGenerations, m[1]) {
		return refuse(CodeParameterValue, "The cache node type %s is of a previous generation and can't be created.", g.NodeType)
	}
	// ElastiCache User Guide, "Data tiering": it is required with r6gd, and there is
	// none without.
	if m[1] == "r6gd" != g.DataTiering {
		return refuse(CodeParameterCombination, "Data tiering must be enabled for cache node types of the r6gd family, and for no other: %s.", g.NodeType)
	}
	oldest, limited := needs[m[1]]
	if limited && g.Engine == Redis && (oldest == "" || compareVersions(g.EngineVersion, oldest) < 0) {
		return refuse(CodeParameterCombination, "The cache node type %s is not supported for %s %s.", g.NodeType, g.Engine, g.EngineVersion)
	}
	return nil
}

// memory of node types in GiB: ElastiCache pricing. Those that are not here have
// enough for everything.
var memory = map[string]float64{"cache.t3.micro": 0.5, "cache.t3.small": 1.37, "cache.t3.medium": 3.09}

// Fill a group with as many GiB of data. Node types with less memory are accepted all
// the same, and then come to nothing: an event tells of it, and no error.
// coverage-roadmap #2273.
func (c *Cloud) Fill(region, id string, gib float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g, ok := c.groups[key{region, id}]; ok {
		g.data = gib
	}
}

// replaceNodes by ones of another type, if the data fits.
func (g *group) replaceNodes(nodeType string) {
	if size, known := memory[nodeType]; known && size < g.data {
		return
	}
	g.NodeType = nodeType
}

// scaleTo a number of nodes. Which go, and what new ones are called, is not documented.
// This is the harder case: the first go first, but never the primary, and no name
// comes back.
func (g *group) scaleTo(nodes int) {
	for len(g.MemberClusters) > max(nodes, 0) {
		i := slices.IndexFunc(g.MemberClusters, func(name string) bool { return name != g.primary })
		g.MemberClusters = slices.Delete(slices.Clone(g.MemberClusters), i, i+1)
	}
	for len(g.MemberClusters) < nodes {
		g.made++
		g.MemberClusters = append(g.MemberClusters, g.nodeName(g.made))
	}
	if g.primary == "" && nodes > 0 {
		g.primary = g.MemberClusters[0]
	}
	g.Nodes = nodes
}

// nodeName of the n-th node that was made. In cluster mode they are spread over the
// shards.
func (g *group) nodeName(n int) string {
	if g.Shards == 0 {
		return fmt.Sprintf("%s-%03d", g.ID, n)
	}
	return fmt.Sprintf("%s-%04d-%03d", g.ID, (n-1)%g.Shards+1, (n-1)/g.Shards+1)
}

// FailOver to the last node, as AWS does where the primary fails, or where somebody
// tests it. Clients keep the names that they know. It reports whether there was
// another node.
func (c *Cloud) FailOver(region, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.available(region, id)
	if err != nil || !g.AutomaticFailover {
		return false
	}
	g.primary = g.MemberClusters[len(g.MemberClusters)-1]
	return true
}
