package redis

// A TokenID tells one AUTH token of a cache from another, and gives nothing of it away.
// The zero TokenID is that of a cache without AUTH.
type TokenID struct {
	State TokenState

	// Digest of a KnownToken.
	Digest string
}

// A TokenState is what is known of a token.
type TokenState int

// States of a token.
const (
	// NoToken is what a cache without AUTH has.
	NoToken TokenState = iota

	// GeneratedToken is one that the provider makes up, and that nobody knows before
	// the cache has it.
	GeneratedToken

	// UnknownToken is the team's own, which is not there yet or can't be used.
	UnknownToken

	// KnownToken has a digest.
	KnownToken
)

// TokenOf a digest, or no token if that is empty.
func TokenOf(digest string) TokenID {
	if digest == "" {
		return TokenID{}
	}
	return TokenID{State: KnownToken, Digest: digest}
}
