package redis

import (
	"fmt"
	"strings"
)

// A TokenID tells one AUTH token of a cache from another, and gives nothing of it away.
// The zero TokenID is that of a cache without AUTH.
type TokenID struct {
	State TokenState

	// Digest of a KnownToken. Of a GeneratedToken it is what tells it from the others
	// that were generated, empty for the first.
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

	// UnknownToken is the team's own, which is not there yet or can't be used, or the one
	// of a cache that was made by something else.
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

// GeneratedFor is the token that is generated for a managed resource of a composite, both
// by their uids.
func GeneratedFor(composite, resource string) TokenID {
	return TokenID{State: GeneratedToken, Digest: Digest(composite) + "." + Digest(resource)}
}

// IsOfAnother reports whether a token was generated for another managed resource of the
// composite. After a restore from a backup the composite is another one, too.
func (t TokenID) IsOfAnother(composite, resource string) bool {
	of, own, _ := strings.Cut(t.Digest, ".")
	return t.State == GeneratedToken && of == Digest(composite) && own != Digest(resource)
}

const (
	minToken = 16
	maxToken = 128

	// tokenSpecials are the only special characters AWS accepts in a token.
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
	tokenSpecials = "!&#$^<>-"
)

// CheckToken tells what AWS would refuse of a token, in words that hold nothing
// of it. The provider checks less than AWS does.
func CheckToken(token Secret) error {
	if n := len(token.text); n < minToken || n > maxToken {
		return fmt.Errorf("the token has %d characters; AWS accepts %d to %d", n, minToken, maxToken)
	}
	if strings.ContainsFunc(token.text, func(r rune) bool { return !isTokenCharacter(r) }) {
		return fmt.Errorf("the token has a character that AWS refuses; use letters, digits and %s only (a line break at the end counts too)", tokenSpecials)
	}
	return nil
}

func isTokenCharacter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(tokenSpecials, r)
}
