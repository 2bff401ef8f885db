package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

const (
	// unknownToken stands for one that the team has not put down yet.
	unknownToken = "unknown"
)

// wantedToken is the token that the cache is to have in the end, in the planner's
// words. While the team's own is missing, or is one that AWS would refuse, the
// cache keeps the one that it has; and so it does where the claim names none.
func wantedToken(xr *composite.XR, rg resources.Resource, team connection.TeamToken) string {
	switch {
	case !*xr.Spec.EnableAuthToken:
		return ""
	case xr.Spec.AuthTokenSecretRef == nil && rg.InAWS() && !rg.CreateRefused():
		return cmp.Or(rg.AskedToken(), redis.GeneratedToken)
	case xr.Spec.AuthTokenSecretRef == nil:
		return redis.GeneratedToken
	case team.Usable():
		return team.Token.Digest(salt(xr))
	case rg.InAWS():
		return cmp.Or(rg.AskedToken(), unknownToken)
	}
	return unknownToken
}

// salt of the digests of the composite's secrets, empty in a preview without a uid.
func salt(xr *composite.XR) string { return string(xr.GetUID()) }

// wantedConfig is what is asked, with the token that the cache is to have in the end.
func wantedConfig(xr *composite.XR, asked redis.Config, token string) redis.Config {
	asked.Token = token
	if asked.Auth() {
		asked.Strategy = *xr.Spec.AuthTokenUpdateStrategy
	}
	return asked
}

// tokenRef is where the provider finds the token to ask for.
func tokenRef(xr *composite.XR, o resources.Observed, token string) *resources.TokenRef {
	switch token {
	case "":
		return nil
	case redis.GeneratedToken:
		return &resources.TokenRef{
			SecretRef: connection.GeneratedSecret(xr, o),
			Key:       resources.KeyGeneratedToken,
			Generated: true,
		}
	}
	return &resources.TokenRef{SecretRef: connection.TokensSecret(xr, o), Key: resources.TokenKey(token)}
}

// teamTokens are those of the team's own that the provider has to find: the one that AWS was
// last asked for, the one to ask for now, and the one to ask for in the end. Each
// is taken from wherever it can be seen. What else was laid out stays until AWS is
// known to have what it was asked for.
func teamTokens(xr *composite.XR, o resources.Observed, reported *redis.Reported, team connection.TeamToken, wanted, next string) map[string]redis.Secret {
	rg, laidOut := o[resources.ReplicationGroup], o.Tokens()
	seen := maps.Clone(laidOut)
	if accepted, _ := rg.AuthToken(); !accepted.IsEmpty() {
		seen[accepted.Digest(salt(xr))] = accepted
	}
	if team.Usable() {
		seen[team.Token.Digest(salt(xr))] = team.Token
	}
	out := map[string]redis.Secret{}
	if !settled(rg, reported, next) {
		maps.Copy(out, laidOut)
	}
	for _, digest := range []string{rg.AskedToken(), next, wanted} {
		if token, ok := seen[digest]; ok {
			out[digest] = token
		}
	}
	return out
}

// settled reports whether AWS has the token that it was asked for, and is asked for
// no other.
func settled(rg resources.Resource, reported *redis.Reported, next string) bool {
	return reported != nil && reported.Token == rg.AskedToken() && reported.Token == next
}

// waitsForToken is what a cache that does not exist yet waits for of its token:
// without it the provider would make a cache without a password.
func waitsForToken(token string, readable []string, team connection.TeamToken) []string {
	switch {
	case team.Missing != "":
		return []string{team.Missing}
	case team.Invalid != "":
		return []string{"a token that AWS accepts"}
	case token != "" && token != redis.GeneratedToken && !slices.Contains(readable, token):
		return []string{"its token to be where the provider reads it"}
	}
	return nil
}
