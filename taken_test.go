package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestTakenOver: what becomes of a cache that others have made once it is taken over, and
// when the claim changes afterwards.
func TestTakenOver(t *testing.T) {
	const id, region = "legacy-cache-001", "eu-central-1"
	variant := aws.Variants()
	parameters := func(name string, has map[string]string) func(*aws.Stack) {
		return func(s *aws.Stack) { s.Parameters = aws.ParameterGroup{Name: id + name, Parameters: has} }
	}
	cases := map[string]struct {
		reason string
		exists func(*aws.Stack)
		spec   map[string]any
		before func(cluster) // The take-over.
		then   func(cluster)
		check  func(aws.ReplicationGroup, map[string]string) bool // The cache, and its parameters.
		says   map[string]string
	}{
		"LateToken": {
			reason: "The cache waits for a token that the team makes later, and for the provider to find it.",
			exists: variant["Auth"],
			spec:   map[string]any{"authTokenSecretRef": map[string]any{"name": "mine", "key": "token"}},
			then: func(c cluster) {
				c.says("Accepted", "False", "cannot")
				c.SetSecret("team-booking", "mine", map[string][]byte{"token": []byte("a-token-of-the-team-0001")})
			},
			says: map[string]string{"Ready": "", "Accepted": "valid"},
		},
		"ParametersDenied": {
			reason: "A group without its parameters is not used, and the claim says so.",
			exists: parameters("-params", map[string]string{"maxmemory-policy": "noeviction"}),
			spec:   map[string]any{"timeoutSeconds": int64(60)},
			before: func(c cluster) { c.AWS.Fail("ModifyCacheParameterGroup", 1<<20, "AccessDenied", "not authorized") },
			check:  func(_ aws.ReplicationGroup, p map[string]string) bool { return p["maxmemory-policy"] == "noeviction" },
			says:   map[string]string{"Provisioned": "AccessDenied", "Changing": "parameterGroupName legacy-cache-001-params -> legacy-cache-001-redis7"},
		},
		"ParametersRefused": {
			reason: "Neither does an upgrade go on without them.",
			exists: func(s *aws.Stack) {
				variant["OldEngine"](s)
				parameters("-params", map[string]string{"maxmemory-policy": "noeviction", "lua-replicate-commands": "no"})(s)
			},
			spec: map[string]any{"engineVersion": "7.1"},
			check: func(g aws.ReplicationGroup, p map[string]string) bool {
				return g.EngineVersion == "6.2.6" && p["maxmemory-policy"] == "noeviction"
			},
			says: map[string]string{"Provisioned": "lua-replicate-commands", "Changing": "waits for its parameter group of the family redis7"},
		},
		"OwnName": {
			reason: "What a group does not say is AWS's default, also of one that has a name of ours.",
			exists: parameters("-redis7", map[string]string{"notify-keyspace-events": "Ex"}),
			check: func(_ aws.ReplicationGroup, p map[string]string) bool {
				return p["maxmemory-policy"] == "volatile-lru" && p["timeout"] == "0" && p["notify-keyspace-events"] == "Ex"
			},
			says: map[string]string{"Ready": ""},
		},
		"SecondNode": {
			reason: "A cache of one node had no failover to turn off: it gets it with the second.",
			exists: variant["Plain"],
			then:   func(c cluster) { c.edit(map[string]any{"numCacheNodes": int64(2)}) },
			check:  func(g aws.ReplicationGroup, _ map[string]string) bool { return g.Nodes == 2 && g.AutomaticFailover },
			says:   map[string]string{"Ready": ""},
		},
		"NoFailover": {
			reason: "One of two nodes keeps it off.",
			exists: func(s *aws.Stack) { s.Cache.Nodes = 2 },
			then:   func(c cluster) { c.edit(map[string]any{"numCacheNodes": int64(3)}) },
			check:  func(g aws.ReplicationGroup, _ map[string]string) bool { return g.Nodes == 3 && !g.AutomaticFailover },
			says:   map[string]string{"Ready": ""},
		},
		"TagsLater": {
			reason: "How tags are taken over is asked once.",
			exists: variant["Tags"],
			then: func(c cluster) {
				c.edit(map[string]any{"existing": map[string]any{"replicationGroupId": id, "mode": "TakeOver", "tags": "Replace"}})
			},
			check: func(g aws.ReplicationGroup, _ map[string]string) bool { return g.Tags["CostCenter"] == "42" },
			says:  map[string]string{"Ready": ""},
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				stack := legacy(tc.exists)
				spec := map[string]any{"existing": map[string]any{"replicationGroupId": id, "mode": "TakeOver"}}
				maps.Copy(spec, tc.spec)
				c := create(t, flavour, spec)
				c.AWS.Add(stack)
				if tc.before != nil {
					tc.before(c)
				}
				c.run(time.Hour)
				if tc.then != nil {
					tc.then(c)
					c.run(2 * time.Hour)
				}
				g := c.AWS.ReplicationGroups()[0]
				group, _ := c.AWS.DescribeParameterGroup(region, g.ParameterGroup) // AWS's own has no parameters.
				if tc.check != nil && !tc.check(g, group.Parameters) {
					t.Errorf("%s: AWS has %v, with the parameters %v", tc.reason, g, group.Parameters)
				}
				for kind, text := range tc.says {
					if _, _, message := c.Condition(kind); !strings.Contains(message, text) {
						t.Errorf("%s: %s does not say %q: %s", tc.reason, kind, text, message)
					}
				}
				if _, ready := tc.says["Ready"]; ready {
					c.says("Ready", "True")
				}
			})
		}
	}
}
