package resources

import (
	"fmt"
	"maps"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// reported are the fields of forProvider that atProvider has as well, so that it counts
// if one is missing there.
var reported = []string{ //nolint:gochecknoglobals // A constant table.
	"atRestEncryptionEnabled", "autoMinorVersionUpgrade", "automaticFailoverEnabled", "description", "engine", "engineVersion", "family",
	"keyId", "kmsKeyId", "maintenanceWindow", "multiAzEnabled", "name", "nodeType", "numCacheClusters", "parameter", "parameterGroupName",
	"port", "securityGroupIds", "snapshotRetentionLimit", "snapshotWindow", "subnetGroupName", "subnetIds", "tags", "tier",
	"transitEncryptionEnabled", "transitEncryptionMode", "type",
}

// Adopt a resource that the provider only observes, and found: from now on it counts as
// one that AWS was asked for exactly as AWS has it.
func (o Observed) Adopt(name string) {
	r := o[name]
	has := r.Value("status", "atProvider").GetStructValue().GetFields()
	asked := map[string]*structpb.Value{}
	maps.Copy(asked, r.Value("spec", "forProvider").GetStructValue().GetFields())
	for _, field := range reported {
		delete(asked, field)
		if r.Has("status", "atProvider", field) {
			asked[field] = has[field]
		}
	}
	delete(asked, "snapshotName") // AWS does not tell it.
	r.adopted = true
	if name == ReplicationGroup && r.hasUnknownToken() {
		asked["authTokenUpdateStrategy"] = structpb.NewStringValue("ROTATE")
		asked["authTokenSecretRef"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"key": structpb.NewStringValue(keyUnknownToken)}})
	}
	r.Object = with(r.Object, asked, "spec", "forProvider")
	o[name] = r
}

// ExistingID is the id of the cache that a claim takes over.
func ExistingID(xr *v1alpha1.XRedis) string {
	return ptr.Deref(ptr.Deref(xr.Spec.Existing, v1alpha1.ExistingCache{}).ReplicationGroupID, redis.ClusterID(xr.Spec.AppName, xr.Spec.Environment))
}

// Adopted reports whether the resource is being taken over in this run.
func (r Resource) Adopted() bool { return r.adopted }

// with is a copy of an object with other fields at a path.
func with(o protocol.Object, fields map[string]*structpb.Value, path ...string) protocol.Object {
	if len(path) > 0 {
		inner := protocol.Object{Struct: o.Value(path[0]).GetStructValue()}
		outer := map[string]*structpb.Value{}
		maps.Copy(outer, o.GetFields())
		outer[path[0]] = structpb.NewStructValue(with(inner, fields, path[1:]...).Struct)
		fields = outer
	}
	return protocol.Object{Struct: &structpb.Struct{Fields: fields}}
}

// TakenOver reports whether AWS had the cache before the composite did: what the claim
// leaves open stays as it is.
func (o Observed) TakenOver() bool {
	rg := o[ReplicationGroup]
	return rg.adopted || (rg.InAWS() && rg.Annotation(AnnotationTakenOver) != "")
}

// TakenSettings are those of a cache that was taken over, but for the engine, AUTH and
// TLS, which every running cache keeps. Nothing is deleted unless the claim says so.
func (o Observed) TakenSettings() v1alpha1.Settings {
	if !o.TakenOver() {
		return v1alpha1.Settings{}
	}
	has := o.AskedInFull()
	return v1alpha1.Settings{
		NodeType:                has.NodeType,
		NumCacheNodes:           has.NumCacheNodes,
		MultiAZEnabled:          has.MultiAZEnabled,
		SnapshotRetentionLimit:  has.SnapshotRetentionLimit,
		AuthTokenUpdateStrategy: ptr.To(v1alpha1.AuthTokenUpdateStrategyRotate),
		MaxmemoryPolicy:         has.MaxmemoryPolicy,
		TimeoutSeconds:          has.TimeoutSeconds,
		AutoMinorVersionUpgrade: has.AutoMinorVersionUpgrade,
		MaintenanceWindow:       has.MaintenanceWindow,
		SnapshotWindow:          has.SnapshotWindow,
		DeletionPolicy:          ptr.To(v1alpha1.DeletionPolicyOrphan),
	}
}

// Taken is what a resource keeps of a cache that was taken over, with the claim's tags
// over its own.
func (r Resource) Taken(claimTags map[string]string) Taken {
	tags := r.askedTags()
	maps.Copy(tags, claimTags)
	return Taken{
		Description: r.asked("description"),
		Tags:        tags,
		Parameters:  r.parameters(),
		NoFailover:  r.isFalse("automaticFailoverEnabled") && r.Number("spec", "forProvider", "numCacheClusters") > 1,
		Tier:        r.asked("tier"),
	}
}

// GroupInUse is the parameter group that AWS says the cache uses, or else the one of a name
// in the pipeline.
func (o Observed) GroupInUse(otherwise string) Resource {
	names := []string{ForeignGroup}
	for _, family := range o.Families() {
		names = append(names, ParameterGroup(family))
	}
	for _, name := range names {
		if group := o[name]; group.Exists() && o[ReplicationGroup].Uses(group) {
			return group
		}
	}
	return o[otherwise]
}

// ParametersIn are those of a parameter group by their names in another family.
func (r Resource) ParametersIn(family string) map[string]string {
	out := map[string]string{}
	for name, value := range r.parameters() {
		out[redis.ParameterName(family, name)] = value
	}
	return out
}

func (r Resource) isFalse(field string) bool {
	b, known := r.Bool("spec", "forProvider", field)
	return known && !b
}

// ParameterKey is the KMS key that encrypts the parameter, nil for AWS's own.
func (r Resource) ParameterKey() *string {
	if key := r.asked("keyId"); key != awsKey {
		return notEmpty(key)
	}
	return nil
}

// awsKey is AWS's own for Parameter Store.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
const awsKey = "alias/aws/ssm"

// Uses reports whether AWS says that a replication group uses a group.
func (r Resource) Uses(group Resource) bool {
	name := group.ExternalName()
	return name == r.Text("status", "atProvider", "subnetGroupName") || name == r.Text("status", "atProvider", "parameterGroupName")
}

// ReportedTags are those that AWS has on a resource.
func (r Resource) ReportedTags() map[string]string {
	out := map[string]string{}
	for key, v := range r.Value("status", "atProvider", "tags").GetStructValue().GetFields() {
		out[key] = v.GetStringValue()
	}
	return out
}

// onlyNew is the way where there is no other.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-restoring.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html
const onlyNew = "can neither turn it off nor restore a snapshot of the cache without it; make a new cache (leave spec.existing out, and choose another appName or environment), and have the clients fill it"

// Cannot says what keeps a cache from being taken over.
func (o Observed) Cannot() []string {
	rg, parameter := o[ReplicationGroup], o[URLParameter]
	has := func(field string) bool {
		v := rg.Value("status", "atProvider", field)
		return v.GetStringValue() != "" || v.GetBoolValue() || len(v.GetListValue().GetValues()) > 0
	}
	var out []string
	for _, c := range []struct {
		is   bool
		says string
	}{
		{rg.Endpoint() == "" && !rg.ClusterMode(), fmt.Sprintf("endpoint: AWS reports none, so the cache is still being made, or could not be made; wait until its status is available, or, if it is create-failed, delete the cache in AWS and make it again (aws elasticache describe-replication-groups --replication-group-id %s --region %s)", rg.ExternalName(), rg.Region())},
		{rg.ClusterMode() || rg.Number("status", "atProvider", "numNodeGroups") > 1, "cluster mode: one REDIS_URL can't serve it, and AWS " + onlyNew},
		{has("globalReplicationGroupId"), "global datastore: remove the cache from it first"},
		{has("dataTieringEnabled"), "data tiering: it is not offered, and AWS " + onlyNew},
		{has("userGroupIds"), "user groups: only AUTH with one token is offered; remove them first"},
		{has("logDeliveryConfiguration"), "log delivery: it is not offered, and would be turned off; turn it off first"},
		{has("notificationTopicArn"), "notification topic: it is not offered, and would be removed; remove it first"},
		{parameter.adopted && parameter.asked("type") != "SecureString", fmt.Sprintf("parameter %s: it is a %s, and AWS can't turn it into a SecureString; delete it (aws ssm delete-parameter --name %s --region %s), and it is made again in the take-over", parameter.ExternalName(), parameter.asked("type"), parameter.ExternalName(), parameter.Region())},
	} {
		if c.is {
			out = append(out, c.says)
		}
	}
	return out
}
