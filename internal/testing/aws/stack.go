package aws

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Stack is a cache that somebody else has made, with what belongs to it. What is
// zero takes the default, so that a test names what it is about.
type Stack struct {
	// By is who made it, for the log: the console if it is empty.
	By string

	// Cache needs a Region and an ID. Its nodes, names and ARN are made up, and so
	// is the engine: Redis 7.1 on one cache.t3.small, available. Its subnet group and
	// parameter group are those below, unless it names others, which must exist.
	Cache ReplicationGroup

	// Tokens that it accepts, oldest first. With any it requires TLS.
	Tokens []string

	// Subnets is its subnet group, <id>-subnets with subnet-a and subnet-b by default.
	Subnets SubnetGroup

	// Parameters is its parameter group. Without a name the cache has AWS's own.
	Parameters ParameterGroup

	// URL is in Parameter Store if it has a name: a SecureString, and the URL of the
	// cache, unless it says otherwise.
	URL Parameter
}

// Add what others have made: it is there from one moment to the next, whatever AWS
// would make today, such as nodes of a previous generation.
func (c *Cloud) Add(s Stack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c = c.As(cmp.Or(s.By, "console"))
	g := c.addCache(s)
	if s.URL.Name == "" {
		return
	}
	p := s.URL
	p.Region, p.ARN, p.Tags, p.Version = g.Region, c.arn("ssm", g.Region, "parameter"+p.Name), maps.Clone(p.Tags), 1
	p.Type, p.Tier, p.Value = cmp.Or(p.Type, TypeSecureString), cmp.Or(p.Tier, TierStandard), cmp.Or(p.Value, g.url())
	p.KeyID = keyOf(p.Type, p.KeyID)
	c.parameters[key{p.Region, p.Name}] = &p
	c.note("PutParameter", p.Region, p.Name)
}

func (c *Cloud) addCache(s Stack) *group {
	in := s.Cache.clone()
	in.Engine, in.NodeType, in.Port = cmp.Or(in.Engine, Redis), cmp.Or(in.NodeType, "cache.t3.small"), cmp.Or(in.Port, 6379)
	in.EngineVersion = c.fullOf(in.Engine, cmp.Or(in.EngineVersion, map[string]string{Redis: "7.1", Valkey: "8.0"}[in.Engine]))
	in.Status, in.Description, in.Created = cmp.Or(in.Status, StatusAvailable), cmp.Or(in.Description, in.ID), c.now
	in.ARN = c.arn("elasticache", in.Region, "replicationgroup:"+in.ID)
	in.MaintenanceWindow, in.SnapshotWindow = defaultWindows(in.MaintenanceWindow, in.SnapshotWindow)
	in.SubnetGroup = cmp.Or(in.SubnetGroup, c.addSubnetGroup(in, s.Subnets))
	in.ParameterGroup = cmp.Or(in.ParameterGroup, c.addParameterGroup(in, s.Parameters))
	if in.SecurityGroupIDs == nil {
		in.SecurityGroupIDs = []string{"sg-1"}
	}
	g := &group{ReplicationGroup: in, access: access{tokens: slices.Clone(s.Tokens), passwordless: len(s.Tokens)+len(in.UserGroupIDs) == 0}}
	if g.AuthTokenEnabled = len(s.Tokens) > 0; !g.access.passwordless {
		g.TLS = TLSRequired
	}
	g.scaleTo(max(in.Nodes, in.Shards, 1))
	c.groups[key{g.Region, g.ID}] = g
	c.note("CreateReplicationGroup", g.Region, g.ID)
	if in.Status != StatusCreateFailed {
		g.rename()
		c.serve(g)
	}
	return g
}

// AddMemcached adds a cluster that others have made in a subnet group. It is no replication
// group: a replication group of its id does not exist.
func (c *Cloud) AddMemcached(region, id, subnetGroup string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.memcached[key{region, id}] = subnetGroup
}

// fullOf is the newest patch of a version, or the version in full that it is.
func (c *Cloud) fullOf(engine, version string) string {
	if v, err := c.version(engine, version); err == nil {
		return v.Full
	}
	return version
}

func (c *Cloud) addSubnetGroup(g ReplicationGroup, in SubnetGroup) string {
	in.Region, in.Name, in.Description = g.Region, cmp.Or(in.Name, g.ID+"-subnets"), cmp.Or(in.Description, " ")
	if len(in.SubnetIDs) == 0 {
		in.SubnetIDs = []string{"subnet-a", "subnet-b"}
	}
	in.VPC, _ = c.vpc(in.SubnetIDs[0])
	in.ARN, in.Tags = c.arn("elasticache", in.Region, "subnetgroup:"+in.Name), maps.Clone(in.Tags)
	c.subnetGroups[key{in.Region, in.Name}] = &in
	c.note("CreateCacheSubnetGroup", in.Region, in.Name)
	return in.Name
}

func (c *Cloud) addParameterGroup(g ReplicationGroup, in ParameterGroup) string {
	family := c.full(g.Engine, g.EngineVersion).Family
	if in.Name == "" && g.Shards > 0 {
		return "default." + family + ".cluster.on"
	}
	if in.Name == "" {
		return "default." + family
	}
	in.Region, in.Family, in.Description = g.Region, cmp.Or(in.Family, family), cmp.Or(in.Description, " ")
	in.ARN = c.arn("elasticache", in.Region, "parametergroup:"+in.Name)
	in.Tags, in.Parameters = maps.Clone(in.Tags), maps.Clone(in.Parameters)
	if in.Parameters == nil {
		in.Parameters = map[string]string{}
	}
	c.parameterGroups[key{in.Region, in.Name}] = &in
	c.note("CreateCacheParameterGroup", in.Region, in.Name)
	return in.Name
}

// note something that others did.
func (c *Cloud) note(request, region, resource string) {
	c.log = append(c.log, Request{Time: c.now, Region: region, Name: request, Resource: resource, By: c.by, ByHand: true})
}

// url that clients of a group have, with the newest of its tokens.
func (g *group) url() string {
	u := url.URL{Scheme: "redis", Host: net.JoinHostPort(cmp.Or(g.Endpoint.Primary, g.Endpoint.Configuration), strconv.Itoa(g.Port))}
	if g.TLS == TLSRequired {
		u.Scheme = "rediss"
	}
	if n := len(g.access.tokens); n > 0 {
		u.User = url.UserPassword("", g.access.tokens[n-1])
	}
	return u.String()
}

// URL that clients of a cache have, with the newest of its tokens: empty if there is no
// such cache.
func (c *Cloud) URL(region, id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g, ok := c.groups[key{region, id}]; ok {
		return g.url()
	}
	return ""
}

// Variants of a Stack, by what is unusual about them.
func Variants() map[string]func(*Stack) {
	return map[string]func(*Stack){
		"Plain":              func(*Stack) {},
		"Replicas":           func(s *Stack) { s.Cache.Nodes, s.Cache.AutomaticFailover, s.Cache.MultiAZ = 3, true, true },
		"Backups":            func(s *Stack) { s.Cache.SnapshotRetentionLimit = 7 },
		"Tags":               func(s *Stack) { s.Cache.Tags = map[string]string{"CostCenter": "42", "Owner": "others"} },
		"Valkey":             func(s *Stack) { s.Cache.Engine, s.Cache.EngineVersion = Valkey, "8.0" },
		"OldEngine":          func(s *Stack) { s.Cache.EngineVersion = "6.2" },
		"PreviousGeneration": func(s *Stack) { s.Cache.NodeType = "cache.t2.micro" },
		"OtherPort":          func(s *Stack) { s.Cache.Port = 6380 },
		"AtRest":             func(s *Stack) { s.Cache.AtRestEncryption = true },
		"KMSKey": func(s *Stack) {
			s.Cache.AtRestEncryption, s.Cache.KMSKeyID = true, "arn:aws:kms:"+s.Cache.Region+":111122223333:key/1a2b"
		},
		"TLSPreferred": func(s *Stack) { s.Cache.TLS = TLSPreferred },
		"TLSRequired":  func(s *Stack) { s.Cache.TLS = TLSRequired },
		"Auth":         func(s *Stack) { s.Tokens = []string{"a-token-that-others-made"} },
		"AuthRotating": func(s *Stack) { s.Tokens = []string{"a-token-that-others-made", "b-token-that-others-made"} },
		"OwnParameters": func(s *Stack) {
			s.Parameters = ParameterGroup{Name: strings.ReplaceAll(s.Cache.ID+"-params", ".", "-"), Parameters: map[string]string{
				"maxmemory-policy": "volatile-ttl", "notify-keyspace-events": "Ex", "timeout": "600",
			}}
		},
		"StringParameter": func(s *Stack) { s.URL.Type = TypeString },
		"LogDelivery": func(s *Stack) {
			s.Cache.LogDelivery = []LogDelivery{{LogType: "slow-log", DestinationType: "cloudwatch-logs", Destination: "redis", LogFormat: "json"}}
		},
		"NotificationTopic": func(s *Stack) { s.Cache.NotificationTopic = "arn:aws:sns:" + s.Cache.Region + ":111122223333:redis" },
		"UserGroups":        func(s *Stack) { s.Cache.UserGroupIDs = []string{"apps"} },
		"ClusterMode":       func(s *Stack) { s.Cache.Shards, s.Cache.Nodes, s.Cache.AutomaticFailover = 2, 4, true },
		"GlobalDatastore":   func(s *Stack) { s.Cache.GlobalDatastore, s.Cache.NodeType = "ldgnf-global", "cache.m7g.large" },
		"DataTiering":       func(s *Stack) { s.Cache.DataTiering, s.Cache.NodeType = true, "cache.r6gd.xlarge" },
	}
}
