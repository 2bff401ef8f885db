package aws

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// event is something that a group does by itself at a time.
type event struct {
	at time.Time
	do func()
}

// Advance to a time, doing on the way all that is due, in its order. Time never
// goes backwards.
func (c *Cloud) Advance(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		g, at, ok := c.next()
		if !ok || at.After(to) {
			break
		}
		c.now = at
		e := g.events[0]
		g.events = g.events[1:]
		e.do()
	}
	if to.After(c.now) {
		c.now = to
	}
}

// Next is the time of the next thing that happens by itself, if anything will.
func (c *Cloud) Next() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, at, ok := c.next()
	return at, ok
}

func (c *Cloud) next() (*group, time.Time, bool) {
	var first *group
	for _, k := range c.groupKeys() {
		g := c.groups[k]
		if len(g.events) > 0 && (first == nil || g.events[0].at.Before(first.events[0].at)) {
			first = g
		}
	}
	if first == nil {
		return nil, time.Time{}, false
	}
	return first, first.events[0].at, true
}

// after a while, do something.
func (g *group) after(at time.Time, do func()) {
	g.events = append(g.events, event{at: at, do: do})
	slices.SortStableFunc(g.events, func(a, b event) int { return a.at.Compare(b.at) })
}

func (c *Cloud) groupKeys() []key { return sortedKeys(c.groups) }

func sortedKeys[V any](m map[key]V) []key {
	return slices.SortedFunc(maps.Keys(m), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.name, b.name))
	})
}
