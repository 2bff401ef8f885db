// Package plan decides what is asked of AWS in this run and what has to wait. What is
// asked and what is observed go in, and a Plan comes out: the facts that resources are
// made from, and what the status has to say of them.
package plan

import (
	"slices"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// A Plan is what is derived for one run.
type Plan struct {
	// Facts that the resources are made from, the rollout among them.
	resources.Facts

	// Reported is what AWS says of the cache, nil while that is not known.
	Reported *redis.Reported

	// Wrong is what else keeps the claim from being accepted.
	Wrong []string

	// Notes are what the team should know of the cache, although nothing is wrong.
	Notes []string

	// Published is the URL that clients can read already.
	Published published

	// Withheld reports whether the cache accepts a URL that is not published, because it
	// has no password and the published one has.
	Withheld bool

	// Preview reports whether a cache that something else made is only looked at.
	Preview bool

	// Unanswered is what AWS has yet to say of it.
	Unanswered []string

	// Cannot is what keeps it from being taken over.
	Cannot []string

	// NextGroup is the parameter group that a cache would move to which is only looked at,
	// and NextFamily that of the group. They are empty if it would keep the one that it has.
	NextGroup, NextFamily string

	// Keeps are the fields that stay as AWS has them, although a new cache would have them
	// otherwise.
	Keeps []string

	// Secrets that no text may hold.
	Secrets redis.Redactor
}

// New plan. The token is what was found of the team's own, and is not looked at where
// the claim asks for none. Ownership is what a first creation waits for to be sure that
// the cache is nobody else's.
func New(xr *protocol.XR, asked policy.Asked, o resources.Observed, team connection.TeamToken, ownership []string) Plan {
	rg, urlSecret := o[resources.ReplicationGroup], connection.URLSecret(xr, o)
	published := publishedURL(xr, o, urlSecret)
	wanted := wantedConfig(xr, asked.Config, wantedToken(xr, rg, team))
	running := runningCache(xr, asked.Fixed, wanted, o)
	running.Clients = clients(xr, rg, running.Reported, urlSecret, published)
	rollout := next(rg, redis.State{Fixed: asked.Fixed, Config: wanted}, running)
	accepted := connection.Current(xr, rg, running.Reported, rollout.URLUsesTLS)
	details := connection.Next(accepted, published.Details)
	network := networkOf(xr, o, rollout.ClusterID)
	p := Plan{
		Facts: resources.Facts{
			Rollout:           rollout,
			Holds:             map[string]resources.Hold{},
			ParameterGroup:    parameterGroup(rollout, o),
			TLSMode:           tlsMode(rg, running.Reported, rollout.Config),
			Network:           network,
			Networks:          networks(xr, o, network, rollout.ClusterID),
			Families:          families(rollout, running.Reported, o),
			UID:               rg.UID(),
			TokenSource:       tokenSource(xr, o, rollout.Token),
			Tokens:            teamTokens(xr, o, running.Reported, team, wanted.Token, rollout.Token),
			ConnectionSecret:  connection.ProviderSecret(xr, o),
			URLSecret:         urlSecret,
			Details:           details,
			ComposeSecret:     len(details) > 0 || o[resources.ConnectionSecret].Exists(),
			URLRevision:       published.revision,
			ParameterKMSKeyID: asked.ParameterKMSKeyID,
			Protects:          protects(xr, o),
		},
		Reported:  running.Reported,
		Notes:     slices.Concat(asked.Notes, notes(rollout, running.Reported, o), existingNotes(xr, o, rollout.ClusterID)),
		Published: published,
		Withheld:  len(accepted) > 0 && accepted.URL() != details.URL(),
	}
	if len(p.Tokens) > 0 || (o[resources.AuthTokens].Exists() && !settled(rg, p.Reported, p.Token)) {
		p.TokenSecret = ptr.To(connection.TokensSecret(xr, o))
	}
	p.Wrong = wrong(xr, asked, rg, o[p.subnetGroup()], team)
	p.Refused = slices.Concat(asked.Refused, p.Refused, refusedSecret(xr, urlSecret), refusedGeneration(xr, rg), refusedParameters(xr, running.Reported, rollout, o), refusedNames(o, p.Facts))
	p.takeOver(xr, asked, o, team)
	p.hold(xr, o, team, running, ownership)
	return p
}

// URL to publish, empty while it is not known.
func (p *Plan) URL() redis.Secret { return connection.Details(p.Details).URL() }

// Redact what AWS said, which is remembered where everybody can read it.
func (p *Plan) Redact(secrets redis.Redactor) {
	p.Secrets = secrets
	for field, r := range p.Rejected {
		r.Why = secrets.RedactForeign(r.Why)
		p.Rejected[field] = r
	}
}
