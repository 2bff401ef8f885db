package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

const root = "../.."

func TestFieldsAreUpToDate(t *testing.T) {
	want, err := fields(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "docs", "fields.md"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/fields.md is out of date, run go generate ./...: -want, +got:\n%s", diff)
	}
}

// TestDefaults compares the defaults that the descriptions name to those that the
// function fills in.
func TestDefaults(t *testing.T) {
	xrd, err := schema(filepath.Join(root, xrdFile))
	if err != nil {
		t.Fatal(err)
	}
	filled := reflect.ValueOf(v1alpha1.Settings{}.WithDefaults(v1alpha1.Settings{}))
	for i := range filled.NumField() {
		name, _, _ := strings.Cut(filled.Type().Field(i).Tag.Get("json"), ",")
		_, named := cutDefault(oneLine(xrd.Properties["spec"].Properties[name].Description))
		if filled.Field(i).IsNil() {
			if named == "" {
				t.Errorf("%s: the description does not say what happens without it: add a sentence that begins with Default:", name)
			}
			continue
		}
		if want := fmt.Sprint(filled.Field(i).Elem().Interface()); !strings.Contains(named, want) {
			t.Errorf("%s: the description names the default %q, and the function fills in %s", name, named, want)
		}
	}
}

func TestTable(t *testing.T) {
	one, six := 1.0, 6.0
	object := extv1.JSONSchemaProps{
		Required: []string{"size"},
		Properties: map[string]extv1.JSONSchemaProps{
			"colour": {Type: "string", Description: "Colour of\nthe lamp, such as a|b or *. Default: 2.5 red.\nImmutable."},
			"shades": {Type: "array", Items: &extv1.JSONSchemaPropsOrArray{Schema: &extv1.JSONSchemaProps{
				Properties: map[string]extv1.JSONSchemaProps{"kind": {Type: "string", Enum: []extv1.JSON{{Raw: []byte(`"flat"`)}, {Raw: []byte(`"round"`)}}}},
			}}},
			"size": {Type: "integer", Minimum: &one, Maximum: &six, Description: "Size."},
		},
	}
	want := "| `size` | 1 to 6 | required | Size. |\n" +
		"| `colour` | string | 2.5 red | Colour of the lamp, such as a\\|b or \\*. Immutable. |\n" +
		"| `shades` | list |  |  |\n" +
		"| `shades[].kind` | `flat`, `round` |  |  |\n"
	if diff := cmp.Diff(want, table(object, "", specRow)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
