// Package v1beta1 is the function's Input: what a platform team decides once, in
// a Composition, for every claim that uses it.
//
// +kubebuilder:object:generate=true
// +groupName=redis.fn.crossplane.io
// +versionName=v1beta1
package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// The one kind of Input.
const (
	APIVersion = "redis.fn.crossplane.io/v1beta1"
	Kind       = "Input"
)

// Input is a platform's policy. All of it is optional, and a field that is not
// listed here is an error: a typo in a Composition must not pass silently.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:categories=crossplane
type Input struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// AWS region of claims that name none.
	//
	// +optional
	Region *string `json:"region,omitempty"`

	// ProviderConfig that the AWS resources are made with. Default: the one named
	// default.
	//
	// +optional
	ProviderConfigRef *ProviderConfigReference `json:"providerConfigRef,omitempty"`

	// Tags of all AWS resources. A claim's own tags come before them.
	//
	// +optional
	Tags map[string]string `json:"tags,omitempty"`

	// Settings of claims that leave them open, in place of the documented
	// defaults.
	//
	// +optional
	Defaults *v1alpha1.Settings `json:"defaults,omitempty"`

	// Networks for new caches: the first that matches gives what a claim leaves out of
	// vpcId, subnetIds and securityGroupIds. A cache that exists keeps its network.
	//
	// +optional
	// +kubebuilder:validation:MaxItems=100
	Networks []Network `json:"networks,omitempty"`

	// EnvironmentConfig of Crossplane that gives new caches what neither the claim nor
	// region and networks do.
	//
	// +optional
	EnvironmentConfig *EnvironmentConfig `json:"environmentConfig,omitempty"`

	// What a claim may ask for.
	//
	// +optional
	Limits *Limits `json:"limits,omitempty"`

	// Where and how the URL is published in SSM Parameter Store.
	//
	// +optional
	ParameterStore *ParameterStore `json:"parameterStore,omitempty"`

	// Seconds until Crossplane asks again about a settled cache about which nothing is
	// looked up. About any other it asks again after 60. Default: 600.
	//
	// +optional
	// +kubebuilder:validation:Minimum=60
	// +kubebuilder:validation:Maximum=3600
	TTL *int64 `json:"ttl,omitempty"`
}

// A ProviderConfigReference names the credentials and account to use.
type ProviderConfigReference struct {
	// Name of the ProviderConfig.
	//
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// ClusterProviderConfig (default) or ProviderConfig, which is in the XRedis's
	// namespace. Not for claims: their resources are cluster scoped, and there is
	// one kind only.
	//
	// +optional
	// +kubebuilder:validation:Enum=ClusterProviderConfig;ProviderConfig
	Kind *string `json:"kind,omitempty"`
}

// A Network is given to the claims that it matches.
type Network struct {
	// Claims that the network is for. Default: all.
	//
	// +optional
	Match *Match `json:"match,omitempty"`

	v1alpha1.Network `json:",inline"`
}

// A Match selects claims that meet each of its lists, of which one item must match.
type Match struct {
	// Environments, as globs such as dev-*. Default: all.
	//
	// +optional
	Environment []string `json:"environment,omitempty"`

	// AWS regions, as globs such as eu-*. Default: all.
	//
	// +optional
	Region []string `json:"region,omitempty"`

	// Namespaces that claims are in, as globs such as team-*. Default: all.
	//
	// +optional
	Namespace []string `json:"namespace,omitempty"`
}

// An EnvironmentConfig is read from the pipeline's context, where an earlier step has put
// it (function-environment-configs), and what that lacks is read from the one that is named.
type EnvironmentConfig struct {
	// Name of the EnvironmentConfig to look up. {environment}, {region} and {namespace}
	// stand for those of the claim. Default: none is looked up, and only the context is
	// read.
	//
	// +optional
	Name *string `json:"name,omitempty"`

	// APIVersion to look it up in. Default: apiextensions.crossplane.io/v1beta1.
	// Crossplane 1.17 has v1alpha1 only, and Crossplane 2 only v1beta1.
	//
	// +optional
	// +kubebuilder:validation:Enum=apiextensions.crossplane.io/v1beta1;apiextensions.crossplane.io/v1alpha1
	APIVersion *string `json:"apiVersion,omitempty"`

	// Where the values are below the data of the EnvironmentConfig, as in
	// networks.eu.vpcId.
	//
	// +optional
	Paths *Paths `json:"paths,omitempty"`
}

// Paths of values in an EnvironmentConfig.
type Paths struct {
	// Path of the AWS region. Default: region.
	//
	// +optional
	Region *string `json:"region,omitempty"`

	// Path of the VPC's id. Default: vpcId.
	//
	// +optional
	VPCID *string `json:"vpcId,omitempty"`

	// Path of the list of the subnets' ids. Default: subnetIds.
	//
	// +optional
	SubnetIDs *string `json:"subnetIds,omitempty"`

	// Path of the list of the security groups' ids. Default: securityGroupIds.
	//
	// +optional
	SecurityGroupIDs *string `json:"securityGroupIds,omitempty"`
}

// Limits are what a platform allows.
type Limits struct {
	// Node types that may be asked for, as globs such as cache.t4g.*. Default:
	// all.
	//
	// +optional
	NodeTypes []string `json:"nodeTypes,omitempty"`

	// Most nodes a cache may have.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=6
	MaxCacheNodes *int32 `json:"maxCacheNodes,omitempty"`

	// Engines that may be asked for: redis, valkey. Default: both.
	//
	// +optional
	// +kubebuilder:validation:items:Enum=redis;valkey
	Engines []string `json:"engines,omitempty"`

	// Engine versions that may be asked for, as globs such as 7.*. Default: all.
	//
	// +optional
	// +kubebuilder:validation:items:Pattern=`^[0-9x.*?]+$`
	EngineVersions []string `json:"engineVersions,omitempty"`

	// AWS regions that may be asked for. Default: all.
	//
	// +optional
	Regions []string `json:"regions,omitempty"`

	// Fewest days for which every cache must keep its backups.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=35
	MinSnapshotRetentionLimit *int32 `json:"minSnapshotRetentionLimit,omitempty"`

	// Deletion policies that may be asked for: Delete, Orphan. Default: both.
	//
	// +optional
	// +kubebuilder:validation:items:Enum=Delete;Orphan
	DeletionPolicies []string `json:"deletionPolicies,omitempty"`

	// Whether every cache must have transitEncryption: Required.
	//
	// +optional
	RequireTransitEncryption *bool `json:"requireTransitEncryption,omitempty"`

	// Whether every cache must have enableAuthToken: true.
	//
	// +optional
	RequireAuthToken *bool `json:"requireAuthToken,omitempty"`

	// Whether every cache must have deletionProtection: true.
	//
	// +optional
	RequireDeletionProtection *bool `json:"requireDeletionProtection,omitempty"`
}

// ParameterStore is where and how the URL is published.
type ParameterStore struct {
	// Key that encrypts the parameter: an id, alias or ARN. Default: AWS's own
	// key of the account, alias/aws/ssm.
	//
	// +optional
	KMSKeyID *string `json:"kmsKeyId,omitempty"`

	// What goes before /<app>/<environment>/redis/url, such as /platform.
	//
	// +optional
	// +kubebuilder:validation:Pattern=`^(/[a-zA-Z0-9_.-]+){1,10}$`
	PathPrefix *string `json:"pathPrefix,omitempty"`
}
