package protocol

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/words"
)

// mismatches are the values that do not fit the type that they are read into, in the
// order of their paths. A null is none: it is a field that is left out. A field that the
// type does not have is one if strict.
func mismatches(path *field.Path, v *structpb.Value, t reflect.Type, strict bool) field.ErrorList {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, null := v.GetKind().(*structpb.Value_NullValue); null || v.GetKind() == nil || readsItself(t) {
		return nil
	}
	object, list := v.GetStructValue(), v.GetListValue()
	switch {
	case object != nil && t.Kind() == reflect.Struct:
		return mismatchesOfStruct(path, object, t, strict)
	case object != nil && t.Kind() == reflect.Map:
		return mismatchesOfMap(path, object, t, strict)
	case list != nil && t.Kind() == reflect.Slice:
		return mismatchesOfList(path, list, t, strict)
	case isOf(v, t):
		return nil
	}
	return field.ErrorList{mismatch(path, v, remedy(path, v, t))}
}

func mismatchesOfStruct(path *field.Path, s *structpb.Struct, t reflect.Type, strict bool) field.ErrorList {
	var out field.ErrorList
	known := membersOf(t)
	for _, name := range slices.Sorted(maps.Keys(s.GetFields())) {
		if m, ok := known[name]; ok {
			out = append(out, mismatches(path.Child(name), s.GetFields()[name], m.of, strict)...)
		} else if strict {
			out = append(out, mismatch(path.Child(name), s.GetFields()[name], noSuchField(name, known)))
		}
	}
	return out
}

func mismatchesOfMap(path *field.Path, s *structpb.Struct, t reflect.Type, strict bool) field.ErrorList {
	var out field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(s.GetFields())) {
		out = append(out, mismatches(path.Key(key), s.GetFields()[key], t.Elem(), strict)...)
	}
	return out
}

func mismatchesOfList(path *field.Path, l *structpb.ListValue, t reflect.Type, strict bool) field.ErrorList {
	var out field.ErrorList
	for i, v := range l.GetValues() {
		out = append(out, mismatches(path.Index(i), v, t.Elem(), strict)...)
	}
	return out
}

// readsItself reports whether a type has a JSON of its own, as times have.
func readsItself(t reflect.Type) bool {
	return t.PkgPath() != "" && reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}

// noSuchField, and the one that the name was meant for.
func noSuchField(name string, known map[string]member) string {
	if near := words.Nearest(name, slices.Collect(maps.Keys(known))); near != "" {
		return fmt.Sprintf("there is no such field: did you mean %q?", near)
	}
	return "there is no such field"
}

// isOf reports whether a value that is no object and no list is of a type.
func isOf(v *structpb.Value, t reflect.Type) bool {
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return t.Kind() == reflect.String
	case *structpb.Value_BoolValue:
		return t.Kind() == reflect.Bool
	case *structpb.Value_NumberValue:
		n := kind.NumberValue
		whole := n == math.Trunc(n) && !math.IsInf(n, 0)
		return whole && (t.Kind() == reflect.Int32 && math.Abs(n) <= math.MaxInt32 || t.Kind() == reflect.Int64)
	}
	return false
}

// mismatch of a value, as it was written.
func mismatch(path *field.Path, v *structpb.Value, detail string) *field.Error {
	return &field.Error{Type: field.ErrorTypeInvalid, Field: v1alpha1.Shorten(path.String()), BadValue: asWritten(v), Detail: detail}
}

// asWritten is a value that prints as it was written.
func asWritten(v *structpb.Value) any {
	if s, ok := v.GetKind().(*structpb.Value_StringValue); ok {
		return v1alpha1.Shorten(s.StringValue)
	}
	b, err := json.Marshal(v.AsInterface())
	if short := v1alpha1.Shorten(string(b)); err != nil || short != string(b) {
		return short
	}
	return json.RawMessage(b)
}

// remedy is what to write instead of a value that must be of a type.
func remedy(path *field.Path, v *structpb.Value, t reflect.Type) string {
	n, isNumber := v.GetKind().(*structpb.Value_NumberValue)
	switch t.Kind() {
	case reflect.String:
		if isNumber {
			return fmt.Sprintf("must be a string: write it in quotes: %q", quoted(path, n.NumberValue))
		}
		return "must be a string"
	case reflect.Bool:
		return "must be true or false, without quotes"
	case reflect.Int32, reflect.Int64:
		return "must be a whole number, without quotes"
	case reflect.Slice:
		return "must be a list"
	}
	return "must be an object"
}

// quoted is the text that somebody meant who wrote a number. Of a version of 7.0, YAML
// keeps 7 only.
func quoted(path *field.Path, n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if strings.HasSuffix(path.String(), "engineVersion") && !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
