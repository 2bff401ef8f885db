// Package resources makes the resources that an XRedis is composed of, and reads
// those that exist. It alone knows the provider's types.
//
// Each resource has a file and a Make function that ends in one struct literal
// of the namespaced type; cluster.go turns those into the cluster-scoped twins
// that a claim's composite needs, and render.go into the protocol's form.
package resources

// The names of the composed resources in the pipeline, and the beginning of the
// parameter groups'. They are API: Crossplane deletes and recreates a resource
// whose name changes.
const (
	SubnetGroup          = "subnet-group"
	ReplicationGroup     = "replication-group"
	URLParameter         = "url-parameter"
	ConnectionSecret     = "connection-secret"
	AuthTokens           = "auth-tokens"
	parameterGroupPrefix = "parameter-group-"
)

// ParameterGroup is the name of the parameter group of a family. A cache that
// moves to a new family has two for a while.
func ParameterGroup(family string) string { return parameterGroupPrefix + family }
