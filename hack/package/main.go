// Command package builds all packages of this repository, with the Crossplane CLI
// and without a container engine.
//
// The function's package has its runtime image inside, one file for each
// architecture. The two Configurations bring the API, one with claims and one
// without, and depend on the function. A platform team rebuilds them under an API
// group of its own:
//
//	go run ./hack/package --group platform.acme.io
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

const usage = `Builds the packages of this repository: function-<arch>.xpkg,
configuration-claims.xpkg and configuration-namespaced.xpkg.

  go run ./hack/package [-o DIRECTORY] [--arch amd64,arm64] [--version vX.Y.Z]
                        [--function REGISTRY/ORGANISATION/NAME]
                        [--provider-registry REGISTRY/ORGANISATION]
  go run ./hack/package --group GROUP [-o DIRECTORY] ...
  go run ./hack/package --compositions DIRECTORY --default NAME [--enforce NAME] ...

With --group it builds only the Configurations, and publishes their API under your
own group: with --group platform.acme.io claims are in platform.acme.io, and the
namespaced API is in m.platform.acme.io. One cluster can have both.

With --compositions the Configurations have the Compositions of a directory, such as
example/platform/compositions, in place of their own. Each is written for the API with
claims, and has a name that ends in the group of that API. Both Configurations have it, each
with the group of its own API. --default names the one of claims that choose none, and
--enforce the one that all have, whatever they choose: both without the group.

With --provider-registry the Configurations depend on the providers of another registry,
such as xpkg.crossplane.io/crossplane-contrib, where the community's builds are. Name
the one that the cluster's providers come from: the same provider from two registries is
two packages that claim the same CRDs.

Beside each Configuration it writes deletion-protection-<flavour>.yaml, which refuses to
delete what has deletionProtection. A package can't hold it: kubectl apply -f FILE.

What it prints are the files it made. Push each package with

  crossplane xpkg push -f FILE REGISTRY/ORGANISATION/NAME:vX.Y.Z

where the architectures of the function go together: -f function-amd64.xpkg,function-arm64.xpkg.

`

// buildFlags make equal sources give equal binaries. The Dockerfile has the same.
var buildFlags = []string{"-trimpath", "-buildvcs=false", "-ldflags", "-s -w"}

// options of the command line.
type options struct {
	edits

	output string
	archs  []string
}

// check what Crossplane or Go would refuse later, or take for something else.
func (o options) check() error {
	if slices.Contains(o.archs, "") {
		return errors.New("--arch has an empty item: use a list such as amd64,arm64")
	}
	return o.edits.check()
}

func main() {
	o := parse(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	files, err := build(ctx, o, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
	for _, f := range files {
		fmt.Println(f)
	}
}

// parse the command line, or exit where it is wrong.
func parse(args []string) options {
	o := options{}
	flags := flag.NewFlagSet("package", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.output, "o", "_output", "the `directory` to write the packages to")
	archs := flags.String("arch", "amd64,arm64", "the `architectures` to build the function for")
	flags.StringVar(&o.group, "group", "", "build only the Configurations, with their API in this `group`")
	flags.StringVar(&o.function, "function", "", "the function's own `package`, which the Configurations depend on, without a version")
	flags.StringVar(&o.providers, "provider-registry", "", "the `registry` and organisation of the providers that the Configurations depend on")
	flags.StringVar(&o.compositions, "compositions", "", "the `directory` with Compositions in place of the Configurations' own")
	flags.StringVar(&o.standard, "default", "", "the `name` of the Composition of claims that choose none")
	flags.StringVar(&o.enforced, "enforce", "", "the `name` of the Composition that all claims have")
	flags.StringVar(&o.version, "version", "", "the `version` that is built: a label of the function's image, and the oldest that the Configurations accept")
	_ = flags.Parse(args) // It exits by itself.
	if flags.NArg() > 0 {
		flags.Usage()
		os.Exit(2)
	}
	o.archs = strings.Split(*archs, ",")
	return o
}

// build all packages that are asked for, and return their files.
func build(ctx context.Context, o options, progress io.Writer) ([]string, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	b, err := newBuilder(ctx, o, progress)
	if err != nil {
		return nil, err
	}
	defer b.clean()
	configurations, err := b.configurations(ctx)
	if err != nil || o.group != "" {
		return configurations, err
	}
	functions, err := b.functions(ctx)
	return append(functions, configurations...), err
}

// A builder of packages.
type builder struct {
	options

	root     string    // The repository.
	tmp      string    // A directory for what lies between.
	progress io.Writer // Takes what is not a result.

	crossplane string // The binary of the Crossplane CLI.
	image      string // The binary of hack/tools/image.
}

// newBuilder with all that it works with.
func newBuilder(ctx context.Context, o options, progress io.Writer) (*builder, error) {
	b := &builder{options: o, progress: progress}
	var err error
	if b.root, err = root(ctx); err != nil {
		return nil, err
	}
	tools, err := toolchain.New(b.root, progress)
	if err != nil {
		return nil, err
	}
	if b.crossplane, err = tools.Tool(ctx, toolchain.Crossplane22); err != nil {
		return nil, err
	}
	if b.image, err = tools.Tool(ctx, toolchain.Image); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.output, 0o755); err != nil {
		return nil, err
	}
	b.tmp, err = os.MkdirTemp("", "function-xredis-package-")
	return b, err
}

// clean up, as far as the system lets us. It does the rest itself.
func (b *builder) clean() {
	_ = os.RemoveAll(b.tmp)
}

// root of the repository that the working directory is in.
func root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// functions of each architecture.
func (b *builder) functions(ctx context.Context) ([]string, error) {
	var out []string
	for _, arch := range b.archs {
		file, err := b.function(ctx, arch)
		if err != nil {
			return nil, fmt.Errorf("cannot build the function for %q: %w", arch, err)
		}
		out = append(out, file)
	}
	return out, nil
}

func (b *builder) function(ctx context.Context, arch string) (string, error) {
	fmt.Fprintf(b.progress, "Building the function for %s.\n", arch)
	binary := filepath.Join(b.tmp, "function-"+arch)
	compile := b.command(ctx, "go", append(append([]string{"build"}, buildFlags...), "-o", binary, ".")...)
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if err := compile.Run(); err != nil {
		return "", fmt.Errorf("go build: %w", err)
	}
	runtime := filepath.Join(b.tmp, "runtime-"+arch+".tar")
	image := b.command(ctx, b.image, "--binary", binary, "--arch", arch, "--version", b.version, "--output", runtime)
	if err := image.Run(); err != nil {
		return "", fmt.Errorf("runtime image: %w", err)
	}
	return b.xpkg(ctx, "function-"+arch+".xpkg", filepath.Join(b.root, "package"), "--embed-runtime-image-tarball="+runtime)
}

// configurations of both flavours, edited.
func (b *builder) configurations(ctx context.Context) ([]string, error) {
	var out []string
	for _, flavour := range []string{"claims", "namespaced"} {
		name := "configuration-" + flavour
		dir := filepath.Join(b.tmp, name)
		if err := b.copy(filepath.Join(b.root, "configuration", flavour), dir); err != nil {
			return nil, fmt.Errorf("cannot build the %s configuration: %w", flavour, err)
		}
		file, err := b.xpkg(ctx, name+".xpkg", dir)
		if err != nil {
			return nil, fmt.Errorf("cannot build the %s configuration: %w", flavour, err)
		}
		policy, err := b.policy(flavour)
		if err != nil {
			return nil, err
		}
		out = append(out, file, policy)
	}
	return out, nil
}

// policy that refuses to delete what is protected, edited.
func (b *builder) policy(flavour string) (string, error) {
	name := "deletion-protection-" + flavour + ".yaml"
	policy, err := os.ReadFile(filepath.Join(b.root, "configuration", name))
	if err != nil {
		return "", err
	}
	// The group of the namespaced flavour ends in that of claims, the edited one too.
	edited := strings.ReplaceAll(string(policy), v1alpha1.Group, cmp.Or(b.group, v1alpha1.Group))
	file := filepath.Join(b.output, name)
	return file, os.WriteFile(file, []byte(edited), 0o644)
}

// xpkg makes a package of a directory.
func (b *builder) xpkg(ctx context.Context, name, dir string, args ...string) (string, error) {
	// The command runs in the repository, the caller perhaps elsewhere.
	file, err := filepath.Abs(filepath.Join(b.output, name))
	if err != nil {
		return "", err
	}
	args = append([]string{"xpkg", "build", "--package-root=" + dir, "--package-file=" + file}, args...)
	if err := b.command(ctx, b.crossplane, args...).Run(); err != nil {
		return "", fmt.Errorf("crossplane xpkg build: %w", err)
	}
	return filepath.Join(b.output, name), nil
}

// command in the repository. What it says is progress: the output is for the files.
func (b *builder) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.root, b.progress, b.progress
	return cmd
}
