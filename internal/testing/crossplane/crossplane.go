// Package crossplane is a model of a cluster with a composite in it, or several:
// Crossplane core v2.4.0 runs a composition function over and over, and a model of the
// provider works on what comes of it. Time is simulated, and nothing is random,
// so that a test decides what happens when.
//
// It does to objects what server-side apply does: what the function set before
// and no longer sets is removed, what others set stays, and status is nobody's
// but the provider's. What a response leaves out is deleted.
package crossplane

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// A Function answers requests.
type Function func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)

// Labels and annotations of Crossplane's.
const (
	LabelComposite         = "crossplane.io/composite"
	LabelClaimName         = "crossplane.io/claim-name"
	LabelClaimNamespace    = "crossplane.io/claim-namespace"
	AnnotationResourceName = "crossplane.io/composition-resource-name"
)

// Options of a Cluster.
type Options struct {
	Function Function
	Input    *structpb.Struct

	// Core tells what Crossplane looks up for the function: the newest if it is empty.
	Core Core

	// Environment is what function-environment-configs, a step before the function, has
	// put into the pipeline's context, if it is not nil.
	Environment map[string]any

	// Start is when it begins: 2026-01-01 if it is zero, or the time of Cloud.
	Start time.Time

	// Cloud is an AWS that there is already, of another cluster or with what others have
	// made in it. Nil is one of the cluster's own, with the options below.
	Cloud *aws.Cloud

	AWS      aws.Options
	Provider upjet.Options

	// Poll is how often the composite is reconciled by Run where nothing happens,
	// and PollOnly that it is not when something does. By default a response's
	// TTL counts, and changes of what is composed make a reconciliation at once. A
	// longer Poll makes long quiet times cheap.
	Poll     time.Duration
	PollOnly bool
}

// Cluster as one of its composites sees it.
type Cluster struct {
	*world

	// Tamper with a request before the function sees it, if it is not nil.
	Tamper func(*fnv1.RunFunctionRequest)

	// Response is the function's last, and Request what it answered.
	Response *fnv1.RunFunctionResponse
	Request  *fnv1.RunFunctionRequest

	options  Options
	xr       ref
	composed map[string]ref     // By the name of the composed resource.
	required *fnv1.Requirements // Of the last reconciliation.
	due      time.Time          // When Run next reconciles the composite.
	runs     int
	changes  int
	deleting bool
}

// world is what all composites of a cluster share.
type world struct {
	AWS      *aws.Cloud
	Provider *upjet.Provider

	// Watch is called after everything that happens: a reconciliation of a composite
	// or of a managed resource, and whatever AWS does by itself. What must hold at every
	// moment is asserted there.
	Watch func()

	now        time.Time
	composites []*Cluster
	objects    map[ref]*unstructured.Unstructured
	applied    map[ref]map[string]any // What the function last set of an object.
	owned      map[ref]ref            // The token Secret that a resource owns.
	managed    map[ref]time.Time      // When the provider next looks at an object.
	away       map[string]bool        // Families of the provider that don't run.
	events     []Event
	recorded   []*ProviderEvent
	made       int
}

// ref to an object.
type ref struct{ group, kind, namespace, name string }

func refOf(o *unstructured.Unstructured) ref {
	gvk := o.GroupVersionKind()
	return ref{group: gvk.Group, kind: gvk.Kind, namespace: o.GetNamespace(), name: o.GetName()}
}

func secretRef(namespace, name string) ref {
	return ref{kind: "Secret", namespace: namespace, name: name}
}

// New cluster with a composite that has not been reconciled yet.
func New(xr *unstructured.Unstructured, o Options) *Cluster {
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	cloud := o.Cloud
	if cloud == nil {
		cloud = aws.New(o.Start, o.AWS)
	}
	o.Start = cloud.Now()
	w := &world{
		AWS: cloud, Provider: upjet.New(cloud, o.Provider), now: o.Start, objects: map[ref]*unstructured.Unstructured{},
		applied: map[ref]map[string]any{}, owned: map[ref]ref{}, managed: map[ref]time.Time{}, away: map[string]bool{},
	}
	return w.join(xr, o)
}

// Join the cluster with another composite, with the same Composition. Time goes on for
// all of them, whichever it is moved on by.
func (c *Cluster) Join(xr *unstructured.Unstructured) *Cluster { return c.join(xr, c.options) }

func (w *world) join(xr *unstructured.Unstructured, o Options) *Cluster {
	c := &Cluster{world: w, options: o, xr: refOf(xr), composed: map[string]ref{}, due: w.now}
	w.composites = append(w.composites, c)
	c.add(xr)
	labels := map[string]string{LabelComposite: xr.GetName()}
	maps.Copy(labels, xr.GetLabels())
	c.objects[c.xr].SetLabels(labels)
	return c
}

// add an object to the API server.
func (w *world) add(o *unstructured.Unstructured) {
	o = o.DeepCopy()
	w.made++
	if o.GetUID() == "" {
		o.SetUID(types.UID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", w.made)))
	}
	o.SetGeneration(1)
	normalize(o)
	w.objects[refOf(o)] = o
}

// Now is the simulated time.
func (w *world) Now() time.Time { return w.now }

// XR is a copy of the composite as it is now.
func (c *Cluster) XR() *unstructured.Unstructured { return c.objects[c.xr].DeepCopy() }

// Composed resources as they are now, by their names in the pipeline: copies.
// Those that are being deleted because a response left them out are not among them.
func (c *Cluster) Composed() map[string]*unstructured.Unstructured {
	out := map[string]*unstructured.Unstructured{}
	for name, r := range c.composed {
		if o, ok := c.objects[r]; ok {
			out[name] = o.DeepCopy()
		}
	}
	return out
}

// Runs of the function until now, all rounds of a reconciliation counted.
func (c *Cluster) Runs() int { return c.runs }

// Changes counts the reconciliations until now whose answer was another than the one
// before it. Each is a write of the composite, or of what it is composed of.
func (c *Cluster) Changes() int { return c.changes }

// Edit the composite, as its owner does.
func (c *Cluster) Edit(edit func(xr *unstructured.Unstructured)) {
	edit(c.objects[c.xr])
	normalize(c.objects[c.xr])
	c.objects[c.xr].SetGeneration(c.objects[c.xr].GetGeneration() + 1)
	c.due = c.now
}

// EditComposed edits a composed resource by hand, behind Crossplane's back.
func (c *Cluster) EditComposed(name string, edit func(*unstructured.Unstructured)) {
	r := c.composed[name]
	if o, ok := c.objects[r]; ok {
		edit(o)
		normalize(o)
		c.touched(r)
	}
}

// Add an object that is none of the composite's, or replace one.
func (c *Cluster) Add(o *unstructured.Unstructured) {
	c.add(o)
	c.changed()
}

// SetSecret makes a Secret, or replaces all its data.
func (c *Cluster) SetSecret(namespace, name string, data map[string][]byte) {
	s, ok := c.objects[secretRef(namespace, name)]
	if !ok {
		c.add(newSecret(namespace, name))
		s = c.objects[secretRef(namespace, name)]
	}
	setData(s, data)
	c.changed()
}

// DeleteSecret by hand. Crossplane watches one that is composed, and no other: neither what
// providers write nor what it publishes itself: crossplane/crossplane #7565 and #7572.
func (c *Cluster) DeleteSecret(namespace, name string) {
	r := secretRef(namespace, name)
	delete(c.objects, r)
	delete(c.applied, r)
	for _, xr := range c.composites {
		if slices.Contains(slices.Collect(maps.Values(xr.composed)), r) {
			c.changed()
		}
	}
}

// Secret tells the data of a Secret, nil if there is none.
func (w *world) Secret(namespace, name string) map[string][]byte {
	s, ok := w.objects[secretRef(namespace, name)]
	if !ok {
		return nil
	}
	return dataOf(s)
}

// Published connection details of the composite: for a claim's what Crossplane
// wrote, for a namespaced one the composed Secret's.
func (c *Cluster) Published() map[string][]byte {
	xr := c.objects[c.xr]
	if xr.GetNamespace() == "" {
		return c.connection(xr)
	}
	name, _, _ := unstructured.NestedString(xr.Object, "spec", "writeConnectionSecretToRef", "name")
	return c.Secret(xr.GetNamespace(), name)
}

// Condition of the composite: its status, reason and message.
func (c *Cluster) Condition(kind string) (status, reason, message string) {
	return upjet.Condition(c.objects[c.xr], kind)
}

// Delete the composite, and with it all that it is composed of. The function does
// not run any more. It is gone when Gone says so.
func (c *Cluster) Delete() {
	c.deleting = true
	for _, name := range slices.Sorted(maps.Keys(c.composed)) {
		c.deleteComposed(name, "the composite is deleted")
	}
}

// Remove the composite, and wait until nothing of it is left in the API server. It is an
// error if that takes longer than limit. The management policies
// of what it is composed of decide what becomes of AWS.
func (c *Cluster) Remove(limit time.Duration) error {
	c.Delete()
	for end := c.now.Add(limit); !c.Gone(); {
		if !c.now.Before(end) {
			return fmt.Errorf("it is not gone within %s", limit)
		}
		if err := c.Run(time.Second); err != nil {
			return err
		}
	}
	return nil
}

// Manifest of the composite, as its owner keeps it: to be applied once more, here or in
// another cluster.
func (c *Cluster) Manifest() *unstructured.Unstructured {
	xr := c.XR()
	for _, field := range []string{"uid", "generation", "deletionTimestamp"} {
		unstructured.RemoveNestedField(xr.Object, "metadata", field)
	}
	delete(xr.Object, "status")
	return xr
}

// Elsewhere is another cluster with the same AWS, and a composite of the same
// Composition in it. Time goes on in one cluster after the other.
func (c *Cluster) Elsewhere(xr *unstructured.Unstructured) *Cluster {
	o := c.options
	o.Cloud = c.AWS
	return New(xr, o)
}

// Gone reports whether a deleted composite has nothing left in the API server. It is
// then forgotten, with the Secrets that it owns, and another of its name can join.
func (c *Cluster) Gone() bool {
	uid := c.objects[c.xr].GetUID()
	for r, o := range c.objects {
		if owners := o.GetOwnerReferences(); r != c.xr && upjet.Serves(o) && len(owners) > 0 && owners[0].UID == uid {
			return false
		}
	}
	if c.deleting {
		maps.DeleteFunc(c.objects, func(r ref, o *unstructured.Unstructured) bool {
			return r.kind == "Secret" && len(o.GetOwnerReferences()) > 0 && o.GetOwnerReferences()[0].UID == uid
		})
		c.composites = slices.DeleteFunc(c.composites, func(other *Cluster) bool { return other == c })
	}
	return c.deleting
}
