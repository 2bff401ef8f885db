package render

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
)

// A stage of a case: example/<case>/<flavour>/<stage>.
type stage struct {
	name string
	dir  string
	file string // What is rendered.
}

// sources of each flavour, by the name of its folder.
var sources = map[string]string{
	"claims":     "claim.yaml",
	"namespaced": "xr.yaml",
}

func stages(t *testing.T, root string) []stage {
	t.Helper()
	var out []stage
	for flavour, source := range sources {
		dirs, err := filepath.Glob(filepath.Join(root, "example", "*", flavour, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			name, err := filepath.Rel(filepath.Join(root, "example"), dir)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, stage{name: name, dir: dir, file: filepath.Join(filepath.Dir(filepath.Dir(dir)), source)})
		}
	}
	if len(out) == 0 {
		t.Fatal("there are no examples")
	}
	return out
}

// load what hack/render would.
func (s stage) load(t *testing.T, root, version string) preview.Input {
	t.Helper()
	in, err := preview.Load(root, preview.Options{
		File:     s.file,
		CLI:      version,
		Observed: s.files(t, "observed.yaml"),
		Required: s.files(t, "required.yaml"),
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// files of a name, none if it is not there.
func (s stage) files(t *testing.T, name string) []string {
	t.Helper()
	if s.read(t, name) == nil {
		return nil
	}
	return []string{filepath.Join(s.dir, name)}
}

func (s stage) read(t *testing.T, name string) []byte {
	t.Helper()
	return readIfThere(t, filepath.Join(s.dir, name))
}

// asksForLookup of a Secret that the team has made, in a claim. A namespaced composite
// proves that Crossplane can.
func (s stage) asksForLookup(t *testing.T) bool {
	t.Helper()
	if strings.Split(s.name, "/")[1] != "claims" {
		return false
	}
	for _, d := range documents(t, readIfThere(t, s.file)) {
		if _, found, _ := unstructured.NestedMap(d.Object, "spec", "authTokenSecretRef"); found {
			return true
		}
	}
	return false
}

// needsConnectionDetails of its composite, or of a cache with AUTH: which token it
// has is known from nowhere else.
func (s stage) needsConnectionDetails(t *testing.T, xr *unstructured.Unstructured) bool {
	t.Helper()
	auth := slices.ContainsFunc(documents(t, s.read(t, "observed.yaml")), func(o *unstructured.Unstructured) bool {
		_, found, _ := unstructured.NestedMap(o.Object, "spec", "forProvider", "authTokenSecretRef")
		return found
	})
	for _, d := range documents(t, s.read(t, "required.yaml")) {
		_, token, _ := unstructured.NestedString(d.Object, "data", "attribute.auth_token")
		if publishesTo(xr, d) || (auth && token) {
			return true
		}
	}
	return false
}

// publishesTo reports whether an object's connection details are in a Secret.
func publishesTo(o, secret *unstructured.Unstructured) bool {
	name, found, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "name")
	return found && secret.GetKind() == "Secret" && secret.GetName() == name && !isNamespaced(o)
}

// isNamespaced composites have no connection details.
func isNamespaced(o *unstructured.Unstructured) bool { return o.GetNamespace() != "" }
