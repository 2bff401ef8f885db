package preview

import (
	"errors"
	"regexp"
	"strings"
)

// fatalResult is what every CLI writes before the text of a Fatal result.
var fatalResult = regexp.MustCompile(`(?s)returned a fatal result: (.*)`)

// refusal of the function in what a CLI wrote, nil if there is none. The CLI indents the
// lines of a text, of which each that ends in a colon begins a list.
func refusal(stderr string) error {
	text := fatalResult.FindStringSubmatch(stderr)
	if text == nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(strings.TrimSpace(text[1])) {
		line = strings.TrimSpace(line)
		if len(out) > 0 && !strings.HasSuffix(line, ":") {
			line = "  " + line
		}
		out = append(out, line)
	}
	return errors.New(strings.Join(out, "\n"))
}
