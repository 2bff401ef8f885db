package aws

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

const elasticache = "ElastiCache"

// Statuses of a group.
const (
	StatusCreating     = "creating"
	StatusAvailable    = "available"
	StatusModifying    = "modifying"
	StatusDeleting     = "deleting"
	StatusSnapshotting = "snapshotting"
	StatusCreateFailed = "create-failed"
)

// A ReplicationGroup as AWS describes it, with what is described of its clusters.
type ReplicationGroup struct {
	ID     string
	Region string
	ARN    string
	Status string

	Description             string
	Engine                  string
	EngineVersion           string // In full, as in 7.1.0.
	NodeType                string
	Nodes                   int
	MemberClusters          []string // The names of the nodes.
	ParameterGroup          string
	SubnetGroup             string
	SecurityGroupIDs        []string
	Port                    int
	AtRestEncryption        bool
	KMSKeyID                string
	TLS                     TLSMode
	AuthTokenEnabled        bool
	AutoMinorVersionUpgrade bool
	AutomaticFailover       bool
	MultiAZ                 bool
	MaintenanceWindow       string
	SnapshotWindow          string
	SnapshotRetentionLimit  int
	SnapshotName            string
	Tags                    map[string]string
	Endpoint                Endpoint // That is described: empty until the group is made.
	Created                 time.Time

	// What this model does not make, but others may have: see Stack.
	Shards            int // In cluster mode, which it is in with any.
	DataTiering       bool
	GlobalDatastore   string // Its id, if the group is a member of one.
	LogDelivery       []LogDelivery
	NotificationTopic string
	UserGroupIDs      []string
}

// A LogDelivery sends one kind of log to one destination.
type LogDelivery struct {
	LogType         string // slow-log or engine-log: there is one of each at most.
	DestinationType string // cloudwatch-logs or kinesis-firehose.
	Destination     string // The name of the log group, or of the stream.
	LogFormat       string // json or text.
}

func (g ReplicationGroup) clone() ReplicationGroup {
	g.SecurityGroupIDs, g.MemberClusters, g.UserGroupIDs = slices.Clone(g.SecurityGroupIDs), slices.Clone(g.MemberClusters), slices.Clone(g.UserGroupIDs)
	g.LogDelivery, g.Tags = slices.Clone(g.LogDelivery), maps.Clone(g.Tags)
	return g
}

// group is a ReplicationGroup and what AWS does not tell of it.
type group struct {
	ReplicationGroup

	primary string // Of the nodes, the one that clients write to.
	made    int    // Nodes that were ever made.
	data    float64
	access  access
	names   []Endpoint // That serve, the one that is described last.
	steps   int        // That are under way.
	events  []event
	pending *ModifyReplicationGroup // Until the next maintenance window.

	nextParameterGroup string // That an upgrade under way brings.
}

// CreateReplicationGroup is the request. What is zero is left out.
type CreateReplicationGroup struct {
	Region, ID, Description      string
	Engine, EngineVersion        string
	NodeType                     string
	Nodes                        int
	ParameterGroup, SubnetGroup  string
	SecurityGroupIDs             []string
	Port                         int
	AtRestEncryption             bool
	KMSKeyID                     string
	TransitEncryption            bool
	TransitEncryptionMode        TLSMode
	AuthToken                    string
	AutoMinorVersionUpgrade      *bool
	AutomaticFailover, MultiAZ   bool
	MaintenanceWindow            string
	SnapshotWindow, SnapshotName string
	SnapshotRetentionLimit       int
	Tags                         map[string]string
}

// idFormat of groups, and of snapshots: ElastiCache API reference,
// CreateReplicationGroup, ReplicationGroupId; terraform-provider-aws 6.34,
// replication_group.go, validateReplicationGroupID.
var idFormat = regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)

func checkID(what, id string, longest int) *refusal {
	if idFormat.MatchString(strings.ToLower(id)) && len(id) <= longest {
		return nil
	}
	return refuse(CodeParameterValue, "The parameter %s is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; must not end with a hyphen or contain two consecutive hyphens; and must not be longer than %d characters.", what, longest)
}

// CreateReplicationGroup asks for a group.
func (c *Cloud) CreateReplicationGroup(in CreateReplicationGroup) error {
	in.ID = strings.ToLower(in.ID) // AWS stores it so.
	return c.write(elasticache, "CreateReplicationGroup", in.Region, in.ID, nil, func() *refusal {
		g, err := c.newGroup(in)
		if err != nil {
			return err
		}
		c.groups[key{in.Region, in.ID}] = g
		failed := c.aborts(StepCreate)
		g.after(c.now.Add(c.duration(StepCreate)), func() { c.created(g, failed) })
		return nil
	})
}

func (c *Cloud) created(g *group, failed bool) {
	if failed {
		g.Status = StatusCreateFailed
		return
	}
	g.Status = StatusAvailable
	g.rename()
	c.serve(g)
}

func (c *Cloud) newGroup(in CreateReplicationGroup) (*group, *refusal) {
	if err := checkID("ReplicationGroupId", in.ID, 40); err != nil {
		return nil, err
	}
	if _, exists := c.groups[key{in.Region, in.ID}]; exists {
		return nil, refuse(CodeGroupExists, "Replication group %s already exists.", in.ID)
	}
	version, err := c.version(in.Engine, in.EngineVersion)
	if err != nil {
		return nil, err
	}
	g := &group{ReplicationGroup: ReplicationGroup{
		ID: in.ID, Region: in.Region, ARN: c.arn("elasticache", in.Region, "replicationgroup:"+in.ID), Status: StatusCreating,
		Description: in.Description, Engine: in.Engine, EngineVersion: version.Full, NodeType: in.NodeType, Nodes: in.Nodes,
		ParameterGroup: in.ParameterGroup, SubnetGroup: in.SubnetGroup, SecurityGroupIDs: slices.Clone(in.SecurityGroupIDs),
		Port: in.Port, AtRestEncryption: in.AtRestEncryption, KMSKeyID: in.KMSKeyID, AuthTokenEnabled: in.AuthToken != "",
		AutoMinorVersionUpgrade: in.AutoMinorVersionUpgrade == nil || *in.AutoMinorVersionUpgrade,
		AutomaticFailover:       in.AutomaticFailover, MultiAZ: in.MultiAZ,
		SnapshotRetentionLimit: in.SnapshotRetentionLimit, SnapshotName: in.SnapshotName, Tags: maps.Clone(in.Tags), Created: c.now,
	}}
	g.scaleTo(in.Nodes)
	g.MaintenanceWindow, g.SnapshotWindow = defaultWindows(in.MaintenanceWindow, in.SnapshotWindow)
	if g.Port == 0 {
		g.Port = 6379
	}
	if g.ParameterGroup == "" {
		g.ParameterGroup = "default." + version.Family
	}
	g.TLS, err = tlsAtCreation(in, version.Full)
	if err != nil {
		return nil, err
	}
	g.access, err = accessAtCreation(in)
	if err != nil {
		return nil, err
	}
	for _, check := range []func(*ReplicationGroup) *refusal{
		c.checkSettings, checkNewNodeType, checkNodes, c.checkZones, c.checkParameterGroup, checkEncryptionAtRest, c.checkSnapshotName,
	} {
		if err := check(&g.ReplicationGroup); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// checkSettings that every group has.
func (c *Cloud) checkSettings(g *ReplicationGroup) *refusal {
	// terraform-provider-aws 6.34: the description is required and not empty;
	// ElastiCache API reference: at most 255 characters.
	if g.Description == "" || len(g.Description) > 255 {
		return refuse(CodeParameterValue, "The parameter ReplicationGroupDescription must be provided and must not be longer than 255 characters.")
	}
	// ElastiCache API reference, SnapshotRetentionLimit: at most 35 days.
	if g.SnapshotRetentionLimit < 0 || g.SnapshotRetentionLimit > 35 {
		return refuse(CodeParameterValue, "SnapshotRetentionLimit must be between 0 and 35.")
	}
	if _, ok := c.subnetGroups[key{g.Region, g.SubnetGroup}]; !ok {
		return refuse(CodeSubnetGroupNotFound, "Cache Subnet Group %s does not exist.", g.SubnetGroup)
	}
	// ElastiCache User Guide: in a VPC a group has at least one security group.
	if slices.Contains(g.SecurityGroupIDs, "") {
		return refuse(CodeParameterValue, "Invalid security group.")
	}
	return checkWindows(g.MaintenanceWindow, g.SnapshotWindow)
}

// checkNodes: failover needs a replica, multi-AZ needs failover and subnets in
// two zones, and there are at most five replicas. ElastiCache API reference,
// CreateReplicationGroup: AutomaticFailoverEnabled, MultiAZEnabled,
// NumCacheClusters.
func checkNodes(g *ReplicationGroup) *refusal {
	if g.Shards > 0 {
		return nil // Cluster mode has rules of its own.
	}
	if g.Nodes < 1 || g.Nodes > 6 {
		return refuse(CodeParameterValue, "The number of cache clusters must be between 1 and 6.")
	}
	if g.AutomaticFailover && g.Nodes < 2 {
		return refuse(CodeParameterCombination, "Automatic failover is not supported for a replication group with fewer than 2 cache clusters.")
	}
	if g.MultiAZ && !g.AutomaticFailover {
		return refuse(CodeParameterCombination, "Must specify Automatic Failover if Multi-AZ is enabled.")
	}
	return nil
}

// checkZones as multi-AZ is turned on.
func (c *Cloud) checkZones(g *ReplicationGroup) *refusal {
	if g.MultiAZ && c.zones(g) < 2 {
		return refuse(CodeParameterCombination, "Multi-AZ needs a subnet group with subnets in at least two availability zones.")
	}
	return nil
}

// zones that the subnets of a group are in.
func (c *Cloud) zones(g *ReplicationGroup) int {
	zones := map[string]bool{}
	if s, ok := c.subnetGroups[key{g.Region, g.SubnetGroup}]; ok {
		for _, subnet := range s.SubnetIDs {
			zones[c.zone(subnet)] = true
		}
	}
	return len(zones)
}

// checkParameterGroup: it exists and is of the version's family. ElastiCache API
// reference, CacheParameterGroupName.
func (c *Cloud) checkParameterGroup(g *ReplicationGroup) *refusal {
	want := c.full(g.Engine, g.EngineVersion).Family
	family, err := c.family(g.Region, g.ParameterGroup)
	if err != nil {
		return err
	}
	if family != want {
		return refuse(CodeParameterCombination, "Expected a parameter group of family %s but found one of family %s", want, family)
	}
	return nil
}

// checkEncryptionAtRest: a key is for encrypting. ElastiCache User Guide,
// "At-rest encryption".
func checkEncryptionAtRest(g *ReplicationGroup) *refusal {
	if g.KMSKeyID != "" && !g.AtRestEncryption {
		return refuse(CodeParameterCombination, "KmsKeyId can only be used when AtRestEncryptionEnabled is true.")
	}
	return nil
}

// checkSnapshotName: what is restored must exist, and must not come from a newer
// engine. ElastiCache User Guide, "Restoring from a backup".
func (c *Cloud) checkSnapshotName(g *ReplicationGroup) *refusal {
	if g.SnapshotName == "" {
		return nil
	}
	s, ok := c.snapshots[key{g.Region, g.SnapshotName}]
	if !ok {
		return refuse(CodeSnapshotNotFound, "Snapshot %s not found.", g.SnapshotName)
	}
	if s.Engine == g.Engine && compareVersions(g.EngineVersion, s.EngineVersion) < 0 {
		return refuse(CodeParameterCombination, "The snapshot %s is of version %s and can't be restored to version %s.", s.Name, s.EngineVersion, g.EngineVersion)
	}
	return nil
}

// DescribeReplicationGroup is a group as it is now.
func (c *Cloud) DescribeReplicationGroup(region, id string) (ReplicationGroup, error) {
	var out ReplicationGroup
	err := c.read(elasticache, "DescribeReplicationGroups", func() *refusal {
		g, ok := c.groups[key{region, id}]
		if !ok {
			return groupNotFound(id)
		}
		out = g.clone()
		return nil
	})
	return out, err
}

func groupNotFound(id string) *refusal {
	return refuse(CodeGroupNotFound, "ReplicationGroup %s not found.", id)
}

// available group, or the refusal of a request that needs one. ElastiCache API
// reference: InvalidReplicationGroupState.
func (c *Cloud) available(region, id string) (*group, *refusal) {
	g, ok := c.groups[key{region, id}]
	if !ok {
		return nil, groupNotFound(id)
	}
	if g.Status != StatusAvailable {
		return nil, refuse(CodeGroupState, "Replication group %s has status %s which is not valid for modification.", id, g.Status)
	}
	return g, nil
}

// DeleteReplicationGroup asks for the deletion of a group, after a final snapshot
// if one is named.
func (c *Cloud) DeleteReplicationGroup(region, id, finalSnapshot string) error {
	return c.write(elasticache, "DeleteReplicationGroup", region, id, nil, func() *refusal {
		g, ok := c.groups[key{region, id}]
		if !ok {
			return groupNotFound(id)
		}
		if g.Status != StatusAvailable && g.Status != StatusCreateFailed {
			return refuse(CodeGroupState, "Replication group %s has status %s which is not valid for deletion.", id, g.Status)
		}
		// ElastiCache User Guide, "Global datastores": a member is disassociated first.
		if g.GlobalDatastore != "" {
			return refuse(CodeGroupState, "Replication group %s is a member of the global replication group %s.", id, g.GlobalDatastore)
		}
		if err := c.reserveSnapshot(g, finalSnapshot); err != nil {
			return err
		}
		g.Status = StatusDeleting
		g.events = nil
		c.withdraw(g)
		g.after(c.now.Add(c.duration(StepDelete)), func() { delete(c.groups, key{region, id}) })
		return nil
	})
}

// Disassociate a group from its global datastore: it is a cache of its own then.
func (c *Cloud) Disassociate(region, id string) error {
	return c.write(elasticache, "DisassociateGlobalReplicationGroup", region, id, nil, func() *refusal {
		g, err := c.available(region, id)
		if err != nil {
			return err
		}
		g.GlobalDatastore = ""
		return nil
	})
}

// ReplicationGroups that there are, sorted by region and id.
func (c *Cloud) ReplicationGroups() []ReplicationGroup {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []ReplicationGroup
	for _, k := range c.groupKeys() {
		out = append(out, c.groups[k].clone())
	}
	return out
}

// step of an operation on a group: it is done after a while, and the group is
// available when all steps are.
func (c *Cloud) step(g *group, step Step, do func()) {
	if c.aborts(step) {
		do = func() {}
	}
	g.Status = StatusModifying
	g.steps++
	g.after(c.now.Add(c.duration(step)), func() {
		do()
		g.steps--
		if g.steps == 0 {
			g.Status, g.nextParameterGroup = StatusAvailable, ""
		}
		c.serve(g)
	})
}

// putOff a modification until the maintenance window.
func (c *Cloud) putOff(g *group, in ModifyReplicationGroup) {
	scheduled := g.pending != nil
	g.pending = &in
	if scheduled {
		return
	}
	var try func()
	try = func() {
		if g.Status != StatusAvailable {
			g.after(c.now.Add(time.Minute), try)
			return
		}
		if g.pending != nil {
			c.carryOut(g, *g.pending)
			g.pending = nil
		}
	}
	g.after(nextMaintenance(c.now, g.MaintenanceWindow), try)
}
