package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// refusedSecret tells that the Secrets stay where they are: pods read the composed one by
// its name, and the managed resources of a cache that exists read and write theirs.
func refusedSecret(xr *protocol.XR, kept *resources.SecretRef) []redis.Refusal {
	asked := connection.AskedURLSecret(xr)
	switch {
	case kept == nil || (asked != nil && *asked == *kept):
		return nil
	case xr.Namespaced():
		return []redis.Refusal{{
			Field: "spec.writeConnectionSecretToRef.name",
			Asked: asked.Name,
			Kept:  kept.Name,
			Why:   "pods read the Secret by its name; set it back, or make a new XRedis",
		}}
	}
	refusal := redis.Refusal{
		Field: "spec.writeConnectionSecretToRef of the composite",
		Kept:  kept.Namespace + "/" + kept.Name,
		Why:   "Parameter Store gets REDIS_URL from this Secret, which Crossplane no longer writes; set it back",
	}
	if asked != nil {
		refusal.Asked = asked.Namespace + "/" + asked.Name
	}
	return []redis.Refusal{refusal}
}

// refusedParameters of a cache whose version is of no family that is known, and stays. What
// its group has is known of one that was taken over with it.
func refusedParameters(xr *protocol.XR, reported *redis.Reported, rollout redis.Rollout, o resources.Observed) []redis.Refusal {
	if reported == nil || !redis.IsUnknown(reported.Config) || rollout.Upgrades() {
		return nil
	}
	policy, timeout := o.ParametersInUse()
	var out []redis.Refusal
	if policy != nil && *policy != *xr.Spec.MaxmemoryPolicy {
		out = append(out, redis.UnknownFamily("spec.maxmemoryPolicy", *xr.Spec.MaxmemoryPolicy, *policy, reported.Config))
	}
	if timeout != nil && *timeout != *xr.Spec.TimeoutSeconds {
		out = append(out, redis.UnknownFamily("spec.timeoutSeconds", strconv.Itoa(int(*xr.Spec.TimeoutSeconds)), strconv.Itoa(int(*timeout)), reported.Config))
	}
	return out
}

// refusedNames says what was edited by hand, and is set back in this run.
func refusedNames(o resources.Observed, f resources.Facts) []redis.Refusal {
	var out []redis.Refusal
	for _, name := range slices.Sorted(maps.Keys(o)) {
		is, kept := o[name].ExternalName(), f.ExternalName(name)
		if is == "" || kept == "" || is == kept || !o[name].InAWS() {
			continue
		}
		out = append(out, redis.Refusal{
			Field: fmt.Sprintf("the annotation crossplane.io/external-name of the composed resource %q", name),
			Asked: is,
			Kept:  kept,
			Why:   "AWS can't rename what exists; the annotation is set back",
		})
	}
	return out
}
