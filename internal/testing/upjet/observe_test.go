package upjet

import (
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// policies of a managed resource.
func policies(o *unstructured.Unstructured, allowed ...string) {
	_ = unstructured.SetNestedStringSlice(o.Object, allowed, "spec", "managementPolicies")
}

// TestObserveMissing: what is only observed is never made, and that it is missing is an
// error. All policies then make it at once.
func TestObserveMissing(t *testing.T) {
	w := newWorld(t, Options{}, replicationGroupYAML, subnetGroupYAML, parameterGroupYAML, parameterYAML)
	names := []string{"sg", "pg", "url", "rg"}
	for _, name := range names {
		policies(w.objects[name], "Observe")
	}
	w.run(time.Minute)
	for _, name := range names {
		w.want(name, "Ready", " ")
		w.want(name, "Synced", "False ReconcileError")
	}
	w.wantMessage("Synced", "observe failed: external resource does not exist")
	if log := w.cloud.Log(); len(log) > 0 {
		t.Errorf("AWS was asked for: %v", log)
	}
	w.secrets["team/redis"] = urlSecret("redis://a:6379")
	for _, name := range names {
		policies(w.objects[name], "Observe", "Create", "Update", "Delete")
		w.changed(name)
		w.run(time.Second)
	}
	w.run(time.Minute)
	w.want("rg", "Ready", "True Available")
}

// TestObserveFound: what is there is told in full and left alone, whatever it differs
// in, and stays when the managed resource is deleted.
func TestObserveFound(t *testing.T) {
	w := groups(t, nil)
	w.run(time.Minute)
	delete(w.objects, "rg")
	w.provider.Restart()
	other := newWorld(t, Options{}, replicationGroupYAML).objects["rg"]
	policies(other, "Observe")
	set(other, map[string]any{"nodeType": "cache.t3.small", "port": int64(1), "tags": map[string]any{"a": "b"}, "multiAzEnabled": true})
	w.objects["rg"] = other
	w.changed("rg")
	since := w.now
	w.run(time.Hour)
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.want("rg", "LastAsyncOperation", "True Success")
	if got := w.atProvider("rg", "nodeType"); got != "cache.t3.micro" {
		t.Errorf("it tells the node type %v", got)
	}
	w.delete("rg")
	w.run(time.Minute)
	if got := w.requests(since); len(got) > 0 || w.objects["rg"] != nil || len(w.cloud.ReplicationGroups()) != 1 {
		t.Errorf("AWS was asked for %v", got)
	}
}

// TestObserveToken: while a group is only observed its token is unknown, so that
// whichever comes afterwards is set.
func TestObserveToken(t *testing.T) {
	cases := map[string]struct {
		reason  string
		before  map[string]any
		observe map[string]any
		want    string
		missing bool
		asked   []string
	}{
		"NoAuth":      {reason: "Without AUTH it is empty.", want: ""},
		"NoAuthRef":   {reason: "Also with a reference.", observe: auth, want: ""},
		"NoReference": {reason: "With AUTH and no reference the key is missing.", before: auth, missing: true},
		"Reference": {
			reason: "With a reference it is the Secret's, and AWS takes it as soon as it may be changed.",
			before: auth, observe: auth, want: "another-token-of-the-team", asked: []string{"ModifyReplicationGroup(AuthToken,AuthTokenUpdateStrategy)"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, func(rg *unstructured.Unstructured) { set(rg, tc.before) })
			w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
			w.run(time.Minute)
			w.provider.Restart()
			rg := newWorld(t, Options{}, replicationGroupYAML).objects["rg"]
			policies(rg, "Observe")
			if tc.observe != nil {
				set(rg, tc.observe)
				set(rg, map[string]any{"authTokenUpdateStrategy": "ROTATE"})
			}
			w.objects["rg"], w.secrets["team/rg-conn"] = rg, nil
			w.secrets["team/token"] = map[string][]byte{"t": []byte("another-token-of-the-team")}
			w.changed("rg")
			w.run(time.Minute)
			got, has := w.secrets["team/rg-conn"]["attribute.auth_token"]
			if string(got) != tc.want || has == tc.missing {
				t.Errorf("%s: got %q, %t", tc.reason, got, has)
			}
			if len(tc.asked) == 0 {
				return
			}
			since := w.now
			policies(w.objects["rg"], "Observe", "Create", "Update", "Delete")
			w.changed("rg")
			w.run(time.Minute)
			if got := w.requests(since); !slices.Equal(got, tc.asked) {
				t.Errorf("%s: asked for %v", tc.reason, got)
			}
			if tokens, _ := w.cloud.Access(region, "app-dev-redis"); len(tokens) != 2 {
				t.Errorf("%s: AWS takes %d tokens", tc.reason, len(tokens))
			}
		})
	}
}

// TestGoBack: after an update the status is new, then old, then new.
func TestGoBack(t *testing.T) {
	w := groups(t, nil)
	w.provider.options.GoBack = true
	w.run(time.Minute)
	since := w.now
	w.edit(map[string]any{"nodeType": "cache.t3.small"})
	var seen []any
	for range 60 {
		w.run(time.Second)
		if got := w.atProvider("rg", "nodeType"); len(seen) == 0 || seen[len(seen)-1] != got {
			seen = append(seen, got)
		}
	}
	if want := []any{"cache.t3.micro", "cache.t3.small", "cache.t3.micro", "cache.t3.small"}; !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
	if got := w.requests(since); len(got) != 1 {
		t.Errorf("AWS was asked for %v", got)
	}
}

// TestLostAnswer: what AWS has done although the provider was told otherwise is found
// at the next look, and not asked for again.
func TestLostAnswer(t *testing.T) {
	for _, how := range []aws.Loss{aws.LossTimeout, aws.LossConnection, aws.LossRetried} {
		t.Run(string(how), func(t *testing.T) {
			w := groups(t, nil)
			w.cloud.Lose("CreateReplicationGroup", 1, how)
			w.run(2 * time.Minute)
			w.want("rg", "Ready", "True Available")
			since := w.now
			w.cloud.Lose("ModifyReplicationGroup", 1, how)
			w.edit(map[string]any{"nodeType": "cache.t3.small"})
			w.run(0)
			w.want("rg", "Synced", "False ReconcileError")
			w.run(2 * time.Minute)
			w.want("rg", "Synced", "True ReconcileSuccess")
			if got := w.atProvider("rg", "nodeType"); got != "cache.t3.small" || len(w.cloud.Refused()) > 0 {
				t.Errorf("got %v, %v", got, w.requests(since))
			}
		})
	}
}
