package crossplane

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// maxRounds in which a function may ask for more resources: Crossplane v2.4.0,
// internal/xfn/required_resources.go.
const maxRounds = 5

// Reconcile the composite once. A Fatal is no error: it changes nothing but
// conditions, and is an event.
func (c *Cluster) Reconcile() error {
	if c.deleting {
		return nil
	}
	defer c.watch()
	rsp, err := c.run()
	if err != nil {
		return err
	}
	if !sameAnswer(c.Response, rsp) {
		c.changes++
	}
	c.Response = rsp
	if text, ok := fatal(rsp); ok {
		c.refused(rsp, text)
		return nil
	}
	if err := c.compose(rsp.GetDesired()); err != nil {
		return err
	}
	c.report(rsp)
	c.publish(rsp.GetDesired().GetComposite().GetConnectionDetails())
	return nil
}

func sameAnswer(a, b *fnv1.RunFunctionResponse) bool {
	return a != nil && proto.Equal(a.GetDesired(), b.GetDesired()) && slices.EqualFunc(a.GetConditions(), b.GetConditions(), func(a, b *fnv1.Condition) bool { return proto.Equal(a, b) })
}

func fatal(rsp *fnv1.RunFunctionResponse) (string, bool) {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return r.GetMessage(), true
		}
	}
	return "", false
}

// run the function, in rounds, until it has all that it requires.
func (c *Cluster) run() (*fnv1.RunFunctionResponse, error) {
	req, err := c.request()
	if err != nil {
		return nil, err
	}
	// What was required in the last reconciliation is looked up beforehand.
	required := c.required
	if err := c.resolve(req, required); err != nil {
		return nil, err
	}
	for range maxRounds + 1 {
		c.runs++
		c.Request = req // The function gets its own, as over the wire: it adds to what is desired.
		rsp, err := c.options.Function(context.Background(), proto.CloneOf(req))
		if err != nil {
			return nil, fmt.Errorf("cannot run the function: %w", err)
		}
		if _, ok := fatal(rsp); ok || proto.Equal(rsp.GetRequirements(), required) {
			return rsp, nil
		}
		required, c.required = rsp.GetRequirements(), rsp.GetRequirements()
		if err := c.resolve(req, required); err != nil {
			return nil, err
		}
		req.Context = rsp.GetContext()
	}
	return nil, errors.New("the function's requirements do not come to an end")
}

// request with all that is observed.
func (c *Cluster) request() (*fnv1.RunFunctionRequest, error) {
	xr, err := c.resource(c.objects[c.xr])
	if err != nil {
		return nil, err
	}
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Tag: "simulated", Capabilities: c.options.Core.Capabilities()},
		Input:             proto.CloneOf(c.options.Input),
		Observed:          &fnv1.State{Composite: xr, Resources: map[string]*fnv1.Resource{}},
		Desired:           &fnv1.State{},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	if req.Context, err = c.pipelineContext(); err != nil {
		return nil, err
	}
	for name, r := range c.composed {
		o, ok := c.objects[r]
		if !ok {
			continue
		}
		if req.Observed.Resources[name], err = c.resource(o); err != nil {
			return nil, err
		}
	}
	if c.Tamper != nil {
		c.Tamper(req)
	}
	return req, nil
}

// resource as the function sees it, with the connection details that it wrote. A
// namespaced composite has none.
func (c *Cluster) resource(o *unstructured.Unstructured) (*fnv1.Resource, error) {
	s, err := structpb.NewStruct(o.DeepCopy().Object)
	if err != nil {
		return nil, fmt.Errorf("cannot show %s to the function: %w", o.GetName(), err)
	}
	out := &fnv1.Resource{Resource: s}
	if refOf(o) != c.xr || o.GetNamespace() == "" {
		out.ConnectionDetails = c.connection(o)
	}
	return out, nil
}

// connection details in the Secret that an object writes to.
func (c *Cluster) connection(o *unstructured.Unstructured) map[string][]byte {
	r, ok := connectionRef(o)
	if !ok {
		return nil
	}
	return c.Secret(r.namespace, r.name)
}

func connectionRef(o *unstructured.Unstructured) (ref, bool) {
	name, _, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "name")
	namespace, _, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "namespace")
	if o.GetNamespace() != "" {
		namespace = o.GetNamespace()
	}
	return secretRef(namespace, name), name != ""
}

// compose what is desired: what is left out is deleted first.
func (c *Cluster) compose(desired *fnv1.State) error {
	for _, name := range slices.Sorted(maps.Keys(c.composed)) {
		if _, ok := desired.GetResources()[name]; !ok {
			c.deleteComposed(name, "it is no longer desired")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(desired.GetResources())) {
		if err := c.apply(name, desired.GetResources()[name].GetResource().AsMap()); err != nil {
			return fmt.Errorf("cannot apply the composed resource %q: %w", name, err)
		}
	}
	return nil
}

// deleteComposed: what has no finalizer goes at once.
func (c *Cluster) deleteComposed(name, why string) {
	r := c.composed[name]
	delete(c.composed, name)
	o, ok := c.objects[r]
	if !ok {
		return
	}
	if policies, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "managementPolicies"); slices.Equal(policies, []string{"Observe"}) {
		why += ", and only observes"
	}
	c.record(Deleted, name, o.GetName()+": "+why)
	if len(o.GetFinalizers()) == 0 {
		c.drop(r)
		return
	}
	_ = unstructured.SetNestedField(o.Object, c.now.UTC().Format(time.RFC3339), "metadata", "deletionTimestamp")
	c.touched(r)
}

// DeleteComposed by hand, behind Crossplane's back.
func (c *Cluster) DeleteComposed(name string) {
	r, o := c.composed[name], c.objects[c.composed[name]]
	if o == nil {
		return
	}
	c.deleteComposed(name, "by hand")
	if c.objects[r] != nil {
		c.composed[name] = r // Crossplane goes on to see it until it is gone.
	}
	c.changed()
}

// drop an object, and the Secrets that belong to it.
func (w *world) drop(r ref) {
	o := w.objects[r]
	w.record(Gone, o.GetAnnotations()[AnnotationResourceName], o.GetName())
	if s, ok := connectionRef(o); ok {
		delete(w.objects, s)
	}
	if s, ok := w.owned[r]; ok {
		delete(w.objects, s)
	}
	delete(w.objects, r)
	delete(w.applied, r)
	delete(w.managed, r)
	delete(w.owned, r)
	w.changed()
}

// sorted references to all objects.
func (w *world) sorted() []ref {
	return slices.SortedFunc(maps.Keys(w.objects), func(a, b ref) int { return slices.Compare(a.parts(), b.parts()) })
}

func (r ref) parts() []string { return []string{r.group, r.kind, r.namespace, r.name} }
