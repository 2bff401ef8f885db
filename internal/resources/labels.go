package resources

// LabelClusterID is the cache's id in AWS, on every managed resource. By it another
// composite that asks for the same cache finds out that it is taken.
const LabelClusterID = "redis.fn.crossplane.io/cluster-id"

// Annotations, in which a run leaves to the next what nothing else remembers.
const (
	// AnnotationFollowed is the version that the claim asked for when AWS upgraded the
	// cache on its own. It tells that from a downgrade that is asked for.
	AnnotationFollowed = "redis.fn.crossplane.io/followed-engine-version"

	// AnnotationRejected is what AWS refused: it is taken out of the call.
	AnnotationRejected = "redis.fn.crossplane.io/rejected"

	// AnnotationSteps is how many steps a rollout had when it began.
	AnnotationSteps = "redis.fn.crossplane.io/steps"

	// AnnotationTakenOver is on a cache that AWS had before the composite did.
	AnnotationTakenOver = "redis.fn.crossplane.io/taken-over"

	// AnnotationURLRevision tells which URL is in the Secret that the parameter reads. A
	// change of it makes the provider act at once; it would notice only at its next poll,
	// ten minutes later.
	AnnotationURLRevision = "redis.fn.crossplane.io/url-revision"
)
