package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
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
		"skipFinalSnapshot":          {value: true, with: map[string]any{"snapshotRetentionLimit": 5}},
		"writeConnectionSecretToRef": {value: map[string]any{"name": "other"}},
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
		before, after := run(t, without), run(t, with)
		if text := fatal(before) + fatal(after); text != "" {
			t.Errorf("spec.%s: %s", name, text)
		}
		if cmp.Equal(resourcesOf(before), resourcesOf(after), protocmp.Transform()) {
			t.Errorf("spec.%s changes no composed resource: use it in internal/resources", name)
		}
	}
}
