package protocol

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"
)

func TestDecode(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     map[string]any
		want   settings
		lax    string // The problems, and more of them where unknown fields are some.
		strict string
	}{
		"Empty": {reason: "Nothing is nothing."},
		"Everything": {
			reason: "Each value is of its field's type.",
			in: map[string]any{
				"metadata": map[string]any{"name": "n", "creationTimestamp": nil},
				"inlined":  "i", "pointer": "p", "text": "t", "flag": false, "int": -3.0, "long": float64(1 << 40), "list": []any{"a", "b"},
				"structs": []any{map[string]any{"inlined": "i"}}, "tags": map[string]any{"k": "v"}, "ref": map[string]any{"pointer": "r"},
			},
			want: settings{
				ObjectMeta: metav1.ObjectMeta{Name: "n"}, inlined: inlined{Inlined: "i", Pointer: ptr.To("p")},
				Text: "t", Flag: ptr.To(false), Int: ptr.To[int32](-3), Long: 1 << 40, List: []string{"a", "b"},
				Structs: []inlined{{Inlined: "i"}}, Tags: map[string]*string{"k": ptr.To("v")}, Ref: &inlined{Pointer: ptr.To("r")},
			},
		},
		"Null": {
			reason: "A null is a field that is left out.",
			in:     map[string]any{"text": nil, "flag": nil, "list": nil, "tags": nil, "ref": map[string]any{"inlined": nil}},
			want:   settings{Ref: &inlined{}},
		},
		"EmptyCollections": {
			reason: "An empty list is another thing than none.",
			in:     map[string]any{"list": []any{}, "tags": map[string]any{}},
			want:   settings{List: []string{}, Tags: map[string]*string{}},
		},
		"UnknownField": {
			reason: "Crossplane adds fields to a spec; in an Input one is a typo.",
			in:     map[string]any{"text": "t", "claimRef": map[string]any{"name": "x"}, "ref": map[string]any{"inline": "x"}},
			want:   settings{Text: "t", Ref: &inlined{}},
			strict: `x.claimRef: Invalid value: {"name":"x"}: there is no such field
x.ref.inline: Invalid value: "x": there is no such field: did you mean "inlined"?`,
		},
		"OtherCase": {
			reason: "A field in another case is another field.",
			in:     map[string]any{"Text": "t"},
			strict: `x.Text: Invalid value: "t": there is no such field: did you mean "text"?`,
		},
		"OtherTypes": {
			reason: "All problems are found at once, each with its remedy.",
			in:     map[string]any{"text": 7.0, "flag": "true", "int": "1", "list": "a", "tags": []any{}, "ref": true, "structs": []any{1.0}},
			lax: `x.flag: Invalid value: "true": must be true or false, without quotes
x.int: Invalid value: "1": must be a whole number, without quotes
x.list: Invalid value: "a": must be a list
x.ref: Invalid value: true: must be an object
x.structs[0]: Invalid value: 1: must be an object
x.tags: Invalid value: []: must be an object
x.text: Invalid value: 7: must be a string: write it in quotes: "7"`,
		},
		"OtherTypesWithin": {
			reason: "So are those of items.",
			in:     map[string]any{"list": []any{"a", 1.0}, "tags": map[string]any{"k": false}},
			lax: `x.list[1]: Invalid value: 1: must be a string: write it in quotes: "1"
x.tags[k]: Invalid value: false: must be a string`,
		},
		"Numbers": {
			reason: "A number that is not whole, or too large, does not become another.",
			in:     map[string]any{"int": 3e9, "long": 1.5},
			lax: `x.int: Invalid value: 3000000000: must be a whole number, without quotes
x.long: Invalid value: 1.5: must be a whole number, without quotes`,
		},
		"Time": {
			reason: "A type with a JSON of its own reads itself.",
			in:     map[string]any{"metadata": map[string]any{"creationTimestamp": "yesterday"}},
			lax:    `parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := structpb.NewStruct(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			var got settings
			if diff := cmp.Diff(tc.lax, said(Decode(field.NewPath("x"), s, &got, false))); diff != "" {
				t.Errorf("%s\nDecode(): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(settings{})); tc.lax == "" && diff != "" {
				t.Errorf("%s\nDecode(): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.lax+tc.strict, said(Decode(field.NewPath("x"), s, &settings{}, true))); diff != "" {
				t.Errorf("%s\nDecode() strictly: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestDecodeOdd gives Decode what only the protocol can hold.
func TestDecodeOdd(t *testing.T) {
	for name, v := range map[string]*structpb.Value{"NaN": structpb.NewNumberValue(math.NaN()), "Infinity": structpb.NewNumberValue(math.Inf(1))} {
		in := &structpb.Struct{Fields: map[string]*structpb.Value{"int": v, "text": {}}}
		if got := said(Decode(field.NewPath("x"), in, &settings{}, false)); !strings.HasSuffix(got, "must be a whole number, without quotes") {
			t.Errorf("%s for a number: %s", name, got)
		}
	}
}

// said of an error: the problems that it lists.
func said(err error) string {
	if err == nil {
		return ""
	}
	_, problems, listed := strings.Cut(err.Error(), ":\n  ")
	if !listed {
		return err.Error()
	}
	return strings.ReplaceAll(problems, "\n  ", "\n")
}
