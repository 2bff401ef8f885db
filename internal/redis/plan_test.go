package redis

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNext(t *testing.T) {
	running := State{
		ClusterID: "a-dev-redis", ParameterStorePath: "/a/dev/redis/url", Region: "eu-central-1",
		Engine: EngineRedis, EngineVersion: "7.0", TransitEncryption: "Disabled",
	}
	cases := map[string]struct {
		reason  string
		change  func(*State)
		refused []string
	}{
		"Nothing":      {reason: "What is as asked is asked again.", change: func(*State) {}},
		"ClusterID":    {reason: "A cache can't be renamed.", change: func(s *State) { s.ClusterID = "b-dev-redis" }, refused: []string{"spec.appName and spec.environment"}},
		"Region":       {reason: "A cache can't move.", change: func(s *State) { s.Region = "us-east-1" }, refused: []string{"spec.region"}},
		"Key":          {reason: "The key is fixed at creation.", change: func(s *State) { s.KMSKeyID = "arn" }, refused: []string{"spec.kmsKeyId"}},
		"Snapshot":     {reason: "A snapshot is restored at creation.", change: func(s *State) { s.SnapshotName = "s" }, refused: []string{"spec.snapshotName"}},
		"Auth":         {reason: "AUTH takes steps that are not offered yet.", change: func(s *State) { s.Auth = true }, refused: []string{"spec.enableAuthToken"}},
		"SeveralFacts": {reason: "Every refusal is told.", change: func(s *State) { s.Engine, s.EngineVersion = EngineValkey, "8.0" }, refused: []string{"spec.engine", "spec.engineVersion"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			asked := running
			tc.change(&asked)
			next, refusals := Next(asked, running)
			var refused []string
			for _, r := range refusals {
				refused = append(refused, r.Field)
			}
			if diff := cmp.Diff(tc.refused, refused); diff != "" {
				t.Errorf("%s: refused: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(running, next); diff != "" {
				t.Errorf("%s: the running cache must keep what it has: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
