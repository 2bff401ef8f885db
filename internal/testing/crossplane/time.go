package crossplane

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// Step reconciles the composite once, and lets the provider and AWS work for a
// while.
func (c *Cluster) Step(d time.Duration) error {
	if err := c.Reconcile(); err != nil {
		return err
	}
	c.Advance(d)
	return nil
}

// catchUp with AWS, where another cluster went on meanwhile.
func (w *world) catchUp() {
	if now := w.AWS.Now(); now.After(w.now) {
		w.now = now
	}
}

// Advance time for the provider and AWS; Crossplane does not run meanwhile.
func (w *world) Advance(d time.Duration) {
	w.catchUp()
	end := w.now.Add(d)
	for {
		r, at, ok := w.nextDue()
		if !ok || at.After(end) {
			break
		}
		w.at(at)
		w.provide(r)
	}
	w.at(end)
}

// Run for a while as a cluster does: the composite is reconciled when something
// changes and at each poll, and managed resources when they are due.
func (w *world) Run(d time.Duration) error {
	w.catchUp()
	end := w.now.Add(d)
	for !w.next().After(end) {
		if err := w.Next(); err != nil {
			return err
		}
	}
	w.at(end)
	return nil
}

// next is when something is next due.
func (w *world) next() time.Time {
	at := w.nextComposite().due
	if _, due, ok := w.nextDue(); ok && due.Before(at) {
		at = due
	}
	return at
}

func (w *world) nextComposite() *Cluster {
	return slices.MinFunc(w.composites, func(a, b *Cluster) int { return a.due.Compare(b.due) })
}

// Next does the one thing that is due next, whenever that is.
func (w *world) Next() error {
	c := w.nextComposite()
	if r, at, ok := w.nextDue(); ok && at.Before(c.due) {
		w.at(at)
		w.provide(r)
		return nil
	}
	w.at(c.due)
	c.due = w.now.Add(never)
	err := c.Reconcile()
	if poll := w.now.Add(c.poll()); !c.deleting && poll.Before(c.due) {
		c.due = poll
	}
	return err
}

// never is further away than any test goes.
const never = 1000 * time.Hour

// poll of the composite: the response's TTL, unless the test says otherwise.
func (c *Cluster) poll() time.Duration {
	if c.options.Poll > 0 {
		return c.options.Poll
	}
	if ttl := c.Response.GetMeta().GetTtl().AsDuration(); ttl > 0 {
		return ttl
	}
	return time.Minute
}

// at a time: AWS does on the way what it does by itself.
func (w *world) at(t time.Time) {
	for {
		next, ok := w.AWS.Next()
		if !ok || next.After(t) {
			break
		}
		w.AWS.Advance(next)
		if next.After(w.now) {
			w.now = next
		}
		w.watch()
	}
	if t.After(w.now) {
		w.now = t
	}
	w.AWS.Advance(w.now)
}

func (w *world) watch() {
	if w.Watch != nil {
		w.Watch()
	}
}

// nextDue managed resource.
func (w *world) nextDue() (ref, time.Time, bool) {
	var first ref
	found := false
	for r, at := range w.managed {
		if w.isAway(r) {
			continue
		}
		if !found || at.Before(w.managed[first]) || (at.Equal(w.managed[first]) && slices.Compare(r.parts(), first.parts()) < 0) {
			first, found = r, true
		}
	}
	return first, w.managed[first], found
}

// provide has the provider look at a managed resource.
func (w *world) provide(r ref) {
	defer w.watch()
	delete(w.managed, r)
	before := w.objects[r]
	result := w.Provider.Reconcile(w.now, before, w.Secret)
	w.recordProvider(before, result.Events)
	if g := result.Generated; g != nil {
		s := secretRef(g.Namespace, g.Name)
		w.writeSecret(s, map[string][]byte{g.Key: g.Value}, before)
		if g.Owned {
			w.owned[r] = s
		}
	}
	if result.Object == nil {
		name := before.GetAnnotations()[AnnotationResourceName]
		for _, composite := range w.composites {
			if composite.composed[name] == r {
				delete(composite.composed, name)
			}
		}
		w.drop(r)
		return
	}
	if s, ok := connectionRef(before); ok && result.Connection != nil {
		w.writeSecret(s, result.Connection, before)
	}
	w.objects[r] = result.Object
	if fingerprint(before) != fingerprint(result.Object) {
		w.changed()
	}
	if result.Requeue > 0 {
		w.managed[r] = w.now.Add(result.Requeue)
	}
}

// RestartProvider makes it forget what is only in its memory, and look at all
// resources at once.
func (w *world) RestartProvider() {
	w.Provider.Restart()
	for r, o := range w.objects {
		if upjet.Serves(o) {
			w.touched(r)
		}
	}
}

// StopProvider of a family, elasticache or ssm: each is a process of its own.
func (w *world) StopProvider(family string) { w.away[family] = true }

// StartProvider of a family again. It looks at all resources at once.
func (w *world) StartProvider(family string) {
	delete(w.away, family)
	for _, r := range w.sorted() {
		if r.family() == family {
			w.touched(r)
		}
	}
}

func (w *world) isAway(r ref) bool { return w.away[r.family()] }

// family of the provider that an object is of.
func (r ref) family() string {
	family, _, _ := strings.Cut(r.group, ".")
	return family
}

// Settle runs until nothing has changed for as long as steady, and AWS has nothing
// under way. Steady must be longer than the provider's poll to say that nothing is
// left to notice. It is an error if that takes longer than limit.
func (w *world) Settle(steady, limit time.Duration) error {
	end, since, last := w.now.Add(limit), w.now, w.Fingerprint()
	for w.now.Sub(since) < steady {
		if !w.now.Before(end) {
			return fmt.Errorf("it does not settle within %s", limit)
		}
		if err := w.Next(); err != nil {
			return err
		}
		_, busy := w.AWS.Next()
		if f := w.Fingerprint(); f != last || busy {
			since, last = w.now, f
		}
	}
	return nil
}

// MustStayTheSame runs for a while, and is an error if anything changes but the
// times of conditions, or if AWS is asked to change anything.
func (w *world) MustStayTheSame(d time.Duration) error {
	before, requests := w.Fingerprint(), len(w.AWS.Log())
	if err := w.Run(d); err != nil {
		return err
	}
	if n := len(w.AWS.Log()); n != requests {
		return fmt.Errorf("AWS was asked to change something: %v", w.AWS.Log()[requests:])
	}
	if w.Fingerprint() != before {
		return errors.New("something changed in the API server")
	}
	return nil
}

// Fingerprint of all objects, without the times of their conditions.
func (w *world) Fingerprint() string {
	var out strings.Builder
	for _, r := range w.sorted() {
		fmt.Fprintln(&out, r, fingerprint(w.objects[r]))
	}
	for _, composite := range w.composites {
		for _, name := range slices.Sorted(maps.Keys(composite.composed)) {
			fmt.Fprintln(&out, name, composite.composed[name])
		}
	}
	return out.String()
}

func fingerprint(o *unstructured.Unstructured) string {
	o = o.DeepCopy()
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, item := range conditions {
		delete(item.(map[string]any), "lastTransitionTime")
	}
	if len(conditions) > 0 {
		_ = unstructured.SetNestedSlice(o.Object, conditions, "status", "conditions")
	}
	b, err := o.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(b)
}
