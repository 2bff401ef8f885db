package v1alpha1

// A Flavour is one of the two forms of the API.
type Flavour string

const (
	// Claims is that of the cluster-scoped composites behind claims.
	Claims Flavour = "claims"

	// Namespaced is that of the composites that have a namespace, of Crossplane 2.
	Namespaced Flavour = "namespaced"
)

// Flavours are both.
func Flavours() []Flavour { return []Flavour{Claims, Namespaced} }

// Flavour of a composite, by its own namespace: a platform team publishes it under an API
// group of its own.
func (x *XRedis) Flavour() Flavour {
	if x.Namespace == "" {
		return Claims
	}
	return Namespaced
}

// Namespaced reports whether a composite is of that flavour.
func (x *XRedis) Namespaced() bool { return x.Flavour() == Namespaced }
