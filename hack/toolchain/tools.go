package toolchain

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A Tool is a program of one of the nested modules in hack/tools.
type Tool struct {
	Name     string // Of the program in the cache.
	Title    string // What people call it.
	Duration string // Of the first build, after the function's.
	Module   string // Its folder in hack/tools.
	Package  string // What is built.

	// VersionOf is the module whose version the tool has, where that is not the
	// module of its package.
	VersionOf string

	// VersionVar is the variable that holds the version. A Crossplane without
	// one refuses packages that are made for certain versions.
	VersionVar string

	// MajorVar and MinorVar are those that hold its first two numbers, where a
	// tool has them.
	MajorVar, MinorVar string
}

const (
	runtimeVersion    = "github.com/crossplane/crossplane-runtime/v2/pkg/version.version"
	kubernetesVersion = "k8s.io/component-base/version"
)

// The tools that are run from Go. The others, controller-gen and golangci-lint,
// are run by "go tool".
var (
	Render = Tool{
		Name:     "render",
		Title:    "the render command of the Crossplane CLI v2.2",
		Duration: "about a minute the first time, on two cores",
		Module:   "render",
		Package:  ".",
	}
	Crossplane22 = Tool{
		Name:       "crossplane-2.2",
		Title:      "the Crossplane CLI v2.2",
		Duration:   "about two minutes the first time, on two cores",
		Module:     "crossplane-2.2",
		Package:    "github.com/crossplane/crossplane/v2/cmd/crank",
		VersionVar: "github.com/crossplane/crossplane/v2/internal/version.version",
	}
	Crossplane25 = Tool{
		Name:       "crossplane-2.5",
		Title:      "the Crossplane CLI v2.5",
		Duration:   "two to six minutes the first time, on two cores",
		Module:     "crossplane-2.5",
		Package:    "github.com/crossplane/cli/v2/cmd/crossplane",
		VersionVar: runtimeVersion,
	}
	CrossplaneCore = Tool{
		Name:       "crossplane-core",
		Title:      "Crossplane v2.4, the engine of the CLI v2.5",
		Duration:   "about half a minute the first time, on two cores",
		Module:     "crossplane-2.5",
		Package:    "github.com/crossplane/crossplane/v2/cmd/crossplane",
		VersionVar: runtimeVersion,
	}
	Crossplane120 = Tool{
		Name:       "crossplane-1.20",
		Title:      "the Crossplane CLI v1.20",
		Duration:   "two to four minutes the first time, on two cores",
		Module:     "crossplane-1.20",
		Package:    "github.com/crossplane/crossplane/cmd/crank",
		VersionVar: "github.com/crossplane/crossplane/internal/version.version",
	}
	Crossplane116 = Tool{
		Name:       "crossplane-1.16",
		Title:      "the Crossplane CLI v1.16",
		Duration:   "two to four minutes the first time, on two cores",
		Module:     "crossplane-1.16",
		Package:    "github.com/crossplane/crossplane/cmd/crank",
		VersionVar: "github.com/crossplane/crossplane/internal/version.version",
	}
	Image = Tool{
		Name:     "image",
		Title:    "the image maker",
		Duration: "a few seconds",
		Module:   "image",
		Package:  ".",
	}
	Kube = Tool{
		Name:       "kube",
		Title:      "Kubernetes v1.35: etcd, API server, controller manager and kubectl",
		Duration:   "three to eight minutes the first time, on two cores",
		Module:     "kube",
		Package:    ".",
		VersionOf:  "k8s.io/kubernetes",
		VersionVar: kubernetesVersion + ".gitVersion",
		MajorVar:   kubernetesVersion + ".gitMajor",
		MinorVar:   kubernetesVersion + ".gitMinor",
	}
	Registry = Tool{
		Name:     "registry",
		Title:    "the package registry for tests",
		Duration: "a few seconds",
		Module:   "registry",
		Package:  ".",
	}
)

// stripped leaves debug information out, which makes a program a third smaller and
// linking it quicker.
const stripped = "-s -w"

// ldflags strip a tool, and set the version to the one that the tool's go.mod requires.
func (t Tool) ldflags(dir string) (string, error) {
	flags := []string{stripped}
	if t.VersionVar == "" {
		return strings.Join(flags, " "), nil
	}
	pkg := t.Package
	if t.VersionOf != "" {
		pkg = t.VersionOf + "/"
	}
	version, err := required(filepath.Join(dir, "go.mod"), pkg)
	if err != nil {
		return "", err
	}
	numbers := append(strings.Split(strings.TrimPrefix(version, "v"), "."), "")
	for _, v := range []struct{ name, value string }{
		{t.VersionVar, version}, {t.MajorVar, numbers[0]}, {t.MinorVar, numbers[1]},
	} {
		if v.name != "" {
			flags = append(flags, "-X", v.name+"="+v.value)
		}
	}
	return strings.Join(flags, " "), nil
}

var requirement = regexp.MustCompile(`(?m)^\s*(?:require )?([^\s/]\S*) (v\d\S*)`)

// required version of the module that a package is in.
func required(file, pkg string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var module, version string
	for _, m := range requirement.FindAllStringSubmatch(string(b), -1) {
		if strings.HasPrefix(pkg, m[1]+"/") && len(m[1]) > len(module) {
			module, version = m[1], m[2]
		}
	}
	if version == "" {
		return "", fmt.Errorf("%s requires no module that has %s", file, pkg)
	}
	return version, nil
}
