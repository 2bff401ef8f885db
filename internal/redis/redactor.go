package redis

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minPlain is the length from which a secret can't be taken for an ordinary word. AWS
// accepts no token that is shorter than 16 characters, but a team may put one down.
const minPlain = 8

// urls with a user or a token, plain and escaped, whoever they belong to.
var urls = regexp.MustCompile(`(?i)\brediss?(?:://[^\s"'@]*@[^\s"']*|%3a%2f%2f[^\s"'&]*)`)

// A Redactor takes secrets out of texts that everybody reads. The zero Redactor knows
// none, and takes out URLs with a token nevertheless.
type Redactor struct{ forms []form }

// A form in which a text may repeat a secret.
type form struct{ of, text string }

// NewRedactor of secrets.
func NewRedactor(secrets ...Secret) Redactor {
	out := make([]form, 0, len(secrets))
	for _, s := range secrets {
		// A line break at the end of a token is not repeated everywhere.
		if text := strings.TrimSpace(s.text); text != "" {
			out = append(out, form{text, text})
		}
	}
	return Redactor{longestFirst(out)}
}

// longestFirst, so that a URL is taken out before the token in it.
func longestFirst(forms []form) []form {
	slices.SortFunc(forms, func(a, b form) int {
		return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.text, b.text))
	})
	return slices.Compact(forms)
}

// Redact a text of our own. A short secret stays: it may be a word of the text.
func (r Redactor) Redact(text string) string {
	return r.redact(text, false)
}

// RedactForeign is Redact for a text of others, such as AWS. A short secret goes too,
// where it stands as a word.
func (r Redactor) RedactForeign(text string) string {
	return r.redact(text, true)
}

func (r Redactor) redact(text string, words bool) string {
	if strings.ContainsAny(text, `%+\`) {
		text, r.forms = upperEscapes(text), escaped(r.forms)
	}
	for _, f := range r.forms {
		if len(f.of) >= minPlain {
			text = strings.ReplaceAll(text, f.text, redacted)
		} else if words {
			text = replaceWord(text, f.text)
		}
	}
	if !strings.ContainsAny(text, ":%") {
		return text
	}
	return urls.ReplaceAllString(text, redacted)
}

// escaped forms beside the plain ones: as in URLs and in JSON, which most texts have no
// sign of.
func escaped(plain []form) []form {
	var out []form
	for _, f := range plain {
		out = append(out, form{f.of, upperEscapes(f.of)})
		for _, e := range escape(f.of) {
			out = append(out, form{f.of, e})
		}
	}
	return longestFirst(out)
}

// escape a text in each way that is usual.
func escape(text string) []string {
	out := []string{url.QueryEscape(text), url.PathEscape(text)}
	if b, err := json.Marshal(text); err == nil {
		out = append(out, string(b[1:len(b)-1]))
	}
	return out
}

var escapes = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// upperEscapes has %2F for %2f, which means the same.
func upperEscapes(s string) string { return escapes.ReplaceAllStringFunc(s, strings.ToUpper) }

// replaceWord wherever no letter or digit stands next to it.
func replaceWord(text, word string) string {
	var out strings.Builder
	for {
		i := strings.Index(text, word)
		if i < 0 {
			return out.String() + text
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		out.WriteString(text[:i])
		if isWord(before) || isWord(after) {
			out.WriteString(word)
		} else {
			out.WriteString(redacted)
		}
		text = text[i+len(word):]
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
