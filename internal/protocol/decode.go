// Package protocol reads Crossplane's request and writes the response to it, and turns Go
// values into the protocol's form and back.
package protocol

import (
	"reflect"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Decode an object into a type. All values that do not fit are one error, Invalid, and
// so are fields that the type does not have if strict.
func Decode(path *field.Path, s *structpb.Struct, into any, strict bool) error {
	if problems := mismatchesOfStruct(path, s, reflect.TypeOf(into).Elem(), strict); len(problems) > 0 {
		return Invalid{Problems: problems}
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(s.AsMap(), into)
}
