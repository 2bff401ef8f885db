package resources

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// setting is one that AWS changes in place.
type setting struct {
	field    string // In the spec.
	provider string // In forProvider and atProvider.
	claim    func(*v1alpha1.XRedisSpec) string
	keep     func(*v1alpha1.XRedisSpec, string)
}

//nolint:gochecknoglobals // A constant table.
var inPlace = []setting{
	{
		"nodeType", "nodeType",
		func(s *v1alpha1.XRedisSpec) string { return *s.NodeType },
		func(s *v1alpha1.XRedisSpec, v string) { s.NodeType = &v },
	},
	{
		"numCacheNodes", "numCacheClusters",
		func(s *v1alpha1.XRedisSpec) string { return strconv.Itoa(int(*s.NumCacheNodes)) },
		func(s *v1alpha1.XRedisSpec, v string) { s.NumCacheNodes = number(v) },
	},
	{
		"multiAzEnabled", "multiAzEnabled",
		func(s *v1alpha1.XRedisSpec) string { return strconv.FormatBool(*s.MultiAZEnabled) },
		func(s *v1alpha1.XRedisSpec, v string) { s.MultiAZEnabled = ptr.To(v == "true") },
	},
	{
		"snapshotRetentionLimit", "snapshotRetentionLimit",
		func(s *v1alpha1.XRedisSpec) string { return strconv.Itoa(int(*s.SnapshotRetentionLimit)) },
		func(s *v1alpha1.XRedisSpec, v string) { s.SnapshotRetentionLimit = number(v) },
	},
	{
		"snapshotWindow", "snapshotWindow",
		func(s *v1alpha1.XRedisSpec) string { return *s.SnapshotWindow },
		func(s *v1alpha1.XRedisSpec, v string) { s.SnapshotWindow = &v },
	},
	{
		"maintenanceWindow", "maintenanceWindow",
		func(s *v1alpha1.XRedisSpec) string { return *s.MaintenanceWindow },
		func(s *v1alpha1.XRedisSpec, v string) { s.MaintenanceWindow = &v },
	},
	{
		"securityGroupIds", "securityGroupIds",
		func(s *v1alpha1.XRedisSpec) string { return joined(s.SecurityGroupIDs) },
		func(s *v1alpha1.XRedisSpec, v string) { s.SecurityGroupIDs = strings.Split(v, separator) },
	},
	{
		"autoMinorVersionUpgrade", "autoMinorVersionUpgrade",
		func(s *v1alpha1.XRedisSpec) string { return strconv.FormatBool(*s.AutoMinorVersionUpgrade) },
		func(s *v1alpha1.XRedisSpec, v string) { s.AutoMinorVersionUpgrade = ptr.To(v == "true") },
	},
}

const separator = ", "

// Settings of a replication group that AWS changes in place: as the claim has them, as
// AWS was last asked for them, and as AWS reports them.
func (r Resource) Settings(spec *v1alpha1.XRedisSpec) []redis.Setting {
	out := make([]redis.Setting, len(inPlace))
	for i, s := range inPlace {
		out[i] = redis.Setting{
			Field:    s.field,
			Claim:    s.claim(spec),
			Asked:    inWords(r.Value("spec", "forProvider", s.provider)),
			Reported: inWords(r.Value("status", "atProvider", s.provider)),
		}
		if s.field == "snapshotRetentionLimit" && out[i].Reported == "0" {
			out[i].Cannot = r.cannotSnapshot(out[i].Claim)
		}
		if n, _ := strconv.Atoi(out[i].Reported); s.field == "numCacheNodes" && (n < 1 || n > v1alpha1.MaxCacheNodes) {
			out[i].Reported = "" // AWS has no such cache.
		}
	}
	return out
}

// kept is a spec in which some settings stay as they are.
func kept(spec v1alpha1.XRedisSpec, values map[string]string) v1alpha1.XRedisSpec {
	for _, s := range inPlace {
		if v, ok := values[s.field]; ok {
			s.keep(&spec, v)
		}
	}
	return spec
}

// cannotSnapshot says why backups can't be turned on: the provider has AWS take them
// of the first node, which may be gone after a failover. Known of provider-aws v2.5.0,
// https://github.com/hashicorp/terraform-provider-aws/issues/41567.
func (r Resource) cannotSnapshot(days string) string {
	nodes := r.Value("status", "atProvider", "memberClusters").GetListValue().GetValues()
	first := r.ExternalName() + "-001"
	if len(nodes) == 0 || slices.ContainsFunc(nodes, func(v *structpb.Value) bool { return v.GetStringValue() == first }) {
		return ""
	}
	return fmt.Sprintf("the provider takes backups of the node %s, which is gone. Turn backups on in AWS (aws elasticache modify-replication-group --region %s --replication-group-id %s --snapshot-retention-limit %s --snapshotting-cluster-id %s --apply-immediately), and then the claim and the cache agree",
		first, r.Region(), r.ExternalName(), days, nodes[0].GetStringValue())
}

// inWords is a value in the spec's words, empty where there is none.
func inWords(v *structpb.Value) string {
	switch v := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return v.StringValue
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *structpb.Value_NumberValue:
		return strconv.FormatFloat(v.NumberValue, 'f', -1, 64)
	case *structpb.Value_ListValue:
		items := make([]string, len(v.ListValue.GetValues()))
		for i, item := range v.ListValue.GetValues() {
			items[i] = item.GetStringValue()
		}
		return joined(items)
	}
	return ""
}

// joined items of a set.
func joined(items []string) string {
	return strings.Join(slices.Sorted(slices.Values(items)), separator)
}

func number(s string) *int32 {
	n, _ := strconv.ParseInt(s, 10, 32)
	return ptr.To(int32(n))
}

// Port of a replication group, 0 while unknown.
func (r Resource) Port() int {
	n, _ := strconv.Atoi(string(r.connection["port"]))
	return cmp.Or(int(r.Number("status", "atProvider", "port")), n, int(r.Number("spec", "forProvider", "port")))
}
