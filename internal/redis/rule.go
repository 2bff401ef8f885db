package redis

import (
	"slices"
	"strings"
)

// A Rule is how AWS carries out the change of a field on a running cache. The rules
// are the table in docs/changing-a-cache.md.
type Rule struct {
	// Fields of the spec that the rule is for.
	Fields []string

	// Case tells two rules of a field apart, such as "up" and "down".
	Case string

	// How the change is carried out.
	How string

	// Effect on the cache, in a few words, where there is one to name.
	Effect string

	// Interrupts names the clients that are interrupted, "no" if none are, and is
	// empty for a change that is refused.
	Interrupts string

	// Takes is how long it usually takes.
	Takes string

	// Undo is how to undo it.
	Undo string
}

// Cases of a rule.
const (
	caseUp     = "up"
	caseDown   = "down"
	caseOn     = "on"
	caseOff    = "off"
	caseValkey = "redis to valkey"
	caseRedis  = "valkey to redis"
)

// Words of more than one rule.
const (
	howInPlace  = "in place"
	howRefused  = "refused"
	interruptNo = "no"
	failsOver   = "fails over"
	seconds     = "seconds"
	minutes     = "minutes"
	aStep       = "minutes a step"
	aNode       = "5 to 15 minutes a node"
	anUpgrade   = "10 to 30 minutes"
	setItBack   = "set it back"
)

// Rules for every field of the spec, and for what AWS has beside them.
func Rules() []Rule {
	return []Rule{
		{Fields: []string{"appName", "environment"}, How: "refused: everything is named after them"},
		{Fields: []string{"region"}, How: "refused: a cache can't move"},
		{Fields: []string{"vpcId", "kmsKeyId"}, How: "until AWS has the cache: freely; afterwards refused, because AWS sets them at creation"},
		{Fields: []string{"snapshotName"}, How: "until AWS has the cache: freely; afterwards refused, because a snapshot is restored at creation"},
		{Fields: []string{"subnetIds"}, How: howInPlace + "; a subnet that a node is in can't be removed", Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"securityGroupIds"}, How: howInPlace, Effect: "clients that the groups do not admit lose access", Interrupts: "clients that the new groups do not admit", Takes: seconds, Undo: setItBack},
		{Fields: []string{"tags"}, How: howInPlace, Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"nodeType"}, How: howInPlace + ", node by node", Effect: "nodes are replaced", Interrupts: failsOver, Takes: "10 to 30 minutes", Undo: setItBack},
		{Fields: []string{"numCacheNodes"}, Case: caseUp, How: howInPlace, Effect: "nodes are added", Interrupts: interruptNo, Takes: aNode, Undo: setItBack},
		{Fields: []string{"numCacheNodes"}, Case: caseDown, How: howInPlace, Effect: "nodes are removed", Interrupts: "clients that read from the removed replica", Takes: aNode, Undo: setItBack},
		{Fields: []string{"multiAzEnabled"}, How: howInPlace, Interrupts: interruptNo, Takes: minutes, Undo: setItBack},
		{Fields: []string{"engineVersion"}, Case: caseUp, How: "one step; a parameter group of the new family is made first, and the old one is deleted afterwards", Effect: "nodes are upgraded", Interrupts: failsOver, Takes: anUpgrade, Undo: "impossible: AWS never downgrades"},
		{Fields: []string{"engineVersion"}, Case: caseDown, How: howRefused},
		{Fields: []string{"engine"}, Case: caseValkey, How: "one step, as an upgrade", Effect: "nodes are upgraded", Interrupts: failsOver, Takes: anUpgrade, Undo: "impossible"},
		{Fields: []string{"engine"}, Case: caseRedis, How: howRefused},
		{Fields: []string{"transitEncryption"}, Case: caseUp, How: "`Preferred`, then `Required` (from engine 7.0)", Interrupts: "in the last step clients without TLS", Takes: aStep, Undo: "set it back, while AUTH is off"},
		{Fields: []string{"transitEncryption"}, Case: caseDown, How: "`Preferred`, then `Disabled`", Interrupts: "in the last step all clients, because the host name changes", Takes: aStep, Undo: setItBack},
		{Fields: []string{"enableAuthToken"}, Case: caseOn, How: "TLS `Required` first, then `ROTATE`, then `SET`", Interrupts: "in the last step clients without the token", Takes: aStep, Undo: "impossible: AWS can't switch AUTH off"},
		{Fields: []string{"enableAuthToken"}, Case: caseOff, How: howRefused},
		{Fields: []string{"authTokenSecretRef"}, Case: "or the token in its Secret", How: "`ROTATE`, then `SET`; left out, the cache keeps the token that it has", Interrupts: "in the last step clients with the old token", Takes: aStep, Undo: "put the old token back: another rotation"},
		{Fields: []string{"authTokenGeneration"}, How: "`ROTATE`, then `SET`, with a new generated token; a lower number is refused", Interrupts: "in the last step clients with the old token", Takes: aStep, Undo: "a higher number: another rotation"},
		{Fields: []string{"authTokenUpdateStrategy"}, How: "`SET` ends what `ROTATE` left open; `ROTATE` counts for the next token", Interrupts: "clients with the old token", Takes: aStep},
		{Fields: []string{"maxmemoryPolicy", "timeoutSeconds"}, How: howInPlace + ", at once", Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"snapshotRetentionLimit"}, How: howInPlace + "; `0` ends automatic backups", Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"snapshotWindow", "maintenanceWindow", "autoMinorVersionUpgrade"}, How: howInPlace, Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"automaticFailoverEnabled", "description", "parameterGroupName"}, Case: "which the function sets", How: howInPlace, Interrupts: interruptNo, Takes: minutes},
		{Fields: []string{"parameterStore.kmsKeyId"}, Case: "of the platform's Input", How: howInPlace, Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"deletionProtection"}, How: "in place: while it is on, nothing of the cache can be deleted", Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"deletionPolicy", "skipFinalSnapshot"}, How: howInPlace + "; the values count that are set before the claim is deleted", Interrupts: interruptNo, Takes: seconds, Undo: setItBack},
		{Fields: []string{"existing"}, How: "takes a cache over that something else made ([from-terraform.md](from-terraform.md)); ignored for one that is taken over or was made for the claim"},
		{Fields: []string{"writeConnectionSecretToRef"}, How: "refused: pods read the Secret by its name"},
	}
}

// ruleOf a field, in one of its cases.
func ruleOf(field, which string) Rule {
	for _, r := range Rules() {
		if slices.Contains(r.Fields, field) && (which == "" || r.Case == which) {
			return r
		}
	}
	return Rule{}
}

// effect in words: what happens, whether that interrupts, and how long it takes.
func (r Rule) effect(what string, interrupts bool) string {
	parts := []string{what, "no interruption", r.takes()}
	if interrupts {
		parts[1] = "interrupts"
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// takes is how long one step takes.
func (r Rule) takes() string { return strings.TrimSuffix(r.Takes, " a step") }
