package wire

import (
	"math"
	"reflect"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
)

// Decode an object into a struct, and pass over fields that the struct does not have.
// It reports whether every value is plainly of its field's type. If one is not, the
// struct is left half-filled, and how to read it, or what to say of it, is for a
// decoder of JSON to decide.
func Decode(s *structpb.Struct, into any) bool {
	return decodeStruct(s, reflect.ValueOf(into).Elem(), false)
}

// DecodeStrict does the same, and leaves an object with a field that the struct does
// not have to a decoder of JSON as well.
func DecodeStrict(s *structpb.Struct, into any) bool {
	return decodeStruct(s, reflect.ValueOf(into).Elem(), true)
}

func decode(value *structpb.Value, into reflect.Value, strict bool) bool {
	if into.Kind() == reflect.Pointer {
		p := reflect.New(into.Type().Elem())
		into.Set(p)
		return decode(value, p.Elem(), strict)
	}
	if ownJSON(into.Type()) {
		return false
	}
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return decodeText(kind.StringValue, into)
	case *structpb.Value_BoolValue:
		return decodeBool(kind.BoolValue, into)
	case *structpb.Value_NumberValue:
		return decodeNumber(kind.NumberValue, into)
	case *structpb.Value_ListValue:
		return decodeList(kind.ListValue.GetValues(), into, strict)
	case *structpb.Value_StructValue:
		if into.Kind() == reflect.Struct {
			return decodeStruct(kind.StructValue, into, strict)
		}
		return decodeMap(kind.StructValue, into, strict)
	}
	return false
}

func decodeText(s string, into reflect.Value) bool {
	if into.Kind() != reflect.String || !utf8.ValidString(s) {
		return false
	}
	into.SetString(s)
	return true
}

func decodeBool(b bool, into reflect.Value) bool {
	if into.Kind() != reflect.Bool {
		return false
	}
	into.SetBool(b)
	return true
}

func decodeNumber(n float64, into reflect.Value) bool {
	if !into.CanInt() || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
		return false
	}
	into.SetInt(int64(n))
	return true
}

func decodeList(values []*structpb.Value, into reflect.Value, strict bool) bool {
	if into.Kind() != reflect.Slice || into.Type().Elem().Kind() == reflect.Uint8 {
		return false
	}
	into.Set(reflect.MakeSlice(into.Type(), len(values), len(values)))
	for i, v := range values {
		if !decode(v, into.Index(i), strict) {
			return false
		}
	}
	return true
}

func decodeMap(s *structpb.Struct, into reflect.Value, strict bool) bool {
	if into.Kind() != reflect.Map || into.Type().Key() != reflect.TypeFor[string]() {
		return false
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(s.GetFields())))
	for key, v := range s.GetFields() {
		value := reflect.New(into.Type().Elem()).Elem()
		if !utf8.ValidString(key) || !decode(v, value, strict) {
			return false
		}
		into.SetMapIndex(reflect.ValueOf(key), value)
	}
	return true
}

func decodeStruct(s *structpb.Struct, into reflect.Value, strict bool) bool {
	found := 0
	for _, f := range planOf(into.Type()).fields {
		v, ok := s.GetFields()[f.name]
		if !ok {
			continue
		}
		found++
		if !decode(v, into.FieldByIndex(f.index), strict) {
			return false
		}
	}
	return !strict || found == len(s.GetFields())
}
