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

	// What a claim may ask for.
	//
	// +optional
	Limits *Limits `json:"limits,omitempty"`

	// Where and how the URL is published in SSM Parameter Store.
	//
	// +optional
	ParameterStore *ParameterStore `json:"parameterStore,omitempty"`
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
