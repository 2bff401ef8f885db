package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// CLI answers a command of the AWS CLI, as in
//
//	cloud.CLI("eu-central-1", "elasticache", "describe-replication-groups", "--replication-group-id", "app")
//
// with the JSON, or the error, that the CLI prints. The fields are those of
// aws-sdk-go-v2, service/elasticache/types and service/ssm/types. What a replication
// group does not tell, such as its engine version, its clusters do.
func (c *Cloud) CLI(region string, command ...string) (string, error) {
	if len(command) < 2 {
		return "", errors.New("a service and an operation are needed")
	}
	answer, known := map[string]func(region string, options map[string]string) (any, *refusal){
		"elasticache describe-replication-groups":     c.cliReplicationGroups,
		"elasticache describe-cache-clusters":         c.cliCacheClusters,
		"elasticache describe-cache-subnet-groups":    c.cliSubnetGroups,
		"elasticache describe-cache-parameter-groups": c.cliParameterGroups,
		"elasticache describe-cache-parameters":       c.cliParameters,
		"elasticache list-tags-for-resource":          c.cliTags,
		"ssm get-parameter":                           c.cliParameter,
		"ssm describe-parameters":                     c.cliURLs,
	}[command[0]+" "+command[1]]
	if !known {
		return "", fmt.Errorf("this model does not answer aws %s", strings.Join(command, " "))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out, refused := answer(region, optionsOf(command[2:]))
	if refused != nil {
		return "", fmt.Errorf("an error occurred (%s) when calling the %s operation: %s", refused.code, camel(command[1]), refused.message)
	}
	b, err := json.MarshalIndent(out, "", "    ")
	return string(b) + "\n", err
}

// optionsOf a command: those without a value are true.
func optionsOf(words []string) map[string]string {
	out := map[string]string{}
	for i, word := range words {
		name, isOption := strings.CutPrefix(word, "--")
		switch {
		case !isOption:
		case i+1 < len(words) && !strings.HasPrefix(words[i+1], "--"):
			out[name] = words[i+1]
		default:
			out[name] = "true"
		}
	}
	return out
}

// camel form of an operation's name.
func camel(operation string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(operation, "-") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// Objects of the CLI's answers. A field that is empty is left out.
type (
	cliEndpoint struct {
		Address string
		Port    int
	}
	cliMember struct {
		CacheClusterID string       `json:"CacheClusterId"`
		CacheNodeID    string       `json:"CacheNodeId"`
		ReadEndpoint   *cliEndpoint `json:",omitempty"`
		CurrentRole    string       `json:",omitempty"`
	}
	cliNodeGroup struct {
		NodeGroupID      string `json:"NodeGroupId"`
		Status           string
		PrimaryEndpoint  *cliEndpoint `json:",omitempty"`
		ReaderEndpoint   *cliEndpoint `json:",omitempty"`
		Slots            string       `json:",omitempty"`
		NodeGroupMembers []cliMember
	}
	cliGlobal struct {
		GlobalReplicationGroupID         string `json:"GlobalReplicationGroupId,omitempty"`
		GlobalReplicationGroupMemberRole string `json:",omitempty"`
	}
	cliLogDelivery struct {
		LogType            string
		DestinationType    string
		DestinationDetails map[string]map[string]string
		LogFormat          string
		Status             string
	}
	cliReplicationGroup struct {
		ReplicationGroupID         string `json:"ReplicationGroupId"`
		Description                string
		GlobalReplicationGroupInfo cliGlobal
		Status                     string
		PendingModifiedValues      struct{}
		MemberClusters             []string
		NodeGroups                 []cliNodeGroup
		AutomaticFailover          string
		MultiAZ                    string
		ConfigurationEndpoint      *cliEndpoint `json:",omitempty"`
		SnapshotRetentionLimit     int
		SnapshotWindow             string
		ClusterEnabled             bool
		CacheNodeType              string
		AuthTokenEnabled           bool
		TransitEncryptionEnabled   bool
		AtRestEncryptionEnabled    bool
		KmsKeyID                   string `json:"KmsKeyId,omitempty"`
		ARN                        string
		UserGroupIDs               []string `json:"UserGroupIds,omitempty"`
		LogDeliveryConfigurations  []cliLogDelivery
		ReplicationGroupCreateTime string
		DataTiering                string
		AutoMinorVersionUpgrade    bool
		NetworkType                string
		IPDiscovery                string  `json:"IpDiscovery"`
		TransitEncryptionMode      TLSMode `json:",omitempty"`
		ClusterMode                string
		Engine                     string
	}
	cliCacheCluster struct {
		CacheClusterID                     string `json:"CacheClusterId"`
		CacheNodeType                      string `json:",omitempty"`
		Engine                             string
		EngineVersion                      string `json:",omitempty"`
		CacheClusterStatus                 string
		NumCacheNodes                      int
		CacheClusterCreateTime             string            `json:",omitempty"`
		PreferredMaintenanceWindow         string            `json:",omitempty"`
		NotificationConfiguration          map[string]string `json:",omitempty"`
		CacheSecurityGroups                []string
		CacheParameterGroup                map[string]any `json:",omitempty"`
		CacheSubnetGroupName               string
		AutoMinorVersionUpgrade            bool
		SecurityGroups                     []map[string]string
		ReplicationGroupID                 string `json:"ReplicationGroupId,omitempty"`
		SnapshotRetentionLimit             int
		SnapshotWindow                     string `json:",omitempty"`
		AuthTokenEnabled                   bool
		TransitEncryptionEnabled           bool
		AtRestEncryptionEnabled            bool
		ReplicationGroupLogDeliveryEnabled bool
	}
)

func (c *Cloud) cliReplicationGroups(region string, options map[string]string) (any, *refusal) {
	id, one := options["replication-group-id"]
	out := []cliReplicationGroup{}
	for _, k := range c.groupKeys() {
		if g := c.groups[k]; k.region == region && (!one || k.name == id) {
			out = append(out, g.cli())
		}
	}
	if one && len(out) == 0 {
		return nil, groupNotFound(id)
	}
	return map[string]any{"ReplicationGroups": out}, nil
}

func (g *group) cli() cliReplicationGroup {
	out := cliReplicationGroup{
		ReplicationGroupID: g.ID, Description: g.Description, Status: g.Status, MemberClusters: g.MemberClusters,
		NodeGroups: g.cliNodeGroups(), AutomaticFailover: enabled(g.AutomaticFailover), MultiAZ: enabled(g.MultiAZ),
		ConfigurationEndpoint:  endpoint(g.Endpoint.Configuration, g.Endpoint.Port),
		SnapshotRetentionLimit: g.SnapshotRetentionLimit, SnapshotWindow: g.SnapshotWindow,
		ClusterEnabled: g.Shards > 0, CacheNodeType: g.NodeType, AuthTokenEnabled: g.AuthTokenEnabled,
		TransitEncryptionEnabled: g.TLS != TLSOff, AtRestEncryptionEnabled: g.AtRestEncryption, KmsKeyID: g.KMSKeyID, ARN: g.ARN,
		UserGroupIDs: g.UserGroupIDs, LogDeliveryConfigurations: []cliLogDelivery{},
		ReplicationGroupCreateTime: g.Created.UTC().Format(time.RFC3339), DataTiering: enabled(g.DataTiering),
		AutoMinorVersionUpgrade: g.AutoMinorVersionUpgrade, NetworkType: "ipv4", IPDiscovery: "ipv4",
		TransitEncryptionMode: g.TLS, ClusterMode: enabled(g.Shards > 0), Engine: g.Engine,
	}
	if g.GlobalDatastore != "" {
		out.GlobalReplicationGroupInfo = cliGlobal{GlobalReplicationGroupID: g.GlobalDatastore, GlobalReplicationGroupMemberRole: "PRIMARY"}
	}
	for _, l := range g.LogDelivery {
		kind, field := "CloudWatchLogsDetails", "LogGroup"
		if l.DestinationType == "kinesis-firehose" {
			kind, field = "KinesisFirehoseDetails", "DeliveryStream"
		}
		out.LogDeliveryConfigurations = append(out.LogDeliveryConfigurations, cliLogDelivery{
			LogType: l.LogType, DestinationType: l.DestinationType, LogFormat: l.LogFormat, Status: "active",
			DestinationDetails: map[string]map[string]string{kind: {field: l.Destination}},
		})
	}
	return out
}

func (g *group) cliNodeGroups() []cliNodeGroup {
	shards := max(g.Shards, 1)
	out := make([]cliNodeGroup, shards)
	for i := range out {
		out[i] = cliNodeGroup{
			NodeGroupID: fmt.Sprintf("%04d", i+1), Status: g.Status,
			PrimaryEndpoint: endpoint(g.Endpoint.Primary, g.Endpoint.Port), ReaderEndpoint: endpoint(g.Endpoint.Reader, g.Endpoint.Port),
		}
		if g.Shards > 0 {
			out[i].Slots = fmt.Sprintf("%d-%d", 16384*i/shards, 16384*(i+1)/shards-1)
		}
	}
	for i, name := range g.MemberClusters {
		m := cliMember{CacheClusterID: name, CacheNodeID: "0001"}
		if g.Shards == 0 {
			m.ReadEndpoint = endpoint(strings.Replace(g.Endpoint.Primary, g.ID, name, 1), g.Endpoint.Port)
			m.CurrentRole = map[bool]string{true: "primary", false: "replica"}[name == g.primary]
		}
		out[i%shards].NodeGroupMembers = append(out[i%shards].NodeGroupMembers, m)
	}
	return out
}

func endpoint(address string, port int) *cliEndpoint {
	if address == "" {
		return nil
	}
	return &cliEndpoint{Address: address, Port: port}
}

func enabled(on bool) string { return map[bool]string{true: "enabled", false: "disabled"}[on] }

// cliCacheClusters of a region, or one. With --show-cache-node-info it tells no more.
func (c *Cloud) cliCacheClusters(region string, options map[string]string) (any, *refusal) {
	id, one := options["cache-cluster-id"]
	out := []cliCacheCluster{}
	for _, k := range c.groupKeys() {
		for _, name := range c.groups[k].MemberClusters {
			if k.region == region && (!one || name == id) {
				out = append(out, c.groups[k].cliCluster(name))
			}
		}
	}
	for k, subnetGroup := range c.memcached {
		if k.region == region && (!one || k.name == id) {
			out = append(out, cliCacheCluster{CacheClusterID: k.name, Engine: "memcached", CacheClusterStatus: StatusAvailable, NumCacheNodes: 1, CacheSubnetGroupName: subnetGroup})
		}
	}
	if one && len(out) == 0 {
		return nil, refuse(CodeClusterNotFound, "CacheCluster not found: %s", id)
	}
	slices.SortFunc(out, func(a, b cliCacheCluster) int { return strings.Compare(a.CacheClusterID, b.CacheClusterID) })
	return map[string]any{"CacheClusters": out}, nil
}

func (g *group) cliCluster(name string) cliCacheCluster {
	out := cliCacheCluster{
		CacheClusterID: name, CacheNodeType: g.NodeType, Engine: g.Engine, EngineVersion: g.EngineVersion, CacheClusterStatus: g.Status,
		NumCacheNodes: 1, CacheClusterCreateTime: g.Created.UTC().Format(time.RFC3339), PreferredMaintenanceWindow: g.MaintenanceWindow,
		CacheSecurityGroups:  []string{},
		CacheParameterGroup:  map[string]any{"CacheParameterGroupName": g.ParameterGroup, "ParameterApplyStatus": "in-sync", "CacheNodeIdsToReboot": []string{}},
		CacheSubnetGroupName: g.SubnetGroup, AutoMinorVersionUpgrade: g.AutoMinorVersionUpgrade, ReplicationGroupID: g.ID,
		SnapshotRetentionLimit: g.SnapshotRetentionLimit, SnapshotWindow: g.SnapshotWindow, AuthTokenEnabled: g.AuthTokenEnabled,
		TransitEncryptionEnabled: g.TLS != TLSOff, AtRestEncryptionEnabled: g.AtRestEncryption, ReplicationGroupLogDeliveryEnabled: len(g.LogDelivery) > 0,
	}
	if g.NotificationTopic != "" {
		out.NotificationConfiguration = map[string]string{"TopicArn": g.NotificationTopic, "TopicStatus": "active"}
	}
	for _, id := range g.SecurityGroupIDs {
		out.SecurityGroups = append(out.SecurityGroups, map[string]string{"SecurityGroupId": id, "Status": "active"})
	}
	return out
}

func (c *Cloud) cliSubnetGroups(region string, options map[string]string) (any, *refusal) {
	name, one := options["cache-subnet-group-name"]
	out := []map[string]any{}
	for k, s := range c.subnetGroups {
		if k.region != region || (one && k.name != name) {
			continue
		}
		subnets := []map[string]any{}
		for _, id := range s.SubnetIDs {
			subnets = append(subnets, map[string]any{"SubnetIdentifier": id, "SubnetAvailabilityZone": map[string]any{"Name": c.zone(id)}, "SupportedNetworkTypes": []string{"ipv4"}})
		}
		out = append(out, map[string]any{
			"CacheSubnetGroupName": s.Name, "CacheSubnetGroupDescription": s.Description, "VpcId": s.VPC, "Subnets": subnets,
			"ARN": s.ARN, "SupportedNetworkTypes": []string{"ipv4"},
		})
	}
	if one && len(out) == 0 {
		return nil, subnetGroupNotFound(name)
	}
	return map[string]any{"CacheSubnetGroups": sortedBy("CacheSubnetGroupName", out)}, nil
}

func (c *Cloud) cliParameterGroups(region string, options map[string]string) (any, *refusal) {
	name, one := options["cache-parameter-group-name"]
	out := []map[string]any{}
	for k, p := range c.parameterGroups {
		if k.region == region && (!one || k.name == name) {
			out = append(out, map[string]any{"CacheParameterGroupName": p.Name, "CacheParameterGroupFamily": p.Family, "Description": p.Description, "IsGlobal": false, "ARN": p.ARN})
		}
	}
	if one && len(out) == 0 {
		return nil, parameterGroupNotFound(name)
	}
	return map[string]any{"CacheParameterGroups": sortedBy("CacheParameterGroupName", out)}, nil
}

// cliParameters that somebody has set: this model knows no others, so that they are
// asked for with --source user. The answer does not name their group.
func (c *Cloud) cliParameters(region string, options map[string]string) (any, *refusal) {
	p, ok := c.parameterGroups[key{region, options["cache-parameter-group-name"]}]
	switch {
	case !ok:
		return nil, parameterGroupNotFound(options["cache-parameter-group-name"])
	case options["source"] != "user":
		return nil, refuse(CodeParameterValue, "this model knows the parameters of --source user only")
	}
	out := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(p.Parameters)) {
		out = append(out, map[string]any{"ParameterName": name, "ParameterValue": p.Parameters[name], "Source": "user", "IsModifiable": true, "ChangeType": "immediate"})
	}
	return map[string]any{"Parameters": out}, nil
}

func (c *Cloud) cliTags(_ string, options map[string]string) (any, *refusal) {
	tags := c.tagsOf(options["resource-name"])
	if tags == nil {
		return nil, refuse(CodeParameterValue, "The resource %s does not exist.", options["resource-name"])
	}
	out := []map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(*tags)) {
		out = append(out, map[string]string{"Key": k, "Value": (*tags)[k]})
	}
	return map[string]any{"TagList": out}, nil
}

func (c *Cloud) cliParameter(region string, options map[string]string) (any, *refusal) {
	p, ok := c.parameters[key{region, options["name"]}]
	if !ok {
		return nil, refuse(CodeParameterNotFound, "Parameter %s not found.", options["name"])
	}
	value := p.Value
	if p.Type == TypeSecureString && options["with-decryption"] == "" {
		value = "AQICAHencrypted" // It has no meaning.
	}
	return map[string]any{"Parameter": map[string]any{"Name": p.Name, "Type": p.Type, "Value": value, "Version": p.Version, "ARN": p.ARN, "DataType": "text"}}, nil
}

// cliURLs are the parameters of a region, without their values, or the one that a filter
// names.
func (c *Cloud) cliURLs(region string, options map[string]string) (any, *refusal) {
	name, one := strings.CutPrefix(options["parameter-filters"], "Key=Name,Values=")
	out := []map[string]any{}
	for k, p := range c.parameters {
		if k.region == region && (!one || k.name == name) {
			out = append(out, map[string]any{"Name": p.Name, "ARN": p.ARN, "Type": p.Type, "KeyId": p.KeyID, "Tier": p.Tier, "Description": p.Description, "Version": p.Version, "DataType": "text"})
		}
	}
	return map[string]any{"Parameters": sortedBy("Name", out)}, nil
}

func sortedBy(field string, list []map[string]any) []map[string]any {
	slices.SortFunc(list, func(a, b map[string]any) int { return strings.Compare(a[field].(string), b[field].(string)) })
	return list
}
