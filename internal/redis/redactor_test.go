package redis

import (
	"net/url"
	"testing"
)

func TestRedactor(t *testing.T) {
	const token = "Tok3n&of#the$team<1>"
	secrets := []Secret{NewSecret(token), NewSecret("rediss://:" + url.QueryEscape(token) + "@host:6379"), NewSecret("redis://plain:6379"), NewSecret("short"), NewSecret(" \n")}
	cases := map[string]struct {
		reason       string
		text         string
		own, foreign string
	}{
		"Plain":      {reason: "The token as it is.", text: "invalid token " + token + ", try another", own: "invalid token [redacted], try another"},
		"Query":      {reason: "Escaped as in a query.", text: "AuthToken=" + url.QueryEscape(token) + "&Engine=redis", own: "AuthToken=[redacted]&Engine=redis"},
		"Path":       {reason: "Escaped as in a path.", text: "GET /" + url.PathEscape(token) + "/x", own: "GET /[redacted]/x"},
		"AllLower":   {reason: "All of them in lower case.", text: "t=Tok3n%26of%23the%24team%3c1%3e.", own: "t=[redacted]."},
		"AnyCase":    {reason: "%3c and %3C mean the same.", text: "t=Tok3n%26of%23the%24team%3c1%3E, a%2fb", own: "t=[redacted], a%2Fb"},
		"JSON":       {reason: "Escaped as in JSON.", text: `{"token":"Tok3n\u0026of#the$team\u003c1\u003e"}`, own: `{"token":"[redacted]"}`},
		"URL":        {reason: "The URL goes as a whole.", text: "cannot reach rediss://:" + url.QueryEscape(token) + "@host:6379: timeout", own: "cannot reach [redacted]: timeout"},
		"PlainURL":   {reason: "So does a URL without a token.", text: "value redis://plain:6379 is odd", own: "value [redacted] is odd"},
		"AnotherURL": {reason: "A URL that nobody knows, but that has a token.", text: "was REDISS://u:p@elsewhere:6379/0 before", own: "was [redacted] before"},
		"EscapedURL": {reason: "The same, escaped.", text: "url=rediss%3A%2F%2F%3Ax%40elsewhere&a=b", own: "url=[redacted]&a=b"},
		"Scheme":     {reason: "A scheme is no URL.", text: "REDIS_URL begins with rediss://. Restart.", own: "REDIS_URL begins with rediss://. Restart."},
		"Short":      {reason: "A short secret may be a word of ours.", text: "in short: the short, not shortly", own: "in short: the short, not shortly", foreign: "in [redacted]: the [redacted], not shortly"},
		"Nothing":    {reason: "What is not secret stays.", text: "no secret here", own: "no secret here"},
	}
	r := NewRedactor(secrets...)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := r.Redact(tc.text); got != tc.own {
				t.Errorf("%s: own text: %q, want %q", tc.reason, got, tc.own)
			}
			want := tc.foreign
			if want == "" {
				want = tc.own
			}
			if got := r.RedactForeign(tc.text); got != want {
				t.Errorf("%s: foreign text: %q, want %q", tc.reason, got, want)
			}
		})
	}
}
