package redis

import (
	"slices"
	"strconv"
	"strings"
)

// An Engine that ElastiCache runs behind the Redis protocol.
type Engine string

// The engines.
const (
	EngineRedis  Engine = "redis"
	EngineValkey Engine = "valkey"
)

// Engines that a claim may ask for.
func Engines() []Engine { return []Engine{EngineRedis, EngineValkey} }

// versions lists what may be asked of each engine, and the parameter group
// family that goes with it. "8.*" stands for every minor version of 8. The form
// of the version is AWS's: redis before 6 is named to the patch, 6 may be
// "6.x", later ones to the minor version only.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
var versions = map[Engine][]struct{ version, family string }{ //nolint:gochecknoglobals // A constant table; Go has no constant maps.
	EngineRedis: {
		{"5.0.6", "redis5.0"},
		{"6.x", "redis6.x"},
		{"6.0", "redis6.x"},
		{"6.2", "redis6.x"},
		{"7.0", "redis7"},
		{"7.1", "redis7"},
	},
	EngineValkey: {
		{"7.2", "valkey7"},
		{"8.*", "valkey8"},
		{"9.*", "valkey9"},
	},
}

// Versions that may be asked of the engine, oldest first, "8.*" standing for
// every minor version of 8.
func Versions(engine Engine) []string {
	known := versions[engine]
	out := make([]string, len(known))
	for i, v := range known {
		out[i] = v.version
	}
	return out
}

// Family is the parameter group family of an engine version, and false where
// the engine has no such version.
func Family(engine Engine, version string) (string, bool) {
	for _, v := range versions[engine] {
		if matches(v.version, version) {
			return v.family, true
		}
	}
	return "", false
}

// IsUnknown reports whether a cache has a version of no family that is known here.
func IsUnknown(c Config) bool {
	_, known := Family(c.Engine, c.EngineVersion)
	return !known
}

// IsOld reports whether a version is older than all that are known here of its engine.
func IsOld(engine Engine, version string) bool {
	known := Versions(engine)
	return len(known) > 0 && compareVersions(version, known[0]) < 0
}

// WayOut of a version that is not known: one that is too old can be upgraded.
func WayOut(c Config) string {
	if IsOld(c.Engine, c.EngineVersion) {
		return "set engineVersion to " + Versions(c.Engine)[0] + " or later, to which AWS upgrades the cache"
	}
	return "upgrade the function"
}

// ParameterName is what a family that is known calls a parameter of an older one. Redis 5
// calls slaves replicas. Redis 7 keeps small collections as listpacks, with the limits that
// ziplists had.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
func ParameterName(family, name string) string {
	name = strings.ReplaceAll(name, "slave", "replica")
	isOld := slices.Contains([]string{"redis5.0", "redis6.x"}, family)
	if isOld || !slices.Contains(ziplists, name) {
		return name
	}
	return strings.Replace(name, "ziplist", "listpack", 1)
}

var ziplists = []string{ //nolint:gochecknoglobals // A constant table.
	"hash-max-ziplist-entries", "hash-max-ziplist-value", "list-max-ziplist-size", "zset-max-ziplist-entries", "zset-max-ziplist-value",
}

// Families of parameter groups that the known versions have.
func Families() []string {
	var out []string
	for _, engine := range Engines() {
		for _, v := range versions[engine] {
			if !slices.Contains(out, v.family) {
				out = append(out, v.family)
			}
		}
	}
	return out
}

// matches reports whether version is the known one or, where that is one such as
// "8.*", a minor version of it, of two digits at most and no leading zero.
func matches(known, version string) bool {
	major, anyMinor := strings.CutSuffix(known, "*")
	if !anyMinor {
		return known == version
	}
	minor, ok := strings.CutPrefix(version, major)
	n, err := strconv.ParseUint(minor, 10, 8)
	return ok && err == nil && n < 100 && strconv.FormatUint(n, 10) == minor
}

// HasTLSMode reports whether a version knows the transit encryption modes, which
// came with redis 7.0.5. AWS runs the newest patch of what is asked, so 7.0 does; and
// so does every version that is newer than those that are known here.
func HasTLSMode(engine Engine, version string) bool {
	return engine == EngineValkey || compareVersions(version, "7.0") >= 0
}
