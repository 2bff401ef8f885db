package resources

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// addedTags are those that the provider adds to what it is asked for.
// https://github.com/crossplane/upjet/blob/main/pkg/config/resource.go
var addedTags = []string{"crossplane-kind", "crossplane-name", "crossplane-providerconfig"} //nolint:gochecknoglobals // A constant table.

// Asked is what a running cache was last asked to be, as far as no default may
// change it, in the words of a claim. It reports false while AWS has no cache, and
// can have none. A field that was not observed is empty. Of a version that AWS has
// upgraded on its own it is the claim's.
func (o Observed) Asked() (spec v1alpha1.XRedisSpec, running bool) {
	rg := o[ReplicationGroup]
	if !rg.InAWS() || rg.CreateRefused() {
		return spec, false
	}
	spec.Region = notEmpty(cmp.Or(rg.asked("region"), o.subnetGroup().asked("region")))
	engine, version := rg.askedEngine()
	spec.Settings = v1alpha1.Settings{
		NodeType:          notEmpty(rg.asked("nodeType")),
		Engine:            notEmpty(string(engine)),
		EngineVersion:     notEmpty(version),
		EnableAuthToken:   rg.askedAuth(),
		TransitEncryption: rg.askedTLS(),
		KMSKeyID:          notEmpty(rg.asked("kmsKeyId")),
		SnapshotName:      notEmpty(rg.asked("snapshotName")),
	}
	return spec, true
}

// Whole reports whether all that a running cache was last asked to be was observed,
// so that what is missing was not asked for.
func (o Observed) Whole() bool {
	return o[ReplicationGroup].complete() && o.subnetGroup().Exists() && (len(o.Families()) > 0 || o[ForeignGroup].Exists() || IsDefaultGroup(o[ReplicationGroup].asked("parameterGroupName")))
}

// AskedInFull is all that a running cache was last asked to be, but for
// authTokenSecretRef: the provider reads a copy of the token.
func (o Observed) AskedInFull() v1alpha1.XRedisSpec {
	rg := o[ReplicationGroup]
	spec, _ := o.Asked()
	// That of a cache that was taken over is another's, and the parameter has one of ours.
	description, _, _ := strings.Cut(o[URLParameter].asked("description"), revision)
	_, _ = fmt.Sscanf(description, urlDescriptionFormat, &spec.AppName, &spec.Environment)
	_, _ = fmt.Sscanf(rg.asked("description"), descriptionFormat, &spec.AppName, &spec.Environment)
	spec.Network = o.AskedNetwork()
	spec.Tags = rg.askedTags()
	spec.NumCacheNodes = rg.askedNumber("numCacheClusters")
	spec.MultiAZEnabled = rg.askedBool("multiAzEnabled")
	spec.SnapshotRetentionLimit = rg.askedNumber("snapshotRetentionLimit")
	spec.AuthTokenUpdateStrategy = notEmpty(rg.asked("authTokenUpdateStrategy"))
	spec.MaxmemoryPolicy, spec.TimeoutSeconds = o.askedParameters()
	spec.AutoMinorVersionUpgrade = parseBool(rg.asked("autoMinorVersionUpgrade"))
	spec.MaintenanceWindow = notEmpty(rg.asked("maintenanceWindow"))
	spec.SnapshotWindow = notEmpty(rg.asked("snapshotWindow"))
	spec.DeletionPolicy = rg.askedDeletionPolicy()
	spec.SkipFinalSnapshot = rg.askedSkipFinalSnapshot()
	if name := o.askedSecretName(); name != "" {
		spec.WriteConnectionSecretToRef = &v1alpha1.ConnectionSecretReference{Name: name}
	}
	return spec
}

// askedEngine is what AWS reports where a version was asked for that none is known by.
func (r Resource) askedEngine() (engine redis.Engine, version string) {
	reportedEngine, reported := r.Engine()
	engine = cmp.Or(redis.Engine(r.asked("engine")), reportedEngine)
	version = redis.VersionName(cmp.Or(r.Annotation(AnnotationFollowed), r.asked("engineVersion")))
	if _, known := redis.Family(engine, version); known {
		return engine, version
	}
	return engine, cmp.Or(reported, version)
}

// Engine that AWS reports, empty while unknown.
func (r Resource) Engine() (engine redis.Engine, version string) {
	return redis.Engine(r.Text("status", "atProvider", "engine")), redis.VersionName(r.Text("status", "atProvider", "engineVersion"))
}

// asked is a text that the provider was last asked for.
func (r Resource) asked(field string) string { return r.Text("spec", "forProvider", field) }

func (r Resource) askedBool(field string) *bool {
	b, ok := r.Bool("spec", "forProvider", field)
	if !ok {
		return nil
	}
	return &b
}

func (r Resource) askedNumber(field string) *int32 {
	if !r.Has("spec", "forProvider", field) {
		return nil
	}
	return ptr.To(int32(r.Number("spec", "forProvider", field)))
}

// IsAddedTag reports whether a tag is one that the provider adds.
func IsAddedTag(key string) bool { return slices.Contains(addedTags, key) }

func (r Resource) askedTags() map[string]string {
	fields := r.Value("spec", "forProvider", "tags").GetStructValue().GetFields()
	out := make(map[string]string, len(fields))
	for key, v := range fields {
		if !IsAddedTag(key) {
			out[key] = v.GetStringValue()
		}
	}
	return out
}

// askedAuth reports whether AUTH was asked for, nil where neither that nor the
// token that AWS has was observed.
func (r Resource) askedAuth() *bool {
	if r.complete() {
		return ptr.To(r.AskedToken().State != redis.NoToken)
	}
	token, known := r.AuthToken()
	if !known {
		return nil
	}
	return ptr.To(!token.IsEmpty())
}

// askedTLS is what AWS reports where what was asked for was not observed.
func (r Resource) askedTLS() *string {
	switch {
	case r.complete():
		return ptr.To(string(r.tls("spec", "forProvider")))
	case r.Has("status", "atProvider", "transitEncryptionEnabled"):
		return ptr.To(string(r.tls("status", "atProvider")))
	}
	return nil
}

func (r Resource) askedDeletionPolicy() *string {
	policies := r.Value("spec", "managementPolicies").GetListValue().GetValues()
	if len(policies) == 0 {
		return nil
	}
	for _, p := range policies {
		if p.GetStringValue() == "Delete" {
			return ptr.To(v1alpha1.DeletionPolicyDelete)
		}
	}
	return ptr.To(v1alpha1.DeletionPolicyOrphan)
}

// askedSkipFinalSnapshot is not known while backups are off.
func (r Resource) askedSkipFinalSnapshot() *bool {
	if r.Number("spec", "forProvider", "snapshotRetentionLimit") == 0 {
		return nil
	}
	return ptr.To(r.asked("finalSnapshotIdentifier") == "")
}

// askedParameters of the parameter group that the cache was last asked to use. A cache
// that was taken over with a group of others is about to move to its own, once there is
// one.
func (o Observed) askedParameters() (maxmemoryPolicy *string, timeout *int32) {
	inUse := o[ReplicationGroup].asked("parameterGroupName")
	moves := o[ForeignGroup].asked("name") == inUse || IsDefaultGroup(inUse)
	for _, family := range o.Families() {
		group := o[ParameterGroup(family)]
		if group.asked("name") != inUse && (!moves || !group.InAWS()) {
			continue
		}
		values := group.parameters()
		if group.adopted {
			return withDefaults(values)
		}
		if seconds, err := strconv.ParseInt(values["timeout"], 10, 32); err == nil {
			timeout = ptr.To(int32(seconds))
		}
		return notEmpty(values["maxmemory-policy"]), timeout
	}
	if !moves || (!o[ForeignGroup].adopted && !IsDefaultGroup(inUse)) {
		return nil, nil
	}
	return withDefaults(o[ForeignGroup].parameters())
}

// ParametersInUse are those of the group that the cache uses, nil while they are not known.
func (o Observed) ParametersInUse() (maxmemoryPolicy *string, timeout *int32) {
	if IsDefaultGroup(o[ReplicationGroup].ParameterGroupInUse()) {
		return withDefaults(nil)
	}
	return o.askedParameters()
}

// withDefaults are parameters of which AWS tells what somebody set: the defaults of all
// engines are these.
func withDefaults(set map[string]string) (maxmemoryPolicy *string, timeout *int32) {
	return ptr.To(cmp.Or(set["maxmemory-policy"], "volatile-lru")), number(set["timeout"])
}

// parameters that a parameter group was asked for, by name.
func (r Resource) parameters() map[string]string {
	out := map[string]string{}
	for _, v := range r.Value("spec", "forProvider", "parameter").GetListValue().GetValues() {
		fields := v.GetStructValue().GetFields()
		out[fields["name"].GetStringValue()] = fields["value"].GetStringValue()
	}
	return out
}

// askedSecretName is the composed Secret's, or the one that the parameter reads.
func (o Observed) askedSecretName() string {
	return cmp.Or(o[ConnectionSecret].Name(), o[URLParameter].Text("spec", "forProvider", "valueSecretRef", "name"))
}

func parseBool(s string) *bool {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil
	}
	return &b
}
