package redis

import "fmt"

// route is the steps that AWS takes a cache through, in its order: the engine
// first, because TLS on a running cache needs a newer one; TLS for every client
// next, because AUTH needs it; and AUTH last. A stage in which old and new
// clients both work is never passed over.
func route(from, to Stage) []Stage {
	steps := []Stage{}
	at := from
	step := func(next Stage) {
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
	if at.Token != to.Token && to.Token == GeneratedToken && at.Strategy == StrategyRotate {
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
func towards(from, to string) string {
	if from == TLSPreferred {
		return to
	}
	return TLSPreferred
}

func (s Stage) withEngine(engine, version string) Stage {
	s.Engine, s.EngineVersion = engine, version
	return s
}

func (s Stage) withTLS(tls string) Stage {
	s.TLS = tls
	return s
}

func (s Stage) withToken(token, strategy string) Stage {
	s.Token, s.Strategy = token, strategy
	return s
}

// A Change is one step, in words.
type Change struct {
	// Name of the step, in the words of the spec.
	Name string

	// Leaves tells which clients are served no more after it, empty if all are.
	Leaves string
}

// describe a step.
func describe(from, to Stage) Change {
	switch {
	case from.Engine != to.Engine || from.EngineVersion != to.EngineVersion:
		return Change{Name: fmt.Sprintf("upgrade to %s %s", to.Engine, to.EngineVersion)}
	case from.TLS != to.TLS:
		return Change{Name: "TLS " + to.TLS, Leaves: map[string]string{TLSRequired: "clients without TLS", TLSDisabled: "all clients, because the host name changes with TLS,"}[to.TLS]}
	case to.Strategy == StrategySet:
		return Change{Name: "AUTH with the new token only (SET)", Leaves: "clients without the new token"}
	case from.Auth():
		return Change{Name: "AUTH with the old and the new token (ROTATE)"}
	}
	return Change{Name: "AUTH with the token or without (ROTATE)"}
}

// describeAll steps of a way.
func describeAll(from Stage, steps []Stage) []Change {
	out := []Change{}
	for _, step := range steps {
		out = append(out, describe(from, step))
		from = step
	}
	return out
}
