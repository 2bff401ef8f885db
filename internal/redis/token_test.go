package redis

import (
	"strings"
	"testing"
)

func TestCheckToken(t *testing.T) {
	cases := map[string]struct {
		reason string
		token  string
		ok     bool
	}{
		"Shortest":  {reason: "Sixteen characters are enough.", token: strings.Repeat("a", 16), ok: true},
		"Longest":   {reason: "A hundred and twenty-eight are allowed.", token: strings.Repeat("a", 128), ok: true},
		"Specials":  {reason: "AWS's few special characters are allowed.", token: "aA0!&#$^<>-aA0!&", ok: true},
		"TooShort":  {reason: "Fifteen are refused.", token: strings.Repeat("a", 15)},
		"TooLong":   {reason: "A hundred and twenty-nine are refused.", token: strings.Repeat("a", 129)},
		"LineBreak": {reason: "A Secret made from a file ends in a line break.", token: strings.Repeat("a", 16) + "\n"},
		"At":        {reason: "@ is refused by AWS.", token: strings.Repeat("a", 16) + "@"},
		"Umlaut":    {reason: "Letters are those of ASCII.", token: strings.Repeat("ä", 16)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := CheckToken(NewSecret(tc.token))
			if (err == nil) != tc.ok {
				t.Errorf("%s: %v", tc.reason, err)
			}
			if err != nil && strings.Contains(err.Error(), tc.token) {
				t.Errorf("%s: the error gives the token away", tc.reason)
			}
		})
	}
}

// TestSecretNeverPrints tries the ways in which a value gets into a log.

func TestTokenOfAnother(t *testing.T) {
	cases := map[string]struct {
		reason string
		token  TokenID
		want   bool
	}{
		"Own":      {"It was generated for this managed resource.", GeneratedFor("composite", "resource"), false},
		"MadeAnew": {"The managed resource was made anew.", GeneratedFor("composite", "before"), true},
		"Restored": {"After a restore all uids are others, and the token is the same.", GeneratedFor("before", "before"), false},
		"First":    {"The first that is generated names none.", TokenID{State: GeneratedToken}, false},
		"Known":    {"The team's own is generated for none.", TokenOf(Digest("composite") + "." + Digest("before")), false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.token.IsOfAnother("composite", "resource"); got != tc.want {
				t.Errorf("%s: got %t", tc.reason, got)
			}
		})
	}
}
