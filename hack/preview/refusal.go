package preview

import (
	"regexp"
	"strings"
)

var (
	// fatalResult is what every CLI writes before the text of a Fatal result.
	fatalResult = regexp.MustCompile(`(?s)returned a fatal result: (.*)`)

	// howMany problems there are is what the lines themselves show.
	howMany = regexp.MustCompile(`^\d+ problems?[^:]*: `)

	// aField begins each problem.
	aField = regexp.MustCompile(`^[\w.\[\]"-]+: `)
)

// refusal of the function in what a CLI wrote, with a line for each problem, nil if
// there is none.
func refusal(stderr string) error {
	text := fatalResult.FindStringSubmatch(stderr)
	if text == nil {
		return nil
	}
	var problems []string
	for part := range strings.SplitSeq(howMany.ReplaceAllString(strings.TrimSpace(text[1]), ""), "; ") {
		if len(problems) > 0 && !aField.MatchString(part) {
			problems[len(problems)-1] += "; " + part // A sentence of the same problem.
			continue
		}
		problems = append(problems, part)
	}
	return refused("the function refuses this", problems)
}
