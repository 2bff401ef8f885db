// Package v1alpha1 is the XRedis API: its types, which are the source of both
// XRDs, the documented defaults, and the rules that a spec must keep.
//
// Platform teams publish it under their own API group. In a cluster the function
// never looks at the group: the namespace says which flavour a composite is.
//
// +kubebuilder:object:generate=true
// +groupName=platform.example.org
package v1alpha1
