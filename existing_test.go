package main

import (
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestNothingIsTakenUnasked: whatever AWS has under one of the names of a new cache stays
// as it is, and the claim says so. The cache is made once the names are free.
func TestNothingIsTakenUnasked(t *testing.T) {
	module := aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-a1"}}
	group := func(c *aws.Cloud) error {
		return c.CreateSubnetGroup(aws.SubnetGroup{Region: "eu-central-1", Name: "backend-booking-dev-redis", Description: "mine", SubnetIDs: []string{"subnet-a1"}})
	}
	cases := map[string]struct {
		reason string
		exists func(*aws.Cloud) error
		says   []string
		remove func(*aws.Cloud) error // Nil if it can't be.
	}{
		"Cache": {
			reason: "A cache is named with its engine, node type and tags, and what to write.",
			exists: func(c *aws.Cloud) error { c.Add(module.Stack()); return nil },
			says:   []string{`replication group "backend-booking-dev-redis"`, "eu-central-1", "redis 7.1.0", "cache.t3.micro", "ManagedBy=Terraform", `parameter "/backend-booking/dev/redis/url"`, "spec.existing.mode", "status.changes"},
		},
		"SubnetGroup": {
			reason: "So is a group that is left.",
			exists: group,
			says:   []string{`subnet group "backend-booking-dev-redis"`, "aws elasticache delete-cache-subnet-group --cache-subnet-group-name backend-booking-dev-redis --region eu-central-1"},
			remove: func(c *aws.Cloud) error { return c.DeleteSubnetGroup("eu-central-1", "backend-booking-dev-redis") },
		},
		"Parameter": {
			reason: "A parameter that something else publishes is not overwritten.",
			exists: func(c *aws.Cloud) error {
				return c.PutParameter(aws.PutParameter{Region: "eu-central-1", Name: "/backend-booking/dev/redis/url", Type: "SecureString", Value: "redis://other:6379"})
			},
			says:   []string{`parameter "/backend-booking/dev/redis/url"`, "aws ssm delete-parameter --name /backend-booking/dev/redis/url"},
			remove: func(c *aws.Cloud) error { return c.DeleteParameter("eu-central-1", "/backend-booking/dev/redis/url") },
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := create(t, flavour, nil)
				if err := tc.exists(c.AWS); err != nil {
					t.Fatal(err)
				}
				from, had := len(c.AWS.Log()), c.AWS.Inventory()
				c.run(time.Hour)
				if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
					t.Errorf("%s: AWS was asked for %v", tc.reason, c.AWS.Written(from))
				}
				c.says("Accepted", "False", tc.says...)
				if tc.remove == nil {
					return
				}
				if err := tc.remove(c.AWS); err != nil {
					t.Fatal(err)
				}
				c.comes("vpc-a")
			})
		}
	}
}

// TestCreationIsQuick: that a name is free is known within a second or two, and costs a
// few events.
func TestCreationIsQuick(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, nil)
			start := c.Now()
			c.run(time.Minute)
			calls := c.AWS.Requests("CreateReplicationGroup", start)
			if len(calls) != 1 || calls[0].Time.Sub(start) > 3*time.Second {
				t.Errorf("the cache was asked for at %v", calls)
			}
			c.comes("vpc-a")
			if got := c.Warnings(); got > 8 {
				t.Errorf("there were %d warnings", got)
			}
		})
	}
}

// TestTakeOver: a cache of the Terraform module is previewed without a change, and then
// taken over: nothing is made anew or deleted, and the URL works.
func TestTakeOver(t *testing.T) {
	cases := map[string]struct {
		reason string
		module aws.TerraformModule
		calls  string // That change the cache.
	}{
		"FiveValues": {
			reason: "What the claim leaves open stays.",
			module: aws.TerraformModule{NodeType: "cache.t3.small", NumCacheNodes: 2, SnapshotRetentionLimit: 5},
		},
		"AUTH": {
			reason: "A token that only others know gets another beside it.",
			module: aws.TerraformModule{AuthToken: "a-token-of-terraform"},
			calls:  "ModifyReplicationGroup AuthToken,AuthTokenUpdateStrategy",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				m := tc.module
				m.AppName, m.Environment, m.SubnetIDs, m.SecurityGroupIDs = "backend-booking", "dev", []string{"subnet-a1", "subnet-a2"}, []string{"sg-xyz"}
				c := create(t, flavour, map[string]any{"existing": map[string]any{}})
				c.AWS.Add(m.Stack())
				from, had := len(c.AWS.Log()), c.AWS.Inventory()
				c.run(time.Hour)
				if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
					t.Errorf("%s: the preview asked AWS for %v", tc.reason, c.AWS.Written(from))
				}
				c.says("Accepted", "False", "spec.existing.mode to TakeOver")
				old := c.AWS.URL("eu-central-1", "backend-booking-dev-redis")
				c.edit(map[string]any{"existing": map[string]any{"mode": "TakeOver"}})
				c.run(time.Hour)
				for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
					c.says(kind, "True")
				}
				if got := c.written(from); got != tc.calls {
					t.Errorf("%s: AWS was asked for %q, want %q", tc.reason, got, tc.calls)
				}
				if url := string(c.Published()["REDIS_URL"]); !c.AWS.Accepts(url) || !c.AWS.Accepts(old) {
					t.Errorf("%s: the new URL works: %t, the old: %t", tc.reason, c.AWS.Accepts(url), c.AWS.Accepts(old))
				}
			})
		}
	}
}
