package status

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Texts of a preview, for those who know more of the cache than the provider tells.
const (
	AdviseTakeOver = "To do so, set spec.existing.mode to TakeOver"
	CannotTakeOver = "The cache can't be taken over as it is: lines of status.changes that begin with \"cannot\" say why, and what to do."
)

// reportPreview says what taking over a cache would do. Nothing is done, and the
// composite is never ready. The provider does not tell what AWS is doing with the cache.
func reportPreview(rsp *fnv1.RunFunctionResponse, o resources.Observed, c change) {
	protocol.NotReady(rsp)
	nothing := strings.Join(append([]string{"Nothing in AWS is changed: the cache " + c.ClusterID + " is only looked at."}, c.Notes...), " ")
	reason, text := reasonPreview, fmt.Sprintf("Taking the cache over makes %s, listed in status.changes. %s once AWS changes nothing of the cache, which is not seen here: run \"aws elasticache wait replication-group-available --replication-group-id %s --region %s\" first.",
		counted(len(c.takeOver(o))), AdviseTakeOver, c.ClusterID, c.Region)
	if len(c.Unanswered) > 0 {
		text = "The preview waits for AWS's answer about " + strings.Join(c.Unanswered, ", ") + "."
	} else if len(c.Cannot) > 0 {
		reason, text = reasonCannot, CannotTakeOver
	}
	protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "False", reason, nothing+" "+text)
	notBegun(rsp, reasonPreview, nothing)
}

func counted(n int) string {
	if n == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", n)
}

// previewOf a take-over: every change in its order, what stays although a new cache would
// have it otherwise, and what can't be taken over.
func (c change) previewOf(xr *protocol.XR, o resources.Observed) []string {
	out := slices.Concat(c.takeOver(o), c.keeps(xr, o))
	for _, what := range c.Cannot {
		out = append(out, "cannot: "+what)
	}
	return out
}

// takeOver are the changes of AWS that a take-over makes. Its parameter comes last.
func (c change) takeOver(o resources.Observed) []string {
	out := c.list()
	if c.URLSecret != nil && !o[resources.URLParameter].Adopted() {
		out = append(out, fmt.Sprintf("add parameter %s with REDIS_URL (no interruption, seconds; a URL that is published elsewhere stays there)", c.ParameterStorePath))
	}
	return out
}

// keeps are what stays as AWS has it, although a new cache would have it otherwise.
func (c change) keeps(xr *protocol.XR, o resources.Observed) []string {
	var out []string
	keep := func(is bool, format string, args ...any) {
		if is {
			out = append(out, "keep "+fmt.Sprintf(format, args...))
		}
	}
	for _, field := range c.Keeps {
		keep(true, "%s", field)
	}
	rg, taken, url := o[resources.ReplicationGroup], c.Taken[resources.ReplicationGroup], c.Taken[resources.URLParameter]
	keep(taken.Description != "" && taken.Description != resources.Description(&xr.Spec), "description %s", taken.Description)
	keep(url.Tier != "" && url.Tier != resources.StandardTier, "tier %s of the parameter %s", url.Tier, c.ParameterStorePath)
	key := ptr.Deref(c.ParameterKMSKeyID, "")
	keep(key != "" && key == ptr.Deref(o[resources.URLParameter].ParameterKey(), ""), "key %s of the parameter %s", key, c.ParameterStorePath)
	keep(c.Port != redis.Port, "port %d", c.Port)
	keep(c.Unencrypted, "data at rest without encryption")
	keep(c.KMSKeyID != "", "key %s", c.KMSKeyID)
	keep(c.Networks[0].Foreign != "", "subnet group %s (only observed: other caches may use it)", c.Networks[0].Foreign)
	keep(resources.IsDefaultGroup(c.ForeignGroup) && c.NextGroup == "", "parameter group %s (AWS's own)", c.ForeignGroup)
	keep(c.ObservesForeignGroup() && c.NextGroup == "", "parameter group %s (only observed: other caches may use it)", c.ForeignGroup)
	c.keepsParameters(o, keep)
	keep(taken.NoFailover && rg.Number("status", "atProvider", "numCacheClusters") > 1, "automatic failover off")
	tags := rg.ReportedTags()
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value, stays := taken.Tags[key]
		keep(stays && value == tags[key], "tag %s=%s", key, tags[key])
	}
	slices.Sort(out)
	return out
}

// keepsParameters of a parameter group of others that the cache leaves for one of its own.
func (c change) keepsParameters(o resources.Observed, keep func(bool, string, ...any)) {
	if c.NextGroup == "" {
		return
	}
	has := o[resources.ForeignGroup].Taken(nil).Parameters
	for _, name := range slices.Sorted(maps.Keys(has)) {
		if resources.IsOfClaim(name) {
			continue
		}
		is := redis.ParameterName(c.NextFamily, name)
		keep(is == name, "parameter %s %s", name, has[name])
		keep(is != name, "parameter %s %s (its name in %s is %s)", name, has[name], c.NextFamily, is)
	}
}
