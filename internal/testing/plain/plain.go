// Package plain turns Go values into the protocol's form the long way, by JSON, to
// hold the short way against it, and tells what JSON calls their fields.
package plain

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// Encode an object, without nulls, empty objects and empty lists.
func Encode(object any) (*structpb.Struct, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	s := &structpb.Struct{}
	if err := protojson.Unmarshal(b, s); err != nil {
		return nil, err
	}
	prune(s)
	return s, nil
}

func prune(s *structpb.Struct) {
	for key, v := range s.GetFields() {
		prune(v.GetStructValue())
		for _, item := range v.GetListValue().GetValues() {
			prune(item.GetStructValue())
		}
		if isEmpty(v) {
			delete(s.GetFields(), key)
		}
	}
}

func isEmpty(v *structpb.Value) bool {
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StructValue:
		return len(kind.StructValue.GetFields()) == 0
	case *structpb.Value_ListValue:
		return len(kind.ListValue.GetValues()) == 0
	case *structpb.Value_NullValue:
		return true
	}
	return false
}
