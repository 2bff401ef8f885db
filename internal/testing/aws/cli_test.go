package aws

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCLI: the answer to the command that everybody begins with, in full.
func TestCLI(t *testing.T) {
	const want = `{
    "ReplicationGroups": [
        {
            "ReplicationGroupId": "shop-dev-redis",
            "Description": "Redis for shop dev",
            "GlobalReplicationGroupInfo": {},
            "Status": "available",
            "PendingModifiedValues": {},
            "MemberClusters": [
                "shop-dev-redis-001"
            ],
            "NodeGroups": [
                {
                    "NodeGroupId": "0001",
                    "Status": "available",
                    "PrimaryEndpoint": {
                        "Address": "shop-dev-redis.abc123.ng.0001.euc1.cache.amazonaws.com",
                        "Port": 6379
                    },
                    "ReaderEndpoint": {
                        "Address": "shop-dev-redis-ro.abc123.ng.0001.euc1.cache.amazonaws.com",
                        "Port": 6379
                    },
                    "NodeGroupMembers": [
                        {
                            "CacheClusterId": "shop-dev-redis-001",
                            "CacheNodeId": "0001",
                            "ReadEndpoint": {
                                "Address": "shop-dev-redis-001.abc123.ng.0001.euc1.cache.amazonaws.com",
                                "Port": 6379
                            },
                            "CurrentRole": "primary"
                        }
                    ]
                }
            ],
            "AutomaticFailover": "disabled",
            "MultiAZ": "disabled",
            "SnapshotRetentionLimit": 0,
            "SnapshotWindow": "03:00-05:00",
            "ClusterEnabled": false,
            "CacheNodeType": "cache.t3.micro",
            "AuthTokenEnabled": false,
            "TransitEncryptionEnabled": false,
            "AtRestEncryptionEnabled": true,
            "ARN": "arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:shop-dev-redis",
            "LogDeliveryConfigurations": [],
            "ReplicationGroupCreateTime": "2026-01-01T12:00:00Z",
            "DataTiering": "disabled",
            "AutoMinorVersionUpgrade": true,
            "NetworkType": "ipv4",
            "IpDiscovery": "ipv4",
            "ClusterMode": "disabled",
            "Engine": "redis"
        }
    ]
}
`
	c := New(start, Options{})
	c.Add(TerraformModule{AppName: "shop", Environment: "dev"}.Stack())
	got, err := c.CLI(region, "elasticache", "describe-replication-groups")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestCLICommands: what commands tell of a cache, and what they answer to mistakes.
func TestCLICommands(t *testing.T) {
	const arn = "arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:legacy"
	cases := map[string]struct {
		reason  string
		variant string
		command string
		want    string
		err     string
	}{
		"Auth":            {reason: "Whether AUTH is on.", variant: "Auth", command: "elasticache describe-replication-groups --replication-group-id legacy", want: `"AuthTokenEnabled": true`},
		"Mode":            {reason: "The mode of TLS.", variant: "TLSPreferred", command: "elasticache describe-replication-groups", want: `"TransitEncryptionMode": "preferred"`},
		"LogDelivery":     {reason: "Log delivery.", variant: "LogDelivery", command: "elasticache describe-replication-groups", want: `"LogGroup": "redis"`},
		"UserGroups":      {reason: "User groups.", variant: "UserGroups", command: "elasticache describe-replication-groups", want: `"UserGroupIds": [`},
		"Global":          {reason: "A global datastore.", variant: "GlobalDatastore", command: "elasticache describe-replication-groups", want: `"GlobalReplicationGroupId": "ldgnf-global"`},
		"DataTiering":     {reason: "Data tiering.", variant: "DataTiering", command: "elasticache describe-replication-groups", want: `"DataTiering": "enabled"`},
		"Cluster":         {reason: "Cluster mode.", variant: "ClusterMode", command: "elasticache describe-replication-groups", want: `"ClusterEnabled": true`},
		"Configuration":   {reason: "With an endpoint of its own.", variant: "ClusterMode", command: "elasticache describe-replication-groups", want: `"Address": "legacy.abc123.clustercfg.euc1.cache.amazonaws.com"`},
		"Slots":           {reason: "And slots.", variant: "ClusterMode", command: "elasticache describe-replication-groups", want: `"Slots": "8192-16383"`},
		"Version":         {reason: "Only clusters tell their version.", variant: "OldEngine", command: "elasticache describe-cache-clusters --cache-cluster-id legacy-001 --show-cache-node-info", want: `"EngineVersion": "6.2.6"`},
		"Topic":           {reason: "And their topic.", variant: "NotificationTopic", command: "elasticache describe-cache-clusters", want: `"TopicArn": "arn:aws:sns:eu-central-1:111122223333:redis"`},
		"ParameterGroup":  {reason: "And their parameter group.", variant: "OwnParameters", command: "elasticache describe-cache-clusters", want: `"CacheParameterGroupName": "legacy-params"`},
		"Subnets":         {reason: "Subnets and their VPC.", command: "elasticache describe-cache-subnet-groups --cache-subnet-group-name legacy-subnets", want: `"VpcId": "vpc-123"`},
		"Family":          {reason: "The family.", variant: "OwnParameters", command: "elasticache describe-cache-parameter-groups", want: `"CacheParameterGroupFamily": "redis7"`},
		"Parameters":      {reason: "Parameters that were set.", variant: "OwnParameters", command: "elasticache describe-cache-parameters --cache-parameter-group-name legacy-params --source user", want: `"ParameterName": "notify-keyspace-events"`},
		"Tags":            {reason: "Tags.", variant: "Tags", command: "elasticache list-tags-for-resource --resource-name " + arn, want: `"Key": "CostCenter"`},
		"Encrypted":       {reason: "A SecureString is encrypted.", command: "ssm get-parameter --name /legacy/redis/url", want: `"Value": "AQICAHencrypted"`},
		"Decrypted":       {reason: "Unless it is not to be.", command: "ssm get-parameter --name /legacy/redis/url --with-decryption", want: `"Value": "redis://legacy.`},
		"Described":       {reason: "Or is described without its value.", variant: "StringParameter", command: "ssm describe-parameters --parameter-filters Key=Name,Values=/legacy/redis/url", want: `"Type": "String"`},
		"NoGroup":         {reason: "No such cache.", command: "elasticache describe-replication-groups --replication-group-id none", err: "an error occurred (ReplicationGroupNotFoundFault) when calling the DescribeReplicationGroups operation: ReplicationGroup none not found."},
		"NoCluster":       {reason: "No such node.", command: "elasticache describe-cache-clusters --cache-cluster-id none", err: CodeClusterNotFound},
		"NoSubnets":       {reason: "No such subnets.", command: "elasticache describe-cache-subnet-groups --cache-subnet-group-name none", err: CodeSubnetGroupNotFound},
		"NoParameters":    {reason: "No such parameters.", command: "elasticache describe-cache-parameters --cache-parameter-group-name none --source user", err: CodeParameterGroupNotFound},
		"NoGroups":        {reason: "No such group.", command: "elasticache describe-cache-parameter-groups --cache-parameter-group-name none", err: CodeParameterGroupNotFound},
		"AllParameters":   {reason: "The model knows those of users only.", variant: "OwnParameters", command: "elasticache describe-cache-parameters --cache-parameter-group-name legacy-params", err: "--source user"},
		"NoTags":          {reason: "No such resource.", command: "elasticache list-tags-for-resource --resource-name arn", err: CodeParameterValue},
		"NoParameter":     {reason: "No such parameter.", command: "ssm get-parameter --name none", err: CodeParameterNotFound},
		"UnknownCommand":  {reason: "A command that the model does not answer.", command: "elasticache describe-events", err: "does not answer"},
		"NoCommand":       {reason: "Nothing.", command: "elasticache", err: "a service and an operation"},
		"MemcachedListed": {reason: "Memcached is a cluster, too.", command: "elasticache describe-cache-clusters --cache-cluster-id sessions", want: `"Engine": "memcached"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := New(start, Options{})
			if tc.variant == "" {
				tc.variant = "Plain"
			}
			c.Add(legacy(tc.variant))
			c.AddMemcached(region, "sessions", "legacy-subnets")
			got, err := c.CLI(region, strings.Fields(tc.command)...)
			if tc.err == "" {
				must(t, err)
			}
			if !strings.Contains(got, tc.want) || (tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err))) {
				t.Errorf("%s: got %v\n%s", tc.reason, err, got)
			}
		})
	}
}
