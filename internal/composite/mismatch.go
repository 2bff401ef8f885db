package composite

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/wire"
)

// Mismatches of an object with a type, each with the value as it was written.
func Mismatches(path string, s *structpb.Struct, t reflect.Type, strict bool) field.ErrorList {
	var out field.ErrorList
	for _, m := range wire.Mismatches(s, t, strict) {
		name := strings.ReplaceAll(strings.Join(append([]string{path}, m.Path...), "."), ".[", "[")
		out = append(out, &field.Error{Type: field.ErrorTypeInvalid, Field: v1alpha1.Shorten(name), BadValue: asWritten(m.Value), Detail: remedy(m)})
	}
	return out
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

// remedy is what to write instead.
func remedy(m wire.Mismatch) string {
	if m.Type == nil {
		return "there is no such field" + suggestion(m.Path[len(m.Path)-1], m.Fields)
	}
	if n, ok := m.Value.GetKind().(*structpb.Value_NumberValue); ok && m.Type.Kind() == reflect.String {
		return fmt.Sprintf("must be a string: write it in quotes: %q", quoted(m.Path, n.NumberValue))
	}
	return "must be " + inWords(m.Type)
}

// quoted is the text that somebody meant who wrote a number. Of a version of 7.0, YAML
// keeps 7 only.
func quoted(path []string, n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if path[len(path)-1] == "engineVersion" && !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// inWords is what a field of a type must hold.
func inWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false, without quotes"
	case reflect.Int32, reflect.Int64:
		return "a whole number, without quotes"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// suggestion of the field that a name was meant for, empty if none is close.
func suggestion(name string, fields []string) string {
	best, least := "", 3
	for _, f := range fields {
		if d := distance(strings.ToLower(name), strings.ToLower(f)); d < least && d < len(f)/2 {
			best, least = f, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", best)
}

// distance of two words: how many letters to add, drop or replace.
// https://en.wikipedia.org/wiki/Levenshtein_distance
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
