package redis

import "strings"

// A Difference is one between what AWS reports of a cache and what is asked for.
type Difference struct {
	// Field of the spec, and of a tag its key.
	Field, Key string

	// From what AWS reports, To what is asked for. Either is empty if there is none.
	From, To string

	// Effect on the cache and its clients, and how long the change usually takes.
	Effect string
}

// NewDifference of a field that AWS changes in place. A list is put in brackets.
func NewDifference(field, key, from, to string) Difference {
	rule := ruleOf(field, "")
	if field == settingNodes && number(to) < number(from) {
		rule = ruleOf(field, caseDown)
	}
	if strings.HasSuffix(field, "Ids") {
		from, to = "["+from+"]", "["+to+"]"
	}
	return Difference{Field: field, Key: key, From: from, To: to, Effect: rule.effect(rule.Effect, rule.Interrupts != interruptNo)}
}

// Pending are the differences between what AWS was last asked for and what it reports.
func Pending(asked Config, reported Reported, settings []Setting) []Difference {
	var out []Difference
	for _, s := range settings {
		if s.pending() {
			out = append(out, NewDifference(s.Field, "", s.Reported, s.Asked))
		}
	}
	at := reported.Config
	upgrading := asked.Engine != at.Engine || (!isVersion(asked.EngineVersion, reported.FullVersion) && compareVersions(asked.EngineVersion, reported.FullVersion) > 0)
	for _, step := range []struct {
		to      Config
		pending bool
	}{
		{at.withEngine(asked.Engine, asked.EngineVersion), upgrading},
		{at.withTLS(asked.TLS), asked.TLS != at.TLS},
		{at.withToken(asked.Token, asked.Strategy), asked.Token != at.Token || asked.Strategy != at.Strategy},
	} {
		if step.pending {
			out = append(out, describe(at, step.to).Difference)
		}
	}
	return out
}

// String is what is to be done, as in "change nodeType cache.t3.micro -> cache.t3.small
// (nodes are replaced, interrupts, 10 to 30 minutes)".
func (d Difference) String() string {
	switch {
	case d.From == "":
		return "add " + d.name() + "=" + d.To + d.effect()
	case d.To == "":
		return "remove " + d.name() + d.effect()
	}
	return "change " + d.Words()
}

// Words name the field, from what to what.
func (d Difference) Words() string {
	return d.name() + " " + orNone(d.From) + " -> " + orNone(d.To) + d.effect()
}

func (d Difference) name() string {
	if d.Key == "" {
		return d.Field
	}
	return strings.TrimSuffix(d.Field, "s") + " " + d.Key
}

func (d Difference) effect() string {
	if d.Effect == "" {
		return ""
	}
	return " (" + d.Effect + ")"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
