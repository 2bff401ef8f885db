package aws

import (
	"slices"
)

// ModifyReplicationGroup is the request. What is nil is left as it is.
type ModifyReplicationGroup struct {
	Region, ID              string
	ApplyImmediately        bool
	Description             *string
	Engine                  *string
	EngineVersion           *string
	NodeType                *string
	ParameterGroup          *string
	SecurityGroupIDs        []string
	AutomaticFailover       *bool
	MultiAZ                 *bool
	AutoMinorVersionUpgrade *bool
	MaintenanceWindow       *string
	SnapshotWindow          *string
	SnapshotRetentionLimit  *int
	SnapshottingCluster     string
	TransitEncryption       *bool
	TransitEncryptionMode   *TLSMode
	AuthToken               *string
	AuthTokenUpdateStrategy Strategy
	LogDelivery             []LogDelivery // With no destination it ends.
	NotificationTopic       *string       // Empty it ends.
	UserGroupIDsToAdd       []string
	UserGroupIDsToRemove    []string
}

// fields that the request holds, by AWS's names.
func (m ModifyReplicationGroup) fields() []string {
	var out []string
	for name, set := range map[string]bool{
		"ReplicationGroupDescription": m.Description != nil,
		"Engine":                      m.Engine != nil,
		"EngineVersion":               m.EngineVersion != nil,
		"CacheNodeType":               m.NodeType != nil,
		"CacheParameterGroupName":     m.ParameterGroup != nil,
		"SecurityGroupIds":            m.SecurityGroupIDs != nil,
		"AutomaticFailoverEnabled":    m.AutomaticFailover != nil,
		"MultiAZEnabled":              m.MultiAZ != nil,
		"AutoMinorVersionUpgrade":     m.AutoMinorVersionUpgrade != nil,
		"PreferredMaintenanceWindow":  m.MaintenanceWindow != nil,
		"SnapshotWindow":              m.SnapshotWindow != nil,
		"SnapshotRetentionLimit":      m.SnapshotRetentionLimit != nil,
		"SnapshottingClusterId":       m.SnapshottingCluster != "",
		"TransitEncryptionEnabled":    m.TransitEncryption != nil,
		"TransitEncryptionMode":       m.TransitEncryptionMode != nil,
		"AuthToken":                   m.AuthToken != nil,
		"AuthTokenUpdateStrategy":     m.AuthTokenUpdateStrategy != "",
		"LogDeliveryConfigurations":   len(m.LogDelivery) > 0,
		"NotificationTopicArn":        m.NotificationTopic != nil,
		"UserGroupIdsToAdd":           len(m.UserGroupIDsToAdd) > 0,
		"UserGroupIdsToRemove":        len(m.UserGroupIDsToRemove) > 0,
	} {
		if set {
			out = append(out, name)
		}
	}
	return out
}

// ModifyReplicationGroup asks for changes of a group.
func (c *Cloud) ModifyReplicationGroup(in ModifyReplicationGroup) error {
	return c.write(elasticache, "ModifyReplicationGroup", in.Region, in.ID, in.fields(), func() *refusal { return c.modify(in) })
}

// ModifyByHand is the same, asked for by a person in AWS's console.
func (c *Cloud) ModifyByHand(in ModifyReplicationGroup) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry := Request{Time: c.now, Region: in.Region, Name: "ModifyReplicationGroup", Resource: in.ID, Fields: slices.Sorted(slices.Values(in.fields())), ByHand: true}
	defer func() { c.log = append(c.log, entry) }()
	if r := c.modify(in); r != nil {
		entry.Error = c.err(elasticache, entry.Name, r)
		return entry.Error
	}
	return nil
}

func (c *Cloud) modify(in ModifyReplicationGroup) *refusal {
	g, err := c.available(in.Region, in.ID)
	if err != nil {
		return err
	}
	if len(in.fields()) == 0 {
		return refuse(CodeParameterCombination, "No modifications were requested")
	}
	if err := c.checkModification(g, in); err != nil {
		return err
	}
	c.accept(g, in)
	return nil
}

// accept a modification. ElastiCache API reference, ApplyImmediately: without
// it the node type and the engine wait for the maintenance window; all else,
// tokens among it, is changed at once.
func (c *Cloud) accept(g *group, in ModifyReplicationGroup) {
	if in.ApplyImmediately || (in.NodeType == nil && in.EngineVersion == nil) {
		c.carryOut(g, in)
		return
	}
	c.putOff(g, ModifyReplicationGroup{NodeType: in.NodeType, Engine: in.Engine, EngineVersion: in.EngineVersion, ParameterGroup: in.ParameterGroup})
	in.NodeType, in.Engine, in.EngineVersion, in.ParameterGroup = nil, nil, nil, nil
	c.carryOut(g, in)
}

// checkModification holds what the group would become against the rules, and
// the way there against those that have an order.
func (c *Cloud) checkModification(g *group, in ModifyReplicationGroup) *refusal {
	if in.SecurityGroupIDs != nil && len(in.SecurityGroupIDs) == 0 {
		return refuse(CodeParameterValue, "At least one security group is needed.")
	}
	after := g.ReplicationGroup
	settings(&after, in)
	if in.NodeType != nil {
		after.NodeType = *in.NodeType
		if err := checkNewNodeType(&after); err != nil {
			return err
		}
	}
	if err := checkSnapshotting(g, in); err != nil {
		return err
	}
	version, err := c.checkUpgrade(g, in)
	if err != nil {
		return err
	}
	after.Engine, after.EngineVersion, after.ParameterGroup = version.engine, version.Full, version.parameterGroup
	for _, check := range []func(*ReplicationGroup) *refusal{c.checkSettings, checkNodes, c.checkParameterGroup} {
		if err := check(&after); err != nil {
			return err
		}
	}
	if in.MultiAZ != nil {
		if err := c.checkZones(&after); err != nil {
			return err
		}
	}
	if _, err := nextTLS(g, in); err != nil {
		return err
	}
	if err := checkUserGroups(g, in); err != nil {
		return err
	}
	_, err = nextAccess(g, in)
	return err
}

// settings are all that has no rules of order.
func settings(g *ReplicationGroup, in ModifyReplicationGroup) {
	set(&g.Description, in.Description)
	set(&g.AutomaticFailover, in.AutomaticFailover)
	set(&g.MultiAZ, in.MultiAZ)
	set(&g.AutoMinorVersionUpgrade, in.AutoMinorVersionUpgrade)
	set(&g.MaintenanceWindow, in.MaintenanceWindow)
	set(&g.SnapshotWindow, in.SnapshotWindow)
	set(&g.SnapshotRetentionLimit, in.SnapshotRetentionLimit)
	set(&g.NotificationTopic, in.NotificationTopic)
	if in.SecurityGroupIDs != nil {
		g.SecurityGroupIDs = slices.Clone(in.SecurityGroupIDs)
	}
	for _, l := range in.LogDelivery {
		g.LogDelivery = slices.DeleteFunc(slices.Clone(g.LogDelivery), func(old LogDelivery) bool { return old.LogType == l.LogType })
		if l.Destination != "" {
			g.LogDelivery = append(g.LogDelivery, l)
		}
	}
}

// hasSettings reports whether a modification changes any of them but failover and
// multi-AZ.
func (m ModifyReplicationGroup) hasSettings() bool {
	return m.Description != nil || m.AutoMinorVersionUpgrade != nil || m.MaintenanceWindow != nil || m.SnapshotWindow != nil ||
		m.SnapshotRetentionLimit != nil || m.SecurityGroupIDs != nil || len(m.LogDelivery) > 0 || m.NotificationTopic != nil
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// carryOut a modification that was accepted, each part in a step of its own.
func (c *Cloud) carryOut(g *group, in ModifyReplicationGroup) {
	if in.AutomaticFailover != nil || in.MultiAZ != nil {
		failover := ModifyReplicationGroup{AutomaticFailover: in.AutomaticFailover, MultiAZ: in.MultiAZ}
		c.step(g, StepFailover, func() { settings(&g.ReplicationGroup, failover) })
	}
	rest := in
	rest.AutomaticFailover, rest.MultiAZ = nil, nil
	if in.hasSettings() {
		c.step(g, StepSettings, func() { settings(&g.ReplicationGroup, rest) })
	}
	if in.NodeType != nil {
		c.step(g, StepNodeType, func() { g.replaceNodes(*in.NodeType) })
	}
	c.upgrade(g, in)
	if in.TransitEncryption != nil || in.TransitEncryptionMode != nil {
		c.encrypt(g, in)
	}
	if in.AuthToken != nil {
		c.authenticate(g, in)
	}
	if len(in.UserGroupIDsToAdd)+len(in.UserGroupIDsToRemove) > 0 {
		c.changeUserGroups(g, in)
	}
}

// IncreaseReplicaCount adds nodes to a group.
func (c *Cloud) IncreaseReplicaCount(region, id string, replicas int) error {
	return c.write(elasticache, "IncreaseReplicaCount", region, id, []string{"NewReplicaCount"}, func() *refusal {
		g, err := c.available(region, id)
		if err != nil {
			return err
		}
		if replicas+1 <= g.Nodes {
			return refuse(CodeParameterValue, "The number of replicas must be greater than the current %d.", g.Nodes-1)
		}
		return c.scale(g, replicas+1)
	})
}

// DecreaseReplicaCount takes nodes from a group. ElastiCache API reference,
// DecreaseReplicaCount: with failover or multi-AZ one replica stays.
func (c *Cloud) DecreaseReplicaCount(region, id string, replicas int) error {
	return c.write(elasticache, "DecreaseReplicaCount", region, id, []string{"NewReplicaCount"}, func() *refusal {
		g, err := c.available(region, id)
		if err != nil {
			return err
		}
		if replicas < 0 || replicas+1 >= g.Nodes {
			return refuse(CodeParameterValue, "The number of replicas must be less than the current %d.", g.Nodes-1)
		}
		return c.scale(g, replicas+1)
	})
}

func (c *Cloud) scale(g *group, nodes int) *refusal {
	after := g.ReplicationGroup
	after.Nodes = nodes
	if err := checkNodes(&after); err != nil {
		return err
	}
	c.step(g, StepScale, func() { g.scaleTo(nodes) })
	return nil
}
