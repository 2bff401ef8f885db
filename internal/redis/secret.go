package redis

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// redacted is what a secret prints as, whatever verb or encoder is used.
const redacted = "[redacted]"

// A Secret is text that must not be printed: a token, or a URL that holds one.
// It redacts itself in every fmt verb and encoder; Reveal is the one way to its
// text, so that a review can find each use.
type Secret struct{ text string }

// NewSecret keeps text from being printed.
func NewSecret(text string) Secret { return Secret{text: text} }

// Reveal the text, for the place that it is meant for.
func (s Secret) Reveal() string { return s.text }

// IsEmpty reports whether there is no text.
func (s Secret) IsEmpty() bool { return s.text == "" }

// Digest is a short fingerprint, for noticing that the text changed. The salt keeps
// equal secrets of two owners from showing as equal, and a dictionary of digests from
// being prepared.
func (s Secret) Digest(salt string) string { return Digest(salt + "/" + s.text) }

// String is never the text.
func (Secret) String() string { return redacted }

// GoString is never the text.
func (Secret) GoString() string { return redacted }

// Format is never the text, in any verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText is never the text, so no encoder gives it away.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

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

// URL writes the one connection string: rediss:// with TLS, the token
// percent-encoded, because a token may hold characters that end a URL's
// authority or begin its fragment.
func URL(host string, port int, tls bool, token Secret) Secret {
	scheme := "redis://"
	if tls {
		scheme = "rediss://"
	}
	address := net.JoinHostPort(host, strconv.Itoa(port))
	if token.IsEmpty() {
		return NewSecret(scheme + address)
	}
	// url.UserPassword would leave "$" and "&" as they are, for a shell or an
	// env file to trip over. QueryEscape leaves letters, digits and "-", and a
	// token holds no space for it to turn into "+".
	return NewSecret(scheme + ":" + url.QueryEscape(token.text) + "@" + address)
}
