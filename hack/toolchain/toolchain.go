// Package toolchain builds the programs that previews, packages and tests run:
// the function itself, and the tools that hack/tools pins. Nothing is installed:
// what is built is in a cache outside the repository, and is built once.
package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// EnvCache names the folder of the cache, where the default does not suit.
const EnvCache = "FUNCTION_XREDIS_CACHE"

// A Toolchain builds from one checkout of this repository.
type Toolchain struct {
	root  string
	cache string
	log   io.Writer
}

// New toolchain for the checkout at root. It tells on log what it builds, and
// how far it is: the first build takes minutes.
func New(root string, log io.Writer) (*Toolchain, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	return &Toolchain{root: root, cache: cache, log: log}, os.MkdirAll(cache, 0o755)
}

// Root of the checkout.
func (t *Toolchain) Root() string { return t.root }

// cacheDir is the same on every system, because hack/render, a shell script,
// must come to the same folder.
func cacheDir() (string, error) {
	if dir := os.Getenv(EnvCache); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "function-xredis"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("nowhere to keep what is built: set %s: %w", EnvCache, err)
	}
	return filepath.Join(home, ".cache", "function-xredis"), nil
}

// Function builds the function from the checkout's source, unless the one that
// was built last is newer than all of it. Asking "go build" would be safer still,
// but it takes longer than the rest of a preview.
func (t *Toolchain) Function(ctx context.Context) (string, error) {
	binary := filepath.Join(t.cache, "function-"+digest(t.root, runtime.Version()))
	fresh := func() bool { return newest(t.root).Before(modTime(binary)) }
	if fresh() {
		return binary, nil
	}
	return binary, t.locked(ctx, func() error {
		if fresh() {
			return nil
		}
		return t.build(ctx, build{
			title:    "the function",
			duration: "up to a minute the first time, on two cores",
			dir:      t.root,
			pkg:      ".",
			ldflags:  stripped,
			binary:   binary,
		})
	})
}

// Tool builds a tool, unless the cache has it.
func (t *Toolchain) Tool(ctx context.Context, tool Tool) (string, error) {
	dir := filepath.Join(t.root, "hack", "tools", tool.Module)
	ldflags, err := tool.ldflags(dir)
	if err != nil {
		return "", err
	}
	sources, err := contents(dir)
	if err != nil {
		return "", err
	}
	key := digest(append(sources, tool.Package, ldflags, runtime.Version(), runtime.GOOS, runtime.GOARCH)...)
	binary := filepath.Join(t.cache, tool.Name+"-"+key)
	if exists(binary) {
		return binary, nil
	}
	return binary, t.locked(ctx, func() error {
		if exists(binary) {
			return nil
		}
		return t.build(ctx, build{
			title:    tool.Title,
			duration: tool.Duration,
			dir:      dir,
			pkg:      tool.Package,
			ldflags:  ldflags,
			binary:   binary,
		})
	})
}

// locked runs one build at a time: two at once take longer than one after the
// other, and would compile much of the same twice.
func (t *Toolchain) locked(ctx context.Context, f func() error) error {
	unlock, err := lock(ctx, filepath.Join(t.cache, "lock"), func() {
		fmt.Fprintln(t.log, "Waiting for another build to end.")
	})
	if err != nil {
		return err
	}
	defer unlock()
	return f()
}

type build struct {
	title    string
	duration string
	dir      string
	pkg      string
	ldflags  string
	binary   string
}

// build into a temporary file first, so that a build that is broken off leaves
// nothing that looks like a program.
func (t *Toolchain) build(ctx context.Context, b build) error {
	fmt.Fprintf(t.log, "Building %s: %s.\n", b.title, b.duration)
	started := time.Now()
	p := newProgress(t.log, b.title)
	defer p.stop()

	total, err := t.packages(ctx, p, b)
	if err != nil {
		return err
	}
	p.compiling(total)
	tmp := fmt.Sprintf("%s.%d", b.binary, os.Getpid())
	defer os.Remove(tmp) //nolint:errcheck // It is gone when the build succeeded.
	cmd := command(ctx, b.dir, "build", "-mod=readonly", "-v", "-ldflags="+b.ldflags, "-o", tmp, b.pkg)
	cmd.Stderr = p
	if err := cmd.Run(); err != nil {
		return p.failed(ctx, err)
	}
	p.done()
	// Source that was changed during the build is newer than what was built.
	if err := os.Chtimes(tmp, started, started); err != nil {
		return err
	}
	return os.Rename(tmp, b.binary)
}

// packages that a program consists of. Counting them downloads their source.
func (t *Toolchain) packages(ctx context.Context, p *progress, b build) (int, error) {
	cmd := command(ctx, b.dir, "list", "-mod=readonly", "-deps", b.pkg)
	cmd.Stderr = p
	out, err := cmd.Output()
	if err != nil {
		return 0, p.failed(ctx, err)
	}
	return strings.Count(string(out), "\n"), nil
}

func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off") // A caller's workspace does not hold these modules.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// contents of a tool's module: what decides what is built of it.
func contents(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		out = append(out, filepath.Base(f), string(b))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no tool in %s", dir)
	}
	return out, nil
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
