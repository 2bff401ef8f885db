package main

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// modifyFailed is the provider's text of a modification that failed.
func modifyFailed(why string) string {
	return "async update failed: failed to update the resource: [{0 modifying ElastiCache Replication Group (backend-booking-dev-redis): operation error ElastiCache: ModifyReplicationGroup, " + why + "  []}]"
}

const refusedNodeType = "https response error StatusCode: 400, RequestID: 11111111-2222-3333-4444-555555555555, InvalidParameterValue: node type cache.r8g.large is not available for this engine"

// TestRunning: what AWS is asked for of a cache that runs, in situations that AWS, the
// provider or somebody's hands bring about.
func TestRunning(t *testing.T) {
	cases := map[string]struct {
		reason  string
		stage   string         // minimal/claims/settled if it is empty.
		spec    map[string]any // What the claim has.
		asked   map[string]any // What AWS was last asked for, and annotations.
		reports map[string]any // What AWS reports.
		failed  string         // What the provider says of its last attempt.
		change  func(*fnv1.RunFunctionRequest)
		want    map[string]any // What AWS is asked for now.
		groups  []string       // Parameter groups that are desired.
		says    []string       // In the conditions.
		silent  []string       // Not in the conditions.
	}{
		"UnknownVersion": {
			reason:  "A version that somebody chose in the console, and that is not known here, is followed.",
			asked:   map[string]any{"engine": "valkey", "engineVersion": "8.0", "parameterGroupName": "backend-booking-dev-redis-redis7"},
			reports: map[string]any{"engine": "valkey", "engineVersion": "10.0", "engineVersionActual": "10.0.1", "parameterGroupName": "default.valkey10"},
			want:    map[string]any{"engine": "valkey", "engineVersion": "10.0", "parameterGroupName": "default.valkey10"},
			groups:  []string{"redis7"},
			says:    []string{"valkey 10.0", "default.valkey10"},
		},
		"UnknownVersionParameters": {
			reason:  "Of a version that is not known no parameter is changed, and the claim says so.",
			spec:    map[string]any{"timeoutSeconds": int64(60)},
			asked:   map[string]any{"engine": "valkey", "engineVersion": "10.0", "parameterGroupName": "default.valkey10"},
			reports: map[string]any{"engine": "valkey", "engineVersion": "10.0", "engineVersionActual": "10.0.1", "parameterGroupName": "default.valkey10"},
			want:    map[string]any{"engineVersion": "10.0", "parameterGroupName": "default.valkey10"},
			groups:  []string{"redis7"},
			says:    []string{`spec.timeoutSeconds: "60" is not applied, the cache keeps "0": the cache runs valkey 10.0, whose parameters this release of the function does not know`, "upgrade the function"},
		},
		"UnknownVersionGoesBack": {
			reason:  "A report that goes back for a moment takes neither the version nor its parameter group back.",
			asked:   map[string]any{"engine": "valkey", "engineVersion": "10.0", "parameterGroupName": "default.valkey10"},
			reports: map[string]any{"engine": "valkey", "engineVersion": "10.0", "engineVersionActual": "10.0.1", "parameterGroupName": "default.valkey8"},
			want:    map[string]any{"engineVersion": "10.0", "parameterGroupName": "default.valkey10"},
			groups:  []string{"redis7"},
		},
		"GroupIsPaused": {
			reason: "A parameter group that somebody paused may be gone from AWS: no step relies on it.",
			spec:   map[string]any{"engine": "valkey", "engineVersion": "8.0"},
			change: func(req *fnv1.RunFunctionRequest) {
				group := clone(req.GetObserved().GetResources()[resources.ParameterGroup("redis7")])
				set(group.GetResource(), "backend-booking-dev-redis-valkey8", "metadata", "annotations", "crossplane.io/external-name")
				set(group.GetResource(), "true", "metadata", "annotations", "crossplane.io/paused")
				req.GetObserved().GetResources()[resources.ParameterGroup("valkey8")] = group
			},
			want: map[string]any{"engine": "redis"},
			says: []string{"parameter group of the family valkey8"},
		},
		"PatchLevel": {
			reason:  "A patch level in what AWS reports is not one to ask for.",
			reports: map[string]any{"engineVersion": "7.1.0"},
			want:    map[string]any{"engineVersion": "7.1", "parameterGroupName": "backend-booking-dev-redis-redis7"},
			groups:  []string{"redis7"},
		},
		"UnknownVersionAskedByHand": {
			reason: "Nor is one that somebody wrote into the managed resource.",
			asked:  map[string]any{"engineVersion": "8.8"},
			want:   map[string]any{"engineVersion": "7.1", "parameterGroupName": "backend-booking-dev-redis-redis7"},
			groups: []string{"redis7"},
		},
		"EngineBeforeNodeType": {
			reason: "A node type and an engine in one edit: the node type may need the engine.",
			spec:   map[string]any{"engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.r8g.large"},
			want:   map[string]any{"engine": "redis", "nodeType": "cache.t3.micro"},
			groups: []string{"redis7", "valkey8"},
			says:   []string{"parameter group of the family valkey8"},
		},
		"NodeTypeThatHeldUpTheEngine": {
			reason: "A node type that AWS refused is taken out of the call, and the engine goes on.",
			spec:   map[string]any{"engine": "valkey", "engineVersion": "8.0", "nodeType": "cache.r8g.large"},
			asked:  map[string]any{"nodeType": "cache.r8g.large"},
			failed: modifyFailed(refusedNodeType),
			want:   map[string]any{"engine": "redis", "nodeType": "cache.t3.micro"},
			groups: []string{"redis7", "valkey8"},
			says:   []string{`spec.nodeType: "cache.r8g.large" is not applied, the cache keeps "cache.t3.micro"`, "InvalidParameterValue"},
		},
		"RefusedInTheBackground": {
			reason: "The provider says so of the operation alone, while it tries again.",
			spec:   map[string]any{"nodeType": "cache.t3.small", "snapshotWindow": "01:00-02:00"},
			asked:  map[string]any{"nodeType": "cache.t3.small", "snapshotWindow": "01:00-02:00"},
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), []any{
					map[string]any{"type": "Ready", "status": "True", "reason": "Available"},
					map[string]any{"type": "Synced", "status": "True", "reason": "ReconcileSuccess"},
					map[string]any{"type": "LastAsyncOperation", "status": "False", "reason": "AsyncUpdateFailure", "message": modifyFailed(refusedNodeType)},
				}, "status", "conditions")
			},
			want: map[string]any{"nodeType": "cache.t3.micro", "snapshotWindow": "01:00-02:00"},
			says: []string{`spec.nodeType: "cache.t3.small" is not applied`},
		},
		"RefusedForSomethingElse": {
			reason: "An answer that names a field that is not in the call is one to an earlier call.",
			spec:   map[string]any{"snapshotWindow": "01:00-02:00"},
			asked:  map[string]any{"snapshotWindow": "01:00-02:00"},
			failed: modifyFailed(refusedNodeType),
			want:   map[string]any{"snapshotWindow": "01:00-02:00"},
			silent: []string{"not applied"},
		},
		"Throttled": {
			reason: "A throttle is no refusal.",
			spec:   map[string]any{"nodeType": "cache.t3.small"},
			asked:  map[string]any{"nodeType": "cache.t3.small"},
			failed: modifyFailed("https response error StatusCode: 400, RequestID: 1, api error Throttling: Rate exceeded"),
			want:   map[string]any{"nodeType": "cache.t3.small"},
			silent: []string{"not applied"},
		},
		"TimedOut": {
			reason: "Nor is a time-out: AWS may have taken the call.",
			spec:   map[string]any{"transitEncryption": "Disabled"},
			asked:  map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred", "steps": "2"},
			failed: modifyFailed("https response error StatusCode: 0, RequestID: , request send failed, Post \"https://elasticache.eu-central-1.amazonaws.com/\": read tcp 10.0.0.7:41234->52.94.5.5:443: i/o timeout"),
			want:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"},
			silent: []string{"not applied"},
		},
		"NotAvailable": {
			reason: "Nor is a cache that is busy.",
			spec:   map[string]any{"transitEncryption": "Disabled"},
			asked:  map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred", "steps": "2"},
			failed: modifyFailed("https response error StatusCode: 400, RequestID: 1, InvalidReplicationGroupState: Replication group has status modifying which is not valid for modification"),
			want:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"},
			silent: []string{"not applied"},
		},
		"AnswerToAnEarlierCall": {
			reason: "What the provider says of an earlier spec is no answer to this one.",
			spec:   map[string]any{"nodeType": "cache.t3.small"},
			asked:  map[string]any{"nodeType": "cache.t3.small"},
			failed: modifyFailed(refusedNodeType),
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), 8, "metadata", "generation")
				for _, c := range observed(req, resources.ReplicationGroup).GetFields()["status"].GetStructValue().GetFields()["conditions"].GetListValue().GetValues() {
					set(c.GetStructValue(), 7, "observedGeneration")
				}
			},
			want:   map[string]any{"nodeType": "cache.t3.small"},
			silent: []string{"not applied"},
		},
		"BackupsOfANodeThatIsGone": {
			reason:  "The provider names the first node, and AWS refuses the whole call: so it is not asked.",
			spec:    map[string]any{"snapshotRetentionLimit": 5, "nodeType": "cache.t3.small"},
			reports: map[string]any{"memberClusters": []any{"backend-booking-dev-redis-002"}},
			want:    map[string]any{"snapshotRetentionLimit": 0, "nodeType": "cache.t3.small"},
			says:    []string{`spec.snapshotRetentionLimit: "5" is not applied, the cache keeps "0"`, "backend-booking-dev-redis-001", "--region eu-central-1", "--snapshot-retention-limit 5", "--snapshotting-cluster-id backend-booking-dev-redis-002"},
		},
		"RolledBackByHand": {
			reason:  "What AWS reports and the claim asks is not undone.",
			asked:   map[string]any{"engine": "valkey", "engineVersion": "7.2", "parameterGroupName": "backend-booking-dev-redis-valkey7"},
			reports: map[string]any{"parameterGroupName": "default.redis7"},
			want:    map[string]any{"engine": "redis", "engineVersion": "7.1", "parameterGroupName": "backend-booking-dev-redis-redis7"},
			groups:  []string{"redis7"},
		},
		"NewHostIsPublished": {
			reason: "Old clients lose their access once the whole URL that stays is published.",
			stage:  "tls-on-a-live-cache/claims/4",
			want:   map[string]any{"transitEncryptionMode": "required"},
		},
		"NewHostIsNotPublished": {
			reason:  "TLS has a host name of its own: a URL with the old one does not stay, whatever its scheme.",
			stage:   "tls-on-a-live-cache/claims/4",
			reports: map[string]any{"primaryEndpointAddress": "other.backend-booking-dev-redis.abc123.euc1.cache.amazonaws.com"},
			want:    map[string]any{"transitEncryptionMode": "preferred"},
			says:    []string{"waits for the new REDIS_URL to be in its Secret and in Parameter Store"},
		},
		"ReportGoesBack": {
			reason:  "A report that goes back to the old engine for a moment takes no TLS mode out of the call.",
			asked:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred", "steps": "3"},
			spec:    map[string]any{"transitEncryption": "Preferred"},
			reports: map[string]any{"engineVersion": "6.2", "engineVersionActual": "6.2.6"},
			want:    map[string]any{"engineVersion": "7.1", "transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"},
		},
		"RefusedByTheProvider": {
			reason: "The provider names one argument of many, another each time: that is no text for a condition.",
			failed: "update failed: refuse to update the external resource because the following update requires replacing it: cannot change the value of the argument \"kms_key_id\" from \"a\" to \"b\"",
			want:   map[string]any{"nodeType": "cache.t3.micro"},
			says:   []string{"replication-group fails: the provider refuses all changes"},
			silent: []string{"kms_key_id"},
		},
		"ModeIsMissing": {
			reason: "A TLS mode that somebody took out of the managed resource is not Required.",
			stage:  "tls-on-a-live-cache/claims/2",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(observed(req, resources.ReplicationGroup).GetFields()["spec"].GetStructValue().GetFields()["forProvider"].GetStructValue().GetFields(), "transitEncryptionMode")
			},
			want: map[string]any{"transitEncryptionMode": "preferred"},
		},
		"TLSIsMissing": {
			reason: "Nor does TLS come in one step because its switch is missing.",
			spec:   map[string]any{"transitEncryption": "Required"},
			change: func(req *fnv1.RunFunctionRequest) {
				delete(observed(req, resources.ReplicationGroup).GetFields()["spec"].GetStructValue().GetFields()["forProvider"].GetStructValue().GetFields(), "transitEncryptionEnabled")
			},
			want: map[string]any{"transitEncryptionMode": "preferred"},
		},
		"GroupOfAStepWhileNothingIsKnown": {
			reason: "The parameter group of a step stays while nothing is seen of the cache.",
			stage:  "redis-to-valkey/claims/3",
			change: func(req *fnv1.RunFunctionRequest) { delete(atProvider(req, resources.ReplicationGroup), "engine") },
			groups: []string{"redis7", "valkey8"},
		},
		"ReferenceMoved": {
			reason: "Parameter Store reads another Secret than clients do, so that it proves nothing.",
			stage:  "tls-on-a-live-cache/claims/4",
			change: func(req *fnv1.RunFunctionRequest) {
				set(req.GetObserved().GetComposite().GetResource(), "moved", "spec", "writeConnectionSecretToRef", "name")
			},
			want: map[string]any{"transitEncryptionMode": "preferred"},
		},
		"Capacity": {
			reason: "That AWS has no capacity now is no refusal of what was asked.",
			spec:   map[string]any{"nodeType": "cache.t3.small"},
			asked:  map[string]any{"nodeType": "cache.t3.small"},
			failed: modifyFailed("https response error StatusCode: 400, RequestID: 1, InsufficientCacheClusterCapacity: no capacity"),
			want:   map[string]any{"nodeType": "cache.t3.small"},
			silent: []string{"not applied"},
		},
		"OtherPort": {
			reason:  "The port of the URL is the cache's own.",
			reports: map[string]any{"port": 6380},
			want:    map[string]any{"port": 6380},
			says:    []string{"6380"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, cmp.Or(tc.stage, "minimal/claims/settled"))
			for key, value := range tc.spec {
				spec(req, key, value)
			}
			rg := observed(req, resources.ReplicationGroup)
			for key, value := range tc.asked {
				if key == "steps" {
					set(rg, value, "metadata", "annotations", resources.AnnotationSteps)
					continue
				}
				set(rg, value, "spec", "forProvider", key)
			}
			for key, value := range tc.reports {
				set(rg, value, "status", "atProvider", key)
			}
			if tc.failed != "" {
				setFailed(rg, tc.failed)
			}
			if tc.change != nil {
				tc.change(req)
			}
			rsp := run(t, req)
			if text := fatal(rsp); text != "" {
				t.Fatalf("%s: refused: %s", tc.reason, text)
			}
			asked := protocol.Object{Struct: rsp.GetDesired().GetResources()[resources.ReplicationGroup].GetResource()}
			for key, want := range tc.want {
				v, err := structpb.NewValue(want)
				if err != nil {
					t.Fatal(err)
				}
				if got := asked.Value("spec", "forProvider", key).AsInterface(); got != v.AsInterface() {
					t.Errorf("%s: %s is asked to be %v, want %v", tc.reason, key, got, want)
				}
			}
			for _, family := range tc.groups {
				if rsp.GetDesired().GetResources()[resources.ParameterGroup(family)] == nil {
					t.Errorf("%s: the parameter group of %s is gone", tc.reason, family)
				}
			}
			checkTexts(t, rsp, tc.reason, tc.says, tc.silent)
		})
	}
}

// setFailed has the provider say that its last attempt failed.
func setFailed(mr *structpb.Struct, message string) {
	set(mr, []any{
		map[string]any{"type": "Ready", "status": "True", "reason": "Available"},
		map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": message},
	}, "status", "conditions")
}

// checkTexts of all conditions together.
func checkTexts(t *testing.T, rsp *fnv1.RunFunctionResponse, reason string, says, silent []string) {
	t.Helper()
	var all []string
	for _, c := range rsp.GetConditions() {
		all = append(all, c.GetMessage())
	}
	text := strings.Join(all, "\n")
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("%s: nothing says %q:\n%s", reason, want, text)
		}
	}
	if i := slices.IndexFunc(silent, func(s string) bool { return strings.Contains(text, s) }); i >= 0 {
		t.Errorf("%s: something says %q:\n%s", reason, silent[i], text)
	}
}
