package redis

import "strconv"

// route is the steps that AWS takes a cache through, in its order: the engine
// first, because TLS on a running cache needs a newer one; TLS for every client
// next, because AUTH needs it; and AUTH last. A configuration in which old and new
// clients both work is never skipped.
func route(from, to Config) []Config {
	steps := []Config{}
	at := from
	step := func(next Config) {
		at = next
		steps = append(steps, at)
	}
	if at.Engine != to.Engine || at.EngineVersion != to.EngineVersion {
		step(at.withEngine(to.Engine, to.EngineVersion))
	}
	for at.TLS != to.TLS {
		step(at.withTLS(towards(at.TLS, to.TLS)))
	}
	if !to.Auth() {
		return steps
	}
	if at.Token != to.Token && to.Token.State == GeneratedToken && at.Strategy == StrategyRotate {
		// What was generated is told from the token before it by the strategy
		// alone, so that must change.
		step(at.withToken(at.Token, StrategySet))
	}
	if at.Token != to.Token {
		step(at.withToken(to.Token, StrategyRotate))
	}
	if at.Strategy != to.Strategy && to.Strategy == StrategySet {
		step(at.withToken(at.Token, StrategySet))
	}
	return steps
}

// towards another TLS there is always Preferred on the way.
func towards(from, to TLS) TLS {
	if from == TLSPreferred {
		return to
	}
	return TLSPreferred
}

func (s Config) withEngine(engine Engine, version string) Config {
	s.Engine, s.EngineVersion = engine, version
	return s
}

func (s Config) withTLS(tls TLS) Config {
	s.TLS = tls
	return s
}

func (s Config) withToken(token TokenID, strategy Strategy) Config {
	s.Token, s.Strategy = token, strategy
	return s
}

// A Step of a rollout, in words.
type Step struct {
	// Name of the step, in the words of the spec.
	Name string

	// Leaves names the clients that lose access with it, empty if none do.
	Leaves string

	// Difference that the step ends.
	Difference Difference
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
		return change("AUTH with the old and the new token (ROTATE)", "", ruleOf("authTokenSecretRef", ""),
			Difference{Field: "authTokenSecretRef", From: "old token", To: "new token"})
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
