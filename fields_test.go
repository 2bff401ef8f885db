package main

import (
	"encoding/base64"
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
)

// TestEveryFieldIsAskedFor: a field of the spec that reaches no composed resource would be
// accepted and do nothing. A new field needs a row here: a value other than its default.
func TestEveryFieldIsAskedFor(t *testing.T) {
	cases := map[string]struct {
		value any
		with  map[string]any // What the value needs, on both sides of the comparison.
	}{
		"appName":                    {value: "other"},
		"environment":                {value: "test"},
		"region":                     {value: "us-east-1"},
		"subnetIds":                  {value: []any{"subnet-other"}},
		"securityGroupIds":           {value: []any{"sg-other"}},
		"tags":                       {value: map[string]any{"Team": "booking"}},
		"nodeType":                   {value: "cache.t3.small"},
		"numCacheNodes":              {value: 2},
		"engine":                     {value: "valkey"},
		"engineVersion":              {value: "7.0"},
		"multiAzEnabled":             {value: true, with: map[string]any{"numCacheNodes": 2, "subnetIds": []any{"subnet-a", "subnet-b"}}},
		"snapshotRetentionLimit":     {value: 5},
		"enableAuthToken":            {value: true},
		"authTokenSecretRef":         {value: map[string]any{"name": "redis-token", "key": "token"}, with: map[string]any{"enableAuthToken": true}},
		"authTokenGeneration":        {value: 2, with: map[string]any{"enableAuthToken": true}},
		"authTokenUpdateStrategy":    {value: "ROTATE", with: map[string]any{"enableAuthToken": true}},
		"transitEncryption":          {value: "Required"},
		"maxmemoryPolicy":            {value: "noeviction"},
		"timeoutSeconds":             {value: 60},
		"kmsKeyId":                   {value: "arn:aws:kms:eu-central-1:111122223333:key/1a2b"},
		"autoMinorVersionUpgrade":    {value: false},
		"maintenanceWindow":          {value: "mon:10:00-mon:12:00"},
		"snapshotWindow":             {value: "01:00-02:00"},
		"snapshotName":               {value: "last-week"},
		"deletionPolicy":             {value: "Orphan"},
		"deletionProtection":         {value: true},
		"skipFinalSnapshot":          {value: true, with: map[string]any{"snapshotRetentionLimit": 5}},
		"writeConnectionSecretToRef": {value: map[string]any{"name": "other"}},
		"existing":                   {value: map[string]any{"replicationGroupId": "legacy"}},
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[v1alpha1.XRedisSpec]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		tc, ok := cases[name]
		switch {
		case name == "" || name == "vpcId": // The VPC is no argument of a resource: the subnets are held against it.
			continue
		case !ok:
			t.Errorf("spec.%s has no row in this test: add one, with a value other than its default", name)
			continue
		}
		without := stage(t, "minimal/namespaced/nothing-yet")
		for key, value := range tc.with {
			spec(without, key, value)
		}
		with := clone(without)
		spec(with, name, tc.value)
		before, after := created(t, without), created(t, with)
		if name == "existing" { // Which makes nothing.
			before, after = run(t, without), run(t, with)
		}
		if text := fatal(before) + fatal(after); text != "" {
			t.Errorf("spec.%s: %s", name, text)
		}
		if cmp.Equal(resourcesOf(before), resourcesOf(after), protocmp.Transform()) {
			t.Errorf("spec.%s changes no composed resource: use it in internal/resources", name)
		}
	}
}

// created is the answer once AWS has the groups of a new cache, and is asked for the cache.
func created(t *testing.T, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	t.Helper()
	lookUp(t, req)
	if secret := req.GetRequiredResources()["auth-token"]; secret != nil {
		s, err := structpb.NewStruct(map[string]any{
			"kind": "Secret", "metadata": map[string]any{"name": "redis-token", "namespace": "team-booking"},
			"data": map[string]any{"token": base64.StdEncoding.EncodeToString([]byte("a-token-of-the-team"))},
		})
		if err != nil {
			t.Fatal(err)
		}
		secret.Items = []*fnv1.Resource{{Resource: s}}
	}
	for range 6 {
		rsp := run(t, req)
		req = feedBack(req, rsp)
		for name, r := range req.GetObserved().GetResources() {
			if strings.Contains(name, "group") && name != resources.ReplicationGroup && !slices.Contains(held(rsp), name) {
				set(r.GetResource(), []any{map[string]any{"type": "Ready", "status": "True"}}, "status", "conditions")
				set(r.GetResource(), "vpc-123", "status", "atProvider", "vpcId")
			}
		}
	}
	return run(t, req)
}
