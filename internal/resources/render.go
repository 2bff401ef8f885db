package resources

import (
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-contrib/function-xredis/internal/wire"
)

// Render an object in the protocol's form, as the full statement of what we
// want: no status, which is not ours to say, and nothing that is null or empty,
// which server-side apply would take for an opinion.
func Render(object any) (*structpb.Struct, error) {
	s, err := wire.Encode(object)
	if err != nil {
		return nil, err
	}
	delete(s.GetFields(), "status")
	return s, nil
}
