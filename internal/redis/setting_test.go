package redis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSettings: what is asked in place, and what is kept back.
func TestSettings(t *testing.T) {
	const small, large, micro = "cache.t3.small", "cache.m7g.large", "cache.t3.micro"
	plain := Config{Engine: EngineRedis, EngineVersion: "7.1", TLS: TLSDisabled}
	old := plain.withEngine(EngineRedis, "6.2")
	type want struct {
		Kept    map[string]string
		Refused []string
		Waits   []string
		Config  Config
	}
	cases := map[string]struct {
		reason   string
		asked    Config
		settings []Setting
		running  func(*Running)
		want     want
	}{
		"AtOnce": {
			reason:   "What AWS changes in place is asked at once.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: small, Asked: micro, Reported: micro}},
			want:     want{Config: plain},
		},
		"EngineFirst": {
			reason:   "A node type may need the new engine, so it waits, and the engine does not wait for it.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: large, Asked: micro, Reported: micro}},
			running:  func(r *Running) { be(r, old, "6.2.6") },
			want:     want{Config: plain, Kept: map[string]string{"nodeType": micro}},
		},
		"NodeTypeAfterTheEngineUnderWay": {
			reason:   "Nor is it asked while AWS may be upgrading: the provider would send both in one call.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: large, Asked: micro, Reported: micro}},
			running: func(r *Running) {
				be(r, old, "6.2.6")
				r.Asked, r.Total = plain, 1
			},
			want: want{Config: plain, Kept: map[string]string{"nodeType": micro}},
		},
		"EngineAfterTheNodeTypeUnderWay": {
			reason:   "A node type that AWS may be changing to is not taken back.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: large, Asked: small, Reported: micro}},
			running:  func(r *Running) { be(r, old, "6.2.6") },
			want:     want{Config: old, Kept: map[string]string{"nodeType": small}, Waits: []string{"the change of nodeType"}},
		},
		"EngineAfterARefusedNodeType": {
			reason:   "A node type that AWS refused is taken out of the call, so that the engine can go first.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: large, Asked: large, Reported: micro}},
			running: func(r *Running) {
				be(r, old, "6.2.6")
				r.No = refusedFor("The node type is not supported.")
			},
			want: want{Config: plain, Kept: map[string]string{"nodeType": micro}, Refused: []string{"spec.nodeType"}},
		},
		"OneOfMany": {
			reason: "The answer names the field: it is taken out, and the rest goes on.",
			asked:  plain,
			settings: []Setting{
				{Field: "nodeType", Claim: small, Asked: small, Reported: micro},
				{Field: "snapshotWindow", Claim: "b", Asked: "b", Reported: "a"},
			},
			running: func(r *Running) { r.No = refusedFor("The snapshot window is bad.") },
			want:    want{Config: plain, Kept: map[string]string{"snapshotWindow": "a"}, Refused: []string{"spec.snapshotWindow"}},
		},
		"WhichOfMany": {
			reason: "The answer names none: one is asked at a time, until it is known which.",
			asked:  plain,
			settings: []Setting{
				{Field: "nodeType", Claim: small, Asked: small, Reported: micro},
				{Field: "snapshotWindow", Claim: "b", Asked: "b", Reported: "a"},
			},
			running: func(r *Running) { r.No = refusedFor("It can not be."); r.No.Current = true },
			want:    want{Config: plain, Kept: map[string]string{"snapshotWindow": "a"}},
		},
		"WhichOfManyOfAnEarlierCall": {
			reason: "An answer that may be one to an earlier call is counted once only.",
			asked:  plain,
			settings: []Setting{
				{Field: "nodeType", Claim: small, Asked: small, Reported: micro},
				{Field: "snapshotWindow", Claim: "b", Asked: "b", Reported: "a"},
			},
			running: func(r *Running) { r.No = refusedFor("It can not be.") },
			want:    want{Config: plain},
		},
		"TheProviderRefuses": {
			reason:   "What the provider refuses is no answer of AWS, and nothing is remembered of it.",
			asked:    plain,
			settings: []Setting{{Field: "numCacheNodes", Claim: "2", Asked: "2", Reported: "1"}},
			running:  func(r *Running) { r.No = &No{} },
			want:     want{Config: plain},
		},
		"MultiAZThatAWSKeeps": {
			reason:   "Nodes that multi-AZ needs are never asked to go: the provider could not even delete such a cache.",
			asked:    plain,
			settings: []Setting{{Field: "numCacheNodes", Claim: "1", Asked: "1", Reported: "2"}, {Field: "multiAzEnabled", Claim: "false", Asked: "false", Reported: "true"}},
			running:  func(r *Running) { r.No = refusedFor("Multi-AZ cannot be disabled now.") },
			want:     want{Config: plain, Kept: map[string]string{"numCacheNodes": "2", "multiAzEnabled": "true"}, Refused: []string{"spec.multiAzEnabled"}},
		},
		"NothingIsKnownAndNodesAreRefused": {
			reason:   "Nor while nothing is seen of the cache.",
			asked:    plain,
			settings: []Setting{{Field: "numCacheNodes", Claim: "2", Asked: "1"}, {Field: "multiAzEnabled", Claim: "true", Asked: "false"}},
			running:  func(r *Running) { r.Reported, r.Seen = nil, true },
			want:     want{Config: plain, Kept: map[string]string{"numCacheNodes": "1", "multiAzEnabled": "false"}},
		},
		"Remembered": {
			reason:   "What AWS refused is not asked again.",
			asked:    plain,
			settings: []Setting{{Field: "snapshotWindow", Claim: "b", Asked: "a", Reported: "a"}},
			running: func(r *Running) {
				r.Rejected = Rejections{"snapshotWindow": {Value: "b", Cache: "redis 7.1 ", Why: "no"}}
			},
			want: want{Config: plain, Kept: map[string]string{"snapshotWindow": "a"}, Refused: []string{"spec.snapshotWindow"}},
		},
		"Forgotten": {
			reason:   "Another value is asked for, and so is the same one of another engine.",
			asked:    plain,
			settings: []Setting{{Field: "snapshotWindow", Claim: "c", Asked: "a", Reported: "a"}, {Field: "maintenanceWindow", Claim: "b", Asked: "a", Reported: "a"}},
			running: func(r *Running) {
				r.Rejected = Rejections{"snapshotWindow": {Value: "b", Cache: "redis 7.1 ", Why: "no"}, "maintenanceWindow": {Value: "b", Cache: "redis 6.2 ", Why: "no"}}
			},
			want: want{Config: plain},
		},
		"TheProviderCannot": {
			reason:   "What the provider can't carry out is not asked, and does not hold up the rest.",
			asked:    plain,
			settings: []Setting{{Field: "snapshotRetentionLimit", Claim: "5", Asked: "0", Reported: "0", Cannot: "the node is gone"}, {Field: "nodeType", Claim: small, Asked: micro, Reported: micro}},
			want:     want{Config: plain, Kept: map[string]string{"snapshotRetentionLimit": "0"}, Refused: []string{"spec.snapshotRetentionLimit"}},
		},
		"FewerNodesWhileMultiAZComes": {
			reason:   "AWS refuses fewer nodes once multi-AZ is there, and what comes can't be taken back.",
			asked:    plain,
			settings: []Setting{{Field: "numCacheNodes", Claim: "1", Asked: "2", Reported: "2"}, {Field: "multiAzEnabled", Claim: "false", Asked: "true", Reported: "false"}},
			want:     want{Config: plain, Kept: map[string]string{"numCacheNodes": "2", "multiAzEnabled": "true"}},
		},
		"NodesThatAWSRefuses": {
			reason:   "Without the second node there is no multi-AZ to ask for.",
			asked:    plain,
			settings: []Setting{{Field: "numCacheNodes", Claim: "2", Asked: "2", Reported: "1"}, {Field: "multiAzEnabled", Claim: "true", Asked: "true", Reported: "false"}},
			running:  func(r *Running) { r.No = &No{Call: "IncreaseReplicaCount", Code: "NodeQuotaForClusterExceeded"} },
			want:     want{Config: plain, Kept: map[string]string{"numCacheNodes": "1", "multiAzEnabled": "false"}, Refused: []string{"spec.numCacheNodes"}},
		},
		"EngineThatAWSRefuses": {
			reason:   "A refused engine does not hold up the rest either.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: small, Asked: micro, Reported: micro}},
			running: func(r *Running) {
				be(r, old, "6.2.6")
				r.Asked, r.No, r.Total = plain, refusedFor("Cannot find version 7.1 for redis"), 1
			},
			want: want{Config: old, Refused: []string{"spec.engineVersion"}},
		},
		"TLSThatAWSRefuses": {
			reason: "Nor does refused TLS, and there is no AUTH without it.",
			asked:  plain.withTLS(TLSRequired).withToken(TokenOf("t1"), StrategySet),
			running: func(r *Running) {
				r.Asked, r.No, r.Total = plain.withTLS(TLSPreferred), refusedFor("In-transit encryption is not supported."), 4
			},
			want: want{Config: plain, Refused: []string{"spec.transitEncryption"}},
		},
		"NothingIsKnown": {
			reason:   "While a change is under way and nothing is seen of the cache, AWS is asked for what it was.",
			asked:    plain,
			settings: []Setting{{Field: "nodeType", Claim: large, Asked: micro}},
			running:  func(r *Running) { r.Reported, r.Total = nil, 2 },
			want:     want{Config: plain, Kept: map[string]string{"nodeType": micro}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			running := settled()
			running.Settings = tc.settings
			if tc.running != nil {
				tc.running(&running)
			}
			p := Next(State{Fixed: running.Fixed, Config: tc.asked}, running)
			got := want{Kept: p.Kept, Waits: p.Waits, Config: p.Config}
			for _, r := range p.Refused {
				got.Refused = append(got.Refused, r.Field)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestAlways goes through every combination of what may be asked, reported and
// refused, and holds each answer against what must always be so.
func TestAlways(t *testing.T) {
	var configs []Config
	for _, engine := range []string{"redis 6.2", "redis 7.1", "valkey 8.0", "valkey 10.0"} {
		for _, auth := range []Config{{TLS: TLSDisabled}, {TLS: TLSPreferred}, {TLS: TLSRequired}, {TLS: TLSRequired, Token: TokenOf("t1"), Strategy: StrategyRotate}, {TLS: TLSRequired, Token: TokenOf("t1"), Strategy: StrategySet}, {TLS: TLSRequired, Token: TokenOf("gone"), Strategy: StrategySet}} {
			name, version, _ := strings.Cut(engine, " ")
			configs = append(configs, auth.withEngine(Engine(name), version))
		}
	}
	for _, claim := range configs {
		for _, asked := range configs {
			for _, reported := range configs {
				for _, no := range []*No{nil, {}, refusedFor("It can not be."), refusedFor("The AuthToken can not be.")} {
					for _, total := range []int{0, 2} {
						r := settled()
						r.Asked, r.Reported, r.No, r.Total = asked, &Reported{Config: reported, FullVersion: reported.EngineVersion + ".0"}, no, total
						checkAlways(t, r, claim, Next(State{Fixed: r.Fixed, Config: claim}, r))
					}
				}
			}
		}
	}
}

func checkAlways(t *testing.T, r Running, claim Config, p Rollout) {
	t.Helper()
	for broken, is := range map[string]bool{
		"AUTH was asked for and is given up":         r.Asked.Auth() && !p.Auth(),
		"a token without TLS for every client":       p.Auth() && p.TLS != TLSRequired,
		"a token without a strategy":                 p.Auth() != (p.Strategy != ""),
		"valkey is to become redis":                  r.Reported.Engine == EngineValkey && p.Engine == EngineRedis && r.Asked.Engine != EngineRedis,
		"what AWS reports and the claim has is left": r.Reported.version() == claim.version() && r.Asked.Engine != claim.Engine && r.Total == 0 && p.version() != claim.version(),
		"TLS is to change in one step":               r.Reported.TLS != TLSPreferred && p.TLS != TLSPreferred && p.TLS != r.Reported.TLS && p.TLS != r.Asked.TLS && !p.Auth(),
	} {
		if is {
			t.Errorf("%s:\nclaim    %v\nasked    %v\nreported %v\nno       %v\nto ask   %v", broken, claim, r.Asked, r.Reported, r.No, p.Config)
		}
	}
}
