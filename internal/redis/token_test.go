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
		"Own":      {"It was generated for this managed resource.", GeneratedFor("composite", "resource", 1, ""), false},
		"MadeAnew": {"The managed resource was made anew.", GeneratedFor("composite", "before", 1, ""), true},
		"Restored": {"After a restore all uids are others, and the token is the same.", GeneratedFor("before", "before", 1, ""), false},
		"OwnSecond": {
			"A later one was generated for this managed resource.", GeneratedFor("composite", "resource", 2, Digest("token")), false,
		},
		"SecondMadeAnew": {
			"A later one was generated for the managed resource that was made anew.", GeneratedFor("composite", "before", 2, Digest("token")), true,
		},
		"SecondRestored": {"A later one was restored from a backup.", GeneratedFor("before", "before", 2, Digest("token")), false},
		"First":          {"The first that is generated names none.", Generated(1), false},
		"FirstOfTwo":     {"The first that is generated names none, whatever its generation.", Generated(2), false},
		"Known":          {"The team's own is generated for none.", TokenOf("1." + Digest("composite") + "." + Digest("before")), false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.token.IsOfAnother("composite", "resource"); got != tc.want {
				t.Errorf("%s: got %t", tc.reason, got)
			}
		})
	}
}

func TestGeneration(t *testing.T) {
	before := Digest("token")
	cases := map[string]struct {
		reason     string
		token      TokenID
		generation int32
		before     string
		owned      bool
	}{
		"First":       {reason: "The first is 1.", token: Generated(0), generation: 1},
		"FirstOfOne":  {reason: "To ask for 1 is to ask for the first.", token: Generated(1), generation: 1},
		"FirstOfFive": {reason: "A cache may begin with any.", token: Generated(5), generation: 5},
		"Taken":       {reason: "Nobody knows the token of a cache that is taken over.", token: GeneratedFor("c", "r", 0, ""), generation: 1, owned: true},
		"TakenFive":   {reason: "It is taken over with a generation.", token: GeneratedFor("c", "r", 5, ""), generation: 5, owned: true},
		"Later":       {reason: "A later one names the one before.", token: GeneratedFor("c", "r", 6, before), generation: 6, before: before, owned: true},
		"Highest":     {reason: "The highest is one.", token: GeneratedFor("c", "r", MaxGeneration, before), generation: MaxGeneration, before: before, owned: true},
		"TooHigh":     {reason: "Somebody edited the key.", token: TokenID{State: GeneratedToken, Digest: "99999999999999999999"}, generation: 1},
		"Negative":    {reason: "Somebody edited the key.", token: TokenID{State: GeneratedToken, Digest: "-5"}, generation: 1, before: "5"},
		"Text":        {reason: "Somebody edited the key.", token: TokenID{State: GeneratedToken, Digest: "five"}, generation: 1},
		"Known":       {reason: "The team's own is none that was generated.", token: TokenOf(before)},
		"Unknown":     {reason: "Nobody knows how it was made.", token: TokenID{State: UnknownToken}},
		"None":        {reason: "There is no token."},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.token.Generation(); got != tc.generation {
				t.Errorf("%s: generation %d, want %d", tc.reason, got, tc.generation)
			}
			if got := tc.token.Before(); got != tc.before {
				t.Errorf("%s: before %q, want %q", tc.reason, got, tc.before)
			}
			if got := tc.token.NamesOwner(); got != tc.owned {
				t.Errorf("%s: names an owner %t, want %t", tc.reason, got, tc.owned)
			}
		})
	}
}
