package redis

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// VersionName is what AWS is asked for to have a version: from 6 on without the
// patch level, 7.1 of 7.1.0.
func VersionName(version string) string {
	parts := strings.Split(version, ".")
	if len(parts) < 3 || numbers(version)[0] < 6 {
		return version
	}
	return parts[0] + "." + parts[1]
}

// isVersion reports whether a cache that runs a version, in full, runs what is
// asked for: 7.1.0 is a 7.1, and every 6 is a 6.x.
func isVersion(asked, full string) bool {
	return strings.HasPrefix(full+".", strings.TrimSuffix(asked, ".x")+".")
}

// isNewer reports whether what is asked for is newer than a version, in full.
func isNewer(asked, full string) bool {
	return !isVersion(asked, full) && compareVersions(asked, full) > 0
}

// compareVersions is negative where a is older than b, as far as both are
// written out: 7.1 is neither older nor newer than 7.1.2.
func compareVersions(a, b string) int {
	x, y := numbers(a), numbers(b)
	n := min(len(x), len(y))
	return slices.CompareFunc(x[:n], y[:n], cmp.Compare[int])
}

// numbers of a version. The x of 6.x is the newest there is.
func numbers(version string) []int {
	parts := strings.Split(version, ".")
	out := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			n = math.MaxInt
		}
		out[i] = n
	}
	return out
}
