// Package schema has the schemas that tests ask for: of the CRDs that Crossplane
// makes of our XRDs, and of the provider's own. Each is one that the API server
// accepts.
package schema

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/hack/apiserver"
	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// A Schema is one version of one kind, as the API server serves it.
type Schema = apiserver.Schema

// New takes a version of a CRD, which must be one that the API server accepts,
// costs of its CEL rules included.
func New(crd *extv1.CustomResourceDefinition, version string) (*Schema, error) {
	crd = crd.DeepCopy()
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			crd.Status.StoredVersions = []string{v.Name}
		}
	}
	internal, err := apiserver.Internal(crd)
	if err != nil {
		return nil, err
	}
	if err := crdvalidation.ValidateCustomResourceDefinition(context.Background(), internal).ToAggregate(); err != nil {
		return nil, fmt.Errorf("the API server would refuse %s: %w", crd.Name, err)
	}
	return apiserver.New(crd, version)
}

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

// provider's source is asked for once.
var provider = sync.OnceValues(func() (toolchain.Module, error) {
	return toolchain.Provider(context.Background(), ".")
})

// Provider loads a kind that provider-aws serves.
func Provider(gvk schema.GroupVersionKind) (*Schema, error) {
	return once("provider "+gvk.String(), func() (*Schema, error) {
		provider, err := provider()
		if err != nil {
			return nil, err
		}
		plural, _ := meta.UnsafeGuessKindToResource(gvk)
		return CRD(filepath.Join(provider.Dir, "package", "crds", gvk.Group+"_"+plural.Resource+".yaml"), gvk.Version)
	})
}

// core's source is asked for once.
var core = sync.OnceValues(func() (toolchain.Module, error) {
	return toolchain.Required(context.Background(), filepath.Join("hack", "tools", toolchain.CrossplaneCore.Module), "github.com/crossplane/crossplane/v2")
})

// Crossplane loads a kind that Crossplane itself serves, for tests in the root of the
// repository.
func Crossplane(gvk schema.GroupVersionKind) (*Schema, error) {
	return once("crossplane "+gvk.String(), func() (*Schema, error) {
		core, err := core()
		if err != nil {
			return nil, err
		}
		plural, _ := meta.UnsafeGuessKindToResource(gvk)
		return CRD(filepath.Join(core.Dir, "cluster", "crds", gvk.Group+"_"+plural.Resource+".yaml"), gvk.Version)
	})
}

// Composite loads the composite's kind of the XRD in a file, as Crossplane
// serves it.
func Composite(file, version string) (*Schema, error) {
	return once("composite "+file+" "+version, func() (*Schema, error) {
		xrd, err := apiserver.ReadDefinition(file)
		if err != nil {
			return nil, err
		}
		return New(xrd.Composite(), version)
	})
}

// Claim loads the claim's kind of the XRD in a file, as Crossplane serves it.
func Claim(file, version string) (*Schema, error) {
	return once("claim "+file+" "+version, func() (*Schema, error) {
		xrd, err := apiserver.ReadDefinition(file)
		if err != nil {
			return nil, err
		}
		crd := xrd.Claim()
		if crd == nil {
			return nil, fmt.Errorf("%s offers no claim", file)
		}
		return New(crd, version)
	})
}

func once(key string, load func() (*Schema, error)) (*Schema, error) {
	f, _ := loaded.LoadOrStore(key, sync.OnceValues(load))
	return f.(func() (*Schema, error))()
}

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
