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

// Advance time for the provider and AWS; Crossplane does not run meanwhile.
func (c *Cluster) Advance(d time.Duration) {
	end := c.now.Add(d)
	for {
		r, at, ok := c.nextDue()
		if !ok || at.After(end) {
			break
		}
		c.at(at)
		c.provide(r)
	}
	c.at(end)
}

// Run for a while as a cluster does: the composite is reconciled when something
// changes and at each poll, and managed resources when they are due.
func (c *Cluster) Run(d time.Duration) error {
	end := c.now.Add(d)
	for !c.next().After(end) {
		if err := c.Next(); err != nil {
			return err
		}
	}
	c.at(end)
	return nil
}

// next is when something is next due.
func (c *Cluster) next() time.Time {
	at := c.xrDue
	if _, due, ok := c.nextDue(); ok && due.Before(at) {
		at = due
	}
	return at
}

// Next does the one thing that is due next, whenever that is.
func (c *Cluster) Next() error {
	if r, at, ok := c.nextDue(); ok && at.Before(c.xrDue) {
		c.at(at)
		c.provide(r)
		return nil
	}
	c.at(c.xrDue)
	c.xrDue = c.now.Add(never)
	err := c.Reconcile()
	if poll := c.now.Add(c.poll()); poll.Before(c.xrDue) {
		c.xrDue = poll
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
func (c *Cluster) at(t time.Time) {
	for {
		next, ok := c.AWS.Next()
		if !ok || next.After(t) {
			break
		}
		c.AWS.Advance(next)
		if next.After(c.now) {
			c.now = next
		}
		c.watch()
	}
	if t.After(c.now) {
		c.now = t
	}
	c.AWS.Advance(c.now)
}

func (c *Cluster) watch() {
	if c.Watch != nil {
		c.Watch()
	}
}

// nextDue managed resource.
func (c *Cluster) nextDue() (ref, time.Time, bool) {
	var first ref
	found := false
	for r, at := range c.due {
		if !found || at.Before(c.due[first]) || (at.Equal(c.due[first]) && slices.Compare(r.parts(), first.parts()) < 0) {
			first, found = r, true
		}
	}
	return first, c.due[first], found
}

// provide has the provider look at a managed resource.
func (c *Cluster) provide(r ref) {
	defer c.watch()
	delete(c.due, r)
	before := c.objects[r]
	result := c.Provider.Reconcile(c.now, before, c.Secret)
	if g := result.Generated; g != nil {
		s := secretRef(g.Namespace, g.Name)
		c.writeSecret(s, map[string][]byte{g.Key: g.Value})
		if g.Owned {
			c.owned[r] = s
		}
	}
	if result.Object == nil {
		name := before.GetAnnotations()[AnnotationResourceName]
		if c.composed[name] == r {
			delete(c.composed, name)
		}
		c.drop(r)
		return
	}
	if s, ok := connectionRef(before); ok && result.Connection != nil {
		c.writeSecret(s, result.Connection)
	}
	c.objects[r] = result.Object
	if fingerprint(before) != fingerprint(result.Object) {
		c.changed()
	}
	if result.Requeue > 0 {
		c.due[r] = c.now.Add(result.Requeue)
	}
}

// RestartProvider makes it forget what is only in its memory, and look at all
// resources at once.
func (c *Cluster) RestartProvider() {
	c.Provider.Restart()
	for r, o := range c.objects {
		if upjet.Serves(o) {
			c.touched(r)
		}
	}
}

// Settle runs until nothing has changed for as long as steady, and AWS has nothing
// under way. Steady must be longer than the provider's poll to say that nothing is
// left to notice. It is an error if that takes longer than limit.
func (c *Cluster) Settle(steady, limit time.Duration) error {
	end, since, last := c.now.Add(limit), c.now, c.Fingerprint()
	for c.now.Sub(since) < steady {
		if !c.now.Before(end) {
			return fmt.Errorf("it does not settle within %s", limit)
		}
		if err := c.Next(); err != nil {
			return err
		}
		_, busy := c.AWS.Next()
		if f := c.Fingerprint(); f != last || busy {
			since, last = c.now, f
		}
	}
	return nil
}

// MustStayTheSame runs for a while, and is an error if anything changes but the
// times of conditions, or if AWS is asked to change anything.
func (c *Cluster) MustStayTheSame(d time.Duration) error {
	before, requests := c.Fingerprint(), len(c.AWS.Log())
	if err := c.Run(d); err != nil {
		return err
	}
	if n := len(c.AWS.Log()); n != requests {
		return fmt.Errorf("AWS was asked to change something: %v", c.AWS.Log()[requests:])
	}
	if c.Fingerprint() != before {
		return errors.New("something changed in the API server")
	}
	return nil
}

// Fingerprint of all objects, without the times of their conditions.
func (c *Cluster) Fingerprint() string {
	var out strings.Builder
	for _, r := range c.sorted() {
		fmt.Fprintln(&out, r, fingerprint(c.objects[r]))
	}
	for _, name := range slices.Sorted(maps.Keys(c.composed)) {
		fmt.Fprintln(&out, name, c.composed[name])
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
