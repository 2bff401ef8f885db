package resources

import (
	"maps"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
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

// TookBlindly reports whether the provider took a cache for its own without a look at
// it: somebody deleted the managed resource while a run was under way, and that run made
// it anew as it was, in place of the probe. The token went with the old one, and the
// provider takes the one that it has generated since for AWS's.
func (r Resource) TookBlindly() bool {
	token := r.AskedToken()
	switch {
	case token.State != redis.GeneratedToken || !r.StaysInAWS() || !r.wasSeen() || r.UID() == "":
		return false
	case token.NamesOwner():
		return token.IsOfAnother(r.salt, r.UID())
	}
	return r.Annotation(AnnotationTakenOver) == "" &&
		r.Annotation(meta.AnnotationKeyExternalCreatePending) == "" && r.Annotation(meta.AnnotationKeyExternalCreateSucceeded) == ""
}

// Disbelieve what the provider says of a cache that it took blindly. Its managed resource
// is made anew, as a probe.
func (o Observed) Disbelieve() {
	rg := o[ReplicationGroup]
	fields := maps.Clone(rg.GetFields())
	delete(fields, "status")
	observe := structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewStringValue(string(xpv1.ManagementActionObserve))}})
	rg.Object = with(protocol.Object{Struct: &structpb.Struct{Fields: fields}}, map[string]*structpb.Value{"managementPolicies": observe}, "spec")
	rg.connection, rg.blind = nil, true
	o[ReplicationGroup] = rg
}

// Disbelieved reports whether the resource is one that the provider took blindly.
func (r Resource) Disbelieved() bool { return r.blind }
