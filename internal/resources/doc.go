// Package resources makes the resources that an XRedis is composed of, and reads those
// that exist. It alone knows the provider's types. Facts go in and Desired resources come
// out; the other way, a request goes in and Observed ones come out.
//
// Each resource has a file and a Make function that ends in one struct literal of the
// namespaced type, and kinds.go tells what there is. make.go brings them into the
// protocol's form, and clusterscoped.go makes of them the cluster-scoped twins that a
// claim's composite needs.
package resources
