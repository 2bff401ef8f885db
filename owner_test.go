package main

import (
	"path"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// TestOneOwner: a composite never takes over the cache of another. The other is the
// replication group of an example that works, seen from one that is just beginning.
func TestOneOwner(t *testing.T) {
	cases := map[string]struct {
		reason  string
		stage   string // Of the one that asks.
		change  func(other *structpb.Struct, req *fnv1.RunFunctionRequest)
		refused []string // In the refusal, nothing where there must be none.
	}{
		"OtherClaim": {
			reason:  "The claim is told who has the cache.",
			stage:   "minimal/claims/1-nothing-yet",
			refused: []string{"spec.appName", `"backend-booking"`, `"backend-booking-dev-redis"`, `the claim "theirs" in the namespace "team-theirs"`},
		},
		"OtherXRedis": {
			reason:  "So is a namespaced composite.",
			stage:   "minimal/namespaced/1-nothing-yet",
			refused: []string{"spec.appName", `the composite "theirs" in the namespace "team-theirs"`},
		},
		"Itself": {
			reason: "What the composite made itself, and Crossplane has lost sight of, is its own.",
			stage:  "minimal/claims/1-nothing-yet",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				set(other, req.GetObserved().GetComposite().GetResource().AsMap()["metadata"].(map[string]any)["name"], "metadata", "labels", "crossplane.io/composite")
			},
		},
		"OtherRegion": {
			reason: "In another region it is another cache.",
			stage:  "minimal/claims/1-nothing-yet",
			change: func(other *structpb.Struct, _ *fnv1.RunFunctionRequest) {
				set(other, "us-east-1", "spec", "forProvider", "region")
			},
		},
		"OtherAccount": {
			reason: "Under other credentials it is taken for one of another account.",
			stage:  "minimal/claims/1-nothing-yet",
			change: func(other *structpb.Struct, _ *fnv1.RunFunctionRequest) {
				set(other, "other", "spec", "providerConfigRef", "name")
			},
		},
		"TheirsIsInAWS": {
			reason:  "Both began at once, and theirs is the one that AWS has.",
			stage:   "minimal/claims/3-groups-are-ready",
			refused: []string{"team-theirs"},
		},
		"OursIsOlder": {
			reason: "Both began at once, and AWS has neither: the older one goes on.",
			stage:  "minimal/claims/3-groups-are-ready",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				unborn(other, "2026-01-01T00:00:05Z")
				set(observed(req, resources.ReplicationGroup), "2026-01-01T00:00:00Z", "metadata", "creationTimestamp")
			},
		},
		"OursIsYounger": {
			reason: "Both began at once, and AWS has neither: the younger one gives way.",
			stage:  "minimal/claims/3-groups-are-ready",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				unborn(other, "2026-01-01T00:00:00Z")
				set(observed(req, resources.ReplicationGroup), "2026-01-01T00:00:05Z", "metadata", "creationTimestamp")
			},
			refused: []string{"team-theirs"},
		},
		"Made": {
			reason: "Once AWS has the cache, nobody is asked any more.",
			stage:  "minimal/claims/7-available",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			other := observed(stage(t, path.Dir(tc.stage)+"/7-available"), resources.ReplicationGroup)
			set(other, "theirs", "metadata", "labels", "crossplane.io/composite")
			if strings.Contains(tc.stage, flavourClaims) {
				set(other, "theirs", "metadata", "labels", "crossplane.io/claim-name")
				set(other, "team-theirs", "metadata", "labels", "crossplane.io/claim-namespace")
			} else {
				set(other, "team-theirs", "metadata", "namespace")
			}
			if tc.change != nil {
				tc.change(other, req)
			}
			req.RequiredResources = map[string]*fnv1.Resources{"same-cache": {Items: []*fnv1.Resource{{Resource: other}}}}
			got := fatal(run(t, req))
			if (got == "") != (len(tc.refused) == 0) {
				t.Fatalf("%s: refused with %q", tc.reason, got)
			}
			for _, want := range tc.refused {
				if !strings.Contains(got, want) {
					t.Errorf("%s: the refusal does not say %q:\n%s", tc.reason, want, got)
				}
			}
		})
	}
}

// unborn makes a replication group one that is held still.
func unborn(rg *structpb.Struct, created string) {
	delete(rg.GetFields(), "status")
	annotations := rg.GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue().GetFields()
	delete(annotations, "crossplane.io/external-create-pending")
	delete(annotations, "crossplane.io/external-create-succeeded")
	set(rg, "true", "metadata", "annotations", "crossplane.io/paused")
	set(rg, created, "metadata", "creationTimestamp")
}
