package aws

import (
	"slices"
	"time"
)

// A Snapshot of a group.
type Snapshot struct {
	Region, Name, Engine, EngineVersion string
}

// AddSnapshot that a group can be restored from.
func (c *Cloud) AddSnapshot(s Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.snapshots[key{s.Region, s.Name}] = &s
}

// BackUp has a group make its daily backup: meanwhile it serves its clients, and
// can't be modified. It reports whether the group could begin.
func (c *Cloud) BackUp(region, id string, takes time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.available(region, id)
	if err != nil || g.SnapshotRetentionLimit == 0 {
		return false
	}
	g.Status = StatusSnapshotting
	g.after(c.now.Add(takes), func() { g.Status = StatusAvailable })
	return true
}

// HasSnapshot reports whether there is one of the name.
func (c *Cloud) HasSnapshot(region, name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.snapshots[key{region, name}]
	return ok
}

// reserveSnapshot that is taken of a group as it is deleted. Its name must not
// have been used: ElastiCache API reference, DeleteReplicationGroup,
// SnapshotAlreadyExistsFault.
func (c *Cloud) reserveSnapshot(g *group, name string) *refusal {
	if name == "" {
		return nil
	}
	if err := checkID("FinalSnapshotIdentifier", name, 255); err != nil {
		return err
	}
	if _, exists := c.snapshots[key{g.Region, name}]; exists {
		return refuse(CodeSnapshotExists, "Snapshot with specified name %s already exists.", name)
	}
	c.snapshots[key{g.Region, name}] = &Snapshot{Region: g.Region, Name: name, Engine: g.Engine, EngineVersion: g.EngineVersion}
	return nil
}

// checkSnapshotting: backups are made of one node, which is named as they are switched
// on, and which there is. aws/aws-cdk #6256, hashicorp/terraform-provider-aws #41567.
func checkSnapshotting(g *group, in ModifyReplicationGroup) *refusal {
	switch {
	case in.SnapshottingCluster != "" && !slices.Contains(g.MemberClusters, in.SnapshottingCluster):
		return refuse(CodeClusterNotFound, "Specified snapshotting cluster does not exist")
	case in.SnapshotRetentionLimit != nil && *in.SnapshotRetentionLimit > 0 && g.SnapshotRetentionLimit == 0 && in.SnapshottingCluster == "":
		return refuse(CodeParameterCombination, "Must specify both SnapshotRetentionLimit and SnapshottingClusterId to turn on snapshots")
	}
	return nil
}
