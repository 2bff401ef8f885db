package main

import (
	"cmp"
	"maps"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

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

// TestUpgradedBeforeTakeOver: somebody upgrades the cache, and it is taken over before the
// provider has looked again. It refuses all changes then, the new token among them, until
// it is asked for the version that AWS has.
func TestUpgradedBeforeTakeOver(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, map[string]any{"existing": map[string]any{}})
			c.AWS.Add(aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-a1", "subnet-a2"}, SecurityGroupIDs: []string{"sg-xyz"}, AuthToken: "a-token-of-terraform"}.Stack())
			c.run(time.Hour)
			old := c.AWS.URL("eu-central-1", "backend-booking-dev-redis")
			if err := c.AWS.ModifyByHand(aws.ModifyReplicationGroup{Region: "eu-central-1", ID: "backend-booking-dev-redis", Engine: ptr.To(aws.Valkey), EngineVersion: ptr.To("8.0"), ParameterGroup: ptr.To("default.valkey8"), ApplyImmediately: true}); err != nil {
				t.Fatal(err)
			}
			c.AWS.Advance(c.Now().Add(9 * time.Minute))
			c.edit(map[string]any{"existing": map[string]any{"mode": "TakeOver"}})
			c.run(time.Hour)
			c.comes("vpc-a")
			if url := string(c.Published()["REDIS_URL"]); !c.AWS.Accepts(url) || !c.AWS.Accepts(old) {
				t.Errorf("the new URL works: %t, the old: %t", c.AWS.Accepts(url), c.AWS.Accepts(old))
			}
		})
	}
}

// TestExistingIsRefused: what the claim names must be a replication group that nobody
// else in the cluster has. Nothing is changed.
func TestExistingIsRefused(t *testing.T) {
	const id, region = "legacy-cache-001", "eu-central-1"
	subnets := aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}}
	stack := func(region string) func(cluster) cluster {
		return func(c cluster) cluster {
			c.AWS.Add(aws.Stack{Cache: aws.ReplicationGroup{Region: region, ID: id, SecurityGroupIDs: []string{"sg-xyz"}}, Subnets: subnets})
			return c
		}
	}
	cases := map[string]struct {
		reason string
		exists func(cluster) cluster // The one that is refused.
		says   []string
	}{
		"NoSuchID": {
			reason: "An id that nobody has is most likely a typo.",
			exists: func(c cluster) cluster { return c },
			says:   []string{"spec.existing.replicationGroupId", `"legacy-cache-001"`, "AWS has no replication group of this id in eu-central-1", "aws elasticache describe-replication-groups --region eu-central-1"},
		},
		"OtherRegion": {
			reason: "The cache must be in the claim's region.",
			exists: stack("eu-west-1"),
			says:   []string{"AWS has no replication group of this id in eu-central-1"},
		},
		"Memcached": {
			reason: "A cluster of Memcached is no replication group.",
			exists: func(c cluster) cluster {
				c.AWS.Add(aws.Stack{Cache: aws.ReplicationGroup{Region: region, ID: "other"}})
				c.AWS.AddMemcached(region, id, "other-subnets")
				return c
			},
			says: []string{"AWS has no replication group of this id", "Memcached"},
		},
		"Anothers": {
			reason: "The one that has it in this cluster is named.",
			exists: func(c cluster) cluster {
				stack(region)(c).run(time.Hour)
				c.says("Ready", "True")
				return c.join(c.another("second"))
			},
			says: []string{"spec.existing.replicationGroupId", `"legacy-cache-001"`, "belongs to the c", `"backend-booking`},
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := create(t, flavour, nil)
				c.edit(map[string]any{"existing": map[string]any{"replicationGroupId": id, "mode": "TakeOver"}, "appName": "another"})
				refused := tc.exists(c)
				from, had := len(c.AWS.Log()), c.AWS.Inventory()
				refused.run(time.Hour)
				if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
					t.Errorf("%s: AWS was asked for %v", tc.reason, c.AWS.Written(from))
				}
				refused.says("Accepted", "False", tc.says...)
			})
		}
	}
}

// TestExistingIsIgnored: a cache that a composite has is not given up for another, and
// the claim says so.
func TestExistingIsIgnored(t *testing.T) {
	cases := map[string]struct {
		reason   string
		existing any
		says     string
	}{
		"Removed":  {reason: "What is taken over stays."},
		"OtherID":  {"A composite has one cache.", map[string]any{"replicationGroupId": "other", "mode": "TakeOver"}, `spec.existing.replicationGroupId: "other" is ignored: this XRedis has the cache legacy-cache-001 already`},
		"Preview":  {"Nothing is given back.", map[string]any{"replicationGroupId": "legacy-cache-001"}, "spec.existing.mode: Preview is ignored"},
		"TakeOver": {"The claim may stay as it is.", map[string]any{"replicationGroupId": "legacy-cache-001", "mode": "TakeOver"}, ""},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := create(t, flavour, map[string]any{"existing": map[string]any{"replicationGroupId": "legacy-cache-001", "mode": "TakeOver"}})
				c.AWS.Add(aws.Stack{Cache: aws.ReplicationGroup{Region: "eu-central-1", ID: "legacy-cache-001", SecurityGroupIDs: []string{"sg-xyz"}}, Subnets: aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}}})
				c.run(time.Hour)
				from, url := len(c.AWS.Log()), string(c.Published()["REDIS_URL"])
				c.edit(map[string]any{"existing": tc.existing})
				c.run(time.Hour)
				for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
					c.says(kind, "True")
				}
				c.says("Accepted", "True", tc.says)
				if got := string(c.Published()["REDIS_URL"]); got != url || len(c.AWS.Written(from)) > 0 {
					t.Errorf("%s: the URL is %q, was %q; AWS was asked for %v", tc.reason, got, url, c.AWS.Written(from))
				}
			})
		}
	}
}

// TestExistingIsRenamed: what the provider found under another name does not count.
func TestExistingIsRenamed(t *testing.T) {
	const region = "eu-central-1"
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, nil)
			subnets := aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}}
			for id, nodes := range map[string]string{"backend-booking-dev-redis": "cache.t3.small", "legacy": "cache.t3.medium"} {
				c.AWS.Add(aws.Stack{Cache: aws.ReplicationGroup{Region: region, ID: id, NodeType: nodes, SecurityGroupIDs: []string{"sg-xyz"}}, Subnets: subnets})
			}
			had, from := c.AWS.Inventory(), len(c.AWS.Log())
			c.run(time.Hour)
			c.says("Accepted", "False", "cache.t3.small")
			for _, existing := range []map[string]any{{}, {"replicationGroupId": "legacy"}, {}, {"replicationGroupId": "none"}, {"replicationGroupId": "legacy"}} {
				c.edit(map[string]any{"existing": existing})
				c.run(time.Hour)
				switch id := existing["replicationGroupId"]; id {
				case "none":
					c.says("Accepted", "False", "AWS has no replication group of this id")
				case nil:
					c.says("Accepted", "False", "the cache backend-booking-dev-redis is only looked at", "makes 2 changes,")
				default:
					c.says("Accepted", "False", "the cache legacy is only looked at", "makes 2 changes,")
				}
			}
			if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
				t.Fatalf("AWS was asked for %v", c.AWS.Written(from))
			}
			c.edit(map[string]any{"existing": map[string]any{"replicationGroupId": "legacy", "mode": "TakeOver"}})
			c.run(time.Hour)
			c.says("Ready", "True")
			for _, r := range c.AWS.Written(from) {
				if strings.Contains(r.Resource, "booking-dev-redis") {
					t.Errorf("it was asked for %v", r)
				}
			}
			if url := string(c.Published()["REDIS_URL"]); !strings.Contains(url, "legacy") {
				t.Errorf("the URL is %s", url)
			}
		})
	}
}

// TestTakenBlindly: a run that is under way while somebody deletes the managed resource of
// an orphan makes it anew as it was, and the provider believes a token that AWS does not
// have. No URL with that token is ever published, and the cache gets another one.
func TestTakenBlindly(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, map[string]any{"enableAuthToken": true, "deletionPolicy": "Orphan"})
			c.comes("vpc-a")
			for generation := range int64(4) { // The second time it is one that was taken over, and then another one follows that.
				if generation > 1 {
					c.edit(map[string]any{"authTokenGeneration": generation})
					c.comes("vpc-a")
				}
				from, old := len(c.AWS.Log()), c.Composed()["replication-group"]
				anew := old.DeepCopy()
				anew.SetUID("")
				anew.SetFinalizers(nil)
				unstructured.RemoveNestedField(anew.Object, "status")
				annotations := anew.GetAnnotations()
				maps.DeleteFunc(annotations, func(key, _ string) bool { return strings.HasPrefix(key, "crossplane.io/external-create-") })
				anew.SetAnnotations(annotations)
				c.Add(anew)
				name, _, _ := unstructured.NestedString(anew.Object, "spec", "forProvider", "authTokenSecretRef", "name")
				namespace, _, _ := unstructured.NestedString(anew.Object, "spec", "forProvider", "authTokenSecretRef", "namespace")
				connection, _, _ := unstructured.NestedString(anew.Object, "spec", "writeConnectionSecretToRef", "name")
				c.DeleteSecret(cmp.Or(namespace, anew.GetNamespace()), name)
				c.DeleteSecret(cmp.Or(namespace, anew.GetNamespace()), connection)
				c.RestartProvider()
				c.EditComposed("replication-group", func(*unstructured.Unstructured) {})
				for range 300 {
					c.run(time.Second)
					if url := string(c.Published()["REDIS_URL"]); !c.AWS.Accepts(url) {
						t.Fatal("the published URL is not accepted")
					}
				}
				c.comes("vpc-a")
				calls := c.written(from)
				if !strings.Contains(calls, "ModifyReplicationGroup") || strings.Contains(calls, "Create") || strings.Contains(calls, "Delete") {
					t.Errorf("AWS was asked for %s", calls)
				}
			}
		})
	}
}

// TestNothingIsAskedOfWhatIsFound: somebody took away what is asked of a resource that is
// found and taken over. That ends nothing.
func TestNothingIsAskedOfWhatIsFound(t *testing.T) {
	for _, e := range examples(t) {
		if !strings.HasPrefix(e.name, "from-terraform/") {
			continue
		}
		for name := range e.req.GetObserved().GetResources() {
			for _, field := range [][]string{{"spec", "forProvider"}, {"spec"}} {
				req := clone(e.req)
				set(observed(req, name), true, field...)
				run(t, req)
			}
		}
	}
}
