package plan

import (
	"maps"
	"slices"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// hold the resources that AWS does not have, or that are not taken over yet, each until
// what it needs is there. The provider only observes them: it takes what exists under a
// name for its own as soon as it may change it. It is asked about all of them before any
// is created, and once more about one that had to wait longer.
func (p *Plan) hold(xr *protocol.XR, o resources.Observed, team connection.TeamToken, running redis.Running, ownership []string) {
	waits := map[string][]string{
		resources.ReplicationGroup: p.cacheWaits(xr, o, team, running, ownership),
		resources.URLParameter:     p.parameterWaits(ownership),
	}
	for _, name := range p.Groups() {
		waits[name] = ownership
	}
	lookUp := p.lookUp(xr, o, slices.Sorted(maps.Keys(waits)), ownership)
	for name, w := range waits {
		switch r := o[name]; {
		case r.Disbelieved():
			p.Holds[name] = resources.Hold{Waits: []string{"a managed resource that the provider looks up first"}, Anew: true}
		case r.InAWS() && !r.Adopted():
		case r.ExternalName() != "" && r.ExternalName() != p.ExternalName(name):
			p.Holds[name] = resources.Hold{Waits: []string{"a managed resource with its new name"}, Anew: true}
		case lookUp != nil:
			p.Holds[name] = lookUp(name)
		case len(w) > 0:
			// What was found has a finalizer, and could not be deleted while it is paused.
			p.Holds[name] = resources.Hold{Waits: w, Paused: !r.Adopted() && r.Answer() != resources.Found}
		case r.Answer() != resources.Missing && !r.Adopted() && !r.CreateRefused():
			p.Holds[name] = resources.Hold{}
		}
	}
}

// lookUp is how each resource is held while nothing is made or taken over yet, nil once
// that may begin. A cache that is to be taken over names the groups that it uses, so it
// is looked up first.
func (p *Plan) lookUp(xr *protocol.XR, o resources.Observed, names, ownership []string) func(name string) resources.Hold {
	rg := o[resources.ReplicationGroup]
	unless := func(name string, hold resources.Hold) func(string) resources.Hold {
		return func(n string) resources.Hold {
			if n == name {
				return resources.Hold{}
			}
			return hold
		}
	}
	inAWS := func(name string) bool { return o[name].InAWS() }
	notMissing := func(name string) bool { return o[name].Answer() != resources.Missing }
	switch {
	case p.OnlyLooks():
		return unless("", resources.Hold{})
	case rg.Adopted() && xr.Spec.Existing != nil:
		waits := slices.Clone(ownership)
		for _, name := range p.Unanswered {
			waits = append(waits, "AWS's answer about "+name)
		}
		if len(waits) > 0 {
			return unless("", resources.Hold{Waits: waits})
		}
	case rg.InAWS():
	case xr.Spec.Existing != nil:
		return unless(resources.ReplicationGroup, resources.Hold{Waits: []string{"AWS's answer about the replication group"}})
	case !slices.ContainsFunc(names, inAWS) && (slices.ContainsFunc(names, notMissing) || len(ownership) > 0):
		return unless("", resources.Hold{Waits: ownership})
	}
	return nil
}

// cacheWaits until its groups are ready, its subnets are known to lie in the claim's
// VPC, and its token is there: the provider would make a cache without a password and
// say nothing.
func (p *Plan) cacheWaits(xr *protocol.XR, o resources.Observed, team connection.TeamToken, running redis.Running, ownership []string) []string {
	out := slices.Clone(ownership)
	if o[resources.ReplicationGroup].Adopted() {
		out = append(out, waitsForTeam(team)...)
		if token := p.Heading.Token; token.State != redis.UnknownToken && !running.CanRead(token) {
			out = append(out, "its token to be where the provider reads it")
		}
		return out
	}
	family, _ := redis.Family(p.Engine, p.EngineVersion)
	for _, name := range []string{p.subnetGroup(), resources.ParameterGroup(family)} {
		if !o.Ready(name) {
			out = append(out, name)
		}
	}
	if o.Ready(p.subnetGroup()) {
		out = append(out, waitsForNetwork(xr, o[p.subnetGroup()])...)
	}
	if waits := waitsForTeam(team); len(waits) > 0 {
		return append(out, waits...)
	}
	if !running.CanRead(p.Token) {
		out = append(out, "its token to be where the provider reads it")
	}
	return out
}

// waitsForTeam is what a cache waits for of the team's own token.
func waitsForTeam(team connection.TeamToken) []string {
	switch {
	case team.Missing != "":
		return []string{team.Missing}
	case team.Invalid != "":
		return []string{"a token that AWS accepts"}
	}
	return nil
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
