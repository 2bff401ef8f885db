package redis

import (
	"slices"
	"strconv"
)

// Settings that depend on one another.
const (
	settingNodeType  = "nodeType"
	settingNodes     = "numCacheNodes"
	settingMultiAZ   = "multiAzEnabled"
	settingRetention = "snapshotRetentionLimit"
)

// A Setting is one that AWS changes in place, by its name in the spec. Values are in
// the spec's words, and empty while they are not known.
type Setting struct {
	Field string

	// Claim is what the claim has, Asked what AWS was last asked for, and Reported
	// what AWS says.
	Claim, Asked, Reported string

	// Cannot says why the provider can't carry out the change, empty if it can.
	Cannot string
}

// pending reports whether AWS has still to do what it was asked for.
func (s Setting) pending() bool {
	return s.Asked != "" && s.Reported != "" && s.Asked != s.Reported
}

// before is what the cache had before a call that AWS refused, or what it was asked for.
func (s Setting) before(refused bool) string {
	if (refused || s.Asked == "") && s.Reported != "" {
		return s.Reported
	}
	return s.Asked
}

// keepAsked goes on with what AWS was asked for while nothing is known of a cache that
// was seen before, or of a change that is under way.
func (r *Rollout) keepAsked(running Running) {
	for _, s := range running.Settings {
		if running.Seen || running.Total > 0 {
			r.keep(s, s.Asked)
		}
	}
	r.pair(running.Settings)
}

// choose what to ask of each setting: what the claim has, unless AWS refused that, or
// it has to wait.
func (r *Rollout) choose(running Running, upgrading bool) {
	var trial []string
	if running.No != nil && running.No.Current {
		trial = suspects(running)
	}
	for _, s := range running.Settings {
		rejection, rejected := r.Rejected[s.Field]
		switch {
		case running.Reported.Token.State == UnknownToken:
			// The token comes first, so that the provider never reads the unknown one.
			r.keep(s, s.before(true))
		case s.Cannot != "" && s.Claim != s.Reported:
			r.refuse(s, s.Cannot)
		case rejected:
			r.refuse(s, rejection.why())
		case upgrading && s.Field == settingNodeType, waitsForMultiAZ(s, running.Settings):
			r.keep(s, s.before(running.No.settles()))
		case len(trial) > 1 && slices.Index(trial, s.Field) > 0:
			// One at a time, to find the one that AWS refuses.
			r.keep(s, s.before(true))
		}
	}
	r.pair(running.Settings)
}

// refuse a setting: it stays as AWS has it.
func (r *Rollout) refuse(s Setting, why string) {
	r.keep(s, s.before(true))
	r.Refused = append(r.Refused, Refusal{Field: "spec." + s.Field, Asked: s.Claim, Kept: s.before(true), Why: why})
}

// keep a setting as it is, if that is known and not what the claim has.
func (r *Rollout) keep(s Setting, value string) {
	if value == "" || value == s.Claim {
		return
	}
	if r.Kept == nil {
		r.Kept = map[string]string{}
	}
	r.Kept[s.Field] = value
}

// waitsForMultiAZ reports whether a setting has to stay as it was asked for until AWS
// has multi-AZ as it was asked for: fewer nodes are refused while it comes, and what
// comes can't be taken back.
func waitsForMultiAZ(s Setting, all []Setting) bool {
	multiAZ := named(all, settingMultiAZ)
	if !multiAZ.pending() {
		return false
	}
	return s.Field == settingMultiAZ || (s.Field == settingNodes && number(s.Claim) < number(s.Asked))
}

// pair multi-AZ with the nodes that it needs: the provider can't even observe one
// without the other, nor delete the cache.
func (r *Rollout) pair(all []Setting) {
	nodes, multiAZ := named(all, settingNodes), named(all, settingMultiAZ)
	if nodes.Field == "" || multiAZ.Field == "" || r.asks(multiAZ) != strconv.FormatBool(true) || number(r.asks(nodes)) > 1 {
		return
	}
	if number(nodes.Reported) > 1 {
		r.keep(nodes, nodes.Reported)
		return
	}
	r.keep(multiAZ, strconv.FormatBool(false))
}

// asks is what AWS is asked to have of a setting.
func (r *Rollout) asks(s Setting) string {
	if kept, ok := r.Kept[s.Field]; ok {
		return kept
	}
	return s.Claim
}

// changing names the settings that AWS has yet to change.
func (r *Rollout) changing(all []Setting) []string {
	var out []string
	for _, s := range all {
		if s.Reported != "" && s.Reported != r.asks(s) {
			out = append(out, s.Field)
		}
	}
	return out
}

// named setting, empty if there is none.
func named(all []Setting, field string) Setting {
	if i := slices.IndexFunc(all, func(s Setting) bool { return s.Field == field }); i >= 0 {
		return all[i]
	}
	return Setting{}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
