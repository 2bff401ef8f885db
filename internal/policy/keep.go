package policy

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// misfit is the origin of a problem that a field has with one of its companions.
const misfit = "misfit"

// companions of a field are those that it must fit. A problem that stays although a
// running cache keeps the field is one of them, the first that helps.
var companions = map[string][]string{ //nolint:gochecknoglobals // A constant table.
	"authTokenGeneration":        {"enableAuthToken"},
	"authTokenSecretRef":         {"enableAuthToken"},
	"engineVersion":              {"engine"},
	"kmsKeyId":                   {"region"},
	"multiAzEnabled":             {"numCacheNodes", "subnetIds"},
	"nodeType":                   {"engineVersion", "engine"},
	"snapshotWindow":             {"maintenanceWindow"},
	"transitEncryption":          {"enableAuthToken", "engineVersion", "engine"},
	"writeConnectionSecretToRef": {"authTokenSecretRef", "enableAuthToken"},
}

// keptWith a field are those that are kept at once: AUTH must not be turned on with
// another token than the claim's.
var keptWith = map[string][]string{"authTokenSecretRef": {"enableAuthToken"}} //nolint:gochecknoglobals // A constant table.

// keep what the running cache has in every field that has a problem. A problem of
// what it has already is reported, and changes nothing. A problem of a cache that is being
// taken over keeps it from that, whatever else is not known of it yet.
func (c *completion) keep(problems field.ErrorList) ([]redis.Refusal, error) {
	if !c.observed.Whole() && !c.takesOver() {
		// What was not observed can't be kept.
		return nil, protocol.Invalid{Problems: problems}
	}
	c.cache, c.kept = c.observed.AskedInFull(), map[string]bool{}
	c.cache.DeletionProtection = ptr.To(c.xr.Status.DeletionProtection == v1alpha1.DeletionProtectionEnabled)
	var out []redis.Refusal
	reported := map[string]bool{}
	for again := true; again; problems = c.problems() {
		again = false
		out = append(out, c.refusals(problems, reported)...)
		for _, err := range problems {
			for _, name := range c.toKeep(err) {
				if !c.keepField(name) && !c.takesOver() {
					return nil, protocol.Invalid{Problems: problems}
				}
				again = true
			}
		}
	}
	return out, nil
}

// toKeep is the field that has a problem or, if that was kept already and did not help,
// the next of its companions. It is none where the problem is one of the running cache.
func (c *completion) toKeep(err *field.Error) []string {
	names := []string{nameOf(err)}
	if err.Origin == misfit {
		names = append(names, companions[names[0]]...)
	}
	for _, name := range names {
		if !c.kept[name] {
			return append([]string{name}, keptWith[name]...)
		}
	}
	return nil
}

// keepField reports whether it is known what the cache has in the field. Where it
// is not, an optional one has its documented default.
func (c *completion) keepField(name string) bool {
	c.kept[name] = true
	has := fieldOf(&c.cache, name)
	if !has.IsValid() || has.IsZero() && (has.Kind() != reflect.Pointer || name == "region") {
		return false
	}
	fieldOf(&c.claim, name).Set(has)
	if has.IsZero() {
		fieldOf(&c.platform, name).SetZero()
	}
	return true
}

// refusals of the problems of fields that were not reported before.
func (c *completion) refusals(problems field.ErrorList, reported map[string]bool) []redis.Refusal {
	var out []redis.Refusal
	for _, err := range problems {
		switch {
		case reported[nameOf(err)]:
		case c.takesOver():
			c.cannot = append(c.cannot, c.keepsFrom(err))
		default:
			out = append(out, c.refusal(err))
		}
	}
	for _, err := range problems {
		reported[nameOf(err)] = true
	}
	return out
}

// refusal of a problem, in the words of every other change that a running cache
// can't be given.
func (c *completion) refusal(err *field.Error) redis.Refusal {
	return redis.Refusal{Field: err.Field, Asked: valueOf(err), Kept: c.keeps(err), Why: err.Detail}
}

// valueOf the field that has a problem, empty where it is missing.
func valueOf(err *field.Error) string {
	if err.Type == field.ErrorTypeRequired {
		return ""
	}
	return fmt.Sprint(err.BadValue)
}

// keeps is what the running cache keeps in a field, as text.
func (c *completion) keeps(err *field.Error) string {
	switch name := nameOf(err); {
	case (name == "authTokenSecretRef" || name == "authTokenGeneration") && ptr.Deref(c.cache.EnableAuthToken, false):
		return "the token that it has"
	case name == "tags":
		_, key, _ := strings.Cut(strings.TrimSuffix(err.Field, "]"), "[")
		return c.cache.Tags[key]
	default:
		return inWords(&c.cache, name)
	}
}

// inWords is what a spec has in a field, as text.
func inWords(spec *v1alpha1.XRedisSpec, name string) string {
	v := reflect.Indirect(fieldOf(spec, name))
	if !v.IsValid() {
		return ""
	}
	switch v := v.Interface().(type) {
	case []string:
		return joined(v)
	case v1alpha1.ConnectionSecretReference:
		return v.Name
	case v1alpha1.AuthTokenSecretReference:
		return v.Name
	default:
		return fmt.Sprint(v)
	}
}

// has reports whether a spec has a field.
func has(spec *v1alpha1.XRedisSpec, name string) bool {
	f := fieldOf(spec, name)
	return f.IsValid() && !f.IsZero()
}

// fieldOf a spec by its name in JSON, the zero Value if it has no such field.
func fieldOf(spec *v1alpha1.XRedisSpec, name string) reflect.Value {
	index, ok := indexes()[name]
	if !ok {
		return reflect.Value{}
	}
	return reflect.ValueOf(spec).Elem().FieldByIndex(index)
}

// indexes of the spec's fields, by their names in JSON.
var indexes = sync.OnceValue(func() map[string][]int { //nolint:gochecknoglobals // Made once for all runs.
	out := map[string][]int{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[v1alpha1.XRedisSpec]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			out[name] = f.Index
		}
	}
	return out
})

// nameOf the field that has a problem: that of the spec itself, wherever the
// problem is in it.
func nameOf(err *field.Error) string {
	for _, above := range []string{inSpec, inDefaults, inInput} {
		if name, ok := strings.CutPrefix(err.Field, above); ok {
			end := strings.IndexAny(name+".", ".[")
			return name[:end]
		}
	}
	return ""
}
