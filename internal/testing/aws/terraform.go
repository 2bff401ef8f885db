package aws

import (
	"cmp"
	"maps"
)

// TerraformModule is the Terraform module that teams have, by its variables, whose
// defaults are the module's. It makes four resources, with names that are not those of
// anybody else.
type TerraformModule struct {
	AppName, Environment   string
	SubnetIDs              []string
	SecurityGroupIDs       []string
	Tags                   map[string]string
	NodeType               string
	NumCacheNodes          int
	EngineVersion          string
	MultiAZEnabled         bool
	SnapshotRetentionLimit int
	AuthToken              string // With enable_auth_token, which goes with TLS.

	Region     string // Of Terraform's provider: eu-central-1 by default.
	StringType bool   // The URL is a String in Parameter Store, and no SecureString.
}

// ID of the module's cache.
func (m TerraformModule) ID() string { return m.AppName + "-" + m.Environment + "-redis" }

// ParameterName of the module's URL in Parameter Store.
func (m TerraformModule) ParameterName() string {
	return "/" + m.AppName + "/" + m.Environment + "/redis/url"
}

// Stack that the module makes. Terraform describes what nobody describes as its own:
// terraform-provider-aws 6.34, subnet_group.go and parameter_group.go.
func (m TerraformModule) Stack() Stack {
	id, tags := m.ID(), map[string]string{"Name": m.ID(), "ManagedBy": "Terraform"}
	maps.Copy(tags, m.Tags)
	nodes := max(m.NumCacheNodes, 1)
	s := Stack{
		By: "terraform",
		Cache: ReplicationGroup{
			Region: cmp.Or(m.Region, "eu-central-1"), ID: id, Description: "Redis for " + m.AppName + " " + m.Environment,
			Engine: Redis, EngineVersion: cmp.Or(m.EngineVersion, "7.1"), NodeType: cmp.Or(m.NodeType, "cache.t3.micro"), Nodes: nodes,
			AutomaticFailover: nodes > 1, MultiAZ: m.MultiAZEnabled, SecurityGroupIDs: m.SecurityGroupIDs,
			AtRestEncryption: true, AutoMinorVersionUpgrade: true,
			MaintenanceWindow: "sun:05:00-sun:07:00", SnapshotWindow: "03:00-05:00", SnapshotRetentionLimit: m.SnapshotRetentionLimit,
			Tags: tags,
		},
		Subnets: SubnetGroup{Name: id + "-subnet-group", Description: "Managed by Terraform", SubnetIDs: m.SubnetIDs, Tags: tags},
		Parameters: ParameterGroup{
			Name: id + "-params", Description: "Managed by Terraform", Tags: tags,
			Parameters: map[string]string{"maxmemory-policy": "allkeys-lru", "timeout": "300"},
		},
		URL: Parameter{Name: m.ParameterName(), Tags: tags},
	}
	if m.StringType {
		s.URL.Type = TypeString
	}
	if m.AuthToken != "" {
		s.Tokens = []string{m.AuthToken}
	}
	return s
}
