package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// looksUp reports whether it is not known yet what the cache is that the claim takes over.
func (c *completion) looksUp() bool { return c.claim.Existing != nil && !c.running }

// takesOver reports whether the cache is one that something else made, as long as it is
// not taken over.
func (c *completion) takesOver() bool {
	return c.claim.Existing != nil && c.observed[resources.ReplicationGroup].Adopted()
}

// notOfAWS are settings of a cache that is taken over which AWS does not have.
var notOfAWS = []string{"authTokenUpdateStrategy", "deletionPolicy"} //nolint:gochecknoglobals // A constant table.

// isOfAWS reports whether a value is one that AWS has, and neither the claim nor the
// platform names.
func (c *completion) isOfAWS(name string) bool {
	has := func(spec v1alpha1.XRedisSpec) bool { return has(&spec, name) }
	kept := v1alpha1.XRedisSpec{Network: c.network, Settings: v1alpha1.Settings{}.Keeping(c.cache.Settings).Or(c.taken)}
	return has(kept) && !has(c.said) && !slices.Contains(notOfAWS, name)
}

// ofAWS are the fields with a value that AWS has, of a cache that is being taken over.
func (c *completion) ofAWS() []string {
	if !c.takesOver() {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(indexes())), func(name string) bool { return !c.isOfAWS(name) })
}

// ownWords are the fields whose kept values have a text of their own.
var ownWords = []string{"kmsKeyId"} //nolint:gochecknoglobals // A constant table.

// keepings are the values that AWS has and a new cache of the claim would not have.
func (c *completion) keepings() []string {
	if !c.takesOver() {
		return nil
	}
	fresh := v1alpha1.XRedisSpec{Settings: c.said.WithDefaults(c.platform.Settings)}
	var out []string
	for _, name := range c.ofAWS() {
		if value := inWords(&c.xr.Spec, name); value != inWords(&fresh, name) && !slices.Contains(ownWords, name) {
			out = append(out, name+" "+value)
		}
	}
	return out
}

// isAllOfAWS reports whether a problem is one of what AWS has alone, which it has
// nevertheless.
func (c *completion) isAllOfAWS(err *field.Error) bool {
	name := nameOf(err)
	asks := func(companion string) bool { return has(&c.said, companion) }
	return c.takesOver() && c.isOfAWS(name) && !slices.ContainsFunc(companions[name], asks)
}

// keepsFrom says why a problem keeps a cache from being taken over. What AWS has is never
// told as the claim's.
func (c *completion) keepsFrom(err *field.Error) string {
	name := nameOf(err)
	if name == "deletionPolicy" && !has(&c.said, name) {
		return fmt.Sprintf("the claim leaves deletionPolicy open, and a cache that is taken over stays in AWS then (%v): %s", err.BadValue, err.Detail)
	}
	if !strings.HasPrefix(err.Field, inSpec) || !c.isOfAWS(name) {
		return fmt.Sprintf("%s: %q: %s", err.Field, valueOf(err), err.Detail) + c.companionsInAWS(name)
	}
	return fmt.Sprintf("AWS has %s %q, which the claim leaves open: %s", name, valueOf(err), err.Detail) + c.companionsInClaim(name)
}

// companionsInAWS are what AWS has of the fields that a field of the claim must fit.
func (c *completion) companionsInAWS(name string) string {
	var out []string
	for _, companion := range companions[name] {
		if c.isOfAWS(companion) {
			out = append(out, fmt.Sprintf("%s %q", companion, inWords(&c.cache, companion)))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (AWS has " + strings.Join(out, ", ") + ")"
}

// companionsInClaim are the fields in which the claim differs from AWS, and which a field
// that AWS has must fit.
func (c *completion) companionsInClaim(name string) string {
	var out []string
	for _, companion := range companions[name] {
		asked, has := inWords(&c.said, companion), inWords(&c.cache, companion)
		if asked != "" && has != "" && asked != has {
			out = append(out, fmt.Sprintf("The claim has %s %q, AWS has %q", companion, asked, has))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return fmt.Sprintf(". %s: write what AWS has, or set %s to what fits", strings.Join(out, ". "), name)
}
