package main

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
)

// TestReadmeFields holds the README's table of fields against the types: every
// field is in it, in the types' order, with the default that the function fills
// in.
func TestReadmeFields(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "\n## Fields\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var fields []string
	defaults := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([^|]*) ?\\|").FindAllStringSubmatch(section, -1) {
		fields = append(fields, row[1])
		defaults[row[1]] = row[2]
	}
	if diff := cmp.Diff(plain.Fields(reflect.TypeFor[v1alpha1.XRedisSpec]()), fields); diff != "" {
		t.Errorf("fields: -types, +README:\n%s", diff)
	}
	documented := reflect.ValueOf(v1alpha1.Settings{}.WithDefaults(v1alpha1.Settings{}))
	for i := range documented.NumField() {
		name, _, _ := strings.Cut(documented.Type().Field(i).Tag.Get("json"), ",")
		if documented.Field(i).IsNil() {
			if strings.HasPrefix(defaults[name], "`") {
				t.Errorf("%s: the README names a default, %s, and the function has none", name, defaults[name])
			}
			continue
		}
		want := fmt.Sprintf("`%v`", documented.Field(i).Elem().Interface())
		if !strings.HasPrefix(defaults[name], want) {
			t.Errorf("%s: the README says %q, and the function fills in %s", name, defaults[name], want)
		}
	}
}
