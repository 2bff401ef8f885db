package status

import (
	"regexp"
	"strings"
	"unicode"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// maxMessage is the longest text of a condition or result.
const maxMessage = 4096

// Parts of a provider's text that differ from one attempt to the next. A condition with
// them would never come to rest.
const (
	uuidText = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`
	dateText = `\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z| ?[+-]\d{2}:?\d{2})?(?: [A-Z]{3,4})?(?: m=[+-][\d.]+)?`
	hostText = `(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+(?:%\w+)?\]):\d+`
)

// unstable parts, and what stands for them.
var unstable = []struct { //nolint:gochecknoglobals // A constant table.
	part *regexp.Regexp
	in   string
}{
	// RequestID: 1b2c-3d, RequestID: , request_id=1b2c, request id: "1B2C".
	{regexp.MustCompile(`(?i),?\s*\b(?:request|host)[ _-]?id\b\s*[:=]\s*(?:"[^"]*"|[\w+/=-]*\d[\w+/=-]*)?`), ""},
	// As of an error in the form of Go's net package: read tcp 10.0.0.1:41234->10.0.0.2:443.
	{regexp.MustCompile(`(?: on)? ?` + hostText + `(?:->` + hostText + `)?`), ""},
	// 2026-01-01T00:00:00Z, 2026-01-01 00:00:00.5 +0000 UTC, and 20260101T000000Z of a signature.
	{regexp.MustCompile(dateText + `|\b\d{8}T\d{6}Z\b`), "(time)"},
	// The name of a session, which the provider makes of the time.
	{regexp.MustCompile(`(:assumed-role/[^/\s]+)/[^\s"',]+`), "$1"},
	// The id of a key is part of its ARN, and stays.
	{regexp.MustCompile(`(^|[^/0-9A-Za-z-])` + uuidText + `\b`), "$1(id)"},
}

// values of arguments that hold a token or a URL, which the provider repeats when it
// refuses a change.
var values = regexp.MustCompile(`(argument "(?:auth_token|value\w*)" from )"(?:[^"\\]|\\.)*" to "(?:[^"\\]|\\.)*"`)

// clean the provider's message: the same from attempt to attempt, and no secret in it,
// whether known or not.
func clean(message string, p plan.Plan) string {
	message = values.ReplaceAllString(p.Secrets.RedactForeign(message), `$1"" to ""`)
	for _, u := range unstable {
		message = u.part.ReplaceAllString(message, u.in)
	}
	return strings.TrimRight(strings.Join(strings.Fields(message), " "), ". ")
}

// redact everything that the response tells people, whoever wrote it, and shorten it to
// what a condition can well hold. What is cut first may be half a secret, so that comes
// last.
func redact(rsp *fnv1.RunFunctionResponse, secrets redis.Redactor) {
	protocol.RewriteMessages(rsp, func(message string) string { return shorten(secrets.Redact(message)) })
}

// shorten a text, and leave out what a terminal would obey.
func shorten(message string) string {
	message = Printable(strings.ToValidUTF8(message, "?"))
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}

// Printable is a text with spaces for control characters, which a terminal would obey.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, text)
}
