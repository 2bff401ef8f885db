package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
)

// reports has AWS report a field of a resource.
func reports(name string, value any, field string) func(*fnv1.RunFunctionRequest) {
	return func(req *fnv1.RunFunctionRequest) { set(observed(req, name), value, "status", "atProvider", field) }
}

// tagged has the provider be asked for tags of the replication group, and AWS report some.
func tagged(sent, reported map[string]any) func(*fnv1.RunFunctionRequest) {
	return func(req *fnv1.RunFunctionRequest) {
		set(observed(req, resources.ReplicationGroup), sent, "spec", "forProvider", "tags")
		set(observed(req, resources.ReplicationGroup), reported, "status", "atProvider", "tags")
	}
}

// TestChanges: what AWS does not report as asked is on the claim for as long as it
// lasts: from what to what, and whether that interrupts. The cache works, so it is ready.
func TestChanges(t *testing.T) {
	own := map[string]any{"Application": "backend-booking", "Environment": "dev", "ManagedBy": "crossplane", "Name": "backend-booking-dev-redis"}
	with := func(key string, value any) map[string]any {
		out := map[string]any{key: value}
		for k, v := range own {
			if k != key {
				out[k] = v
			}
		}
		return out
	}
	without := with("Environment", "")
	delete(without, "Environment")
	cases := map[string]struct {
		reason string
		change func(*fnv1.RunFunctionRequest)
		want   []any
		stage  string
	}{
		"Nothing": {
			reason: "AWS has all that was asked for.",
			change: func(*fnv1.RunFunctionRequest) {},
			stage:  "Settled",
		},
		"NotReported": {
			reason: "What AWS says nothing of counts as asked.",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(atProvider(req, resources.ReplicationGroup), "nodeType")
			},
			stage: "Settled",
		},
		"NodeType": {
			reason: "Nodes are being replaced, or AWS broke that off without a word: it looks the same.",
			change: reports(resources.ReplicationGroup, "cache.m7g.large", "nodeType"),
			want:   []any{"change nodeType cache.m7g.large -> cache.t3.micro (nodes are replaced, interrupts, 10 to 30 minutes)"},
			stage:  "Changing: nodeType",
		},
		"JustEdited": {
			reason: "The run that first sees an edit reports it.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "nodeType", "cache.t3.small") },
			want:   []any{"change nodeType cache.t3.micro -> cache.t3.small (nodes are replaced, interrupts, 10 to 30 minutes)"},
			stage:  "Changing: nodeType",
		},
		"MoreNodes": {
			reason: "Automatic failover comes with the second node.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "numCacheNodes", 2)
				reports(resources.ReplicationGroup, false, "automaticFailoverEnabled")(req)
			},
			want: []any{
				"change numCacheNodes 1 -> 2 (nodes are added, no interruption, 5 to 15 minutes a node)",
				"change automaticFailoverEnabled false -> true (no interruption, minutes)",
			},
			stage: "Changing: numCacheNodes, automaticFailoverEnabled",
		},
		"FewerNodes": {
			reason: "Who reads from the node that goes is interrupted.",
			change: reports(resources.ReplicationGroup, 3, "numCacheClusters"),
			want:   []any{"change numCacheNodes 3 -> 1 (nodes are removed, interrupts, 5 to 15 minutes a node)"},
			stage:  "Changing: numCacheNodes",
		},
		"SecurityGroups": {
			reason: "Sets are reported whole, and their order means nothing.",
			change: func(req *fnv1.RunFunctionRequest) {
				reports(resources.ReplicationGroup, []any{"sg-xyz"}, "securityGroupIds")(req)
				spec(req, "securityGroupIds", []any{"sg-xyz", "sg-abc"})
			},
			want:  []any{"change securityGroupIds [sg-xyz] -> [sg-abc, sg-xyz] (clients that the groups do not admit lose access, interrupts, seconds)"},
			stage: "Changing: securityGroupIds",
		},
		"Subnets": {
			reason: "The subnet group is the cache's, too.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "subnetIds", []any{"subnet-abc", "subnet-def"}) },
			want:   []any{"change subnetIds [subnet-abc] -> [subnet-abc, subnet-def] (no interruption, seconds)"},
			stage:  "Changing: subnetIds",
		},
		"Parameters": {
			reason: "So is the parameter group that it uses.",
			change: reports(resources.ParameterGroup("redis7"), []any{
				map[string]any{"name": "maxmemory-policy", "value": "noeviction"}, map[string]any{"name": "timeout", "value": "300"},
			}, "parameter"),
			want:  []any{"change maxmemoryPolicy noeviction -> allkeys-lru (no interruption, seconds)"},
			stage: "Changing: maxmemoryPolicy",
		},
		"ParameterGroup": {
			reason: "A parameter group that somebody chose in the console is replaced by the cache's own.",
			change: reports(resources.ReplicationGroup, "default.redis7", "parameterGroupName"),
			want:   []any{"change parameterGroupName default.redis7 -> backend-booking-dev-redis-redis7 (no interruption, minutes)"},
			stage:  "Changing: parameterGroupName",
		},
		"Settings": {
			reason: "Whatever AWS reports is compared.",
			change: func(req *fnv1.RunFunctionRequest) {
				for field, value := range map[string]any{
					"snapshotRetentionLimit": 5, "snapshotWindow": "01:00-02:00", "maintenanceWindow": "mon:10:00-mon:12:00",
					"autoMinorVersionUpgrade": "false", "description": "by hand", "multiAzEnabled": true,
				} {
					reports(resources.ReplicationGroup, value, field)(req)
				}
			},
			want: []any{
				"change multiAzEnabled true -> false (no interruption, minutes)",
				"change snapshotRetentionLimit 5 -> 0 (no interruption, seconds)",
				"change snapshotWindow 01:00-02:00 -> 03:00-05:00 (no interruption, seconds)",
				"change maintenanceWindow mon:10:00-mon:12:00 -> sun:05:00-sun:07:00 (no interruption, seconds)",
				"change autoMinorVersionUpgrade false -> true (no interruption, seconds)",
				"change description by hand -> Redis of backend-booking in dev (no interruption, minutes)",
			},
			stage: "Changing: multiAzEnabled, snapshotRetentionLimit, snapshotWindow, maintenanceWindow, autoMinorVersionUpgrade, description",
		},
		"Tags": {
			reason: "Tags that come, go and change are reported by their key.",
			change: tagged(own, with("Environment", "prod")),
			want:   []any{"change tag Environment prod -> dev (no interruption, seconds)"},
			stage:  "Changing: tags",
		},
		"TagMissing": {
			reason: "A tag that AWS does not have yet is to be added.",
			change: tagged(own, without),
			want:   []any{"add tag Environment=dev (no interruption, seconds)"},
			stage:  "Changing: tags",
		},
		"TagLeft": {
			reason: "A tag that nobody asks for is to be removed.",
			change: tagged(own, with("CostCenter", "12")),
			want:   []any{"remove tag CostCenter (no interruption, seconds)"},
			stage:  "Changing: tags",
		},
		"TagOfAnother": {
			reason: "A tag that another function adds to what we ask for is not ours.",
			change: tagged(with("crossplane-kind", "x"), with("crossplane-kind", "x")),
			stage:  "Settled",
		},
		"Upgrade": {
			reason: "The new parameter group belongs to the upgrade.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "engine", "valkey")
				spec(req, "engineVersion", "8.0")
			},
			want:  []any{"change engine redis 7.1 -> valkey 8.0 (nodes are upgraded, interrupts, 10 to 30 minutes)"},
			stage: "1 of 1: upgrade to valkey 8.0",
		},
		"Steps": {
			reason: "Steps follow what changes in place, in their order.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "snapshotRetentionLimit", 1)
				spec(req, "transitEncryption", "Required")
			},
			want: []any{
				"change snapshotRetentionLimit 0 -> 1 (no interruption, seconds)",
				"change transitEncryption Disabled -> Preferred (no interruption, minutes)",
				"change transitEncryption Preferred -> Required (clients without TLS lose access, interrupts, minutes)",
			},
			stage: "1 of 2: TLS Preferred",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, "minimal/claims/settled")
			tc.change(req)
			rsp := run(t, req)
			status := protocol.Object{Struct: rsp.GetDesired().GetComposite().GetResource()}
			if diff := cmp.Diff(tc.want, status.Value("status", "changes").GetListValue().AsSlice()); diff != "" && len(tc.want) > 0 || status.Has("status", "changes") != (len(tc.want) > 0) {
				t.Errorf("%s: status.changes: -want, +got:\n%s", tc.reason, diff)
			}
			if got := status.Text("status", "stage"); got != tc.stage {
				t.Errorf("%s: status.stage is %q, want %q", tc.reason, got, tc.stage)
			}
			c := conditionOf(rsp, "Changing")
			if changing := c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE; changing != (len(tc.want) > 0) {
				t.Errorf("%s: Changing is %s %s: %s", tc.reason, c.GetStatus(), c.GetReason(), c.GetMessage())
			}
			if c.GetReason() == "InPlace" && !strings.Contains(c.GetMessage(), "aws elasticache describe-events --source-type replication-group --source-identifier backend-booking-dev-redis") {
				t.Errorf("%s: Changing does not say where to look: %s", tc.reason, c.GetMessage())
			}
			provisioned := conditionOf(rsp, "Provisioned").GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
			if provisioned && rsp.GetDesired().GetComposite().GetReady() == fnv1.Ready_READY_FALSE {
				t.Errorf("%s: the cache works, and is not ready", tc.reason)
			}
		})
	}
}

// TestChangesTable holds the table of docs/changing-a-cache.md to the rules, and the
// rules to the spec: there is one for every field.
func TestChangesTable(t *testing.T) {
	const file = "docs/changing-a-cache.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const head = "| field | how it changes | interrupts | takes | to undo it |\n|---|---|---|---|---|\n"
	before, rest, found := strings.Cut(string(b), head)
	_, after, end := strings.Cut(rest, "\n\n")
	if !found || !end {
		t.Fatalf("%s has no table", file)
	}
	compare(t, file, []byte(before+head+rulesTable()+"\n"+after))
}

func rulesTable() string {
	var out strings.Builder
	for _, r := range redis.Rules() {
		name := "`" + strings.Join(r.Fields, "`, `") + "`"
		if r.Case != "" {
			name += ", " + r.Case
		}
		out.WriteString("|")
		for _, cell := range []string{name, r.How, r.Interrupts, r.Takes, r.Undo} {
			out.WriteString(strings.TrimSuffix(" "+cell, " ") + " |")
		}
		out.WriteString("\n")
	}
	return out.String()
}

// TestEveryFieldHasARule: a field of the spec that nobody said how to change is one
// that nobody thought of.
func TestEveryFieldHasARule(t *testing.T) {
	var known []string
	for _, r := range redis.Rules() {
		known = append(known, r.Fields...)
	}
	for _, field := range plain.Fields(reflect.TypeFor[v1alpha1.XRedisSpec]()) {
		if !slices.Contains(known, field) {
			t.Errorf("%s: how does it change?", field)
		}
	}
}
