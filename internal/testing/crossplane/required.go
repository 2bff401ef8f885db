package crossplane

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A Core is a version of Crossplane, from which on something is another way.
type Core string

// Versions, by what they look up for a function: internal/xfn/required_resources.go of
// v2.0.2 and v2.4.0, internal/controller/apiextensions/composite/extra_resources.go of
// v1.20.11, and the release notes of v1.15.
const (
	Core2_2  Core = ""     // Everything, and says so.
	Core2_0  Core = "2.0"  // Everything, and says nothing.
	Core1_18 Core = "1.18" // As 1.15, and EnvironmentConfigs are v1beta1.
	Core1_15 Core = "1.15" // Cluster-scoped resources, of extra_resources only.
	Core1_14 Core = "1.14" // Nothing.
)

// isV1 reports whether it is a Crossplane 1, which knows extra_resources only.
func (v Core) isV1() bool { return strings.HasPrefix(string(v), "1.") }

// environmentConfigs are the versions of the kind that it serves: release notes of
// v1.18 and v2.0.
func (v Core) environmentConfigs() []string {
	switch v {
	case Core1_14, Core1_15:
		return []string{"v1alpha1"}
	case Core1_18:
		return []string{"v1alpha1", "v1beta1"}
	case Core2_0, Core2_2:
	}
	return []string{"v1beta1"}
}

// Capabilities that are advertised.
func (v Core) Capabilities() []fnv1.Capability {
	if v != Core2_2 {
		return nil
	}
	return AllCapabilities()
}

// AllCapabilities that Crossplane v2.4.0 advertises.
func AllCapabilities() []fnv1.Capability {
	return []fnv1.Capability{
		fnv1.Capability_CAPABILITY_CAPABILITIES,
		fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES,
		fnv1.Capability_CAPABILITY_CREDENTIALS,
		fnv1.Capability_CAPABILITY_CONDITIONS,
		fnv1.Capability_CAPABILITY_REQUIRED_SCHEMAS,
	}
}

// resolve what the function requires. What a Crossplane does not know is ignored
// without an error.
func (c *Cluster) resolve(req *fnv1.RunFunctionRequest, required *fnv1.Requirements) error {
	req.RequiredResources, req.ExtraResources = map[string]*fnv1.Resources{}, map[string]*fnv1.Resources{}
	if c.options.Core == Core1_14 {
		return nil
	}
	if err := c.fetch(req.GetExtraResources(), required.GetExtraResources()); err != nil || c.options.Core.isV1() {
		return err
	}
	return c.fetch(req.GetRequiredResources(), required.GetResources())
}

func (c *Cluster) fetch(into map[string]*fnv1.Resources, required map[string]*fnv1.ResourceSelector) error {
	for name, selector := range required {
		if err := c.serves(selector); err != nil {
			return err
		}
		found := &fnv1.Resources{}
		for _, o := range c.find(selector) {
			o = o.DeepCopy()
			o.SetAPIVersion(selector.GetApiVersion())
			s, err := structpb.NewStruct(o.Object)
			if err != nil {
				return fmt.Errorf("cannot show %s to the function: %w", o.GetName(), err)
			}
			found.Items = append(found.Items, &fnv1.Resource{Resource: s})
		}
		into[name] = found
	}
	return nil
}

// serves reports an error where a version of a kind is asked for that there is not.
func (c *Cluster) serves(s *fnv1.ResourceSelector) error {
	group, version, _ := strings.Cut(s.GetApiVersion(), "/")
	if group == environmentGroup && s.GetKind() == environmentKind && !slices.Contains(c.options.Core.environmentConfigs(), version) {
		return fmt.Errorf("cannot get %s: no matches for kind %q in version %q", s.GetMatchName(), s.GetKind(), s.GetApiVersion())
	}
	return nil
}

// find what a selector selects, sorted by namespace and name. By its name, and without
// a namespace, a resource of a namespace is not found.
func (c *Cluster) find(s *fnv1.ResourceSelector) []*unstructured.Unstructured {
	namespace := s.GetNamespace()
	if c.options.Core.isV1() {
		namespace = "" // It knows none.
	}
	var out []*unstructured.Unstructured
	for _, r := range c.sorted() {
		o := c.objects[r]
		switch {
		case o.GetKind() != s.GetKind() || (o.GetAPIVersion() != s.GetApiVersion() && o.GetKind() != environmentKind):
		case o.GetNamespace() != namespace && (namespace != "" || s.GetMatchLabels() == nil):
		case selects(s, o):
			out = append(out, o)
		}
	}
	return out
}

func selects(s *fnv1.ResourceSelector, o *unstructured.Unstructured) bool {
	if labels := s.GetMatchLabels(); labels != nil {
		for k, v := range labels.GetLabels() {
			if o.GetLabels()[k] != v {
				return false
			}
		}
		return true
	}
	return s.GetMatchName() == o.GetName()
}
