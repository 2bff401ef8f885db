package existing

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Findings are what the answers tell, or leave out, beside what the provider observes.
type Findings struct {
	// NotKnown is what was looked for, and the answers leave out.
	NotKnown []string

	// Cannot is what of the state of a cache keeps it from being taken over for good.
	Cannot []string

	// Waits are what AWS has yet to do with it.
	Waits []string
}

// ends are the states in which a cache does not become available.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html
var ends = map[string]string{
	"deleting":             "AWS is deleting it; make a new cache, and restore its last snapshot with snapshotName, if it has one",
	"deleted":              "AWS has deleted it; make a new cache, and restore its last snapshot with snapshotName, if it has one",
	"create-failed":        "AWS could not make it; delete it in AWS, and make a new cache",
	"restore-failed":       "AWS could not restore its snapshot; delete it in AWS, and make a new cache",
	"incompatible-network": "AWS can't place its nodes in its subnets; give them free addresses, or make a new cache in other subnets",
}

// available is the state of a cache, and of a node, that AWS does nothing with.
const available = "available"

// state of a cache, and of its nodes where it is another.
func (f *Findings) state(g *replicationGroup, nodes []cacheCluster, region string) {
	f.add("status", g.Status, g.ReplicationGroupID, region)
	for _, n := range nodes {
		if n.CacheClusterStatus != g.Status {
			f.node(n, g.ReplicationGroupID, region)
		}
	}
	for _, text := range pending(g, nodes) {
		f.Waits = append(f.Waits, "pending "+text+": AWS has yet to apply it, at the latest in the maintenance window; wait until PendingModifiedValues is empty, and gather the answers again")
	}
}

// node is the state of one node. The others do not depend on it: a cache that loses a
// replica goes on.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html
func (f *Findings) node(n cacheCluster, id, region string) {
	what := "node " + n.CacheClusterID + ": status"
	if _, is := ends[n.CacheClusterStatus]; !is || strings.HasPrefix(n.CacheClusterStatus, "delet") {
		f.wait(what, n.CacheClusterStatus, id, region)
		return
	}
	f.Waits = append(f.Waits, what+" "+n.CacheClusterStatus+": this node does not become available, the cache has its others; remove or replace the node in AWS, and gather the answers again")
}

func (f *Findings) add(what, status, id, region string) {
	if end, is := ends[status]; is {
		f.Cannot = append(f.Cannot, what+" "+status+": "+end)
		return
	}
	f.wait(what, status, id, region)
}

func (f *Findings) wait(what, status, id, region string) {
	if status != "" && status != available {
		f.Waits = append(f.Waits, fmt.Sprintf("%s %s: AWS is at work on it; wait until the cache is available (aws elasticache wait replication-group-available --replication-group-id %s --region %s), and gather the answers again", what, status, id, region))
	}
}

// pending modifications of a cache and of its nodes, each once.
func pending(g *replicationGroup, nodes []cacheCluster) []string {
	all := []map[string]any{g.PendingModifiedValues}
	for _, n := range nodes {
		all = append(all, n.PendingModifiedValues)
	}
	var out []string
	for _, values := range all {
		for _, field := range slices.Sorted(maps.Keys(values)) {
			if text := inWords(values[field]); text != "" {
				out = append(out, field+" "+text)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inWords is a value without quotes where it is a text, empty where there is none.
func inWords(value any) string {
	b, err := json.Marshal(value)
	if text := strings.Trim(string(b), `"`); err == nil && !slices.Contains([]string{"null", "{}", "[]"}, text) {
		return text
	}
	return ""
}
