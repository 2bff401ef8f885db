package redis

import "strings"

// TLS of a cache, in the spec's words.
type TLS string

// How clients may connect.
const (
	TLSDisabled  TLS = "Disabled"  // No client may use it.
	TLSPreferred TLS = "Preferred" // A client may use it or not.
	TLSRequired  TLS = "Required"  // Every client must use it.
)

// A Strategy of a changed token, in AWS's words.
type Strategy string

// What happens to the token before it.
const (
	StrategySet    Strategy = "SET"    // Only the new token is accepted.
	StrategyRotate Strategy = "ROTATE" // The token before it, or none, is accepted too.
)

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

	// Unencrypted reports whether data at rest is not encrypted, as in a cache that was
	// made by something else.
	Unencrypted bool

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
	Engine        Engine
	EngineVersion string

	TLS TLS

	// Token that clients must present.
	Token TokenID

	// Strategy that the token took effect with, empty without AUTH.
	Strategy Strategy
}

// Auth reports whether clients must present a token.
func (c Config) Auth() bool { return c.Token.State != NoToken }

// version in words.
func (c Config) version() string { return string(c.Engine) + " " + c.EngineVersion }

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
