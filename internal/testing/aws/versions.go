package aws

import (
	"slices"
	"strconv"
	"strings"
)

// Engines.
const (
	Redis  = "redis"
	Valkey = "valkey"
)

// A Version that AWS offers: what it is asked for as, what it is in full, and the
// family of the parameter groups that it takes.
type Version struct{ Name, Full, Family string }

// offered versions, oldest first; of those with one name, the last is what a new
// group gets. Names and families: ElastiCache User Guide, "Engine versions and
// upgrading" and "Managing parameter groups"; terraform-provider-aws 6.34,
// engine_version.go. Redis OSS ends at 7.1. What is called 6.x is the newest 6.
var offered = map[string][]Version{
	Redis: {
		{"5.0.4", "5.0.4", "redis5.0"},
		{"5.0.5", "5.0.5", "redis5.0"},
		{"5.0.6", "5.0.6", "redis5.0"},
		{"6.0", "6.0.5", "redis6.x"},
		{"6.2", "6.2.5", "redis6.x"},
		{"6.2", "6.2.6", "redis6.x"},
		{"7.0", "7.0.4", "redis7"},
		{"7.0", "7.0.7", "redis7"},
		{"7.1", "7.1.0", "redis7"},
	},
	Valkey: {
		{"7.2", "7.2.6", "valkey7"},
		{"8.0", "8.0.1", "valkey8"},
		{"8.1", "8.1.0", "valkey8"},
		{"8.2", "8.2.0", "valkey8"},
		{"9.0", "9.0.0", "valkey9"},
	},
}

// Offered versions of an engine, where a test wants others beside them.
func Offered(engine string) []Version { return slices.Clone(offered[engine]) }

func (c *Cloud) versions(engine string) []Version {
	if v, ok := c.options.Versions[engine]; ok {
		return v
	}
	return offered[engine]
}

// version that AWS makes of a name.
func (c *Cloud) version(engine, name string) (Version, *refusal) {
	if engine != Redis && engine != Valkey {
		return Version{}, refuse(CodeParameterValue, "Invalid cache engine: %s", engine)
	}
	if engine == Redis && name == "6.x" {
		name = "6.2"
	}
	for _, v := range slices.Backward(c.versions(engine)) {
		if v.Name == name {
			return v, nil
		}
	}
	// 7.1.0 is refused: from 6 on a version is asked for without its patch level.
	return Version{}, refuse(CodeParameterCombination, "Cannot find version %s for %s", name, engine)
}

// full is a version that exists, by its full name.
func (c *Cloud) full(engine, full string) Version {
	versions := c.versions(engine)
	i := slices.IndexFunc(versions, func(v Version) bool { return v.Full == full })
	if i < 0 {
		return Version{Name: full, Full: full}
	}
	return versions[i]
}

// families that there are.
func (c *Cloud) hasFamily(family string) bool {
	for _, engine := range []string{Redis, Valkey} {
		for _, v := range c.versions(engine) {
			if v.Family == family {
				return true
			}
		}
	}
	return false
}

// compareVersions by number.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var out []int
	for s := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(s)
		out = append(out, n)
	}
	return out
}
