package redis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settled is a cache that everything can be asked of.
func settled() Running {
	config := Config{Engine: EngineRedis, EngineVersion: "7.1", TLS: TLSDisabled}
	return Running{
		Fixed:    Fixed{ClusterID: "a-dev-redis", ParameterStorePath: "/a/dev/redis/url", Region: "eu-central-1", Port: Port},
		Asked:    config,
		Reported: &Reported{Config: config, FullVersion: "7.1.0"},
		Families: []string{"redis7"},
		Tokens:   []TokenID{TokenOf("t1"), TokenOf("t2")},
		Clients:  Clients{Plain: true},
	}
}

// be makes it one that AWS reports and was asked for.
func be(r *Running, s Config, full string) {
	r.Asked, r.Reported = s, &Reported{Config: s, FullVersion: full}
	r.Clients = Clients{Plain: s.TLS == TLSDisabled, TLS: s.TLS != TLSDisabled}
}

// refusedFor is AWS's answer to a modification.
func refusedFor(message string) *No {
	return &No{Call: callModify, Code: "InvalidParameterCombination", Message: message}
}

func TestNext(t *testing.T) {
	plain := Config{Engine: EngineRedis, EngineVersion: "7.1", TLS: TLSDisabled}
	old := plain.withEngine(EngineRedis, "6.2")
	preferred, required := plain.withTLS(TLSPreferred), plain.withTLS(TLSRequired)
	rotated, set := required.withToken(TokenOf("t1"), StrategyRotate), required.withToken(TokenOf("t1"), StrategySet)
	type want struct {
		Config  Config
		Refused []string
		Steps   []string
		Waits   string
	}
	cases := map[string]struct {
		reason  string
		asked   Config
		running func(*Running)
		want    want
	}{
		"Nothing": {
			reason: "What is as asked is asked again.",
			asked:  plain, want: want{Config: plain},
		},
		"Unknown": {
			reason:  "Nothing new is asked for while it is not known what there is.",
			asked:   set,
			running: func(r *Running) { r.Reported = nil },
			want:    want{Config: plain},
		},
		"TLS": {
			reason: "AWS refuses Required at once.",
			asked:  required, want: want{Config: preferred, Steps: []string{"TLS Preferred", "TLS Required"}},
		},
		"TLSUnderWay": {
			reason:  "A step that AWS may be carrying out is not taken back.",
			asked:   plain,
			running: func(r *Running) { r.Asked, r.Total = preferred, 1 },
			want:    want{Config: preferred, Steps: []string{"TLS Preferred", "TLS Disabled"}},
		},
		"TLSNotTaken": {
			reason:  "A step that AWS did not take can be taken back.",
			asked:   plain,
			running: func(r *Running) { r.Asked, r.No, r.Total = preferred, refusedFor("It can not be."), 1 },
			want:    want{Config: plain},
		},
		"TLSRequiredTooEarly": {
			reason:  "Clients must have been able to read the URL that stays.",
			asked:   required,
			running: func(r *Running) { be(r, preferred, "7.1.0"); r.Clients = Clients{Plain: true} },
			want:    want{Config: preferred, Steps: []string{"TLS Required"}, Waits: "new REDIS_URL"},
		},
		"TLSRequired": {
			reason:  "Preferred is observed, and the URL is published.",
			asked:   required,
			running: func(r *Running) { be(r, preferred, "7.1.0") },
			want:    want{Config: required, Steps: []string{"TLS Required"}},
		},
		"TLSOff": {
			reason:  "TLS goes the way that it came.",
			asked:   plain,
			running: func(r *Running) { be(r, required, "7.1.0") },
			want:    want{Config: preferred, Steps: []string{"TLS Preferred", "TLS Disabled"}},
		},
		"TLSOffWithoutClients": {
			reason:  "A URL that nobody can read keeps nobody waiting.",
			asked:   plain,
			running: func(r *Running) { be(r, preferred, "7.1.0"); r.Clients = Clients{None: true} },
			want:    want{Config: plain, Steps: []string{"TLS Disabled"}},
		},
		"TLSOnAnOldEngine": {
			reason:  "Before 7.0.5 TLS is fixed.",
			asked:   old.withTLS(TLSRequired),
			running: func(r *Running) { be(r, old, "6.2.6") },
			want:    want{Config: old, Refused: []string{"spec.transitEncryption"}},
		},
		"TLSOnAnOldPatch": {
			reason:  "7.0 can from its patch 7.0.5 on.",
			asked:   required.withEngine(EngineRedis, "7.0"),
			running: func(r *Running) { be(r, plain.withEngine(EngineRedis, "7.0"), "7.0.4") },
			want:    want{Config: plain.withEngine(EngineRedis, "7.0"), Refused: []string{"spec.transitEncryption"}},
		},
		"AuthOnAnOldEngine": {
			reason:  "One refusal is enough for AUTH and the TLS that follows from it.",
			asked:   set.withEngine(EngineRedis, "6.2"),
			running: func(r *Running) { be(r, old, "6.2.6") },
			want:    want{Config: old, Refused: []string{"spec.enableAuthToken"}},
		},
		"UpgradeFirst": {
			reason:  "TLS needs the newer engine, and AWS refuses both at once.",
			asked:   set,
			running: func(r *Running) { be(r, old, "6.2.6") },
			want:    want{Config: old.withEngine(EngineRedis, "7.1"), Steps: []string{"upgrade to redis 7.1", "TLS Preferred", "TLS Required", "AUTH with the token or without (ROTATE)", "AUTH with the new token only (SET)"}},
		},
		"UpgradeNeedsItsGroup": {
			reason:  "AWS refuses the new version with the old family's group.",
			asked:   plain,
			running: func(r *Running) { be(r, old, "6.2.6"); r.Families = []string{"redis6.x"} },
			want:    want{Config: old, Steps: []string{"upgrade to redis 7.1"}, Waits: "redis7"},
		},
		"UpgradeWaitsForTheNodes": {
			reason: "AWS must not refuse a step because of something else in the same call.",
			asked:  required,
			running: func(r *Running) {
				r.Settings = []Setting{{Field: "nodeType", Claim: "cache.t3.small", Asked: "cache.t3.small", Reported: "cache.t3.micro"}}
			},
			want: want{Config: plain, Steps: []string{"TLS Preferred", "TLS Required"}, Waits: "nodeType"},
		},
		"Valkey": {
			reason:  "From redis to valkey in one step.",
			asked:   plain.withEngine(EngineValkey, "8.0"),
			running: func(r *Running) { r.Families = []string{"valkey8"} },
			want:    want{Config: plain.withEngine(EngineValkey, "8.0"), Steps: []string{"upgrade to valkey 8.0"}},
		},
		"BackToRedis": {
			reason:  "The provider knows no way back.",
			asked:   plain,
			running: func(r *Running) { be(r, plain.withEngine(EngineValkey, "8.0"), "8.0.1") },
			want:    want{Config: plain.withEngine(EngineValkey, "8.0"), Refused: []string{"spec.engine"}},
		},
		"Downgrade": {
			reason: "AWS never downgrades.",
			asked:  plain.withEngine(EngineRedis, "7.0"), want: want{Config: plain, Refused: []string{"spec.engineVersion"}},
		},
		"DowngradeWhileUpgrading": {
			reason: "An upgrade that runs can't be taken back, so its end is what is refused to leave.",
			asked:  plain.withEngine(EngineRedis, "7.0"),
			running: func(r *Running) {
				be(r, plain.withEngine(EngineRedis, "7.0"), "7.0.7")
				r.Asked.EngineVersion, r.Total = "7.1", 1
			},
			want: want{Config: plain, Refused: []string{"spec.engineVersion"}, Steps: []string{"upgrade to redis 7.1"}},
		},
		"AnyMinorVersion": {
			reason:  "6.x is whatever 6 there is.",
			asked:   plain.withEngine(EngineRedis, "6.x"),
			running: func(r *Running) { be(r, old, "6.2.6") },
			want:    want{Config: old},
		},
		"Auth": {
			reason:  "Clients without the token go on until the URL has it.",
			asked:   set,
			running: func(r *Running) { be(r, required, "7.1.0") },
			want:    want{Config: rotated, Steps: []string{"AUTH with the token or without (ROTATE)", "AUTH with the new token only (SET)"}},
		},
		"AuthBeforeItsToken": {
			reason:  "A token that the provider can't read would be none.",
			asked:   set.withToken(TokenOf("t3"), StrategySet),
			running: func(r *Running) { be(r, required, "7.1.0") },
			want:    want{Config: required, Steps: []string{"AUTH with the token or without (ROTATE)", "AUTH with the new token only (SET)"}, Waits: "its token"},
		},
		"SetTooEarly": {
			reason:  "The old token must not go before the URL has the new one.",
			asked:   set,
			running: func(r *Running) { be(r, rotated, "7.1.0"); r.Clients = Clients{} },
			want:    want{Config: rotated, Steps: []string{"AUTH with the new token only (SET)"}, Waits: "token"},
		},
		"RotateStays": {
			reason:  "With ROTATE both tokens stay until the team asks otherwise.",
			asked:   rotated,
			running: func(r *Running) { be(r, rotated, "7.1.0") },
			want:    want{Config: rotated},
		},
		"RotateAfterSet": {
			reason:  "What is asked of the next change is nothing to do now.",
			asked:   rotated,
			running: func(r *Running) { be(r, set, "7.1.0") },
			want:    want{Config: set},
		},
		"NewToken": {
			reason:  "The strategy goes back to ROTATE with the new token, in one call.",
			asked:   set.withToken(TokenOf("t2"), StrategySet),
			running: func(r *Running) { be(r, set, "7.1.0") },
			want:    want{Config: rotated.withToken(TokenOf("t2"), StrategyRotate), Steps: []string{"AUTH with the old and the new token (ROTATE)", "AUTH with the new token only (SET)"}},
		},
		"NewTokenTooEarly": {
			reason:  "AWS takes two tokens at most, so the one in the URL must not be the third.",
			asked:   set.withToken(TokenOf("t2"), StrategySet),
			running: func(r *Running) { be(r, rotated, "7.1.0"); r.Clients = Clients{} },
			want:    want{Config: rotated, Steps: []string{"AUTH with the old and the new token (ROTATE)", "AUTH with the new token only (SET)"}, Waits: "token"},
		},
		"GeneratedToken": {
			reason:  "That a token that nobody knows has taken effect is told from the strategy, which must change.",
			asked:   set.withToken(TokenID{State: GeneratedToken}, StrategyRotate),
			running: func(r *Running) { be(r, rotated, "7.1.0") },
			want:    want{Config: set, Steps: []string{"AUTH with the new token only (SET)", "AUTH with the old and the new token (ROTATE)"}},
		},
		"LostToken": {
			reason:  "Nothing can come of a token that nobody has any more, and another can be set.",
			asked:   required.withToken(TokenOf("t2"), StrategySet),
			running: func(r *Running) { be(r, required, "7.1.0"); r.Asked = required.withToken(TokenOf("gone"), StrategySet) },
			want:    want{Config: required.withToken(TokenOf("t2"), StrategyRotate), Steps: []string{"AUTH with the old and the new token (ROTATE)", "AUTH with the new token only (SET)"}},
		},
		"LostTokenAlone": {
			reason:  "AUTH is not taken back, although its token can't be found.",
			asked:   required.withToken(TokenOf("gone"), StrategySet),
			running: func(r *Running) { be(r, required, "7.1.0"); r.Asked = required.withToken(TokenOf("gone"), StrategySet) },
			want:    want{Config: required.withToken(TokenOf("gone"), StrategySet)},
		},
		"LostTokenAndOff": {
			reason:  "Nor is the TLS that it needs.",
			asked:   plain,
			running: func(r *Running) { be(r, required, "7.1.0"); r.Asked = required.withToken(TokenOf("gone"), StrategySet) },
			want:    want{Config: required.withToken(TokenOf("gone"), StrategySet), Refused: []string{"spec.enableAuthToken"}},
		},
		"AuthOff": {
			reason:  "AWS can't, and one refusal is enough for AUTH and its TLS.",
			asked:   plain,
			running: func(r *Running) { be(r, set, "7.1.0") },
			want:    want{Config: set, Refused: []string{"spec.enableAuthToken"}},
		},
		"TLSOffUnderAuth": {
			reason:  "AWS refuses Preferred while AUTH is on.",
			asked:   preferred.withToken(TokenOf("t1"), StrategySet),
			running: func(r *Running) { be(r, set, "7.1.0") },
			want:    want{Config: set, Refused: []string{"spec.transitEncryption"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			running := settled()
			if tc.running != nil {
				tc.running(&running)
			}
			p := Next(State{Fixed: running.Fixed, Config: tc.asked}, running)
			got := want{Config: p.Config}
			for _, r := range p.Refused {
				got.Refused = append(got.Refused, r.Field)
			}
			for _, s := range p.Steps {
				got.Steps = append(got.Steps, s.Name)
			}
			waits := strings.Join(p.Waits, ", ")
			if (tc.want.Waits == "") != (waits == "") || !strings.Contains(waits, tc.want.Waits) {
				t.Errorf("%s: waits for %q, want %q", tc.reason, waits, tc.want.Waits)
			}
			tc.want.Waits = ""
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(running.Fixed, p.Fixed); diff != "" {
				t.Errorf("%s: what is fixed changed: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestFollow: AWS upgrades by itself, and that is neither a downgrade nor forgotten.
func TestFollow(t *testing.T) {
	running := settled()
	running.Asked.EngineVersion = "7.0" // AWS has gone on to 7.1.
	ask := func(version string) Rollout {
		t.Helper()
		p := Next(State{Fixed: running.Fixed, Config: running.Reported.withEngine(EngineRedis, version)}, running)
		running.Asked, running.Followed = p.Config, p.Followed
		if p.EngineVersion != "7.1" {
			t.Fatalf("asks AWS for %s, while it runs 7.1", p.EngineVersion)
		}
		return p
	}
	for range 3 {
		if p := ask("7.0"); len(p.Refused) > 0 || p.Followed != "7.0" {
			t.Fatalf("the claim did not change: refused %v, followed %q", p.Refused, p.Followed)
		}
	}
	if p := ask("6.2"); len(p.Refused) != 1 {
		t.Errorf("a downgrade is one, whatever AWS did: refused %v", p.Refused)
	}
	if p := ask("7.0"); len(p.Refused) > 0 {
		t.Errorf("the claim is back where it was: refused %v", p.Refused)
	}
	if p := ask("7.1"); len(p.Refused) > 0 || p.Followed != "" {
		t.Errorf("the claim has caught up: refused %v, followed %q", p.Refused, p.Followed)
	}
	if p := ask("7.0"); len(p.Refused) != 1 {
		t.Errorf("and now 7.0 is a downgrade: refused %v", p.Refused)
	}
}

// TestFixed: what AWS sets at creation stays, and each part of it is told.
func TestFixed(t *testing.T) {
	running := settled()
	asked := State{Fixed: Fixed{ClusterID: "b", ParameterStorePath: "/b", Region: "us-east-1", KMSKeyID: "arn", SnapshotName: "s"}, Config: running.Asked}
	for name, p := range map[string]Rollout{"first": First(asked, running.Fixed), "running": Next(asked, running)} {
		if len(p.Refused) != 5 {
			t.Errorf("%s: refused %v", name, p.Refused)
		}
		if diff := cmp.Diff(running.Fixed, p.Fixed); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", name, diff)
		}
	}
}

// TestTotal: the steps of a change are counted when it begins.
func TestTotal(t *testing.T) {
	running := settled()
	asked := State{Fixed: running.Fixed, Config: running.Asked.withTLS(TLSRequired)}
	if got := Next(asked, running).Total; got != 2 {
		t.Errorf("%d steps, want 2", got)
	}
	be(&running, running.Asked.withTLS(TLSPreferred), "7.1.0")
	running.Total = 2
	if p := Next(asked, running); p.Total != 2 || len(p.Steps) != 1 {
		t.Errorf("%d of %d steps left, want 1 of 2", len(p.Steps), p.Total)
	}
	be(&running, asked.Config, "7.1.0")
	if got := Next(asked, running).Total; got != 0 {
		t.Errorf("%d steps when all is done", got)
	}
}
