package protocol

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A member of a struct, as JSON has it.
type member struct {
	index     []int
	of        reflect.Type
	omitEmpty bool
}

// members of structs by their names, by the type of the struct.
var members sync.Map //nolint:gochecknoglobals // Found once for all runs: there are as many as types, which are few.

// membersOf a struct by their names, those of inlined structs among them.
func membersOf(t reflect.Type) map[string]member {
	if known, ok := members.Load(t); ok {
		return known.(map[string]member) //nolint:forcetypeassert // It holds nothing else.
	}
	out := map[string]member{}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for inlined, m := range membersOf(f.Type) {
				m.index = slices.Concat(f.Index, m.index)
				out[inlined] = m
			}
		case f.IsExported():
			out[name] = member{index: f.Index, of: f.Type, omitEmpty: strings.Contains(options, "omit")}
		default:
			panic(fmt.Sprintf("%s has a JSON of its own", t)) // As times have.
		}
	}
	members.Store(t, out)
	return out
}
