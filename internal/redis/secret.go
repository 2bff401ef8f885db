package redis

import "fmt"

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
