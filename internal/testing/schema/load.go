package schema

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

const provider = "github.com/upbound/provider-aws/v2"

// loaded schemas by where they came from: the large ones take a while to
// compile, and a process needs each only once.
var loaded sync.Map

// CRD loads a version of the CRD in a file.
func CRD(file, version string) (*Schema, error) {
	return once("crd "+file+" "+version, func() (*Schema, error) {
		crd := &extv1.CustomResourceDefinition{}
		if err := readYAML(file, crd); err != nil {
			return nil, err
		}
		return New(crd, version)
	})
}

// Provider loads a kind that provider-aws serves, from the module in go.mod.
func Provider(gvk schema.GroupVersionKind) (*Schema, error) {
	return once("provider "+gvk.String(), func() (*Schema, error) {
		dir, err := providerDir()
		if err != nil {
			return nil, err
		}
		plural, _ := meta.UnsafeGuessKindToResource(gvk)
		return CRD(filepath.Join(dir, "package", "crds", gvk.Group+"_"+plural.Resource+".yaml"), gvk.Version)
	})
}

// Composite loads the composite's kind of the XRD in a file, as Crossplane
// serves it.
func Composite(file, version string) (*Schema, error) {
	return once("composite "+file+" "+version, func() (*Schema, error) {
		xrd := &definition{}
		if err := readYAML(file, xrd); err != nil {
			return nil, err
		}
		return New(xrd.composite(), version)
	})
}

// Claim loads the claim's kind of the XRD in a file, as Crossplane serves it.
func Claim(file, version string) (*Schema, error) {
	return once("claim "+file+" "+version, func() (*Schema, error) {
		xrd := &definition{}
		if err := readYAML(file, xrd); err != nil {
			return nil, err
		}
		if xrd.Spec.ClaimNames == nil {
			return nil, fmt.Errorf("%s offers no claim", file)
		}
		return New(xrd.claim(), version)
	})
}

func once(key string, load func() (*Schema, error)) (*Schema, error) {
	f, _ := loaded.LoadOrStore(key, sync.OnceValues(load))
	return f.(func() (*Schema, error))()
}

// providerDir is asked of the go command once.
var providerDir = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", provider).Output()
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return "", fmt.Errorf("cannot find module %s: %w: %s", provider, err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("cannot find module %s: %w", provider, err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return "", fmt.Errorf("module %s is not downloaded: run go mod download", provider)
	}
	return dir, nil
})

func readYAML(file string, into any) error {
	in, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalStrict(in, into); err != nil {
		return fmt.Errorf("cannot read %s: %w", file, err)
	}
	return nil
}
