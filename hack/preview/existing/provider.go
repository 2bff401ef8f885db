package existing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// A seen resource is what the provider observes of one in AWS.
type seen struct {
	atProvider map[string]any
	connection map[string][]byte
}

// look at what AWS has under the name of a resource, nil if it has nothing.
func (a *Answers) look(r protocol.Object, name string) *seen {
	switch r.Text("kind") {
	case "ReplicationGroup":
		return a.replicationGroup(r, name)
	case "SubnetGroup":
		return a.subnetGroup(r, name)
	case "ParameterGroup":
		return a.parameterGroup(r, name)
	}
	return a.urlParameter(r, name)
}

// group of an id in a region, nil if there is none.
func (a *Answers) group(id, region string) *replicationGroup {
	i := slices.IndexFunc(a.ReplicationGroups, func(g replicationGroup) bool {
		return g.ReplicationGroupID == id && isIn(region, g.ARN)
	})
	if i < 0 {
		return nil
	}
	return &a.ReplicationGroups[i]
}

// node of a replication group, nil if none is given. All are alike, but for their state.
func (a *Answers) node(id, region string) *cacheCluster {
	if nodes := a.nodes(id, region); len(nodes) > 0 {
		return &nodes[0]
	}
	return nil
}

// nodes of a replication group that are given, each as it was gathered last.
func (a *Answers) nodes(id, region string) []cacheCluster {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(a.CacheClusters), func(c cacheCluster) bool {
		again := c.CacheClusterID != "" && seen[c.CacheClusterID]
		seen[c.CacheClusterID] = true
		return again || c.ReplicationGroupID != id || !isIn(region, c.ARN)
	})
}

func (a *Answers) replicationGroup(r protocol.Object, id string) *seen {
	g, node := a.group(id, region(r)), a.node(id, region(r))
	if g == nil || node == nil {
		return nil
	}
	at := g.ConfigurationEndpoint
	var nodes nodeGroup
	if len(g.NodeGroups) > 0 {
		nodes = g.NodeGroups[0]
	}
	if at.Address == "" {
		at = nodes.PrimaryEndpoint
	} else {
		nodes = nodeGroup{}
	}
	out := map[string]any{
		"id": id, "arn": g.ARN, "region": region(r), "description": g.Description,
		"atRestEncryptionEnabled": strconv.FormatBool(g.AtRestEncryptionEnabled), "kmsKeyId": g.KmsKeyID,
		"autoMinorVersionUpgrade": strconv.FormatBool(ptr.Deref(g.AutoMinorVersionUpgrade, false)), "automaticFailoverEnabled": isOn(g.AutomaticFailover), "multiAzEnabled": isOn(g.MultiAZ),
		"clusterEnabled": g.ClusterEnabled, "configurationEndpointAddress": g.ConfigurationEndpoint.Address, "dataTieringEnabled": isOn(g.DataTiering),
		"engine": node.Engine, "engineVersion": versionName(r, node.EngineVersion), "engineVersionActual": node.EngineVersion,
		"maintenanceWindow": node.PreferredMaintenanceWindow, "memberClusters": list(g.MemberClusters), "nodeType": g.CacheNodeType,
		"numCacheClusters": float64(len(g.MemberClusters)), "numNodeGroups": float64(max(len(g.NodeGroups), 1)), "port": float64(at.Port),
		"parameterGroupName": node.CacheParameterGroup.CacheParameterGroupName, "subnetGroupName": node.CacheSubnetGroupName,
		"primaryEndpointAddress": nodes.PrimaryEndpoint.Address, "readerEndpointAddress": nodes.ReaderEndpoint.Address,
		"snapshotRetentionLimit": float64(g.SnapshotRetentionLimit), "snapshotWindow": g.SnapshotWindow,
		"tags": a.tags(), "transitEncryptionEnabled": g.TransitEncryptionEnabled, "transitEncryptionMode": g.TransitEncryptionMode,
		"globalReplicationGroupId": g.GlobalReplicationGroupInfo.GlobalReplicationGroupID, "notificationTopicArn": node.NotificationConfiguration.TopicArn,
		"userGroupIds": list(g.UserGroupIDs),
	}
	var groups []string
	for _, sg := range node.SecurityGroups {
		groups = append(groups, sg.SecurityGroupID)
	}
	out["securityGroupIds"] = list(groups)
	var logs []any
	for _, l := range g.LogDeliveryConfigurations {
		logs = append(logs, map[string]any{"logType": l.LogType, "destinationType": l.DestinationType, "logFormat": l.LogFormat})
	}
	out["logDeliveryConfiguration"] = logs
	connection := map[string][]byte{"port": []byte(strconv.FormatInt(at.Port, 10)), "primary_endpoint_address": []byte(at.Address)}
	if !g.AuthTokenEnabled {
		connection["attribute.auth_token"] = nil // It is there and empty: without AUTH there is none.
	}
	return &seen{out, connection}
}

// versionName is how the provider shows a version: as 6.x if the spec says so.
func versionName(r protocol.Object, full string) string {
	major, _, _ := strings.Cut(full, ".")
	if asked := r.Text("spec", "forProvider", "engineVersion"); asked == major+".x" {
		return asked
	}
	return redis.VersionName(full)
}

// tags of the cache, but for those of AWS itself, such as CloudFormation's: the provider
// leaves them out.
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/tags/key_value_tags.go
func (a *Answers) tags() map[string]any {
	out := map[string]any{}
	for _, t := range a.TagList {
		if !strings.HasPrefix(t.Key, "aws:") {
			out[t.Key] = t.Value
		}
	}
	return out
}

// subnetGroup that the answers have. One that only a cache names has the subnets that are
// asked for, as far as is known.
func (a *Answers) subnetGroup(r protocol.Object, name string) *seen {
	for _, s := range a.CacheSubnetGroups {
		if s.CacheSubnetGroupName != name || !isIn(region(r), s.ARN) {
			continue
		}
		var subnets []string
		for _, n := range s.Subnets {
			subnets = append(subnets, n.SubnetIdentifier)
		}
		return &seen{map[string]any{"id": name, "arn": s.ARN, "region": region(r), "description": s.CacheSubnetGroupDescription, "vpcId": s.VpcID, "subnetIds": list(subnets)}, nil}
	}
	if !slices.ContainsFunc(a.CacheClusters, func(c cacheCluster) bool { return c.CacheSubnetGroupName == name }) {
		return nil
	}
	return &seen{map[string]any{"id": name, "region": region(r)}, nil}
}

// parameterGroup that a cache uses. Its family is that of the cache's version.
func (a *Answers) parameterGroup(r protocol.Object, name string) *seen {
	for _, c := range a.CacheClusters {
		if c.CacheParameterGroup.CacheParameterGroupName != name {
			continue
		}
		family, _ := redis.Family(redis.Engine(c.Engine), redis.VersionName(c.EngineVersion))
		parameters := []any{}
		for _, p := range a.Parameters {
			if p.ParameterName != "" && p.Source != "system" {
				parameters = append(parameters, map[string]any{"name": p.ParameterName, "value": p.ParameterValue})
			}
		}
		return &seen{map[string]any{"id": name, "name": name, "region": region(r), "family": family, "parameter": parameters}, nil}
	}
	return nil
}

// urlParameter that the answers have. One of which they say nothing is as the Terraform
// module makes it, as far as is known.
func (a *Answers) urlParameter(r protocol.Object, name string) *seen {
	for _, p := range a.Parameters {
		if p.Name == name && isIn(region(r), p.ARN) {
			return &seen{map[string]any{"id": name, "type": p.Type, "tier": cmp.Or(p.Tier, "Standard"), "keyId": p.KeyId, "description": p.Description, "tags": a.tags()}, nil}
		}
	}
	if !a.knows(a.ofStore(name, region(r)), a.ofGroups()) {
		return &seen{map[string]any{"id": name, "type": "SecureString", "tier": "Standard", "tags": a.tags()}, nil}
	}
	return nil
}

// find what the answers tell about a cache that the provider does not, and what they
// leave out.
func (a *Answers) find(id, region, path string) Findings {
	g, node := a.group(id, region), a.node(id, region)
	if g == nil || node == nil {
		return Findings{}
	}
	out := Findings{NotKnown: a.notKnown(g, node, region, path)}
	out.state(g, a.nodes(id, region), region)
	return out
}

// missingNodes of a cache. One without an id may be any.
func (a *Answers) missingNodes(g *replicationGroup, region string) []string {
	var out []string
	for _, id := range g.MemberClusters {
		if !slices.ContainsFunc(a.nodes(g.ReplicationGroupID, region), func(c cacheCluster) bool { return slices.Contains([]string{id, ""}, c.CacheClusterID) }) {
			out = append(out, fmt.Sprintf("node %s: aws elasticache describe-cache-clusters --cache-cluster-id %s --region %s", id, id, region))
		}
	}
	return out
}

// notKnown is what the answers leave out about a cache, each with the command that says it.
func (a *Answers) notKnown(g *replicationGroup, node *cacheCluster, region, path string) []string {
	group, subnets := node.CacheParameterGroup.CacheParameterGroupName, node.CacheSubnetGroupName
	out, leftOut := a.missingNodes(g, region), g.leftOut()
	for _, part := range []struct {
		given   bool
		what    string
		command string
	}{
		{len(leftOut) == 0, strings.Join(leftOut, ", ") + " of the cache", "elasticache describe-replication-groups --replication-group-id " + g.ReplicationGroupID},
		{a.TagList != nil, "tags of the cache", "elasticache list-tags-for-resource --resource-name " + g.ARN},
		{a.knows(a.ofGroup(), a.ofStore(path, region)) || resources.IsDefaultGroup(group), "parameters of " + group, "elasticache describe-cache-parameters --source user --cache-parameter-group-name " + group},
		{slices.ContainsFunc(a.CacheSubnetGroups, func(s subnetGroup) bool { return s.CacheSubnetGroupName == subnets && isIn(region, s.ARN) }), "subnets of " + subnets, "elasticache describe-cache-subnet-groups --cache-subnet-group-name " + subnets},
		{a.knows(a.ofStore(path, region), a.ofGroups()), "type of the parameter " + path, "ssm describe-parameters --parameter-filters Key=Name,Values=" + path},
	} {
		if !part.given {
			out = append(out, fmt.Sprintf("%s: aws %s --region %s", part.what, part.command, region))
		}
	}
	return out
}

// leftOut are the fields that --query, or an old AWS CLI, leaves out of a cache.
func (g *replicationGroup) leftOut() []string {
	var out []string
	for _, field := range []struct {
		name  string
		given bool
	}{
		{"Status", g.Status != ""},
		{"CacheNodeType", g.CacheNodeType != ""},
		{"MemberClusters", len(g.MemberClusters) > 0},
		{"AutoMinorVersionUpgrade", g.AutoMinorVersionUpgrade != nil},
		{"TransitEncryptionMode", g.TransitEncryptionMode != "" || !g.TransitEncryptionEnabled},
	} {
		if !field.given {
			out = append(out, field.name)
		}
	}
	return out
}

func region(r protocol.Object) string { return r.Text("spec", "forProvider", "region") }

func isOn(s string) bool { return s == "enabled" || s == "enabling" }

// list of strings, sorted.
func list(texts []string) []any {
	out := []any{}
	for _, s := range slices.Sorted(slices.Values(texts)) {
		out = append(out, s)
	}
	return out
}
