package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// comesTrue checks that a cache is taken over, and that nothing is left of what a preview
// listed.
func (c cluster) comesTrue(changes []string) {
	c.run(6 * time.Hour)
	for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
		c.says(kind, "True")
	}
	if left := c.changes(); len(left) > 0 {
		c.t.Errorf("these changes are left: %q", left)
	}
	group := c.AWS.ReplicationGroups()[0]
	for _, line := range changes {
		if to, is := strings.CutPrefix(line, "change parameterGroupName "); is && !strings.Contains(to, " -> "+group.ParameterGroup+" (") {
			c.t.Errorf("%s: it has %s", line, group.ParameterGroup)
		}
		if key, is := strings.CutPrefix(line, "remove tag "); is && group.Tags[strings.Fields(key)[0]] != "" {
			c.t.Errorf("%s: it has %s", line, group.Tags)
		}
	}
}

// TestPreview of what a claim asks for of a cache that others have made: what is listed
// as a change, and what can't be, in a cluster and on a laptop. Nothing is changed.
func TestPreview(t *testing.T) {
	const id, region, path = "legacy-cache-001", "eu-central-1", "/backend-booking/dev/redis/url"
	const (
		claimTag = "add tag Environment=dev (no interruption, seconds)"
		newToken = "change authTokenSecretRef old token -> new token (no interruption, minutes)"
	)
	existing := func(more map[string]any) map[string]any {
		out := map[string]any{"replicationGroupId": id}
		maps.Copy(out, more)
		return out
	}
	variant := aws.Variants()
	cases := map[string]struct {
		reason string
		exists func(*aws.Stack)
		spec   map[string]any
		input  map[string]any
		lists  []string // Lines that begin with change, add, remove or cannot.
		keeps  []string // Lines that begin with keep, not all of them.
		lacks  string   // What no line has.
		path   string   // Of the claim's parameter, if it is another.
		says   string
	}{
		"TagsReplaced": {
			reason: "Tags that others made go, and count.",
			exists: variant["Tags"],
			spec:   map[string]any{"existing": existing(map[string]any{"tags": "Replace"})},
			lists: []string{
				"add tag Application=backend-booking (no interruption, seconds)",
				"remove tag CostCenter (no interruption, seconds)",
				claimTag,
				"add tag ManagedBy=crossplane (no interruption, seconds)",
				"add tag Name=legacy-cache-001 (no interruption, seconds)",
				"remove tag Owner (no interruption, seconds)",
			},
			says: "makes 6 changes",
		},
		"EmptyTags": {
			reason: "An empty tag is one.",
			exists: func(s *aws.Stack) { s.Cache.Tags = map[string]string{"E": "x", "Environment": "dev"} },
			spec:   map[string]any{"tags": map[string]any{"E": "", "F": ""}},
			lists:  []string{`change tag E x -> "" (no interruption, seconds)`, `add tag F="" (no interruption, seconds)`},
			says:   "makes 2 changes",
		},
		"AuthOn": {
			reason: "What clients have is not ended unless the claim says so.",
			exists: variant["TLSRequired"],
			spec:   map[string]any{"enableAuthToken": true},
			lists:  []string{claimTag, "change enableAuthToken false -> true (no interruption, minutes)"},
			says:   "makes 2 changes",
		},
		"NoTags": {
			reason: "Neither do tags fail to count that nothing is beside.",
			exists: variant["Plain"],
			spec:   map[string]any{"tags": map[string]any{"CostCenter": "42"}},
			lists:  []string{"add tag CostCenter=42 (no interruption, seconds)"},
			says:   "makes 1 change,",
		},
		"CreateFailed": {
			reason: "What AWS could not make is no cache.",
			exists: func(s *aws.Stack) { s.Cache.Status = aws.StatusCreateFailed },
			lists: []string{
				claimTag,
				"cannot: endpoint: AWS reports none, so the cache is still being made, or could not be made; wait until its status is available, or, if it is create-failed, delete the cache in AWS and make it again (aws elasticache describe-replication-groups --replication-group-id legacy-cache-001 --region eu-central-1)",
			},
			says: "can't be taken over as it is",
		},
		"MultiAZ": {
			reason: "A value of AWS that the claim leaves open is shown as AWS's, with what it does not fit.",
			exists: variant["Replicas"],
			spec:   map[string]any{"subnetIds": []any{"subnet-a1"}},
			lists: []string{
				claimTag,
				`cannot: AWS has multiAzEnabled "true", which the claim leaves open: multiAzEnabled needs subnets in two availability zones: name 2 or more in subnetIds. The claim has subnetIds "subnet-a1", AWS has "subnet-a1, subnet-a2": write what AWS has, or set multiAzEnabled to what fits`,
			},
			says: "can't be taken over as it is",
		},
		"MultiAZNodes": {
			reason: "So it is beside the number of nodes.",
			exists: variant["Replicas"],
			spec:   map[string]any{"numCacheNodes": int64(1)},
			lists: []string{
				claimTag,
				`cannot: AWS has multiAzEnabled "true", which the claim leaves open: multiAzEnabled needs a replica to fail over to: set numCacheNodes to 2 or more. The claim has numCacheNodes "1", AWS has "3": write what AWS has, or set multiAzEnabled to what fits`,
			},
			says: "can't be taken over as it is",
		},
		"Windows": {
			reason: "So is a window.",
			exists: variant["Plain"],
			spec:   map[string]any{"maintenanceWindow": "sun:00:00-sun:23:00"},
			lists: []string{
				claimTag,
				`cannot: AWS has snapshotWindow "06:30-07:30", which the claim leaves open: snapshotWindow overlaps maintenanceWindow, which AWS refuses even with backups off: move one of them (maintenanceWindow is sun:00:00-sun:23:00). The claim has maintenanceWindow "sun:00:00-sun:23:00", AWS has "sun:09:00-sun:10:00": write what AWS has, or set snapshotWindow to what fits`,
			},
			says: "can't be taken over as it is",
		},
		"TLS": {
			reason: "A value of the claim is shown as the claim's, with what AWS has.",
			exists: variant["Auth"],
			spec:   map[string]any{"transitEncryption": "Disabled"},
			lists: []string{
				claimTag,
				newToken,
				`cannot: spec.transitEncryption: "Disabled": AUTH needs TLS for every client: leave transitEncryption out or set it to Required (AWS has enableAuthToken "true", engineVersion "7.1", engine "redis")`,
			},
			says: "can't be taken over as it is",
		},
		"FitsAWS": {
			reason: "What a new cache could not have fits what AWS has.",
			exists: variant["Replicas"],
			spec:   map[string]any{"multiAzEnabled": true},
			lists:  []string{claimTag},
			says:   "makes 1 change,",
		},
		"Limits": {
			reason: "What the platform does not allow is AWS's as well, and no default of the platform's.",
			exists: variant["Plain"],
			input:  map[string]any{"defaults": map[string]any{"nodeType": "cache.t4g.micro"}, "limits": map[string]any{"nodeTypes": []any{"cache.t4g.*"}}},
			lists: []string{
				claimTag,
				`cannot: AWS has nodeType "cache.t3.small", which the claim leaves open: input.limits.nodeTypes of the platform allows only cache.t4g.*: choose one of these, or ask the platform team`,
			},
			says: "can't be taken over as it is",
		},
		"LimitOfDeletion": {
			reason: "What the claim does not say is not told as the claim's.",
			exists: variant["Plain"],
			input:  map[string]any{"limits": map[string]any{"deletionPolicies": []any{"Delete"}}},
			lists: []string{
				claimTag,
				"cannot: the claim leaves deletionPolicy open, and a cache that is taken over stays in AWS then (Orphan): input.limits.deletionPolicies of the platform allows only Delete: choose one of these, or ask the platform team",
			},
			says: "can't be taken over as it is",
		},
		"WithinLimits": {
			reason: "What a new cache would not be allowed by default is no matter.",
			exists: func(s *aws.Stack) { variant["TLSRequired"](s); variant["Backups"](s) },
			input:  map[string]any{"limits": map[string]any{"requireTransitEncryption": true, "minSnapshotRetentionLimit": int64(7)}},
			lists:  []string{claimTag},
			says:   "makes 1 change,",
		},
		"Key": {
			reason: "What is fixed can be left out, or had in a new cache.",
			exists: variant["AtRest"],
			spec:   map[string]any{"kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/1a2b"},
			lists: []string{
				claimTag,
				`cannot: spec.kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/1a2b" is asked for, AWS has none: it is fixed when the cache is created; leave the field out; for another value leave spec.existing out, choose another appName or environment, and restore a snapshot of this cache with snapshotName`,
			},
			says: "can't be taken over as it is",
		},
		"OlderVersion": {
			reason: "An older version can't be had of a snapshot either.",
			exists: variant["Plain"],
			spec:   map[string]any{"engineVersion": "6.2"},
			lists: []string{
				claimTag,
				`cannot: spec.engineVersion: "6.2" is asked for, AWS has "7.1": AWS never downgrades a cache; write what AWS has, or leave the field out`,
			},
			says: "can't be taken over as it is",
		},
		"OtherNetwork": {
			reason: "A network is what AWS has.",
			exists: variant["Plain"],
			spec:   map[string]any{"vpcId": "vpc-b", "subnetIds": []any{"subnet-b1"}},
			lists: []string{
				claimTag,
				`cannot: spec.vpcId: "vpc-b" is asked for, AWS has "vpc-a": a cache can't move to another VPC, so its subnets stay as well; write what AWS has, or leave the field out; for another value leave spec.existing out, choose another appName or environment, and restore a snapshot of this cache with snapshotName`,
				`cannot: spec.subnetIds: "subnet-b1" is asked for, AWS has "subnet-a1, subnet-a2": other caches may use the subnet group legacy-cache-001-subnets; write what AWS has, or leave the field out`,
			},
			says: "can't be taken over as it is",
		},
		"LeftOpen": {
			reason: "What the claim leaves open stays, whatever a new cache has by default, and of the parameter as well.",
			exists: func(s *aws.Stack) {
				variant["Backups"](s)
				s.URL.Tier, s.URL.KeyID = aws.TierAdvanced, "alias/others"
			},
			spec:  map[string]any{"vpcId": nil, "subnetIds": nil, "securityGroupIds": nil, "timeoutSeconds": int64(0)},
			input: map[string]any{"defaults": map[string]any{"nodeType": "cache.t4g.micro", "snapshotRetentionLimit": int64(7)}},
			lists: []string{claimTag},
			keeps: []string{
				"vpcId vpc-a", "subnetIds subnet-a1, subnet-a2", "securityGroupIds sg-xyz", "nodeType cache.t3.small",
				"tier Advanced of the parameter /backend-booking/dev/redis/url", "key alias/others of the parameter /backend-booking/dev/redis/url",
			},
			lacks: "snapshotRetentionLimit",
			says:  "makes 1 change,",
		},
		"Upgrade": {
			reason: "An upgrade to another family brings a parameter group of the cache's own.",
			exists: variant["OldEngine"],
			spec:   map[string]any{"engineVersion": "7.1"},
			lists: []string{
				claimTag,
				"change engineVersion 6.2 -> 7.1 (nodes are upgraded, interrupts, 10 to 30 minutes)",
				"change parameterGroupName default.redis6.x -> legacy-cache-001-redis7 (no interruption, minutes)",
			},
			lacks: "keep parameter group",
			says:  "makes 3 changes",
		},
		"UpgradeWithToken": {
			reason: "So it does where the token comes first.",
			exists: func(s *aws.Stack) { variant["OldEngine"](s); variant["Auth"](s); variant["OwnParameters"](s) },
			spec:   map[string]any{"engineVersion": "7.1"},
			lists: []string{
				claimTag, newToken,
				"change engineVersion 6.2 -> 7.1 (nodes are upgraded, interrupts, 10 to 30 minutes)",
				"change parameterGroupName legacy-cache-001-params -> legacy-cache-001-redis7 (no interruption, minutes)",
			},
			lacks: "keep parameter group",
			says:  "makes 4 changes",
		},
		"UpgradeWithinFamily": {
			reason: "Within its family a cache goes on with the group that it has.",
			exists: func(s *aws.Stack) { s.Cache.EngineVersion = "7.0" },
			spec:   map[string]any{"engineVersion": "7.1"},
			lists: []string{
				claimTag,
				"change engineVersion 7.0 -> 7.1 (nodes are upgraded, interrupts, 10 to 30 minutes)",
			},
			says: "makes 2 changes",
		},
		"Parameters": {
			reason: "So does a parameter bring one, which counts.",
			exists: variant["OwnParameters"],
			spec:   map[string]any{"timeoutSeconds": int64(60), "maxmemoryPolicy": "allkeys-lru"},
			lists: []string{
				claimTag,
				"change parameterGroupName legacy-cache-001-params -> legacy-cache-001-redis7 (no interruption, minutes)",
				"change maxmemoryPolicy volatile-ttl -> allkeys-lru (no interruption, seconds)",
				"change timeoutSeconds 600 -> 60 (no interruption, seconds)",
			},
			lacks: "keep parameter group",
			says:  "makes 4 changes",
		},
		"Ziplists": {
			reason: "What is carried to another family has its name there, and is listed.",
			exists: func(s *aws.Stack) {
				variant["OldEngine"](s)
				s.Parameters = aws.ParameterGroup{Name: id + "-params", Parameters: map[string]string{"hash-max-ziplist-entries": "256", "notify-keyspace-events": "Ex"}}
			},
			spec: map[string]any{"engineVersion": "7.1"},
			lists: []string{
				claimTag,
				"change engineVersion 6.2 -> 7.1 (nodes are upgraded, interrupts, 10 to 30 minutes)",
				"change parameterGroupName legacy-cache-001-params -> legacy-cache-001-redis7 (no interruption, minutes)",
			},
			keeps: []string{"parameter notify-keyspace-events Ex", "parameter hash-max-ziplist-entries 256 (its name in redis7 is hash-max-listpack-entries)"},
			says:  "makes 3 changes",
		},
		"OldVersion": {
			reason: "Of a version that is not known no parameter is changed, which keeps from a take-over.",
			exists: func(s *aws.Stack) { s.Cache.EngineVersion = "5.0.4" },
			spec:   map[string]any{"timeoutSeconds": int64(60), "maxmemoryPolicy": "allkeys-lru"},
			lists: []string{
				claimTag,
				`cannot: spec.maxmemoryPolicy: "allkeys-lru" is asked for, AWS has "volatile-lru": the cache runs redis 5.0.4, whose parameters this release of the function does not know; write what AWS has, or leave the field out`,
				`cannot: spec.timeoutSeconds: "60" is asked for, AWS has "0": the cache runs redis 5.0.4, whose parameters this release of the function does not know; write what AWS has, or leave the field out`,
			},
			says: "To change them, set engineVersion to 5.0.6 or later, to which AWS upgrades the cache.",
		},
		"OldVersionNodeType": {
			reason: "A node type may need a newer version than one that is not known.",
			exists: func(s *aws.Stack) { s.Cache.EngineVersion = "5.0.4" },
			spec:   map[string]any{"nodeType": "cache.r7g.large"},
			lists: []string{
				claimTag,
				`cannot: spec.nodeType: "cache.r7g.large": this node type needs engineVersion 6.2 or later: set that, or choose another node type (engine is redis 5.0.4) (AWS has engineVersion "5.0.4", engine "redis")`,
			},
			says: "can't be taken over as it is",
		},
		"OldVersionUpgraded": {
			reason: "It can be upgraded, and then has them.",
			exists: func(s *aws.Stack) { s.Cache.EngineVersion = "5.0.4" },
			spec:   map[string]any{"engineVersion": "7.1", "timeoutSeconds": int64(60)},
			lists: []string{
				claimTag,
				"change engineVersion 5.0.4 -> 7.1 (nodes are upgraded, interrupts, 10 to 30 minutes)",
				"change parameterGroupName default.redis5.0 -> legacy-cache-001-redis7 (no interruption, minutes)",
				"change timeoutSeconds 0 -> 60 (no interruption, seconds)",
			},
			says: "makes 4 changes",
		},
		"NewVersion": {
			reason: "One that is newer needs another function.",
			exists: func(s *aws.Stack) { s.Cache.Engine, s.Cache.EngineVersion = aws.Valkey, "10.0" },
			spec:   map[string]any{"timeoutSeconds": int64(60)},
			lists: []string{
				claimTag,
				`cannot: spec.timeoutSeconds: "60" is asked for, AWS has "0": the cache runs valkey 10.0, whose parameters this release of the function does not know; write what AWS has, or leave the field out`,
			},
			says: "To change them, upgrade the function.",
		},
		"MissingToken": {
			reason: "A token that is not there is named with its Secret.",
			exists: variant["Auth"],
			spec:   map[string]any{"authTokenSecretRef": map[string]any{"name": "mine", "key": "token"}},
			lists: []string{
				claimTag,
				`cannot: spec.authTokenSecretRef: waits for the Secret "mine" in the namespace "team-booking", which does not exist: make it, with the token under the key "token"`,
			},
			says: "can't be taken over as it is",
		},
		"OtherParameter": {
			reason: "A parameter that is made is a change, and what others publish stays.",
			exists: variant["Plain"],
			input:  map[string]any{"parameterStore": map[string]any{"pathPrefix": "/platform"}},
			path:   "/platform/backend-booking/dev/redis/url",
			lists: []string{
				claimTag,
				"add parameter /platform/backend-booking/dev/redis/url with REDIS_URL (no interruption, seconds; a URL that is published elsewhere stays there)",
			},
			says: "makes 2 changes",
		},
		"ParameterKey": {
			reason: "So is another key of the parameter.",
			exists: variant["Plain"],
			input:  map[string]any{"parameterStore": map[string]any{"kmsKeyId": "alias/platform"}},
			lists:  []string{"change parameterStore.kmsKeyId alias/aws/ssm -> alias/platform (no interruption, seconds)", claimTag},
			says:   "makes 2 changes",
		},
		"ManyTags": {
			reason: "AWS takes 50 tags, of which the provider has three.",
			exists: func(s *aws.Stack) {
				s.Cache.Tags = map[string]string{}
				for i := range 47 {
					s.Cache.Tags[fmt.Sprintf("Tag%02d", i)] = "x"
				}
			},
			lists: []string{claimTag, "cannot: tags: with the claim's the replication-group has 48, and the provider adds 3: AWS allows 50 in all; remove some in AWS, or set spec.existing.tags to Replace"},
			says:  "can't be taken over as it is",
		},
		"MadeByCrossplane": {
			reason: "Two managed resources must not have one cache.",
			exists: func(s *aws.Stack) {
				s.Cache.Tags = map[string]string{"crossplane-name": "orders-x7k2p", "crossplane-kind": "replicationgroup.elasticache.aws.upbound.io"}
			},
			lists: []string{claimTag},
			says:  `By its tags, the managed resource "orders-x7k2p" (replicationgroup.elasticache.aws.upbound.io) made the cache. If it still exists,`,
		},
		"Snapshot": {
			reason: "Nothing is restored into a cache that exists.",
			exists: variant["Plain"],
			spec:   map[string]any{"snapshotName": "nightly"},
			lists:  []string{claimTag},
			says:   `spec.snapshotName: "nightly" is ignored`,
		},
		"Modifying": {
			reason: "What AWS is doing is not seen, so that the text says to wait for it.",
			exists: func(s *aws.Stack) { s.Cache.Status = aws.StatusModifying },
			lists:  []string{claimTag},
			says:   "aws elasticache wait replication-group-available --replication-group-id legacy-cache-001 --region eu-central-1",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				stack := legacy(tc.exists)
				if tc.path == "" {
					tc.path = path
				}
				spec := map[string]any{"existing": existing(nil)}
				maps.Copy(spec, tc.spec)
				c := createIn(t, flavour, spec, crossplane.Options{Input: inputOf(tc.input)})
				c.AWS.Add(stack)
				had := c.AWS.Inventory()
				rsp, _ := c.onLaptop(t, inputOf(tc.input), c.gathered(t, region, id, stack.Parameters.Name, id+"-subnets", tc.path))
				changes, accepted := listed(rsp)
				c.run(time.Hour)
				if diff := cmp.Diff(c.changes(), changes); diff != "" {
					t.Errorf("status.changes: -cluster, +laptop:\n%s", diff)
				}
				if _, _, message := c.Condition("Accepted"); message != accepted || !strings.Contains(message, tc.says) {
					t.Errorf("%s: want %q\ncluster: %s\nlaptop:  %s", tc.reason, tc.says, message, accepted)
				}
				isKept := func(line string) bool { return strings.HasPrefix(line, "keep ") }
				if diff := cmp.Diff(tc.lists, slices.DeleteFunc(slices.Clone(changes), isKept)); diff != "" {
					t.Errorf("%s: status.changes: -want, +got:\n%s", tc.reason, diff)
				}
				for _, line := range tc.keeps {
					if !slices.Contains(changes, "keep "+line) {
						t.Errorf("%s: status.changes does not have %q: %q", tc.reason, line, changes)
					}
				}
				if tc.lacks != "" && strings.Contains(strings.Join(changes, "\n"), tc.lacks) {
					t.Errorf("%s: status.changes has %q: %q", tc.reason, tc.lacks, changes)
				}
				if got := c.AWS.Inventory(); got != had {
					t.Errorf("AWS has\n%s\nhad\n%s", got, had)
				}
				if isCannot := func(line string) bool { return strings.HasPrefix(line, "cannot") }; stack.Cache.Status == "" && !slices.ContainsFunc(changes, isCannot) {
					existing := maps.Clone(spec["existing"].(map[string]any))
					existing["mode"] = "TakeOver"
					c.edit(map[string]any{"existing": existing})
					c.comesTrue(changes)
				}
			})
		}
	}
}

// TestTagsOfTheParameter: those that only the parameter has go as well, where the claim
// replaces tags, and are listed. The AWS CLI's answers do not tell of them.
func TestTagsOfTheParameter(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			stack := aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-a1", "subnet-a2"}, SecurityGroupIDs: []string{"sg-xyz"}}.Stack()
			stack.URL.Tags = map[string]string{"Owner": "others"}
			c := create(t, flavour, map[string]any{"existing": map[string]any{"tags": "Replace"}})
			c.AWS.Add(stack)
			c.run(time.Hour)
			changes := c.changes()
			if want := "remove parameter tag Owner (no interruption, seconds)"; !slices.Contains(changes, want) {
				t.Errorf("%q is not listed: %q", want, changes)
			}
			c.edit(map[string]any{"existing": map[string]any{"tags": "Replace", "mode": "TakeOver"}})
			c.comesTrue(changes)
		})
	}
}

// TestCarriedTwice: parameters that others made are carried to the cache's own group, and
// from that to the one of the next family.
func TestCarriedTwice(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			const id, region = "legacy-cache-001", "eu-central-1"
			stack := aws.Stack{
				Cache:      aws.ReplicationGroup{Region: region, ID: id, EngineVersion: "6.2", SecurityGroupIDs: []string{"sg-xyz"}},
				Subnets:    aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}},
				Parameters: aws.ParameterGroup{Name: id + "-params", Parameters: map[string]string{"zset-max-ziplist-value": "32", "notify-keyspace-events": "Ex"}},
			}
			c := create(t, flavour, map[string]any{"timeoutSeconds": int64(60), "existing": map[string]any{"replicationGroupId": id, "mode": "TakeOver"}})
			c.AWS.Add(stack)
			for _, step := range []struct {
				edit   map[string]any
				family string
				want   map[string]string
			}{
				{nil, "redis6-x", map[string]string{"zset-max-ziplist-value": "32", "notify-keyspace-events": "Ex", "timeout": "60", "maxmemory-policy": "volatile-lru"}},
				{map[string]any{"engineVersion": "7.1"}, "redis7", map[string]string{"zset-max-listpack-value": "32", "notify-keyspace-events": "Ex", "timeout": "60", "maxmemory-policy": "volatile-lru"}},
			} {
				c.edit(step.edit)
				c.run(6 * time.Hour)
				c.says("Ready", "True")
				group, err := c.AWS.DescribeParameterGroup(region, id+"-"+step.family)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(step.want, group.Parameters); diff != "" || c.AWS.ReplicationGroups()[0].ParameterGroup != group.Name {
					t.Errorf("the cache uses %s; %s: -want, +got:\n%s", c.AWS.ReplicationGroups()[0].ParameterGroup, group.Name, diff)
				}
			}
		})
	}
}
