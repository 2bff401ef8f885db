package preview

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/apiserver"
	"github.com/crossplane-contrib/function-xredis/hack/preview/existing"
)

const annotationResourceName = "crossplane.io/composition-resource-name"

// An Input is all that the CLI is given.
type Input struct {
	XR          *unstructured.Unstructured
	Composition *unstructured.Unstructured
	XRD         *unstructured.Unstructured
	ownXRD      bool
	functions   []*unstructured.Unstructured // That are not this one.
	observed    []*unstructured.Unstructured
	required    []*unstructured.Unstructured
	rest        []string

	existing             *existing.Answers          // What AWS has, nil if nobody said so.
	takesOver            bool                       // The claim takes over what AWS has, and does not only look at it.
	asked                *unstructured.Unstructured // As it was written, a claim or the composite.
	definition           *apiserver.Definition      // The XRD, as it was read.
	compositionOfPackage bool                       // Nobody named a Composition.
}

// Load what the options name. Choices that are not obvious, and warnings, are written
// to log.
func Load(root string, o Options, log io.Writer) (Input, error) {
	asked, others, err := readAsked(o.File)
	if err != nil {
		return Input{}, err
	}
	in := Input{required: others, rest: o.Rest}
	flavour, err := in.readXRD(root, o.XRD, asked)
	if err != nil {
		return Input{}, err
	}
	if err := setNamespace(asked, flavour, log); err != nil {
		return Input{}, fmt.Errorf("%s: %w", o.File, err)
	}
	in.asked = asked.DeepCopy()
	if err := in.readComposition(root, o, flavour, log); err != nil {
		return Input{}, err
	}
	if in.XR, err = composite(asked, connectionNamespace(in.Composition)); err != nil {
		return Input{}, fmt.Errorf("%s: %w", o.File, err)
	}
	if err := in.readResources(o); err != nil {
		return Input{}, err
	}
	if err := in.takeIdentity(); err != nil {
		return Input{}, err
	}
	if err := in.readExisting(o.Existing); err != nil {
		return Input{}, err
	}
	in.warn(log)
	return in, in.bind()
}

// readAsked returns the one claim or composite of a file, and what else is in it.
func readAsked(file string) (*unstructured.Unstructured, []*unstructured.Unstructured, error) {
	docs, err := readFileOrExplain(file)
	if err != nil {
		return nil, nil, err
	}
	var asked, others []*unstructured.Unstructured
	for _, d := range docs {
		if isAsked(d) {
			asked = append(asked, d)
			continue
		}
		others = append(others, d)
	}
	switch len(asked) {
	case 1:
		return asked[0], others, nil
	case 0:
		return nil, nil, fmt.Errorf("%s has no Redis claim and no XRedis, only: %s", file, list(others))
	default:
		return nil, nil, fmt.Errorf("%s asks for more than one: %s. Put each in a file of its own", file, list(asked))
	}
}

func readFileOrExplain(file string) ([]*unstructured.Unstructured, error) {
	docs, err := read(file)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("%s is empty: it should hold a Redis claim or an XRedis", file)
	}
	return docs, nil
}

// readResources that are observed, and that may be looked up. A Secret among the
// observed that no Composition made is one that a provider wrote connection
// details to: the engine of the CLI v2.5 looks for it among the required ones.
func (in *Input) readResources(o Options) error {
	observed, err := read(o.Observed...)
	if err != nil {
		return err
	}
	for _, d := range observed {
		switch {
		case d.GetAnnotations()[annotationResourceName] != "":
			in.observed = append(in.observed, d)
		case d.GetAPIVersion() == "v1" && d.GetKind() == "Secret":
			in.required = append(in.required, d)
		default:
			return fmt.Errorf("the observed %s has no annotation %s, which tells which composed resource it is", describe(d), annotationResourceName)
		}
	}
	required, err := read(o.Required...)
	if err != nil {
		return err
	}
	in.required = append(in.required, required...)
	for _, d := range slices.Concat(in.required, in.observed) {
		if err := readStringData(d); err != nil {
			return err
		}
	}
	if o.Functions == "" {
		return nil
	}
	in.functions, err = read(o.Functions)
	return err
}

// readXRD that the caller named, or else that of the flavour, and return the flavour.
func (in *Input) readXRD(root, file string, asked *unstructured.Unstructured) (v1alpha1.Flavour, error) {
	in.ownXRD = file != ""
	flavour := flavourOf(asked, nil)
	if !in.ownXRD {
		file = filepath.Join(root, "configuration", string(flavour), "definition.yaml")
	}
	docs, err := read(file)
	if err != nil {
		return "", err
	}
	if len(docs) != 1 {
		return "", fmt.Errorf("%s should hold one XRD, and holds: %s", file, list(docs))
	}
	in.XRD = docs[0]
	if in.definition, err = apiserver.ReadDefinition(file); err != nil {
		return "", err
	}
	if in.ownXRD {
		flavour = flavourOf(asked, in.definition)
	}
	return flavour, nil
}

// bind Composition and XRD to the composite: platform teams publish it in an API group
// of theirs, and a selector that asks for another Composition was warned of.
func (in *Input) bind() error {
	ref := map[string]any{"apiVersion": in.XR.GetAPIVersion(), "kind": in.XR.GetKind()}
	if err := unstructured.SetNestedMap(in.Composition.Object, ref, "spec", "compositeTypeRef"); err != nil {
		return err
	}
	meta.AddLabels(in.Composition, selectorOf(in.XR))
	group := in.XR.GroupVersionKind().Group
	plural, _, err := unstructured.NestedString(in.XRD.Object, "spec", "names", "plural")
	if err != nil {
		return err
	}
	in.XRD.SetName(plural + "." + group)
	if err := unstructured.SetNestedField(in.XRD.Object, group, "spec", "group"); err != nil {
		return err
	}
	return unstructured.SetNestedField(in.XRD.Object, in.XR.GetKind(), "spec", "names", "kind")
}

func list(docs []*unstructured.Unstructured) string {
	out := make([]string, 0, len(docs))
	for _, d := range docs {
		out = append(out, describe(d))
	}
	return strings.Join(out, ", ")
}
