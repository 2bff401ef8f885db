package resources

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// Fixed is what AWS was asked for at creation, and what is asked where AWS has
// nothing yet. What is missing from a half-written observation counts as asked, and
// what a single resource says differently from the others as edited by hand.
func (o Observed) Fixed(asked redis.Fixed) redis.Fixed {
	out := asked
	rg, parameter := o[ReplicationGroup], o[URLParameter]
	if o.anyInAWS() {
		out.ClusterID = cmp.Or(o.ClusterID(), asked.ClusterID)
	}
	out.Region = cmp.Or(mostCommon(each(o, Resource.Region)...), asked.Region)
	if rg.InAWS() || parameter.InAWS() {
		made := mostCommon(each(o, Resource.Account)...)
		out.Account = redis.Account{Kind: cmp.Or(made.Kind, asked.Account.Kind), Name: cmp.Or(made.Name, asked.Account.Name)}
	}
	if parameter.InAWS() {
		out.ParameterStorePath = mostCommon(parameter.Text("status", "atProvider", "id"), parameter.ExternalName(), asked.ParameterStorePath)
	}
	if !rg.InAWS() {
		return out
	}
	out.Port = cmp.Or(rg.Port(), out.Port)
	out.VPCID = cmp.Or(o[SubnetGroupOf(o.Network(out.ClusterID))].VPC(), out.VPCID)
	if rg.complete() {
		// These are set or not, so their absence counts.
		out.KMSKeyID = cmp.Or(rg.Text("status", "atProvider", "kmsKeyId"), rg.Text("spec", "forProvider", "kmsKeyId"))
		out.SnapshotName = rg.Text("spec", "forProvider", "snapshotName")
		out.Unencrypted = rg.asked("atRestEncryptionEnabled") == "false"
	}
	return out
}

// anyInAWS reports whether AWS has, or may have, any of the resources.
func (o Observed) anyInAWS() bool {
	for _, r := range o {
		if r.InAWS() {
			return true
		}
	}
	return false
}

// ClusterID of what exists, empty if nothing does.
func (o Observed) ClusterID() string {
	ids := []string{o[ReplicationGroup].Label(LabelClusterID)}
	for _, digest := range o.Networks() {
		group := o[SubnetGroupOf(digest)]
		ids = append(ids, group.Label(LabelClusterID), strings.TrimSuffix(group.ExternalName(), "-"+digest))
	}
	return mostCommon(append(ids, o[ReplicationGroup].ExternalName())...)
}

// each of the managed resources that exist, the replication group first.
func each[T any](o Observed, of func(Resource) T) []T {
	out := []T{of(o[ReplicationGroup]), of(o[URLParameter])}
	for _, digest := range o.Networks() {
		out = append(out, of(o[SubnetGroupOf(digest)]))
	}
	for _, family := range o.Families() {
		out = append(out, of(o[ParameterGroup(family)]))
	}
	return out
}

// mostCommon of some values that are not zero, the earlier of two as common.
func mostCommon[T comparable](values ...T) T {
	var out, zero T
	most := 0
	for i, v := range values {
		n := 0
		for _, later := range values[i:] {
			if later == v {
				n++
			}
		}
		if v != zero && n > most {
			out, most = v, n
		}
	}
	return out
}

// Region of AWS.
func (r Resource) Region() string { return r.Text("spec", "forProvider", "region") }

// Account that a resource names, the zero one if it was not seen.
func (r Resource) Account() redis.Account {
	return redis.Account{Kind: r.Text("spec", "providerConfigRef", "kind"), Name: r.Text("spec", "providerConfigRef", "name")}
}

// complete reports whether the whole spec of a replication group was seen.
func (r Resource) complete() bool {
	_, ok := r.Bool("spec", "forProvider", "transitEncryptionEnabled")
	return ok
}

// AskedConfig is what AWS was last asked for of what it changes in steps.
func (r Resource) AskedConfig(otherwise redis.Config) redis.Config {
	reported := r.Reported()
	if !r.complete() && reported != nil {
		return reported.Config // Nothing is known to have been asked beyond it.
	}
	if !r.complete() {
		return otherwise
	}
	out := redis.Config{
		Engine:        cmp.Or(redis.Engine(r.Text("spec", "forProvider", "engine")), otherwise.Engine),
		EngineVersion: cmp.Or(redis.VersionName(r.Text("spec", "forProvider", "engineVersion")), otherwise.EngineVersion),
		TLS:           r.tls("spec", "forProvider"),
		Token:         r.AskedToken(),
		Strategy:      r.strategy("spec", "forProvider"),
	}
	if out.TLS == redis.TLSRequired && reported != nil && reported.TLS != redis.TLSRequired && r.lacksMode() {
		out.TLS = reported.TLS
	}
	if out.Auth() && out.Strategy == "" {
		out.Strategy = cmp.Or(r.strategy("status", "atProvider"), redis.StrategyRotate)
	}
	return out
}

// lacksMode reports whether somebody took the TLS mode out of what is asked, although the
// engine that runs knows modes.
func (r Resource) lacksMode() bool {
	return !r.Has("spec", "forProvider", "transitEncryptionMode") &&
		redis.HasTLSMode(redis.Engine(r.Text("status", "atProvider", "engine")), r.Text("status", "atProvider", "engineVersion"))
}

// Reported is what AWS says of a replication group, nil while any part of it is not
// known. The provider changes it only when AWS has carried a step out.
func (r Resource) Reported() *redis.Reported {
	if r.OnlyObserved() && !r.adopted {
		return nil // It may be anybody's.
	}
	token, known := r.AuthToken()
	_, tls := r.Bool("status", "atProvider", "transitEncryptionEnabled")
	out := redis.Reported{
		Config: redis.Config{
			Engine:        redis.Engine(r.Text("status", "atProvider", "engine")),
			EngineVersion: redis.VersionName(r.Text("status", "atProvider", "engineVersion")),
			TLS:           r.tls("status", "atProvider"),
		},
		FullVersion: cmp.Or(r.Text("status", "atProvider", "engineVersionActual"), r.Text("status", "atProvider", "engineVersion")),
	}
	asked, unknown := r.AskedToken(), r.hasUnknownToken()
	if out.Engine == "" || out.EngineVersion == "" || !tls || (asked.State != redis.NoToken && !known && !unknown) {
		return nil
	}
	if unknown {
		out.Token, out.Strategy = redis.TokenID{State: redis.UnknownToken}, redis.StrategyRotate
		return &out
	}
	if !token.IsEmpty() {
		out.Strategy = cmp.Or(r.strategy("status", "atProvider"), r.strategy("spec", "forProvider"))
		out.Token = redis.TokenOf(token.Digest(r.salt))
	}
	if out.Auth() && asked.State == redis.GeneratedToken {
		return r.withGenerated(asked, out)
	}
	return &out
}

// withGenerated is the report on a cache with AUTH that was asked for a generated token.
// It is nil where the provider shows the token, and AWS may not have it yet: a provider that
// has restarted takes what it finds in the Secret for what AWS has. The strategy, which
// changes with each step, tells what AWS has.
func (r Resource) withGenerated(asked redis.TokenID, out redis.Reported) *redis.Reported {
	before, strategy := asked.Before(), r.strategy("spec", "forProvider")
	switch {
	case before == out.Token.Digest: // Of the two it has the one before.
	case out.Strategy == strategy, strategy == redis.StrategySet: // SET is asked for once it has the token.
		out.Token = asked
	case before != "":
		return nil
	}
	return &out
}

// tls of a replication group, in the spec's words, from its spec or status. Before
// engine version 7.0 there are no modes.
func (r Resource) tls(path ...string) redis.TLS {
	enabled, _ := r.Bool(append(path, "transitEncryptionEnabled")...)
	switch {
	case !enabled:
		return redis.TLSDisabled
	case r.Text(append(path, "transitEncryptionMode")...) == "preferred":
		return redis.TLSPreferred
	}
	return redis.TLSRequired
}

// strategy with which the token took effect, from the spec or status.
func (r Resource) strategy(path ...string) redis.Strategy {
	return redis.Strategy(r.Text(append(path, "authTokenUpdateStrategy")...))
}

// TotalSteps of the change under way, when it was last looked at; 0 if there was none.
func (r Resource) TotalSteps() int {
	n, err := strconv.Atoi(r.Annotation(AnnotationSteps))
	if err != nil {
		return 0
	}
	return n
}

// ParameterGroupInUse is the one that AWS says the cache uses, empty while that
// is not known or is about to change.
func (r Resource) ParameterGroupInUse() string {
	name := r.Text("status", "atProvider", "parameterGroupName")
	if name != r.Text("spec", "forProvider", "parameterGroupName") {
		return ""
	}
	return name
}

// CreateRefused reports whether AWS refused the last request to create a replication
// group, so that it has none. What a later request came to is not known: AWS may be
// making the cache.
func (r Resource) CreateRefused() bool {
	if r.wasSeen() || r.Endpoint() != "" {
		return false
	}
	no := saysNo(r.Failure())
	return no != nil && no.Call == callCreate && !r.TriesAgain()
}

const callCreate = "CreateReplicationGroup"

// TriesAgain reports whether the provider began to create the resource anew after the
// attempt that failed, so that nothing is known of it.
func (r Resource) TriesAgain() bool {
	c, _ := r.Condition(conditionLastAsyncOperation)
	tried, err := time.Parse(time.RFC3339, r.Annotation(meta.AnnotationKeyExternalCreatePending))
	failed, noTime := time.Parse(time.RFC3339, c.Since)
	return c.Status == "False" && err == nil && noTime == nil && tried.After(failed)
}
