package resources

import (
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	xpv2 "github.com/crossplane/crossplane-runtime/v2/apis/common/v2"
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// MakeReplicationGroup is the cache itself. Every field that the provider takes
// for "off" when it is missing is set, and changes are applied immediately: the
// alternative makes the provider repeat a modification several times a second
// until the maintenance window.
func MakeReplicationGroup(xr *v1alpha1.XRedis, f Facts) *elasticachev1beta1.ReplicationGroup {
	family, _ := redis.Family(f.Cache.Engine, f.Cache.EngineVersion)
	return &elasticachev1beta1.ReplicationGroup{
		TypeMeta:   typeMeta(elasticachev1beta1.ReplicationGroup_GroupVersionKind),
		ObjectMeta: objectMeta(f.Cache.ClusterID, paused(f.HoldReplicationGroup), annotation{AnnotationTokenDigest, f.Token.digest()}),
		Spec: elasticachev1beta1.ReplicationGroupSpec{
			ManagedResourceSpec: managedWithSecret(xr, f),
			ForProvider: elasticachev1beta1.ReplicationGroupParameters{
				Region:                   ptr.To(f.Cache.Region),
				Description:              ptr.To("Redis of " + xr.Spec.AppName + " in " + xr.Spec.Environment),
				Engine:                   ptr.To(f.Cache.Engine),
				EngineVersion:            ptr.To(f.Cache.EngineVersion),
				ParameterGroupName:       ptr.To(redis.ParameterGroupName(f.Cache.ClusterID, family)),
				NodeType:                 xr.Spec.NodeType,
				NumCacheClusters:         ptr.To(float64(*xr.Spec.NumCacheNodes)),
				AutomaticFailoverEnabled: ptr.To(*xr.Spec.NumCacheNodes > 1),
				MultiAzEnabled:           xr.Spec.MultiAZEnabled,
				Port:                     ptr.To(float64(redis.Port)),
				SubnetGroupName:          ptr.To(f.Cache.ClusterID),
				SecurityGroupIds:         set(xr.Spec.SecurityGroupIDs),
				AtRestEncryptionEnabled:  ptr.To("true"),
				KMSKeyID:                 notEmpty(f.Cache.KMSKeyID),
				TransitEncryptionEnabled: ptr.To(f.Cache.TransitEncryption != v1alpha1.TransitEncryptionDisabled),
				TransitEncryptionMode:    transitEncryptionMode(f.Cache),
				AuthTokenSecretRef:       f.Token.selector(),
				AutoGenerateAuthToken:    f.Token.generated(),
				AuthTokenUpdateStrategy:  f.Token.updateStrategy(xr),
				AutoMinorVersionUpgrade:  ptr.To(strconv.FormatBool(*xr.Spec.AutoMinorVersionUpgrade)),
				ApplyImmediately:         ptr.To(true),
				MaintenanceWindow:        xr.Spec.MaintenanceWindow,
				SnapshotWindow:           xr.Spec.SnapshotWindow,
				SnapshotRetentionLimit:   ptr.To(float64(*xr.Spec.SnapshotRetentionLimit)),
				SnapshotName:             notEmpty(f.Cache.SnapshotName),
				FinalSnapshotIdentifier:  finalSnapshot(xr, f),
				Tags:                     tags(xr.Spec.Tags),
			},
		},
	}
}

// managedWithSecret has the provider write what it knows of the cache, its token
// among it, to a Secret, through which Crossplane shows it to us.
func managedWithSecret(xr *v1alpha1.XRedis, f Facts) xpv2.ManagedResourceSpec {
	spec := managed(xr, f)
	if f.ConnectionSecret != nil {
		spec.WriteConnectionSecretToReference = &xpv1.LocalSecretReference{Name: f.ConnectionSecret.Name}
	}
	return spec
}

// transitEncryptionMode in the provider's words. It is an error without TLS, and
// unknown to engines before 7.0.5, which have TLS for all clients or for none.
func transitEncryptionMode(cache redis.State) *string {
	if cache.TransitEncryption == v1alpha1.TransitEncryptionDisabled || !redis.HasTLSMode(cache.Engine, cache.EngineVersion) {
		return nil
	}
	return ptr.To(strings.ToLower(cache.TransitEncryption))
}

// transitEncryption in the spec's words.
func transitEncryption(enabled bool, mode string) string {
	switch {
	case !enabled:
		return v1alpha1.TransitEncryptionDisabled
	case mode == "preferred":
		return v1alpha1.TransitEncryptionPreferred
	}
	return v1alpha1.TransitEncryptionRequired
}

// finalSnapshot names the snapshot that AWS takes when the cache is deleted. It
// is set all along, because no function runs while a claim is being deleted.
func finalSnapshot(xr *v1alpha1.XRedis, f Facts) *string {
	if *xr.Spec.SnapshotRetentionLimit == 0 || *xr.Spec.SkipFinalSnapshot {
		return nil
	}
	return ptr.To(redis.FinalSnapshotName(f.Cache.ClusterID, string(xr.GetUID())))
}

// RunningState is what AWS was last asked for, and what is asked where AWS has
// nothing yet. What is missing from a half-written observation counts as asked.
func RunningState(o Observed, asked redis.State) redis.State {
	out := asked
	subnetGroup, rg, parameter := o[SubnetGroup], o[ReplicationGroup], o[URLParameter]
	keep(&out.ClusterID, subnetGroup.ExternalName())
	keep(&out.Region, subnetGroup.Text("spec", "forProvider", "region"))
	if parameter.InAWS() {
		keep(&out.ParameterStorePath, parameter.ExternalName())
	}
	if !rg.InAWS() {
		return out
	}
	keep(&out.ClusterID, rg.ExternalName())
	keep(&out.Region, rg.Text("spec", "forProvider", "region"))
	keep(&out.Engine, rg.Text("spec", "forProvider", "engine"))
	keep(&out.EngineVersion, rg.Text("spec", "forProvider", "engineVersion"))
	if enabled, ok := rg.Bool("spec", "forProvider", "transitEncryptionEnabled"); ok {
		out.TransitEncryption = transitEncryption(enabled, rg.Text("spec", "forProvider", "transitEncryptionMode"))
		// These are set or not, so their absence counts, once it is known that the
		// spec is all there.
		out.Auth = rg.Has("spec", "forProvider", "authTokenSecretRef")
		out.KMSKeyID = rg.Text("spec", "forProvider", "kmsKeyId")
		out.SnapshotName = rg.Text("spec", "forProvider", "snapshotName")
	}
	return out
}

// keep what is observed, if anything is.
func keep(value *string, observed string) {
	if observed != "" {
		*value = observed
	}
}

// Endpoint of a replication group's primary, empty while unknown.
func (r Resource) Endpoint() string {
	return r.fact("primaryEndpointAddress", "primary_endpoint_address")
}

// ReaderEndpoint spreads reads over a replication group's replicas.
func (r Resource) ReaderEndpoint() string {
	return r.fact("readerEndpointAddress", "reader_endpoint_address")
}

// TLS tells whether a replication group speaks TLS, if that is known.
func (r Resource) TLS() (on, known bool) {
	return r.Bool("status", "atProvider", "transitEncryptionEnabled")
}

// AuthToken is the token that a replication group accepts. The provider writes
// it when AWS has carried out the change, and writes an empty one without AUTH.
func (r Resource) AuthToken() redis.Secret {
	return redis.NewSecret(string(r.connection["attribute.auth_token"]))
}

// WantsToken tells whether a replication group was asked to have AUTH.
func (r Resource) WantsToken() bool {
	return r.Has("spec", "forProvider", "authTokenSecretRef")
}

// fact that the provider writes to the status and to the connection details.
func (r Resource) fact(atProvider, detail string) string {
	if s := r.Text("status", "atProvider", atProvider); s != "" {
		return s
	}
	return string(r.connection[detail])
}
