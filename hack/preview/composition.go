package preview

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

const functionName = "function-xredis"

// readComposition that the caller named, or that is beside the file, or that the
// packages of this repository have. Of a folder of them it is the one that a cluster
// would use.
func (in *Input) readComposition(root string, o Options, flavour v1alpha1.Flavour, log io.Writer) error {
	file := o.Composition
	for _, name := range []string{"composition.yaml", "compositions"} {
		if beside := filepath.Join(filepath.Dir(o.File), name); file == "" && exists(beside) {
			file = beside
		}
	}
	if file == "" {
		in.compositionOfPackage = true
		file = filepath.Join(root, "configuration", string(flavour), "composition.yaml")
	}
	docs, err := read(file)
	if err != nil {
		return err
	}
	if len(docs) == 0 || slices.ContainsFunc(docs, func(d *unstructured.Unstructured) bool { return d.GetKind() != "Composition" }) {
		return fmt.Errorf("%s should hold Compositions, and holds: %s", file, list(docs))
	}
	if len(docs) == 1 {
		if in.Composition = docs[0]; file != o.Composition && !in.compositionOfPackage {
			fmt.Fprintf(log, "The Composition is %s.\n", file)
		}
		return nil
	}
	if in.Composition, err = in.choose(docs); err != nil {
		return err
	}
	fmt.Fprintf(log, "The Composition is %s of %s.\n", in.Composition.GetName(), file)
	return nil
}

// choose a Composition as Crossplane does: the one that the XRD enforces, else the one
// that is asked for by its name or its labels, else the XRD's default.
func (in *Input) choose(all []*unstructured.Unstructured) (*unstructured.Unstructured, error) {
	field := strings.Join(machinery(in.asked), ".") + ".compositionSelector.matchLabels"
	isChosen := in.choice()
	var chosen []*unstructured.Unstructured
	var known, names []string
	for _, c := range all {
		known = append(known, fmt.Sprintf("%s (%s)", c.GetName(), labels.Set(c.GetLabels())))
		if isChosen(c) {
			chosen, names = append(chosen, c), append(names, c.GetName())
		}
	}
	switch len(chosen) {
	case 0:
		return nil, fmt.Errorf("%s chooses none of the Compositions %s: write the labels of one into %s, or name its file with --composition", describe(in.asked), strings.Join(known, ", "), field)
	case 1:
		return chosen[0], nil
	}
	return nil, fmt.Errorf("%s chooses %s, of which a cluster would use any: write more labels into %s", describe(in.asked), strings.Join(names, " and "), field)
}

// choice of a Composition. Names that end in the API group are compared without it: a
// preview may have the Compositions of another group.
func (in *Input) choice() func(*unstructured.Unstructured) bool {
	text := func(u *unstructured.Unstructured, path ...string) string {
		s, _, _ := unstructured.NestedString(u.Object, path...)
		return s
	}
	group := text(in.XRD, "spec", "group")
	named := text(in.asked, append(machinery(in.asked), "compositionRef", "name")...)
	is := func(name, group string) func(*unstructured.Unstructured) bool {
		return func(c *unstructured.Unstructured) bool {
			own, _, _ := strings.Cut(text(c, "spec", "compositeTypeRef", "apiVersion"), "/")
			return strings.TrimSuffix(c.GetName(), "."+own) == strings.TrimSuffix(name, "."+group)
		}
	}
	switch enforced, selector := text(in.XRD, "spec", "enforcedCompositionRef", "name"), selectorOf(in.asked); {
	case enforced != "":
		return is(enforced, group)
	case named != "":
		return is(named, in.asked.GroupVersionKind().Group)
	case len(selector) > 0:
		return func(c *unstructured.Unstructured) bool {
			return labels.SelectorFromSet(selector).Matches(labels.Set(c.GetLabels()))
		}
	}
	return is(text(in.XRD, "spec", "defaultCompositionRef", "name"), group)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
