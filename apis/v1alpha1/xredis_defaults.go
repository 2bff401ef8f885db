package v1alpha1

import (
	"cmp"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// TLS settings of transitEncryption.
const (
	TransitEncryptionDisabled  = string(redis.TLSDisabled)
	TransitEncryptionPreferred = string(redis.TLSPreferred)
	TransitEncryptionRequired  = string(redis.TLSRequired)
)

// Settings of authTokenUpdateStrategy.
const (
	AuthTokenUpdateStrategySet    = string(redis.StrategySet)
	AuthTokenUpdateStrategyRotate = string(redis.StrategyRotate)
)

// Settings of deletionPolicy.
const (
	DeletionPolicyDelete = "Delete"
	DeletionPolicyOrphan = "Orphan"
)

// What status.deletionProtection is.
const (
	DeletionProtectionEnabled  = "Enabled"
	DeletionProtectionDisabled = "Disabled"
)

// Settings of existing.mode and existing.tags.
const (
	ExistingModePreview  = "Preview"
	ExistingModeTakeOver = "TakeOver"

	ExistingTagsKeep    = "Keep"
	ExistingTagsReplace = "Replace"
)

// The default engine versions. Like every documented default they never change
// within an API version: a new release must not change a cache that exists.
const (
	defaultRedisVersion  = "7.1"
	defaultValkeyVersion = "8.0"
)

// DocumentedDefaults are the settings of a cache of which only the required
// values were given. They are those of the Terraform module.
func DocumentedDefaults() Settings {
	return Settings{
		NodeType:                ptr.To("cache.t3.micro"),
		NumCacheNodes:           ptr.To[int32](1),
		Engine:                  ptr.To(string(redis.EngineRedis)),
		MultiAZEnabled:          ptr.To(false),
		SnapshotRetentionLimit:  ptr.To[int32](0),
		EnableAuthToken:         ptr.To(false),
		AuthTokenUpdateStrategy: ptr.To(AuthTokenUpdateStrategySet),
		MaxmemoryPolicy:         ptr.To("allkeys-lru"),
		TimeoutSeconds:          ptr.To[int32](300),
		AutoMinorVersionUpgrade: ptr.To(true),
		MaintenanceWindow:       ptr.To("sun:05:00-sun:07:00"),
		SnapshotWindow:          ptr.To("03:00-05:00"),
		DeletionPolicy:          ptr.To(DeletionPolicyDelete),
		SkipFinalSnapshot:       ptr.To(false),
		DeletionProtection:      ptr.To(false),
	}
}

// Or takes from the defaults what the settings leave open.
func (s Settings) Or(defaults Settings) Settings {
	return Settings{
		NodeType:                or(s.NodeType, defaults.NodeType),
		NumCacheNodes:           or(s.NumCacheNodes, defaults.NumCacheNodes),
		Engine:                  or(s.Engine, defaults.Engine),
		EngineVersion:           or(s.EngineVersion, defaults.EngineVersion),
		MultiAZEnabled:          or(s.MultiAZEnabled, defaults.MultiAZEnabled),
		SnapshotRetentionLimit:  or(s.SnapshotRetentionLimit, defaults.SnapshotRetentionLimit),
		EnableAuthToken:         or(s.EnableAuthToken, defaults.EnableAuthToken),
		AuthTokenSecretRef:      or(s.AuthTokenSecretRef, defaults.AuthTokenSecretRef),
		AuthTokenUpdateStrategy: or(s.AuthTokenUpdateStrategy, defaults.AuthTokenUpdateStrategy),
		TransitEncryption:       or(s.TransitEncryption, defaults.TransitEncryption),
		MaxmemoryPolicy:         or(s.MaxmemoryPolicy, defaults.MaxmemoryPolicy),
		TimeoutSeconds:          or(s.TimeoutSeconds, defaults.TimeoutSeconds),
		KMSKeyID:                or(s.KMSKeyID, defaults.KMSKeyID),
		AutoMinorVersionUpgrade: or(s.AutoMinorVersionUpgrade, defaults.AutoMinorVersionUpgrade),
		MaintenanceWindow:       or(s.MaintenanceWindow, defaults.MaintenanceWindow),
		SnapshotWindow:          or(s.SnapshotWindow, defaults.SnapshotWindow),
		SnapshotName:            or(s.SnapshotName, defaults.SnapshotName),
		DeletionPolicy:          or(s.DeletionPolicy, defaults.DeletionPolicy),
		SkipFinalSnapshot:       or(s.SkipFinalSnapshot, defaults.SkipFinalSnapshot),
		DeletionProtection:      or(s.DeletionProtection, defaults.DeletionProtection),
	}
}

// Or takes from another network what this one lacks.
func (n Network) Or(other Network) Network {
	n.VPCID = cmp.Or(n.VPCID, other.VPCID)
	if n.SubnetIDs == nil {
		n.SubnetIDs = other.SubnetIDs
	}
	if n.SecurityGroupIDs == nil {
		n.SecurityGroupIDs = other.SecurityGroupIDs
	}
	return n
}

// Keeping takes from a running cache what the settings leave open and no default
// may change: the engine, AUTH, TLS, and what AWS sets at creation only. A claim
// that asks for another engine, or for AUTH, asks for what goes with it, too.
func (s Settings) Keeping(running Settings) Settings {
	if s.Engine == nil || ptr.Equal(s.Engine, running.Engine) {
		s.EngineVersion = or(s.EngineVersion, running.EngineVersion)
	}
	if !ptr.Deref(s.EnableAuthToken, false) {
		s.TransitEncryption = or(s.TransitEncryption, running.TransitEncryption)
	}
	s.Engine = or(s.Engine, running.Engine)
	s.EnableAuthToken = or(s.EnableAuthToken, running.EnableAuthToken)
	s.KMSKeyID = or(s.KMSKeyID, running.KMSKeyID)
	s.SnapshotName = or(s.SnapshotName, running.SnapshotName)
	return s
}

// WithDefaults completes the settings: the claim's own value, else the
// platform's, else the documented one, and last the two that follow from others.
func (s Settings) WithDefaults(platform Settings) Settings {
	out := s.Or(platform.givingWayTo(s)).Or(DocumentedDefaults())
	out.EngineVersion = or(out.EngineVersion, ptr.To(defaultVersion(*out.Engine)))
	out.TransitEncryption = or(out.TransitEncryption, ptr.To(defaultTransitEncryption(*out.EnableAuthToken)))
	return out
}

// givingWayTo drops the platform's defaults that only fit another choice than
// the claim's: a version of the other engine, no TLS under AUTH, and a token
// without AUTH. A claim must be able to choose one thing by naming one thing.
func (s Settings) givingWayTo(claim Settings) Settings {
	if claim.Engine != nil && s.EngineVersion != nil {
		if _, ok := redis.Family(redis.Engine(*claim.Engine), *s.EngineVersion); !ok {
			s.EngineVersion = nil
		}
	}
	if ptr.Deref(claim.EnableAuthToken, false) {
		s.TransitEncryption = nil
	}
	if !ptr.Deref(claim.EnableAuthToken, true) {
		s.AuthTokenSecretRef = nil
	}
	return s
}

func defaultVersion(engine string) string {
	if redis.Engine(engine) == redis.EngineValkey {
		return defaultValkeyVersion
	}
	return defaultRedisVersion
}

func defaultTransitEncryption(auth bool) string {
	if auth {
		return TransitEncryptionRequired
	}
	return TransitEncryptionDisabled
}

func or[T any](value, fallback *T) *T {
	if value != nil {
		return value
	}
	return fallback
}
