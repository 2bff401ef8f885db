// Package v1alpha1 is the XRedis API: its types, which are the source of both
// XRDs, the documented defaults, and the rules that a spec must keep.
//
// Platform teams publish it under their own API group; the function never looks
// at the group.
//
// +kubebuilder:object:generate=true
// +groupName=platform.example.org
package v1alpha1
