package status

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Stages of a cache that has no step under way.
const (
	stageCreating = "Creating"
	stageSettled  = "Settled"
)

// statusOf the cache, as AWS reports it and not as it is asked for. What was known
// stays known while an observation lacks it.
func statusOf(xr *protocol.XR, o resources.Observed, desired resources.Desired, c change) v1alpha1.XRedisStatus {
	rg, out := o[resources.ReplicationGroup], xr.Status
	out.DeletionProtection = deletionProtection(xr, o, desired)
	if c.Reported == nil && out.Engine != "" {
		return out // Nothing is known now, and what was said stays.
	}
	out.ClusterID, out.ParameterStorePath = c.ClusterID, c.ParameterStorePath
	if c.OnlyLooks() {
		out.Stage, out.Changes = reasonPreview, nil
		if len(c.Unanswered) == 0 {
			out.Changes = c.previewOf(xr, o)
		}
		return out
	}
	out.Stage = cmp.Or(out.Stage, stageCreating)
	if _, held := c.Holds[resources.ReplicationGroup]; held {
		return out // By its endpoint the composite knows the cache that is its own.
	}
	out.NodeType = cmp.Or(rg.Text("status", "atProvider", "nodeType"), out.NodeType)
	out.NumCacheNodes = cmp.Or(int64(rg.Number("status", "atProvider", "numCacheClusters")), out.NumCacheNodes)
	out.ReaderEndpoint = cmp.Or(rg.ReaderEndpoint(), out.ReaderEndpoint)
	if *xr.Spec.NumCacheNodes < 2 {
		out.ReaderEndpoint = ""
	}
	out.Endpoint = cmp.Or(rg.Endpoint(), out.Endpoint)
	if out.Endpoint != "" {
		out.Port = int64(c.Port)
	}
	if c.Reported != nil {
		out.Engine, out.EngineVersion = string(c.Reported.Engine), c.Reported.FullVersion
		out.TransitEncryption, out.Auth = string(c.Reported.TLS), auth(c.Reported.Config)
		out.Stage, out.Changes = c.stage(), c.list()
	}
	return out
}

// deletionProtection stays Enabled until everything that AWS is to delete can be deleted
// again: a claim that is deleted before would leave it in AWS.
func deletionProtection(xr *protocol.XR, o resources.Observed, desired resources.Desired) string {
	lifting := xr.Status.DeletionProtection == v1alpha1.DeletionProtectionEnabled && desired.Protected(o)
	if *xr.Spec.DeletionProtection || lifting {
		return v1alpha1.DeletionProtectionEnabled
	}
	return v1alpha1.DeletionProtectionDisabled
}

// auth in words: a status field that is false would not show.
func auth(c redis.Config) string {
	if c.Auth() {
		return "Enabled"
	}
	return "Disabled"
}

// stage of a cache that AWS has, in a few words.
func (c change) stage() string {
	switch {
	case len(c.Steps) > 0:
		return position(c.Plan) + ": " + c.Steps[0].Name
	case len(c.inPlace)+len(c.later) > 0:
		return "Changing: " + settings(slices.Concat(c.inPlace, c.later))
	}
	return stageSettled
}

// position of the step that is under way or next among all of the change.
func position(p plan.Plan) string {
	return fmt.Sprintf("%d of %d", p.Total-len(p.Steps)+1, p.Total)
}
