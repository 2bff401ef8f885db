package protocol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

type inlined struct {
	Inlined string  `json:"inlined,omitempty"`
	Pointer *string `json:"pointer"`
}

// settings have a field of every form that our types have.
type settings struct {
	metav1.ObjectMeta `json:"metadata"`
	inlined           `json:",inline"`

	Text    string             `json:"text"`
	Flag    *bool              `json:"flag,omitempty"`
	Int     *int32             `json:"int,omitempty"`
	Long    int64              `json:"long,omitempty"`
	Number  *float64           `json:"number,omitempty"`
	List    []string           `json:"list,omitempty"`
	Structs []inlined          `json:"structs"`
	Tags    map[string]*string `json:"tags"`
	Bytes   map[string][]byte  `json:"bytes"`
	Ref     *inlined           `json:"ref"`
}

func TestEncode(t *testing.T) {
	cases := map[string]struct {
		reason string
		object any
		want   map[string]any
	}{
		"Nothing": {
			reason: "What is null or empty says nothing; an empty text that is not to be left out does.",
			object: &settings{
				inlined: inlined{Pointer: nil}, List: []string{}, Tags: map[string]*string{"nil": nil}, Ref: &inlined{},
			},
			want: map[string]any{"text": ""},
		},
		"Everything": {
			reason: "Every kind of value has its form in JSON.",
			object: settings{
				ObjectMeta: metav1.ObjectMeta{Name: "n", Labels: map[string]string{"l": "v"}},
				inlined:    inlined{Inlined: "i", Pointer: ptr.To("")},
				Text:       "t", Flag: ptr.To(false), Int: ptr.To[int32](-1), Long: 1 << 40, Number: ptr.To(1.5),
				List: []string{"b", "a"}, Structs: []inlined{{Inlined: "i"}}, Tags: map[string]*string{"k": ptr.To("v")},
				Bytes: map[string][]byte{"b": {0, 255}}, Ref: &inlined{Inlined: "r"},
			},
			want: map[string]any{
				"metadata": map[string]any{"name": "n", "labels": map[string]any{"l": "v"}},
				"inlined":  "i", "pointer": "",
				"text": "t", "flag": false, "int": -1.0, "long": float64(1 << 40), "number": 1.5,
				"list": []any{"b", "a"}, "structs": []any{map[string]any{"inlined": "i"}}, "tags": map[string]any{"k": "v"},
				"bytes": map[string]any{"b": "AP8="}, "ref": map[string]any{"inlined": "r"},
			},
		},
		"NotUTF8": {
			reason: "The protocol carries no text that is not UTF-8.",
			object: &settings{Text: "a\xff\xfeb"},
			want:   map[string]any{"text": "a\uFFFDb"},
		},
		"Secret": {
			reason: "A type of Kubernetes is written as any other.",
			object: &corev1.Secret{Type: corev1.SecretTypeOpaque, Data: map[string][]byte{"k": []byte("v")}},
			want:   map[string]any{"type": "Opaque", "data": map[string]any{"k": "dg=="}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Encode(tc.object).AsMap()); diff != "" {
				t.Errorf("%s\nEncode(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEncodePanics: what Encode does not know must not be left out in silence.
func TestEncodePanics(t *testing.T) {
	for name, object := range map[string]any{
		"Channel": struct{ C chan int }{make(chan int)},
		"Time":    struct{ T metav1.Time }{metav1.Unix(1, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was encoded")
				}
			}()
			Encode(object)
		})
	}
}
