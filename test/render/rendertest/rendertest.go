// Package rendertest renders every example with a Crossplane CLI, and compares
// what comes out with what the function is expected to answer. There is one test
// package for each CLI, because each may have to be built first, and go test
// gives a package ten minutes.
package rendertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// A Renderer is a CLI, and what it leaves out of what Crossplane itself does.
type Renderer struct {
	// Version as hack/render --cli takes it.
	Version string

	// NoConditions: the CLI does not show the conditions that functions set.
	NoConditions bool

	// NoLookups: the CLI does not advertise that it looks up what a function
	// requires, as Crossplane of that version does not. A claim with a token of the
	// team's own is refused then.
	NoLookups bool

	// NoConnectionDetails: the CLI does not show functions any connection details.
	NoConnectionDetails bool
}

// reserve is what is left of a package's time when a build is given up, so that
// the test can still say so.
const reserve = 30 * time.Second

// Examples renders every stage of every example, to the same result.
func (r Renderer) Examples(t *testing.T) {
	t.Helper()
	root := Root(t)
	cli, address := r.start(t, root)
	for _, s := range stages(t, root) {
		t.Run(s.name, func(t *testing.T) {
			in := s.load(t, root, r.Version)
			if r.NoConnectionDetails && s.needsConnectionDetails(t, in.XR) {
				t.Skip("this CLI shows functions no connection details, and this stage is about them")
			}
			var stdout, stderr bytes.Buffer
			err := cli.Render(t.Context(), in, address, &stdout, &stderr)
			r.compare(t, s, stdout.Bytes(), stderr.String(), err)
		})
	}
}

// StandardRoad renders the files that are in example/ itself, as they stand, with the
// command that people type. Only the port differs, which another test may use. Without
// its namespace the composite would be of the other flavour, which must not go unsaid.
func (r Renderer) StandardRoad(t *testing.T) {
	t.Helper()
	root := Root(t)
	cli, address := r.start(t, root)
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
	same := stage{name: "minimal/namespaced/1-nothing-yet", file: filepath.Join(root, "example", "xr.yaml")}
	same.dir = filepath.Join(root, "example", same.name)
	r.compare(t, same, []byte(stdout), stderr, err)

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

// Same checks that another renderer gives the same for every example, byte by byte.
func (r Renderer) Same(t *testing.T, other string) {
	t.Helper()
	root := Root(t)
	cli, address := r.start(t, root)
	alone, _ := Built(t, root, other)
	for _, s := range stages(t, root) {
		t.Run(s.name, func(t *testing.T) {
			want := output(t, cli, s.load(t, root, r.Version), address)
			got := output(t, alone, s.load(t, root, other), address)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-%s, +%s:\n%s", r.Version, other, diff)
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

func (r Renderer) compare(t *testing.T, s stage, stdout []byte, stderr string, err error) {
	t.Helper()
	if r.NoLookups && s.asksForLookup(t) {
		r.compareWithoutLookup(t, stderr+string(stdout), err)
		return
	}
	if refusal := words(string(s.read(t, "error.txt"))); refusal != "" {
		if err == nil || !strings.Contains(words(stderr), refusal) {
			t.Errorf("want an error that contains\n%s\ngot %v:\n%s", refusal, err, stderr)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v:\n%s", err, stderr)
	}
	want := normal(t, s.read(t, "output.yaml"))
	got := normal(t, stdout)
	forgetNames(want, got)
	if r.NoConditions {
		forgetConditions(want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-expected, +rendered:\n%s", diff)
	}
}

// words of a text: the CLI indents its lines.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// compareWithoutLookup what is said where the function can't look the token up: it makes
// no cache, and one that runs keeps what it has, which a condition says.
func (r Renderer) compareWithoutLookup(t *testing.T, said string, err error) {
	t.Helper()
	if err == nil && r.NoConditions {
		return
	}
	if want := "spec.authTokenSecretRef: "; !strings.Contains(said, want) {
		t.Errorf("want %q to be refused, got %v:\n%s", want, err, said)
	}
}

// start the function, and build the CLI unless that was done before.
func (r Renderer) start(t *testing.T, root string) (*preview.CLI, string) {
	t.Helper()
	cli, binary := Built(t, root, r.Version)
	fn, err := preview.Start(t.Context(), binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fn.Stop)
	return cli, fn.Address
}

// Built returns the CLI of a version and the binary of the function, and builds
// what is not there. What it builds it tells where go test -v shows it.
//
// On a slow machine that may take longer than go test gives. Then the test is
// skipped: what was compiled is kept, so that a second run succeeds. Where no
// person would start one, it fails.
func Built(t *testing.T, root, version string) (*preview.CLI, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("this may build a CLI, which takes minutes")
	}
	ctx, cancel := Building(t)
	defer cancel()
	cli, binary, err := build(ctx, root, version)
	CheckBuilt(ctx, t, err)
	return cli, binary
}

// CheckBuilt fails a test whose build failed. One for which a slow machine had not
// enough time is skipped, and says what to do: what was compiled is kept. Where no
// person would run it again, it fails.
func CheckBuilt(ctx context.Context, t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && os.Getenv("CI") == "" {
		t.Skipf("this machine needs more time than go test gives: run it again, or with -timeout=30m: %v", err)
	}
	t.Fatal(err)
}

func build(ctx context.Context, root, version string) (*preview.CLI, string, error) {
	tools, err := toolchain.New(root, os.Stderr)
	if err != nil {
		return nil, "", err
	}
	binary, err := tools.Function(ctx)
	if err != nil {
		return nil, "", err
	}
	cli, err := preview.Install(ctx, tools, version)
	return cli, binary, err
}

// Building may take all of the time that go test gives, less what it takes to
// say that it was not enough.
func Building(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	deadline, ok := t.Deadline()
	if !ok {
		return context.WithCancel(t.Context())
	}
	return context.WithDeadline(t.Context(), deadline.Add(-reserve))
}

// Root of the checkout.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("this test is not run in a checkout")
		}
		dir = filepath.Dir(dir)
	}
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
