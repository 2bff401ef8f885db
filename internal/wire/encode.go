package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"
)

// Encode an object, without what says nothing: nulls, empty objects and empty lists.
func Encode(object any) (*structpb.Struct, error) {
	v, err := encode(reflect.ValueOf(object))
	if err != nil {
		return nil, fmt.Errorf("cannot write %T in the protocol's form: %w", object, err)
	}
	return v.GetStructValue(), nil
}

// encode a value, nil if it says nothing.
func encode(v reflect.Value) (*structpb.Value, error) {
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		return encode(v.Elem())
	}
	if v.IsValid() && ownJSON(v.Type()) {
		return byJSON(v)
	}
	switch v.Kind() {
	case reflect.Invalid, reflect.Pointer, reflect.Interface:
		return nil, nil //nolint:nilnil // Nothing to say, and nothing wrong.
	case reflect.Struct:
		return encodeStruct(v)
	case reflect.Map:
		return encodeMap(v)
	case reflect.Slice:
		return encodeList(v)
	case reflect.String:
		return text(v.String()), nil
	case reflect.Bool:
		return structpb.NewBoolValue(v.Bool()), nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return structpb.NewNumberValue(float64(v.Int())), nil
	case reflect.Float64:
		return structpb.NewNumberValue(v.Float()), nil
	}
	return byJSON(v)
}

func encodeStruct(v reflect.Value) (*structpb.Value, error) {
	var out map[string]*structpb.Value
	fields := planOf(v.Type()).fields
	for i := range fields {
		f := &fields[i]
		at := v.FieldByIndex(f.index)
		if f.omitEmpty && at.IsZero() {
			continue
		}
		value, err := encode(at)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		if out == nil {
			out = map[string]*structpb.Value{}
		}
		out[f.name] = value
	}
	return object(out), nil
}

func encodeMap(v reflect.Value) (*structpb.Value, error) {
	if v.Type().Key().Kind() != reflect.String {
		return byJSON(v)
	}
	out := make(map[string]*structpb.Value, v.Len())
	for i := v.MapRange(); i.Next(); {
		value, err := encode(i.Value())
		if err != nil {
			return nil, err
		}
		if value != nil {
			out[i.Key().String()] = value
		}
	}
	return object(out), nil
}

// encodeList keeps the length: an element that says nothing has its place.
func encodeList(v reflect.Value) (*structpb.Value, error) {
	if v.Len() == 0 {
		return nil, nil //nolint:nilnil // Nothing to say, and nothing wrong.
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return structpb.NewStringValue(base64.StdEncoding.EncodeToString(v.Bytes())), nil
	}
	out := make([]*structpb.Value, v.Len())
	for i := range out {
		value, err := encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		if value == nil {
			value = placeholder(v.Index(i))
		}
		out[i] = value
	}
	return structpb.NewListValue(&structpb.ListValue{Values: out}), nil
}

func placeholder(v reflect.Value) *structpb.Value {
	if reflect.Indirect(v).Kind() == reflect.Struct {
		return structpb.NewStructValue(&structpb.Struct{})
	}
	return structpb.NewNullValue()
}

// object of fields, nil if there are none, allocated in one piece.
func object(fields map[string]*structpb.Value) *structpb.Value {
	if len(fields) == 0 {
		return nil
	}
	out := &struct {
		value  structpb.Value
		kind   structpb.Value_StructValue
		object structpb.Struct
	}{}
	out.object.Fields = fields
	out.kind.StructValue = &out.object
	out.value.Kind = &out.kind
	return &out.value
}

// text is most of every object; it is allocated in one piece, too.
func text(s string) *structpb.Value {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // As encoding/json does; the protocol carries no other.
	}
	out := &struct {
		value structpb.Value
		kind  structpb.Value_StringValue
	}{}
	out.kind.StringValue = s
	out.value.Kind = &out.kind
	return &out.value
}

// byJSON is the long way, for what has a JSON of its own.
func byJSON(v reflect.Value) (*structpb.Value, error) {
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, err
	}
	out := &structpb.Value{}
	if err := out.UnmarshalJSON(b); err != nil {
		return nil, err
	}
	if _, null := out.GetKind().(*structpb.Value_NullValue); null {
		return nil, nil //nolint:nilnil // Nothing to say, and nothing wrong.
	}
	return out, nil
}
