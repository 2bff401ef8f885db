package redis

import (
	"slices"
	"strings"
)

// previousGenerations are the node families that AWS makes no new caches of.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
var previousGenerations = []string{"c1", "m1", "m2", "m3", "r3", "t1", "t2"} //nolint:gochecknoglobals // A constant table.

// PreviousGeneration reports whether AWS makes no new caches of the node type.
func PreviousGeneration(nodeType string) bool {
	return slices.Contains(previousGenerations, nodeFamily(nodeType))
}

// NeedsDataTiering reports whether the node type keeps part of the data on disk,
// which is another product than a cache in memory.
func NeedsDataTiering(nodeType string) bool {
	return nodeFamily(nodeType) == "r6gd"
}

// valkeyOnly and since62 are the node families that not every engine runs on.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
var (
	valkeyOnly = []string{"c8gn", "r8g"}        //nolint:gochecknoglobals // A constant table.
	since62    = []string{"c7gn", "m7g", "r7g"} //nolint:gochecknoglobals // A constant table.
)

// NodeTypeNeeds is the engine that a node type needs, in words, where it does not
// run the one that is asked for, and empty where it does.
func NodeTypeNeeds(nodeType string, engine Engine, version string) string {
	family := nodeFamily(nodeType)
	switch {
	case engine == EngineValkey:
		return ""
	case slices.Contains(valkeyOnly, family):
		return "engine valkey"
	case slices.Contains(since62, family) && compareVersions(version, "6.2") < 0:
		return "engineVersion 6.2 or later"
	}
	return ""
}

// nodeFamily is "t3" of "cache.t3.micro".
func nodeFamily(nodeType string) string {
	family, _, _ := strings.Cut(strings.TrimPrefix(nodeType, "cache."), ".")
	return family
}
