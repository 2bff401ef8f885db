package controlplane

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		code = 1
	}
	os.Exit(code)
}

// run the tests in namespaces of their own, once everything is built.
func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if os.Getenv(envInside) != "" {
		return runInside(ctx, m)
	}
	b, err := build(ctx)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "function-xredis-controlplane-")
	if err != nil {
		return 0, err
	}
	defer func() {
		if code == 0 && err == nil {
			_ = os.RemoveAll(dir) // It is the system's temporary folder.
			return
		}
		fmt.Fprintln(os.Stderr, "controlplane: the logs of all processes are in", dir)
	}()
	if err := say("our packages, built", func() error { return b.packages(ctx, filepath.Join(dir, "built")) }); err != nil {
		return 0, err
	}
	env, err := b.env()
	if err != nil {
		return 0, err
	}
	return enter(env, envDir+"="+dir)
}

// envDir is the folder that everything is written to.
const envDir = "CONTROLPLANE_DIR"

func runInside(ctx context.Context, m *testing.M) (int, error) {
	b, err := builtFromEnv()
	if err != nil {
		return 0, err
	}
	if plane, err = startControlPlane(ctx, os.Getenv(envDir), b); err != nil {
		return 0, err
	}
	// Tests wait for one another's controllers, and hardly compute.
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		return 0, err
	}
	goredis.SetLogger(quiet{})
	return m.Run(), nil
}

// quiet keeps go-redis from telling what the tests expect: that nobody answers.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}
