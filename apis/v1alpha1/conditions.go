package v1alpha1

// Types of the conditions of an XRedis and of its claim.
const (
	// ConditionAccepted reports whether the spec is valid, and every change that it asks
	// for can be carried out.
	ConditionAccepted = "Accepted"

	// ConditionProvisioned reports whether AWS has the cache and all that belongs to it.
	ConditionProvisioned = "Provisioned"

	// ConditionURLPublished reports whether REDIS_URL can be read wherever it is published.
	ConditionURLPublished = "URLPublished"

	// ConditionChanging reports whether AWS has yet to make a change that was asked for.
	ConditionChanging = "Changing"
)
