package plain

import (
	"reflect"
	"strings"
)

// Fields of a struct as JSON names them, those of embedded structs among them.
func Fields(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		if f.Anonymous {
			out = append(out, Fields(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}
