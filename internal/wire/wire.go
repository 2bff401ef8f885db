// Package wire turns Go values into the protocol's form and back, as encoding/json
// and protojson do between them, and without writing and reading JSON: that was two
// thirds of what a run cost.
//
// It knows what Kubernetes' types are made of. A type with a way of its own to be
// written as JSON is left to encoding/json.
package wire

import (
	"cmp"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A plan is what there is to know of a type. It is made once.
type plan struct {
	// fields of a struct, with those of the structs that it embeds.
	fields []field

	// special types have a JSON of their own.
	special bool
}

// A field of a struct, as encoding/json sees it.
type field struct {
	name      string
	index     []int
	omitEmpty bool
}

// plans by type. There are as many as types, which are few.
var plans sync.Map //nolint:gochecknoglobals // Made once for all runs.

func planOf(t reflect.Type) *plan {
	if known, ok := plans.Load(t); ok {
		return known.(*plan) //nolint:forcetypeassert // It holds nothing else.
	}
	p := &plan{special: isSpecial(t)}
	if t.Kind() == reflect.Struct {
		p.fields = appendFields(nil, t, nil)
	}
	plans.Store(t, p)
	return p
}

func appendFields(out []field, t reflect.Type, index []int) []field {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := slices.Concat(index, f.Index)
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			out = appendFields(out, f.Type, at)
		case f.IsExported() && name != "-":
			out = append(out, field{name: cmp.Or(name, f.Name), index: at, omitEmpty: strings.Contains(options, "omit")})
		}
	}
	return out
}

// isSpecial reports whether a type, or a pointer to it, is written or read in a way of
// its own.
func isSpecial(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return slices.ContainsFunc([]reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	}, p.Implements)
}

// ownJSON tells the same of a value, and does not ask it of Go's own types.
func ownJSON(t reflect.Type) bool { return t.PkgPath() != "" && planOf(t).special }
