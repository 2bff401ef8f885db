package main

import (
	"bytes"
	"debug/elf"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var packages = flag.Bool("packages", false, "build packages and read them back")

// TestFunction builds all packages, the function's for the architecture of this
// machine, and reads back what Crossplane would.
func TestFunction(t *testing.T) {
	o := options{output: t.TempDir(), archs: []string{runtime.GOARCH}, edits: edits{version: "v1.2.3"}}
	files := pack(t, o)
	p := open(t, files[0])

	t.Run("Objects", func(t *testing.T) {
		want := []string{"Function function-xredis", "CustomResourceDefinition inputs.redis.fn.crossplane.io"}
		if diff := cmp.Diff(want, p.objectNames()); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	})
	t.Run("ImageIsTheDockerfiles", func(t *testing.T) {
		want := dockerfile(t)
		want.Architecture = runtime.GOARCH
		want.Config.Labels["org.opencontainers.image.version"] = "v1.2.3"
		if diff := cmp.Diff(want, p.config); diff != "" {
			t.Errorf("-want (Dockerfile), +got (hack/tools/image):\n%s", diff)
		}
	})
	t.Run("BinaryCannotBeReplaced", func(t *testing.T) {
		h := p.headers["function"]
		if h == nil || h.Mode != 0o555 || h.Uid != 0 || h.Gid != 0 {
			t.Errorf("want a function of mode 555 that belongs to root, got %+v", h)
		}
	})
	t.Run("BinaryIsStatic", func(t *testing.T) {
		static(t, p.files["function"])
	})
	t.Run("BinaryStarts", func(t *testing.T) {
		starts(t, p.files["function"])
	})
	t.Run("BuildIsReproducible", func(t *testing.T) {
		o.output = t.TempDir()
		for i, again := range pack(t, o) {
			if !bytes.Equal(content(t, files[i]), content(t, again)) {
				t.Errorf("%s differs from one build to the next", filepath.Base(again))
			}
		}
	})
}

// pack what is asked for.
func pack(t *testing.T, o options) []string {
	t.Helper()
	if !*packages {
		t.Skip("this builds the Crossplane CLI, which takes minutes: go test ./hack/package -packages")
	}
	files, err := build(t.Context(), o, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func static(t *testing.T, binary []byte) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		t.Fatalf("not an ELF file: %v", err)
	}
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	if want, known := machines[runtime.GOARCH]; known && f.Machine != want {
		t.Errorf("want a binary for %s, got one for %s", want, f.Machine)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it is linked dynamically: it has a %s", p.Type)
		}
	}
}

// starts runs the binary on its own, as in a container: nothing of this machine is
// in its environment.
func starts(t *testing.T, binary []byte) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Logf("a binary for linux doesn't run on %s", runtime.GOOS)
		return
	}
	file := filepath.Join(t.TempDir(), "function")
	if err := os.WriteFile(file, binary, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), file, "--help")
	cmd.Env = []string{}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"XRedis", "--tls-certs-dir"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("--help doesn't speak of %q:\n%s", want, out)
		}
	}
}

// TestGoVersion keeps all that compiles the function outside of this machine at the
// version of go.mod.
func TestGoVersion(t *testing.T) {
	_, rest, _ := strings.Cut(string(content(t, "../../go.mod")), "\ngo ")
	version := strings.Join(strings.Split(rest, ".")[:2], ".") // Any patch will do.
	cases := map[string]string{
		"../../Dockerfile":                    "ARG GO_VERSION=" + version + ".",
		"../../.github/workflows/ci.yml":      "go-version: " + version + ".x",
		"../../.github/workflows/release.yml": "go-version: " + version + ".x",
	}
	for file, want := range cases {
		if !bytes.Contains(content(t, file), []byte(want)) {
			t.Errorf("want %q in %s, as in go.mod", want, file)
		}
	}
}

// TestConfigurations builds both under the API group of a platform team that has
// the function in a registry of its own.
func TestConfigurations(t *testing.T) {
	o := options{output: t.TempDir(), edits: edits{
		group:     "platform.acme.io",
		function:  "registry.acme.io/platform/function-xredis",
		version:   "v1.2.3",
		providers: "registry.acme.io/mirror",
	}}
	files := pack(t, o)
	want := map[string][]string{
		"configuration-claims.xpkg": {
			"Configuration configuration-xredis-claims",
			"Composition xredis.platform.acme.io",
			"CompositeResourceDefinition xredis.platform.acme.io",
		},
		"configuration-namespaced.xpkg": {
			"Configuration configuration-xredis-namespaced",
			"ManagedResourceActivationPolicy xredis.m.platform.acme.io",
			"Composition xredis.m.platform.acme.io",
			"CompositeResourceDefinition xredis.m.platform.acme.io",
		},
	}
	groups := map[string]string{
		"configuration-claims.xpkg":     "platform.acme.io",
		"configuration-namespaced.xpkg": "m.platform.acme.io",
	}
	got := map[string][]string{}
	for _, file := range files {
		if filepath.Ext(file) == ".yaml" {
			if policy := content(t, file); bytes.Contains(policy, []byte("example.org")) || !bytes.Contains(policy, []byte("platform.acme.io/v1alpha1")) {
				t.Errorf("%s: it is not for the team's group:\n%s", file, policy)
			}
			continue
		}
		p := open(t, file)
		got[filepath.Base(file)] = p.objectNames()
		t.Run(filepath.Base(file), func(t *testing.T) {
			if bytes.Contains(p.files["package.yaml"], []byte("example.org")) {
				t.Errorf("the group that is an example is still in it:\n%s", p.files["package.yaml"])
			}
			facts := []string{
				"group: " + groups[filepath.Base(file)],
				"apiVersion: " + groups[filepath.Base(file)] + "/v1alpha1",
				"registry.acme.io/platform/function-xredis",
				"name: platform-function-xredis",
				"version: '>=v1.2.3'",
				"registry.acme.io/mirror/provider-aws-elasticache",
				"registry.acme.io/mirror/provider-aws-ssm",
			}
			for _, want := range facts {
				if !bytes.Contains(p.files["package.yaml"], []byte(want)) {
					t.Errorf("%q is not in it:\n%s", want, p.files["package.yaml"])
				}
			}
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestRefused checks that what Crossplane would refuse later is refused before
// anything is built.
func TestRefused(t *testing.T) {
	cases := map[string]struct {
		reason  string
		options options
	}{
		"GroupWithoutDot": {
			reason:  "Kubernetes wants a domain with at least one dot.",
			options: options{edits: edits{group: "platform"}},
		},
		"GroupWithUpperCase": {
			reason:  "Kubernetes wants lower case.",
			options: options{edits: edits{group: "Platform.acme.io"}},
		},
		"GroupOfNamespaced": {
			reason:  "The label m is added to the namespaced API's group, and claims are not in such a one.",
			options: options{edits: edits{group: "m.platform.acme.io"}},
		},
		"FunctionWithVersion": {
			reason:  "The version is an option of its own.",
			options: options{edits: edits{function: "ghcr.io/acme/function-xredis:v1.0.0"}},
		},
		"FunctionWithoutRegistry": {
			reason:  "Crossplane 2 has no default registry.",
			options: options{edits: edits{function: "acme/function-xredis"}},
		},
		"ProvidersWithoutRegistry": {
			reason:  "Crossplane 2 has no default registry.",
			options: options{edits: edits{providers: "crossplane-contrib"}},
		},
		"ProvidersWithName": {
			reason:  "A tag belongs to one provider.",
			options: options{edits: edits{providers: "xpkg.crossplane.io/crossplane-contrib:v2.5.0"}},
		},
		"VersionThatIsNone": {
			reason:  "Crossplane wants semantic versions.",
			options: options{edits: edits{version: "latest"}},
		},
		"NoArchitecture": {
			reason:  "Go would build for this machine, and the file would not say so.",
			options: options{archs: []string{"amd64", ""}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.options.output = filepath.Join(t.TempDir(), "output")
			if files, err := build(t.Context(), tc.options, io.Discard); err == nil {
				t.Errorf("%s: want an error, got %v", tc.reason, files)
			}
			if _, err := os.Stat(tc.options.output); err == nil {
				t.Errorf("%s: want nothing written", tc.reason)
			}
		})
	}
}
