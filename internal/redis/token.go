package redis

import (
	"fmt"
	"strconv"
	"strings"
)

// A TokenID tells one AUTH token of a cache from another, and gives nothing of it away.
// The zero TokenID is that of a cache without AUTH.
type TokenID struct {
	State TokenState

	// Digest of a KnownToken. Of a GeneratedToken it is what tells it from the others
	// that were generated, empty for the first: its generation, and then either the digest
	// of the token that it follows or what else it is told by.
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

// MaxGeneration of a token. It has fewer digits than a digest.
const MaxGeneration = 1_000_000

// Generated token of a generation. What it is told by may be empty.
func Generated(generation int32, toldBy string) TokenID {
	out := TokenID{State: GeneratedToken, Digest: toldBy}
	if generation > 1 {
		out.Digest = strings.TrimSuffix(strconv.Itoa(int(generation))+"."+toldBy, ".")
	}
	return out
}

// GeneratedAfter is a token of a generation that follows another one, whose digest tells
// whether the cache has it yet.
func GeneratedAfter(generation int32, before string) TokenID {
	return TokenID{State: GeneratedToken, Digest: strconv.Itoa(int(generation)) + "-" + before}
}

// Generation of a token: 1 for the first that is generated, 0 for one that is not.
func (t TokenID) Generation() int32 {
	if t.State != GeneratedToken {
		return 0
	}
	number, _, _ := strings.Cut(strings.ReplaceAll(t.Digest, "-", "."), ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > MaxGeneration || IsDigest(number) {
		return 1
	}
	return int32(n) //nolint:gosec // It is small.
}

// Before is the digest of the token that a generated one follows, empty if that is not
// known.
func (t TokenID) Before() string {
	_, before, _ := strings.Cut(t.Digest, "-")
	return before
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
