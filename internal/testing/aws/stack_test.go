package aws

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// legacy is a stack that others have made, with a URL in Parameter Store.
func legacy(variant string) Stack {
	s := Stack{Cache: ReplicationGroup{Region: region, ID: "legacy"}, URL: Parameter{Name: "/legacy/redis/url"}}
	Variants()[variant](&s)
	return s
}

// TestAdd: what others have made serves its clients, is what AWS would describe, and can
// be changed as all else can.
func TestAdd(t *testing.T) {
	for _, variant := range slices.Sorted(maps.Keys(Variants())) {
		t.Run(variant, func(t *testing.T) {
			c := New(start, Options{})
			s := legacy(variant)
			c.Add(s)
			g, err := c.DescribeReplicationGroup(region, "legacy")
			if err != nil || g.Status != StatusAvailable || g.ARN == "" || len(g.MemberClusters) != g.Nodes {
				t.Fatalf("got %+v, %v", g, err)
			}
			p, err := c.GetParameter(region, "/legacy/redis/url")
			if err != nil {
				t.Fatal(err)
			}
			if accepted := len(s.Cache.UserGroupIDs) == 0; c.Accepts(p.Value) != accepted || p.Value != c.URL(region, "legacy") {
				t.Errorf("%s: accepted is not %t", p.Value, accepted)
			}
			if log := c.Log(); len(c.Written(0)) > 0 || len(log) < 3 || log[0].By != "console" {
				t.Errorf("all of it was made by hand: %v", log)
			}
			before := c.Inventory()
			must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "legacy", ApplyImmediately: true, Description: ptr("ours")}))
			c.settle()
			if after := c.Inventory(); after == before || strings.Contains(after, "a-token") {
				t.Errorf("the inventory tells of changes, and of no secret:\n%s", after)
			}
			if got := len(c.As("me").Written(0)); got != 1 {
				t.Errorf("%d requests are the provider's", got)
			}
		})
	}
}

// TestModule: the Terraform module's resources are there under its own names and tags,
// with the parameters of its documentation.
func TestModule(t *testing.T) {
	c := New(start, Options{})
	m := TerraformModule{AppName: "shop", Environment: "prod", NumCacheNodes: 2, MultiAZEnabled: true, AuthToken: goodToken, Tags: map[string]string{"CostCenter": "42"}}
	c.Add(m.Stack())
	g, err := c.DescribeReplicationGroup(region, m.ID())
	must(t, err)
	tags := map[string]string{"Name": "shop-prod-redis", "ManagedBy": "Terraform", "CostCenter": "42"}
	want := ReplicationGroup{
		Region: region, ID: "shop-prod-redis", SubnetGroup: "shop-prod-redis-subnet-group", ParameterGroup: "shop-prod-redis-params",
		NodeType: "cache.t3.micro", Nodes: 2, EngineVersion: "7.1.0", TLS: TLSRequired, AuthTokenEnabled: true, AtRestEncryption: true, Tags: tags,
	}
	got := ReplicationGroup{
		Region: g.Region, ID: g.ID, SubnetGroup: g.SubnetGroup, ParameterGroup: g.ParameterGroup,
		NodeType: g.NodeType, Nodes: g.Nodes, EngineVersion: g.EngineVersion, TLS: g.TLS, AuthTokenEnabled: g.AuthTokenEnabled, AtRestEncryption: g.AtRestEncryption, Tags: g.Tags,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	p, err := c.DescribeParameterGroup(region, g.ParameterGroup)
	must(t, err)
	if diff := cmp.Diff(map[string]string{"maxmemory-policy": "allkeys-lru", "timeout": "300"}, p.Parameters); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	url, err := c.GetParameter(region, m.ParameterName())
	must(t, err)
	if url.Type != TypeSecureString || !c.Accepts(url.Value) {
		t.Errorf("got %s", url.Type)
	}
	if by := c.Log()[0].By; by != "terraform" {
		t.Errorf("made by %s", by)
	}
}

// TestOthersRules: what AWS refuses where others have made something.
func TestOthersRules(t *testing.T) {
	modify := func(change func(*ModifyReplicationGroup)) func(c *Cloud) error {
		return func(c *Cloud) error {
			in := ModifyReplicationGroup{Region: region, ID: "legacy", ApplyImmediately: true}
			change(&in)
			return c.ModifyReplicationGroup(in)
		}
	}
	put := func(in PutParameter) func(c *Cloud) error {
		return func(c *Cloud) error {
			in.Region, in.Name, in.Value = region, "/legacy/redis/url", "redis://a:6379"
			return c.PutParameter(in)
		}
	}
	other := "c-token-that-we-have-made"
	token := func(s Strategy) func(c *Cloud) error {
		return modify(func(in *ModifyReplicationGroup) { in.AuthToken, in.AuthTokenUpdateStrategy = &other, s })
	}
	cases := map[string]struct {
		reason  string
		variant string
		do      func(c *Cloud) error
		want    string
	}{
		"Exists": {reason: "A cache of the id exists.", do: func(c *Cloud) error {
			in := cache()
			in.ID, in.SubnetGroup, in.ParameterGroup = "legacy", "legacy-subnets", ""
			return c.CreateReplicationGroup(in)
		}, want: CodeGroupExists},
		"OtherRegion": {reason: "It does not in another region.", do: func(c *Cloud) error {
			_, err := c.DescribeReplicationGroup("us-east-1", "legacy")
			return err
		}, want: CodeGroupNotFound},
		"Memcached": {reason: "A memcached cluster is no replication group.", do: func(c *Cloud) error {
			c.AddMemcached(region, "sessions", "legacy-subnets")
			_, err := c.DescribeReplicationGroup(region, "sessions")
			return err
		}, want: CodeGroupNotFound},
		"MemcachedInSubnets": {reason: "But its subnet group is in use.", do: func(c *Cloud) error {
			c.Add(Stack{Cache: ReplicationGroup{Region: region, ID: "z"}})
			c.AddMemcached(region, "sessions", "z-subnets")
			must(t, c.DeleteReplicationGroup(region, "z", ""))
			c.settle()
			return c.DeleteSubnetGroup(region, "z-subnets")
		}, want: CodeSubnetGroupInUse},
		"SubnetsInUse":       {reason: "So is that of a cache.", do: func(c *Cloud) error { return c.DeleteSubnetGroup(region, "legacy-subnets") }, want: CodeSubnetGroupInUse},
		"ParametersInUse":    {reason: "And its parameter group.", variant: "OwnParameters", do: func(c *Cloud) error { return c.DeleteParameterGroup(region, "legacy-params") }, want: CodeParameterGroupState},
		"PutExisting":        {reason: "A parameter is not overwritten unasked.", do: put(PutParameter{Type: TypeSecureString}), want: CodeParameterExists},
		"PutOverwrite":       {reason: "Asked, it is.", do: put(PutParameter{Type: TypeSecureString, Overwrite: true})},
		"StringStays":        {reason: "A String does not become a SecureString.", variant: "StringParameter", do: put(PutParameter{Type: TypeSecureString, Overwrite: true}), want: CodeHierarchyMismatch},
		"Rotate":             {reason: "ROTATE needs no idea of the old token.", variant: "Auth", do: token(StrategyRotate)},
		"Set":                {reason: "SET does.", variant: "Auth", do: token(StrategySet), want: CodeParameterCombination},
		"TokenOfUserGroups":  {reason: "A cache with user groups has no token.", variant: "UserGroups", do: token(StrategyRotate), want: CodeParameterCombination},
		"UserGroupUnknown":   {reason: "Only what is there goes.", do: modify(func(in *ModifyReplicationGroup) { in.UserGroupIDsToRemove = []string{"apps"} }), want: CodeParameterValue},
		"UserGroupWithAuth":  {reason: "Nor has one with a token user groups.", variant: "Auth", do: modify(func(in *ModifyReplicationGroup) { in.UserGroupIDsToAdd = []string{"apps"} }), want: CodeParameterCombination},
		"UserGroupWithTLS":   {reason: "TLS is enough.", variant: "TLSRequired", do: modify(func(in *ModifyReplicationGroup) { in.UserGroupIDsToAdd = []string{"apps"} })},
		"DataTieringLost":    {reason: "Data tiering is of r6gd.", variant: "DataTiering", do: modify(func(in *ModifyReplicationGroup) { in.NodeType = ptr("cache.m7g.large") }), want: CodeParameterCombination},
		"DataTieringScales":  {reason: "Which comes in several sizes.", variant: "DataTiering", do: modify(func(in *ModifyReplicationGroup) { in.NodeType = ptr("cache.r6gd.2xlarge") })},
		"GlobalMember":       {reason: "A member of a global datastore is not deleted.", variant: "GlobalDatastore", do: func(c *Cloud) error { return c.DeleteReplicationGroup(region, "legacy", "") }, want: CodeGroupState},
		"PreviousGeneration": {reason: "Nodes of a previous generation stay.", variant: "PreviousGeneration", do: modify(func(in *ModifyReplicationGroup) { in.Description = ptr("ours") })},
		"OwnParameter": {reason: "Others' parameters can be set.", variant: "OwnParameters", do: func(c *Cloud) error {
			return c.ModifyParameterGroup(region, "legacy-params", map[string]string{"notify-keyspace-events": ""})
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := New(start, Options{})
			if tc.variant == "" {
				tc.variant = "Plain"
			}
			c.Add(legacy(tc.variant))
			if err := tc.do(c); code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
		})
	}
}

// TestRemoved: log delivery, the notification topic and user groups end when they are
// asked to. Without user groups everybody is accepted.
func TestRemoved(t *testing.T) {
	c := New(start, Options{})
	s := legacy("LogDelivery")
	Variants()["NotificationTopic"](&s)
	Variants()["UserGroups"](&s)
	c.Add(s)
	if url := c.URL(region, "legacy"); c.Accepts(url) {
		t.Errorf("a user is needed: %s", url)
	}
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{
		Region: region, ID: "legacy", LogDelivery: []LogDelivery{{LogType: "slow-log"}}, NotificationTopic: ptr(""), UserGroupIDsToRemove: []string{"apps"},
	}))
	c.settle()
	g, err := c.DescribeReplicationGroup(region, "legacy")
	must(t, err)
	if len(g.LogDelivery)+len(g.UserGroupIDs) > 0 || g.NotificationTopic != "" || !c.Accepts(c.URL(region, "legacy")) {
		t.Errorf("got %+v", g)
	}
}
