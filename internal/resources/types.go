package resources

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	xpv2 "github.com/crossplane/crossplane-runtime/v2/apis/common/v2"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// Kinds of provider-aws, by flavour: of its cluster-scoped family, and of its namespaced
// one.
//
//nolint:gochecknoglobals // Constant tables.
var (
	subnetGroupKinds = map[v1alpha1.Flavour]schema.GroupVersionKind{
		v1alpha1.Claims:     {Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: "SubnetGroup"},
		v1alpha1.Namespaced: {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "SubnetGroup"},
	}
	parameterGroupKinds = map[v1alpha1.Flavour]schema.GroupVersionKind{
		v1alpha1.Claims:     {Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: "ParameterGroup"},
		v1alpha1.Namespaced: {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "ParameterGroup"},
	}
	replicationGroupKinds = map[v1alpha1.Flavour]schema.GroupVersionKind{
		v1alpha1.Claims:     {Group: "elasticache.aws.upbound.io", Version: "v1beta2", Kind: "ReplicationGroup"},
		v1alpha1.Namespaced: {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: "ReplicationGroup"},
	}
	parameterKinds = map[v1alpha1.Flavour]schema.GroupVersionKind{
		v1alpha1.Claims:     {Group: "ssm.aws.upbound.io", Version: "v1beta1", Kind: "Parameter"},
		v1alpha1.Namespaced: {Group: "ssm.aws.m.upbound.io", Version: "v1beta1", Kind: "Parameter"},
	}
)

// A Managed resource of the namespaced family, without what the function never sets.
// The provider's own types link Terraform's SDK, so tests hold these against them.
type Managed[ForProvider any] struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"` //nolint:modernize // As the provider's.

	Spec Spec[ForProvider] `json:"spec"`
}

// A Spec of a managed resource: Crossplane's part, and the provider's.
type Spec[ForProvider any] struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider ForProvider `json:"forProvider"`
}

// SubnetGroupParameters are what the function sets of a SubnetGroup.
type SubnetGroupParameters struct {
	Description *string            `json:"description,omitempty"`
	Region      *string            `json:"region"`
	SubnetIDs   []*string          `json:"subnetIds,omitempty"`
	Tags        map[string]*string `json:"tags,omitempty"`
}

// ParameterGroupParameters are what the function sets of a ParameterGroup.
type ParameterGroupParameters struct {
	Description *string               `json:"description,omitempty"`
	Family      *string               `json:"family,omitempty"`
	Name        *string               `json:"name,omitempty"`
	Parameter   []ParameterParameters `json:"parameter,omitempty"`
	Region      *string               `json:"region"`
	Tags        map[string]*string    `json:"tags,omitempty"`
}

// ParameterParameters are one parameter of a ParameterGroup.
type ParameterParameters struct {
	Name  *string `json:"name"`
	Value *string `json:"value"`
}

// ReplicationGroupParameters are what the function sets of a ReplicationGroup.
type ReplicationGroupParameters struct {
	ApplyImmediately         *bool                        `json:"applyImmediately,omitempty"`
	AtRestEncryptionEnabled  *string                      `json:"atRestEncryptionEnabled,omitempty"`
	AuthTokenSecretRef       *xpv1.LocalSecretKeySelector `json:"authTokenSecretRef,omitempty"`
	AuthTokenUpdateStrategy  *string                      `json:"authTokenUpdateStrategy,omitempty"`
	AutoGenerateAuthToken    *bool                        `json:"autoGenerateAuthToken,omitempty"`
	AutoMinorVersionUpgrade  *string                      `json:"autoMinorVersionUpgrade,omitempty"`
	AutomaticFailoverEnabled *bool                        `json:"automaticFailoverEnabled,omitempty"`
	Description              *string                      `json:"description,omitempty"`
	Engine                   *string                      `json:"engine,omitempty"`
	EngineVersion            *string                      `json:"engineVersion,omitempty"`
	FinalSnapshotIdentifier  *string                      `json:"finalSnapshotIdentifier,omitempty"`
	KMSKeyID                 *string                      `json:"kmsKeyId,omitempty"`
	MaintenanceWindow        *string                      `json:"maintenanceWindow,omitempty"`
	MultiAzEnabled           *bool                        `json:"multiAzEnabled,omitempty"`
	NodeType                 *string                      `json:"nodeType,omitempty"`
	NumCacheClusters         *float64                     `json:"numCacheClusters,omitempty"`
	ParameterGroupName       *string                      `json:"parameterGroupName,omitempty"`
	Port                     *float64                     `json:"port,omitempty"`
	Region                   *string                      `json:"region"`
	SecurityGroupIDs         []*string                    `json:"securityGroupIds,omitempty"`
	SnapshotName             *string                      `json:"snapshotName,omitempty"`
	SnapshotRetentionLimit   *float64                     `json:"snapshotRetentionLimit,omitempty"`
	SnapshotWindow           *string                      `json:"snapshotWindow,omitempty"`
	SubnetGroupName          *string                      `json:"subnetGroupName,omitempty"`
	Tags                     map[string]*string           `json:"tags,omitempty"`
	TransitEncryptionEnabled *bool                        `json:"transitEncryptionEnabled,omitempty"`
	TransitEncryptionMode    *string                      `json:"transitEncryptionMode,omitempty"`
}

// URLParameterParameters are what the function sets of a Parameter of SSM.
type URLParameterParameters struct {
	Description    *string                      `json:"description,omitempty"`
	KeyID          *string                      `json:"keyId,omitempty"`
	Region         *string                      `json:"region"`
	Tags           map[string]*string           `json:"tags,omitempty"`
	Tier           *string                      `json:"tier,omitempty"`
	Type           *string                      `json:"type,omitempty"`
	ValueSecretRef *xpv1.LocalSecretKeySelector `json:"valueSecretRef,omitempty"`
}
