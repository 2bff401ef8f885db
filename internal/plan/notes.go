package plan

import (
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// wrong is what the team has to fix although the spec is valid in itself.
func wrong(xr *protocol.XR, asked policy.Asked, rg, subnetGroup resources.Resource, team connection.TeamToken) []string {
	var out []string
	if elsewhere(xr, subnetGroup) && !rg.InAWS() {
		out = append(out, wrongVPC(xr, asked, subnetGroup))
	}
	for _, text := range cannotUse(team) {
		if team.Missing == "" {
			out = append(out, text)
		} else if rg.InAWS() {
			out = append(out, text+". The cache keeps the token that it has")
		}
	}
	return out
}

// cannotUse says why the team's own token can't be used, nothing if it can.
func cannotUse(team connection.TeamToken) []string {
	switch {
	case team.Missing != "":
		return []string{"spec.authTokenSecretRef: waits for " + team.Missing}
	case team.Invalid != "":
		return []string{"spec.authTokenSecretRef: " + team.Invalid}
	}
	return nil
}

// existingNotes on what spec.existing asks for once there is a cache, which keeps what it
// is.
func existingNotes(xr *protocol.XR, o resources.Observed, clusterID string) []string {
	rg := o[resources.ReplicationGroup]
	if xr.Spec.Existing != nil && xr.Spec.SnapshotName != nil && rg.Adopted() {
		return []string{fmt.Sprintf("spec.snapshotName: %q is ignored: a cache that exists is not restored. Leave it out.", *xr.Spec.SnapshotName)}
	}
	if xr.Spec.Existing == nil || !rg.InAWS() || rg.Adopted() {
		return nil
	}
	if id := resources.ExistingID(&xr.XRedis); id != clusterID {
		return []string{fmt.Sprintf("spec.existing.replicationGroupId: %q is ignored: this XRedis has the cache %s already. Take over the other one with an XRedis of its own.", id, clusterID)}
	}
	if ptr.Deref(xr.Spec.Existing.Mode, "") != v1alpha1.ExistingModeTakeOver {
		return []string{"spec.existing.mode: Preview is ignored: this XRedis has the cache already. Set it to TakeOver, or leave spec.existing out."}
	}
	return nil
}

// notes on what the cache has that nobody asked for, and on what will cost more.
func notes(rollout redis.Rollout, reported *redis.Reported, o resources.Observed) []string {
	var out []string
	if rollout.Port != redis.Port {
		out = append(out, fmt.Sprintf("The cache listens on port %d, not %d: the port is fixed when a cache is created, and REDIS_URL has it.", rollout.Port, redis.Port))
	}
	if text := redis.EndOfSupport(rollout.Engine, rollout.EngineVersion); text != "" {
		out = append(out, text)
	}
	if reported == nil {
		return out
	}
	if redis.IsUnknown(reported.Config) && !rollout.Upgrades() {
		out = append(out, fmt.Sprintf("The cache runs %s %s, which this release of the function does not know: the version and the parameter group %s stay as they are. To change them, %s.",
			reported.Engine, reported.EngineVersion, parameterGroup(rollout, o), redis.WayOut(reported.Config)))
	}
	return out
}
