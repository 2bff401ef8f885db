package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// TestDeletionProtection holds what each stage of a protection asks for, in places where
// the scenario deletion-protection does not go.
func TestDeletionProtection(t *testing.T) {
	const on, lifted, off = "deletion-protection/claims/2", "deletion-protection/claims/7", "deletion-protection/claims/8"
	usage := func(kind, name, namespace string) string { return kind + " " + namespace + "/" + name }
	cases := map[string]struct {
		reason    string
		stage     string
		change    func(*fnv1.RunFunctionRequest)
		usage     string // What a Usage protects.
		deletable bool   // Whether AWS is to delete the cache with its managed resource.
		status    string
		says      string
	}{
		"Claim": {
			reason: "The Usage is of the claim: the deletion of one whose composite alone is protected never ends.",
			stage:  on, usage: usage("Redis", "backend-booking", "team-booking"), status: "Enabled",
		},
		"Namespaced": {
			reason: "Without claims it is of the XRedis.",
			stage:  "deletion-protection/namespaced/1", usage: usage("XRedis", "backend-booking", "team-booking"), status: "Enabled",
		},
		"OlderCrossplane": {
			reason: "Crossplane 1 has no Usages of claims, and would refuse all of the answer.",
			stage:  "deletion-protection/claims/1", change: func(req *fnv1.RunFunctionRequest) { req.Meta.Capabilities = nil }, status: "Enabled",
		},
		"UsageThatExists": {
			reason: "A Usage that is there proves Crossplane 2, and stays while the protection is on.",
			stage:  on, change: func(req *fnv1.RunFunctionRequest) { req.Meta.Capabilities = nil },
			usage: usage("Redis", "backend-booking", "team-booking"), status: "Enabled",
		},
		"NoClaim": {
			reason: "A composite without a claim has nothing that a Usage with a namespace can protect.",
			stage:  "deletion-protection/claims/1",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue().GetFields(), "claimRef")
			},
			status: "Enabled",
		},
		"Lifting": {
			reason: "A claim that is deleted before AWS may delete the cache would leave it there.",
			stage:  lifted, deletable: true, status: "Enabled",
		},
		"UsageGone": {
			reason: "So would one whose Usage alone is gone.",
			stage:  lifted,
			change: func(req *fnv1.RunFunctionRequest) {
				delete(req.GetObserved().GetResources(), resources.DeletionProtection)
			},
			deletable: true, status: "Enabled",
		},
		"UsageStillThere": {
			reason: "Crossplane refuses the deletion as long as there is a Usage.",
			stage:  off,
			change: func(req *fnv1.RunFunctionRequest) {
				req.Observed.Resources[resources.DeletionProtection] = stage(t, on).GetObserved().GetResources()[resources.DeletionProtection]
				set(req.GetObserved().GetComposite().GetResource(), "Enabled", "status", "deletionProtection")
			},
			deletable: true, status: "Enabled",
		},
		"Lifted": {
			reason: "Then everything can be deleted.",
			stage:  off, deletable: true, status: "Disabled",
		},
		"FromOrphan": {
			reason: "A cache that was never protected does not become so when AWS may delete it.",
			stage:  minimalSettled,
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), []any{"Observe", "Create", "Update"}, "spec", "managementPolicies")
			},
			deletable: true, status: "Disabled",
		},
		"OfThePlatform": {
			reason: "A claim that says nothing follows the platform's default.",
			stage:  minimalSettled, change: func(req *fnv1.RunFunctionRequest) { platform(req, true, "defaults", "deletionProtection") },
			usage: usage("Redis", "backend-booking", "team-booking"), status: "Enabled",
		},
		"AgainstThePlatform": {
			reason: "Its own word comes first.",
			stage:  minimalSettled,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, true, "defaults", "deletionProtection")
				spec(req, "deletionProtection", false)
			},
			deletable: true, status: "Disabled",
		},
		"Required": {
			reason: "A protection that the platform requires is not lifted.",
			stage:  on,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, true, "limits", "requireDeletionProtection")
				spec(req, "deletionProtection", false)
			},
			usage: usage("Redis", "backend-booking", "team-booking"), status: "Enabled",
			says: "spec.deletionProtection",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			if tc.change != nil {
				tc.change(req)
			}
			rsp := run(t, req)
			desired := func(name string) protocol.Object {
				return protocol.Object{Struct: rsp.GetDesired().GetResources()[name].GetResource()}
			}
			got := ""
			if u := desired(resources.DeletionProtection); u.Exists() {
				got = usage(u.Text("spec", "of", "kind"), u.Text("spec", "of", "resourceRef", "name"), u.Namespace())
			}
			if diff := cmp.Diff(tc.usage, got); diff != "" {
				t.Errorf("%s\nWhat the Usage protects: -want, +got:\n%s", tc.reason, diff)
			}
			for _, name := range []string{resources.ReplicationGroup, resources.SubnetGroup, resources.URLParameter} {
				policies := desired(name).Value("spec", "managementPolicies").GetListValue().AsSlice()
				if slices.Contains(policies, any("Delete")) != tc.deletable {
					t.Errorf("%s\n%s has the policies %v", tc.reason, name, policies)
				}
			}
			status := protocol.Object{Struct: rsp.GetDesired().GetComposite().GetResource()}.Text("status", "deletionProtection")
			if status != tc.status {
				t.Errorf("%s\nstatus.deletionProtection is %q, want %q", tc.reason, status, tc.status)
			}
			if accepted := conditionOf(rsp, "Accepted"); !strings.Contains(accepted.GetMessage(), tc.says) || (accepted.GetReason() == "Valid") != (tc.says == "") {
				t.Errorf("%s\nAccepted says: %s", tc.reason, accepted.GetMessage())
			}
		})
	}
}

const minimalSettled = "minimal/claims/settled"
