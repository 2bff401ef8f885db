package redis

import (
	"strings"
	"testing"
	"time"
)

func TestEndOfSupport(t *testing.T) {
	cases := map[string]struct {
		reason   string
		engine   Engine
		version  string
		standard string // The day that is named, empty for no text.
	}{
		"NotOffered":    {reason: "A cache that was taken over may run what no claim can ask for.", engine: EngineRedis, version: "4.0.10", standard: "2026-01-31"},
		"ToThePatch":    {reason: "Before 6 a version is named to the patch.", engine: EngineRedis, version: "5.0.6", standard: "2026-01-31"},
		"AnyMinor":      {reason: "6.x is a 6.", engine: EngineRedis, version: "6.x", standard: "2027-01-31"},
		"AsAWSReports":  {reason: "AWS reports the patch level.", engine: EngineRedis, version: "6.2.6", standard: "2027-01-31"},
		"NotAnnounced":  {reason: "AWS has named no end of redis 7.", engine: EngineRedis, version: "7.1"},
		"OfOtherEngine": {reason: "Valkey counts its own versions.", engine: EngineValkey, version: "7.2"},
		"Unknown":       {reason: "A cache whose version is not known is not judged.", engine: EngineRedis},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := EndOfSupport(tc.engine, tc.version)
			if (tc.standard != "") != (got != "") || !strings.Contains(got, tc.standard) {
				t.Errorf("%s\nwant %q in %q", tc.reason, tc.standard, got)
			}
		})
	}
}

func TestSupports(t *testing.T) {
	for _, s := range supports {
		standard, err := time.Parse(time.DateOnly, s.standard)
		if err != nil {
			t.Fatal(err)
		}
		if extended := standard.AddDate(3, 0, 0).Format(time.DateOnly); extended != s.extended {
			t.Errorf("%s %d: AWS offers Extended Support for three years, until %s, not %s", s.engine, s.major, extended, s.extended)
		}
	}
}
