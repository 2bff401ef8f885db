package toolchain

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// checkout with one tool and a function.
func checkout(t *testing.T) (string, Tool) {
	t.Helper()
	root := t.TempDir()
	write(t, root, "go.mod", "module example.org/function\n\ngo 1.26.0\n")
	write(t, root, "fn.go", "package main\n\nfunc main() { println(`first`) }\n")
	write(t, root, "hack/tools/hello/go.mod", "module example.org/hello\n\ngo 1.26.0\n")
	write(t, root, "hack/tools/hello/main.go", "package main\n\nfunc main() { println(`hello`) }\n")
	return root, Tool{Name: "hello", Title: "the greeter", Duration: "a moment", Module: "hello", Package: "."}
}

func TestTool(t *testing.T) {
	t.Setenv(EnvCache, t.TempDir())
	root, tool := checkout(t)

	var log bytes.Buffer
	tools := newToolchain(t, root, &log)
	first := mustBuild(t, tools, tool)
	if diff := cmp.Diff("hello\n", output(t, first)); diff != "" {
		t.Errorf("A tool should be built: -want, +got:\n%s", diff)
	}
	if !strings.HasPrefix(log.String(), "Building the greeter: a moment.\n") {
		t.Errorf("A build should say what is built, and for how long. It said:\n%s", log.String())
	}

	log.Reset()
	if diff := cmp.Diff(first, mustBuild(t, tools, tool)); diff != "" {
		t.Errorf("The same source should be the same program: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff("", log.String()); diff != "" {
		t.Errorf("What is built should not be built again: -want, +got:\n%s", diff)
	}

	write(t, root, "hack/tools/hello/main.go", "package main\n\nfunc main() { println(`good day`) }\n")
	if diff := cmp.Diff("good day\n", output(t, mustBuild(t, tools, tool))); diff != "" {
		t.Errorf("Other source should be another program: -want, +got:\n%s", diff)
	}

	write(t, root, "hack/tools/hello/main.go", "package main\n\nfunc main() { nonsense() }\n")
	_, err := tools.Tool(t.Context(), tool)
	if err == nil || !strings.Contains(err.Error(), "undefined: nonsense") {
		t.Errorf("An error should be told in the compiler's words, and is: %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(os.Getenv(EnvCache), "hello-*"))
	if diff := cmp.Diff(2, len(left)); diff != "" {
		t.Errorf("A build that fails should leave nothing: -want, +got:\n%s", diff)
	}
}

func TestToolAtOnce(t *testing.T) {
	t.Setenv(EnvCache, t.TempDir())
	root, tool := checkout(t)
	logs := make([]bytes.Buffer, 3)
	var wait sync.WaitGroup
	for i := range logs {
		tools := newToolchain(t, root, &logs[i])
		wait.Go(func() {
			if _, err := tools.Tool(t.Context(), tool); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	builds := 0
	for i := range logs {
		builds += strings.Count(logs[i].String(), "Building ")
	}
	if diff := cmp.Diff(1, builds); diff != "" {
		t.Errorf("Those who need a tool at the same time should wait for one build: -want, +got:\n%s", diff)
	}
}

func TestToolTooLate(t *testing.T) {
	t.Setenv(EnvCache, t.TempDir())
	root, tool := checkout(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newToolchain(t, root, &bytes.Buffer{}).Tool(ctx, tool); err == nil {
		t.Error("A build that is broken off should not be taken for one that succeeded.")
	}
}

func TestFunction(t *testing.T) {
	t.Setenv(EnvCache, t.TempDir())
	root, _ := checkout(t)
	past := time.Now().Add(-time.Hour)
	for _, f := range []string{"fn.go", "go.mod"} {
		if err := os.Chtimes(filepath.Join(root, f), past, past); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	tools := newToolchain(t, root, &log)
	steps := []struct {
		reason string
		change func()
		built  bool
		want   string
	}{
		{reason: "At first there is none.", change: func() {}, built: true, want: "first\n"},
		{reason: "Nothing has changed.", change: func() {}, want: "first\n"},
		{reason: "Examples are not compiled.", change: func() { write(t, root, "example/claim.yaml", "kind: Redis\n") }, want: "first\n"},
		{reason: "Neither are tests.", change: func() { write(t, root, "fn_test.go", "package main\n") }, want: "first\n"},
		{reason: "Source has changed.", change: func() { write(t, root, "fn.go", "package main\n\nfunc main() { println(`second`) }\n") }, built: true, want: "second\n"},
		{reason: "A package has come.", change: func() { write(t, root, "internal/x/x.go", "package x\n") }, built: true, want: "second\n"},
		{reason: "A file has gone.", change: func() {
			if err := os.Remove(filepath.Join(root, "internal/x/x.go")); err != nil {
				t.Fatal(err)
			}
		}, built: true, want: "second\n"},
	}
	for _, s := range steps {
		log.Reset()
		s.change()
		binary, err := tools.Function(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.built, log.Len() > 0); diff != "" {
			t.Errorf("%s Built: -want, +got:\n%s", s.reason, diff)
		}
		if diff := cmp.Diff(s.want, output(t, binary)); diff != "" {
			t.Errorf("%s -want, +got:\n%s", s.reason, diff)
		}
	}
}

func TestLdflags(t *testing.T) {
	type want struct {
		flags string
		err   string
	}
	const gomod = `module m

require example.org/short v0.9.0

require (
	example.org/tool v1.2.3
	example.org/tool/v2 v2.3.4 // indirect
)
`
	cases := map[string]struct {
		reason string
		tool   Tool
		want   want
	}{
		"NoVersion": {
			reason: "A tool of our own has no version.",
			tool:   Tool{Package: "."},
			want:   want{flags: "-s -w"},
		},
		"Version": {
			reason: "The version is that of the module that the package is in.",
			tool:   Tool{Package: "example.org/tool/cmd/x", VersionVar: "a.version"},
			want:   want{flags: "-s -w -X a.version=v1.2.3"},
		},
		"LongestPath": {
			reason: "A module's path may begin with that of another.",
			tool:   Tool{Package: "example.org/tool/v2/cmd/x", VersionVar: "a.version"},
			want:   want{flags: "-s -w -X a.version=v2.3.4"},
		},
		"OneLine": {
			reason: "A requirement may stand alone.",
			tool:   Tool{Package: "example.org/short/cmd", VersionVar: "a.version"},
			want:   want{flags: "-s -w -X a.version=v0.9.0"},
		},
		"OfAnotherModule": {
			reason: "Our own program around those of another module has that module's version, and its numbers where it asks for them.",
			tool:   Tool{Package: ".", VersionOf: "example.org/tool/v2", VersionVar: "a.version", MajorVar: "a.major", MinorVar: "a.minor"},
			want:   want{flags: "-s -w -X a.version=v2.3.4 -X a.major=2 -X a.minor=3"},
		},
		"Missing": {
			reason: "A package may be misspelt.",
			tool:   Tool{Package: "example.org/other", VersionVar: "a.version"},
			want:   want{err: "go.mod requires no module that has example.org/other"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "go.mod", gomod)
			got, err := tc.tool.ldflags(dir)
			if diff := cmp.Diff(tc.want.flags, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			msg := ""
			if err != nil {
				msg = strings.TrimPrefix(err.Error(), dir+string(filepath.Separator))
			}
			if diff := cmp.Diff(tc.want.err, msg); diff != "" {
				t.Errorf("%s: error: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	p := newProgress(&bytes.Buffer{}, "the tool")
	defer p.stop()
	tell := func(s string) {
		if _, err := p.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	tell("go: downloading example.org/a v1.0.0\ngo: downl")
	tell("oading example.org/b v1.0.0\n")
	if diff := cmp.Diff("the tool: 2 modules downloaded (0s)", p.line()); diff != "" {
		t.Errorf("Downloads should be counted, however their lines arrive: -want, +got:\n%s", diff)
	}
	p.compiling(10)
	tell("example.org/a\nexample.org/a/b\n# example.org/a\n")
	if diff := cmp.Diff("the tool: 2 of at most 10 packages compiled (0s)", p.line()); diff != "" {
		t.Errorf("Packages should be counted: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"# example.org/a"}, p.other); diff != "" {
		t.Errorf("What is neither should be kept for an error: -want, +got:\n%s", diff)
	}
}

func newToolchain(t *testing.T, root string, log *bytes.Buffer) *Toolchain {
	t.Helper()
	tools, err := New(root, log)
	if err != nil {
		t.Fatal(err)
	}
	return tools
}

func mustBuild(t *testing.T, tools *Toolchain, tool Tool) string {
	t.Helper()
	binary, err := tools.Tool(t.Context(), tool)
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func output(t *testing.T, binary string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary).CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func write(t *testing.T, root, file, content string) {
	t.Helper()
	file = filepath.Join(root, file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
