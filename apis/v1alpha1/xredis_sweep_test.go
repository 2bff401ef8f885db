package v1alpha1

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// TestEngineVersions compares the table of engines and versions with the XRD's
// rules, for all that looks like a version.
func TestEngineVersions(t *testing.T) {
	versions := []string{"", "x", "6.x", "7.x", "8.x", "x.0", "7", "8", "7.", ".1", "8.*", "*", "v7.1", "07.1", "7.01", "8.00", "7.1 ", " 8.0", "7.1\n", "7,1", "８.0", "5.0.6", "5.0.5", "6.0.5", "6.2.6", "7.0.7", "7.1.0", "8.0.0"}
	for major := range 12 {
		for _, minor := range append(slices.Collect(count(14)), 98, 99, 100, 101, 255, 256, 1000) {
			versions = append(versions, fmt.Sprintf("%d.%d", major, minor))
		}
	}
	f := namespaced(t)
	for _, version := range versions {
		agree(t, f, validateEngineVersion(field.NewPath("spec", "engineVersion"), version), f.schema.Validate(object(t, text("engineVersion", version)), nil))
		for _, engine := range redis.Engines() {
			spec := text("engine", string(engine)) + text("engineVersion", version) + text("transitEncryption", TransitEncryptionPreferred)
			agree(t, f, check(t, spec), f.schema.Validate(object(t, spec), nil))
		}
	}
}

// TestWindows compares the function's arithmetic with the XRD's, for windows of
// all lengths anywhere in the week. That two overlap, only the function finds.
func TestWindows(t *testing.T) {
	const day = 24 * 60
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute%day/60, minute%60) }
	weekday := func(minute int) string { return days[minute/day%7] + ":" + clock(minute) }

	lengths := []int{0, 60, 61, 90, 119, 120, 121, 240, day + 59, day + 60}

	f, refused := namespaced(t), 0
	random := rand.New(rand.NewPCG(1, 2)) // The same windows in every run.
	const pairs = 1000
	for range pairs {
		maintenance, snapshot := random.IntN(7*48)*30, random.IntN(48)*30
		spec := text("maintenanceWindow", weekday(maintenance)+"-"+weekday(maintenance+lengths[random.IntN(len(lengths))])) +
			text("snapshotWindow", clock(snapshot)+"-"+clock(snapshot+lengths[random.IntN(len(lengths))]))
		found := check(t, spec)
		if len(found) > 0 {
			refused++
		}
		found = slices.DeleteFunc(found, func(err *field.Error) bool { return strings.Contains(err.Detail, "overlaps") })
		agree(t, f, found, f.schema.Validate(object(t, spec), nil))
	}
	if refused < pairs/5 || refused > pairs*4/5 {
		t.Errorf("%d of %d pairs of windows were refused: want a fair number of both", refused, pairs)
	}
}

// TestNodeTypes compares the function's lists of node families with the XRD's.
func TestNodeTypes(t *testing.T) {
	f := namespaced(t)
	for _, family := range []string{"c1", "m1", "m2", "m3", "r3", "t1", "c10", "m11", "t2", "t21", "t3", "t4g", "m4", "m5", "m6g", "m7g", "r4", "r5", "r6g", "r6gd", "r6gdx", "r7g", "c7gn", "x2gd", "r8g", "c8gn"} {
		spec := text("nodeType", "cache."+family+".large") + text("engine", string(redis.EngineRedis))
		agree(t, f, check(t, spec), f.schema.Validate(object(t, spec), nil))
	}
}

// text is a line of YAML.
func text(name, value string) string {
	quoted, _ := json.Marshal(value)
	return name + ": " + string(quoted) + "\n"
}

func count(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
