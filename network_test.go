package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// twoFields are laid over a spec, so that it has an application and an environment only.
var twoFields = map[string]any{"region": nil, "vpcId": nil, "subnetIds": nil, "securityGroupIds": nil}

// networkOf a letter, all in the VPC of that letter, as an EnvironmentConfig has it.
func networkOf(letter string) map[string]any {
	return map[string]any{"vpcId": "vpc-" + letter, "subnetIds": []any{"subnet-" + letter + "1", "subnet-" + letter + "2"}, "securityGroupIds": []any{"sg-" + letter}}
}

// inputOf fields.
func inputOf(fields map[string]any) *structpb.Struct {
	in := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	set(in, "redis.fn.crossplane.io/v1beta1", "apiVersion")
	set(in, "Input", "kind")
	for key, value := range fields {
		set(in, value, key)
	}
	return in
}

// TestNetwork: each field is the claim's, else that of the first network that matches, else
// the context's, else that of the EnvironmentConfig of the name. Where it is from is said.
func TestNetwork(t *testing.T) {
	const region = "eu-central-1"
	match := func(n map[string]any, field string, globs ...any) map[string]any {
		n["match"] = map[string]any{field: globs}
		return n
	}
	named := map[string]any{"name": "{environment}.{region}.{namespace}"}
	cases := map[string]struct {
		reason  string
		spec    map[string]any
		input   map[string]any
		context map[string]any
		config  map[string]any
		want    string // Subnets and security groups.
		says    []string
	}{
		"Claim": {
			reason: "The claim comes first, field by field.",
			spec:   map[string]any{"securityGroupIds": []any{"sg-own"}},
			input:  map[string]any{"region": region, "networks": []any{networkOf("a")}},
			want:   "[subnet-a1 subnet-a2] [sg-own]",
			says:   []string{"vpcId vpc-a (input.networks[0].vpcId); subnetIds subnet-a1, subnet-a2 (input.networks[0].subnetIds)."},
		},
		"Environment": {
			reason: "The first that matches gives all it has, and another nothing.",
			input:  map[string]any{"region": region, "networks": []any{match(networkOf("a"), "environment", "prod", "staging"), match(networkOf("b"), "environment", "prod", "d?v"), networkOf("c")}},
			want:   "[subnet-b1 subnet-b2] [sg-b]",
		},
		"Region": {
			reason: "The region is the completed one.",
			input:  map[string]any{"region": region, "networks": []any{match(networkOf("a"), "region", "us-*"), match(networkOf("b"), "region", "eu-*")}},
			want:   "[subnet-b1 subnet-b2] [sg-b]",
		},
		"Namespace": {
			reason: "The namespace is the claim's.",
			input:  map[string]any{"region": region, "networks": []any{match(networkOf("a"), "namespace", "team"), match(networkOf("b"), "namespace", "team-*")}},
			want:   "[subnet-b1 subnet-b2] [sg-b]",
		},
		"Context": {
			reason:  "What networks do not have is the context's.",
			input:   map[string]any{"networks": []any{map[string]any{"securityGroupIds": []any{"sg-a"}}}, "environmentConfig": named},
			context: map[string]any{"region": region, "vpcId": "vpc-b", "subnetIds": []any{"subnet-b1"}, "securityGroupIds": []any{"sg-b"}},
			want:    "[subnet-b1] [sg-a]",
			says:    []string{"securityGroupIds sg-a (input.networks[0].securityGroupIds)", "vpcId vpc-b (context[apiextensions.crossplane.io/environment].vpcId)", "region eu-central-1 (context["},
		},
		"Named": {
			reason:  "What the context does not have is that of the name.",
			input:   map[string]any{"region": region, "environmentConfig": named},
			context: map[string]any{"vpcId": "vpc-b", "subnetIds": []any{"subnet-b1"}},
			config:  networkOf("c"),
			want:    "[subnet-b1] [sg-c]",
			says:    []string{"securityGroupIds sg-c (EnvironmentConfig[dev.eu-central-1.team-booking].data.securityGroupIds)"},
		},
		"Paths": {
			reason: "Values are where the paths lead.",
			input:  map[string]any{"environmentConfig": map[string]any{"name": "net", "paths": map[string]any{"region": "home", "vpcId": "nets.eu.id", "subnetIds": "nets.eu.subnets", "securityGroupIds": "nets.eu.groups"}}},
			config: map[string]any{"home": region, "nets": map[string]any{"eu": map[string]any{"id": "vpc-a", "subnets": []any{"subnet-a1"}, "groups": []any{"sg-a"}}}},
			want:   "[subnet-a1] [sg-a]",
		},
		"RegionOfTheNamed": {
			reason: "Networks match the region that an EnvironmentConfig gives.",
			input:  map[string]any{"networks": []any{match(networkOf("a"), "region", region)}, "environmentConfig": map[string]any{"name": "net"}},
			config: map[string]any{"region": region},
			want:   "[subnet-a1 subnet-a2] [sg-a]",
		},
		"NotNeeded": {
			reason: "Nobody is asked for what the claim has, and a wrong value that nobody needs hurts nobody.",
			spec:   map[string]any{"region": region, "vpcId": "vpc-a", "subnetIds": []any{"subnet-a1"}, "securityGroupIds": []any{"sg-a"}},
			input:  map[string]any{"environmentConfig": map[string]any{"name": "net"}}, context: map[string]any{"vpcId": 7, "subnetIds": "x"},
			want: "[subnet-a1] [sg-a]",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := newCluster(t, flavour, twoFields, crossplane.Options{Input: inputOf(tc.input), Environment: tc.context})
				c.edit(tc.spec)
				for _, name := range []string{"net", "dev.eu-central-1.team-booking"} {
					if tc.config != nil {
						c.SetEnvironmentConfig(name, tc.config)
					}
				}
				if err := c.Reconcile(); err != nil {
					t.Fatal(err)
				}
				if got := placed(c.Response); got != tc.want {
					t.Errorf("%s\ngot %s, want %s\n%s", tc.reason, got, tc.want, conditionOf(c.Response, "Accepted").GetMessage())
				}
				c.says("Accepted", "True", tc.says...)
			})
		}
	}
}

// placed subnets and security groups.
func placed(rsp *fnv1.RunFunctionResponse) string {
	list := func(name, field string) string {
		var out []string
		for _, v := range desiredOf(rsp, name).Value("spec", "forProvider", field).GetListValue().GetValues() {
			out = append(out, v.GetStringValue())
		}
		return "[" + strings.Join(out, " ") + "]"
	}
	return list(resources.SubnetGroup, "subnetIds") + " " + list(resources.ReplicationGroup, "securityGroupIds")
}

// TestNetworkRefused: each place that a value may be from names itself, and who can help.
func TestNetworkRefused(t *testing.T) {
	environment := func(fields map[string]any) map[string]any {
		out := map[string]any{"environmentConfig": map[string]any{"name": "net"}, "region": "eu-central-1"}
		for key, value := range fields {
			set := out["environmentConfig"].(map[string]any)
			set[key] = value
		}
		return out
	}
	network := func(key string, value any) map[string]any {
		n := networkOf("b")
		n[key] = value
		return map[string]any{"region": "eu-central-1", "networks": []any{networkOf("a"), n}}
	}
	wrong := map[string]any{"vpcId": "main", "subnetIds": "subnet-a1", "securityGroupIds": []any{"sg-a", 7.0}}
	cases := map[string]struct {
		reason  string
		spec    map[string]any
		input   map[string]any
		context map[string]any
		config  map[string]any
		want    []string
	}{
		"Nobody": {
			reason: "All fields that nobody gives, with both ways out.",
			input:  map[string]any{"region": "eu-central-1"},
			want: []string{
				"The claim has 3 problems", "spec.vpcId: Required value: write it in the claim", "spec.subnetIds: ", "spec.securityGroupIds: ",
				`ask the platform team to give it to this claim (environment "dev", region "eu-central-1", namespace "team-booking") in input.networks or in an EnvironmentConfig`,
			},
		},
		"RegionToo": {
			reason: "And the region.",
			want:   []string{"4 problems", "spec.region: Required"},
		},
		"PartOfIt": {
			reason: "A network that has only some leaves the others to somebody else.",
			input:  map[string]any{"region": "eu-central-1", "networks": []any{map[string]any{"vpcId": "vpc-a", "subnetIds": []any{"subnet-a1"}}}},
			want:   []string{"1 problem", "spec.securityGroupIds"},
		},
		"MissingInTheEnvironmentConfig": {
			reason: "An EnvironmentConfig is named, and the path in it.",
			input:  environment(map[string]any{"paths": map[string]any{"securityGroupIds": "groups"}}),
			config: map[string]any{"vpcId": "vpc-a", "subnetIds": []any{"subnet-a1"}},
			want:   []string{"spec.securityGroupIds", `or in the EnvironmentConfig "net" at data.groups`},
		},
		"MistypedInTheEnvironmentConfig": {
			reason: "What the platform wrote wrongly is not asked of the claim.",
			input:  environment(nil),
			config: map[string]any{"vpcId": int64(12), "subnetIds": []any{"subnet-a1"}, "securityGroupIds": []any{"sg-a"}},
			want:   []string{"1 problem", "EnvironmentConfig[net].data.vpcId"},
		},
		"NoName": {
			reason: "Without a name the context is all there is.",
			input:  map[string]any{"region": "eu-central-1", "environmentConfig": map[string]any{}},
			want:   []string{"spec.vpcId", "or in an EnvironmentConfig at data.vpcId"},
		},
		"NetworkID":     {reason: "A wrong id of a network.", input: network("subnetIds", []any{"subnet-b1", "b2"}), want: []string{`input.networks[1].subnetIds[1]: Invalid value: "b2"`, "ask the platform team"}},
		"NetworkOfNone": {reason: "A network that gives nothing.", input: map[string]any{"networks": []any{map[string]any{}}}, want: []string{"input.networks[0]: Required"}},
		"NetworkEmpty":  {reason: "An empty list is no list.", input: network("securityGroupIds", []any{}), want: []string{"input.networks[1].securityGroupIds: Required"}},
		"Glob":          {reason: "A glob that matches nothing.", input: network("match", map[string]any{"namespace": []any{"team-["}}), want: []string{`input.networks[1].match.namespace[0]: Invalid value: "team-["`}},
		"Braces":        {reason: "A glob of a shell.", input: network("match", map[string]any{"environment": []any{"{dev,prod}", "!prod"}}), want: []string{"2 problems", `input.networks[1].match.environment[0]: Invalid value: "{dev,prod}"`, "write one entry each", `environment[1]: Invalid value: "!prod"`}},
		"NoGlobs":       {reason: "An empty list would match all.", input: network("match", map[string]any{"environment": []any{}}), want: []string{"1 problem", "input.networks[1].match.environment: Required", "leave it out"}},
		"UnknownField":  {reason: "A typing error.", input: network("match", map[string]any{"namespaces": []any{"a"}}), want: []string{"input.networks[1].match.namespaces", `did you mean "namespace"?`}},
		"Name":          {reason: "A name that no object can have.", input: environment(map[string]any{"name": "net-{env}"}), want: []string{`input.environmentConfig.name: Invalid value: "net-{env}"`, "{environment}, {region} and {namespace}"}},
		"Version":       {reason: "A version that never was.", input: environment(map[string]any{"apiVersion": "v1"}), want: []string{`input.environmentConfig.apiVersion: Unsupported value: "v1"`}},
		"Path":          {reason: "A path that leads nowhere.", input: environment(map[string]any{"paths": map[string]any{"vpcId": "a["}}), want: []string{`input.environmentConfig.paths.vpcId: Invalid value: "a["`}},
		"EnvironmentConfig": {
			reason: "Values of an EnvironmentConfig.",
			input:  environment(nil),
			config: wrong,
			want: []string{
				"The environment that the platform gives has 3 problems", "ask the platform team",
				`EnvironmentConfig[net].data.vpcId: Invalid value: "main": must be an id`,
				`EnvironmentConfig[net].data.subnetIds: Invalid value: "subnet-a1": must be a list of ids`, "EnvironmentConfig[net].data.securityGroupIds",
			},
		},
		"Context": {
			reason:  "Values of the context.",
			input:   map[string]any{"environmentConfig": map[string]any{}},
			context: map[string]any{"region": "Frankfurt", "vpcId": "main", "subnetIds": []any{}, "securityGroupIds": []any{"sg-a"}},
			want: []string{
				`context[apiextensions.crossplane.io/environment].region: Invalid value: "Frankfurt"`,
				`context[apiextensions.crossplane.io/environment].vpcId: Invalid value: "main"`,
				"context[apiextensions.crossplane.io/environment].subnetIds: Required",
			},
		},
		"LimitOfRegions": {
			reason: "A region beyond the platform's own limit is the platform's to change.",
			input:  map[string]any{"environmentConfig": map[string]any{"name": "net"}, "limits": map[string]any{"regions": []any{"eu-west-1"}}},
			config: map[string]any{"region": "us-east-1", "vpcId": "vpc-a", "subnetIds": []any{"subnet-a1"}, "securityGroupIds": []any{"sg-a"}},
			want:   []string{`EnvironmentConfig[net].data.region: Invalid value: "us-east-1"`, "allows only eu-west-1"},
		},
		"MultiAZ": {
			reason: "One subnet of the platform's is too few for a claim that spreads its nodes.",
			spec:   map[string]any{"multiAzEnabled": true, "numCacheNodes": 2},
			input:  map[string]any{"region": "eu-central-1", "networks": []any{map[string]any{"vpcId": "vpc-a", "subnetIds": []any{"subnet-a1"}, "securityGroupIds": []any{"sg-a"}}}},
			want:   []string{"spec.multiAzEnabled", "input.networks[0].subnetIds", "ask the platform team"},
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := newCluster(t, flavour, twoFields, crossplane.Options{Input: inputOf(tc.input), Environment: tc.context})
				c.edit(tc.spec)
				if tc.config != nil {
					c.SetEnvironmentConfig("net", tc.config)
				}
				if err := c.Reconcile(); err != nil {
					t.Fatal(err)
				}
				for _, want := range tc.want {
					if got := fatal(c.Response); !strings.Contains(got, want) {
						t.Errorf("%s\nwant %q in\n%s", tc.reason, want, got)
					}
				}
			})
		}
	}
}

// TestEnvironmentConfigOfEveryCore: a claim waits for its EnvironmentConfig by name, in the
// version that each Crossplane has, and gets its cache once it is there. What then becomes
// of the EnvironmentConfig changes nothing.
func TestEnvironmentConfigOfEveryCore(t *testing.T) {
	const v1alpha1 = "apiextensions.crossplane.io/v1alpha1"
	for name, tc := range map[string]struct {
		core     crossplane.Core
		version  any
		flavours []string
	}{
		"1.17":     {crossplane.Core1_15, v1alpha1, []string{flavourClaims}},
		"1.18":     {crossplane.Core1_18, nil, []string{flavourClaims}},
		"1.18-old": {crossplane.Core1_18, v1alpha1, []string{flavourClaims}},
		"2.0":      {crossplane.Core2_0, nil, []string{flavourClaims, flavourNamespaced}},
		"2.2":      {crossplane.Core2_2, nil, []string{flavourClaims, flavourNamespaced}},
	} {
		for _, flavour := range tc.flavours {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := createIn(t, flavour, twoFields, crossplane.Options{Core: tc.core, Input: inputOf(map[string]any{"region": "eu-central-1", "environmentConfig": map[string]any{"name": "net-{environment}", "apiVersion": tc.version}})})
				c.run(10 * time.Minute)
				c.says("Accepted", "True", `The EnvironmentConfig "net-dev" does not exist`, "ask the platform team to make it, or set vpcId, subnetIds, securityGroupIds in the claim")
				c.says("Provisioned", "False", `replication-group waits for the EnvironmentConfig "net-dev"`)
				if got := c.AWS.Written(0); len(got) > 0 {
					t.Errorf("AWS was asked for %v", got)
				}
				c.SetEnvironmentConfig("net-dev", networkOf("a"))
				c.comes("vpc-a")
				c.SetEnvironmentConfig("net-dev", networkOf("b"))
				stays(c)
				c.SetEnvironmentConfig("net-dev", nil)
				stays(c)
			})
		}
	}
}

// stays reports a cache that is changed.
func stays(c cluster) {
	c.t.Helper()
	if err := c.MustStayTheSame(time.Hour); err != nil {
		c.t.Error(err)
	}
	for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Ready"} {
		c.says(kind, "True")
	}
}

// TestNetworkChanges: a network that the platform changes is followed until AWS has the
// cache, and not after that.
func TestNetworkChanges(t *testing.T) {
	mixed := networkOf("a")
	mixed["vpcId"] = "vpc-b"
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			give := func(n map[string]any) *structpb.Struct {
				return inputOf(map[string]any{"region": "eu-central-1", "networks": []any{n}})
			}
			c := createIn(t, flavour, twoFields, crossplane.Options{Input: give(mixed)})
			c.run(5 * time.Minute)
			c.says("Accepted", "False", `input.networks[0].vpcId: "vpc-b" is not the VPC of input.networks[0].subnetIds`, "ask the platform team", "set spec.vpcId and spec.subnetIds in the claim")
			c.SetInput(give(networkOf("c")))
			c.comes("vpc-c")
			c.SetInput(give(networkOf("b")))
			stays(c)
			c.SetInput(nil)
			stays(c)
			c.says("Accepted", "True", "The cache keeps what the claim leaves out: vpcId vpc-c; subnetIds subnet-c1, subnet-c2; securityGroupIds sg-c.")
			c.edit(map[string]any{"vpcId": "vpc-c", "subnetIds": []any{"subnet-c2", "subnet-c1"}, "securityGroupIds": []any{"sg-c"}})
			c.run(time.Minute)
			stays(c)
			c.edit(map[string]any{"vpcId": "vpc-a"})
			c.run(5 * time.Minute)
			c.says("Accepted", "False", `spec.vpcId: "vpc-a" is not applied, the cache keeps "vpc-c"`)
			c.edit(twoFields)
			c.run(time.Minute)
			stays(c)
		})
	}
}

// TestEnvironmentConfigLost: one that goes while the cache is made leaves what there is as
// it is, whatever of it was not made, or is not shown.
func TestEnvironmentConfigLost(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		c := createIn(t, flavour, twoFields, crossplane.Options{Input: inputOf(map[string]any{"environmentConfig": map[string]any{"name": "net"}})})
		config := networkOf("a")
		config["region"] = "eu-central-1"
		c.SetEnvironmentConfig("net", config)
		for c.AWS.SubnetGroups("eu-central-1") == nil {
			c.run(time.Second)
		}
		for _, found := range []map[string]*fnv1.Resources{nil, {"environment-config": {}}} {
			req := clone(c.Request)
			req.RequiredResources = found
			for _, missing := range []string{"", resources.ReplicationGroup, resources.SubnetGroup, resources.URLParameter} {
				req := clone(req)
				delete(req.GetObserved().GetResources(), missing)
				rsp := run(t, req)
				for name := range req.GetObserved().GetResources() {
					if !desiredOf(rsp, name).Exists() {
						t.Errorf("without %q %s is lost: %s", missing, name, fatal(rsp))
					}
				}
				if got := placed(rsp); missing == "" && got != "[subnet-a1 subnet-a2] [sg-a]" {
					t.Errorf("it is placed in %s", got)
				}
			}
		}
	}
}

// TestNetworkNotSeen: what a running cache has in its network, and is not observed, does
// not become the platform's.
func TestNetworkNotSeen(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		req := stage(t, "networks/"+flavour+"/settled")
		req.Input = inputOf(map[string]any{"region": "eu-central-1", "networks": []any{networkOf("b")}})
		for key, value := range twoFields {
			spec(req, key, value)
		}
		for _, missing := range []string{"", resources.SubnetGroup} {
			req := clone(req)
			delete(req.GetObserved().GetResources(), missing)
			rsp := run(t, req)
			want := map[string]string{"": "[subnet-abc subnet-def] [sg-own]", resources.SubnetGroup: "[] [sg-own]"}[missing]
			if got := placed(rsp); got != want {
				t.Errorf("%s without %q: placed in %s, want %s: %s", flavour, missing, got, want, fatal(rsp))
			}
			policies := desiredOf(rsp, resources.SubnetGroup).Value("spec", "managementPolicies").GetListValue().AsSlice()
			if missing != "" && !slices.Equal(policies, []any{"Observe"}) {
				t.Errorf("%s: the subnet group may be changed: %v", flavour, policies)
			}
		}
	}
}

// TestTakeOverWithoutNetwork: a cache that is taken over stays in its network, whoever
// gives another to new caches, or nobody.
func TestTakeOverWithoutNetwork(t *testing.T) {
	m := aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-a1", "subnet-a2"}, SecurityGroupIDs: []string{"sg-xyz"}}
	for name, input := range map[string]map[string]any{
		"Nobody":   {"region": "eu-central-1"},
		"Platform": {"region": "eu-central-1", "networks": []any{networkOf("b")}},
	} {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := createIn(t, flavour, twoFields, crossplane.Options{Input: inputOf(input)})
				c.edit(map[string]any{"existing": map[string]any{}})
				c.AWS.Add(m.Stack())
				c.run(time.Hour)
				changes, _, _ := unstructured.NestedStringSlice(c.XR().Object, "status", "changes")
				if slices.ContainsFunc(changes, func(s string) bool { return strings.HasPrefix(s, "change ") || strings.HasPrefix(s, "cannot") }) {
					t.Errorf("taking over would change %q", changes)
				}
				c.edit(map[string]any{"existing": map[string]any{"mode": "TakeOver"}})
				c.run(time.Hour)
				stays(c)
				if got := c.AWS.ReplicationGroups()[0]; !cmp.Equal(got.SecurityGroupIDs, []string{"sg-xyz"}) {
					t.Errorf("it has the security groups %v", got.SecurityGroupIDs)
				}
			})
		}
	}
}
