package upjet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// requests that were made since, as Name(fields).
func (w *world) requests(since time.Time) []string {
	var out []string
	for _, r := range w.cloud.Log() {
		if !r.Time.Before(since) {
			out = append(out, r.Name+"("+strings.Join(r.Fields, ",")+")")
		}
	}
	return out
}

// TestRequests: what one change of a group's spec makes of requests, in order.
func TestRequests(t *testing.T) {
	two := map[string]any{"numCacheClusters": int64(2), "automaticFailoverEnabled": true, "multiAzEnabled": true}
	cases := map[string]struct {
		reason string
		from   map[string]any
		to     map[string]any
		want   []string
	}{
		"Nothing": {reason: "Nothing is asked, so nothing is done.", to: map[string]any{}},
		"OnlyRemembered": {
			reason: "What only the provider knows makes no request.",
			to:     map[string]any{"finalSnapshotIdentifier": "last"},
		},
		"Up": {
			reason: "First the node, then failover and multi-AZ.",
			to:     two,
			want:   []string{"IncreaseReplicaCount(NewReplicaCount)", "ModifyReplicationGroup(AutomaticFailoverEnabled,MultiAZEnabled)"},
		},
		"Down": {
			reason: "First failover and multi-AZ, then the node.",
			from:   two,
			to:     map[string]any{"numCacheClusters": int64(1), "automaticFailoverEnabled": false, "multiAzEnabled": false},
			want:   []string{"ModifyReplicationGroup(AutomaticFailoverEnabled,MultiAZEnabled)", "DecreaseReplicaCount(NewReplicaCount)"},
		},
		"TLS": {
			reason: "One request with what changed.",
			to:     map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"},
			want:   []string{"ModifyReplicationGroup(TransitEncryptionEnabled,TransitEncryptionMode)"},
		},
		"ValkeyWithGroup": {
			reason: "Engine, version and group are one request.",
			to:     map[string]any{"engine": "valkey", "engineVersion": "8.0", "parameterGroupName": "app-dev-redis-valkey8"},
			want:   []string{"ModifyReplicationGroup(CacheParameterGroupName,Engine,EngineVersion)"},
		},
		"Tags": {
			reason: "Tags have a request of their own.",
			to:     map[string]any{"tags": map[string]any{"a": "b"}, "snapshotRetentionLimit": int64(3)},
			want:   []string{"AddTagsToResource(Tags)", "ModifyReplicationGroup(SnapshotRetentionLimit,SnapshottingClusterId)"},
		},
		"RequiredAndAuth": {
			reason: "TLS comes before AUTH.",
			from:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"},
			to: map[string]any{
				"transitEncryptionMode": "required", "authTokenSecretRef": map[string]any{"name": "token", "key": "t"}, "authTokenUpdateStrategy": "ROTATE",
			},
			want: []string{"ModifyReplicationGroup(TransitEncryptionMode)", "ModifyReplicationGroup(AuthToken,AuthTokenUpdateStrategy)"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, func(rg *unstructured.Unstructured) { set(rg, tc.from) })
			w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
			if err := w.cloud.CreateParameterGroup(aws.ParameterGroup{Region: region, Name: "app-dev-redis-valkey8", Family: "valkey8", Description: "d"}); err != nil {
				t.Fatal(err)
			}
			w.run(time.Minute)
			since := w.now
			w.edit(tc.to)
			w.run(5 * time.Minute)
			w.want("rg", "Synced", "True ReconcileSuccess")
			w.noRefusal()
			if got := w.requests(since); !slices.Equal(got, tc.want) {
				t.Errorf("%s: got %v, want %v", tc.reason, got, tc.want)
			}
		})
	}
}

// TestForceNew: what can't be changed in place is refused, holds up every other
// change, and leaves the resource ready.
func TestForceNew(t *testing.T) {
	cases := map[string]struct {
		reason string
		from   map[string]any
		to     map[string]any
		want   string
	}{
		"Port":       {reason: "A port is for life.", to: map[string]any{"port": int64(6380)}, want: `cannot change the value of the argument "port" from "6379" to "6380"`},
		"KMSKey":     {reason: "So is a key.", to: map[string]any{"kmsKeyId": "k"}, want: `"kms_key_id"`},
		"Downgrade":  {reason: "Versions go up.", to: map[string]any{"engineVersion": "7.0"}, want: `cannot change the value of the argument "engine_version" from "7.1" to "7.0"`},
		"TLSTooSoon": {reason: "TLS on a live cache needs 7.0.5.", from: redis62, to: map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"}, want: `"transit_encryption_enabled"`},
		"TLSWithUpgrade": {
			reason: "Also together with the upgrade.", from: redis62,
			to:   map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred", "engineVersion": "7.1", "parameterGroupName": "app-dev-redis-redis7"},
			want: `"transit_encryption_enabled"`,
		},
		"AtRest":   {reason: "Encryption at rest is for life.", to: map[string]any{"atRestEncryptionEnabled": "false"}, want: `"at_rest_encryption_enabled"`},
		"Snapshot": {reason: "A cache is restored once.", to: map[string]any{"snapshotName": "s"}, want: `"snapshot_name"`},
		"Subnets":  {reason: "A subnet group is for life.", to: map[string]any{"subnetGroupName": "other"}, want: `"subnet_group_name"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, func(rg *unstructured.Unstructured) { set(rg, tc.from) })
			if err := w.cloud.CreateParameterGroup(aws.ParameterGroup{Region: region, Name: "app-dev-redis-redis6-x", Family: "redis6.x", Description: "d"}); err != nil {
				t.Fatal(err)
			}
			w.run(time.Minute)
			w.want("rg", "Ready", "True Available")
			since, before := w.now, w.objects["rg"].DeepCopy()
			tc.to["nodeType"] = "cache.m7g.large"
			w.edit(tc.to)
			w.run(time.Minute)
			w.want("rg", "Ready", "True Available")
			w.want("rg", "Synced", "False ReconcileError")
			w.want("rg", "LastAsyncOperation", "False AsyncUpdateFailure")
			w.wantMessage("Synced", "refuse to update the external resource because the following update requires replacing it: cannot change the value of the argument")
			w.wantMessage("Synced", tc.want)
			if got := w.requests(since); len(got) > 0 {
				t.Errorf("%s: %v", tc.reason, got)
			}
			w.objects["rg"].Object["spec"] = before.Object["spec"]
			w.edit(map[string]any{"nodeType": "cache.m7g.large"})
			w.run(2 * time.Minute)
			w.want("rg", "Synced", "True ReconcileSuccess")
			w.want("rg", "LastAsyncOperation", "True Success")
			if got := w.atProvider("rg", "nodeType"); got != "cache.m7g.large" {
				t.Errorf("%s: taken back, the rest must go on: %v", tc.reason, got)
			}
		})
	}
}

var redis62 = map[string]any{"engineVersion": "6.2", "parameterGroupName": "app-dev-redis-redis6-x"}

// TestNoDiff: failover with one node, or multi-AZ without failover, can't be
// observed, and the resource can't even be deleted until it is fixed.
func TestNoDiff(t *testing.T) {
	cases := map[string]struct {
		reason string
		to     map[string]any
	}{
		"FailoverWithOneNode":    {reason: "Failover needs a second node.", to: map[string]any{"automaticFailoverEnabled": true}},
		"MultiAZWithoutFailover": {reason: "Multi-AZ needs failover.", to: map[string]any{"multiAzEnabled": true}},
		"StrategyWithoutToken":   {reason: "A strategy is for a token.", to: map[string]any{"authTokenUpdateStrategy": "SET"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, nil)
			w.run(time.Minute)
			good := w.objects["rg"].DeepCopy()
			w.edit(tc.to)
			w.run(time.Minute)
			w.want("rg", "Synced", "False ReconcileError")
			w.wantMessage("Synced", "observe failed: cannot compute the instance diff")
			w.delete("rg")
			w.run(time.Hour)
			if w.objects["rg"] == nil || len(w.cloud.ReplicationGroups()) == 0 {
				t.Fatalf("%s: it must not be possible to delete it", tc.reason)
			}
			w.objects["rg"].Object["spec"] = good.Object["spec"]
			w.changed("rg")
			w.run(2 * time.Minute)
			if w.objects["rg"] != nil {
				t.Errorf("%s: fixed, it must go", tc.reason)
			}
		})
	}
}

// TestRefusedIsRetried: a dozen times in as many seconds.
func TestRefusedIsRetried(t *testing.T) {
	w := groups(t, nil)
	w.run(time.Minute)
	since := w.now
	w.edit(map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "required"})
	w.run(12 * time.Second)
	if n := len(w.cloud.Requests("ModifyReplicationGroup", since)); n < 11 || n > 13 {
		t.Errorf("%d requests in 12 s", n)
	}
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "False ReconcileError")
	w.wantMessage("LastAsyncOperation", "InvalidParameterCombination: TransitEncryptionMode must be set to preferred")
	w.run(10 * time.Minute)
	if n := len(w.cloud.Requests("ModifyReplicationGroup", since)); n > 40 {
		t.Errorf("%d requests in 10 m: it must try less often in time", n)
	}
}

// TestOperationIsSilent: while AWS works, nothing tells so, and status and
// connection details are as before.
func TestOperationIsSilent(t *testing.T) {
	w := groups(t, nil)
	w.run(time.Minute)
	w.cloud.Slow(aws.StepTLS, 1, 5*time.Minute)
	w.edit(map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "preferred"})
	w.run(4 * time.Minute)
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.want("rg", "LastAsyncOperation", "True Success")
	if got := w.atProvider("rg", "transitEncryptionEnabled"); got != false {
		t.Errorf("before it is over: %v", got)
	}
	w.run(2 * time.Minute)
	if enabled, mode := w.atProvider("rg", "transitEncryptionEnabled"), w.atProvider("rg", "transitEncryptionMode"); enabled != true || mode != "preferred" {
		t.Errorf("when it is over: %v %v", enabled, mode)
	}
}

// TestApplyLater is a trap: without applyImmediately the same modification is
// made again and again, until the maintenance window.
func TestApplyLater(t *testing.T) {
	w := groups(t, func(rg *unstructured.Unstructured) { set(rg, map[string]any{"applyImmediately": false}) })
	w.run(time.Minute)
	since := w.now
	w.edit(map[string]any{"nodeType": "cache.m7g.large"})
	w.run(10 * time.Second)
	if n := len(w.cloud.Requests("ModifyReplicationGroup", since)); n < 20 || n > 40 {
		t.Errorf("%d requests in 10 s, want 2 to 4 a second", n)
	}
	window := time.Date(2026, 1, 4, 5, 0, 0, 0, time.UTC)
	w.objects = map[string]*unstructured.Unstructured{}
	w.cloud.Advance(window.Add(time.Minute))
	if g, _ := w.cloud.DescribeReplicationGroup(region, "app-dev-redis"); g.NodeType != "cache.m7g.large" {
		t.Errorf("in the window it is done: %s", g.NodeType)
	}
}

// TestTokenChange: a changed token is noticed at a poll, or when the resource
// changes; without a strategy it is refused.
func TestTokenChange(t *testing.T) {
	cases := map[string]struct {
		reason   string
		strategy string
		annotate bool
		after    time.Duration
		want     string
	}{
		"AtPoll":          {reason: "Ten minutes later.", strategy: "ROTATE", after: 11 * time.Minute, want: "another-token-of-the-team"},
		"NotBefore":       {reason: "Not before.", strategy: "ROTATE", after: 8 * time.Minute, want: "a-token-of-the-team"},
		"AtAnnotation":    {reason: "At once when an annotation changes.", strategy: "ROTATE", annotate: true, after: 30 * time.Second, want: "another-token-of-the-team"},
		"WithoutStrategy": {reason: "Without a strategy AWS refuses.", annotate: true, after: 30 * time.Second, want: "a-token-of-the-team"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, func(rg *unstructured.Unstructured) {
				set(rg, map[string]any{"transitEncryptionEnabled": true, "authTokenSecretRef": map[string]any{"name": "token", "key": "t"}})
				if tc.strategy != "" {
					set(rg, map[string]any{"authTokenUpdateStrategy": tc.strategy})
				}
			})
			w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
			w.run(time.Minute)
			w.secrets["team/token"] = map[string][]byte{"t": []byte("another-token-of-the-team")}
			if tc.annotate {
				w.changed("rg")
			}
			w.run(tc.after)
			if got := string(w.secrets["team/rg-conn"]["attribute.auth_token"]); got != tc.want {
				t.Errorf("%s: %q", tc.reason, got)
			}
			if refused := len(w.cloud.Refused()) > 0; refused != (tc.strategy == "") {
				t.Errorf("%s: refused: %v", tc.reason, w.cloud.Refused())
			}
			host := string(w.secrets["team/rg-conn"]["primary_endpoint_address"])
			if !w.cloud.AcceptsClient(host, 6379, true, "a-token-of-the-team") {
				t.Errorf("%s: the old token must go on to be accepted", tc.reason)
			}
		})
	}
}

// TestRestartAfterTokenChange is a trap: what the Secret holds when the provider
// starts is taken for applied. A token that was changed a moment before never gets
// to AWS, and the connection details tell it all the same; a change of the
// strategy brings it there.
func TestRestartAfterTokenChange(t *testing.T) {
	w := groups(t, func(rg *unstructured.Unstructured) {
		set(rg, map[string]any{"transitEncryptionEnabled": true, "authTokenSecretRef": map[string]any{"name": "token", "key": "t"}, "authTokenUpdateStrategy": "SET"})
	})
	w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
	w.run(time.Minute)
	w.secrets["team/token"] = map[string][]byte{"t": []byte("another-token-of-the-team")}
	w.provider.Restart()
	since := w.now
	w.changed("rg")
	w.run(30 * time.Minute)
	if got := w.requests(since); len(got) > 0 {
		t.Errorf("it was applied: %v", got)
	}
	if got := string(w.secrets["team/rg-conn"]["attribute.auth_token"]); got != "another-token-of-the-team" {
		t.Errorf("published: %q", got)
	}
	if tokens, _ := w.cloud.Access(region, "app-dev-redis"); !slices.Equal(tokens, []string{"a-token-of-the-team"}) {
		t.Errorf("accepted: %q", tokens)
	}
	w.edit(map[string]any{"authTokenUpdateStrategy": "ROTATE"})
	w.run(time.Minute)
	if tokens, _ := w.cloud.Access(region, "app-dev-redis"); !slices.Equal(tokens, []string{"a-token-of-the-team", "another-token-of-the-team"}) {
		t.Errorf("accepted in the end: %q", tokens)
	}
}

// TestRestartWhileCreating: the creation goes on in AWS, and nothing is asked twice.
func TestRestartWhileCreating(t *testing.T) {
	w := groups(t, func(rg *unstructured.Unstructured) {
		set(rg, map[string]any{"transitEncryptionEnabled": true, "authTokenSecretRef": map[string]any{"name": "token", "key": "t"}, "authTokenUpdateStrategy": "SET"})
	})
	w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
	w.run(10 * time.Second)
	since := w.now
	w.provider.Restart()
	w.changed("rg")
	w.run(20 * time.Minute)
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "True ReconcileSuccess")
	if got := w.requests(since); len(got) > 0 {
		t.Errorf("asked again: %v", got)
	}
	if got := w.atProvider("rg", "primaryEndpointAddress"); got == "" {
		t.Error("there must be an endpoint in the end")
	}
}

// TestRestart: a provider that restarts where nothing has changed changes nothing.
func TestRestart(t *testing.T) {
	w := groups(t, func(rg *unstructured.Unstructured) {
		set(rg, map[string]any{
			"transitEncryptionEnabled": true, "authTokenSecretRef": map[string]any{"name": "token", "key": "t"}, "authTokenUpdateStrategy": "SET",
			"finalSnapshotIdentifier": "last",
		})
	})
	w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
	w.run(time.Minute)
	since := w.now
	w.provider.Restart()
	for name := range w.objects {
		w.changed(name)
	}
	w.run(time.Minute)
	if got := w.requests(since); len(got) > 0 {
		t.Errorf("a restart makes requests: %v", got)
	}
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.noRefusal()
}

// TestThrottling: Synced is False while it lasts.
func TestThrottling(t *testing.T) {
	w := groups(t, nil)
	w.run(time.Minute)
	w.cloud.Throttle("", w.now.Add(time.Minute))
	w.changed("rg")
	w.run(30 * time.Second)
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "False ReconcileError")
	w.wantMessage("Synced", "observe failed: failed to observe the resource: [{0 reading ElastiCache Replication Group (app-dev-redis): operation error ElastiCache: DescribeReplicationGroups, exceeded maximum number of attempts, 25, https response error StatusCode: 400, RequestID: ")
	w.wantMessage("Synced", "Throttling: Rate exceeded")
	w.run(2 * time.Minute)
	w.want("rg", "Synced", "True ReconcileSuccess")
}

// TestHalfDone: between two requests of one update AWS has one half of it, and
// an update that fails in its second half is gone on with.
func TestHalfDone(t *testing.T) {
	w := groups(t, nil)
	w.run(time.Minute)
	w.cloud.Fail("ModifyReplicationGroup", 8, aws.CodeServiceUnavailable, "try later")
	w.edit(map[string]any{"numCacheClusters": int64(2), "automaticFailoverEnabled": true})
	w.run(35 * time.Second)
	g, _ := w.cloud.DescribeReplicationGroup(region, "app-dev-redis")
	if g.Nodes != 2 || g.AutomaticFailover {
		t.Errorf("half done: %d nodes, failover %t", g.Nodes, g.AutomaticFailover)
	}
	w.run(2 * time.Minute)
	w.want("rg", "Synced", "True ReconcileSuccess")
	if got := w.atProvider("rg", "automaticFailoverEnabled"); got != true {
		t.Errorf("in the end: %v", got)
	}
}
