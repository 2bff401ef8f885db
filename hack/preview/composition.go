package preview

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

const functionName = "function-xredis"

// readComposition that the caller named, or that is beside the file, or that
// the packages of this repository have.
func (in *Input) readComposition(root string, o Options, flavour v1alpha1.Flavour, log io.Writer) error {
	file := o.Composition
	if beside := filepath.Join(filepath.Dir(o.File), "composition.yaml"); file == "" && isFile(beside) {
		fmt.Fprintf(log, "The Composition is %s.\n", beside)
		file = beside
	}
	if file == "" {
		in.compositionOfPackage = true
		file = filepath.Join(root, "configuration", string(flavour), "composition.yaml")
	}
	docs, err := read(file)
	if err != nil {
		return err
	}
	if len(docs) != 1 || docs[0].GetKind() != "Composition" {
		return fmt.Errorf("%s should hold one Composition, and holds: %s", file, list(docs))
	}
	in.Composition = docs[0]
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func connectionNamespace(composition *unstructured.Unstructured) string {
	ns, _, _ := unstructured.NestedString(composition.Object, "spec", "writeConnectionSecretsToNamespace") // The CLI tells what is wrong with a Composition.
	return ns
}

// functionsOf a Composition, as the CLI wants to know them: where each one runs.
// A step's function is this one if its name says so, whatever it is prefixed by.
func functionsOf(composition *unstructured.Unstructured, apiVersion, address string, others []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	out := slices.Clone(others)
	known := map[string]bool{}
	for _, o := range others {
		known[o.GetName()] = true
	}
	steps, _, err := unstructured.NestedSlice(composition.Object, "spec", "pipeline")
	if err != nil {
		return nil, fmt.Errorf("the pipeline of %s: %w", describe(composition), err)
	}
	for _, s := range steps {
		step, _ := s.(map[string]any)
		name, _, _ := unstructured.NestedString(step, "functionRef", "name") // The CLI tells what is wrong with a Composition.
		if known[name] {
			continue
		}
		if !strings.HasSuffix(name, functionName) {
			return nil, fmt.Errorf("%s has a step that %q runs, and a preview has only %s: say with --functions where that one runs, or leave the step out", describe(composition), name, functionName)
		}
		known[name] = true
		out = append(out, function(apiVersion, name, address))
	}
	return out, nil
}

// function that is running already, at an address.
func function(apiVersion, name, address string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": apiVersion,
		"kind":       "Function",
		"metadata": map[string]any{
			"name": name,
			"annotations": map[string]any{
				"render.crossplane.io/runtime":                    "Development",
				"render.crossplane.io/runtime-development-target": address,
			},
		},
		"spec": map[string]any{"package": "xpkg.crossplane.io/crossplane-contrib/function-xredis"},
	}}
}
