package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// changes that the status lists.
func (c cluster) changes() []string {
	out, _, _ := unstructured.NestedStringSlice(c.XR().Object, "status", "changes")
	return out
}

// written are the requests since a moment that change anything but tags and the URL.
func (c cluster) written(from int) string {
	var out []string
	for _, r := range c.AWS.Written(from) {
		if r.Name != "AddTagsToResource" && r.Name != "PutParameter" {
			out = append(out, strings.TrimSpace(r.Name+" "+strings.Join(r.Fields, ",")))
		}
	}
	return strings.Join(out, "; ")
}

// legacy is a cache that others have made in the claim's network, and the parameter with its
// URL, as a variant has them.
func legacy(vary func(*aws.Stack)) aws.Stack {
	out := aws.Stack{
		Cache:   aws.ReplicationGroup{Region: "eu-central-1", ID: "legacy-cache-001", SecurityGroupIDs: []string{"sg-xyz"}},
		Subnets: aws.SubnetGroup{SubnetIDs: []string{"subnet-a1", "subnet-a2"}},
		URL:     aws.Parameter{Name: "/backend-booking/dev/redis/url"},
	}
	vary(&out)
	return out
}

// inPreview compares lines of a preview: changes come first, then what is kept, then what
// can't be taken over.
func inPreview(a, b string) int {
	rank := func(line string) int {
		return slices.Index([]string{"keep", "cannot:"}, strings.Fields(line)[0])
	}
	if by := rank(a) - rank(b); by != 0 {
		return by
	}
	return strings.Compare(a, b)
}

// TestVariants takes over, with a claim that names nothing but the cache, what others
// can have made. Nothing changes but tags and the URL in Parameter Store, or nothing at
// all where it can't be taken over.
func TestVariants(t *testing.T) {
	const id, region = "legacy-cache-001", "eu-central-1"
	const (
		subnets  = "keep subnet group legacy-cache-001-subnets (only observed: other caches may use it)"
		group    = "keep parameter group default.redis7 (AWS's own)"
		readable = "keep data at rest without encryption"
		auth     = "keep enableAuthToken true"
		tls      = "keep transitEncryption Required"
		claimTag = "add tag Environment=dev (no interruption, seconds)"
		onlyNew  = "can neither turn it off nor restore a snapshot of the cache without it; make a new cache (leave spec.existing out, and choose another appName or environment), and have the clients fill it"
		newToken = "change authTokenSecretRef old token -> new token (no interruption, minutes)"
		rotate   = "ModifyReplicationGroup AuthToken,AuthTokenUpdateStrategy"
	)
	// What the status lists, but for what all have in common; without a list nothing is unusual.
	lists := map[string][]string{
		"Tags":              {readable, group, "keep tag CostCenter=42", "keep tag Owner=others"},
		"Valkey":            {"keep engine valkey", "keep engineVersion 8.0", readable, "keep parameter group default.valkey8 (AWS's own)"},
		"OldEngine":         {"keep engineVersion 6.2", readable, "keep parameter group default.redis6.x (AWS's own)"},
		"Replicas":          {readable, group, "keep multiAzEnabled true", "keep numCacheNodes 3"},
		"Backups":           {readable, group, "keep snapshotRetentionLimit 7"},
		"TLSPreferred":      {readable, group, "keep transitEncryption Preferred"},
		"TLSRequired":       {readable, group, tls},
		"OtherPort":         {readable, group, "keep port 6380"},
		"AtRest":            {group},
		"KMSKey":            {"keep key arn:aws:kms:eu-central-1:111122223333:key/1a2b", group},
		"Auth":              {newToken, auth, tls, readable, group},
		"AuthRotating":      {newToken, auth, tls, readable, group},
		"OwnParameters":     {readable, "keep parameter group legacy-cache-001-params (only observed: other caches may use it)"},
		"StringParameter":   {"cannot: parameter /backend-booking/dev/redis/url: it is a String, and AWS can't turn it into a SecureString; delete it (aws ssm delete-parameter --name /backend-booking/dev/redis/url --region eu-central-1), and it is made again in the take-over", readable, group},
		"LogDelivery":       {"cannot: log delivery: it is not offered, and would be turned off; turn it off first", readable, group},
		"NotificationTopic": {"cannot: notification topic: it is not offered, and would be removed; remove it first", readable, group},
		"UserGroups":        {"cannot: user groups: only AUTH with one token is offered; remove them first", tls, readable, group},
		"ClusterMode":       {"cannot: cluster mode: one REDIS_URL can't serve it, and AWS " + onlyNew, readable, "keep numCacheNodes 4", "keep parameter group default.redis7.cluster.on (AWS's own)"},
		"GlobalDatastore":   {"cannot: global datastore: remove the cache from it first", readable, group},
		"DataTiering":       {"cannot: data tiering: it is not offered, and AWS " + onlyNew, readable, group},
	}
	calls := map[string]string{"Auth": rotate, "AuthRotating": rotate}
	for name, vary := range aws.Variants() {
		want, ok := lists[name]
		if !ok {
			want = []string{readable, group}
		}
		has := aws.Stack{Cache: aws.ReplicationGroup{ID: id, NodeType: "cache.t3.small"}, Parameters: aws.ParameterGroup{Parameters: map[string]string{"maxmemory-policy": "volatile-lru", "timeout": "0"}}}
		vary(&has)
		want = slices.SortedFunc(slices.Values(append(want, subnets, claimTag, "keep autoMinorVersionUpgrade false", "keep description "+id,
			"keep maintenanceWindow sun:09:00-sun:10:00", "keep snapshotWindow 06:30-07:30", "keep nodeType "+has.Cache.NodeType,
			"keep maxmemoryPolicy "+has.Parameters.Parameters["maxmemory-policy"], "keep timeoutSeconds "+has.Parameters.Parameters["timeout"])), inPreview)
		cannot := slices.ContainsFunc(want, func(line string) bool { return strings.HasPrefix(line, "cannot") })
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				stack := legacy(vary)
				c := create(t, flavour, map[string]any{"existing": map[string]any{"replicationGroupId": id}})
				c.AWS.Add(stack)
				from, had, url := len(c.AWS.Log()), c.AWS.Inventory(), c.AWS.URL(region, id)
				c.run(time.Hour)
				if diff := cmp.Diff(want, c.changes()); diff != "" {
					t.Errorf("status.changes: -want, +got:\n%s", diff)
				}
				if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
					t.Errorf("the preview asked AWS for %v", c.AWS.Written(from))
				}
				c.edit(map[string]any{"existing": map[string]any{"replicationGroupId": id, "mode": "TakeOver"}})
				c.run(time.Hour)
				if cannot {
					if got := c.AWS.Inventory(); got != had || len(c.AWS.Written(from)) > 0 {
						t.Errorf("AWS was asked for %v", c.AWS.Written(from))
					}
					c.says("Accepted", "False", "cannot")
					return
				}
				for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
					c.says(kind, "True")
				}
				if got := c.written(from); got != calls[name] {
					t.Errorf("AWS was asked for %q, want %q", got, calls[name])
				}
				if got := string(c.Published()["REDIS_URL"]); !c.AWS.Accepts(got) || !c.AWS.Accepts(url) {
					t.Errorf("the new URL works: %t, the old: %t", c.AWS.Accepts(got), c.AWS.Accepts(url))
				}
			})
		}
	}
}
