package redis

import "fmt"

// supports are the engine versions whose standard support has an end that AWS announced:
// the last day of it, and the last day of Extended Support, which costs more and is
// offered for three years.
//
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support-charges.html
var supports = []struct { //nolint:gochecknoglobals // A constant table.
	engine             Engine
	major              int
	standard, extended string
}{
	{EngineRedis, 4, "2026-01-31", "2029-01-31"},
	{EngineRedis, 5, "2026-01-31", "2029-01-31"},
	{EngineRedis, 6, "2027-01-31", "2030-01-31"},
}

// EndOfSupport says when AWS ends the support of an engine version, empty where AWS has
// announced no end. There is no clock here: the text is right before and after the days
// that it names.
func EndOfSupport(engine Engine, version string) string {
	for _, s := range supports {
		if s.engine == engine && s.major == numbers(version)[0] {
			return fmt.Sprintf("Standard support of %s %d ends on %s. AWS charges for Extended Support of a cache that runs it after that day, and upgrades it to valkey after %s: set a newer engineVersion before.",
				s.engine, s.major, s.standard, s.extended)
		}
	}
	return ""
}
