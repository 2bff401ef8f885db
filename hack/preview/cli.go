package preview

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// A release of the Crossplane CLI, and what its render needs.
type release struct {
	version  string // As --cli takes it.
	tool     toolchain.Tool
	command  []string
	function string          // The apiVersion of Functions that it reads.
	engine   *toolchain.Tool // What renders for it, if it does not do so itself.
	xrd      bool            // Takes a composite of the claims flavour for a namespaced one without its XRD.
}

// DefaultCLI is the render command of the CLI v2.2 without the rest of that CLI: the same
// output, from a program that is built in half the time.
const DefaultCLI = ""

var releases = []release{
	{version: DefaultCLI, tool: toolchain.Render, command: []string{"render"}, function: "pkg.crossplane.io/v1"},
	{version: "2.2", tool: toolchain.Crossplane22, command: []string{"render"}, function: "pkg.crossplane.io/v1"},
	{version: "2.5", tool: toolchain.Crossplane25, command: []string{"composition", "render"}, function: "pkg.crossplane.io/v1", engine: &toolchain.CrossplaneCore, xrd: true},
	{version: "1.20", tool: toolchain.Crossplane120, command: []string{"render"}, function: "pkg.crossplane.io/v1"},
	{version: "1.16", tool: toolchain.Crossplane116, command: []string{"beta", "render"}, function: "pkg.crossplane.io/v1beta1"},
}

// A CLI that is ready to run.
type CLI struct {
	release

	binary string
	engine string
}

// Install the CLI of a version: build it, unless that was done before.
func Install(ctx context.Context, tools *toolchain.Toolchain, version string) (*CLI, error) {
	r, err := find(version)
	if err != nil {
		return nil, err
	}
	cli := &CLI{release: r}
	if cli.binary, err = tools.Tool(ctx, r.tool); err != nil {
		return nil, err
	}
	if r.engine == nil {
		return cli, nil
	}
	cli.engine, err = tools.Tool(ctx, *r.engine)
	return cli, err
}

func find(version string) (release, error) {
	var known []string
	for _, r := range releases {
		if r.version == version {
			return r, nil
		}
		if r.version != DefaultCLI {
			known = append(known, r.version)
		}
	}
	return release{}, fmt.Errorf("--cli %s: this repository has the Crossplane CLI in versions %s", version, strings.Join(known, ", "))
}

// Render with the function at an address. An error of the CLI's own, which it
// has told on stderr, is an *exec.ExitError.
func (c *CLI) Render(ctx context.Context, in Input, address string, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "xredis-preview-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // It is the system's temporary folder.
	args, err := c.arguments(in, address, dir)
	if err != nil {
		return err
	}
	cmd := c.Command(ctx, args...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd.Run()
}

// Command of the CLI that renders, as people type it.
func (c *CLI) Command(ctx context.Context, args ...string) *exec.Cmd {
	args = slices.Concat(c.command, args)
	if c.engine != "" {
		args = append(args, "--crossplane-binary", c.engine)
	}
	return exec.CommandContext(ctx, c.binary, args...)
}

// arguments of the CLI, with the files that they name written to dir.
func (c *CLI) arguments(in Input, address, dir string) ([]string, error) {
	functions, err := functionsOf(in.Composition, c.function, address, in.functions)
	if err != nil {
		return nil, err
	}
	var args []string
	add := func(option, name string, docs ...*unstructured.Unstructured) {
		file := filepath.Join(dir, name)
		if err == nil {
			err = write(file, docs...)
		}
		if option != "" {
			args = append(args, option)
		}
		args = append(args, file)
	}
	add("", "xr.yaml", in.XR)
	add("", "composition.yaml", in.Composition)
	add("", "functions.yaml", functions...)
	if len(in.observed) > 0 {
		add("-o", "observed.yaml", in.observed...)
	}
	if len(in.required) > 0 {
		add("-e", "required.yaml", in.required...) // Called extra resources by the CLIs of v1, with the same letter.
	}
	if in.ownXRD || (c.xrd && !isNamespaced(in.XR)) {
		add("--xrd", "xrd.yaml", in.XRD)
	}
	return append(args, in.rest...), err
}
