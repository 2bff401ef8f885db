package wire

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"

	"google.golang.org/protobuf/types/known/structpb"
)

// A Mismatch is a value that does not fit the field that it is given for, or one
// that there is no field for.
type Mismatch struct {
	Path  []string // Names of fields, keys, and indexes such as [0].
	Value *structpb.Value

	// Type that the value must be of, nil where there is no such field.
	Type reflect.Type

	// Fields that there are where there is no such one.
	Fields []string
}

// Mismatches of an object with a type, sorted by path. A null is none: it is a field
// that is left out. Unknown fields are listed if strict.
func Mismatches(s *structpb.Struct, t reflect.Type, strict bool) []Mismatch {
	return mismatchesOfStruct(nil, s, t, strict)
}

func mismatches(path []string, v *structpb.Value, t reflect.Type, strict bool) []Mismatch {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, null := v.GetKind().(*structpb.Value_NullValue); null || v.GetKind() == nil || ownJSON(t) {
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
	return []Mismatch{{Path: path, Value: v, Type: t}}
}

func mismatchesOfStruct(path []string, s *structpb.Struct, t reflect.Type, strict bool) []Mismatch {
	known, names := map[string]reflect.Type{}, []string{}
	for _, f := range planOf(t).fields {
		known[f.name] = t.FieldByIndex(f.index).Type
		names = append(names, f.name)
	}
	var out []Mismatch
	for _, name := range slices.Sorted(maps.Keys(s.GetFields())) {
		at, v := append(slices.Clone(path), name), s.GetFields()[name]
		if of, ok := known[name]; ok {
			out = append(out, mismatches(at, v, of, strict)...)
		} else if strict {
			out = append(out, Mismatch{Path: at, Value: v, Fields: names})
		}
	}
	return out
}

func mismatchesOfMap(path []string, s *structpb.Struct, t reflect.Type, strict bool) []Mismatch {
	var out []Mismatch
	for _, key := range slices.Sorted(maps.Keys(s.GetFields())) {
		out = append(out, mismatches(append(slices.Clone(path), "["+key+"]"), s.GetFields()[key], t.Elem(), strict)...)
	}
	return out
}

func mismatchesOfList(path []string, l *structpb.ListValue, t reflect.Type, strict bool) []Mismatch {
	var out []Mismatch
	for i, v := range l.GetValues() {
		out = append(out, mismatches(append(slices.Clone(path), "["+strconv.Itoa(i)+"]"), v, t.Elem(), strict)...)
	}
	return out
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
