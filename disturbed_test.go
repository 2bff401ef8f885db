package main

import (
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// says has the provider say something of a resource.
func says(name, kind, status, reason, message string) func(*fnv1.RunFunctionRequest) {
	return func(req *fnv1.RunFunctionRequest) {
		set(observed(req, name), []any{
			map[string]any{"type": "Ready", "status": "True", "reason": "Available"},
			map[string]any{"type": kind, "status": status, "reason": reason, "message": message},
		}, "status", "conditions")
	}
}

// paused by hand.
func paused(name string) func(*fnv1.RunFunctionRequest) {
	return func(req *fnv1.RunFunctionRequest) {
		set(observed(req, name), "true", "metadata", "annotations", "crossplane.io/paused")
	}
}

// deleted by hand, and not gone yet.
func deleted(name string) func(*fnv1.RunFunctionRequest) {
	return func(req *fnv1.RunFunctionRequest) {
		set(observed(req, name), "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
}

// TestDisturbed: what happens to a cache by hand, or without its provider, is reported
// as what it is, with what to do.
func TestDisturbed(t *testing.T) {
	const live = "minimal/claims/settled"
	cases := map[string]struct {
		reason string
		stage  string
		change []func(*fnv1.RunFunctionRequest)
		kind   string
		why    string
		want   []string
	}{
		"Paused": {
			reason: "A resource that is paused follows no edit.",
			stage:  live, change: []func(*fnv1.RunFunctionRequest){paused(resources.ReplicationGroup)},
			kind: "Provisioned", why: "Paused",
			want: []string{"replication-group is paused", "kubectl annotate replicationgroup.elasticache.aws.upbound.io backend-booking-36298-000000000005 crossplane.io/paused-"},
		},
		"Deleted": {
			reason: "A resource that somebody deletes is created again, and a cache without its data.",
			stage:  "development-to-production/claims/settled", change: []func(*fnv1.RunFunctionRequest){deleted(resources.ReplicationGroup)},
			kind: "Provisioned", why: "Deleting",
			want: []string{"replication-group is being deleted", "is created again", "the snapshot backend-booking-dev-redis-final-"},
		},
		"DeletedOrphan": {
			reason: "AWS keeps what the provider may not delete.",
			stage:  "from-terraform/claims/settled", change: []func(*fnv1.RunFunctionRequest){deleted(resources.ReplicationGroup)},
			kind: "Provisioned", why: "Deleting",
			want: []string{"replication-group stays in AWS, although somebody deleted replicationgroup.elasticache.aws.upbound.io backend-booking"},
		},
		"DeletedPaused": {
			reason: "A paused resource can't be deleted.",
			stage:  live, change: []func(*fnv1.RunFunctionRequest){deleted(resources.URLParameter), paused(resources.URLParameter)},
			kind: "Provisioned", why: "Deleting",
			want: []string{"url-parameter is being deleted, and can't be while it is paused", "crossplane.io/paused-"},
		},
		"NoProvider": {
			reason: "A provider that runs says something within a second or so, and nobody can tell how long it has been.",
			stage:  "creation/namespaced/2", change: []func(*fnv1.RunFunctionRequest){func(req *fnv1.RunFunctionRequest) {
				unseen(observed(req, resources.SubnetGroup))
			}},
			kind: "Provisioned", why: "Creating",
			want: []string{"subnet-group has no answer from its provider yet", "provider-aws-elasticache", "kubectl get providers"},
		},
		"ClusterMode": {
			reason: "One URL can't serve the shards of a cluster.",
			stage:  live, change: []func(*fnv1.RunFunctionRequest){reports(resources.ReplicationGroup, true, "clusterEnabled")},
			kind: "Provisioned", why: "Failing",
			want: []string{"replication-group has cluster mode enabled", "make a new claim with another appName or environment"},
		},
		"CreateFailed": {
			reason: "A cache that AWS could not create stays in AWS.",
			stage:  "creation/claims/5", change: []func(*fnv1.RunFunctionRequest){
				says(resources.ReplicationGroup, "LastAsyncOperation", "False", "AsyncCreateFailure", "async create failed: waiting for ElastiCache Replication Group (backend-booking-dev-redis) create: unexpected state 'create-failed', wanted target 'available'"),
			},
			kind: "Provisioned", why: "Failing",
			want: []string{"unexpected state 'create-failed'", "delete the replication group in AWS, and it is created again"},
		},
		"LastOperation": {
			reason: "What the provider says of its last operation counts as well.",
			stage:  live, change: []func(*fnv1.RunFunctionRequest){
				says(resources.ReplicationGroup, "LastAsyncOperation", "False", "AsyncUpdateFailure", "async update failed: InsufficientCacheClusterCapacity"),
			},
			kind: "Provisioned", why: "Failing",
			want: []string{"replication-group fails: async update failed: InsufficientCacheClusterCapacity"},
		},
		"TokenSecretMissing": {
			reason: "The team's token Secret is needed for as long as the claim names it.",
			stage:  "auth-token-secret/claims/settled", change: []func(*fnv1.RunFunctionRequest){func(req *fnv1.RunFunctionRequest) {
				req.GetRequiredResources()["auth-token"].Items = nil
			}},
			kind: "Accepted", why: "Invalid",
			want: []string{"spec.authTokenSecretRef", `the Secret "redis-token"`, "does not exist: make it", "The cache keeps the token that it has"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			for _, change := range tc.change {
				change(req)
			}
			c := conditionOf(run(t, req), tc.kind)
			if c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE || c.GetReason() != tc.why {
				t.Errorf("%s: %s is %s %s, want %s", tc.reason, tc.kind, c.GetStatus(), c.GetReason(), tc.why)
			}
			for _, want := range tc.want {
				if !strings.Contains(c.GetMessage(), want) {
					t.Errorf("%s: %s does not say %q:\n%s", tc.reason, tc.kind, want, c.GetMessage())
				}
			}
		})
	}
}
