package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// tiers are a team's own Compositions, which replace that of a Configuration: one
// without their limits must not be left to choose.
type tiers struct {
	compositions string // Their folder.
	standard     string // The one of claims that choose none, by its name without the group.
	enforced     string // The one that all claims have.
}

func (t tiers) check() error {
	if t.compositions == "" {
		if t.standard+t.enforced != "" {
			return errors.New("--default and --enforce name one of the Compositions that --compositions packs: name their folder, too")
		}
		return nil
	}
	all, err := read(t.compositions)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("--compositions %s: there is no Composition in this directory", t.compositions)
	}
	var names []string
	for _, file := range slices.Sorted(maps.Keys(all)) {
		name, err := checkTier(all[file])
		if err != nil {
			return fmt.Errorf("--compositions %s: %s: %w", t.compositions, file, err)
		}
		names = append(names, name)
	}
	for _, name := range []string{t.standard, t.enforced} {
		if name != "" && !slices.Contains(names, name) {
			return fmt.Errorf("there is no Composition %q in %s, only: %s", name, t.compositions, strings.Join(names, ", "))
		}
	}
	if t.standard+t.enforced == "" {
		return fmt.Errorf("--compositions %s has %s: say with --default NAME which a claim has that chooses none, or with --enforce NAME which all claims have", t.compositions, strings.Join(names, ", "))
	}
	return nil
}

// checkTier returns the name of a Composition without its group. What the function
// would refuse is not packed.
func checkTier(o object) (string, error) {
	if o["kind"] != "Composition" {
		return "", fmt.Errorf("it is a %v and not a Composition", o["kind"])
	}
	group, _, _ := strings.Cut(o.text("spec", "compositeTypeRef", "apiVersion"), "/")
	name, found := strings.CutSuffix(o.text("metadata", "name"), "."+group)
	if !found {
		return "", fmt.Errorf("metadata.name: %q: must end in the group of compositeTypeRef, as in %s.%s: both flavours have the Composition, each in its group", o.text("metadata", "name"), o.text("metadata", "name"), group)
	}
	for _, step := range o.list("spec", "pipeline") {
		if step.text("input", "kind") != v1beta1.Kind {
			continue
		}
		if err := checkInput(step.at("input")); err != nil {
			return "", err
		}
	}
	return name, nil
}

// checkInput as the function does.
func checkInput(o object) error {
	s, err := structpb.NewStruct(o)
	if err != nil {
		return err
	}
	in := v1beta1.Input{}
	if err := protocol.Decode(field.NewPath("input"), s, &in, true); err != nil {
		return err
	}
	problems := append(in.Validate(), in.ValidateNetworks()...)
	if in.Defaults != nil {
		problems = append(problems, in.Defaults.Validate(field.NewPath("input", "defaults"))...)
	}
	return problems.ToAggregate()
}

// replace the Composition of a Configuration.
func (t tiers) replace(objects map[string]object) error {
	if t.compositions == "" {
		return nil
	}
	own, err := read(t.compositions)
	if err != nil {
		return err
	}
	maps.DeleteFunc(objects, func(_ string, o object) bool { return o["kind"] == "Composition" })
	for file, o := range own {
		objects["composition-"+file] = o
	}
	return nil
}

// choose the Compositions of claims, all for the API of a group.
func (t tiers) choose(objects map[string]object, group string) {
	if t.compositions == "" {
		return
	}
	for _, o := range objects {
		switch o["kind"] {
		case "Composition":
			was, _, _ := strings.Cut(o.text("spec", "compositeTypeRef", "apiVersion"), "/")
			o.compose(was, group)
		case "CompositeResourceDefinition":
			delete(o.at("spec"), "defaultCompositionRef")
			for key, name := range map[string]string{"defaultCompositionRef": t.standard, "enforcedCompositionRef": t.enforced} {
				if name != "" {
					o.at("spec")[key] = map[string]any{"name": name + "." + group}
				}
			}
		}
	}
}
