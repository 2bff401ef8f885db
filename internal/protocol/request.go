package protocol

import (
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/request"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
)

// Composite that was observed, as it is.
func Composite(req *fnv1.RunFunctionRequest) Object {
	return Object{Struct: req.GetObserved().GetComposite().GetResource()}
}

// ReadInput of the Composition's step. A field that the Input does not have is
// an error. No Input is an empty one.
func ReadInput(req *fnv1.RunFunctionRequest) (*v1beta1.Input, error) {
	in := &v1beta1.Input{}
	if req.GetInput() == nil {
		in.APIVersion, in.Kind = v1beta1.APIVersion, v1beta1.Kind
		return in, nil
	}
	err := Decode(field.NewPath(inInput), req.GetInput(), in, true)
	if _, listed := errors.AsType[Invalid](err); err == nil || listed {
		return in, err
	}
	return nil, fmt.Errorf("the function's input, in the platform's Composition, can't be read, so nothing is changed: ask the platform team: %w", err)
}

// ContextEnvironment is where function-environment-configs puts what it has found into the
// pipeline's context.
const ContextEnvironment = "apiextensions.crossplane.io/environment"

// Environment in the pipeline's context.
func Environment(req *fnv1.RunFunctionRequest) Object {
	return Object{Struct: req.GetContext().GetFields()[ContextEnvironment].GetStructValue()}
}

// LooksUp reports whether this Crossplane says that it looks up what a function requires.
func LooksUp(req *fnv1.RunFunctionRequest) bool {
	return request.HasCapability(req, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES)
}

// Found of what was required, and whether Crossplane has looked: it answers with
// nothing where there is nothing.
func Found(req *fnv1.RunFunctionRequest, name string) (objects []Object, answered bool) {
	required, answered := req.GetRequiredResources()[name]
	extra, older := req.GetExtraResources()[name]
	for _, item := range slices.Concat(required.GetItems(), extra.GetItems()) {
		objects = append(objects, Object{Struct: item.GetResource()})
	}
	return objects, answered || older
}

// AllFound is all that was found, whatever it was required for.
func AllFound(req *fnv1.RunFunctionRequest) []Object {
	var out []Object
	for _, all := range []map[string]*fnv1.Resources{req.GetRequiredResources(), req.GetExtraResources()} {
		for _, found := range all {
			for _, item := range found.GetItems() {
				out = append(out, Object{Struct: item.GetResource()})
			}
		}
	}
	return out
}
