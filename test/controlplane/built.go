package controlplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// envBuilt hands what was built to the process in the namespaces, which has no
// network to build anything.
const envBuilt = "CONTROLPLANE_BUILT"

// Versions of our packages: the second replaces the first.
const (
	version1 = "v0.1.0"
	version2 = "v0.2.0"
)

// Groups of two APIs with the tiers of example/platform. In the first, claims choose
// theirs, and the second has one for all.
const (
	freeGroup     = "tiers.example.org"
	enforcedGroup = "production.example.org"
)

// built is all that runs here, and what it needs of others' source.
type built struct {
	Kube     string
	Core     string
	CLI      string
	Registry string

	Packages   map[string]string // Folders of our packages by version.
	Tiers      map[string]string // Folders of Configurations with tiers, by their group.
	Crossplane string            // Crossplane's source: its CRDs and its chart.
	Provider   string            // The provider's source: its CRDs.
}

// build everything, unless that was done before.
func build(ctx context.Context) (built, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return built{}, err
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		return built{}, errors.New("there is no redis-server, which stands behind every cache: install it, on Debian with apt-get install redis")
	}
	tools, err := toolchain.New(root, os.Stderr)
	if err != nil {
		return built{}, err
	}
	b := built{Packages: map[string]string{}}
	for _, t := range []struct {
		tool toolchain.Tool
		file *string
	}{
		{toolchain.Kube, &b.Kube},
		{toolchain.CrossplaneCore, &b.Core},
		{toolchain.Crossplane22, &b.CLI},
		{toolchain.Registry, &b.Registry},
	} {
		if *t.file, err = tools.Tool(ctx, t.tool); err != nil {
			return built{}, err
		}
	}
	crossplane, err := toolchain.Required(ctx, filepath.Join(root, "hack", "tools", toolchain.CrossplaneCore.Module), "github.com/crossplane/crossplane/v2")
	if err != nil {
		return built{}, err
	}
	provider, err := toolchain.Provider(ctx, root)
	b.Crossplane, b.Provider = crossplane.Dir, provider.Dir
	return b, err
}

// packages of ours, built as a release is.
func (b *built) packages(ctx context.Context, dir string) error {
	for _, version := range []string{version1, version2} {
		out := filepath.Join(dir, version)
		cmd := exec.CommandContext(ctx, "go", "run", "./hack/package", "-o", out, "--arch", runtime.GOARCH, "--version", version)
		cmd.Dir = filepath.Join("..", "..")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build our packages: %w\n%s", err, said)
		}
		b.Packages[version] = out
	}
	b.Tiers = map[string]string{}
	for group, choice := range map[string][]string{freeGroup: {"--default", "development"}, enforcedGroup: {"--enforce", "production"}} {
		out := filepath.Join(dir, group)
		cmd := exec.CommandContext(ctx, "go", append([]string{"run", "./hack/package", "-o", out, "--group", group, "--compositions", "example/platform/compositions"}, choice...)...)
		cmd.Dir = filepath.Join("..", "..")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build the tiers: %w\n%s", err, said)
		}
		b.Tiers[group] = out
	}
	return nil
}

func (b *built) env() (string, error) {
	out, err := json.Marshal(b)
	return envBuilt + "=" + string(out), err
}

func builtFromEnv() (built, error) {
	b := built{}
	return b, json.Unmarshal([]byte(os.Getenv(envBuilt)), &b)
}
