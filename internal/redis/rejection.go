package redis

import (
	"slices"
	"strings"
)

// Fields that AWS changes in steps.
const (
	fieldEngine = "engineVersion"
	fieldTLS    = "transitEncryption"
	fieldAuth   = "enableAuthToken"
)

// A No is AWS's answer to a call that it refused. A time-out, a throttle or a lost
// connection is none: AWS may have done what it was asked for.
type No struct {
	Call    string // Such as ModifyReplicationGroup, empty if the provider itself refused.
	Code    string // Such as InvalidParameterCombination.
	Message string

	// Current reports whether it is known to be the answer to what was asked last, and
	// not to something before that.
	Current bool

	// Background reports whether it is known from the operation alone, of which another
	// attempt may be under way.
	Background bool
}

// settles reports whether nothing of the last call is under way.
func (n *No) settles() bool { return n != nil && !n.Background }

// Rejections are what AWS refused of a running cache, by the field of the spec.
type Rejections map[string]Rejection

// A Rejection is a value that AWS refused, which is not asked for again until the
// claim has another, or the cache has another engine or node type.
type Rejection struct {
	Value string `json:"value"`
	Cache string `json:"cache"` // What the cache was.
	Why   string `json:"why"`   // In AWS's words.
}

// why in words, with what to do.
func (r Rejection) why() string {
	return "AWS refused it (" + r.Why + "): set another value. It is tried again when the cache has another engine or node type, or after the field was set back"
}

// without takes out of a target what AWS refused.
func (r Rejections) without(target Config, from Reported) (Config, []Refusal) {
	var out []Refusal
	if rejection, ok := r[fieldEngine]; ok {
		out = append(out, Refusal{Field: "spec." + fieldEngine, Asked: rejection.Value, Kept: from.version(), Why: rejection.why()})
		target = target.withEngine(from.Engine, from.EngineVersion)
	}
	if rejection, ok := r[fieldTLS]; ok {
		out = append(out, Refusal{Field: "spec." + fieldTLS, Asked: rejection.Value, Kept: string(from.TLS), Why: rejection.why()})
		target = target.withTLS(from.TLS)
		if target.TLS != TLSRequired {
			target = target.withToken(from.Token, from.Strategy)
		}
	}
	return target, out
}

// remember what AWS refused: what it did before, as long as that is asked for and the
// cache is what it was, and the one field for which it refused the last call.
func remember(running Running, target Config) Rejections {
	out := Rejections{}
	nodeType := named(running.Settings, settingNodeType)
	cache := running.Reported.version() + " " + nodeType.Reported
	for field, rejection := range running.Rejected {
		same := rejection.Cache == cache || (nodeType.Reported == "" && strings.HasPrefix(rejection.Cache, cache))
		if same && rejection.Value == claimed(field, running, target) {
			out[field] = rejection
		}
	}
	blamed := suspects(running)
	if len(blamed) != 1 || blamed[0] == fieldAuth {
		return out // A token that was asked for is never taken back.
	}
	if value := claimed(blamed[0], running, target); value != "" && value == lastAsked(blamed[0], running, target) {
		out[blamed[0]] = Rejection{Value: value, Cache: cache, Why: running.No.Code + ": " + running.No.Message}
	}
	return out
}

// claimed is what the claim has of a field, and nothing where the cache has it already.
func claimed(field string, running Running, target Config) string {
	switch field {
	case fieldEngine:
		if target.Engine == running.Reported.Engine && target.EngineVersion == running.Reported.EngineVersion {
			return ""
		}
		return target.version()
	case fieldTLS:
		if target.TLS == running.Reported.TLS {
			return ""
		}
		return string(target.TLS)
	}
	s := named(running.Settings, field)
	if s.Claim == s.Reported {
		return ""
	}
	return s.Claim
}

// lastAsked is what AWS was last asked for of a field. A step towards TLS is one
// towards the TLS that the claim has.
func lastAsked(field string, running Running, target Config) string {
	switch field {
	case fieldEngine:
		return running.Asked.version()
	case fieldTLS:
		return string(target.TLS)
	}
	return named(running.Settings, field).Asked
}

// suspects are the fields for which AWS may have refused the last call: what it was
// asked for and does not have, as far as it is in that call; and only one of them if
// the answer names no other.
func suspects(running Running) []string {
	if running.No == nil || running.No.Call == "" {
		return nil
	}
	var out []string
	for _, s := range running.Settings {
		if s.pending() && running.No.concerns(s) {
			out = append(out, s.Field)
		}
	}
	if running.No.Call == callModify {
		out = append(out, pendingSteps(running)...)
	}
	named := slices.DeleteFunc(slices.Clone(out), func(field string) bool { return !running.No.names(field) })
	switch {
	case len(named) == 1:
		return named
	case len(named) == 0 && running.No.namesAny():
		return nil // It is about something that was asked before.
	}
	return out
}

// pendingSteps are the fields of the steps that AWS was asked for and does not report.
func pendingSteps(running Running) []string {
	var out []string
	if running.Reported.canBecome(running.Asked) {
		out = append(out, fieldEngine)
	}
	if running.Asked.TLS != running.Reported.TLS {
		out = append(out, fieldTLS)
	}
	if running.Asked.Token != running.Reported.Token || running.Asked.Strategy != running.Reported.Strategy {
		out = append(out, fieldAuth)
	}
	return out
}

// callModify changes everything but the number of nodes, which has two calls of its
// own, IncreaseReplicaCount and DecreaseReplicaCount. Failover, which follows from the
// number of nodes, is among what it changes.
const callModify = "ModifyReplicationGroup"

// concerns reports whether a setting is in the call that was refused.
func (n *No) concerns(s Setting) bool {
	if s.Field != settingNodes {
		return n.Call == callModify
	}
	return n.Call != callModify || (number(s.Asked) > 1) != (number(s.Reported) > 1)
}

// words by which AWS's answers name the fields, in lower case.
var words = map[string][]string{ //nolint:gochecknoglobals // A constant table.
	settingNodeType:     {"node type", "cachenodetype"},
	settingNodes:        {"number of", "replica count", "replicacount", "cache clusters", "automatic failover"},
	settingMultiAZ:      {"multi-az", "multiaz"},
	settingRetention:    {"snapshotting cluster", "snapshotretentionlimit", "retention"},
	"snapshotWindow":    {"snapshot window", "snapshotwindow"},
	"maintenanceWindow": {"maintenance window", "maintenancewindow"},
	"securityGroupIds":  {"security group"},
	fieldEngine:         {"engine version", "engineversion", "find version", "parameter group"},
	fieldTLS:            {"transit"},
	fieldAuth:           {"auth"},
}

// namesAny reports whether the answer names any field.
func (n *No) namesAny() bool {
	for field := range words {
		if n.names(field) {
			return true
		}
	}
	return false
}

// names reports whether the answer names a field.
func (n *No) names(field string) bool {
	message := strings.ToLower(n.Message)
	return slices.ContainsFunc(words[field], func(w string) bool { return strings.Contains(message, w) })
}
