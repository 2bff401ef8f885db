package wire

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"

	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
)

type named string

// moment has a JSON of its own.
type moment struct{ t time.Time }

func (m moment) MarshalJSON() ([]byte, error) { return json.Marshal(m.t) }

func (m *moment) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.t) }

type embedded struct {
	Embedded string  `json:"embedded"`
	Optional *string `json:"optional,omitempty"`
}

// everything has a field of every form that Kubernetes' types have.
type everything struct {
	embedded          `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Text     string             `json:"text"`
	Omitted  string             `json:"omitted,omitempty"`
	Named    named              `json:"named"`
	Flag     bool               `json:"flag,omitempty"`
	FlagPtr  *bool              `json:"flagPtr,omitempty"`
	Number   *float64           `json:"number,omitempty"`
	Int      *int32             `json:"int,omitempty"`
	Long     int64              `json:"long,omitempty"`
	List     []*string          `json:"list,omitempty"`
	Structs  []embedded         `json:"structs"`
	Tags     map[string]*string `json:"tags"`
	Bytes    map[string][]byte  `json:"bytes"`
	Pointer  *embedded          `json:"pointer"`
	Any      any                `json:"any"`
	Moment   moment             `json:"moment"`
	NoTag    string
	Excluded string `json:"-"`
	private  string
}

func TestEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := draw(t)
		got, err := Encode(&in)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plain.Encode(&in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("%+v: -as encoding/json and protojson, +got:\n%s", in, diff)
		}
	})
}

func TestEncodeRefuses(t *testing.T) {
	for name, in := range map[string]any{
		"Channel": struct{ C chan int }{make(chan int)},
		"Key":     struct{ M map[bool]string }{map[bool]string{true: "x"}},
	} {
		if _, err := Encode(in); err == nil {
			t.Errorf("%s: what can't be written must be an error", name)
		}
	}
}

func draw(t *rapid.T) everything {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<&>", "a\x00b", "not \xff\xfe UTF-8", "\u2028"}))
	texts := rapid.Ptr(text, true)
	part := rapid.Custom(func(t *rapid.T) embedded {
		return embedded{Embedded: text.Draw(t, "embedded"), Optional: texts.Draw(t, "optional")}
	})
	key := rapid.StringMatching("[a-z]{0,5}")
	return everything{
		embedded:   part.Draw(t, "embedded"),
		ObjectMeta: metav1.ObjectMeta{Name: text.Draw(t, "name"), Labels: rapid.MapOf(key, text).Draw(t, "labels"), CreationTimestamp: metav1.Unix(rapid.Int64Range(0, 1).Draw(t, "created"), 0)},
		Text:       text.Draw(t, "text"),
		Omitted:    text.Draw(t, "omitted"),
		Named:      named(text.Draw(t, "named")),
		Flag:       rapid.Bool().Draw(t, "flag"),
		FlagPtr:    rapid.Ptr(rapid.Bool(), true).Draw(t, "flagPtr"),
		Number:     rapid.Ptr(rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64), true).Draw(t, "number"),
		Int:        rapid.Ptr(rapid.Int32(), true).Draw(t, "int"),
		Long:       rapid.Int64().Draw(t, "long"),
		List:       rapid.SliceOf(texts).Draw(t, "list"),
		Structs:    rapid.SliceOf(part).Draw(t, "structs"),
		Tags:       rapid.MapOf(key, texts).Draw(t, "tags"),
		Bytes:      rapid.MapOf(key, rapid.SliceOfN(rapid.Byte(), 1, 9)).Draw(t, "bytes"),
		Pointer:    rapid.Ptr(part, true).Draw(t, "pointer"),
		Any:        rapid.SampledFrom([]any{nil, "x", 1.5, true, []any{"x"}, map[string]any{"x": 1.0}, embedded{}}).Draw(t, "any"),
		Moment:     moment{time.Unix(rapid.Int64Range(0, 1).Draw(t, "moment"), 0).UTC()},
		NoTag:      text.Draw(t, "noTag"),
		Excluded:   "never",
		private:    "never",
	}
}

// settings are of the types that a claim's spec has.
type settings struct {
	embedded `json:",inline"`

	Text   string            `json:"text"`
	Named  named             `json:"named"`
	Flag   *bool             `json:"flag"`
	Number *int32            `json:"number"`
	List   []string          `json:"list"`
	Map    map[string]string `json:"map"`
	Ref    *embedded         `json:"ref"`
	Moment *moment           `json:"moment"`
}

func TestDecode(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     map[string]any
		want   settings
		plain  bool
		strict bool
	}{
		"Empty": {
			reason: "Nothing is plainly nothing.",
			plain:  true, strict: true,
		},
		"Everything": {
			reason: "Each value is of its field's type.",
			in: map[string]any{
				"embedded": "e", "text": "t", "named": "n", "flag": false, "number": -3.0, "list": []any{"a", "b"},
				"map": map[string]any{"k": "v"}, "ref": map[string]any{"optional": "o"},
			},
			want: settings{
				embedded: embedded{Embedded: "e"}, Text: "t", Named: "n", Flag: ptr.To(false), Number: ptr.To[int32](-3),
				List: []string{"a", "b"}, Map: map[string]string{"k": "v"}, Ref: &embedded{Optional: ptr.To("o")},
			},
			plain: true, strict: true,
		},
		"EmptyCollections": {
			reason: "An empty list is another thing than none.",
			in:     map[string]any{"list": []any{}, "map": map[string]any{}},
			want:   settings{List: []string{}, Map: map[string]string{}},
			plain:  true, strict: true,
		},
		"UnknownField": {
			reason: "Crossplane adds fields to a spec; in an Input one is a typo.",
			in:     map[string]any{"text": "t", "claimRef": map[string]any{"name": "x"}},
			want:   settings{Text: "t"},
			plain:  true,
		},
		"UnknownFieldBelow": {
			reason: "A typo further down is one, too.",
			in:     map[string]any{"ref": map[string]any{"called": "x"}},
			want:   settings{Ref: &embedded{}},
			plain:  true,
		},
		"OtherCase":     {reason: "A field in another case is another field.", in: map[string]any{"Text": "t"}, plain: true},
		"Null":          {reason: "What null means is JSON's to say.", in: map[string]any{"flag": nil}},
		"NumberForText": {reason: "It has to be told.", in: map[string]any{"text": 1.0}},
		"TextForNumber": {reason: "It has to be told.", in: map[string]any{"number": "1"}},
		"TextForFlag":   {reason: "It has to be told.", in: map[string]any{"flag": "true"}},
		"TextForList":   {reason: "It has to be told.", in: map[string]any{"list": "a"}},
		"TextForMap":    {reason: "It has to be told.", in: map[string]any{"map": "a"}},
		"TextForObject": {reason: "It has to be told.", in: map[string]any{"ref": "a"}},
		"ListForMap":    {reason: "It has to be told.", in: map[string]any{"map": []any{}}},
		"MapForList":    {reason: "It has to be told.", in: map[string]any{"list": map[string]any{}}},
		"NumberInList":  {reason: "It has to be told.", in: map[string]any{"list": []any{1.0}}},
		"NumberInMap":   {reason: "It has to be told.", in: map[string]any{"map": map[string]any{"k": 1.0}}},
		"Fraction":      {reason: "It is no whole number.", in: map[string]any{"number": 1.5}},
		"TooLarge":      {reason: "It does not fit.", in: map[string]any{"number": 3e9}},
		"Special":       {reason: "A type with a JSON of its own reads itself.", in: map[string]any{"moment": "1970-01-01T00:00:00Z"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, err := structpb.NewStruct(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			var got settings
			if plain := Decode(s, &got); plain != tc.plain {
				t.Fatalf("%s: Decode() = %t, want %t", tc.reason, plain, tc.plain)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(settings{}, moment{})); tc.plain && diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if strict := DecodeStrict(s, &settings{}); strict != tc.strict {
				t.Errorf("%s: DecodeStrict() = %t, want %t", tc.reason, strict, tc.strict)
			}
		})
	}
}

// TestDecodeOdd gives Decode what only the protocol can hold: it is never plain.
func TestDecodeOdd(t *testing.T) {
	for name, v := range map[string]*structpb.Value{
		"NoKind":   {},
		"NotUTF8":  {Kind: &structpb.Value_StringValue{StringValue: "\xff"}},
		"NaN":      structpb.NewNumberValue(math.NaN()),
		"Infinity": structpb.NewNumberValue(math.Inf(1)),
	} {
		for _, key := range []string{"text", "number"} {
			if Decode(&structpb.Struct{Fields: map[string]*structpb.Value{key: v}}, &settings{}) {
				t.Errorf("%s for a %s was taken", name, key)
			}
		}
	}
	key := &structpb.Struct{Fields: map[string]*structpb.Value{"\xff": structpb.NewStringValue("x")}}
	if Decode(&structpb.Struct{Fields: map[string]*structpb.Value{"map": structpb.NewStructValue(key)}}, &settings{}) {
		t.Error("a key that is not UTF-8 was taken")
	}
}
