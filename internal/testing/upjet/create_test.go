package upjet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// TestCreate: the groups are ready in under a second, the replication group 30 s
// after it was let go, and then nothing is done any more.
func TestCreate(t *testing.T) {
	w := groups(t, nil)
	w.want("sg", "Ready", "True Available")
	w.want("pg", "Ready", "True Available")
	w.want("rg", "Synced", "False ReconcilePaused")
	if got := w.atProvider("sg", "vpcId"); got != "vpc-123" {
		t.Errorf("vpcId: %v", got)
	}
	w.run(29 * time.Second)
	w.want("rg", "Ready", "False Creating")
	w.run(2 * time.Second)
	w.want("rg", "Ready", "True Available")
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.want("rg", "LastAsyncOperation", "True Success")
	if token, ok := w.secrets["team/rg-conn"]["attribute.auth_token"]; !ok || len(token) > 0 {
		t.Errorf("without AUTH the token is present and empty: %q, %t", token, ok)
	}
	host := string(w.secrets["team/rg-conn"]["primary_endpoint_address"])
	if !w.cloud.Accepts("redis://"+host+":6379") || w.cloud.Accepts("rediss://"+host+":6379") {
		t.Errorf("%s must take clients, and only those without TLS", host)
	}
	w.noRefusal()
	requests, before := len(w.cloud.Log()), w.objects["rg"].DeepCopy()
	w.run(time.Hour)
	if len(w.cloud.Log()) != requests {
		t.Errorf("a steady state makes requests: %v", w.cloud.Log()[requests:])
	}
	for _, o := range []*unstructured.Unstructured{before, w.objects["rg"]} {
		unstructured.RemoveNestedField(o.Object, "status", "conditions")
	}
	if b, a := before, w.objects["rg"]; !equal(b, a) {
		t.Errorf("a steady state writes more than conditions:\n%v\n%v", b, a)
	}
}

func equal(a, b *unstructured.Unstructured) bool {
	x, _ := a.MarshalJSON()
	y, _ := b.MarshalJSON()
	return string(x) == string(y)
}

// TestLostRace: applied together with its groups, the cache may be first. AWS
// refuses, nothing is told of it, and it heals half a minute later.
func TestLostRace(t *testing.T) {
	w := newWorld(t, Options{}, replicationGroupYAML, subnetGroupYAML, parameterGroupYAML)
	w.run(0)
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.want("rg", "Ready", "False Creating")
	if len(w.cloud.Requests("CreateReplicationGroup", start)) != 1 || len(w.cloud.Refused()) != 1 {
		t.Fatalf("one creation must be tried, and refused: %v", w.cloud.Log())
	}
	w.run(59 * time.Second)
	w.want("rg", "Ready", "False Creating")
	w.run(3 * time.Second)
	w.want("rg", "Ready", "True Available")
}

// TestCreateFailureTold: where the error gets into the conditions, it is in one only.
func TestCreateFailureTold(t *testing.T) {
	w := newWorld(t, Options{TellCreateFailures: true}, replicationGroupYAML)
	w.run(time.Second)
	w.want("rg", "LastAsyncOperation", "False AsyncCreateFailure")
	w.want("rg", "Synced", "True ReconcileSuccess")
	w.wantMessage("LastAsyncOperation", "async create failed: failed to create the resource: [{0 creating ElastiCache Replication Group (app-dev-redis): operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, RequestID: ")
}

// TestCreateFailsLater: a group that comes to nothing is told in any case. It
// exists, so it is not made again; it counts as ready, and has no endpoint.
func TestCreateFailsLater(t *testing.T) {
	w := groups(t, nil)
	w.cloud.Abort(aws.StepCreate, 1)
	w.run(30 * time.Second)
	w.want("rg", "LastAsyncOperation", "False AsyncCreateFailure")
	w.wantMessage("LastAsyncOperation", "unexpected state 'create-failed', wanted target 'available'")
	w.run(time.Minute)
	w.want("rg", "Ready", "True Available")
	if got := w.atProvider("rg", "primaryEndpointAddress"); got != "" {
		t.Errorf("its endpoint is %v", got)
	}
	if n := len(w.cloud.Requests("CreateReplicationGroup", start)); n != 1 {
		t.Errorf("it was made %d times", n)
	}
}

// TestSchema: what the provider writes is what the provider's own CRDs have, in
// both families.
func TestSchema(t *testing.T) {
	w := groups(t, func(rg *unstructured.Unstructured) {
		set(rg, map[string]any{"finalSnapshotIdentifier": "last", "tags": map[string]any{"a": "b"}})
	})
	w.run(time.Minute)
	url := newWorld(t, Options{}, parameterYAML)
	url.secrets["team/redis"] = urlSecret("redis://a:6379")
	url.run(time.Minute)
	w.objects["url"] = url.objects["url"]
	for _, o := range w.objects {
		checkSchema(t, o)
	}
}

// checkSchema of what is in atProvider.
func checkSchema(t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	service, _, _ := strings.Cut(o.GroupVersionKind().Group, ".")
	for _, family := range []string{".aws.m.upbound.io", ".aws.upbound.io"} {
		gvk := o.GroupVersionKind()
		gvk.Group, gvk.Version = service+family, "v1beta1"
		if family == ".aws.upbound.io" && gvk.Kind == kindReplicationGroup {
			gvk.Version = "v1beta2"
		}
		s, err := schema.Provider(gvk)
		if err != nil {
			t.Fatal(err)
		}
		atProvider := s.OpenAPI().Properties["status"].Properties["atProvider"].Properties
		got, _, _ := unstructured.NestedMap(o.Object, "status", "atProvider")
		if len(got) == 0 {
			t.Errorf("%s has no atProvider", gvk)
		}
		for field, value := range got {
			want := map[string]string{"string": "string", "bool": "boolean", "int64": "number", "[]interface {}": "array", "map[string]interface {}": "object"}[fmt.Sprintf("%T", value)]
			if atProvider[field].Type != want {
				t.Errorf("%s: atProvider.%s is a %T, and %q in the CRD", gvk, field, value, atProvider[field].Type)
			}
		}
	}
}

func TestPause(t *testing.T) {
	cases := map[string]struct {
		reason  string
		release bool
		gone    bool
	}{
		"NeverReleased": {
			reason: "A resource that was never let go has no finalizer, and goes at once.",
			gone:   true,
		},
		"PausedAfterCreation": {
			reason:  "One that is paused after its creation hangs.",
			release: true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{}, subnetGroupYAML)
			pause(w.objects["sg"], !tc.release)
			w.run(2 * time.Second)
			pause(w.objects["sg"], true)
			w.changed("sg")
			w.run(time.Second)
			if made := len(w.cloud.Log()) > 0; made != tc.release {
				t.Errorf("%s: made: %t", tc.reason, made)
			}
			w.delete("sg")
			w.run(time.Hour)
			if gone := w.objects["sg"] == nil; gone != tc.gone {
				t.Errorf("%s: gone: %t", tc.reason, gone)
			}
			if tc.gone {
				return
			}
			pause(w.objects["sg"], false)
			w.changed("sg")
			w.run(5 * time.Second)
			if w.objects["sg"] != nil {
				t.Error("let go, it must be deleted")
			}
		})
	}
}

// auth with a token of the team's own.
var auth = map[string]any{
	"transitEncryptionEnabled": true, "transitEncryptionMode": "required",
	"authTokenSecretRef": map[string]any{"name": "token", "key": "t"}, "authTokenUpdateStrategy": "SET",
}

func TestToken(t *testing.T) {
	cases := map[string]struct {
		reason   string
		secret   map[string][]byte
		generate bool
		password string
		length   int
	}{
		"Given": {
			reason: "The team's token is used.",
			secret: map[string][]byte{"t": []byte("a-token-of-the-team")}, password: "a-token-of-the-team", length: 19,
		},
		"Missing": {
			reason: "Without the Secret a cache without a password is made, without a word.",
		},
		"KeyMissing": {
			reason: "Without the key too.",
			secret: map[string][]byte{"other": []byte("a-token-of-the-team")},
		},
		"Generated": {
			reason: "A token is made up, 27 characters long, and written to a new Secret.",
			length: 27, generate: true,
		},
		"GeneratedBesideOthers": {
			reason: "It is written only where the key has nothing.",
			secret: map[string][]byte{"t": []byte("a-token-of-the-team")}, password: "a-token-of-the-team", generate: true, length: 19,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, func(rg *unstructured.Unstructured) {
				set(rg, auth)
				set(rg, map[string]any{"autoGenerateAuthToken": tc.generate})
			})
			if tc.secret != nil {
				w.secrets["team/token"] = tc.secret
			}
			w.run(time.Minute)
			w.want("rg", "Ready", "True Available")
			w.want("rg", "Synced", "True ReconcileSuccess")
			token := string(w.secrets["team/rg-conn"]["attribute.auth_token"])
			if len(token) != tc.length || (tc.password != "" && token != tc.password) {
				t.Errorf("%s: the token is %q", tc.reason, token)
			}
			if accepted := w.cloud.AcceptsClient("master.app-dev-redis.abc123.euc1.cache.amazonaws.com", 6379, true, ""); accepted != (token == "") {
				t.Errorf("%s: without a password: %t", tc.reason, accepted)
			}
			if tc.generate && string(w.secrets["team/token"]["t"]) != token {
				t.Errorf("%s: the Secret holds %q", tc.reason, w.secrets["team/token"]["t"])
			}
		})
	}
}

// TestParameterGroupName: without late initialization the ParameterGroup's name
// is not saved. After a restart it is made again, which AWS refuses; it is no
// longer ready, and its deletion leaves the group in AWS. The annotation avoids it.
func TestParameterGroupName(t *testing.T) {
	cases := map[string]struct {
		reason    string
		annotated bool
		ready     string
		left      bool
	}{
		"Annotated":    {reason: "With the annotation the name survives.", annotated: true, ready: "True Available"},
		"NotAnnotated": {reason: "Without it the group is lost.", ready: "False Creating", left: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{}, parameterGroupYAML)
			if !tc.annotated {
				w.objects["pg"].SetAnnotations(map[string]string{})
			}
			w.run(time.Minute)
			w.want("pg", "Ready", "True Available")
			if saved := w.objects["pg"].GetAnnotations()["crossplane.io/external-name"] != ""; saved != tc.annotated {
				t.Errorf("%s: saved: %t", tc.reason, saved)
			}
			w.provider.Restart()
			w.changed("pg")
			w.run(time.Minute)
			w.want("pg", "Ready", tc.ready)
			if refused := w.cloud.Refused(); (len(refused) > 0) != tc.left {
				t.Errorf("%s: refused: %v", tc.reason, refused)
			} else if tc.left && refused[0].Error.Code != aws.CodeParameterGroupExists {
				t.Errorf("%s: refused: %v", tc.reason, refused)
			}
			w.delete("pg")
			w.run(time.Minute)
			if w.objects["pg"] != nil {
				t.Errorf("%s: the object must go", tc.reason)
			}
			_, err := w.cloud.DescribeParameterGroup(region, "app-dev-redis-redis7")
			if left := err == nil; left != tc.left {
				t.Errorf("%s: left in AWS: %t", tc.reason, left)
			}
		})
	}
}

// TestNameOfObject: the other kinds are named after the object where there is no
// annotation, and the name is saved.
func TestNameOfObject(t *testing.T) {
	w := newWorld(t, Options{}, subnetGroupYAML)
	w.objects["sg"].SetAnnotations(nil)
	w.run(time.Minute)
	if got := w.objects["sg"].GetAnnotations()["crossplane.io/external-name"]; got != "sg" {
		t.Errorf("the name is %q", got)
	}
	if _, err := w.cloud.DescribeSubnetGroup(region, "sg"); err != nil {
		t.Error(err)
	}
}

func TestDelete(t *testing.T) {
	cases := map[string]struct {
		reason   string
		change   func(rg *unstructured.Unstructured)
		left     bool
		snapshot bool
	}{
		"Plain": {reason: "It is deleted."},
		"Orphan": {
			reason: "Without the Delete policy it stays in AWS.",
			change: func(rg *unstructured.Unstructured) {
				_ = unstructured.SetNestedStringSlice(rg.Object, []string{"Observe", "Create", "Update"}, "spec", "managementPolicies")
			},
			left: true,
		},
		"FinalSnapshot": {
			reason:   "A final snapshot is taken.",
			change:   func(rg *unstructured.Unstructured) { set(rg, map[string]any{"finalSnapshotIdentifier": "last"}) },
			snapshot: true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := groups(t, tc.change)
			w.run(time.Minute)
			for _, name := range []string{"rg", "sg", "pg"} {
				w.delete(name)
			}
			w.run(2 * time.Minute)
			if w.objects["rg"] != nil {
				t.Errorf("%s: the object must go", tc.reason)
			}
			if left := len(w.cloud.ReplicationGroups()) > 0; left != tc.left {
				t.Errorf("%s: left in AWS: %t", tc.reason, left)
			}
			if got := w.cloud.HasSnapshot(region, "last"); got != tc.snapshot {
				t.Errorf("%s: snapshot: %t", tc.reason, got)
			}
			if gone := w.objects["sg"] == nil && w.objects["pg"] == nil; gone == tc.left {
				t.Errorf("%s: its groups are gone: %t", tc.reason, gone)
			}
		})
	}
}
