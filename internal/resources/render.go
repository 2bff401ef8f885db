package resources

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// Render an object in the protocol's form, as the full statement of what we
// want: no status, which is not ours to say, and nothing that is null or empty,
// which server-side apply would take for an opinion.
func Render(object any) (*structpb.Struct, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("cannot write %T as JSON: %w", object, err)
	}
	s := &structpb.Struct{}
	if err := protojson.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("cannot read %T from JSON: %w", object, err)
	}
	delete(s.GetFields(), "status")
	prune(s)
	return s, nil
}

// prune what says nothing: nulls, empty objects and empty lists.
func prune(s *structpb.Struct) {
	for key, v := range s.GetFields() {
		if object := v.GetStructValue(); object != nil {
			prune(object)
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
