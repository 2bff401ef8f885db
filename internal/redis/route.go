package redis

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
	if at.Token.State == UnknownToken && at.Token != to.Token {
		step(at.withToken(to.Token, StrategyRotate))
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
		// Only the strategy tells a generated token from the one before it, so that
		// must change. It ends no token that ROTATE would not end: AWS takes two.
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

func (c Config) withEngine(engine Engine, version string) Config {
	c.Engine, c.EngineVersion = engine, version
	return c
}

func (c Config) withTLS(tls TLS) Config {
	c.TLS = tls
	return c
}

func (c Config) withToken(token TokenID, strategy Strategy) Config {
	c.Token, c.Strategy = token, strategy
	return c
}
