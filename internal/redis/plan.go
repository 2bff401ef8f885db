package redis

import (
	"fmt"
	"strconv"
)

// State is the part of a cache that can't simply be applied: what AWS fixes at
// creation, and what it changes only in steps.
type State struct {
	ClusterID          string
	ParameterStorePath string
	Region             string

	Engine        string
	EngineVersion string

	// TransitEncryption is Disabled, Preferred or Required.
	TransitEncryption string

	// Auth tells whether clients must present a token.
	Auth bool

	// KMSKeyID is the ARN of the key for data at rest, empty for AWS's own.
	KMSKeyID string

	// SnapshotName is the snapshot that the cache was restored from, if any.
	SnapshotName string
}

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
	return fmt.Sprintf("%s: %s is not applied, the cache keeps %s: %s", r.Field, quote(r.Asked), quote(r.Kept), r.Why)
}

// Ways to get what a running cache can't be given.
const (
	whyImmutable = "it is fixed when the cache is created; make a new claim, and restore a snapshot of this one with snapshotName"
	whyNamed     = "the AWS resources are named after it; make a new claim"
	whyStaged    = "a running cache can't be given this yet; make a new claim, and restore a snapshot of this one with snapshotName"
)

// Next is the state to ask AWS for: what the claim asks, but for the changes
// that a running cache can't be given. Where nothing runs yet, running is what
// is asked, and everything can be had.
func Next(asked, running State) (State, []Refusal) {
	next := asked
	var refused []Refusal
	keep := func(field string, value *string, kept, why string) {
		if *value == kept {
			return
		}
		refused = append(refused, Refusal{Field: field, Asked: *value, Kept: kept, Why: why})
		*value = kept
	}
	keep("spec.appName and spec.environment", &next.ClusterID, running.ClusterID, whyNamed)
	keep("spec.appName and spec.environment, or the platform's pathPrefix", &next.ParameterStorePath, running.ParameterStorePath, whyNamed)
	keep("spec.region", &next.Region, running.Region, whyImmutable)
	keep("spec.kmsKeyId", &next.KMSKeyID, running.KMSKeyID, whyImmutable)
	keep("spec.snapshotName", &next.SnapshotName, running.SnapshotName, whyImmutable)
	keep("spec.engine", &next.Engine, running.Engine, whyStaged)
	keep("spec.engineVersion", &next.EngineVersion, running.EngineVersion, whyStaged)
	keep("spec.transitEncryption", &next.TransitEncryption, running.TransitEncryption, whyStaged)
	if next.Auth != running.Auth {
		refused = append(refused, Refusal{Field: "spec.enableAuthToken", Asked: strconv.FormatBool(asked.Auth), Kept: strconv.FormatBool(running.Auth), Why: whyStaged})
		next.Auth = running.Auth
	}
	return next, refused
}

func quote(s string) string {
	if s == "" {
		return "none"
	}
	return fmt.Sprintf("%q", s)
}
