package redis

import (
	"net/url"
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

// TestURLUsesTLS: while a cache accepts both, the URL is the one that it accepts
// afterwards, too.
func TestURLUsesTLS(t *testing.T) {
	cases := map[string]struct {
		reported, asked, target TLS
		want                    bool
	}{
		"Off":               {TLSDisabled, TLSPreferred, TLSRequired, false},
		"On":                {TLSRequired, TLSRequired, TLSDisabled, true},
		"Resting":           {TLSPreferred, TLSPreferred, TLSPreferred, true},
		"GoingUp":           {TLSPreferred, TLSPreferred, TLSRequired, true},
		"GoingDown":         {TLSPreferred, TLSPreferred, TLSDisabled, false},
		"Turned, too late":  {TLSPreferred, TLSRequired, TLSDisabled, true},
		"Turned, and again": {TLSPreferred, TLSDisabled, TLSRequired, false},
	}
	for name, tc := range cases {
		if got := urlUsesTLS(tc.reported, tc.asked, tc.target); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}
