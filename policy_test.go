package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
)

// platform sets a value in the Input of a request, which it makes if there is none.
func platform(req *fnv1.RunFunctionRequest, value any, path ...string) {
	if req.GetInput() == nil {
		req.Input = &structpb.Struct{Fields: map[string]*structpb.Value{}}
		set(req.GetInput(), "redis.fn.crossplane.io/v1beta1", "apiVersion")
		set(req.GetInput(), "Input", "kind")
	}
	set(req.GetInput(), value, path...)
}

// noSuchValue is, for each field of the spec that can hold one, a value that AWS or
// the function refuses.
var noSuchValue = map[string]any{
	"appName": "Back_End", "environment": "", "vpcId": "main", "subnetIds": []any{}, "securityGroupIds": []any{"default"},
	"region": "Frankfurt", "tags": map[string]any{"aws:team": "x"}, "nodeType": "t3.small", "numCacheNodes": 9,
	"engine": "memcached", "engineVersion": "7.1.0", "snapshotRetentionLimit": 36,
	"authTokenGeneration": 0, "authTokenSecretRef": map[string]any{"name": "A_Token", "key": "token"}, "authTokenUpdateStrategy": "DELETE",
	"transitEncryption": "Maybe", "maxmemoryPolicy": "lru", "timeoutSeconds": 5, "kmsKeyId": "alias/shop",
	"maintenanceWindow": "sunday", "snapshotWindow": "5am", "snapshotName": "a:b", "deletionPolicy": "Retain",
	"writeConnectionSecretToRef": map[string]any{"name": "My_Redis"}, "existing": map[string]any{"mode": "Now"},
}

// anyValue is allowed for the fields that are true or false.
var anyValue = []string{"multiAzEnabled", "enableAuthToken", "autoMinorVersionUpgrade", "skipFinalSnapshot", "deletionProtection"}

// TestInvalidFieldOfRunningCache: in a field that is wrong in itself a running cache
// keeps what it has, the claim is told, and an edit of another field goes on. The
// same claim for a new cache is refused as a whole.
func TestInvalidFieldOfRunningCache(t *testing.T) {
	if diff := cmp.Diff(slices.Sorted(slices.Values(plain.Fields(reflect.TypeFor[v1alpha1.XRedisSpec]()))),
		slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(noSuchValue)), anyValue...)))); diff != "" {
		t.Fatalf("fields with a value that none can have: -spec, +test:\n%s", diff)
	}
	all := examples(t)
	for name, value := range noSuchValue {
		for _, e := range all {
			if name == "writeConnectionSecretToRef" && strings.Contains(e.name, flavourClaims) {
				continue // Crossplane's own, which names a Secret that exists.
			}
			change := func(req *fnv1.RunFunctionRequest) *fnv1.RunFunctionRequest {
				req = clone(req)
				spec(req, name, value)
				return req
			}
			switch {
			case strings.HasSuffix(e.name, "nothing-yet"):
				if got := fatal(run(t, change(e.req))); !strings.Contains(got, "spec."+name) {
					t.Errorf("%s: %s: a new cache must be refused, got %q", e.name, name, got)
				}
			case e.available:
				t.Run(name+"/"+e.name, func(t *testing.T) {
					req := feedBack(e.req, run(t, clone(e.req)))
					// An edit that is asked for already, so that the rest must stay as it is.
					set(req.GetObserved().GetComposite().GetResource(), 60, "spec", "timeoutSeconds")
					if name == "timeoutSeconds" {
						set(req.GetObserved().GetComposite().GetResource(), "noeviction", "spec", "maxmemoryPolicy")
					}
					for range 2 { // AWS is asked about a new group before it is made.
						req = feedBack(req, run(t, clone(req)))
					}
					before := run(t, clone(req))
					after := run(t, change(req))
					if diff := cmp.Diff(resourcesOf(before), resourcesOf(after), protocmp.Transform()); diff != "" {
						t.Errorf("%s -before, +after:\n%s", fatal(after), diff)
					}
					c := conditionOf(after, "Accepted")
					if c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE || !strings.Contains(c.GetMessage(), "spec."+name) {
						t.Errorf("Accepted is %s: %s", c.GetStatus(), c.GetMessage())
					}
				})
			}
		}
	}
}

// TestRunningCacheIsNotFrozen: whatever the claim, the platform or a new release of
// the function makes wrong, a running cache keeps what it has in that field, and
// everything else goes on.
func TestRunningCacheIsNotFrozen(t *testing.T) {
	const (
		minimal    = "minimal/claims/settled"
		production = "production/claims/settled"
		withAuth   = "production-tls-auth/claims/settled"
		defaults   = "platform-defaults/claims/settled-2"
	)
	cases := map[string]struct {
		reason string
		stage  string
		change func(*fnv1.RunFunctionRequest)

		// said in Accepted, which is False; nothing where it must stay True.
		said []string

		// want of the replication group's forProvider, nil for what must be missing.
		want map[string]any
	}{
		"LimitBelowTheCache": {
			reason: "A limit that the running cache breaks is reported, and an edit goes on.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, []any{"cache.t4g.*"}, "limits", "nodeTypes")
				spec(req, "numCacheNodes", 2)
			},
			said: []string{"spec.nodeType", `the cache has "cache.t3.micro"`, "input.limits.nodeTypes", "cache.t4g.*", "All other changes are carried out"},
			want: map[string]any{"nodeType": "cache.t3.micro", "numCacheClusters": 2.0},
		},
		"LimitBelowTheClaim": {
			reason: "What is beyond a limit is not asked for.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, []any{"cache.t3.*"}, "limits", "nodeTypes")
				spec(req, "nodeType", "cache.m7g.large")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"spec.nodeType", `"cache.m7g.large"`, `keeps "cache.t3.micro"`, "cache.t3.*"},
			want: map[string]any{"nodeType": "cache.t3.micro", "snapshotRetentionLimit": 3.0},
		},
		"LimitOnTLSAndAuth": {
			reason: "A running cache without TLS and AUTH is told both, and goes on.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, true, "limits", "requireTransitEncryption")
				platform(req, true, "limits", "requireAuthToken")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"spec.transitEncryption", "set transitEncryption: Required", "spec.enableAuthToken", "set enableAuthToken: true"},
			want: map[string]any{"transitEncryptionEnabled": false, "authTokenSecretRef": nil, "snapshotRetentionLimit": 3.0},
		},
		"Protection": {
			reason: "Nobody lifts a protection that the platform requires, and a cache without it is not frozen.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, true, "limits", "requireDeletionProtection")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"spec.deletionProtection", "set deletionProtection: true", "All other changes are carried out"},
			want: map[string]any{"snapshotRetentionLimit": 3.0},
		},
		"EveryOtherLimit": {
			reason: "Limits that come later are reported together, and what a running cache has stays: it can't be made anew.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, []any{"valkey"}, "limits", "engines")
				platform(req, []any{"8.*"}, "limits", "engineVersions")
				platform(req, []any{"us-east-1"}, "limits", "regions")
				platform(req, 7, "limits", "minSnapshotRetentionLimit")
				platform(req, []any{"Orphan"}, "limits", "deletionPolicies")
				spec(req, "numCacheNodes", 2)
			},
			said: []string{
				"spec.engine", "allows only valkey", "spec.engineVersion", "allows only 8.*", "spec.region", "allows only us-east-1",
				"spec.snapshotRetentionLimit", "7 or more days", "spec.deletionPolicy", "allows only Orphan", "All other changes are carried out",
			},
			want: map[string]any{"engine": "redis", "engineVersion": "7.1", "region": "eu-central-1", "snapshotRetentionLimit": 0.0, "numCacheClusters": 2.0},
		},
		"ForbiddenVersionLeft": {
			reason: "A running cache whose version is forbidden may go to one that is not.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, []any{"8.*"}, "limits", "engineVersions")
				spec(req, "engine", "valkey")
				spec(req, "engineVersion", "8.0")
			},
			want: map[string]any{"engineVersion": "7.1"}, // Its parameter group comes first.
		},
		"RegionTakenAway": {
			reason: "A running cache keeps its region, which the claim never named.",
			stage:  defaults,
			change: func(req *fnv1.RunFunctionRequest) { delete(req.GetInput().GetFields(), "region") },
			want:   map[string]any{"region": "eu-west-1"},
		},
		"RegionChanged": {
			reason: "Nor does it move with the platform.",
			stage:  defaults,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "us-east-1", "region") },
			want:   map[string]any{"region": "eu-west-1"},
		},
		"EngineDefault": {
			reason: "A running cache never follows another default engine.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "valkey", "defaults", "engine") },
			want:   map[string]any{"engine": "redis", "engineVersion": "7.1"},
		},
		"EngineVersionDefault": {
			reason: "Nor another default version.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "7.0", "defaults", "engineVersion") },
			want:   map[string]any{"engineVersion": "7.1"},
		},
		"AuthDefault": {
			reason: "Nor a default of AUTH.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, true, "defaults", "enableAuthToken") },
			want:   map[string]any{"authTokenSecretRef": nil, "transitEncryptionEnabled": false},
		},
		"AuthLeftOpen": {
			reason: "AUTH that the claim does not mention any more stays on, with its token.",
			stage:  production,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "enableAuthToken", nil)
				spec(req, "authTokenSecretRef", nil)
				spec(req, "transitEncryption", nil)
			},
		},
		"GeneratedToken": {
			reason: "A generated token is not replaced because the platform names a Secret by now.",
			stage:  withAuth,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, map[string]any{"name": "redis-token", "key": "token"}, "defaults", "authTokenSecretRef")
			},
		},
		"TLSDefault": {
			reason: "TLS does not follow a default.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "Required", "defaults", "transitEncryption") },
			want:   map[string]any{"transitEncryptionEnabled": false},
		},
		"KeyAndSnapshotDefaults": {
			reason: "What AWS sets at creation only does not follow a default, and the claim is not blamed.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "arn:aws:kms:eu-central-1:111122223333:key/1a2b", "defaults", "kmsKeyId")
				platform(req, "golden", "defaults", "snapshotName")
			},
			want: map[string]any{"kmsKeyId": nil, "snapshotName": nil},
		},
		"NodeTypeDefault": {
			reason: "A default that is changed in place is followed.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "cache.t3.small", "defaults", "nodeType") },
			want:   map[string]any{"nodeType": "cache.t3.small"},
		},
		"DefaultBeyondLimit": {
			reason: "A default that breaks the platform's own limit is the platform's to change.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "cache.m7g.large", "defaults", "nodeType")
				platform(req, []any{"cache.t3.*"}, "limits", "nodeTypes")
			},
			said: []string{"input.defaults.nodeType", `"cache.m7g.large"`, "input.limits.nodeTypes", "ask the platform team"},
			want: map[string]any{"nodeType": "cache.t3.micro"},
		},
		"WrongDefault": {
			reason: "A default that a new release refuses freezes nothing.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, 12, "defaults", "numCacheNodes")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"input.defaults.numCacheNodes", "12", `keeps "1"`},
			want: map[string]any{"numCacheClusters": 1.0, "snapshotRetentionLimit": 3.0},
		},
		"WrongDefaultNotUsed": {
			reason: "A wrong default of a field that the claim sets hurts nobody.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, 12, "defaults", "numCacheNodes")
				spec(req, "numCacheNodes", 2)
			},
			want: map[string]any{"numCacheClusters": 2.0},
		},
		"WrongPlatformTag": {
			reason: "Nor does a tag of the platform that a new release refuses.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "x", "tags", "aws:team")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"input.tags[aws:team]"},
			want: map[string]any{"snapshotRetentionLimit": 3.0},
		},
		"DefaultClashes": {
			reason: "A default that does not fit the claim's one field is the platform's to change.",
			stage:  defaults,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "numCacheNodes", 1) },
			said:   []string{"input.defaults.multiAzEnabled", "ask the platform team, or set spec.multiAzEnabled in the claim"},
			want:   map[string]any{"numCacheClusters": 2.0, "multiAzEnabled": true},
		},
		"MultiAZNeedsNodes": {
			reason: "Of values that do not fit each other none is asked for.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "multiAzEnabled", true)
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"spec.multiAzEnabled", "numCacheNodes"},
			want: map[string]any{"multiAzEnabled": false, "automaticFailoverEnabled": false, "snapshotRetentionLimit": 3.0},
		},
		"NodesUnderMultiAZ": {
			reason: "The last replica of a multi-AZ cache stays.",
			stage:  production,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "multiAzEnabled", true)
				spec(req, "numCacheNodes", 1)
			},
			said: []string{"spec.multiAzEnabled"},
			want: map[string]any{"multiAzEnabled": true, "automaticFailoverEnabled": true},
		},
		"Windows": {
			reason: "A window that would overlap the other stays where it is.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "maintenanceWindow", "sun:04:00-sun:06:00") },
			said:   []string{"spec.snapshotWindow", "maintenanceWindow is sun:04:00-sun:06:00"},
			want:   map[string]any{"maintenanceWindow": "sun:05:00-sun:07:00", "snapshotWindow": "03:00-05:00"},
		},
		"VersionOfOtherEngine": {
			reason: "A version of the other engine is not asked for.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "engine", "valkey")
				spec(req, "engineVersion", "7.1")
			},
			said: []string{"spec.engineVersion", "not a version of this engine"},
			want: map[string]any{"engine": "redis", "engineVersion": "7.1"},
		},
		"TokenOfAnotherNamespace": {
			reason: "AUTH is not turned on with another token than the claim's.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": "t", "key": "k", "namespace": "kube-system"})
			},
			said: []string{"spec.authTokenSecretRef.namespace", "leave namespace out"},
			want: map[string]any{"authTokenSecretRef": nil, "transitEncryptionEnabled": false},
		},
		"NoLookUps": {
			reason: "A Crossplane that can't look up the token's Secret any more takes no token away.",
			stage:  production,
			change: func(req *fnv1.RunFunctionRequest) { req.Meta.Capabilities = nil },
			said:   []string{"spec.authTokenSecretRef", "keeps \"the token that it has\"", "Crossplane 2"},
		},
		"PreviousGeneration": {
			reason: "A running t2 cache stays one, which AWS allows, and its other changes go on.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), "cache.t2.micro", "spec", "forProvider", "nodeType")
				set(observed(req, resources.ReplicationGroup), "cache.t2.micro", "status", "atProvider", "nodeType")
				spec(req, "nodeType", "cache.t2.micro")
				spec(req, "numCacheNodes", 2)
			},
			want: map[string]any{"nodeType": "cache.t2.micro", "numCacheClusters": 2.0},
		},
		"NodeTypeOfOtherEngine": {
			reason: "A node type that the engine of the cache can't have is not asked for.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "nodeType", "cache.r8g.large")
				spec(req, "snapshotRetentionLimit", 3)
			},
			said: []string{"spec.nodeType", "needs engine valkey"},
			want: map[string]any{"nodeType": "cache.t3.micro", "snapshotRetentionLimit": 3.0},
		},
		"TagOfProvider": {
			reason: "The tags stay as they are, without those that the provider wrote into the managed resource.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), "shop", "spec", "forProvider", "tags", "crossplane-name")
				spec(req, "tags", map[string]any{"crossplane-name": "shop"})
				spec(req, "numCacheNodes", 2)
			},
			said: []string{"spec.tags[crossplane-name]", "choose another key"},
			want: map[string]any{"numCacheClusters": 2.0},
		},
		"NewAuthTurnsTLSOn": {
			reason: "A claim that asks for AUTH asks for the TLS that it needs.",
			stage:  minimal,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "enableAuthToken", true) },
			want:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred", "authTokenSecretRef": nil},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			req = feedBack(req, run(t, clone(req)))
			before := run(t, clone(req))
			tc.change(req)
			after := run(t, clone(req))
			if text := fatal(after); text != "" {
				t.Fatalf("%s: refused: %s", tc.reason, text)
			}
			checkAccepted(t, tc.reason, conditionOf(after, "Accepted"), tc.said)
			checkCache(t, tc.reason, cacheOf(before)["forProvider"].(map[string]any), cacheOf(after)["forProvider"].(map[string]any), tc.want)
			for name := range before.GetDesired().GetResources() {
				if after.GetDesired().GetResources()[name] == nil {
					t.Errorf("%s: %s would be deleted", tc.reason, name)
				}
			}
			// Fed back it must come to rest.
			again := feedBack(req, after)
			if diff := cmp.Diff(resourcesOf(run(t, again)), resourcesOf(run(t, feedBack(again, run(t, clone(again))))), protocmp.Transform()); diff != "" && len(tc.said) > 0 {
				t.Errorf("%s: it does not come to rest:\n%s", tc.reason, diff)
			}
		})
	}
}

func checkAccepted(t *testing.T, reason string, c *fnv1.Condition, said []string) {
	t.Helper()
	if (c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE) != (len(said) == 0) {
		t.Errorf("%s: Accepted is %s: %s", reason, c.GetStatus(), c.GetMessage())
	}
	for _, want := range said {
		if !strings.Contains(c.GetMessage(), want) {
			t.Errorf("%s: Accepted does not say %q:\n%s", reason, want, c.GetMessage())
		}
	}
}

// checkCache: what is wanted, and else what was there before.
func checkCache(t *testing.T, reason string, before, after, want map[string]any) {
	t.Helper()
	for _, follows := range []string{"automaticFailoverEnabled", "finalSnapshotIdentifier"} {
		if _, ok := want[follows]; !ok {
			delete(before, follows)
			delete(after, follows)
		}
	}
	for key, value := range want {
		if value == nil {
			delete(before, key)
			continue
		}
		before[key] = value
	}
	for key := range after {
		if _, ok := want[key]; !ok && before[key] == nil {
			t.Errorf("%s: %s appeared", reason, key)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("%s: what is asked of AWS: -want, +got:\n%s", reason, diff)
	}
}

// TestInputStillRefused: what is wrong with the Input itself stops every cache, and
// changes none.
func TestInputStillRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		value any
		path  []string
	}{
		"input.kind":                        {"Output", []string{"kind"}},
		"input.region":                      {"Frankfurt", []string{"region"}},
		"input.providerConfigRef.kind":      {"Secret", []string{"providerConfigRef", "kind"}},
		"input.limits.maxCacheNodes":        {0, []string{"limits", "maxCacheNodes"}},
		"input.parameterStore.pathPrefix":   {"platform", []string{"parameterStore", "pathPrefix"}},
		"input.limits.maxCacheNodes: Inval": {7, []string{"limits", "maxCacheNodes"}},
		"input.limits.nodeTypes[0]":         {[]any{"t3.*"}, []string{"limits", "nodeTypes"}},
		"input.limits.nodeTypes[0]: Invali": {[]any{"cache.t4g.{micro,small}"}, []string{"limits", "nodeTypes"}},
		"input.limits.engines[1]":           {[]any{"redis", "memcached"}, []string{"limits", "engines"}},
		"input.limits.engineVersions[0]":    {[]any{"redis7"}, []string{"limits", "engineVersions"}},
		"input.limits.regions[0]":           {[]any{"eu"}, []string{"limits", "regions"}},
		"input.limits.deletionPolicies[0]":  {[]any{"Retain"}, []string{"limits", "deletionPolicies"}},
		"input.limits.minSnapshotRetentio":  {36, []string{"limits", "minSnapshotRetentionLimit"}},
		"input.ttl: Invalid value: 0: must": {0, []string{"ttl"}},
		"input.ttl: Invalid value: 59: mus": {59, []string{"ttl"}},
		"input.ttl: Invalid value: 3601: m": {3601, []string{"ttl"}},
		"input.ttl: Invalid value: -1: mus": {-1, []string{"ttl"}},
		"input.ttl: Invalid value: 9007199": {9007199254740991, []string{"ttl"}},
		"function's input, in the platfor":  {"x", []string{"region"}},
	} {
		req := stage(t, "minimal/claims/settled")
		platform(req, tc.value, tc.path...)
		if got := fatal(run(t, req)); !strings.Contains(got, name) || !strings.Contains(got, "ask the platform team") {
			t.Errorf("%s: got %q", name, got)
		} else if strings.Contains(got, "\n  spec.") {
			t.Errorf("%s is held against the claim as well: %q", name, got)
		}
	}
}

// TestAskedInFull: all that a claim can set is found again in what was asked for, so
// that it can be kept.
func TestAskedInFull(t *testing.T) {
	unknown := []string{"authTokenGeneration", "authTokenSecretRef", "existing", "deletionProtection"} // The provider reads a copy of the token; the status has the last.
	req := stage(t, "production/namespaced/settled")
	req = feedBack(req, run(t, clone(req)))
	for key, value := range map[string]any{"kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/1", "snapshotName": "golden"} {
		set(observed(req, resources.ReplicationGroup), value, "spec", "forProvider", key)
	}
	o, err := resources.Observe(req, v1alpha1.Namespaced)
	if err != nil {
		t.Fatal(err)
	}
	got := reflect.ValueOf(o.AskedInFull())
	for _, f := range reflect.VisibleFields(got.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && got.FieldByIndex(f.Index).IsZero() != slices.Contains(unknown, name) {
			t.Errorf("%s: found: %t", name, !got.FieldByIndex(f.Index).IsZero())
		}
	}
}
