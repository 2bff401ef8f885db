package crossplane

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// EventKind of an Event.
type EventKind string

// Kinds of events.
const (
	Created EventKind = "Created" // A composed resource was made.
	Deleted EventKind = "Deleted" // It was told to go.
	Gone    EventKind = "Gone"    // It is gone.
	Fatal   EventKind = "Fatal"   // The function refused.
)

// An Event that a test may want to know of.
type Event struct {
	Time time.Time
	Kind EventKind
	Name string // Of the composed resource in the pipeline.
	Text string // The object's name, or the words of the refusal.
}

// String is the event on one line.
func (e Event) String() string {
	return fmt.Sprintf("%s %s %s %s", e.Time.Format(time.DateTime), e.Kind, e.Name, e.Text)
}

func (w *world) record(kind EventKind, name, text string) {
	w.events = append(w.events, Event{Time: w.now, Kind: kind, Name: name, Text: text})
}

// A ProviderEvent is what the provider has recorded on a managed resource, as often as it
// has: Kubernetes counts those that are the same.
type ProviderEvent struct {
	upjet.Event

	Name        string // Of the composed resource in the pipeline.
	Object      string // The name of the managed resource.
	Count       int
	First, Last time.Time
}

func (w *world) recordProvider(o *unstructured.Unstructured, events []upjet.Event) {
	for _, e := range events {
		i := slices.IndexFunc(w.recorded, func(old *ProviderEvent) bool { return old.Event == e && old.Object == o.GetName() })
		if i < 0 {
			w.recorded, i = append(w.recorded, &ProviderEvent{Event: e, Name: o.GetAnnotations()[AnnotationResourceName], Object: o.GetName(), First: w.now}), len(w.recorded)
		}
		w.recorded[i].Count++
		w.recorded[i].Last = w.now
	}
}

// ProviderEvents until now, in the order in which they were first recorded.
func (w *world) ProviderEvents() []ProviderEvent {
	out := make([]ProviderEvent, 0, len(w.recorded))
	for _, e := range w.recorded {
		out = append(out, *e)
	}
	return out
}

// Warnings counts the provider's, each as often as it was recorded.
func (w *world) Warnings() int {
	n := 0
	for _, e := range w.recorded {
		if e.Warning {
			n += e.Count
		}
	}
	return n
}

// Events until now, or only those of some kinds.
func (w *world) Events(kinds ...EventKind) []Event {
	out := slices.Clone(w.events)
	if len(kinds) == 0 {
		return out
	}
	return slices.DeleteFunc(out, func(e Event) bool { return !slices.Contains(kinds, e.Kind) })
}
