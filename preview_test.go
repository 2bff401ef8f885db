package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestPreview of what a claim asks for of a cache that others have made: what is listed
// as a change, and what can't be, in a cluster and on a laptop. Nothing is changed.
func TestPreview(t *testing.T) {
	const id, region, path = "legacy-cache-001", "eu-central-1", "/backend-booking/dev/redis/url"
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
		lists  []string // Lines that begin with change, add, remove or cannot.
		says   string
	}{
		"TagsReplaced": {
			reason: "Tags that others made go, and count.",
			exists: variant["Tags"],
			spec:   map[string]any{"existing": existing(map[string]any{"tags": "Replace"})},
			lists: []string{
				"add tag Application=backend-booking (no interruption, seconds)",
				"add tag Environment=dev (no interruption, seconds)",
				"add tag ManagedBy=crossplane (no interruption, seconds)",
				"add tag Name=legacy-cache-001 (no interruption, seconds)",
				"remove tag CostCenter (no interruption, seconds)",
				"remove tag Owner (no interruption, seconds)",
			},
			says: "makes 6 changes",
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
				"add tag Environment=dev (no interruption, seconds)",
				"cannot: endpoint: AWS reports none, so the cache is still being made, or could not be made; wait until its status is available, or, if it is create-failed, delete the cache in AWS and make it again (aws elasticache describe-replication-groups --replication-group-id legacy-cache-001 --region eu-central-1)",
			},
			says: "can't be taken over as it is",
		},
		"Modifying": {
			reason: "What AWS is doing is not seen, so that the text says to wait for it.",
			exists: func(s *aws.Stack) { s.Cache.Status = aws.StatusModifying },
			lists:  []string{"add tag Environment=dev (no interruption, seconds)"},
			says:   "aws elasticache wait replication-group-available --replication-group-id legacy-cache-001 --region eu-central-1",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				stack := aws.Stack{
					Cache:   aws.ReplicationGroup{Region: region, ID: id, SecurityGroupIDs: []string{"sg-xyz"}},
					Subnets: aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}},
					URL:     aws.Parameter{Name: path},
				}
				tc.exists(&stack)
				spec := map[string]any{"existing": existing(nil)}
				maps.Copy(spec, tc.spec)
				c := create(t, flavour, spec)
				c.AWS.Add(stack)
				had := c.AWS.Inventory()
				rsp, _ := c.onLaptop(t, c.gathered(t, region, id, stack.Parameters.Name, id+"-subnets", path))
				changes, accepted := listed(rsp)
				c.run(time.Hour)
				if diff := cmp.Diff(c.changes(), changes); diff != "" {
					t.Errorf("status.changes: -cluster, +laptop:\n%s", diff)
				}
				if _, _, message := c.Condition("Accepted"); message != accepted || !strings.Contains(message, tc.says) {
					t.Errorf("%s: want %q\ncluster: %s\nlaptop:  %s", tc.reason, tc.says, message, accepted)
				}
				isKept := func(line string) bool { return strings.HasPrefix(line, "keep ") }
				if diff := cmp.Diff(tc.lists, slices.DeleteFunc(changes, isKept)); diff != "" {
					t.Errorf("%s: status.changes: -want, +got:\n%s", tc.reason, diff)
				}
				if got := c.AWS.Inventory(); got != had {
					t.Errorf("AWS has\n%s\nhad\n%s", got, had)
				}
			})
		}
	}
}
