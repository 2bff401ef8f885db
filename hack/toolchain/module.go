package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// A Module whose files are read. The source of it is downloaded, and not compiled.
type Module struct {
	Version string `json:"Version"`
	Dir     string `json:"Dir"`
}

// Provider is provider-aws, at the version that the function's go.mod requires. It takes
// any folder of that module.
func Provider(ctx context.Context, within string) (Module, error) {
	return Required(ctx, within, "github.com/upbound/provider-aws/v2")
}

// Required module of the one in a folder.
func Required(ctx context.Context, dir, path string) (Module, error) {
	out, err := goCommand(ctx, dir, "mod", "download", "-json", path)
	if err != nil {
		return Module{}, fmt.Errorf("cannot download module %s: %w", path, err)
	}
	var m Module
	return m, json.Unmarshal(out, &m)
}

// goCommand in a folder, and what it prints.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	out, err := command(ctx, dir, args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, out, exit.Stderr)
	}
	return out, err
}
