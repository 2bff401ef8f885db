package protocol

// Labels that Crossplane puts on a claim's composite and on what is composed.
const (
	LabelComposite      = "crossplane.io/composite"
	LabelClaimName      = "crossplane.io/claim-name"
	LabelClaimNamespace = "crossplane.io/claim-namespace"
)
