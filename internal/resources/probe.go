package resources

import (
	"strings"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

// An Answer is what the provider found in AWS under the name of a resource that it only
// observes.
type Answer int

const (
	// Unknown while the provider has not answered.
	Unknown Answer = iota

	// Missing means that AWS has nothing under the name.
	Missing

	// Found means that AWS has something under the name.
	Found
)

// notExist is the provider's error for a resource that it only observes, and AWS does
// not have.
// https://github.com/crossplane/crossplane-runtime/blob/v2.2.0/pkg/reconciler/managed/reconciler.go
const notExist = "external resource does not exist"

// OnlyObserved reports whether the provider may not change anything of the resource in
// AWS.
func (r Resource) OnlyObserved() bool {
	policies := r.Value("spec", "managementPolicies").GetListValue().GetValues()
	return len(policies) == 1 && policies[0].GetStringValue() == string(xpv1.ManagementActionObserve)
}

// Answer of the provider about a resource that it only observes. What it said of an
// earlier spec, or before it was paused, is no answer.
func (r Resource) Answer() Answer {
	synced, _ := r.Condition(ConditionSynced)
	ready, _ := r.Condition(ConditionReady)
	outdated := synced.ObservedGeneration != 0 && synced.ObservedGeneration != r.Number("metadata", "generation")
	switch {
	case !r.OnlyObserved() || r.paused() || outdated:
		return Unknown
	case synced.Status == "False" && strings.Contains(synced.Message, notExist):
		return Missing
	case synced.Status == "True" && ready.Status == "True" && r.wasSeen():
		return Found
	}
	return Unknown
}
