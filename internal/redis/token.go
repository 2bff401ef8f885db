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
	// that were generated, empty for the first: see GeneratedFor.
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

// MaxGeneration of a token.
const MaxGeneration = 1_000_000

// Generated is a token of a generation that the provider generates where the composite has
// had none.
func Generated(generation int32) TokenID {
	if generation <= 1 {
		return TokenID{State: GeneratedToken}
	}
	return TokenID{State: GeneratedToken, Digest: strconv.Itoa(int(generation))}
}

// GeneratedFor is a token of a generation that is generated for a managed resource of a
// composite, both by their uids. It follows a token of which it names the digest, empty if
// nobody knows that token: as long as the cache has that one, it does not have this one.
//
//	generation[-before].composite.resource
func GeneratedFor(composite, resource string, generation int32, before string) TokenID {
	number := strings.TrimSuffix(strconv.Itoa(int(max(generation, 1)))+"-"+before, "-")
	return TokenID{State: GeneratedToken, Digest: number + "." + Digest(composite) + "." + Digest(resource)}
}

// NamesOwner reports whether a generated token names what it was generated for.
func (t TokenID) NamesOwner() bool {
	return t.State == GeneratedToken && strings.Contains(t.Digest, ".")
}

// IsOfAnother reports whether a token was generated for another managed resource of the
// composite. After a restore from a backup the composite is another one, too.
func (t TokenID) IsOfAnother(composite, resource string) bool {
	_, owner, _ := strings.Cut(t.Digest, ".")
	of, own, _ := strings.Cut(owner, ".")
	return t.State == GeneratedToken && of == Digest(composite) && own != Digest(resource)
}

// Generation of a token: 1 for the first that is generated, 0 for one that is not.
func (t TokenID) Generation() int32 {
	switch {
	case t.State != GeneratedToken:
		return 0
	case t.Digest == "":
		return 1
	}
	number, _ := t.position()
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n < 1 || n > MaxGeneration {
		return 1
	}
	return int32(n)
}

// Before is the digest of the token that a generated one follows, empty if nobody knows
// that token.
func (t TokenID) Before() string {
	if t.State != GeneratedToken {
		return ""
	}
	_, before := t.position()
	return before
}

// position of a generated token among the others: its generation, and the digest of the
// token that it follows.
func (t TokenID) position() (number, before string) {
	position, _, _ := strings.Cut(t.Digest, ".")
	number, before, _ = strings.Cut(position, "-")
	return number, before
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
