package status

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
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
func statusOf(xr *composite.XR, o resources.Observed, c change) v1alpha1.XRedisStatus {
	rg, last, p := o[resources.ReplicationGroup], xr.Status, c.Plan
	if p.Reported == nil && last.Engine != "" {
		return last // Nothing is known now, and what was said stays.
	}
	out := v1alpha1.XRedisStatus{
		ClusterID:          p.ClusterID,
		ParameterStorePath: p.ParameterStorePath,
		Endpoint:           cmp.Or(rg.Endpoint(), last.Endpoint),
		NodeType:           cmp.Or(rg.Text("status", "atProvider", "nodeType"), last.NodeType),
		NumCacheNodes:      cmp.Or(int64(rg.Number("status", "atProvider", "numCacheClusters")), last.NumCacheNodes),
		Engine:             last.Engine,
		EngineVersion:      last.EngineVersion,
		TransitEncryption:  last.TransitEncryption,
		Auth:               last.Auth,
		Stage:              cmp.Or(last.Stage, stageCreating),
		Changes:            last.Changes,
	}
	if reported := p.Reported; reported != nil {
		out.Engine, out.EngineVersion = string(reported.Engine), reported.FullVersion
		out.TransitEncryption, out.Auth = string(reported.TLS), auth(reported.Config)
		out.Stage, out.Changes = c.stage(), c.list()
	}
	if out.Endpoint != "" {
		out.Port = int64(p.Port)
	}
	if *xr.Spec.NumCacheNodes > 1 {
		out.ReaderEndpoint = cmp.Or(rg.ReaderEndpoint(), last.ReaderEndpoint)
	}
	return out
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
