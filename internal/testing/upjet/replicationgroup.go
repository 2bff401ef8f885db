package upjet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// replicationGroup is aws_elasticache_replication_group of terraform-provider-aws
// 6.34, internal/service/elasticache/replication_group.go.
type replicationGroup struct {
	*call

	aws aws.ReplicationGroup
}

func (r *replicationGroup) read() (bool, error) {
	g, err := r.cloud.DescribeReplicationGroup(r.region(), r.tracker.id)
	if aws.Is(err, aws.CodeGroupNotFound) || (err == nil && g.Status == aws.StatusDeleting) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading ElastiCache Replication Group (%s): %w", r.tracker.id, err)
	}
	r.aws = g
	if !g.AuthTokenEnabled {
		r.tracker.applied.token = ptr("")
	}
	return true, nil
}

// token that the Secret holds now.
func (r *replicationGroup) token() string { return r.secretValue(r.tokenRef()) }

func (r *replicationGroup) diff(found bool) ([]change, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if !found {
		return nil, nil
	}
	d := &differ{call: r.call}
	r.diffForceNew(d)
	r.diffEngine(d)
	r.diffTLS(d)
	r.diffSettings(d)
	r.diffApplied(d)
	return d.changes, nil
}

// validate is what Terraform's CustomizeDiff refuses: with it the resource can't
// be observed, and so not even deleted.
func (r *replicationGroup) validate() error {
	strategy := r.spec("authTokenUpdateStrategy")
	switch {
	case r.bool("multiAzEnabled") && !r.bool("automaticFailoverEnabled"):
		return errors.New(`automatic_failover_enabled must be true if multi_az_enabled is true`)
	case r.bool("automaticFailoverEnabled") && r.has("numCacheClusters") && r.int("numCacheClusters") < 2:
		return errors.New(`"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true`)
	case strategy == string(aws.StrategyDelete) && r.has("authTokenSecretRef"):
		return errors.New(`"auth_token" must not be specified when "auth_token_update_strategy" is "DELETE"`)
	case strategy != "" && strategy != string(aws.StrategyDelete) && !r.has("authTokenSecretRef"):
		return errors.New(`"auth_token_update_strategy": "auth_token" must be specified`)
	}
	return nil
}

// differ collects changes.
type differ struct {
	*call

	changes []change
}

func (d *differ) add(differs bool, argument, from, to string, forceNew bool) {
	if differs {
		d.changes = append(d.changes, change{argument: argument, from: from, to: to, forceNew: forceNew})
	}
}

// computed arguments are left as they are where the spec says nothing.
func (d *differ) computed(field, argument, from, to string, forceNew bool) {
	d.add(d.has(field) && from != to, argument, from, to, forceNew)
}

// optional arguments are given up where the spec says nothing.
func (d *differ) optional(argument, from, to string, forceNew bool) {
	d.add(from != to, argument, from, to, forceNew)
}

func (d *differ) tagsOf(from map[string]string) {
	d.add(!maps.Equal(from, d.tags()), "tags", "", "", false)
}

func (r *replicationGroup) diffForceNew(d *differ) {
	d.computed("atRestEncryptionEnabled", "at_rest_encryption_enabled", strconv.FormatBool(r.aws.AtRestEncryption), r.spec("atRestEncryptionEnabled"), true)
	d.optional("kms_key_id", r.aws.KMSKeyID, r.spec("kmsKeyId"), true)
	// It is not known until the group is made. Left out it is 6379, and no other.
	if from, to := strconv.Itoa(r.aws.Endpoint.Port), strconv.Itoa(r.int("port")); from != "0" && (r.has("port") || from != "6379") {
		d.optional("port", from, to, true)
	}
	d.computed("subnetGroupName", "subnet_group_name", r.aws.SubnetGroup, r.spec("subnetGroupName"), true)
	d.computed("dataTieringEnabled", "data_tiering_enabled", strconv.FormatBool(r.aws.DataTiering), strconv.FormatBool(r.bool("dataTieringEnabled")), true)
	d.optional("snapshot_name", r.tracker.applied.snapshotName, r.spec("snapshotName"), true)
}

// diffEngine, which members of a global datastore have from there.
func (r *replicationGroup) diffEngine(d *differ) {
	if r.aws.GlobalDatastore != "" {
		return
	}
	d.computed("engine", "engine", r.aws.Engine, r.spec("engine"), r.aws.Engine == aws.Valkey)
	from, to := r.engineVersion(), r.spec("engineVersion")
	d.computed("engineVersion", "engine_version", from, to, isDowngrade(from, to))
	d.computed("parameterGroupName", "parameter_group_name", r.aws.ParameterGroup, r.spec("parameterGroupName"), false)
}

// engineVersion as it is shown: without the patch level from 6 on, and as 6.x if
// that is what the spec says. terraform-provider-aws 6.34, engine_version.go.
func (r *replicationGroup) engineVersion() string {
	numbers := strings.Split(r.aws.EngineVersion, ".")
	switch major, _ := strconv.Atoi(numbers[0]); {
	case major < 6:
		return r.aws.EngineVersion
	case r.spec("engineVersion") == numbers[0]+".x":
		return numbers[0] + ".x"
	}
	return numbers[0] + "." + numbers[1]
}

func isDowngrade(from, to string) bool { return compareVersions(to, from) < 0 }

func compareVersions(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(a, b string) int {
		return cmp.Compare(versionNumber(a), versionNumber(b))
	})
}

// versionNumber of a part; x sorts after all numbers.
func versionNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return 1 << 30
}

func (r *replicationGroup) diffTLS(d *differ) {
	// Below 7.0.5 it can be chosen at creation only. An upgrade in the same change
	// does not help: the version that counts is the one that runs.
	old := compareVersions(r.aws.EngineVersion, "7.0.5") < 0
	d.computed("transitEncryptionEnabled", "transit_encryption_enabled", strconv.FormatBool(r.aws.TLS != aws.TLSOff), strconv.FormatBool(r.bool("transitEncryptionEnabled")), old)
	d.computed("transitEncryptionMode", "transit_encryption_mode", string(r.aws.TLS), r.spec("transitEncryptionMode"), false)
}

func (r *replicationGroup) diffSettings(d *differ) {
	d.computed("nodeType", "node_type", r.aws.NodeType, r.spec("nodeType"), false)
	d.computed("numCacheClusters", "num_cache_clusters", strconv.Itoa(r.aws.Nodes), strconv.Itoa(r.int("numCacheClusters")), false)
	d.optional("description", r.aws.Description, r.spec("description"), false)
	d.computed("autoMinorVersionUpgrade", "auto_minor_version_upgrade", strconv.FormatBool(r.aws.AutoMinorVersionUpgrade), r.spec("autoMinorVersionUpgrade"), false)
	d.optional("automatic_failover_enabled", strconv.FormatBool(r.aws.AutomaticFailover), strconv.FormatBool(r.bool("automaticFailoverEnabled")), false)
	d.optional("multi_az_enabled", strconv.FormatBool(r.aws.MultiAZ), strconv.FormatBool(r.bool("multiAzEnabled")), false)
	d.computed("maintenanceWindow", "maintenance_window", r.aws.MaintenanceWindow, strings.ToLower(r.spec("maintenanceWindow")), false)
	d.computed("snapshotWindow", "snapshot_window", r.aws.SnapshotWindow, r.spec("snapshotWindow"), false)
	d.optional("snapshot_retention_limit", strconv.Itoa(r.aws.SnapshotRetentionLimit), strconv.Itoa(r.int("snapshotRetentionLimit")), false)
	d.computed("securityGroupIds", "security_group_ids", join(r.aws.SecurityGroupIDs), join(r.list("securityGroupIds")), false)
	d.optional("log_delivery_configuration", logs(r.aws.LogDelivery), logs(r.logDelivery()), false)
	d.optional("notification_topic_arn", r.aws.NotificationTopic, r.spec("notificationTopicArn"), false)
	d.optional("user_group_ids", join(r.aws.UserGroupIDs), join(r.list("userGroupIds")), false)
	d.tagsOf(r.aws.Tags)
}

// logDelivery that is asked for.
func (r *replicationGroup) logDelivery() []aws.LogDelivery {
	var out []aws.LogDelivery
	list, _, _ := unstructured.NestedSlice(r.mr.Object, "spec", "forProvider", "logDeliveryConfiguration")
	for _, item := range list {
		m, _ := item.(map[string]any)
		text := func(field string) string {
			s, _, _ := unstructured.NestedString(m, field)
			return s
		}
		out = append(out, aws.LogDelivery{LogType: text("logType"), DestinationType: text("destinationType"), Destination: text("destination"), LogFormat: text("logFormat")})
	}
	return out
}

// logs as a set, so that they can be compared.
func logs(list []aws.LogDelivery) string {
	var out []string
	for _, l := range list {
		out = append(out, fmt.Sprint(l))
	}
	return join(out)
}

// diffApplied is of what AWS does not tell: it is held against what was asked
// before.
func (r *replicationGroup) diffApplied(d *differ) {
	a := r.tracker.applied
	d.optional("auth_token", a.tokenText(), r.token(), false)
	d.optional("auth_token_update_strategy", a.strategy, r.spec("authTokenUpdateStrategy"), false)
	d.optional("final_snapshot_identifier", a.finalSnapshot, r.spec("finalSnapshotIdentifier"), false)
	d.computed("applyImmediately", "apply_immediately", a.applyImmediately, strconv.FormatBool(r.bool("applyImmediately")), false)
}

func (a applied) tokenText() string {
	if a.token == nil {
		return ""
	}
	return *a.token
}

// join a set, so that it can be compared.
func join(set []string) string {
	return strings.Join(slices.Sorted(slices.Values(set)), ",")
}

func (r *replicationGroup) create() []step {
	in := aws.CreateReplicationGroup{
		Region: r.region(), ID: r.tracker.id, Description: r.spec("description"),
		Engine: cmp.Or(r.spec("engine"), aws.Redis), EngineVersion: r.spec("engineVersion"),
		NodeType: r.spec("nodeType"), Nodes: r.int("numCacheClusters"),
		ParameterGroup: r.spec("parameterGroupName"), SubnetGroup: r.spec("subnetGroupName"), SecurityGroupIDs: r.list("securityGroupIds"),
		Port: r.int("port"), AtRestEncryption: r.spec("atRestEncryptionEnabled") == "true", KMSKeyID: r.spec("kmsKeyId"),
		TransitEncryption: r.bool("transitEncryptionEnabled"), TransitEncryptionMode: aws.TLSMode(r.spec("transitEncryptionMode")),
		AuthToken:         r.token(),
		AutomaticFailover: r.bool("automaticFailoverEnabled"), MultiAZ: r.bool("multiAzEnabled"),
		MaintenanceWindow: r.spec("maintenanceWindow"), SnapshotWindow: r.spec("snapshotWindow"),
		SnapshotName: r.spec("snapshotName"), SnapshotRetentionLimit: r.int("snapshotRetentionLimit"), Tags: r.tags(),
	}
	if r.has("autoMinorVersionUpgrade") {
		in.AutoMinorVersionUpgrade = ptr(r.spec("autoMinorVersionUpgrade") == "true")
	}
	planned := r.planned()
	return []step{
		{
			call: func() error {
				if err := r.cloud.CreateReplicationGroup(in); err != nil {
					return diagnose("failed to create the resource", fmt.Errorf("creating ElastiCache Replication Group (%s): %w", in.ID, err))
				}
				return nil
			},
			delay: r.options.CreateDelay,
			after: r.waitAvailable(in.ID, "create"),
		},
		r.remember(planned),
	}
}

// planned is what will have been applied when an operation is over.
func (r *replicationGroup) planned() applied {
	return applied{
		token: r.tokenNow(), strategy: r.spec("authTokenUpdateStrategy"), finalSnapshot: r.spec("finalSnapshotIdentifier"),
		snapshotName: r.spec("snapshotName"), applyImmediately: r.boolText("spec", "forProvider", "applyImmediately"),
	}
}

// remember what was applied, as the last step.
func (r *replicationGroup) remember(a applied) step {
	t := r.tracker
	return step{call: func() error {
		t.applied, t.known = a, true
		return nil
	}}
}

// waitAvailable is a look whether a group is as it should be again.
func (r *replicationGroup) waitAvailable(id, what string) wait {
	cloud, region := r.cloud, r.region()
	return func() (bool, error) {
		g, err := cloud.DescribeReplicationGroup(region, id)
		switch {
		case aws.Is(err, aws.CodeGroupNotFound):
			err = errGone
		case err == nil && g.Status == aws.StatusAvailable:
			return true, nil
		case err == nil && (g.Status == aws.StatusCreating || g.Status == aws.StatusModifying || g.Status == aws.StatusSnapshotting):
			return false, nil
		case err == nil:
			err = fmt.Errorf("unexpected state '%s', wanted target 'available'", g.Status)
		}
		return false, diagnose("failed to "+what+" the resource", fmt.Errorf("waiting for ElastiCache Replication Group (%s) %s: %w", id, what, err))
	}
}

// update in the order of Terraform's provider: more replicas, the modification,
// the token, fewer replicas. Each waits before and after.
func (r *replicationGroup) update(changes []change) []step {
	changed := map[string]change{}
	for _, ch := range changes {
		changed[ch.argument] = ch
	}
	var steps []step
	if _, ok := changed["tags"]; ok {
		steps = append(steps, r.tag())
	}
	id, region, nodes := r.tracker.id, r.region(), r.int("numCacheClusters")
	_, scaled := changed["num_cache_clusters"]
	if scaled && nodes > r.aws.Nodes {
		steps = append(steps, r.modification(r.options.ReplicaDelay, func() error { return r.cloud.IncreaseReplicaCount(region, id, nodes-1) }))
	}
	if in, ok := r.modify(changed); ok {
		_, versioned := changed["engine_version"]
		steps = append(steps, r.modification(0, func() error {
			if in.Engine != nil && *in.Engine == aws.Valkey && r.aws.Engine != aws.Valkey && !versioned {
				return fmt.Errorf("must explicitly set 'engine_version' attribute for Replication Group (%s) when updating engine to 'valkey'", id)
			}
			return r.cloud.ModifyReplicationGroup(in)
		}))
	}
	if r.authChanged(changed) {
		in := aws.ModifyReplicationGroup{
			Region: region, ID: id, ApplyImmediately: true,
			AuthToken: ptr(r.token()), AuthTokenUpdateStrategy: aws.Strategy(r.spec("authTokenUpdateStrategy")),
		}
		steps = append(steps, r.modification(0, func() error { return r.cloud.ModifyReplicationGroup(in) }))
	}
	if scaled && nodes < r.aws.Nodes {
		steps = append(steps, r.modification(r.options.ReplicaDelay, func() error { return r.cloud.DecreaseReplicaCount(region, id, nodes-1) }))
	}
	return append(steps, r.remember(r.planned()))
}

func (r *replicationGroup) authChanged(changed map[string]change) bool {
	_, token := changed["auth_token"]
	_, strategy := changed["auth_token_update_strategy"]
	return (token || strategy) && r.spec("authTokenUpdateStrategy") != string(aws.StrategyDelete)
}

func (r *replicationGroup) modification(delay time.Duration, do func() error) step {
	id := r.tracker.id
	return step{
		before: r.waitAvailable(id, "update"),
		call: func() error {
			err := do()
			if err == nil || (aws.Is(err, aws.CodeParameterCombination) && strings.Contains(err.Error(), "No modifications were requested")) {
				return nil
			}
			return diagnose("failed to update the resource", fmt.Errorf("modifying ElastiCache Replication Group (%s): %w", id, err))
		},
		delay: delay,
		after: r.waitAvailable(id, "update"),
	}
}

func (r *replicationGroup) tag() step {
	cloud, region, arn, tags := r.cloud, r.region(), r.aws.ARN, r.tags()
	return step{call: func() error { return diagnose("failed to update the resource", cloud.Tag(region, arn, tags)) }}
}

// modify request of what changed, and whether there is any.
func (r *replicationGroup) modify(changed map[string]change) (aws.ModifyReplicationGroup, bool) {
	in := aws.ModifyReplicationGroup{Region: r.region(), ID: r.tracker.id, ApplyImmediately: r.bool("applyImmediately")}
	requested := false
	for argument, fill := range map[string]func(to string){
		"auto_minor_version_upgrade": func(to string) { in.AutoMinorVersionUpgrade = ptr(to == "true") },
		"automatic_failover_enabled": func(to string) { in.AutomaticFailover = ptr(to == "true") },
		"multi_az_enabled":           func(to string) { in.MultiAZ = ptr(to == "true") },
		"description":                func(to string) { in.Description = &to },
		"engine":                     func(to string) { in.Engine = &to },
		"engine_version":             func(to string) { in.EngineVersion, in.Engine = &to, ptr(cmp.Or(r.spec("engine"), aws.Redis)) },
		"maintenance_window":         func(to string) { in.MaintenanceWindow = &to },
		"node_type":                  func(to string) { in.NodeType = &to },
		"parameter_group_name":       func(to string) { in.ParameterGroup = &to },
		"security_group_ids":         func(string) { in.SecurityGroupIDs = r.list("securityGroupIds") },
		"snapshot_retention_limit":   func(to string) { r.backUp(&in, to) },
		"snapshot_window":            func(to string) { in.SnapshotWindow = &to },
		"log_delivery_configuration": func(string) { in.LogDelivery = r.changeLogs() },
		"notification_topic_arn":     func(to string) { in.NotificationTopic = &to },
		"user_group_ids": func(string) {
			in.UserGroupIDsToAdd = without(r.list("userGroupIds"), r.aws.UserGroupIDs)
			in.UserGroupIDsToRemove = without(r.aws.UserGroupIDs, r.list("userGroupIds"))
		},
		"transit_encryption_enabled": func(to string) { in.TransitEncryption = ptr(to == "true") },
		"transit_encryption_mode":    func(to string) { in.TransitEncryptionMode = ptr(aws.TLSMode(to)) },
	} {
		if ch, ok := changed[argument]; ok {
			fill(ch.to)
			requested = true
		}
	}
	return in, requested
}

// changeLogs to those that are asked for: what is no longer asked for is ended by its
// type alone.
func (r *replicationGroup) changeLogs() []aws.LogDelivery {
	out := r.logDelivery()
	for _, old := range r.aws.LogDelivery {
		if !slices.ContainsFunc(out, func(l aws.LogDelivery) bool { return l.LogType == old.LogType }) {
			out = append(out, aws.LogDelivery{LogType: old.LogType})
		}
	}
	return out
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

// backUp so many days. Backups that are switched on name the first node that the group
// ever had, whether or not it still has it: terraform-provider-aws 6.34,
// replication_group.go; #41567.
func (r *replicationGroup) backUp(in *aws.ModifyReplicationGroup, days string) {
	in.SnapshotRetentionLimit = new(int)
	*in.SnapshotRetentionLimit, _ = strconv.Atoi(days)
	if r.aws.SnapshotRetentionLimit == 0 {
		in.SnapshottingCluster = r.tracker.id + "-001"
	}
}

// delete waits for nothing before, but AWS refuses while the group changes: that
// is tried again for ten minutes.
func (r *replicationGroup) delete() []step {
	cloud, region, id, snapshot, global := r.cloud, r.region(), r.tracker.id, r.tracker.applied.finalSnapshot, r.aws.GlobalDatastore
	return []step{{
		call: func() error {
			if global != "" {
				if err := cloud.Disassociate(region, id); err != nil {
					return diagnose("failed to delete the resource", err)
				}
			}
			err := cloud.DeleteReplicationGroup(region, id, snapshot)
			if err == nil || aws.Is(err, aws.CodeGroupNotFound) {
				return nil
			}
			if aws.Is(err, aws.CodeGroupState) {
				return err
			}
			return diagnose("failed to delete the resource", fmt.Errorf("deleting ElastiCache Replication Group (%s): %w", id, err))
		},
		retry: func(err error) bool { return aws.Is(err, aws.CodeGroupState) },
		until: r.now.Add(deleteGroupFor),
		delay: r.options.DeleteDelay,
		after: func() (bool, error) {
			_, err := cloud.DescribeReplicationGroup(region, id)
			if aws.Is(err, aws.CodeGroupNotFound) {
				return true, nil
			}
			return false, diagnose("failed to delete the resource", err)
		},
	}}
}

func (r *replicationGroup) atProvider() map[string]any {
	out := map[string]any{
		"id": r.aws.ID, "arn": r.aws.ARN, "region": r.region(),
		"atRestEncryptionEnabled": strconv.FormatBool(r.aws.AtRestEncryption),
		"autoMinorVersionUpgrade": strconv.FormatBool(r.aws.AutoMinorVersionUpgrade), "automaticFailoverEnabled": r.aws.AutomaticFailover,
		"clusterEnabled": r.aws.Shards > 0, "clusterMode": map[bool]string{true: "enabled", false: "disabled"}[r.aws.Shards > 0],
		"configurationEndpointAddress": r.aws.Endpoint.Configuration, "dataTieringEnabled": r.aws.DataTiering,
		"description": r.aws.Description, "engine": r.aws.Engine, "engineVersion": r.engineVersion(), "engineVersionActual": r.aws.EngineVersion,
		"ipDiscovery": "ipv4", "kmsKeyId": r.aws.KMSKeyID, "maintenanceWindow": r.aws.MaintenanceWindow,
		"memberClusters": anys(r.aws.MemberClusters), "multiAzEnabled": r.aws.MultiAZ, "networkType": "ipv4", "nodeType": r.aws.NodeType,
		"numCacheClusters": int64(r.aws.Nodes), "numNodeGroups": int64(max(r.aws.Shards, 1)), "replicasPerNodeGroup": int64(r.aws.Nodes/max(r.aws.Shards, 1) - 1),
		"parameterGroupName": r.aws.ParameterGroup, "port": int64(r.aws.Endpoint.Port),
		"primaryEndpointAddress": r.aws.Endpoint.Primary, "readerEndpointAddress": r.aws.Endpoint.Reader,
		"securityGroupIds":       anys(slices.Sorted(slices.Values(r.aws.SecurityGroupIDs))),
		"snapshotRetentionLimit": int64(r.aws.SnapshotRetentionLimit), "snapshotWindow": r.aws.SnapshotWindow, "subnetGroupName": r.aws.SubnetGroup,
		"tags": anyMap(r.aws.Tags), "tagsAll": anyMap(r.aws.Tags),
		"transitEncryptionEnabled": r.aws.TLS != aws.TLSOff, "transitEncryptionMode": string(r.aws.TLS),
	}
	if a := r.tracker.applied.applyImmediately; a != "" {
		out["applyImmediately"] = a == "true"
	}
	if len(r.aws.LogDelivery) > 0 {
		out["logDeliveryConfiguration"] = r.logsAtProvider()
	}
	if len(r.aws.UserGroupIDs) > 0 {
		out["userGroupIds"] = anys(slices.Sorted(slices.Values(r.aws.UserGroupIDs)))
	}
	for field, value := range map[string]string{
		"globalReplicationGroupId": r.aws.GlobalDatastore, "notificationTopicArn": r.aws.NotificationTopic,
		"authTokenUpdateStrategy": r.tracker.applied.strategy, "finalSnapshotIdentifier": r.tracker.applied.finalSnapshot, "snapshotName": r.tracker.applied.snapshotName,
	} {
		if value != "" {
			out[field] = value
		}
	}
	return out
}

func (r *replicationGroup) logsAtProvider() []any {
	var out []any
	for _, l := range r.aws.LogDelivery {
		out = append(out, map[string]any{"logType": l.LogType, "destinationType": l.DestinationType, "destination": l.Destination, "logFormat": l.LogFormat})
	}
	return out
}

// connection details: the token is present, and empty without AUTH. With AUTH it is what
// is believed, whatever AWS has; and where nothing told of a token, the key is missing.
// In cluster mode there is one endpoint for all.
func (r *replicationGroup) connection() map[string][]byte {
	out := map[string][]byte{
		"primary_endpoint_address": []byte(r.aws.Endpoint.Primary),
		"reader_endpoint_address":  []byte(r.aws.Endpoint.Reader),
		"port":                     []byte(strconv.Itoa(r.aws.Endpoint.Port)),
	}
	if address := r.aws.Endpoint.Configuration; address != "" {
		delete(out, "primary_endpoint_address")
		delete(out, "reader_endpoint_address")
		out["configuration_endpoint_address"] = []byte(address)
	}
	if token := r.tracker.applied.token; token != nil {
		out["attribute.auth_token"] = []byte(*token)
	}
	return out
}
