package preview

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/words"
)

// warn of what a cluster would do in another way, and of what AWS is likely to refuse.
// The preview goes on.
func (in *Input) warn(log io.Writer) {
	warnings := slices.Concat(in.warnOfType(), in.warnOfSelection(), in.warnOfRegion())
	for _, w := range warnings {
		fmt.Fprintf(log, "warning: %s\n", w)
	}
}

// warnOfType of a Composition that is for another API. The one of the packages is
// published together with the API, in any group, and the two flavours are one API.
func (in *Input) warnOfType() []string {
	is := in.XR.GroupVersionKind()
	kind, _, _ := unstructured.NestedString(in.Composition.Object, "spec", "compositeTypeRef", "kind")
	version, _, _ := unstructured.NestedString(in.Composition.Object, "spec", "compositeTypeRef", "apiVersion")
	wants := schema.FromAPIVersionAndKind(version, kind)
	if in.compositionOfPackage || is == wants || areFlavours(is.Group, wants.Group) {
		return nil
	}
	return []string{fmt.Sprintf("%s is for %s of %s: a cluster would not use it for this %s of %s",
		describe(in.Composition), kind, version, is.Kind, is.GroupVersion())}
}

func areFlavours(a, b string) bool {
	return a == v1alpha1.NamespacedGroup(b) || b == v1alpha1.NamespacedGroup(a)
}

// warnOfSelection of another Composition than the one that is rendered.
func (in *Input) warnOfSelection() []string {
	path := machinery(in.XR)
	var out []string
	name, _, _ := unstructured.NestedString(in.XR.Object, append(path, "compositionRef", "name")...)
	if name != "" && name != in.Composition.GetName() {
		out = append(out, fmt.Sprintf("%s.compositionRef asks for the Composition %q, and this preview has %q: name a file with --composition",
			strings.Join(path, "."), name, in.Composition.GetName()))
	}
	labels, selector := in.Composition.GetLabels(), selectorOf(in.XR)
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		if labels[key] != selector[key] {
			out = append(out, fmt.Sprintf("%s.compositionSelector asks for a Composition with the label %s: %s, and that of %q is %s: name a file with --composition",
				strings.Join(path, "."), key, selector[key], in.Composition.GetName(), cmp.Or(labels[key], "not set")))
		}
	}
	return out
}

// machinery is where an object has the fields that are Crossplane's own.
func machinery(u *unstructured.Unstructured) []string {
	if isNamespaced(u) {
		return []string{"spec", "crossplane"}
	}
	return []string{"spec"}
}

func selectorOf(u *unstructured.Unstructured) map[string]string {
	labels, _, _ := unstructured.NestedStringMap(u.Object, append(machinery(u), "compositionSelector", "matchLabels")...)
	return labels
}

// warnOfRegion that is unknown. AWS opens regions, so it is no error.
func (in *Input) warnOfRegion() []string {
	region, _, _ := unstructured.NestedString(in.XR.Object, "spec", "region")
	if region == "" || slices.Contains(regions, region) {
		return nil
	}
	hint := ""
	if near := words.Nearest(region, regions); near != "" {
		hint = fmt.Sprintf(": did you mean %s?", near)
	}
	return []string{fmt.Sprintf("spec.region: %q is no region of AWS that this preview knows%s", region, hint)}
}

// regions of AWS, all partitions.
// https://github.com/aws/aws-sdk-go-v2/blob/v1.41.7/internal/endpoints/awsrulesfn/partitions.json
var regions = []string{
	"af-south-1",
	"ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
	"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ca-central-1", "ca-west-1",
	"cn-north-1", "cn-northwest-1",
	"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
	"eusc-de-east-1", "eu-isoe-west-1",
	"il-central-1",
	"me-central-1", "me-south-1",
	"mx-central-1",
	"sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1",
	"us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1",
}
