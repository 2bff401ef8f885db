package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An XRedis is an AWS ElastiCache Redis or Valkey, published as one REDIS_URL in
// SSM Parameter Store and in a Secret.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=xredis,singular=xredis
// +kubebuilder:printcolumn:name="ENGINE",type="string",JSONPath=".status.engine"
// +kubebuilder:printcolumn:name="VERSION",type="string",JSONPath=".status.engineVersion"
// +kubebuilder:printcolumn:name="TYPE",type="string",JSONPath=".status.nodeType"
// +kubebuilder:printcolumn:name="NODES",type="integer",JSONPath=".status.numCacheNodes"
// +kubebuilder:printcolumn:name="TLS",type="string",JSONPath=".status.transitEncryption"
// +kubebuilder:printcolumn:name="AUTH",type="string",JSONPath=".status.auth"
// +kubebuilder:printcolumn:name="STAGE",type="string",JSONPath=".status.stage"
// +kubebuilder:printcolumn:name="ENDPOINT",type="string",JSONPath=".status.endpoint",priority=1
// +kubebuilder:printcolumn:name="PARAMETER",type="string",JSONPath=".status.parameterStorePath",priority=1
type XRedis struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   XRedisSpec   `json:"spec"`
	Status XRedisStatus `json:"status,omitempty"`
}

// XRedisSpec is what an app team asks for: a name and an environment, a network unless
// the platform gives one, and settings that all have a default.
//
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.region) || (has(self.region) && self.region == oldSelf.region)",message="region is immutable: a cache can't move; make a new claim in the other region",fieldPath=".region"
// +kubebuilder:validation:XValidation:rule="has(self.writeConnectionSecretToRef) == has(oldSelf.writeConnectionSecretToRef)",message="the Secret's name is immutable: pods read it by this name",fieldPath=".writeConnectionSecretToRef"
// +kubebuilder:validation:XValidation:rule="!has(self.writeConnectionSecretToRef) || !has(self.authTokenSecretRef) || self.writeConnectionSecretToRef.name != self.authTokenSecretRef.name",message="the Secret of authTokenSecretRef is the team's own and is not written to: name another",fieldPath=".writeConnectionSecretToRef.name"
// +kubebuilder:validation:XValidation:rule="!has(self.multiAzEnabled) || !self.multiAzEnabled || !has(self.numCacheNodes) || self.numCacheNodes >= 2",message="multiAzEnabled needs a replica to fail over to: set numCacheNodes to 2 or more",fieldPath=".multiAzEnabled"
// +kubebuilder:validation:XValidation:rule="!has(self.multiAzEnabled) || !self.multiAzEnabled || !has(self.subnetIds) || self.subnetIds.size() >= 2",message="multiAzEnabled needs subnets in two availability zones: name 2 or more in subnetIds",fieldPath=".multiAzEnabled"
// +kubebuilder:validation:XValidation:rule="!has(self.authTokenSecretRef) || !has(self.enableAuthToken) || self.enableAuthToken",message="authTokenSecretRef needs enableAuthToken: true, or the token would not be used",fieldPath=".authTokenSecretRef"
// +kubebuilder:validation:XValidation:rule="!has(self.authTokenGeneration) || !has(self.enableAuthToken) || self.enableAuthToken",message="authTokenGeneration needs enableAuthToken: true, or there is no token",fieldPath=".authTokenGeneration"
// +kubebuilder:validation:XValidation:rule="!has(self.authTokenGeneration) || !has(self.authTokenSecretRef)",message="the token is the team's own: change it in the Secret of authTokenSecretRef, and leave authTokenGeneration out",fieldPath=".authTokenGeneration"
// +kubebuilder:validation:XValidation:rule="!has(self.enableAuthToken) || !self.enableAuthToken || !has(self.transitEncryption) || self.transitEncryption == 'Required'",message="AUTH needs TLS for every client: leave transitEncryption out or set it to Required",fieldPath=".transitEncryption"
// +kubebuilder:validation:XValidation:rule="!has(self.engine) || !has(self.engineVersion) || (self.engine == 'valkey' ? !self.engineVersion.matches('^(5[.]0[.]6|6[.]x|6[.]0|6[.]2|7[.]0|7[.]1)$') : !self.engineVersion.matches('^(7[.]2|[89][.](0|[1-9][0-9]{0,1}))$'))",message="engineVersion is not a version of this engine: redis has 5.0.6, 6.x, 6.0, 6.2, 7.0, 7.1; valkey has 7.2, 8.*, 9.*",fieldPath=".engineVersion"
// +kubebuilder:validation:XValidation:rule="!has(self.transitEncryption) || self.transitEncryption != 'Preferred' || !has(self.engineVersion) || !self.engineVersion.matches('^(5[.]0[.]6|6[.]x|6[.]0|6[.]2)$') || (has(self.engine) && self.engine == 'valkey')",message="transitEncryption Preferred needs engineVersion 7.0 or later: before it TLS is Required or Disabled, and stays so",fieldPath=".transitEncryption"
// +kubebuilder:validation:XValidation:rule="!has(self.kmsKeyId) || !has(self.region) || !self.kmsKeyId.startsWith('arn:') || self.kmsKeyId.split(':').size() < 6 || self.kmsKeyId.split(':')[3] == self.region",message="the key must be of the cache's own region: name a key of that region",fieldPath=".kmsKeyId"
// +kubebuilder:validation:XValidation:rule="!has(self.nodeType) || !has(self.engine) || self.engine != 'redis' || !self.nodeType.matches('^cache[.](c8gn|r8g)[.]')",message="this node type needs engine valkey: set that, or choose another node type",fieldPath=".nodeType"
// +kubebuilder:validation:XValidation:rule="!has(self.nodeType) || !has(self.engineVersion) || !(self.engineVersion in ['5.0.6', '6.0']) || (has(self.engine) && self.engine != 'redis') || !self.nodeType.matches('^cache[.](c7gn|m7g|r7g)[.]')",message="this node type needs engineVersion 6.2 or later: set that, or choose another node type",fieldPath=".nodeType"
type XRedisSpec struct {
	// Name of the application. Part of the AWS names and of the path in Parameter
	// Store. Lower-case letters, digits and single hyphens, a letter first.
	// Immutable.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.size() == 0 || self.matches('^[a-z][a-z0-9]*(-[a-z0-9]+)*$')",message="must be lower-case letters, digits and single hyphens between them, a letter first"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="appName is immutable: every AWS name is made from it; make a new claim"
	AppName string `json:"appName"`

	// Environment of the application, such as dev or prod. Part of the AWS names
	// and of the path in Parameter Store. Lower-case letters, digits and single
	// hyphens. Immutable.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.size() == 0 || self.matches('^[a-z0-9]+(-[a-z0-9]+)*$')",message="must be lower-case letters, digits and single hyphens between them, a letter or digit first"
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="environment is immutable: every AWS name is made from it; make a new claim"
	Environment string `json:"environment"`

	Network `json:",inline"`

	// AWS region. Required unless the platform sets one. Immutable.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]{2,}(-[a-z]+)+-[0-9]+$')",message="must be an AWS region, such as eu-central-1"
	Region *string `json:"region,omitempty"`

	// Tags of all AWS resources, over those of the platform, over Name,
	// Application, Environment and ManagedBy. Keys that begin with aws: and those
	// of the provider (crossplane-kind, -name and -providerconfig) are refused.
	//
	// +optional
	// +kubebuilder:validation:MaxProperties=47
	// +kubebuilder:validation:XValidation:rule="self.all(key, key.size() > 0 && key.size() <= 128)",message="a tag's key must have 1 to 128 characters"
	// +kubebuilder:validation:XValidation:rule="self.all(key, key.size() == 0 || key.trim().size() > 0)",message="a tag's key must not be blank"
	// +kubebuilder:validation:XValidation:rule="self.all(key, !(key in ['crossplane-kind', 'crossplane-name', 'crossplane-providerconfig']))",message="the provider sets crossplane-kind, crossplane-name and crossplane-providerconfig itself: choose another key"
	// +kubebuilder:validation:XValidation:rule="self.all(key, !key.lowerAscii().startsWith('aws:'))",message="keys that begin with aws: are reserved for AWS: choose another key"
	// +kubebuilder:validation:XValidation:rule="self.all(key, self[key].size() <= 256)",message="a tag's value must have at most 256 characters"
	Tags map[string]string `json:"tags,omitempty"`

	Settings `json:",inline"`

	// Which of the generated tokens the cache has. A higher number than before asks for a
	// new one, as authTokenUpdateStrategy says. Default: the token that it has. Needs
	// enableAuthToken, and no authTokenSecretRef.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	// +kubebuilder:validation:XValidation:rule="self >= oldSelf",message="a token that was replaced does not come back: write a higher number than before for a new one"
	AuthTokenGeneration *int32 `json:"authTokenGeneration,omitempty"`

	// A cache that exists in AWS, to be taken over instead of making a new one.
	// Default: none. Ignored once the cache is taken over.
	//
	// +optional
	Existing *ExistingCache `json:"existing,omitempty"`

	// Name of the Secret that holds REDIS_URL and its parts. Default: the
	// XRedis's own name. Immutable.
	//
	// +optional
	WriteConnectionSecretToRef *ConnectionSecretReference `json:"writeConnectionSecretToRef,omitempty"`
}

// A Network is where a cache is placed. A claim may leave out what the platform gives. A
// cache that exists keeps what its claim leaves out, whatever the platform gives by now.
type Network struct {
	// VPC of the subnets. The cache is not created before AWS has confirmed that
	// they are in it. A cache that exists stays in its VPC. Default: the
	// platform's.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^vpc-[a-z0-9]+$')",message="must be an id such as vpc-0123456789abcdef0"
	VPCID string `json:"vpcId,omitempty"`

	// Private subnets that the nodes are placed in. Two or more, in different
	// availability zones, with multiAzEnabled. Default: the platform's.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^subnet-[a-z0-9]+$')",message="must be an id such as subnet-0123456789abcdef0"
	SubnetIDs []string `json:"subnetIds,omitempty"`

	// Security groups that are attached to the cache. They must admit TCP port
	// 6379 from wherever the clients run. Default: the platform's.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule="self.matches('^sg-[a-z0-9]+$')",message="must be an id such as sg-0123456789abcdef0"
	SecurityGroupIDs []string `json:"securityGroupIds,omitempty"`
}

// Settings all have a default, which a platform can replace in the function's
// Input. A claim's own value comes before both.
type Settings struct {
	// Node type. Default: cache.t3.micro. Previous generations (c1, m1, m2, m3,
	// r3, t1, t2) and data tiering (r6gd) are refused. c8gn and r8g need engine
	// valkey; c7gn, m7g and r7g need valkey, or redis 6.2 or later.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^cache[.][a-z][a-z0-9]*[.][a-z0-9]+$')",message="must be an ElastiCache node type, such as cache.t3.micro"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^cache[.](c1|m1|m2|m3|r3|t1|t2)[.]')",message="AWS makes no new caches of this previous generation: choose a current one, such as cache.t4g.micro or cache.m7g.large"
	// +kubebuilder:validation:XValidation:rule="!self.startsWith('cache.r6gd.')",message="r6gd keeps data on disk (data tiering), which is not offered: use cache.r6g or cache.r7g"
	NodeType *string `json:"nodeType,omitempty"`

	// Nodes: the primary and up to five replicas. Default: 1. Automatic failover
	// is on with two or more.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=6
	NumCacheNodes *int32 `json:"numCacheNodes,omitempty"`

	// Engine: redis or valkey. Default: redis.
	//
	// +optional
	// +kubebuilder:validation:Enum=redis;valkey
	Engine *string `json:"engine,omitempty"`

	// Engine version. Default: 7.1 (redis), 8.0 (valkey). Redis: 5.0.6, 6.x, 6.0,
	// 6.2, 7.0, 7.1. Valkey: 7.2, 8.0 and later.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=8
	// +kubebuilder:validation:XValidation:rule="self.matches('^(5[.]0[.]6|6[.]x|6[.]0|6[.]2|7[.]0|7[.]1|7[.]2|[89][.](0|[1-9][0-9]{0,1}))$')",message="write a version that AWS offers, from 6 on without the patch level: redis has 5.0.6, 6.x, 6.0, 6.2, 7.0, 7.1; valkey has 7.2, 8.*, 9.*"
	EngineVersion *string `json:"engineVersion,omitempty"`

	// Whether the nodes are spread over availability zones. Default: false. Needs
	// two nodes and two subnets.
	//
	// +optional
	MultiAZEnabled *bool `json:"multiAzEnabled,omitempty"`

	// Days that automatic backups are kept, 0 to 35; 0 turns backups off.
	// Default: 0.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=35
	SnapshotRetentionLimit *int32 `json:"snapshotRetentionLimit,omitempty"`

	// Whether clients must present a token (AUTH). Turns TLS on. Default: false.
	//
	// +optional
	EnableAuthToken *bool `json:"enableAuthToken,omitempty"`

	// A key of a Secret, in the claim's own namespace, that holds the token: 16
	// to 128 letters, digits and !&#$^<>-. Default: a generated token. Needs
	// enableAuthToken.
	//
	// +optional
	AuthTokenSecretRef *AuthTokenSecretReference `json:"authTokenSecretRef,omitempty"`

	// How a changed token takes effect: SET replaces the old one, ROTATE lets
	// clients use both. Default: SET, and ROTATE for a cache that was taken over.
	//
	// +optional
	// +kubebuilder:validation:Enum=SET;ROTATE
	AuthTokenUpdateStrategy *string `json:"authTokenUpdateStrategy,omitempty"`

	// TLS: Disabled, Preferred (clients may use it; engine 7.0 or later) or
	// Required. Default: Required with enableAuthToken, otherwise Disabled.
	//
	// +optional
	// +kubebuilder:validation:Enum=Disabled;Preferred;Required
	TransitEncryption *string `json:"transitEncryption,omitempty"`

	// What is evicted when memory is full. Default: allkeys-lru, which may evict
	// queued jobs and sessions; noeviction refuses writes instead.
	//
	// +optional
	// +kubebuilder:validation:Enum=allkeys-lfu;allkeys-lru;allkeys-random;noeviction;volatile-lfu;volatile-lru;volatile-random;volatile-ttl
	MaxmemoryPolicy *string `json:"maxmemoryPolicy,omitempty"`

	// Seconds after which an idle connection is closed: 0 (never), or 20 and
	// more. Default: 300.
	//
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=2147483647
	// +kubebuilder:validation:XValidation:rule="self == 0 || self >= 20",message="must be 0 (never close) or at least 20 seconds"
	TimeoutSeconds *int32 `json:"timeoutSeconds,omitempty"`

	// ARN of the KMS key that encrypts the data at rest, of the cache's own
	// region. Default: AWS's own key.
	// A cache that exists keeps its key.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:Pattern=`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`
	KMSKeyID *string `json:"kmsKeyId,omitempty"`

	// Whether AWS upgrades minor versions in the maintenance window. Default:
	// true.
	//
	// +optional
	AutoMinorVersionUpgrade *bool `json:"autoMinorVersionUpgrade,omitempty"`

	// Weekly maintenance window, UTC, at least an hour. Default:
	// sun:05:00-sun:07:00.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=19
	// +kubebuilder:validation:XValidation:rule="self.matches('^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$')",message="must have the form ddd:hh:mm-ddd:hh:mm in UTC and lower case, such as sun:05:00-sun:07:00"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[a-z]{3}:[0-9]{2}:[0-9]{2}-[a-z]{3}:[0-9]{2}:[0-9]{2}$') || ('montuewedthufrisatsun'.indexOf(self.substring(10,13))*480 + int(self.substring(14,16))*60 + int(self.substring(17,19)) - 'montuewedthufrisatsun'.indexOf(self.substring(0,3))*480 - int(self.substring(4,6))*60 - int(self.substring(7,9)) + 10080) % 10080 >= 60",message="must be at least 60 minutes long"
	MaintenanceWindow *string `json:"maintenanceWindow,omitempty"`

	// Daily backup window, UTC, at least an hour, not overlapping the
	// maintenance window. Default: 03:00-05:00.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=11
	// +kubebuilder:validation:XValidation:rule="self.matches('^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$')",message="must have the form hh:mm-hh:mm in UTC, such as 03:00-05:00"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$') || (int(self.substring(6,8))*60 + int(self.substring(9,11)) - int(self.substring(0,2))*60 - int(self.substring(3,5)) + 1440) % 1440 >= 60",message="must be at least 60 minutes long"
	SnapshotWindow *string `json:"snapshotWindow,omitempty"`

	// Snapshot to restore when the cache is created. Default: none. A cache that
	// exists restores none.
	//
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9.-]*$`
	SnapshotName *string `json:"snapshotName,omitempty"`

	// What happens in AWS when the claim is deleted: Delete, or Orphan, which
	// keeps everything. Default: Delete.
	//
	// +optional
	// +kubebuilder:validation:Enum=Delete;Orphan
	DeletionPolicy *string `json:"deletionPolicy,omitempty"`

	// Whether to delete without a last snapshot although backups are on.
	// Default: false.
	//
	// +optional
	SkipFinalSnapshot *bool `json:"skipFinalSnapshot,omitempty"`

	// Whether the deletion of the claim and of its namespace is refused, and AWS keeps
	// the cache whatever is deleted. To delete it, set it to false first, and wait until
	// status.deletionProtection is Disabled. Default: false.
	//
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`
}

// ExistingCache names a cache that was made by something else, such as Terraform. What
// the claim leaves open stays as AWS has it.
type ExistingCache struct {
	// Id of the replication group in ElastiCache. Default: the id of a new cache,
	// <appName>-<environment>-redis.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z][a-z0-9]*(-[a-z0-9]+)*$')",message="must be the id of a replication group: lower-case letters, digits and single hyphens between them, a letter first"
	ReplicationGroupID *string `json:"replicationGroupId,omitempty"`

	// Preview changes nothing in AWS, and lists in status.changes what taking the
	// cache over would do. TakeOver does it. Default: Preview.
	//
	// +optional
	// +kubebuilder:validation:Enum=Preview;TakeOver
	Mode *string `json:"mode,omitempty"`

	// Keep the tags that the AWS resources have beside spec.tags, or Replace them by
	// those of a new cache. Default: Keep.
	//
	// +optional
	// +kubebuilder:validation:Enum=Keep;Replace
	Tags *string `json:"tags,omitempty"`
}

// AuthTokenSecretReference names a key of a Secret in the claim's own namespace.
//
// +kubebuilder:validation:XValidation:rule="!has(self.namespace)",message="the token is always read from the claim's own namespace: leave namespace out",fieldPath=".namespace"
type AuthTokenSecretReference struct {
	// Name of the Secret.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	Name string `json:"name"`

	// Key in the Secret.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[.]?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$`
	Key string `json:"key"`

	// Not to be set: a token is never read from another namespace. The field is
	// here so that a claim that sets it is refused, and the field not ignored.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Namespace *string `json:"namespace,omitempty"`
}

// ConnectionSecretReference names the Secret that connection details go to.
type ConnectionSecretReference struct {
	// Name of the Secret.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the Secret's name is immutable: pods read it by this name"
	Name string `json:"name"`
}

// XRedisStatus is what AWS says of the cache, and not what is asked for. It holds
// no secret.
type XRedisStatus struct {
	// Replication group id in ElastiCache.
	//
	// +optional
	ClusterID string `json:"clusterId,omitempty"`

	// Path in SSM Parameter Store that holds REDIS_URL.
	//
	// +optional
	ParameterStorePath string `json:"parameterStorePath,omitempty"`

	// Host name of the primary.
	//
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// Host name that spreads reads over the replicas.
	//
	// +optional
	ReaderEndpoint string `json:"readerEndpoint,omitempty"`

	// Port of both.
	//
	// +optional
	Port int64 `json:"port,omitempty"`

	// Engine that runs: redis or valkey.
	//
	// +optional
	Engine string `json:"engine,omitempty"`

	// Version that runs, to the patch.
	//
	// +optional
	EngineVersion string `json:"engineVersion,omitempty"`

	// Node type that runs.
	//
	// +optional
	NodeType string `json:"nodeType,omitempty"`

	// Nodes that run.
	//
	// +optional
	NumCacheNodes int64 `json:"numCacheNodes,omitempty"`

	// TLS as it is now: Disabled, Preferred or Required.
	//
	// +optional
	TransitEncryption string `json:"transitEncryption,omitempty"`

	// AUTH as it is now: Disabled or Enabled.
	//
	// +optional
	Auth string `json:"auth,omitempty"`

	// Enabled while deletion is refused: deletionProtection is true, or it was until a
	// moment ago and not everything can be deleted again. Else Disabled.
	//
	// +optional
	DeletionProtection string `json:"deletionProtection,omitempty"`

	// Where the cache stands: Creating, Settled, the settings that change in place,
	// or the step that is under way.
	//
	// +optional
	Stage string `json:"stage,omitempty"`

	// Every difference between what AWS reports and what is asked for, what changes in
	// place before the steps in their order: from what to what, whether that interrupts
	// clients, and how long it usually takes.
	//
	// +optional
	// +listType=atomic
	Changes []string `json:"changes,omitempty"`
}
