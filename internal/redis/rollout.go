package redis

import (
	"slices"
	"strings"
)

// Running is what is known of a cache that AWS has.
type Running struct {
	// Fixed is what it was created with.
	Fixed

	// Asked is what AWS was last asked for.
	Asked Config

	// Reported is what AWS says the cache is, nil while that is not known.
	Reported *Reported

	// Seen reports whether there ever was a report.
	Seen bool

	// No is AWS's answer to the last call, if it refused it: nothing of that call is
	// under way, and it can be taken back.
	No *No

	// Rejected is what AWS refused before.
	Rejected Rejections

	// Settings that AWS changes in place.
	Settings []Setting

	// Families whose parameter groups can be used.
	Families []string

	// Tokens that the provider can read.
	Tokens []TokenID

	// Clients are what reads the URL.
	Clients Clients

	// Followed is the version that the claim asked for when AWS upgraded the cache
	// on its own, empty if it has not.
	Followed string

	// Total is how many steps the change had when it was last looked at, 0 if
	// there was none.
	Total int
}

// Clients of a running cache. A URL counts as published when the whole of it, with
// host, port and token, can be read wherever it is published, and the cache accepts
// it now.
type Clients struct {
	// None can read the URL: it is published nowhere, and no step need wait.
	None bool

	// Plain reports whether the URL without TLS is published.
	Plain bool

	// TLS reports whether the URL with TLS is published.
	TLS bool
}

// canStay reports whether clients can go on with the URL that they read, once the
// cache has that TLS.
func (c Clients) canStay(tls TLS) bool {
	if tls == TLSDisabled {
		return c.None || c.Plain
	}
	return c.None || c.TLS
}

// A Rollout is the next safe step of a cache.
type Rollout struct {
	// State to ask AWS for now.
	State

	// Kept are the settings that are asked otherwise than the claim has them, for as
	// long as they wait or because AWS refused them.
	Kept map[string]string

	// Rejected is what AWS refused, to be remembered.
	Rejected Rejections

	// URLUsesTLS tells which URL to publish while the cache accepts both.
	URLUsesTLS bool

	// Refused is what was asked and can't be had.
	Refused []Refusal

	// Heading is what the first step leads to, also while it waits.
	Heading Config

	// Steps that are left, the first of them under way or next.
	Steps []Step

	// Total is how many steps the change has, with those that are done.
	Total int

	// Waits is what the first step waits for. It is under way if that is nothing.
	Waits []string

	// Followed is the version that the claim asked for when AWS upgraded the cache
	// on its own.
	Followed string
}

// Upgrades reports whether any step brings another engine or version.
func (r *Rollout) Upgrades() bool { return slices.ContainsFunc(r.Steps, Step.Upgrades) }

// First is the plan of a cache that AWS does not have yet: it can be had at once,
// but for what is named already.
func First(asked State, named Fixed) Rollout {
	return Rollout{State: State{Fixed: named, Config: asked.Config}, Heading: asked.Config, Refused: fixed(asked.Fixed, named)}
}

// Next is the next safe step towards what is asked. It asks AWS only for what AWS
// carries out in place, in AWS's order, one step at a time, and never takes back
// a step that AWS may be carrying out.
func Next(asked State, running Running) Rollout {
	out := Rollout{
		State: State{Fixed: running.Fixed, Config: running.Asked}, Heading: running.Asked,
		Refused: fixed(asked.Fixed, running.Fixed), Followed: running.Followed, Total: running.Total, Rejected: running.Rejected,
	}
	if running.Reported == nil {
		// AWS goes on with what it was asked for, and so do we.
		out.keepAsked(running)
		return out
	}
	out.Total = 0
	wanted := out.follow(asked.Config, running)
	from, goingOn := goal(wanted, running)
	target, refused := reachable(wanted, from)
	out.Rejected = remember(running, target)
	target, more := out.Rejected.without(target, from)
	out.Refused = append(out.Refused, append(refused, more...)...)
	steps := route(from.Config, target)
	out.choose(running, target.version() != running.Reported.version())
	if goingOn {
		out.Config, out.Heading = from.Config, from.Config
		out.Steps = append([]Step{describe(running.Reported.Config, from.Config)}, describeAll(from.Config, steps)...)
	} else {
		out.take(from.Config, steps, running)
	}
	if len(out.Steps) > 0 {
		out.Total = max(running.Total, len(out.Steps))
	}
	out.URLUsesTLS = urlUsesTLS(running.Reported.TLS, out.TLS, target.TLS)
	return out
}

// goal is the cache that AWS has, or the one that it may be making: a step that
// was asked for can't be taken back, whatever is asked by now. What AWS has done
// on its own in the meantime can't either.
func goal(wanted Config, running Running) (goal Reported, goingOn bool) {
	goal = *running.Reported
	upgrading, changingTLS, changingToken := underWay(wanted, running)
	if upgrading {
		goal.Engine, goal.EngineVersion, goal.FullVersion = running.Asked.Engine, running.Asked.EngineVersion, running.Asked.EngineVersion
	}
	if changingTLS {
		goal.TLS = running.Asked.TLS
	}
	if changingToken {
		goal.Config = goal.withToken(running.Asked.Token, running.Asked.Strategy)
	}
	if running.Asked.Auth() && !goal.Auth() {
		// AWS may have the token nevertheless, and is never asked to be without.
		goal.Config = goal.withToken(running.Asked.Token, running.Asked.Strategy)
	}
	if goal.Auth() {
		goal.TLS = TLSRequired
	}
	return goal, upgrading || changingTLS || changingToken
}

// underWay reports what AWS may be carrying out of what it was last asked for. What
// AWS reports and the claim asks is not, where no step was begun: somebody has
// brought the cache back to it.
func underWay(wanted Config, running Running) (engine, tls, token bool) {
	asked, reported := running.Asked, running.Reported
	if running.No.settles() {
		return false, false, false
	}
	begun := running.Total > 0
	_, known := Family(asked.Engine, asked.EngineVersion)
	isWanted := wanted.Engine == reported.Engine && isVersion(wanted.EngineVersion, reported.FullVersion)
	// A version that is known is never left by hand: AWS does not downgrade.
	engine = reported.canBecome(asked) && (begun || !isWanted || (known && asked.Engine == reported.Engine))
	tls = asked.TLS != reported.TLS && (begun || wanted.TLS != reported.TLS)
	token = (asked.Token != reported.Token || asked.Strategy != reported.Strategy) && asked.Auth() && !running.lost(asked.Token)
	return engine, tls, token
}

// take the next step of the way, if there is one and nothing to wait for.
func (r *Rollout) take(from Config, steps []Config, running Running) {
	r.Config, r.Heading = from, from
	if len(steps) == 0 {
		return
	}
	r.Heading, r.Steps = steps[0], describeAll(from, steps)
	if r.Waits = r.waits(from, steps[0], running); len(r.Waits) == 0 {
		r.Config = steps[0]
	}
}

// follow AWS where it has upgraded the cache on its own: the claim's version is
// then the one it had before, and no downgrade is asked for. A downgrade that is
// asked for is one from the version that AWS was last asked for, or from one that
// the claim has caught up with.
func (r *Rollout) follow(asked Config, running Running) Config {
	reported := running.Reported
	older := asked.Engine == reported.Engine && compareVersions(asked.EngineVersion, reported.FullVersion) < 0
	switch {
	case asked.EngineVersion == running.Followed && isNewer(running.Asked.EngineVersion, reported.FullVersion):
		// The report goes back for a moment: AWS never downgrades.
		asked.EngineVersion = running.Asked.EngineVersion
	case !older:
		r.Followed = ""
	case asked.EngineVersion == running.Asked.EngineVersion, asked.EngineVersion == running.Followed:
		r.Followed = asked.EngineVersion
		asked.EngineVersion = reported.EngineVersion
	}
	return asked
}

// CanRead reports whether the provider can find a token where it reads it, if it has to.
func (r Running) CanRead(token TokenID) bool {
	return token.State == NoToken || token.State == GeneratedToken || slices.Contains(r.Tokens, token)
}

// lost reports whether the provider can't find a token, so that nothing can come of
// having asked for it.
func (r Running) lost(token TokenID) bool {
	return !r.CanRead(token) && token != r.Reported.Token
}

// waits is what keeps a step from being taken.
func (r *Rollout) waits(from, step Config, running Running) []string {
	var out []string
	if changing := r.changing(running.Settings); len(changing) > 0 {
		out = append(out, "the change of "+strings.Join(changing, ", "))
	}
	before, _ := Family(from.Engine, from.EngineVersion)
	after, _ := Family(step.Engine, step.EngineVersion)
	if before != after && !slices.Contains(running.Families, after) {
		out = append(out, "its parameter group of the family "+after)
	}
	if step.Token != from.Token && !running.CanRead(step.Token) {
		out = append(out, "its token to be where the provider reads it")
	}
	if from.TLS == TLSPreferred && step.TLS != TLSPreferred && !running.Clients.canStay(step.TLS) {
		out = append(out, "the new REDIS_URL to be in its Secret and in Parameter Store")
	}
	return append(out, waitsOfToken(from, step, running)...)
}

// waitsOfToken is what a step waits for that ends the service of a token. AWS takes
// two tokens at most: one more ends the service of the oldest.
func waitsOfToken(from, step Config, running Running) []string {
	switch {
	case !from.Auth() || from.Token.State == UnknownToken || (step.Token == from.Token && step.Strategy == from.Strategy):
		return nil
	case step.Token == from.Token && running.Reported.Token != from.Token:
		return []string{"the cache to accept its token"}
	case !running.lost(from.Token) && !running.Clients.canStay(from.TLS):
		return []string{"REDIS_URL with the new token to be in its Secret and in Parameter Store"}
	}
	return nil
}
