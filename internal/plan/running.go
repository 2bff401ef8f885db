package plan

import (
	"maps"
	"slices"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// runningCache is what is known of the cache, which is next to nothing before AWS has
// it.
func runningCache(xr *protocol.XR, fixed redis.Fixed, wanted redis.Config, o resources.Observed) redis.Running {
	rg := o[resources.ReplicationGroup]
	return redis.Running{
		Fixed:    o.Fixed(fixed),
		Asked:    rg.AskedConfig(wanted),
		Reported: currentReport(xr, rg),
		Seen:     xr.Status.Engine != "",
		No:       rg.No(),
		Rejected: rg.Rejected(),
		Settings: rg.Settings(&xr.Spec),
		Families: o.ReadyFamilies(),
		Tokens:   slices.Collect(maps.Keys(o.Tokens())),
		Followed: rg.Annotation(resources.AnnotationFollowed),
		Total:    rg.TotalSteps(),
	}
}

// clients of the cache, and which of the URLs that it accepts now is published.
func clients(xr *protocol.XR, rg resources.Resource, reported *redis.Reported, urlSecret *resources.SecretRef, p published) redis.Clients {
	if urlSecret == nil {
		return redis.Clients{None: true}
	}
	canRead := func(usesTLS bool) bool {
		accepted := connection.Current(xr, rg, reported, usesTLS).URL()
		return !accepted.IsEmpty() && accepted == p.URL() && p.InParameterStore
	}
	return redis.Clients{Plain: canRead(false), TLS: canRead(true)}
}

// next step of the cache.
func next(rg resources.Resource, asked redis.State, running redis.Running) redis.Rollout {
	if !rg.InAWS() {
		return redis.First(asked, running.Fixed)
	}
	return redis.Next(asked, running)
}

// tlsMode reports whether the engine that runs knows TLS modes. One that is only
// asked for does not run yet, and one that was asked for a mode goes on to know it, also
// while AWS's report goes back for a moment.
func tlsMode(rg resources.Resource, reported *redis.Reported, asked redis.Config) bool {
	switch {
	case !rg.InAWS():
		return redis.HasTLSMode(asked.Engine, asked.EngineVersion)
	case reported == nil || rg.Has("spec", "forProvider", "transitEncryptionMode"):
		return rg.Has("spec", "forProvider", "transitEncryptionMode")
	default:
		return redis.HasTLSMode(reported.Engine, reported.EngineVersion)
	}
}
