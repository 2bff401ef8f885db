package redis

import (
	"fmt"
	"strconv"
	"strings"
)

// A Refusal is a change that is not carried out: the running cache keeps what it
// has, and everything else goes on.
type Refusal struct {
	Field string // In the spec, such as spec.kmsKeyId.
	Asked string
	Kept  string
	Why   string // And the way to get it all the same.
}

// String names the field, what was asked, what stays, and why.
func (r Refusal) String() string {
	if r.Asked == r.Kept {
		return fmt.Sprintf("%s: the cache has %s: %s", r.Field, quote(r.Kept), r.Why)
	}
	return fmt.Sprintf("%s: %s is not applied, the cache keeps %s: %s", r.Field, quote(r.Asked), quote(r.Kept), r.Why)
}

// Reasons to refuse, and the way to get it all the same.
const (
	newCache = "make a new claim, and restore a snapshot of this one with snapshotName"

	whyFixed        = "it is fixed when the cache is created; " + newCache
	whyMoved        = "a cache can't move to another VPC, so its subnets stay as well; set it back, or " + newCache
	whyAccount      = "a cache can't move to another account; ask the platform team to set it back in the Composition, or make a new claim"
	whyNamed        = "the AWS resources are named after it; make a new claim"
	whyNoWayBack    = "AWS never downgrades a cache; set it back, or make a new claim for the older version, which can't read a snapshot of this one"
	whyValkeyStays  = "the provider can't turn valkey back into redis; set it back, or change the cache from valkey 7.2 to redis 7.1 in AWS, which is followed, or make a new claim for redis"
	whyTLSNeedsMode = "before engine version 7.0 TLS is fixed when the cache is created; ask for engineVersion 7.0 or later as well, and the cache is upgraded first, or " + newCache
	whyTLSForToken  = "AWS takes a token over TLS only, and can't switch AUTH off again; set it back, or " + newCache
	whyAuthStays    = "AWS can't switch AUTH off again, nor the TLS that it needs; set it back, or " + newCache
	whyGeneration   = "a token that was replaced does not come back; leave the field out, or write a higher number for a new token"
	whyAuthNeedsTLS = "AUTH needs TLS for every client, and before engine version 7.0 TLS is fixed when the cache is created; ask for engineVersion 7.0 or later as well, and the cache is upgraded first, or " + newCache
)

// KeptSubnets says that a subnet group that other caches may use keeps its subnets.
func KeptSubnets(group string, asked, kept []string) Refusal {
	return Refusal{
		Field: "spec.subnetIds",
		Asked: strings.Join(asked, ", "),
		Kept:  strings.Join(kept, ", "),
		Why:   fmt.Sprintf("other caches may use the subnet group %s; write the subnets that it has", group),
	}
}

// LowerGeneration says that a cache keeps a token that is newer than the one asked for.
func LowerGeneration(asked, kept int32) Refusal {
	return Refusal{Field: "spec.authTokenGeneration", Asked: fmt.Sprint(asked), Kept: fmt.Sprint(kept), Why: whyGeneration}
}

// fixed lists each part that AWS set at creation and that is asked for otherwise.
func fixed(asked, running Fixed) []Refusal {
	var out []Refusal
	keep := func(field, asked, kept, why string) {
		if asked != kept {
			out = append(out, Refusal{Field: field, Asked: asked, Kept: kept, Why: why})
		}
	}
	keep("spec.appName and spec.environment", asked.ClusterID, running.ClusterID, whyNamed)
	keep("spec.appName and spec.environment, or the platform's pathPrefix", asked.ParameterStorePath, running.ParameterStorePath, whyNamed)
	keep("spec.region", asked.Region, running.Region, whyFixed)
	keep("spec.vpcId", asked.VPCID, running.VPCID, whyMoved)
	keep("spec.kmsKeyId", asked.KMSKeyID, running.KMSKeyID, whyFixed)
	keep("spec.snapshotName", asked.SnapshotName, running.SnapshotName, whyFixed)
	keep("input.providerConfigRef", asked.Account.String(), running.Account.String(), whyAccount)
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
		return target, []Refusal{{"spec.engine", string(asked.Engine), string(reported.Engine), whyValkeyStays}}
	case asked.Engine != reported.Engine:
		return target, nil
	case isVersion(asked.EngineVersion, reported.FullVersion):
		// In AWS's own words: 6.x may be 6.2 there, and that is no change.
		target.EngineVersion = reported.EngineVersion
	case compareVersions(asked.EngineVersion, reported.FullVersion) < 0:
		target.EngineVersion = reported.EngineVersion
		return target, []Refusal{{"spec.engineVersion", asked.EngineVersion, reported.EngineVersion, whyNoWayBack}}
	}
	return target, nil
}

func reachableTLS(asked Config, reported Reported) (Config, []Refusal) {
	target := asked
	var refused []Refusal
	switch {
	case reported.Auth() && !asked.Auth():
		target.Token, target.Strategy, target.TLS = reported.Token, reported.Strategy, reported.TLS
		return target, []Refusal{{"spec.enableAuthToken", strconv.FormatBool(false), strconv.FormatBool(true), whyAuthStays}}
	case reported.Auth() && asked.TLS != reported.TLS:
		target.TLS = reported.TLS
		return target, []Refusal{{"spec.transitEncryption", string(asked.TLS), string(reported.TLS), whyTLSForToken}}
	case asked.TLS != reported.TLS && !canChangeTLS(asked, reported):
		target.TLS = reported.TLS
		refused = append(refused, Refusal{"spec.transitEncryption", string(asked.TLS), string(reported.TLS), whyTLSNeedsMode})
	}
	if asked.Auth() && target.TLS != TLSRequired {
		target.Token, target.Strategy = reported.Token, reported.Strategy
		// One refusal for both: the token is what was asked for, and TLS follows.
		refused = []Refusal{{"spec.enableAuthToken", strconv.FormatBool(true), strconv.FormatBool(false), whyAuthNeedsTLS}}
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
