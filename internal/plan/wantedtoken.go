package plan

import (
	"cmp"
	"maps"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// wantedToken is the token that the cache is to have in the end. While the team's own is
// missing, or is one that AWS would refuse, the cache keeps the one that it has; and so
// it does where the claim names none.
func wantedToken(xr *protocol.XR, rg resources.Resource, team connection.TeamToken) redis.TokenID {
	unknown := redis.TokenID{State: redis.UnknownToken}
	switch {
	case !*xr.Spec.EnableAuthToken:
		return redis.TokenID{}
	case xr.Spec.AuthTokenSecretRef == nil:
		return generatedToken(xr, rg)
	case team.Usable():
		return redis.TokenOf(team.Token.Digest(salt(xr)))
	case rg.InAWS():
		return cmp.Or(rg.AskedToken(), unknown)
	}
	return unknown
}

// generatedToken is the one that the provider generates, or that the cache keeps. The
// provider generates one where the key has none yet, so that another token has another
// key.
func generatedToken(xr *protocol.XR, rg resources.Resource) redis.TokenID {
	generation, asked := ptr.Deref(xr.Spec.AuthTokenGeneration, 0), rg.AskedToken()
	switch {
	case !rg.InAWS():
		return redis.Generated(generation)
	case asked.State == redis.UnknownToken:
		return redis.GeneratedFor(salt(xr), rg.UID(), generation, "")
	case rg.CreateRefused():
		return redis.Generated(generation)
	case generation > asked.Generation() && hasToken(rg):
		accepted, _ := rg.AuthToken()
		return redis.GeneratedFor(salt(xr), rg.UID(), generation, accepted.Digest(salt(xr)))
	}
	return cmp.Or(asked, redis.Generated(generation))
}

// hasToken reports whether AWS has the token that it was asked for. The next one is asked
// for only then, because its key names the one that it follows.
func hasToken(rg resources.Resource) bool {
	reported, asked := rg.Reported(), rg.AskedToken()
	return reported != nil && asked.State != redis.NoToken && reported.Token == asked
}

// refusedGeneration says that the cache keeps a token that is newer than the one that is
// asked for.
func refusedGeneration(xr *protocol.XR, rg resources.Resource) []redis.Refusal {
	asked := xr.Spec.AuthTokenGeneration
	if asked == nil || !rg.InAWS() || rg.CreateRefused() {
		return nil
	}
	if kept := rg.AskedToken().Generation(); *asked < kept {
		return []redis.Refusal{redis.LowerGeneration(*asked, kept)}
	}
	return nil
}

// salt of the digests of the composite's secrets, empty in a preview without a uid.
func salt(xr *protocol.XR) string { return string(xr.GetUID()) }

// wantedConfig is what is asked, with the token that the cache is to have in the end.
func wantedConfig(xr *protocol.XR, asked redis.Config, token redis.TokenID) redis.Config {
	asked.Token = token
	if asked.Auth() {
		asked.Strategy = redis.Strategy(*xr.Spec.AuthTokenUpdateStrategy)
	}
	return asked
}

// tokenSource is where the provider finds a token, or puts the one that it makes up.
func tokenSource(xr *protocol.XR, o resources.Observed, token redis.TokenID) resources.SecretRef {
	if token.State == redis.GeneratedToken {
		return connection.GeneratedSecret(xr, o)
	}
	return connection.TokensSecret(xr, o)
}

// teamTokens are those of the team's own that the provider has to find: the one that AWS
// was last asked for, the one to ask for now, and the one to ask for in the end. Each is
// taken from wherever it can be seen. What else was laid out stays until AWS is known to
// have what it was asked for.
func teamTokens(xr *protocol.XR, o resources.Observed, reported *redis.Reported, team connection.TeamToken, wanted, next redis.TokenID) map[redis.TokenID]redis.Secret {
	rg, laidOut := o[resources.ReplicationGroup], o.Tokens()
	seen := maps.Clone(laidOut)
	if accepted, _ := rg.AuthToken(); !accepted.IsEmpty() {
		seen[redis.TokenOf(accepted.Digest(salt(xr)))] = accepted
	}
	if team.Usable() {
		seen[redis.TokenOf(team.Token.Digest(salt(xr)))] = team.Token
	}
	out := map[redis.TokenID]redis.Secret{}
	if !settled(rg, reported, next) {
		maps.Copy(out, laidOut)
	}
	for _, id := range []redis.TokenID{rg.AskedToken(), next, wanted} {
		if token, ok := seen[id]; ok {
			out[id] = token
		}
	}
	return out
}

// settled reports whether AWS has the token that it was asked for, and is asked for
// no other.
func settled(rg resources.Resource, reported *redis.Reported, next redis.TokenID) bool {
	return reported != nil && reported.Token == rg.AskedToken() && reported.Token == next
}
