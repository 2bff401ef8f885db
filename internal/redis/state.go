package redis

import "strings"

// TLS of a cache, in the spec's words.
const (
	TLSDisabled  = "Disabled"  // No client may use it.
	TLSPreferred = "Preferred" // A client may use it or not.
	TLSRequired  = "Required"  // Every client must use it.
)

// Strategies of a changed token, in AWS's words.
const (
	StrategySet    = "SET"    // Only the new token is accepted.
	StrategyRotate = "ROTATE" // The token before it, or none, is accepted too.
)

// GeneratedToken stands for a token that the provider makes up, and that nobody
// knows before the cache has it.
const GeneratedToken = "generated"

// State is the part of a cache that can't simply be applied: what AWS fixes at
// creation, and what it changes only in steps.
type State struct {
	Fixed
	Config
}

// Fixed is what AWS sets at creation only.
type Fixed struct {
	ClusterID          string
	ParameterStorePath string
	Region             string

	// VPCID is the VPC of the cache's subnets.
	VPCID string

	// KMSKeyID is the ARN of the key for data at rest, empty for AWS's own.
	KMSKeyID string

	// SnapshotName is the snapshot that the cache was restored from, if any.
	SnapshotName string

	// Port that the cache listens on.
	Port int

	// Account that the cache is in.
	Account Account
}

// An Account is one of AWS, by the ProviderConfig that has its credentials.
type Account struct {
	Kind string // Empty where all ProviderConfigs are of one kind.
	Name string
}

// String is the name, after the kind where there is one.
func (a Account) String() string { return strings.TrimSpace(a.Kind + " " + a.Name) }

// Config is what AWS changes only in steps, one at a time.
type Config struct {
	Engine        string
	EngineVersion string

	// TLS is TLSDisabled, TLSPreferred or TLSRequired.
	TLS string

	// Token that clients must present: its digest, GeneratedToken, or empty
	// without AUTH.
	Token string

	// Strategy that the token took effect with, empty without AUTH.
	Strategy string
}

// Auth reports whether clients must present a token.
func (s Config) Auth() bool { return s.Token != "" }

// version in words.
func (s Config) version() string { return s.Engine + " " + s.EngineVersion }

// Reported is what AWS says of a running cache. It changes only when AWS has
// carried a step out.
type Reported struct {
	Config

	// FullVersion is the engine's version to the patch.
	FullVersion string
}

// canBecome reports whether AWS may be upgrading the cache to the engine of a configuration.
// Valkey is never asked to become redis.
func (r Reported) canBecome(s Config) bool {
	if s.Engine != r.Engine {
		return r.Engine != EngineValkey
	}
	return isNewer(s.EngineVersion, r.FullVersion)
}
