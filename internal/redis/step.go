package redis

import "strconv"

// A Step of a rollout, in words.
type Step struct {
	// Name of the step, in the words of the spec.
	Name string

	// Leaves names the clients that lose access with it, empty if none do.
	Leaves string

	// Difference that the step ends.
	Difference Difference
}

// Upgrades reports whether the step brings another engine or version.
func (s Step) Upgrades() bool {
	return s.Difference.Field == "engine" || s.Difference.Field == "engineVersion"
}

// describe a step.
func describe(from, to Config) Step {
	switch {
	case from.Engine != to.Engine:
		return change("upgrade to "+to.version(), "", ruleOf("engine", caseValkey),
			Difference{Field: "engine", From: from.version(), To: to.version()})
	case from.EngineVersion != to.EngineVersion:
		return change("upgrade to "+to.version(), "", ruleOf("engineVersion", caseUp),
			Difference{Field: "engineVersion", From: from.EngineVersion, To: to.EngineVersion})
	case from.TLS != to.TLS:
		leaves := map[TLS]string{TLSRequired: "clients without TLS", TLSDisabled: "all clients, because the host name changes with TLS,"}[to.TLS]
		return change("TLS "+string(to.TLS), leaves, ruleOf("transitEncryption", ""), Difference{Field: "transitEncryption", From: string(from.TLS), To: string(to.TLS)})
	case to.Strategy == StrategySet:
		return change("AUTH with the new token only (SET)", "clients without the new token", ruleOf("authTokenUpdateStrategy", ""),
			Difference{Field: "authTokenUpdateStrategy", From: string(StrategyRotate), To: string(StrategySet)})
	case from.Auth():
		field := "authTokenSecretRef"
		if to.Token.Before() != "" {
			field = "authTokenGeneration"
		}
		return change("AUTH with the old and the new token (ROTATE)", "", ruleOf(field, ""),
			Difference{Field: field, From: "old token", To: "new token"})
	}
	return change("AUTH with the token or without (ROTATE)", "", ruleOf("enableAuthToken", caseOn),
		Difference{Field: "enableAuthToken", From: strconv.FormatBool(false), To: strconv.FormatBool(true)})
}

// change of a name, by a rule. A step interrupts if nodes are upgraded or clients lose
// access.
func change(name, leaves string, rule Rule, d Difference) Step {
	what := rule.Effect
	if leaves != "" {
		what = leaves + " lose access"
	}
	d.Effect = rule.effect(what, what != "")
	return Step{Name: name, Leaves: leaves, Difference: d}
}

// describeAll steps of a way.
func describeAll(from Config, steps []Config) []Step {
	out := []Step{}
	for _, step := range steps {
		out = append(out, describe(from, step))
		from = step
	}
	return out
}
