package redis

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestURL(t *testing.T) {
	cases := map[string]struct {
		reason string
		tls    bool
		token  string
		want   string
	}{
		"Plain":     {reason: "Without TLS and token the URL is the module's.", want: "redis://host.example:6379"},
		"TLS":       {reason: "With TLS the scheme is rediss.", tls: true, want: "rediss://host.example:6379"},
		"Token":     {reason: "The token is the password of no user.", tls: true, token: "abcdefghijklmnop", want: "rediss://:abcdefghijklmnop@host.example:6379"},
		"Delimiter": {reason: "What would end a part of the URL is encoded.", tls: true, token: "!&#$^<>-0123456789aZ", want: "rediss://:%21%26%23%24%5E%3C%3E-0123456789aZ@host.example:6379"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := URL("host.example", 6379, tc.tls, NewSecret(tc.token)).Reveal()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			u, err := url.Parse(got)
			if err != nil {
				t.Fatal(err)
			}
			if password, _ := u.User.Password(); password != tc.token {
				t.Errorf("%s: a client reads the token %q", tc.reason, password)
			}
		})
	}
}

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
func TestSecretNeverPrints(t *testing.T) {
	s := NewSecret("swordfish")
	type holder struct {
		S Secret
		P *Secret
	}
	h := holder{S: s, P: &s}
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{string(encoded), s.String(), fmt.Sprint(s), fmt.Sprint(&s)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed = append(printed, fmt.Sprintf(verb, s), fmt.Sprintf(verb, h), fmt.Sprintf(verb, []Secret{s}), fmt.Sprintf(verb, map[string]Secret{"k": s}))
	}
	for _, p := range printed {
		if strings.Contains(p, "swordfish") || strings.Contains(p, fmt.Sprintf("%x", "swordfish")) {
			t.Errorf("a secret prints as %q", p)
		}
	}
}
