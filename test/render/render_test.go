// Package render renders every example with a Crossplane CLI, and compares what comes out
// with what the function is expected to answer:
//
//	go test ./test/render              # the CLI of hack/render
//	go test ./test/render -cli=1.20    # another; the first run builds it, which takes minutes
package render

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

var version = flag.String("cli", preview.DefaultCLI, "the `version` of the Crossplane CLI to render with, as hack/render takes it")

// A renderer is what a CLI leaves out of what Crossplane itself does.
type renderer struct {
	// noConditions: the CLI does not show the conditions that functions set.
	noConditions bool

	// noLookups: the CLI does not advertise that it looks up what a function
	// requires, as Crossplane of that version does not. A claim with a token of the
	// team's own is refused then.
	noLookups bool

	// noConnectionDetails: the CLI does not show functions any connection details.
	noConnectionDetails bool
}

var renderers = map[string]renderer{
	preview.DefaultCLI: {noConnectionDetails: true},
	"2.5":              {},
	"2.2":              {noConnectionDetails: true},
	"1.20":             {noLookups: true, noConnectionDetails: true},
	"1.16":             {noConditions: true, noLookups: true, noConnectionDetails: true},
}

// TestExamples renders every stage of every case, to the same result.
func TestExamples(t *testing.T) {
	root, r := checkout(t), renderers[*version]
	cli, address := start(t, root)
	for _, s := range stages(t, root) {
		t.Run(s.name, func(t *testing.T) {
			in := s.load(t, root, *version)
			if r.noConnectionDetails && s.needsConnectionDetails(t, in.XR) {
				t.Skip("this CLI shows functions no connection details, and this stage is about them")
			}
			var stdout, stderr bytes.Buffer
			err := cli.Render(t.Context(), in, address, &stdout, &stderr)
			r.compare(t, s, stdout.Bytes(), stderr.String(), err)
		})
	}
}

// TestStandardRoad renders the files that are in example/ itself, as they stand, with the
// command that people type. Only the port differs, which another test may use. Without
// its namespace the composite would be of the other flavour, which must not go unsaid.
func TestStandardRoad(t *testing.T) {
	root := checkout(t)
	cli, address := start(t, root)
	example := func(name string) string { return string(readIfThere(t, filepath.Join(root, "example", name))) }
	functions := saved(t, "functions.yaml", strings.Replace(example("functions.yaml"),
		"annotations:\n", "annotations:\n    render.crossplane.io/runtime-development-target: "+address+"\n", 1))
	render := func(xr string) (string, string, error) {
		var stdout, stderr bytes.Buffer
		cmd := cli.Command(t.Context(), xr, "example/composition.yaml", functions)
		cmd.Dir, cmd.Stdout, cmd.Stderr = root, &stdout, &stderr
		err := cmd.Run()
		return stdout.String(), stderr.String(), err
	}
	stdout, stderr, err := render("example/xr.yaml")
	same := stage{name: "minimal/namespaced/nothing-yet", file: filepath.Join(root, "example", "xr.yaml")}
	same.dir = filepath.Join(root, "example", same.name)
	renderers[*version].compare(t, same, []byte(stdout), stderr, err)

	_, stderr, err = render(saved(t, "xr.yaml", strings.Replace(example("xr.yaml"), "  namespace: team-booking\n", "", 1)))
	if want := "metadata.namespace: Required value"; err == nil || !strings.Contains(stderr, want) {
		t.Errorf("without a namespace: want an error that contains %q, got %v:\n%s", want, err, stderr)
	}
}

func saved(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRenderAlone compares the render command alone, which hack/render uses, with the
// CLI that it is taken from: they print the same for every example, byte by byte.
func TestRenderAlone(t *testing.T) {
	if *version != "2.2" {
		t.Skip("it is taken from the CLI v2.2: -cli=2.2")
	}
	root := checkout(t)
	cli, address := start(t, root)
	alone, _ := built(t, root, preview.DefaultCLI)
	for _, s := range stages(t, root) {
		t.Run(s.name, func(t *testing.T) {
			want := output(t, cli, s.load(t, root, *version), address)
			got := output(t, alone, s.load(t, root, preview.DefaultCLI), address)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-CLI, +render command alone:\n%s", diff)
			}
		})
	}
}

// output of a CLI, to both streams.
func output(t *testing.T, cli *preview.CLI, in preview.Input, address string) string {
	t.Helper()
	var out bytes.Buffer
	err := cli.Render(t.Context(), in, address, &out, &out)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Sprintf("%sexit code %d", out.String(), exit.ExitCode())
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func (r renderer) compare(t *testing.T, s stage, stdout []byte, stderr string, err error) {
	t.Helper()
	if r.noLookups && s.asksForLookup(t) {
		r.compareWithoutLookup(t, stderr+string(stdout), err)
		return
	}
	if err != nil {
		t.Fatalf("%v:\n%s", err, stderr)
	}
	want := normal(t, s.read(t, "output.yaml"))
	got := normal(t, stdout)
	forgetNames(want, got)
	if r.noConditions {
		forgetConditions(want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-expected, +rendered:\n%s", diff)
	}
}

// compareWithoutLookup what is said where the function can't look the token up: it makes
// no cache, and one that runs keeps what it has, which a condition says.
func (r renderer) compareWithoutLookup(t *testing.T, said string, err error) {
	t.Helper()
	if err == nil && r.noConditions {
		return
	}
	if want := "spec.authTokenSecretRef: "; !strings.Contains(said, want) {
		t.Errorf("want %q to be refused, got %v:\n%s", want, err, said)
	}
}

// start the function, and build the CLI unless that was done before.
func start(t *testing.T, root string) (*preview.CLI, string) {
	t.Helper()
	cli, binary := built(t, root, *version)
	fn, err := preview.Start(t.Context(), binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fn.Stop)
	return cli, fn.Address
}

// built returns the CLI of a version and the binary of the function, and builds
// what is not there. What it builds it tells where go test -v shows it.
func built(t *testing.T, root, version string) (*preview.CLI, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("this may build a CLI, which takes minutes")
	}
	tools, err := toolchain.New(root, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := tools.Function(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cli, err := preview.Install(t.Context(), tools, version)
	if err != nil {
		t.Fatal(err)
	}
	return cli, binary
}

// checkout that this test is of.
func checkout(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// readIfThere returns nothing for a file that is not there.
func readIfThere(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}
