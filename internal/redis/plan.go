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
	Asked Stage

	// Report is what AWS says the cache is, nil while that is not known.
	Report *Report

	// Refused tells that AWS did not take what it was last asked for, so that it
	// can be taken back.
	Refused bool

	// Changing is what AWS has still to change in place. A step waits for it: each
	// is a call of its own, so that AWS can't refuse one for the other.
	Changing []string

	// Families whose parameter groups can be used.
	Families []string

	// Tokens that the provider can read.
	Tokens []string

	// Clients are what reads the URL.
	Clients Clients

	// Followed is the version that the claim asked for when AWS upgraded the cache
	// by itself, empty if it has not.
	Followed string

	// Total is how many steps the change had when it was last looked at, 0 if
	// there was none.
	Total int
}

// Clients of a running cache.
type Clients struct {
	// None can read the URL: it is published nowhere, and no step need wait.
	None bool

	// UpToDate tells that the URL that they read has the token that the cache has.
	UpToDate bool

	// TLS reports whether the URL that they read, everywhere, has them use TLS;
	// nil while it is not everywhere.
	TLS *bool
}

// A Plan is the next safe step of a cache.
type Plan struct {
	// State to ask AWS for now.
	State

	// URLWithTLS tells which URL to publish while the cache accepts both.
	URLWithTLS bool

	// Refused is what was asked and can't be had.
	Refused []Refusal

	// Heading is the stage that the first step leads to, also while it waits.
	Heading Stage

	// Steps that are left, the first of them under way or next.
	Steps []Change

	// Total is how many steps the change has, with those that are done.
	Total int

	// Waits is what the first step waits for. It is under way if that is nothing.
	Waits []string

	// Followed is the version that the claim asked for when AWS upgraded the cache
	// by itself.
	Followed string
}

// First is the plan of a cache that AWS does not have yet: it can be had at once,
// but for what is named already.
func First(asked State, named Fixed) Plan {
	return Plan{State: State{Fixed: named, Stage: asked.Stage}, Heading: asked.Stage, Refused: fixed(asked.Fixed, named)}
}

// Next is the next safe step towards what is asked. It asks AWS only for what AWS
// carries out in place, in AWS's order, one step at a time, and never takes back
// a step that AWS may be carrying out.
func Next(asked State, running Running) Plan {
	p := Plan{State: State{Fixed: running.Fixed, Stage: running.Asked}, Refused: fixed(asked.Fixed, running.Fixed), Followed: running.Followed, Total: running.Total}
	p.Heading = p.Stage
	if running.Report == nil {
		// AWS goes on with what it was asked for, and so do we.
		return p
	}
	p.Total = 0
	wanted := p.follow(asked.Stage, running)
	from, goingOn := goal(running)
	target, refused := reachable(wanted, from)
	p.Refused = append(p.Refused, refused...)
	if goingOn {
		p.Stage, p.Heading = from.Stage, from.Stage
		p.Steps = append([]Change{describe(running.Report.Stage, from.Stage)}, describeAll(from.Stage, route(from.Stage, target))...)
	} else {
		p.step(from.Stage, target, running)
	}
	if len(p.Steps) > 0 {
		p.Total = max(running.Total, len(p.Steps))
	}
	p.URLWithTLS = withTLS(running.Report.TLS, p.TLS, target.TLS)
	return p
}

// goal is the cache that AWS has, or the one that it may be making: a step that
// was asked for can't be taken back, whatever is asked by now. What AWS has done
// by itself in the meantime can't either.
func goal(r Running) (goal Report, goingOn bool) {
	goal = *r.Report
	if !goal.Auth() && r.lost(r.Asked.Token) && !r.Refused {
		// AWS may have it all the same, and must not be asked to be without.
		goal.Stage = goal.withToken(r.Asked.Token, r.Asked.Strategy)
	}
	if !underWay(r) {
		return goal, false
	}
	older := r.Asked.Engine == goal.Engine && compareVersions(r.Asked.EngineVersion, goal.FullVersion) < 0
	if !older && !isVersion(r.Asked.EngineVersion, goal.FullVersion) {
		goal.Engine, goal.EngineVersion, goal.FullVersion = r.Asked.Engine, r.Asked.EngineVersion, r.Asked.EngineVersion
	}
	goal.TLS, goal.Token, goal.Strategy = r.Asked.TLS, r.Asked.Token, r.Asked.Strategy
	return goal, true
}

// step towards the target, if there is one to take and nothing to wait for.
func (p *Plan) step(from, target Stage, running Running) {
	p.Stage, p.Heading = from, from
	steps := route(from, target)
	if len(steps) == 0 {
		return
	}
	p.Heading, p.Steps = steps[0], describeAll(from, steps)
	if p.Waits = waits(from, steps[0], running); len(p.Waits) == 0 {
		p.Stage = steps[0]
	}
}

// follow AWS where it has upgraded the cache by itself: the claim's version is
// then the one it had before, and no downgrade is asked for. A downgrade that is
// asked for is one from the version that AWS was last asked for, or from one that
// the claim has caught up with.
func (p *Plan) follow(asked Stage, running Running) Stage {
	report := running.Report
	older := asked.Engine == report.Engine && compareVersions(asked.EngineVersion, report.FullVersion) < 0
	switch {
	case !older:
		p.Followed = ""
	case asked.EngineVersion == running.Asked.EngineVersion, asked.EngineVersion == running.Followed:
		p.Followed = asked.EngineVersion
		asked.EngineVersion = report.EngineVersion
	}
	return asked
}

// underWay reports whether AWS may be carrying out what it was last asked for.
func underWay(r Running) bool {
	asked, report := r.Asked, r.Report
	upgrading := asked.Engine != report.Engine ||
		(!isVersion(asked.EngineVersion, report.FullVersion) && compareVersions(asked.EngineVersion, report.FullVersion) > 0)
	changingToken := asked.Token != report.Token || asked.Strategy != report.Strategy
	return !r.Refused && (upgrading || asked.TLS != report.TLS || (changingToken && !r.lost(asked.Token)))
}

// lost reports whether the provider can't find a token, so that nothing can come of
// having asked for it.
func (r Running) lost(token string) bool {
	return token != "" && token != GeneratedToken && token != r.Report.Token && !slices.Contains(r.Tokens, token)
}

// waits is what keeps a step from being taken.
func waits(from, step Stage, r Running) []string {
	var out []string
	if len(r.Changing) > 0 {
		out = append(out, "the change of "+strings.Join(r.Changing, ", "))
	}
	before, _ := Family(from.Engine, from.EngineVersion)
	after, _ := Family(step.Engine, step.EngineVersion)
	if before != after && !slices.Contains(r.Families, after) {
		out = append(out, "its parameter group of the family "+after)
	}
	if step.Token != from.Token && step.Token != GeneratedToken && !slices.Contains(r.Tokens, step.Token) {
		out = append(out, "its token to be where the provider reads it")
	}
	if r.Clients.None {
		return out
	}
	leaves := from.TLS == TLSPreferred && step.TLS != TLSPreferred
	if leaves && (r.Clients.TLS == nil || *r.Clients.TLS != (step.TLS == TLSRequired)) {
		out = append(out, "REDIS_URL to be published with the scheme that stays")
	}
	// AWS takes two tokens at most: one more ends the service of the oldest.
	endsToken := from.Auth() && !r.lost(from.Token) && (step.Token != from.Token || step.Strategy != from.Strategy)
	if endsToken && (!r.Clients.UpToDate || r.Clients.TLS == nil) {
		out = append(out, "REDIS_URL to be published with the token that stays")
	}
	return out
}

// withTLS tells which of the two URLs that a cache with TLS Preferred accepts is
// published: the one that it accepts afterwards, too.
func withTLS(report, asked, target string) bool {
	if report != TLSPreferred {
		return report == TLSRequired
	}
	if asked != TLSPreferred {
		return asked == TLSRequired
	}
	return target != TLSDisabled
}
