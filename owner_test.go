package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
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
			reason:  "The refusal names the claim that has the cache.",
			stage:   "minimal/claims/nothing-yet",
			refused: []string{"spec.appName", `"backend-booking"`, `"backend-booking-dev-redis"`, `the claim "theirs" in the namespace "team-theirs"`},
		},
		"OtherXRedis": {
			reason:  "So it does with a namespaced composite.",
			stage:   "minimal/namespaced/nothing-yet",
			refused: []string{"spec.appName", `the composite "theirs" in the namespace "team-theirs"`},
		},
		"NobodyElse": {
			reason: "A resource that no composite controls is not ours either.",
			stage:  "minimal/namespaced/nothing-yet",
			change: func(other *structpb.Struct, _ *fnv1.RunFunctionRequest) {
				set(other, "by-hand", "metadata", "name")
				set(other, nil, "metadata", "ownerReferences")
				set(other, nil, "metadata", "labels", "crossplane.io/composite")
			},
			refused: []string{`no composite, but to the ReplicationGroup "by-hand" in the namespace "team-theirs"`},
		},
		"Itself": {
			reason: "What the composite made itself, and Crossplane has lost sight of, is its own.",
			stage:  "minimal/claims/nothing-yet",
			change: controlledBy(nil),
		},
		"ItselfNamespaced": {
			reason: "So it is in the other flavour.",
			stage:  "minimal/namespaced/nothing-yet",
			change: controlledBy(nil),
		},
		"SameNameMadeAgain": {
			reason:  "A composite of the same name that was there before is another one: what it has in AWS is not ours.",
			stage:   "minimal/namespaced/nothing-yet",
			change:  controlledBy(map[string]any{"uid": "00000000-0000-4000-8000-00000000000b"}),
			refused: []string{"belongs to the composite"},
		},
		"OtherKind": {
			reason:  "So is one of another kind.",
			stage:   "minimal/namespaced/nothing-yet",
			change:  controlledBy(map[string]any{"kind": "XCache"}),
			refused: []string{"belongs to the composite"},
		},
		"OtherGroup": {
			reason:  "So is one of another API group.",
			stage:   "minimal/namespaced/nothing-yet",
			change:  controlledBy(map[string]any{"apiVersion": "redis.acme.com/v1alpha1"}),
			refused: []string{"belongs to the composite"},
		},
		"OtherVersionOfTheAPI": {
			reason: "Another version of the same API is the same composite.",
			stage:  "minimal/namespaced/nothing-yet",
			change: controlledBy(map[string]any{"apiVersion": "m.platform.example.org/v1"}),
		},
		"OtherRegion": {
			reason: "In another region it is another cache.",
			stage:  "minimal/claims/nothing-yet",
			change: func(other *structpb.Struct, _ *fnv1.RunFunctionRequest) {
				set(other, "us-east-1", "spec", "forProvider", "region")
			},
		},
		"OtherAccount": {
			reason: "Another ProviderConfig is taken for another account.",
			stage:  "minimal/claims/nothing-yet",
			change: func(other *structpb.Struct, _ *fnv1.RunFunctionRequest) {
				set(other, "other", "spec", "providerConfigRef", "name")
			},
		},
		"ProviderConfigOfAnotherNamespace": {
			reason: "A ProviderConfig is in a namespace, so one of the same name in another is another account.",
			stage:  "minimal/namespaced/nothing-yet",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				accountOfNamespace(other, req)
			},
		},
		"ProviderConfigOfOurNamespace": {
			reason: "Within a namespace it is one account.",
			stage:  "minimal/namespaced/nothing-yet",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				accountOfNamespace(other, req)
				set(other, protocol.Object{Struct: req.GetObserved().GetComposite().GetResource()}.Namespace(), "metadata", "namespace")
			},
			refused: []string{`the composite "theirs"`},
		},
		"TheirsIsInAWS": {
			reason:  "Both began at once, and theirs is the one that AWS has.",
			stage:   "creation/claims/3",
			refused: []string{"team-theirs"},
		},
		"OursIsOlder": {
			reason: "Both began at once, and AWS has neither: the older one goes on.",
			stage:  "creation/claims/3",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				unborn(other, "2026-01-01T00:00:05Z")
				set(observed(req, resources.ReplicationGroup), "2026-01-01T00:00:00Z", "metadata", "creationTimestamp")
			},
		},
		"OursIsYounger": {
			reason: "Both began at once, and AWS has neither: the younger one gives way.",
			stage:  "creation/claims/3",
			change: func(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
				unborn(other, "2026-01-01T00:00:00Z")
				set(observed(req, resources.ReplicationGroup), "2026-01-01T00:00:05Z", "metadata", "creationTimestamp")
			},
			refused: []string{"team-theirs"},
		},
		"Made": {
			reason: "Once AWS has the cache, nothing is looked up any more.",
			stage:  "minimal/claims/settled",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			other := theirs(t, tc.stage, resources.ReplicationGroup)
			if tc.change != nil {
				tc.change(other, req)
			}
			lookUp(t, req, other)
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

// TestOwnerOfAGroup: what AWS has of another cache of the same id counts without its
// replication group too.
func TestOwnerOfAGroup(t *testing.T) {
	for _, name := range []string{resources.SubnetGroup, resources.ParameterGroup("redis7"), resources.URLParameter} {
		t.Run(name, func(t *testing.T) {
			req, other := stage(t, "creation/claims/2"), theirs(t, "creation/claims/2", name)
			lookUp(t, req, other)
			if got := fatal(run(t, req)); !strings.Contains(got, "team-theirs") {
				t.Errorf("it would be taken over: %q", got)
			}
			unborn(other, "2026-01-01T00:00:00Z")
			if got := fatal(run(t, req)); got != "" {
				t.Errorf("one that waits is nobody's yet, the replication groups decide: %q", got)
			}
		})
	}
}

// TestWaitForDeletion: what is still being deleted under our names is waited for, and
// named. Of a re-made composite it may be its own.
func TestWaitForDeletion(t *testing.T) {
	owners := map[string]func(*structpb.Struct, *fnv1.RunFunctionRequest){"Theirs": nil, "OurOwn": controlledBy(nil)}
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		for whose, change := range owners {
			for _, name := range []string{resources.ReplicationGroup, resources.SubnetGroup, resources.ParameterGroup("redis7"), resources.URLParameter} {
				t.Run(flavour+"/"+whose+"/"+name, func(t *testing.T) {
					at := "minimal/" + flavour + "/nothing-yet"
					req, other := stage(t, at), theirs(t, at, name)
					set(other, "old-one", "metadata", "name")
					set(other, "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
					if change != nil {
						change(other, req)
					}
					lookUp(t, req, other)
					rsp := run(t, req)
					if got := fatal(rsp); got != "" {
						t.Fatalf("it is refused: %s", got)
					}
					again := feedBack(req, rsp) // Now our own replication group exists.
					for _, rsp := range []*fnv1.RunFunctionResponse{rsp, run(t, again)} {
						if got, want := held(rsp), managedOf(rsp); !slices.Equal(got, want) {
							t.Errorf("held are %v, want %v", got, want)
						}
						if got := conditionOf(rsp, "Provisioned").GetMessage(); !strings.Contains(got, `"old-one"`) {
							t.Errorf("what is waited for is not named: %s", got)
						}
					}
					again.RequiredResources = nil
					lookUp(t, again)
					if got := held(run(t, again)); slices.Contains(got, resources.SubnetGroup) {
						t.Errorf("it is gone, and these are held: %v", got)
					}
				})
			}
		}
	}
}

// TestEveryCrossplane: the owner is looked up by every Crossplane that can, whatever
// it advertises, and one that can't does not hold up the cache without end.
func TestEveryCrossplane(t *testing.T) {
	cases := map[string]struct {
		reason     string
		advertised bool
		answers    func(*fnv1.RunFunctionRequest, *fnv1.Requirements) map[string]*fnv1.Resources // Nil if it never answers.
		waits      bool                                                                          // With a replication group that is held.
	}{
		"Advertised": {
			reason:     "2.2 and later.",
			advertised: true,
			answers: func(req *fnv1.RunFunctionRequest, r *fnv1.Requirements) map[string]*fnv1.Resources {
				return foundNothing(&req.RequiredResources, r.GetResources())
			},
		},
		"NotAdvertised": {
			reason: "1.15 to 2.1 answer under the older name.",
			answers: func(req *fnv1.RunFunctionRequest, r *fnv1.Requirements) map[string]*fnv1.Resources {
				return foundNothing(&req.ExtraResources, r.GetExtraResources())
			},
		},
		"NotYet": {reason: "An answer that is promised is waited for.", advertised: true, waits: true},
		"Never":  {reason: "1.14, or a response cache before 2.2, can't answer."},
	}
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		for name, tc := range cases {
			t.Run(flavour+"/"+name, func(t *testing.T) {
				req, other := stage(t, "minimal/"+flavour+"/nothing-yet"), theirs(t, "minimal/"+flavour+"/nothing-yet", resources.ReplicationGroup)
				req.RequiredResources = nil
				if !tc.advertised {
					req.Meta = nil
				}
				first := run(t, req)
				if got, want := held(first), managedOf(first); !slices.Equal(got, want) {
					t.Errorf("%s: before there is an answer these are held: %v, want %v", tc.reason, got, want)
				}
				req = feedBack(req, first)
				if tc.answers == nil {
					if got := slices.Contains(held(run(t, req)), resources.SubnetGroup); got != tc.waits {
						t.Errorf("%s: the groups wait is %t", tc.reason, got)
					}
					return
				}
				found := tc.answers(req, first.GetRequirements())
				second := run(t, req)
				if slices.Contains(held(second), resources.SubnetGroup) {
					t.Errorf("%s: nothing was found, and the groups wait", tc.reason)
				}
				if got, want := deterministic(t, second.GetRequirements()), deterministic(t, first.GetRequirements()); got != want {
					t.Errorf("%s: the requirements changed from round to round", tc.reason)
				}
				found["same-cache-replicationgroup"].Items = []*fnv1.Resource{{Resource: other}}
				third := run(t, req)
				if got := fatal(third); !strings.Contains(got, "belongs to") {
					t.Errorf("%s: the cache of another would be taken over: %q", tc.reason, got)
				}
				if got, want := deterministic(t, third.GetRequirements()), deterministic(t, first.GetRequirements()); got != want {
					t.Errorf("%s: with a refusal the requirements changed, which Crossplane 1.16 calls again for", tc.reason)
				}
			})
		}
	}
}

// TestTokenBeforeCapabilities: a namespaced composite exists on Crossplane 2 only, of
// which every version looks up a Secret, also before it said so.
func TestTokenBeforeCapabilities(t *testing.T) {
	req := stage(t, "auth-token-secret/namespaced/5")
	secret := req.GetRequiredResources()["auth-token"]
	req.Meta, req.RequiredResources = nil, nil
	required := run(t, clone(req)).GetRequirements().GetExtraResources()
	if got := required["auth-token"]; got.GetNamespace() == "" || got.GetMatchName() == "" {
		t.Fatalf("the token is not looked up in its namespace: %v", required)
	}
	const missing = "which does not exist"
	if got := conditionOf(run(t, clone(req)), "Provisioned").GetMessage(); !strings.Contains(got, missing) {
		t.Errorf("a token that is not there is not told: %s", got)
	}
	foundNothing(&req.ExtraResources, required)["auth-token"] = secret
	if got := conditionOf(run(t, req), "Provisioned").GetMessage(); strings.Contains(got, missing) {
		t.Errorf("a token that is there is not seen: %s", got)
	}
}

// TestNothingIsLookedUpUnderBothNames: Crossplane 1 compares what is required by the
// bytes, where it does not know the field, and those of a map change each time.
func TestNothingIsLookedUpUnderBothNames(t *testing.T) {
	for _, e := range examples(t) {
		for _, meta := range []*fnv1.RequestMeta{nil, e.req.GetMeta()} {
			req := clone(e.req)
			req.Meta = meta
			r := run(t, req).GetRequirements()
			if n, older := len(r.GetResources()), len(r.GetExtraResources()); (meta == nil && n > 0) || (meta != nil && older > 0) {
				t.Errorf("%s: %d are required, and %d under the older name", e.name, n, older)
			}
		}
	}
}

// theirs is a resource of a cache that works, as one of another composite.
func theirs(t *testing.T, stageName, name string) *structpb.Struct {
	t.Helper()
	parts := strings.Split(stageName, "/")
	req := stage(t, parts[0]+"/"+parts[1]+"/settled")
	other := observed(req, name)
	set(other, "theirs", "metadata", "labels", "crossplane.io/composite")
	set(other, "backend-booking-dev-redis", "metadata", "labels", resources.LabelClusterID)
	set(other, "00000000-0000-4000-8000-0000000000ff", "metadata", "uid")
	controlledBy(map[string]any{"name": "theirs", "uid": "00000000-0000-4000-8000-00000000000a"})(other, req)
	if parts[1] == flavourClaims {
		set(other, "theirs", "metadata", "labels", "crossplane.io/claim-name")
		set(other, "team-theirs", "metadata", "labels", "crossplane.io/claim-namespace")
	} else {
		set(other, "team-theirs", "metadata", "namespace")
	}
	return other
}

// controlledBy makes the composite of a request a resource's controller, but for what
// is different.
func controlledBy(different map[string]any) func(*structpb.Struct, *fnv1.RunFunctionRequest) {
	return func(r *structpb.Struct, req *fnv1.RunFunctionRequest) {
		xr := protocol.Object{Struct: req.GetObserved().GetComposite().GetResource()}
		ref := map[string]any{"apiVersion": xr.Text("apiVersion"), "kind": xr.Text("kind"), "name": xr.Name(), "uid": xr.UID(), "controller": true}
		maps.Copy(ref, different)
		set(r, []any{map[string]any{"kind": "Other", "uid": xr.UID()}, ref}, "metadata", "ownerReferences")
	}
}

// accountOfNamespace has both composites use the ProviderConfig of their namespace.
func accountOfNamespace(other *structpb.Struct, req *fnv1.RunFunctionRequest) {
	account := map[string]any{"kind": "ProviderConfig", "name": "default"}
	set(other, account, "spec", "providerConfigRef")
	platform(req, account, "providerConfigRef")
}

// lookUp what a request's answer requires among objects, as Crossplane does.
func lookUp(t *testing.T, req *fnv1.RunFunctionRequest, objects ...*structpb.Struct) {
	t.Helper()
	required := run(t, clone(req)).GetRequirements().GetResources()
	foundNothing(&req.RequiredResources, required)
	for name, s := range required {
		for _, r := range objects {
			o := protocol.Object{Struct: r}
			if o.Text("kind") == s.GetKind() && o.Text("apiVersion") == s.GetApiVersion() && o.Label(resources.LabelClusterID) == s.GetMatchLabels().GetLabels()[resources.LabelClusterID] {
				req.RequiredResources[name].Items = append(req.RequiredResources[name].Items, &fnv1.Resource{Resource: r})
			}
		}
	}
}

// foundNothing of what is required: Crossplane looked, and there is none.
func foundNothing(to *map[string]*fnv1.Resources, required map[string]*fnv1.ResourceSelector) map[string]*fnv1.Resources {
	*to = map[string]*fnv1.Resources{}
	for name := range required {
		(*to)[name] = &fnv1.Resources{}
	}
	return *to
}

// managedOf a response are all resources but Secrets, sorted.
func managedOf(rsp *fnv1.RunFunctionResponse) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())), func(name string) bool {
		return name == resources.ConnectionSecret || name == resources.AuthTokens
	})
}

// unborn makes a resource one that is held still.
func unborn(r *structpb.Struct, created string) {
	unseen(r)
	set(r, "true", "metadata", "annotations", "crossplane.io/paused")
	set(r, created, "metadata", "creationTimestamp")
}

// unseen makes a resource one that no provider has looked at.
func unseen(r *structpb.Struct) {
	delete(r.GetFields(), "status")
	for _, name := range []string{"crossplane.io/external-create-pending", "crossplane.io/external-create-succeeded", "crossplane.io/paused"} {
		delete(r.GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue().GetFields(), name)
	}
}
