package crossplane

import (
	"fmt"
	"slices"
	"time"
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

// Events until now, or only those of some kinds.
func (w *world) Events(kinds ...EventKind) []Event {
	out := slices.Clone(w.events)
	if len(kinds) == 0 {
		return out
	}
	return slices.DeleteFunc(out, func(e Event) bool { return !slices.Contains(kinds, e.Kind) })
}
