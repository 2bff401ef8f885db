package resources

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	xpv2 "github.com/crossplane/crossplane-runtime/v2/apis/common/v2"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// descriptionFormat takes the application and the environment, and gives them back.
const descriptionFormat = "Redis of %s in %s"

// Description of a new replication group.
func Description(spec *v1alpha1.XRedisSpec) string {
	return fmt.Sprintf(descriptionFormat, spec.AppName, spec.Environment)
}

// MakeReplicationGroup is the cache itself. Every field that the provider takes
// for "off" when it is missing is set, and changes are applied immediately: the
// alternative makes the provider repeat a modification several times a second
// until the maintenance window.
func MakeReplicationGroup(xr *v1alpha1.XRedis, f Facts) *Managed[ReplicationGroupParameters] {
	spec := kept(xr.Spec, f.Kept)
	return &Managed[ReplicationGroupParameters]{
		TypeMeta:   typeMeta(replicationGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, ReplicationGroup, annotation{AnnotationTakenOver, takenOver(f)}, annotation{AnnotationFollowed, f.Followed}, annotation{AnnotationSteps, steps(f)}, annotation{AnnotationRejected, rejected(f.Rejected)}),
		Spec: Spec[ReplicationGroupParameters]{
			ManagedResourceSpec: managedWithSecret(xr, f),
			ForProvider: ReplicationGroupParameters{
				Region:                   ptr.To(f.Region),
				Description:              ptr.To(cmp.Or(f.Taken[ReplicationGroup].Description, Description(&spec))),
				Engine:                   ptr.To(string(f.Engine)),
				EngineVersion:            ptr.To(f.EngineVersion),
				ParameterGroupName:       ptr.To(f.ParameterGroup),
				NodeType:                 spec.NodeType,
				NumCacheClusters:         ptr.To(float64(*spec.NumCacheNodes)),
				AutomaticFailoverEnabled: ptr.To(*spec.NumCacheNodes > 1 && (*spec.MultiAZEnabled || !f.Taken[ReplicationGroup].NoFailover)),
				MultiAzEnabled:           spec.MultiAZEnabled,
				Port:                     ptr.To(float64(f.Port)),
				SubnetGroupName:          ptr.To(f.ExternalName(SubnetGroupOf(f.Network))),
				SecurityGroupIDs:         set(spec.SecurityGroupIDs),
				AtRestEncryptionEnabled:  ptr.To(strconv.FormatBool(!f.Unencrypted)),
				KMSKeyID:                 notEmpty(f.KMSKeyID),
				TransitEncryptionEnabled: ptr.To(f.TLS != redis.TLSDisabled),
				TransitEncryptionMode:    transitEncryptionMode(f),
				AuthTokenSecretRef:       tokenSelector(f),
				AutoGenerateAuthToken:    autoGenerate(f),
				AuthTokenUpdateStrategy:  updateStrategy(f),
				AutoMinorVersionUpgrade:  ptr.To(strconv.FormatBool(*spec.AutoMinorVersionUpgrade)),
				ApplyImmediately:         ptr.To(true),
				MaintenanceWindow:        spec.MaintenanceWindow,
				SnapshotWindow:           spec.SnapshotWindow,
				SnapshotRetentionLimit:   ptr.To(float64(*spec.SnapshotRetentionLimit)),
				SnapshotName:             notEmpty(f.SnapshotName),
				FinalSnapshotIdentifier:  finalSnapshot(&spec, xr, f),
				Tags:                     tags(xr, f, ReplicationGroup),
			},
		},
	}
}

// managedWithSecret has the provider write what it knows of the cache, its token
// among it, to a Secret, through which Crossplane shows it to us.
func managedWithSecret(xr *v1alpha1.XRedis, f Facts) xpv2.ManagedResourceSpec {
	spec := managed(xr, f, ReplicationGroup)
	spec.WriteConnectionSecretToReference = &xpv1.LocalSecretReference{Name: f.ConnectionSecret.Name}
	return spec
}

// takenOver marks a cache that AWS had before, once it is no longer only observed.
func takenOver(f Facts) string {
	if _, kept := f.Taken[ReplicationGroup]; !kept || f.holds(ReplicationGroup) {
		return ""
	}
	return strconv.FormatBool(true)
}

// transitEncryptionMode in the provider's words. It is an error without TLS, and
// unknown to engines before 7.0.5, which have TLS for all clients or for none.
func transitEncryptionMode(f Facts) *string {
	if f.TLS == redis.TLSDisabled || !f.TLSMode {
		return nil
	}
	return ptr.To(strings.ToLower(string(f.TLS)))
}

// steps of the change that is under way, empty if there is none.
func steps(f Facts) string {
	if f.Total == 0 {
		return ""
	}
	return strconv.Itoa(f.Total)
}

// finalSnapshot names the snapshot that AWS takes when the cache is deleted. It
// is set all along, because no function runs while a claim is being deleted. The
// managed resource's uid makes it new for each cache: one that is deleted by hand and
// made again is of the same composite.
func finalSnapshot(spec *v1alpha1.XRedisSpec, xr *v1alpha1.XRedis, f Facts) *string {
	if *spec.SnapshotRetentionLimit == 0 || *spec.SkipFinalSnapshot {
		return nil
	}
	return ptr.To(redis.FinalSnapshotName(f.ClusterID, cmp.Or(f.UID, string(xr.GetUID()))))
}

// Endpoint of a replication group's primary, empty while unknown.
func (r Resource) Endpoint() string {
	return r.fact("primaryEndpointAddress", "primary_endpoint_address")
}

// ReaderEndpoint spreads reads over a replication group's replicas.
func (r Resource) ReaderEndpoint() string {
	return r.fact("readerEndpointAddress", "reader_endpoint_address")
}

// fact that the provider writes to the status and to the connection details.
func (r Resource) fact(atProvider, detail string) string {
	if s := r.Text("status", "atProvider", atProvider); s != "" {
		return s
	}
	return string(r.connection[detail])
}
