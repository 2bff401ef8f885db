package redis

import (
	"slices"
	"strings"
)

// previousGenerations are the node families that AWS makes no new caches of.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
var previousGenerations = []string{"c1", "m1", "m2", "m3", "r3", "t1"} //nolint:gochecknoglobals // A constant table.

// PreviousGeneration reports whether AWS makes no new caches of the node type.
func PreviousGeneration(nodeType string) bool {
	return slices.Contains(previousGenerations, nodeFamily(nodeType))
}

// NeedsDataTiering reports whether the node type keeps part of the data on disk,
// which is another product than a cache in memory.
func NeedsDataTiering(nodeType string) bool {
	return nodeFamily(nodeType) == "r6gd"
}

// nodeFamily is "t3" of "cache.t3.micro".
func nodeFamily(nodeType string) string {
	family, _, _ := strings.Cut(strings.TrimPrefix(nodeType, "cache."), ".")
	return family
}
