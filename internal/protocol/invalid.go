package protocol

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
)

// inInput is what the paths of the platform's problems begin with.
const inInput = "input"

// Invalid lists every problem of a claim that asks for a new cache, and of the
// platform's Input.
type Invalid struct{ Problems field.ErrorList }

// Error names each problem on a line of its own, with its field, its value and what
// to write instead. The claim's come first, then the platform's.
func (e Invalid) Error() string {
	var claim, platform, environment []string
	for _, p := range e.Problems {
		switch {
		case strings.HasPrefix(p.Field, inInput):
			platform = append(platform, p.Error())
		case strings.HasPrefix(p.Field, v1beta1.EnvironmentConfigKind), strings.HasPrefix(p.Field, "context["):
			environment = append(environment, p.Error())
		default:
			claim = append(claim, p.Error())
		}
	}
	out := listed("The claim has %s, and nothing is changed until %s fixed:", claim)
	out = append(out, listed("The function's input, in the platform's Composition, has %s, and nothing is changed until %s fixed: ask the platform team:", platform)...)
	out = append(out, listed("The environment that the platform gives has %s, and nothing is changed until %s fixed: ask the platform team:", environment)...)
	return strings.Join(out, "\n")
}

// listed problems below a header, which says how many there are.
func listed(header string, problems []string) []string {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		header = fmt.Sprintf(header, "1 problem", "it is")
	default:
		header = fmt.Sprintf(header, fmt.Sprintf("%d problems", len(problems)), "they are")
	}
	return []string{header + "\n  " + strings.Join(problems, "\n  ")}
}
