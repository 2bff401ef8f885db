// Package plan decides, from what is asked and what is observed, what is asked
// of AWS in this run and what has to wait.
package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// A Plan is what is derived for one run.
type Plan struct {
	redis.Rollout

	// Reported is what AWS says of the cache, nil while that is not known.
	Reported *redis.Reported

	// Facts that the resources are made from.
	Facts resources.Facts

	// Held tells, for each resource that is held, what it waits for.
	Held map[string][]string

	// Wrong is what else keeps the claim from being accepted.
	Wrong []string

	// Notes are what the team should know of the cache, although nothing is wrong.
	Notes []string

	// Published details are those that clients can read already.
	Published connection.Details

	// Secrets that no text may hold.
	Secrets redis.Redactor

	// Withheld reports whether the cache accepts a URL that is not published, because it
	// has no password and the published one has.
	Withheld bool

	// InParameterStore reports whether Parameter Store has the URL of them.
	InParameterStore bool
}

// New plan. The token is what was found of the team's own, and is not looked at
// where the claim asks for none. Refused is what the policy has refused already, and
// ownership what a first creation waits for to be sure that the cache is nobody else's.
func New(xr *composite.XR, in *v1beta1.Input, o resources.Observed, team connection.TeamToken, refused []redis.Refusal, ownership []string) Plan {
	rg := o[resources.ReplicationGroup]
	wanted := wantedToken(xr, rg, team)
	asked := redis.State{Fixed: askedFixed(xr, in, o), Config: askedConfig(xr, wanted)}
	published := connection.Published(xr, o)
	revision, inParameterStore := urlRevision(xr, o, published)
	inParameterStore = inParameterStore && readsPublished(xr, o)
	running := runningCache(xr, asked, o, published, inParameterStore)
	rollout := next(rg, asked, running)
	current := network(xr, o, rollout.ClusterID)
	accepted := connection.Current(xr, rg, running.Reported, rollout.URLUsesTLS)
	details := connection.Next(accepted, published)
	p := Plan{
		Rollout:  rollout,
		Reported: running.Reported,
		Facts: resources.Facts{
			Cache:             rollout.State,
			Kept:              rollout.Kept,
			Rejected:          rollout.Rejected,
			ParameterGroup:    parameterGroup(rollout, o),
			TLSMode:           tlsMode(rg, running.Reported, rollout.Config),
			Followed:          rollout.Followed,
			Steps:             rollout.Total,
			Network:           current,
			Networks:          networks(xr, o, current, rollout.ClusterID),
			Families:          families(rollout, running.Reported, o),
			ProviderConfig:    providerConfig(xr, in, o),
			UID:               rg.UID(),
			Token:             token(xr, o, rollout.Token),
			Tokens:            tokens(xr, o, running.Reported, team, wanted, rollout.Token),
			ConnectionSecret:  connection.ProviderSecret(xr, o),
			URLSecret:         connection.URLSecret(xr, o),
			Details:           details,
			ComposeSecret:     len(details) > 0 || o[resources.ConnectionSecret].Exists(),
			URLRevision:       revision,
			ParameterKMSKeyID: parameterKey(in),
		},
		Notes:     notes(rollout, running.Reported, o),
		Held:      map[string][]string{},
		Published: published,

		InParameterStore: inParameterStore,
		Withheld:         len(accepted) > 0 && accepted.URL() != details.URL(),
	}
	p.Wrong = wrong(xr, o[resources.ReplicationGroup], o[p.subnetGroup()], team)
	if len(p.Facts.Tokens) > 0 || (o[resources.AuthTokens].Exists() && !settled(rg, running.Reported, rollout.Token)) {
		p.Facts.TokenSecret = ptr.To(connection.TokensSecret(xr, o))
	}
	p.Refused = slices.Concat(refused, p.Refused, refusedSecret(xr, p.Facts.URLSecret), refusedProviderConfig(xr, in, o), refusedNames(o, p.Facts))
	p.holdGroups(o, ownership)
	p.holdReplicationGroup(xr, o, team, running.Tokens, ownership)
	p.holdURLParameter(o, ownership)
	return p
}

// next step of the cache.
func next(rg resources.Resource, asked redis.State, running redis.Running) redis.Rollout {
	if !rg.InAWS() {
		return redis.First(asked, running.Fixed)
	}
	return redis.Next(asked, running)
}

// runningCache is what is known of the cache, which is next to nothing before AWS
// has it.
func runningCache(xr *composite.XR, asked redis.State, o resources.Observed, published connection.Details, inParameterStore bool) redis.Running {
	rg := o[resources.ReplicationGroup]
	return redis.Running{
		Fixed:    o.Fixed(asked.Fixed),
		Asked:    rg.AskedConfig(asked.Config),
		Reported: currentReport(xr, rg),
		Seen:     xr.Status.Engine != "",
		No:       rg.No(),
		Rejected: rg.Rejected(),
		Settings: rg.Settings(&xr.Spec),
		Families: o.ReadyFamilies(),
		Tokens:   slices.Sorted(maps.Keys(o.Tokens())),
		Clients:  clients(xr, o, published, inParameterStore),
		Followed: rg.Annotation(resources.AnnotationFollowed),
		Total:    rg.Steps(),
	}
}

func askedFixed(xr *composite.XR, in *v1beta1.Input, o resources.Observed) redis.Fixed {
	return redis.Fixed{
		ClusterID:          askedClusterID(xr, o),
		ParameterStorePath: policy.ParameterStorePath(&xr.Spec, in),
		Region:             *xr.Spec.Region,
		VPCID:              xr.Spec.VPCID,
		KMSKeyID:           ptr.Deref(xr.Spec.KMSKeyID, ""),
		SnapshotName:       ptr.Deref(xr.Spec.SnapshotName, ""),
		Port:               redis.Port,
	}
}

func askedConfig(xr *composite.XR, token string) redis.Config {
	out := redis.Config{
		Engine:        *xr.Spec.Engine,
		EngineVersion: *xr.Spec.EngineVersion,
		TLS:           *xr.Spec.TransitEncryption,
		Token:         token,
	}
	if out.Auth() {
		out.Strategy = *xr.Spec.AuthTokenUpdateStrategy
	}
	return out
}

// clients of the cache, and which of the URLs that it accepts now is published.
func clients(xr *composite.XR, o resources.Observed, published connection.Details, inParameterStore bool) redis.Clients {
	if connection.URLSecret(xr, o) == nil {
		return redis.Clients{None: true}
	}
	rg := o[resources.ReplicationGroup]
	reported := rg.Reported()
	isPublished := func(withTLS bool) bool {
		current := connection.Current(xr, rg, reported, withTLS).URL()
		return !current.IsEmpty() && current == published.URL() && inParameterStore
	}
	return redis.Clients{Plain: isPublished(false), TLS: isPublished(true)}
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

// subnetGroup that the cache is in, or is to be in, by its name in the pipeline.
func (p *Plan) subnetGroup() string { return resources.SubnetGroupOf(p.Facts.Network) }

// Groups that the cache needs, by their names in the pipeline.
func (p *Plan) Groups() []string {
	out := make([]string, 0, len(p.Facts.Networks)+len(p.Facts.Families)+1)
	for _, n := range p.Facts.Networks {
		out = append(out, resources.SubnetGroupOf(n.Digest))
	}
	for _, family := range p.Facts.Families {
		out = append(out, resources.ParameterGroup(family))
	}
	return out
}

// holdGroups until the replication group, which has the cache's name on it, is there
// for others to see: of two composites that begin at once only one may go on, and
// the provider takes whatever has the name for its own.
func (p *Plan) holdGroups(o resources.Observed, ownership []string) {
	waits := ownership
	if !o[resources.ReplicationGroup].Exists() {
		waits = append([]string{"its name to be reserved for this cache"}, ownership...)
	}
	names := p.Groups()
	if o[resources.ReplicationGroup].InAWS() || slices.ContainsFunc(names, func(name string) bool { return o[name].InAWS() }) {
		return
	}
	for _, name := range names {
		p.hold(name, &p.Facts.HoldGroups, waits)
	}
}

// holdReplicationGroup until its groups are ready, its subnets are known to lie
// in the claim's VPC, and its token is there: the provider would make a cache
// without a password and say nothing.
func (p *Plan) holdReplicationGroup(xr *composite.XR, o resources.Observed, team connection.TeamToken, readable, ownership []string) {
	if o[resources.ReplicationGroup].InAWS() {
		return
	}
	waits := slices.Clone(ownership)
	family, _ := redis.Family(p.Facts.Cache.Engine, p.Facts.Cache.EngineVersion)
	for _, name := range []string{p.subnetGroup(), resources.ParameterGroup(family)} {
		if !o.Ready(name) {
			waits = append(waits, name)
		}
	}
	if o.Ready(p.subnetGroup()) {
		waits = append(waits, waitsForNetwork(xr, o[p.subnetGroup()])...)
	}
	waits = append(waits, waitsForToken(p.Token, readable, team)...)
	p.hold(resources.ReplicationGroup, &p.Facts.HoldReplicationGroup, waits)
}

// holdURLParameter until the URL can be read from its Secret: the provider would
// fail without a word, and try again only after a while.
func (p *Plan) holdURLParameter(o resources.Observed, ownership []string) {
	if o[resources.URLParameter].InAWS() {
		return
	}
	waits := slices.Clone(ownership)
	if p.Facts.URLSecret == nil {
		waits = append(waits, "a Secret that holds REDIS_URL")
	} else if p.Published.URL().IsEmpty() {
		waits = append(waits, "REDIS_URL to be in its Secret")
	}
	p.hold(resources.URLParameter, &p.Facts.HoldURLParameter, waits)
}

func (p *Plan) hold(name string, held *bool, waits []string) {
	*held = len(waits) > 0
	if *held {
		p.Held[name] = waits
	}
}

// wrong is what the team has to fix although the spec is valid in itself.
func wrong(xr *composite.XR, rg, subnetGroup resources.Resource, team connection.TeamToken) []string {
	var out []string
	if elsewhere(xr, subnetGroup) && !rg.InAWS() {
		out = append(out, wrongVPC(xr, subnetGroup))
	}
	if team.Invalid != "" {
		out = append(out, "spec.authTokenSecretRef: "+team.Invalid)
	}
	if team.Missing != "" && rg.InAWS() {
		out = append(out, "spec.authTokenSecretRef: waits for "+team.Missing+". The cache keeps the token that it has")
	}
	return out
}

// notes on what the cache has that nobody asked for.
func notes(rollout redis.Rollout, reported *redis.Reported, o resources.Observed) []string {
	var out []string
	if rollout.Port != redis.Port {
		out = append(out, fmt.Sprintf("The cache listens on port %d, not %d: the port is fixed when a cache is created, and REDIS_URL has it.", rollout.Port, redis.Port))
	}
	if reported == nil {
		return out
	}
	if _, known := redis.Family(reported.Engine, reported.EngineVersion); !known {
		out = append(out, fmt.Sprintf("The cache runs %s %s, which this release of the function does not know: the version and the parameter group %s stay as they are, whatever maxmemoryPolicy and timeoutSeconds are. Upgrade the function to change them.",
			reported.Engine, reported.EngineVersion, parameterGroup(rollout, o)))
	}
	return out
}

// families of the parameter groups: the one that the cache has or heads for, and
// any other that exists, because one in use can't be deleted. What AWS says that
// the cache does not use is left to Crossplane to delete, once it is known what the cache
// heads for.
func families(rollout redis.Rollout, reported *redis.Reported, o resources.Observed) []string {
	out := []string{}
	for _, config := range []redis.Config{rollout.Config, rollout.Heading} {
		if family, ok := redis.Family(config.Engine, config.EngineVersion); ok && !slices.Contains(out, family) {
			out = append(out, family)
		}
	}
	inUse := o[resources.ReplicationGroup].ParameterGroupInUse()
	if reported != nil && len(out) > 0 && inUse == redis.ParameterGroupName(rollout.ClusterID, out[0]) {
		return out
	}
	for _, f := range o.Families() {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// parameterGroup that the cache is to use: its family's, but the one that it has while
// that is not ready, or where the version that runs is of no family that is known. One
// that was followed once is not given up for a report that goes back for a moment.
func parameterGroup(rollout redis.Rollout, o resources.Observed) string {
	rg := o[resources.ReplicationGroup]
	asked := rg.Text("spec", "forProvider", "parameterGroupName")
	has := cmp.Or(rg.Text("status", "atProvider", "parameterGroupName"), asked)
	family, known := redis.Family(rollout.Engine, rollout.EngineVersion)
	switch name := redis.ParameterGroupName(rollout.ClusterID, family); {
	case !known && rollout.EngineVersion == rg.Text("spec", "forProvider", "engineVersion") && !isOurGroup(rollout, asked):
		return asked
	case !known:
		return has
	case rg.InAWS() && has != "" && !o.Ready(resources.ParameterGroup(family)) && name != asked:
		return has
	default:
		return name
	}
}

// isOurGroup reports whether a parameter group is one that the function makes, which is
// of a family that is known.
func isOurGroup(rollout redis.Rollout, name string) bool {
	return slices.ContainsFunc(redis.Families(), func(f string) bool { return redis.ParameterGroupName(rollout.ClusterID, f) == name })
}

// refusedSecret tells that the Secrets stay where they are: pods read the composed one by
// its name, and the managed resources of a cache that exists read and write theirs.
func refusedSecret(xr *composite.XR, kept *resources.SecretRef) []redis.Refusal {
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

func parameterKey(in *v1beta1.Input) *string {
	if in.ParameterStore == nil {
		return nil
	}
	return in.ParameterStore.KMSKeyID
}

// URL to publish, empty while it is not known.
func (p *Plan) URL() redis.Secret { return connection.Details(p.Facts.Details).URL() }

// Redact what AWS said, which is remembered where everybody can read it.
func (p *Plan) Redact(secrets redis.Redactor) {
	p.Secrets = secrets
	for field, r := range p.Facts.Rejected {
		r.Why = secrets.RedactForeign(r.Why)
		p.Facts.Rejected[field] = r
	}
}
