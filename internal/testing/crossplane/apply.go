package crossplane

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// apply a composed resource by server-side apply.
func (c *Cluster) apply(name string, desired map[string]any) error {
	d := &unstructured.Unstructured{Object: desired}
	normalize(d)
	if _, has := d.Object["status"]; has {
		return errors.New("a function must not set status")
	}
	xr := c.objects[c.xr]
	c.decorate(d, xr, name)
	r, exists := c.composed[name]
	if exists {
		exists = c.objects[r] != nil
	}
	if exists {
		d.SetName(r.name)
	}
	if d.GetName() == "" {
		c.made++
		d.SetName(fmt.Sprintf("%s-%012x", xr.GetLabels()[LabelComposite], c.made))
	}
	if exists && r != refOf(d) {
		return fmt.Errorf("its kind changed from %v to %v", r, refOf(d))
	}
	r = refOf(d)
	c.composed[name] = r
	if _, ok := c.objects[r]; !ok {
		c.add(d)
		c.applied[r] = d.DeepCopy().Object
		c.record(Created, name, d.GetName())
		c.touched(r)
		return nil
	}
	c.merge(r, d.Object)
	return nil
}

// decorate with what Crossplane puts on every composed resource.
func (c *Cluster) decorate(d, xr *unstructured.Unstructured, name string) {
	if xr.GetNamespace() != "" {
		d.SetNamespace(xr.GetNamespace())
	}
	annotations, labels := d.GetAnnotations(), d.GetLabels()
	if annotations == nil {
		annotations = map[string]string{}
	}
	if labels == nil {
		labels = map[string]string{}
	}
	annotations[AnnotationResourceName] = name
	for _, key := range []string{LabelComposite, LabelClaimName, LabelClaimNamespace} {
		if v := xr.GetLabels()[key]; v != "" {
			labels[key] = v
		}
	}
	d.SetAnnotations(annotations)
	d.SetLabels(labels)
	_ = unstructured.SetNestedSlice(d.Object, []any{map[string]any{
		"apiVersion": xr.GetAPIVersion(), "kind": xr.GetKind(), "name": xr.GetName(), "uid": string(xr.GetUID()),
		"controller": true, "blockOwnerDeletion": true,
	}}, "metadata", "ownerReferences")
}

// merge what is set into an object that exists: what was set before and is not
// any more goes, unless somebody else set something in it.
func (c *Cluster) merge(r ref, next map[string]any) {
	o := c.objects[r]
	before := o.DeepCopy()
	prune(o.Object, c.applied[r], next)
	overlay(o.Object, next)
	c.applied[r] = (&unstructured.Unstructured{Object: next}).DeepCopy().Object
	if reflect.DeepEqual(before.Object, o.Object) {
		return
	}
	if !reflect.DeepEqual(before.Object["spec"], o.Object["spec"]) {
		o.SetGeneration(o.GetGeneration() + 1)
	}
	c.touched(r)
}

// prune what was set last time and is not set now. Lists are replaced as a whole.
func prune(object, last, next map[string]any) {
	for k, old := range last {
		now, set := next[k]
		oldMap, wasMap := old.(map[string]any)
		if !set && !wasMap {
			delete(object, k)
			continue
		}
		child, isMap := object[k].(map[string]any)
		if !wasMap || !isMap {
			continue
		}
		nowMap, _ := now.(map[string]any)
		prune(child, oldMap, nowMap)
		if !set && len(child) == 0 {
			delete(object, k)
		}
	}
}

// overlay what is set now.
func overlay(object, next map[string]any) {
	for k, v := range next {
		m, isMap := v.(map[string]any)
		child, wasMap := object[k].(map[string]any)
		if isMap && wasMap {
			overlay(child, m)
			continue
		}
		object[k] = (&unstructured.Unstructured{Object: map[string]any{"v": v}}).DeepCopy().Object["v"]
	}
}

// touched is an object whose spec, labels or annotations have changed: the
// provider looks at it at once.
func (w *world) touched(r ref) {
	if o, ok := w.objects[r]; ok && upjet.Serves(o) {
		w.managed[r] = w.now
	}
	w.changed()
}

// reaction is how long Crossplane takes to notice a change. It is also what keeps
// a function that changes something every time from stopping the clock.
const reaction = 100 * time.Millisecond

// changed is something that composites are reconciled for at once.
func (w *world) changed() {
	for _, c := range w.composites {
		if at := w.now.Add(reaction); !c.options.PollOnly && at.Before(c.due) {
			c.due = at
		}
	}
}

// normalize numbers as JSON from the API server has them: whole ones are integers.
func normalize(o *unstructured.Unstructured) {
	for k, v := range o.Object {
		o.Object[k] = normalized(v)
	}
}

func normalized(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = normalized(v[k])
		}
	case []any:
		for i := range v {
			v[i] = normalized(v[i])
		}
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
	case int:
		return int64(v)
	}
	return v
}
