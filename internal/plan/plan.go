// Package plan decides, from what is asked and what is observed, what is asked
// of AWS in this run and what has to wait.
package plan

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

const (
	// defaultProviderConfig is the name the provider itself falls back to.
	defaultProviderConfig = "default"

	// fallbackNamespace takes the Secrets of a cluster-scoped composite that has
	// neither a claim nor a connection Secret, as in a preview.
	fallbackNamespace = "crossplane-system"

	// generatedTokenKey is the key of a generated token in its Secret.
	generatedTokenKey = "token"

	suffixToken      = "auth-token"
	suffixConnection = "replication-group"
)

// A Plan is what is derived for one run.
type Plan struct {
	// Facts that the resources are made from.
	Facts resources.Facts

	// Waits tells, for each resource that is held, what it waits for.
	Waits map[string][]string

	// Refused changes, which a running cache can't be given.
	Refused []redis.Refusal

	// Wrong is what else keeps the claim from being accepted.
	Wrong []string

	// Published details are those that clients can read already.
	Published connection.Details
}

// New plan. The token is what was found of the team's own, and is not looked at
// where the claim asks for none.
func New(xr *composite.XR, in *v1beta1.Input, o resources.Observed, token connection.TeamToken) Plan {
	asked := askedState(xr, in)
	state, refused := redis.Next(asked, resources.RunningState(o, asked))
	published := connection.Published(xr, o)
	details := connection.Next(connection.Current(xr, o), published)
	p := Plan{
		Facts: resources.Facts{
			Cache:             state,
			Families:          families(state, o),
			ProviderConfig:    providerConfig(in),
			Token:             tokenOf(xr, o, state, token),
			ConnectionSecret:  connectionSecret(xr),
			URLSecret:         urlSecret(xr, o),
			Details:           details,
			ComposeSecret:     len(details) > 0 || o[resources.ConnectionSecret].Exists(),
			URLDigest:         urlDigest(published, o),
			ParameterKMSKeyID: parameterKey(in),
		},
		Refused:   append(refused, refusedSecretName(xr, o)...),
		Wrong:     wrong(xr, o, token),
		Waits:     map[string][]string{},
		Published: published,
	}
	p.holdReplicationGroup(xr, o, token)
	p.holdURLParameter(o)
	return p
}

// askedState is what the claim asks of the parts that can't simply be applied.
func askedState(xr *composite.XR, in *v1beta1.Input) redis.State {
	return redis.State{
		ClusterID:          redis.ClusterID(xr.Spec.AppName, xr.Spec.Environment),
		ParameterStorePath: policy.ParameterStorePath(&xr.Spec, in),
		Region:             *xr.Spec.Region,
		Engine:             *xr.Spec.Engine,
		EngineVersion:      *xr.Spec.EngineVersion,
		TransitEncryption:  *xr.Spec.TransitEncryption,
		Auth:               *xr.Spec.EnableAuthToken,
		KMSKeyID:           ptr.Deref(xr.Spec.KMSKeyID, ""),
		SnapshotName:       ptr.Deref(xr.Spec.SnapshotName, ""),
	}
}

// holdReplicationGroup until its groups are ready, its subnets are known to lie
// in the claim's VPC, and its token is there: the provider would make a cache
// without a password and say nothing.
func (p *Plan) holdReplicationGroup(xr *composite.XR, o resources.Observed, token connection.TeamToken) {
	if o[resources.ReplicationGroup].InAWS() {
		return
	}
	var waits []string
	family, _ := redis.Family(p.Facts.Cache.Engine, p.Facts.Cache.EngineVersion)
	for _, name := range []string{resources.SubnetGroup, resources.ParameterGroup(family)} {
		if !o.Ready(name) {
			waits = append(waits, "waits for "+name)
		}
	}
	vpc := o[resources.SubnetGroup].VPC()
	if o.Ready(resources.SubnetGroup) && vpc == "" {
		waits = append(waits, "waits for AWS to tell the VPC of the subnets")
	}
	if vpc != "" && vpc != xr.Spec.VPCID {
		waits = append(waits, "waits for subnets of the VPC "+xr.Spec.VPCID)
	}
	if token.Missing != "" {
		waits = append(waits, token.Missing)
	}
	if token.Invalid != "" {
		waits = append(waits, "waits for a token that AWS accepts")
	}
	p.hold(resources.ReplicationGroup, &p.Facts.HoldReplicationGroup, waits)
}

// holdURLParameter until the URL can be read from its Secret: the provider would
// fail without a word, and try again only after a while.
func (p *Plan) holdURLParameter(o resources.Observed) {
	if o[resources.URLParameter].InAWS() {
		return
	}
	var waits []string
	if p.Facts.URLSecret == nil {
		waits = append(waits, "waits for a Secret that holds REDIS_URL")
	} else if p.Published.URL().IsEmpty() {
		waits = append(waits, "waits for REDIS_URL to be in its Secret")
	}
	p.hold(resources.URLParameter, &p.Facts.HoldURLParameter, waits)
}

func (p *Plan) hold(name string, held *bool, waits []string) {
	*held = len(waits) > 0
	if *held {
		p.Waits[name] = waits
	}
}

// wrong is what the team has to mend although the spec is valid in itself.
func wrong(xr *composite.XR, o resources.Observed, token connection.TeamToken) []string {
	var out []string
	vpc := o[resources.SubnetGroup].VPC()
	if vpc != "" && vpc != xr.Spec.VPCID && !o[resources.ReplicationGroup].InAWS() {
		out = append(out, fmt.Sprintf("spec.subnetIds: AWS found these subnets in the VPC %s, and spec.vpcId is %s: name subnets of that VPC, or make a new claim with the other vpcId", vpc, xr.Spec.VPCID))
	}
	if token.Invalid != "" {
		out = append(out, "spec.authTokenSecretRef: "+token.Invalid)
	}
	return out
}

// families of the parameter groups: the cache's first, and any other that exists
// beside it, because one in use can't be deleted.
func families(state redis.State, o resources.Observed) []string {
	family, _ := redis.Family(state.Engine, state.EngineVersion)
	out := []string{family}
	for _, f := range o.Families() {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// tokenOf tells where the provider reads the token. A cache that runs keeps its
// Secret until a new one holds a token that AWS accepts, and one with a
// generated token keeps that: the same request elsewhere would be a new token.
func tokenOf(xr *composite.XR, o resources.Observed, state redis.State, team connection.TeamToken) *resources.Token {
	if !state.Auth {
		return nil
	}
	running, ref := resources.RunningToken(o), xr.Spec.AuthTokenSecretRef
	if ref == nil && running != nil && running.Generated {
		return running
	}
	if ref == nil {
		return &resources.Token{
			SecretRef: resources.SecretRef{Name: redis.SecretName(xr.GetName(), suffixToken), Namespace: platformNamespace(xr)},
			Key:       generatedTokenKey,
			Generated: true,
		}
	}
	if running != nil && !team.Usable() {
		return running
	}
	out := &resources.Token{SecretRef: resources.SecretRef{Name: ref.Name, Namespace: xr.TokenNamespace()}, Key: ref.Key}
	if team.Usable() {
		out.Digest = team.Token.Digest()
	}
	return out
}

// urlSecret is the Secret that will hold the URL: Crossplane's own for a claim's
// composite, or the composed one, which keeps the name it was made with.
func urlSecret(xr *composite.XR, o resources.Observed) *resources.SecretRef {
	if !xr.Namespaced() && xr.ConnectionSecret == nil {
		return nil
	}
	if !xr.Namespaced() {
		return &resources.SecretRef{Name: xr.ConnectionSecret.Name, Namespace: xr.ConnectionSecret.Namespace}
	}
	name := xr.GetName()
	if ref := xr.Spec.WriteConnectionSecretToRef; ref != nil {
		name = ref.Name
	}
	return &resources.SecretRef{Name: cmp.Or(o[resources.ConnectionSecret].Name(), name), Namespace: xr.GetNamespace()}
}

// refusedSecretName tells that the composed Secret keeps its name: pods read it
// by that name, and Crossplane never renames what exists.
func refusedSecretName(xr *composite.XR, o resources.Observed) []redis.Refusal {
	kept, ref := o[resources.ConnectionSecret].Name(), xr.Spec.WriteConnectionSecretToRef
	if !xr.Namespaced() || kept == "" || ref == nil || ref.Name == kept {
		return nil
	}
	return []redis.Refusal{{
		Field: "spec.writeConnectionSecretToRef.name",
		Asked: ref.Name,
		Kept:  kept,
		Why:   "pods read the Secret by its name; make a new XRedis",
	}}
}

// urlDigest of the URL that clients can read. While an observation lacks it, the
// last one stays: a change would make the provider look for a change.
func urlDigest(published connection.Details, o resources.Observed) string {
	if published.URL().IsEmpty() {
		return o[resources.URLParameter].Annotation(resources.AnnotationURLDigest)
	}
	return published.URL().Digest()
}

// connectionSecret is where the provider writes what it knows of the cache.
func connectionSecret(xr *composite.XR) *resources.SecretRef {
	return &resources.SecretRef{Name: redis.SecretName(xr.GetName(), suffixConnection), Namespace: platformNamespace(xr)}
}

// platformNamespace is where Secrets lie that only the platform needs to read.
func platformNamespace(xr *composite.XR) string {
	switch {
	case xr.Namespaced():
		return xr.GetNamespace()
	case xr.ConnectionSecret != nil:
		return xr.ConnectionSecret.Namespace
	}
	return fallbackNamespace
}

func providerConfig(in *v1beta1.Input) resources.ProviderConfig {
	ref := ptr.Deref(in.ProviderConfigRef, v1beta1.ProviderConfigReference{Name: defaultProviderConfig})
	return resources.ProviderConfig{Name: ref.Name, Kind: ptr.Deref(ref.Kind, v1beta1.ClusterProviderConfig)}
}

func parameterKey(in *v1beta1.Input) *string {
	if in.ParameterStore == nil {
		return nil
	}
	return in.ParameterStore.KMSKeyID
}

// URL to publish, empty while it is not known.
func (p *Plan) URL() redis.Secret { return connection.Details(p.Facts.Details).URL() }
