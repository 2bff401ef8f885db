package v1alpha1

import (
	"slices"
	"strings"
)

// Group of the claims, and of the composites behind them, until a platform team
// publishes its own.
const Group = "platform.example.org"

// NamespacedGroup is the group of the namespaced flavour beside a group of claims.
func NamespacedGroup(group string) string { return "m." + group }

// IsNamespacedGroup reports whether a group is one of the namespaced flavour. As with
// the providers' groups, one of its labels is then "m".
func IsNamespacedGroup(group string) bool {
	return slices.Contains(strings.Split(group, "."), "m")
}
