package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// desiredOf a response.
func desiredOf(rsp *fnv1.RunFunctionResponse, name string) protocol.Object {
	return protocol.Object{Struct: rsp.GetDesired().GetResources()[name].GetResource()}
}

// namesInAWS that a response asks for.
func namesInAWS(rsp *fnv1.RunFunctionResponse) []string {
	var out []string
	for _, name := range managedOf(rsp) {
		out = append(out, desiredOf(rsp, name).Text("kind")+" "+desiredOf(rsp, name).Annotation("crossplane.io/external-name"))
	}
	return out
}

// TestNoTwoClaimsShareAName: apps and environments whose names run together make
// caches that share nothing in AWS.
func TestNoTwoClaimsShareAName(t *testing.T) {
	seen := map[string]string{}
	for _, names := range [][2]string{{"shop", "eu-prod"}, {"shop-eu", "prod"}, {"shop-eu-prod", "redis"}, {"shop", "eu-prod-redis"}} {
		req := stage(t, "minimal/claims/nothing-yet")
		spec(req, "appName", names[0])
		spec(req, "environment", names[1])
		rsp := run(t, req)
		claim := names[0] + " in " + names[1]
		if len(namesInAWS(rsp)) != 4 {
			t.Fatalf("%s has %v: %s", claim, namesInAWS(rsp), fatal(rsp))
		}
		for _, name := range namesInAWS(rsp) {
			if other, ok := seen[name]; ok {
				t.Errorf("%s and %s share %s", other, claim, name)
			}
			seen[name] = claim
		}
	}
}

// TestRunningCacheKeepsItsID: a cache that was made before ids had a hash keeps all
// its names, and the tag with its name.
func TestRunningCacheKeepsItsID(t *testing.T) {
	req := stage(t, "minimal/claims/settled")
	want := namesInAWS(run(t, clone(req)))
	spec(req, "appName", "backend")
	spec(req, "environment", "booking-dev")
	set(observed(req, resources.URLParameter), "/backend/booking-dev/redis/url", "metadata", "annotations", "crossplane.io/external-name")
	set(observed(req, resources.URLParameter), "/backend/booking-dev/redis/url", "status", "atProvider", "id")
	want[3] = "Parameter /backend/booking-dev/redis/url"
	rsp := run(t, req)
	if diff := cmp.Diff(want, namesInAWS(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if got := desiredOf(rsp, resources.ReplicationGroup).Text("spec", "forProvider", "tags", "Name"); got != "backend-booking-dev-redis" {
		t.Errorf("the tag Name changes to %q", got)
	}
	if c := conditionOf(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
		t.Errorf("it is refused: %s", c.GetMessage())
	}
}

// TestEditedByHand: what somebody edits on one resource is set back, and the others
// stay as they are.
func TestEditedByHand(t *testing.T) {
	edits := map[string]struct {
		resource string
		path     []string
		told     bool
	}{
		"NameOfTheCache":         {resources.ReplicationGroup, []string{"metadata", "annotations", "crossplane.io/external-name"}, true},
		"NameOfTheSubnetGroup":   {resources.SubnetGroup, []string{"metadata", "annotations", "crossplane.io/external-name"}, true},
		"NameOfAParameterGroup":  {resources.ParameterGroup("redis7"), []string{"metadata", "annotations", "crossplane.io/external-name"}, true},
		"NameOfTheParameter":     {resources.URLParameter, []string{"metadata", "annotations", "crossplane.io/external-name"}, true},
		"LabelOfTheCache":        {resources.ReplicationGroup, []string{"metadata", "labels", resources.LabelClusterID}, false},
		"LabelOfTheSubnetGroup":  {resources.SubnetGroup, []string{"metadata", "labels", resources.LabelClusterID}, false},
		"RegionOfTheCache":       {resources.ReplicationGroup, []string{"spec", "forProvider", "region"}, false},
		"RegionOfTheSubnetGroup": {resources.SubnetGroup, []string{"spec", "forProvider", "region"}, false},
		"AccountOfTheCache":      {resources.ReplicationGroup, []string{"spec", "providerConfigRef", "name"}, false},
	}
	for name, tc := range edits {
		for _, labelled := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				req := stage(t, "minimal/claims/settled")
				before := run(t, clone(req))
				if labelled { // As since this release.
					req = feedBack(req, before)
				}
				set(observed(req, tc.resource), "edited", tc.path...)
				after := run(t, req)
				if diff := cmp.Diff(resourcesOf(before), resourcesOf(after), protocmp.Transform()); diff != "" {
					t.Errorf("-before, +after:\n%s", diff)
				}
				c := conditionOf(after, "Accepted")
				if told := strings.Contains(c.GetMessage(), `"edited" is not applied`) && strings.Contains(c.GetMessage(), tc.resource); told != tc.told {
					t.Errorf("it is told: %t, want %t: %s", told, tc.told, c.GetMessage())
				}
			})
		}
	}
}

// TestAccountStays: a cache that AWS has stays in its account, whatever the platform's
// Input becomes.
func TestAccountStays(t *testing.T) {
	cases := map[string]struct {
		reason  string
		stage   string
		ref     map[string]any
		change  func(*fnv1.RunFunctionRequest)
		want    map[string]any // Of every resource.
		refused []string
	}{
		"AnotherName": {
			reason:  "With other credentials the provider would look in another account, and make a second cache.",
			stage:   "minimal/claims/settled",
			ref:     map[string]any{"name": "other"},
			want:    map[string]any{"name": "default"},
			refused: []string{"input.providerConfigRef", `"other"`, `"default"`, "the platform team", "new claim"},
		},
		"AnotherNameNamespaced": {
			reason:  "So it is in the other flavour.",
			stage:   "minimal/namespaced/settled",
			ref:     map[string]any{"name": "other"},
			want:    map[string]any{"name": "default", "kind": "ClusterProviderConfig"},
			refused: []string{"input.providerConfigRef", `"ClusterProviderConfig other"`, `"ClusterProviderConfig default"`},
		},
		"AnotherKind": {
			reason:  "The kind belongs to the name.",
			stage:   "minimal/namespaced/settled",
			ref:     map[string]any{"name": "default", "kind": "ProviderConfig"},
			want:    map[string]any{"name": "default", "kind": "ClusterProviderConfig"},
			refused: []string{`"ProviderConfig default"`, `"ClusterProviderConfig default"`},
		},
		"KindMeansNothingToClaims": {
			reason: "A cluster-scoped resource has no kind of ProviderConfig.",
			stage:  "minimal/claims/settled",
			ref:    map[string]any{"name": "default", "kind": "ProviderConfig"},
			want:   map[string]any{"name": "default"},
		},
		"HalfWritten": {
			reason: "An observation that lacks the reference changes nothing.",
			stage:  "minimal/namespaced/settled",
			ref:    map[string]any{"name": "other"},
			change: func(req *fnv1.RunFunctionRequest) {
				delete(observed(req, resources.ReplicationGroup).GetFields()["spec"].GetStructValue().GetFields(), "providerConfigRef")
			},
			want:    map[string]any{"name": "default", "kind": "ClusterProviderConfig"},
			refused: []string{"input.providerConfigRef"},
		},
		"NoneSeen": {
			reason: "What nobody has seen counts as unchanged.",
			stage:  "minimal/claims/settled",
			ref:    map[string]any{"name": "other"},
			change: func(req *fnv1.RunFunctionRequest) {
				for _, r := range req.GetObserved().GetResources() {
					delete(r.GetResource().GetFields()["spec"].GetStructValue().GetFields(), "providerConfigRef")
				}
			},
			want: map[string]any{"name": "other"},
		},
		"NotInAWS": {
			reason: "While AWS has no cache, the platform's credentials can be set right.",
			stage:  "creation/claims/3",
			ref:    map[string]any{"name": "other"},
			want:   map[string]any{"name": "other"},
		},
		"CreationRefused": {
			reason: "A creation that AWS refused leaves nothing in the account.",
			stage:  "creation/claims/5",
			ref:    map[string]any{"name": "other"},
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), []any{
					map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "create failed: operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, RequestID: 1, InvalidParameterValue: no"},
				}, "status", "conditions")
			},
			want: map[string]any{"name": "other"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			platform(req, tc.ref, "providerConfigRef")
			if tc.change != nil {
				tc.change(req)
			}
			rsp := run(t, req)
			for _, name := range managedOf(rsp) {
				if diff := cmp.Diff(tc.want, desiredOf(rsp, name).Value("spec", "providerConfigRef").GetStructValue().AsMap()); diff != "" {
					t.Errorf("%s: %s: -want, +got:\n%s", tc.reason, name, diff)
				}
			}
			c := conditionOf(rsp, "Accepted")
			if refused := c.GetReason() == "ChangeRefused"; refused != (len(tc.refused) > 0) {
				t.Errorf("%s: Accepted is %s: %s", tc.reason, c.GetReason(), c.GetMessage())
			}
			for _, want := range tc.refused {
				if !strings.Contains(c.GetMessage(), want) {
					t.Errorf("%s: the refusal does not say %q: %s", tc.reason, want, c.GetMessage())
				}
			}
		})
	}
}

// TestFinalSnapshotIsNew: a cache that was deleted and made again is of the same
// composite, and AWS takes each name of a snapshot once.
func TestFinalSnapshotIsNew(t *testing.T) {
	seen := map[string]bool{}
	for _, uid := range []string{"", "0a1b2c3d-0000-4000-8000-000000000000", "4e5f6a7b-0000-4000-8000-000000000000"} {
		req := stage(t, "production/claims/settled")
		set(observed(req, resources.ReplicationGroup), uid, "metadata", "uid")
		got := desiredOf(run(t, req), resources.ReplicationGroup).Text("spec", "forProvider", "finalSnapshotIdentifier")
		short, _, _ := strings.Cut(uid, "-")
		if got == "" || seen[got] || !strings.HasSuffix(got, short) {
			t.Errorf("with the uid %q the last snapshot is %q, as before: %t", uid, got, seen[got])
		}
		seen[got] = true
	}
}

// group is a parameter group as the provider's API has it.
func group(t *testing.T, name, family string) *structpb.Struct {
	t.Helper()
	s := clone(observed(stage(t, "minimal/claims/settled"), resources.ParameterGroup("redis7")))
	set(s, name, "metadata", "annotations", "crossplane.io/external-name")
	set(s, name, "spec", "forProvider", "name")
	set(s, family, "spec", "forProvider", "family")
	return s
}

// TestGroupsOfOthers: a parameter group of another step stays as it is, and one of a
// family that only a newer release knows stays as long as it is there.
func TestGroupsOfOthers(t *testing.T) {
	theirs, name := group(t, "sessions", "redis7"), resources.ParameterGroup("sessions")
	newer, newerName := group(t, "backend-booking-dev-redis-valkey10", "valkey10"), resources.ParameterGroup("valkey10")
	req := stage(t, "minimal/claims/settled")
	delete(atProvider(req, resources.ReplicationGroup), "parameterGroupName") // While it is not known, none goes.
	req.GetObserved().GetResources()[name] = &fnv1.Resource{Resource: theirs}
	req.GetObserved().GetResources()[newerName] = &fnv1.Resource{Resource: newer}
	req.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{name: {Resource: clone(theirs)}}}
	want := clone(req.GetDesired().GetResources()[name])
	rsp := run(t, req)
	if diff := cmp.Diff(want, rsp.GetDesired().GetResources()[name], protocmp.Transform()); diff != "" {
		t.Errorf("another step's group changed: -want, +got:\n%s", diff)
	}
	got := rsp.GetDesired().GetResources()[newerName]
	if desiredOf(rsp, newerName).Text("spec", "forProvider", "family") != "valkey10" || got.GetReady() != fnv1.Ready_READY_TRUE {
		t.Errorf("a newer release's group would be deleted, or is not ready: %v", got)
	}
	req.Desired = nil
	if rsp := run(t, req); rsp.GetDesired().GetResources()[name] != nil {
		t.Error("another step's group is made ours")
	}
}

// TestOurNamesAreOurs: what an earlier step desires under one of our names would be
// overwritten without a word.
func TestOurNamesAreOurs(t *testing.T) {
	req := stage(t, "minimal/namespaced/settled")
	newer := resources.ParameterGroup("valkey10")
	req.GetObserved().GetResources()[newer] = clone(req.GetObserved().GetResources()[resources.ParameterGroup("redis7")])
	set(observed(req, newer), "backend-booking-dev-redis-valkey10", "metadata", "annotations", "crossplane.io/external-name")
	for _, name := range append(slices.Sorted(maps.Keys(req.GetObserved().GetResources())), resources.AuthTokens, resources.ParameterGroup("redis6.x")) {
		for what, theirs := range map[string]*structpb.Struct{"OfOurKind": observed(req, name), "OfAnotherKind": observed(req, resources.ConnectionSecret), "Empty": nil} {
			t.Run(name+what, func(t *testing.T) {
				req := clone(req)
				req.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{name: {Resource: theirs}}}
				want := clone(req.GetDesired())
				rsp := run(t, req)
				for _, text := range []string{`"` + name + `"`, "rename it", "after this one"} {
					if !strings.Contains(fatal(rsp), text) {
						t.Errorf("the refusal does not say %q: %q", text, fatal(rsp))
					}
				}
				if diff := cmp.Diff(want, rsp.GetDesired(), protocmp.Transform()); diff != "" {
					t.Errorf("-want, +got:\n%s", diff)
				}
			})
		}
	}
}
