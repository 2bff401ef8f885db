package redis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Refusal is a change that is not carried out: the running cache keeps what it
// has, and everything else goes on.
type Refusal struct {
	Field string // In the spec, such as spec.kmsKeyId.
	Asked string
	Kept  string
	Why   string

	// Instead is another way to get it, empty if Why has it.
	Instead string
}

// String names the field, what was asked, what stays, why, and what to do.
func (r Refusal) String() string {
	if r.Asked == r.Kept {
		return fmt.Sprintf("%s: the cache has %s: %s", r.Field, quote(r.Kept), r.reason())
	}
	return fmt.Sprintf("%s: %s is not applied, the cache keeps %s: %s", r.Field, quote(r.Asked), quote(r.Kept), r.reason())
}

func (r Refusal) reason() string {
	if r.Instead == "" {
		return r.Why
	}
	return r.Why + "; " + r.Instead
}

// TakeOver is the same of a cache that is to be taken over: the claim can still say what
// AWS has.
func (r Refusal) TakeOver() string {
	if r.Instead == "" || r.Asked == r.Kept || !strings.HasPrefix(r.Field, inSpec) {
		return r.String()
	}
	out := fmt.Sprintf("%s: %s is asked for, AWS has %s: %s; ", r.Field, quote(r.Asked), quote(r.Kept), r.Why)
	if r.Kept == "" {
		out += "leave the field out"
	} else {
		out += "write what AWS has, or leave the field out"
	}
	if strings.HasSuffix(r.Instead, newCache) {
		out += "; for another value leave spec.existing out, choose another appName or environment, and restore a snapshot of this cache with snapshotName"
	}
	return out
}

// OfAWS is the same where AWS has what can't stay, and the claim leaves it open.
func (r Refusal) OfAWS() string {
	return fmt.Sprintf("AWS has %s %s, which the claim leaves open: %s; set %s to %s", strings.TrimPrefix(r.Field, inSpec), quote(r.Asked), r.Why, r.Field, quote(r.Kept))
}

// IsOf reports whether the refusal is of one of some fields of the spec.
func (r Refusal) IsOf(fields []string) bool {
	name, is := strings.CutPrefix(r.Field, inSpec)
	return is && slices.Contains(fields, name)
}

// inSpec begins every field of the spec.
const inSpec = "spec."

// A reason to refuse, and another way to get what was asked.
type reason struct{ why, instead string }

// newCache is the way to get what is fixed when a cache is created.
const newCache = "make a new claim, and restore a snapshot of this one with snapshotName"

//nolint:gochecknoglobals // A constant table.
var (
	fixedAtCreation = reason{"it is fixed when the cache is created", newCache}
	staysInVPC      = reason{"a cache can't move to another VPC, so its subnets stay as well", "set it back, or " + newCache}
	staysInAccount  = reason{"a cache can't move to another account", "ask the platform team to set it back in the Composition, or make a new claim"}
	namedAfter      = reason{"the AWS resources are named after it", "make a new claim"}
	neverOlder      = reason{"AWS never downgrades a cache", "set it back, or make a new claim for the older version, which can't read a snapshot of this one"}
	staysValkey     = reason{"the provider can't turn valkey back into redis", "set it back, or change the cache from valkey 7.2 to redis 7.1 in AWS, which is followed, or make a new claim for redis"}
	tlsNeedsMode    = reason{"before engine version 7.0 TLS is fixed when the cache is created", "ask for engineVersion 7.0 or later as well, and the cache is upgraded first, or " + newCache}
	tokenNeedsTLS   = reason{"AWS takes a token over TLS only, and can't switch AUTH off again", "set it back, or " + newCache}
	authStays       = reason{"AWS can't switch AUTH off again, nor the TLS that it needs", "set it back, or " + newCache}
	authNeedsTLS    = reason{"AUTH needs TLS for every client, and before engine version 7.0 TLS is fixed when the cache is created", "ask for engineVersion 7.0 or later as well, and the cache is upgraded first, or " + newCache}
)

// refuse a field of the spec for a reason.
func refuse(field, asked, kept string, r reason) Refusal {
	return Refusal{Field: field, Asked: asked, Kept: kept, Why: r.why, Instead: r.instead}
}

// KeptSubnets says that a subnet group that other caches may use keeps its subnets.
func KeptSubnets(group string, asked, kept []string) Refusal {
	return Refusal{
		Field:   "spec.subnetIds",
		Asked:   strings.Join(asked, ", "),
		Kept:    strings.Join(kept, ", "),
		Why:     fmt.Sprintf("other caches may use the subnet group %s", group),
		Instead: "write the subnets that it has",
	}
}

// UnknownFamily says that the parameters of a cache stay as they are, whose version is of no
// family that is known.
func UnknownFamily(field, asked, kept string, runs Config) Refusal {
	return Refusal{
		Field:   field,
		Asked:   asked,
		Kept:    kept,
		Why:     fmt.Sprintf("the cache runs %s, whose parameters this release of the function does not know", runs.version()),
		Instead: "set it back, or " + WayOut(runs),
	}
}

// LowerGeneration says that a cache keeps a token that is newer than the one asked for.
func LowerGeneration(asked, kept int32) Refusal {
	return Refusal{
		Field:   "spec.authTokenGeneration",
		Asked:   strconv.Itoa(int(asked)),
		Kept:    strconv.Itoa(int(kept)),
		Why:     "a token that was replaced does not come back",
		Instead: fmt.Sprintf("leave the field out, or write a higher number than %d for a new token", kept),
	}
}

// fixed lists each part that AWS set at creation and that is asked for otherwise.
func fixed(asked, running Fixed) []Refusal {
	var out []Refusal
	keep := func(field, asked, kept string, why reason) {
		if asked != kept {
			out = append(out, refuse(field, asked, kept, why))
		}
	}
	keep("spec.appName and spec.environment", asked.ClusterID, running.ClusterID, namedAfter)
	keep("spec.appName and spec.environment, or the platform's pathPrefix", asked.ParameterStorePath, running.ParameterStorePath, namedAfter)
	keep("spec.region", asked.Region, running.Region, fixedAtCreation)
	keep("spec.vpcId", asked.VPCID, running.VPCID, staysInVPC)
	keep("spec.kmsKeyId", asked.KMSKeyID, running.KMSKeyID, fixedAtCreation)
	keep("spec.snapshotName", asked.SnapshotName, running.SnapshotName, fixedAtCreation)
	keep("input.providerConfigRef", asked.Account.String(), running.Account.String(), staysInAccount)
	return out
}

// reachable is what AWS can make of a running cache, in whatever steps, of what
// is asked, and a refusal for each part that it can't.
func reachable(asked Config, reported Reported) (Config, []Refusal) {
	target, refused := reachableEngine(asked, reported)
	// Which TLS can be had depends on the engine that the cache is to have.
	target, more := reachableTLS(target, reported)
	return target, append(refused, more...)
}

func reachableEngine(asked Config, reported Reported) (Config, []Refusal) {
	target := asked
	switch {
	case asked.Engine != reported.Engine && reported.Engine == EngineValkey:
		target.Engine, target.EngineVersion = reported.Engine, reported.EngineVersion
		return target, []Refusal{refuse("spec.engine", string(asked.Engine), string(reported.Engine), staysValkey)}
	case asked.Engine != reported.Engine:
		return target, nil
	case isVersion(asked.EngineVersion, reported.FullVersion):
		// In AWS's own words: 6.x may be 6.2 there, and that is no change.
		target.EngineVersion = reported.EngineVersion
	case compareVersions(asked.EngineVersion, reported.FullVersion) < 0:
		target.EngineVersion = reported.EngineVersion
		return target, []Refusal{refuse("spec.engineVersion", asked.EngineVersion, reported.EngineVersion, neverOlder)}
	}
	return target, nil
}

func reachableTLS(asked Config, reported Reported) (Config, []Refusal) {
	target := asked
	var refused []Refusal
	switch {
	case reported.Auth() && !asked.Auth():
		target.Token, target.Strategy, target.TLS = reported.Token, reported.Strategy, reported.TLS
		return target, []Refusal{refuse("spec.enableAuthToken", strconv.FormatBool(false), strconv.FormatBool(true), authStays)}
	case reported.Auth() && asked.TLS != reported.TLS:
		target.TLS = reported.TLS
		return target, []Refusal{refuse("spec.transitEncryption", string(asked.TLS), string(reported.TLS), tokenNeedsTLS)}
	case asked.TLS != reported.TLS && !canChangeTLS(asked, reported):
		target.TLS = reported.TLS
		refused = append(refused, refuse("spec.transitEncryption", string(asked.TLS), string(reported.TLS), tlsNeedsMode))
	}
	if asked.Auth() && target.TLS != TLSRequired {
		target.Token, target.Strategy = reported.Token, reported.Strategy
		// One refusal for both: the token is what was asked for, and TLS follows.
		refused = []Refusal{refuse("spec.enableAuthToken", strconv.FormatBool(true), strconv.FormatBool(false), authNeedsTLS)}
	}
	return target, refused
}

// canChangeTLS reports whether AWS can change the TLS of the cache once it runs the
// engine that is asked for. 7.0 can from its patch 7.0.5 on.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
func canChangeTLS(asked Config, reported Reported) bool {
	stays := asked.Engine == reported.Engine && asked.EngineVersion == reported.EngineVersion
	if stays && compareVersions(reported.FullVersion, "7.0.5") < 0 {
		return false
	}
	return HasTLSMode(asked.Engine, asked.EngineVersion)
}

func quote(s string) string {
	if s == "" {
		return "none"
	}
	return fmt.Sprintf("%q", s)
}
