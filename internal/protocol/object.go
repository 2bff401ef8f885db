package protocol

import "google.golang.org/protobuf/types/known/structpb"

// An Object of Kubernetes, which is read where it lies, in the protocol's form, field by
// field. What is missing, half-written or of another type reads as empty, and nothing is
// decoded that nobody looks at. The zero Object does not exist.
type Object struct{ *structpb.Struct }

// Exists reports whether there is an object.
func (o Object) Exists() bool { return o.Struct != nil }

// Name in the API server.
func (o Object) Name() string { return o.Text("metadata", "name") }

// Namespace of the object, empty if it has none.
func (o Object) Namespace() string { return o.Text("metadata", "namespace") }

// UID of the object.
func (o Object) UID() string { return o.Text("metadata", "uid") }

// Label of the object, empty if it has none such.
func (o Object) Label(key string) string { return o.Text("metadata", "labels", key) }

// Annotation of the object, empty if it has none such.
func (o Object) Annotation(key string) string { return o.Text("metadata", "annotations", key) }

// A Condition of an object.
type Condition struct {
	Status, Reason, Message string

	// Since when the object has it.
	Since string

	// ObservedGeneration of the object that the condition is about, 0 if it does not say.
	ObservedGeneration float64
}

// Condition of a type, and whether the object has it.
func (o Object) Condition(kind string) (Condition, bool) {
	for _, v := range o.Value("status", "conditions").GetListValue().GetValues() {
		c := Object{v.GetStructValue()}
		if c.Text("type") == kind {
			return Condition{Status: c.Text("status"), Reason: c.Text("reason"), Message: c.Text("message"), Since: c.Text("lastTransitionTime"), ObservedGeneration: c.Number("observedGeneration")}, true
		}
	}
	return Condition{}, false
}

// Text at a path, empty if there is none.
func (o Object) Text(path ...string) string { return o.Value(path...).GetStringValue() }

// Bool at a path, if there is one.
func (o Object) Bool(path ...string) (value, ok bool) {
	b, ok := o.Value(path...).GetKind().(*structpb.Value_BoolValue)
	if !ok {
		return false, false
	}
	return b.BoolValue, true
}

// Number at a path, 0 if there is none.
func (o Object) Number(path ...string) float64 { return o.Value(path...).GetNumberValue() }

// Has reports whether there is anything but null at a path.
func (o Object) Has(path ...string) bool {
	v := o.Value(path...)
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return v.GetKind() != nil && !null
}

// Value at a path, nil if there is none.
func (o Object) Value(path ...string) *structpb.Value {
	if len(path) == 0 {
		return structpb.NewStructValue(o.Struct)
	}
	v := o.GetFields()[path[0]]
	for _, key := range path[1:] {
		v = v.GetStructValue().GetFields()[key]
	}
	return v
}
