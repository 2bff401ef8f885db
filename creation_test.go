package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// create a cache of a spec that is laid over one that works. Subnets of AWS are in the
// VPC that their names begin with: subnet-a1 is in vpc-a.
func create(t *testing.T, flavour string, spec map[string]any) cluster {
	t.Helper()
	return createIn(t, flavour, spec, crossplane.Options{})
}

// createIn a Crossplane with options.
func createIn(t *testing.T, flavour string, spec map[string]any, o crossplane.Options) cluster {
	t.Helper()
	fields := map[string]any{"vpcId": "vpc-a", "subnetIds": []any{"subnet-a2", "subnet-a1"}}
	maps.Copy(fields, spec)
	o.AWS = aws.Options{VPC: func(subnet string) (string, bool) {
		name, ok := strings.CutPrefix(subnet, "subnet-")
		return "vpc-" + name[:1], ok
	}}
	o.Provider = upjet.Options{TellCreateFailures: true}
	return newCluster(t, flavour, fields, o)
}

// comes checks that a cache comes in the end, is in the one subnet group that there is,
// and serves.
func (c cluster) comes(vpc string) aws.ReplicationGroup {
	c.run(30 * time.Minute)
	for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
		c.says(kind, "True")
	}
	groups := c.AWS.ReplicationGroups()
	if len(groups) != 1 || groups[0].Status != aws.StatusAvailable {
		c.t.Fatalf("the caches of AWS are %v", groups)
	}
	subnetGroup, err := c.AWS.DescribeSubnetGroup("eu-central-1", groups[0].SubnetGroup)
	if err != nil || subnetGroup.VPC != vpc {
		c.t.Errorf("the cache is in %q (%v), want %s", subnetGroup.VPC, err, vpc)
	}
	if got := c.AWS.SubnetGroups("eu-central-1"); len(got) != 1 {
		c.t.Errorf("a subnet group is left that nothing uses: %v", got)
	}
	if err := c.MustStayTheSame(time.Hour); err != nil {
		c.t.Error(err)
	}
	return groups[0]
}

// TestWrongVPC: AWS does not move a subnet group to another VPC, so that another is
// made before there is a cache, whichever field of the claim was wrong.
func TestWrongVPC(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		says   []string // In Accepted, before the edit.
		edits  []map[string]any
		vpc    string
	}{
		"VPC": {
			reason: "If vpcId alone was wrong, editing it is enough, and the group stays.",
			spec:   map[string]any{"vpcId": "vpc-b"},
			says:   []string{"spec.vpcId", `"vpc-b"`, "vpc-a", "subnet-a1, subnet-a2", "Set spec.vpcId to vpc-a", "subnets of vpc-b in spec.subnetIds"},
			edits:  []map[string]any{{"vpcId": "vpc-a"}},
			vpc:    "vpc-a",
		},
		"Subnets": {
			reason: "Subnets of the VPC get a group of their own.",
			spec:   map[string]any{"vpcId": "vpc-b"},
			edits:  []map[string]any{{"subnetIds": []any{"subnet-b1"}}},
			vpc:    "vpc-b",
		},
		"Both": {
			reason: "So do subnets of a third VPC.",
			spec:   map[string]any{"vpcId": "vpc-b"},
			edits:  []map[string]any{{"vpcId": "vpc-c", "subnetIds": []any{"subnet-c1"}}},
			vpc:    "vpc-c",
		},
		"Twice": {
			reason: "A second mistake is found in the same way.",
			spec:   map[string]any{"vpcId": "vpc-b"},
			edits:  []map[string]any{{"subnetIds": []any{"subnet-c1"}}, {"subnetIds": []any{"subnet-b1", "subnet-b2"}}},
			vpc:    "vpc-b",
		},
		"ThereAndBack": {
			reason: "The way back is one too.",
			spec:   map[string]any{"vpcId": "vpc-b"},
			edits:  []map[string]any{{"subnetIds": []any{"subnet-c1"}}, {"vpcId": "vpc-a", "subnetIds": []any{"subnet-a2", "subnet-a1"}}},
			vpc:    "vpc-a",
		},
		"SubnetsOfAnother": {
			reason: "Subnets that AWS refuses to put into the group that there is are found to be of another VPC, too.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			edits:  []map[string]any{{"subnetIds": []any{"subnet-b1"}, "nodeType": nil}, {"vpcId": "vpc-b"}},
			vpc:    "vpc-b",
		},
		"BeforeTheCacheIsCreated": {
			reason: "A creation that AWS refused leaves the claim free to move.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			edits:  []map[string]any{{"vpcId": "vpc-b", "subnetIds": []any{"subnet-b1"}}, {"nodeType": nil}},
			vpc:    "vpc-b",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := create(t, flavour, tc.spec)
				c.run(5 * time.Minute)
				if len(c.AWS.ReplicationGroups()) > 0 {
					t.Fatalf("%s: a cache was made in the wrong VPC", tc.reason)
				}
				if len(tc.says) > 0 {
					c.says("Accepted", "False", tc.says...)
				}
				for _, edit := range tc.edits {
					c.edit(edit)
					c.run(5 * time.Minute)
				}
				c.comes(tc.vpc)
			})
		}
	}
}

// TestAWSRefusesTheCreation: the claim says what AWS says, every edit reaches AWS as long as
// it has nothing, and a claim that is corrected gets its cache.
func TestAWSRefusesTheCreation(t *testing.T) {
	const (
		key   = "arn:aws:kms:eu-central-1:111122223333:key/1"
		other = "arn:aws:kms:eu-central-1:111122223333:key/2"
	)
	cases := map[string]struct {
		reason string
		spec   map[string]any
		says   string // In Provisioned, before the edit.
		edit   map[string]any
		check  func(aws.ReplicationGroup) bool
	}{
		"NodeType": {
			reason: "A node type that AWS does not offer is replaced by one that it does.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			says:   "cache.t3.nano",
			edit:   map[string]any{"nodeType": "cache.t3.small"},
			check:  func(g aws.ReplicationGroup) bool { return g.NodeType == "cache.t3.small" },
		},
		"Snapshot": {
			reason: "A snapshot that there is not can be left out.",
			spec:   map[string]any{"snapshotName": "none"},
			says:   "none",
			edit:   map[string]any{"snapshotName": nil},
			check:  func(g aws.ReplicationGroup) bool { return g.SnapshotName == "" },
		},
		"Engine": {
			reason: "Another engine has a parameter group that is made first.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			edit:   map[string]any{"nodeType": nil, "engine": "valkey", "engineVersion": "8.0"},
			check:  func(g aws.ReplicationGroup) bool { return g.Engine == "valkey" },
		},
		"OlderVersion": {
			reason: "There is nothing yet that a version could be a downgrade of.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			edit:   map[string]any{"nodeType": nil, "engineVersion": "6.2"},
			check:  func(g aws.ReplicationGroup) bool { return strings.HasPrefix(g.EngineVersion, "6.2") },
		},
		"TLSAndAuth": {
			reason: "TLS and AUTH need no steps.",
			spec:   map[string]any{"nodeType": "cache.t3.nano"},
			edit:   map[string]any{"nodeType": nil, "enableAuthToken": true},
			check:  func(g aws.ReplicationGroup) bool { return g.AuthTokenEnabled && g.TLS == aws.TLSRequired },
		},
		"NoAuth": {
			reason: "And can be taken back.",
			spec:   map[string]any{"nodeType": "cache.t3.nano", "enableAuthToken": true},
			edit:   map[string]any{"nodeType": nil, "enableAuthToken": nil},
			check:  func(g aws.ReplicationGroup) bool { return !g.AuthTokenEnabled && g.TLS == aws.TLSOff },
		},
		"Key": {
			reason: "The key is fixed only when AWS has the cache.",
			spec:   map[string]any{"nodeType": "cache.t3.nano", "kmsKeyId": key},
			edit:   map[string]any{"nodeType": nil, "kmsKeyId": other},
			check:  func(g aws.ReplicationGroup) bool { return g.KMSKeyID == other },
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := create(t, flavour, tc.spec)
				c.run(2 * time.Minute)
				c.says("Provisioned", "False", "replication-group fails: ", "CreateReplicationGroup", tc.says)
				c.edit(tc.edit)
				if g := c.comes("vpc-a"); !tc.check(g) {
					t.Errorf("%s: AWS has %+v", tc.reason, g)
				}
			})
		}
	}
}

// TestSilentCreation: where the provider says nothing of a creation, the claim says where
// to look.
func TestSilentCreation(t *testing.T) {
	for name, example := range map[string]string{
		"kubectl describe replicationgroup.elasticache.aws.upbound.io backend-booking-36298-000000000004)":             "creation/claims/5",
		"kubectl describe replicationgroup.elasticache.aws.m.upbound.io backend-booking-000000000004 -n team-booking)": "creation/namespaced/5",
	} {
		if got := conditionOf(run(t, stage(t, example)), "Provisioned").GetMessage(); !strings.Contains(got, name) {
			t.Errorf("%s: Provisioned does not say %q:\n%s", example, name, got)
		}
	}
}

// TestCreationIsTriedAgain: while nothing is known of a later attempt than the one that
// AWS refused, AWS may be making the cache, and nothing is held back or asked otherwise.
func TestCreationIsTriedAgain(t *testing.T) {
	const (
		refused   = "async create failed: failed to create the resource: creating ElastiCache Replication Group (a): operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, RequestID: 1, InvalidParameterValue: no"
		lost      = "async create failed: failed to create the resource: creating ElastiCache Replication Group (a): operation error ElastiCache: CreateReplicationGroup, exceeded maximum number of attempts, 3, request send failed, connection reset by peer"
		broken    = "async create failed: failed to create the resource: creating ElastiCache Replication Group (a): operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 503, RequestID: 1, ServiceUnavailable"
		throttled = "async create failed: failed to create the resource: creating ElastiCache Replication Group (a): operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, RequestID: 1, Throttling: Rate exceeded"
		exists    = "async create failed: failed to create the resource: creating ElastiCache Replication Group (a): operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, RequestID: 1, ReplicationGroupAlreadyExists: a"
		later     = "async create failed: failed to create the resource: waiting for ElastiCache Replication Group (a) create: unexpected state 'create-failed', wanted target 'available'"
	)
	cases := map[string]struct {
		reason  string
		message string
		tried   string
		created bool
		want    string // Engine version that is asked for; the claim asks for 7.0 by now.
	}{
		"Refused":    {reason: "AWS has nothing.", message: refused, tried: "2026-01-01T00:00:00Z", want: "7.0"},
		"TriedAgain": {reason: "AWS may have taken the next request.", message: refused, tried: "2026-01-01T00:01:00Z", want: "7.1"},
		"Created":    {reason: "AWS has it.", message: refused, tried: "2026-01-01T00:00:00Z", created: true, want: "7.1"},
		"Lost":       {reason: "A request whose answer was lost may have been carried out.", message: lost, tried: "2026-01-01T00:00:00Z", want: "7.1"},
		"Broken":     {reason: "So may one that AWS failed at.", message: broken, tried: "2026-01-01T00:00:00Z", want: "7.1"},
		"Throttled":  {reason: "One that came too often is sent again as it was.", message: throttled, tried: "2026-01-01T00:00:00Z", want: "7.1"},
		"Exists":     {reason: "What exists may be the composite's own.", message: exists, tried: "2026-01-01T00:00:00Z", want: "7.1"},
		"Later":      {reason: "A creation that fails later leaves something in AWS.", message: later, tried: "2026-01-01T00:00:00Z", want: "7.1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, "creation/claims/5")
			rg := observed(req, resources.ReplicationGroup)
			set(rg, tc.tried, "metadata", "annotations", "crossplane.io/external-create-pending")
			set(rg, []any{
				map[string]any{"type": "Ready", "status": "False", "reason": "Creating"},
				map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess"},
				map[string]any{"type": "LastAsyncOperation", "status": "False", "reason": "AsyncCreateFailure", "message": tc.message, "lastTransitionTime": "2026-01-01T00:00:30Z"},
			}, "status", "conditions")
			if tc.created {
				set(rg, "arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:backend-booking-dev-redis", "status", "atProvider", "arn")
			}
			spec(req, "engineVersion", "7.0")
			lookUp(t, req)
			rsp := run(t, req)
			if got := cacheOf(rsp)["forProvider"].(map[string]any)["engineVersion"]; got != tc.want {
				t.Errorf("%s: asks for %v, want %s", tc.reason, got, tc.want)
			}
			if got := conditionOf(rsp, "Provisioned").GetMessage(); !strings.Contains(got, "failed to create the resource") {
				t.Errorf("%s: Provisioned does not say what the provider said:\n%s", tc.reason, got)
			}
		})
	}
}

// TestVPCOfARunningCache: a cache that AWS has stays where it is, in all its subnets.
func TestVPCOfARunningCache(t *testing.T) {
	req := stage(t, "minimal/claims/settled")
	before := run(t, clone(req))
	spec(req, "vpcId", "vpc-b")
	spec(req, "subnetIds", []any{"subnet-b1"})
	after := run(t, req)
	if diff := cmp.Diff(resourcesOf(before), resourcesOf(after), protocmp.Transform()); diff != "" {
		t.Errorf("-before, +after:\n%s", diff)
	}
	c := conditionOf(after, "Accepted")
	for _, want := range []string{"spec.vpcId", `"vpc-b"`, `"vpc-123"`, "so its subnets stay as well", "make a new claim"} {
		if c.GetReason() != "ChangeRefused" || !strings.Contains(c.GetMessage(), want) {
			t.Errorf("Accepted is %s and does not say %q:\n%s", c.GetReason(), want, c.GetMessage())
		}
	}
}

// TestKeyOfARunningCache: what AWS reports is what it has, whatever it was asked for last.
func TestKeyOfARunningCache(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111122223333:key/1a2b3c4d"
	req := stage(t, "minimal/claims/settled")
	set(observed(req, resources.ReplicationGroup), key, "status", "atProvider", "kmsKeyId")
	if got := cacheOf(run(t, req))["forProvider"].(map[string]any)["kmsKeyId"]; got != key {
		t.Errorf("asks for the key %v, which AWS would have to replace the cache for", got)
	}
}
