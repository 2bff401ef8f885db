package plan

import (
	"slices"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// hold each resource that AWS does not have until what it needs is there. One that was
// let go is never held again.
func (p *Plan) hold(xr *protocol.XR, o resources.Observed, team connection.TeamToken, running redis.Running, ownership []string) {
	inAWS := func(name string) bool { return o[name].InAWS() }
	if groups := p.Groups(); !slices.ContainsFunc(append(groups, resources.ReplicationGroup), inAWS) {
		for _, name := range groups {
			p.Holds[name] = groupWaits(o, ownership)
		}
	}
	if !inAWS(resources.ReplicationGroup) {
		p.Holds[resources.ReplicationGroup] = p.cacheWaits(xr, o, team, running, ownership)
	}
	if !inAWS(resources.URLParameter) {
		p.Holds[resources.URLParameter] = p.parameterWaits(ownership)
	}
}

// groupWaits until the replication group, which has the cache's name on it, is there
// for others to see: of two composites that begin at once only one may go on, and
// the provider takes whatever has the name for its own.
func groupWaits(o resources.Observed, ownership []string) []string {
	if o[resources.ReplicationGroup].Exists() {
		return ownership
	}
	return append([]string{"its name to be reserved for this cache"}, ownership...)
}

// cacheWaits until its groups are ready, its subnets are known to lie in the claim's
// VPC, and its token is there: the provider would make a cache without a password and
// say nothing.
func (p *Plan) cacheWaits(xr *protocol.XR, o resources.Observed, team connection.TeamToken, running redis.Running, ownership []string) []string {
	out := slices.Clone(ownership)
	family, _ := redis.Family(p.Engine, p.EngineVersion)
	for _, name := range []string{p.subnetGroup(), resources.ParameterGroup(family)} {
		if !o.Ready(name) {
			out = append(out, name)
		}
	}
	if o.Ready(p.subnetGroup()) {
		out = append(out, waitsForNetwork(xr, o[p.subnetGroup()])...)
	}
	switch {
	case team.Missing != "":
		return append(out, team.Missing)
	case team.Invalid != "":
		return append(out, "a token that AWS accepts")
	case !running.CanRead(p.Token):
		return append(out, "its token to be where the provider reads it")
	}
	return out
}

// parameterWaits until the URL can be read from its Secret: the provider would fail
// without a word, and try again only after a while.
func (p *Plan) parameterWaits(ownership []string) []string {
	switch {
	case p.URLSecret == nil:
		return append(slices.Clone(ownership), "a Secret that holds REDIS_URL")
	case p.Published.URL().IsEmpty():
		return append(slices.Clone(ownership), "REDIS_URL to be in its Secret")
	}
	return ownership
}
