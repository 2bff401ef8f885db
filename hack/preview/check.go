package preview

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/apiserver"
	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/words"
)

// Check what is asked as the API server would. The error has a line for each problem.
func (in *Input) Check() error {
	crd := in.definition.Composite()
	if claim.IsClaim(in.asked) {
		if crd = in.definition.Claim(); crd == nil {
			return fmt.Errorf("%s: the XRD offers no claim: write an XRedis", describe(in.asked))
		}
	}
	version := in.asked.GroupVersionKind().Version
	if served := versions(crd); !strings.Contains(" "+served+" ", " "+version+" ") {
		return fmt.Errorf("apiVersion: %q: the XRD has no version %s: write %s/%s",
			in.asked.GetAPIVersion(), version, in.asked.GroupVersionKind().Group, served)
	}
	schema, err := apiserver.New(crd, version)
	if err != nil {
		return err
	}
	asked := in.asked.DeepCopy()
	delete(asked.Object, "status") // The API server ignores it, too.
	found := schema.Validate(asked, nil)
	if len(found) == 0 {
		return nil
	}
	sentences := sentencesOf(asked)
	problems := make([]string, 0, len(found))
	for _, err := range found {
		if strings.Contains(err.Detail, " in body should ") {
			err.Detail = cmp.Or(sentences[err.Field], err.Detail)
		}
		problems = append(problems, inWords(err, asked, schema.OpenAPI()))
	}
	slices.Sort(problems)
	return errors.New("the API server would refuse this:\n  " + strings.Join(problems, "\n  "))
}

// sentencesOf the function, by field: what the API server says of a limit or a pattern
// is only that.
func sentencesOf(asked *unstructured.Unstructured) map[string]string {
	out := map[string]string{}
	var xr v1alpha1.XRedis
	b, err := asked.MarshalJSON()
	if err != nil {
		return out
	}
	_ = json.Unmarshal(b, &xr) // A field of another type is left out, and is another problem.
	for _, err := range xr.Spec.Validate(field.NewPath("spec")) {
		out[err.Field] = err.Detail
	}
	return out
}

func versions(crd *extv1.CustomResourceDefinition) string {
	var out []string
	for _, v := range crd.Spec.Versions {
		out = append(out, v.Name)
	}
	return strings.Join(out, " ")
}

// wrongType is what the API server says of a value of another type.
var wrongType = regexp.MustCompile(`must be of type (\w+)`)

// inWords of a person, one problem of an object that has a schema.
func inWords(err *field.Error, asked *unstructured.Unstructured, schema *extv1.JSONSchemaProps) string {
	detail := strings.ReplaceAll(err.Detail, err.Field+" in body ", "")
	switch {
	case err.Type == field.ErrorTypeForbidden && detail == apiserver.UnknownField:
		return fmt.Sprintf("%s: there is no such field%s", err.Field, otherField(err.Field, schema))
	case err.Type == field.ErrorTypeRequired && detail == "":
		return err.Field + " is missing"
	case strings.HasPrefix(detail, "a lowercase RFC 1123 subdomain"):
		detail = "must be lower-case letters, digits, '-' and '.', and begin and end with a letter or a digit"
	case err.Type == field.ErrorTypeTypeInvalid:
		if types := wrongType.FindStringSubmatch(detail); types != nil {
			detail = "must be " + typeInWords(types[1])
		}
	}
	if err.Type == field.ErrorTypeDuplicate {
		detail = fmt.Sprintf("%q is in the list already", err.BadValue)
	}
	if value := written(asked, err.Field); value != "" {
		return fmt.Sprintf("%s: %s: %s", err.Field, value, detail)
	}
	return fmt.Sprintf("%s: %s", err.Field, detail)
}

// written is a value as it is in the file, empty for one that takes more than a few
// words or is in a list.
func written(asked *unstructured.Unstructured, path string) string {
	value, found, err := unstructured.NestedFieldNoCopy(asked.Object, strings.Split(path, ".")...)
	if err != nil || !found {
		return ""
	}
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool, int64:
		return fmt.Sprint(v)
	}
	return ""
}

func typeInWords(name string) string {
	words := map[string]string{
		"array": "a list", "boolean": "true or false, without quotes", "integer": "a whole number, without quotes",
		"object": "an object", "string": "a string, in quotes if it looks like a number",
	}
	return cmp.Or(words[name], name)
}

// otherField that may be meant by an unknown one.
func otherField(path string, schema *extv1.JSONSchemaProps) string {
	parent, name := "", path
	if i := strings.LastIndex(path, "."); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	fields := properties(schema, parent)
	if parent == "metadata" {
		fields = map[string]extv1.JSONSchemaProps{"annotations": {}, "labels": {}, "name": {}, "namespace": {}}
	}
	known := make([]string, 0, len(fields))
	for f := range fields {
		known = append(known, f)
	}
	if near := words.Nearest(name, known); near != "" {
		return fmt.Sprintf(": did you mean %s?", near)
	}
	if _, ok := fields["crossplane"].Properties[name]; ok {
		return fmt.Sprintf(": did you mean %s.crossplane.%s?", parent, name)
	}
	return ""
}

// properties of what is at a path, such as spec.tags.
func properties(schema *extv1.JSONSchemaProps, path string) map[string]extv1.JSONSchemaProps {
	at := *schema
	for name := range strings.SplitSeq(path, ".") {
		if name != "" {
			name, _, _ = strings.Cut(name, "[")
			at = at.Properties[name]
		}
		if at.Items != nil && at.Items.Schema != nil {
			at = *at.Items.Schema
		}
	}
	return at.Properties
}
