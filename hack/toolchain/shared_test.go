package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSharedVersions holds what the function shares with its tools and with the control
// plane tests to the same versions. Nothing breaks when they part, but then all of
// Kubernetes' client libraries are compiled twice, which takes minutes that a newcomer
// waits.
func TestSharedVersions(t *testing.T) {
	function := requirements(t, filepath.Join("..", "..", "go.mod"))
	for _, dir := range []string{
		"hack/tools/controller-gen", "hack/tools/render", "hack/tools/crossplane-2.2", "hack/tools/crossplane-2.5", "test/controlplane",
	} {
		t.Run(dir, func(t *testing.T) {
			for module, version := range requirements(t, filepath.Join("..", "..", dir, "go.mod")) {
				want, shared := function[module]
				// Crossplane's own modules are what the tool is, and what the
				// function is bound to.
				if !shared || want == version || strings.HasPrefix(module, "github.com/crossplane/") {
					continue
				}
				t.Errorf("%s is %s here and %s in the function's go.mod: raise the lower one with go get, and then go mod tidy", module, version, want)
			}
		})
	}
}

func requirements(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range requirement.FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = m[2]
	}
	return out
}
