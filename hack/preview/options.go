package preview

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Usage of hack/render.
const Usage = `usage: hack/render FILE [OPTION]...

Shows what a Redis claim or an XRedis would create. It builds the function and
Crossplane's own renderer, which takes a minute or two the first time, and then
renders without a cluster, a container engine or a network.

FILE is a claim (kind Redis) or a composite (kind XRedis). The API group says which
flavour a composite is: with the label m, as in m.platform.example.org, it is
namespaced. FILE is validated as the API server would, with the XRD of the flavour.
Other documents in it, such as a Secret, are what the function may look up.

  -o, --observed-resources FILE  what exists already, as "kubectl get -o yaml"
                                 shows it; a Secret that no Composition made is
                                 taken as connection details. The preview then ends
                                 with the plan: what changes, from what to what
      --existing FILE            what AWS has, as the AWS CLI prints it, one answer
                                 after the other; "-" is the standard input. The
                                 preview ends with what taking over the cache of
                                 spec.existing would change; docs/cli.md
                                 has the commands
  -e, --required-resources FILE  what the function may look up: a team's own
                                 token Secret; an EnvironmentConfig; connection
                                 Secrets (with --cli 2.5)
      --composition FILE         the Composition, or a folder of them, of which FILE
                                 chooses one; by default composition.yaml or
                                 compositions/ beside FILE, or else the one in
                                 configuration/
      --functions FILE           where other functions of that Composition run
      --xrd FILE                 the XRD, if it is your own: it says which flavour a
                                 composite is, and what is valid; by default the one
                                 in configuration/
      --cli VERSION              render with a whole Crossplane CLI: 2.5, 2.2, 1.20
                                 or 1.16, which takes minutes to build; by default
                                 with the render command of 2.2 alone
  -h, --help                     this text

All other options go to the CLI as they are. The most useful:

  -r, --include-function-results
  -x, --include-full-xr
  -c, --include-context
      --context-values KEY=VALUE what an earlier step would find:
                                 apiextensions.crossplane.io/environment={...}

What is built is kept in ~/.cache/function-xredis (FUNCTION_XREDIS_CACHE names
another folder); it can be deleted at any time.
`

// Options of a preview.
type Options struct {
	Help        bool
	File        string
	CLI         string
	Composition string
	Functions   string
	XRD         string
	Observed    []string
	Existing    []string
	Required    []string
	Rest        []string // For the CLI, as they are.
}

// switches are the CLI's options without a value. Any other takes one, which
// must not be mistaken for the file to render.
var switches = []string{"--include-context", "--include-full-xr", "--include-function-results", "--verbose"}

// Parse the arguments of hack/render.
func Parse(args []string) (Options, error) {
	o := Options{CLI: DefaultCLI}
	for len(args) > 0 {
		rest, err := o.parse(args)
		if err != nil {
			return Options{}, err
		}
		args = rest
	}
	if len(o.Existing) > 0 && len(o.Observed) > 0 {
		return Options{}, errors.New("--existing is for a cache that no claim has yet, and -o for one that a claim has: use one of them")
	}
	if o.File == "" && !o.Help {
		return Options{}, errors.New("which file? Name a claim or an XRedis, such as example/minimal/claim.yaml; --help tells more")
	}
	return o, nil
}

// parse the first argument, and its value, and return what is left.
func (o *Options) parse(args []string) ([]string, error) {
	arg, args := args[0], args[1:]
	if !strings.HasPrefix(arg, "-") {
		if o.File != "" {
			return nil, fmt.Errorf("one file at a time: %s, or %s?", o.File, arg)
		}
		o.File = arg
		return args, nil
	}
	if arg == "-h" || arg == "--help" {
		o.Help = true
		return args, nil
	}
	if isSwitch(arg) {
		o.Rest = append(o.Rest, arg)
		return args, nil
	}
	name, value, found := cutValue(arg)
	if !found {
		if len(args) == 0 {
			return nil, fmt.Errorf("%s needs a value, or is no option at all; --help tells more", arg)
		}
		value, args = args[0], args[1:]
	}
	o.set(name, value)
	return args, nil
}

func (o *Options) set(name, value string) {
	switch name {
	case "--cli":
		o.CLI = value
	case "--composition":
		o.Composition = value
	case "--functions":
		o.Functions = value
	case "--xrd":
		o.XRD = value
	case "-o", "--observed-resources":
		o.Observed = append(o.Observed, value)
	case "--existing":
		o.Existing = append(o.Existing, value)
	case "-e", "--required-resources", "--extra-resources":
		o.Required = append(o.Required, value)
	default:
		o.Rest = append(o.Rest, name, value)
	}
}

// isSwitch also for several in one, such as -rx.
func isSwitch(arg string) bool {
	if strings.HasPrefix(arg, "--") {
		return slices.Contains(switches, arg)
	}
	return strings.Trim(arg[1:], "rxc") == ""
}

// cutValue of --name=value and -nvalue.
func cutValue(arg string) (name, value string, found bool) {
	if strings.HasPrefix(arg, "--") {
		return strings.Cut(arg, "=")
	}
	if len(arg) > 2 {
		return arg[:2], strings.TrimPrefix(arg[2:], "="), true
	}
	return arg, "", false
}
