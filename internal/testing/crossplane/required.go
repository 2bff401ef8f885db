package crossplane

import (
	"fmt"

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
	Core1_15 Core = "1.15" // Cluster-scoped resources, of extra_resources only.
	Core1_14 Core = "1.14" // Nothing.
)

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
	if err := c.fetch(req.GetExtraResources(), required.GetExtraResources()); err != nil || c.options.Core == Core1_15 {
		return err
	}
	return c.fetch(req.GetRequiredResources(), required.GetResources())
}

func (c *Cluster) fetch(into map[string]*fnv1.Resources, required map[string]*fnv1.ResourceSelector) error {
	for name, selector := range required {
		found := &fnv1.Resources{}
		for _, o := range c.find(selector) {
			s, err := structpb.NewStruct(o.DeepCopy().Object)
			if err != nil {
				return fmt.Errorf("cannot show %s to the function: %w", o.GetName(), err)
			}
			found.Items = append(found.Items, &fnv1.Resource{Resource: s})
		}
		into[name] = found
	}
	return nil
}

// find what a selector selects, sorted by namespace and name. By its name, and without
// a namespace, a resource of a namespace is not found.
func (c *Cluster) find(s *fnv1.ResourceSelector) []*unstructured.Unstructured {
	namespace := s.GetNamespace()
	if c.options.Core == Core1_15 {
		namespace = "" // It knows none.
	}
	var out []*unstructured.Unstructured
	for _, r := range c.sorted() {
		o := c.objects[r]
		switch {
		case o.GetAPIVersion() != s.GetApiVersion() || o.GetKind() != s.GetKind():
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
