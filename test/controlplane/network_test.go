package controlplane

import (
	"fmt"
	"testing"
	"time"
)

// TestEnvironmentConfig makes caches of claims that name no network. They wait for the
// EnvironmentConfig that the platform names, say so, and are made in its network.
func TestEnvironmentConfig(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			ctx := t.Context()
			name := "network-" + f.name
			team, err := plane.newTeam(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			choice, err := f.compositionWith(ctx, name, map[string]any{"environmentConfig": map[string]any{
				"name": name + "-{environment}", "paths": map[string]any{"vpcId": "vpc.id", "subnetIds": "vpc.subnets", "securityGroupIds": "vpc.groups"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			c := cache{flavour: f, team: team, name: name}
			claim, err := parse(fmt.Sprintf(`{apiVersion: %s, kind: %s, metadata: {name: %[3]s, namespace: %[3]s}, spec: {appName: %[3]s, environment: dev, %[4]s}}`, f.resource.GroupVersion(), f.kind, name, choice))
			if err != nil {
				t.Fatal(err)
			}
			if err := team.apply(ctx, f.resource, claim); err != nil {
				t.Fatal(err)
			}
			says(t, fmt.Sprintf("EnvironmentConfig %q does not exist", name+"-dev"), c.claim)
			if _, has := plane.provider.has(c.clusterID()); has {
				t.Fatal("the cache was made without its network")
			}
			if err := plane.admin.applyYAML(ctx, environmentConfigs, `
apiVersion: apiextensions.crossplane.io/v1beta1
kind: EnvironmentConfig
metadata: {name: %s-dev}
data: {region: eu-central-1, vpc: {id: vpc-123, subnets: [subnet-a, subnet-b], groups: [sg-1]}}`, name); err != nil {
				t.Fatal(err)
			}
			if err := c.ready(ctx, 3*time.Minute); err != nil { // Crossplane looks again once a minute.
				t.Fatal(err)
			}
			if g, _ := plane.provider.has(c.clusterID()); g.Region != "eu-central-1" || len(g.SecurityGroupIDs) != 1 || g.SecurityGroupIDs[0] != "sg-1" {
				t.Errorf("the cache is in %s with the security groups %v", g.Region, g.SecurityGroupIDs)
			}
			if err := c.remove(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}
