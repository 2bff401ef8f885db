package upjet

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// policies of a managed resource.
func policies(o *unstructured.Unstructured, allowed ...string) {
	_ = unstructured.SetNestedStringSlice(o.Object, allowed, "spec", "managementPolicies")
}

// names of the four kinds in a world, in the order in which they can be made.
var names = []string{"sg", "pg", "url", "rg"}

// families of the provider's API. What a test writes is namespaced; the other is made of
// it.
var families = map[string]func(*unstructured.Unstructured){
	"Namespaced": func(*unstructured.Unstructured) {},
	"Cluster": func(o *unstructured.Unstructured) {
		o.SetAPIVersion(strings.Replace(o.GetAPIVersion(), ".aws.m.", ".aws.", 1))
		if o.GetKind() == kindReplicationGroup {
			o.SetAPIVersion("elasticache.aws.upbound.io/v1beta2")
		}
		o.SetNamespace("")
		for _, ref := range []string{"authTokenSecretRef", "valueSecretRef"} {
			if _, found, _ := unstructured.NestedMap(o.Object, "spec", "forProvider", ref); found {
				_ = unstructured.SetNestedField(o.Object, "team", "spec", "forProvider", ref, "namespace")
			}
		}
	},
}

// probes of a family: all four kinds, which only observe.
func probes(t *testing.T, family string) *world {
	t.Helper()
	w := newWorld(t, Options{}, subnetGroupYAML, parameterGroupYAML, parameterYAML, replicationGroupYAML)
	for _, name := range names {
		families[family](w.objects[name])
		policies(w.objects[name], "Observe")
	}
	return w
}

// manage what was only observed.
func (w *world) manage(name string) {
	policies(w.objects[name], "Observe", "Create", "Update", "Delete")
	w.changed(name)
}

// TestObserveMissing: what is only observed is never made, and that it is missing is an
// error, with an event for each try. All policies then make it at once.
func TestObserveMissing(t *testing.T) {
	for family := range families {
		t.Run(family, func(t *testing.T) {
			w := probes(t, family)
			w.run(time.Minute)
			for _, name := range names {
				w.want(name, "Ready", " ")
				w.want(name, "Synced", "False ReconcileError")
				_, _, message := Condition(w.objects[name], "Synced")
				if message != "observe failed: external resource does not exist" || len(w.objects[name].GetFinalizers()) > 0 {
					t.Errorf("%s: %q, %v", name, message, w.objects[name].GetFinalizers())
				}
				want := []Event{{Warning: true, Reason: "CannotObserveExternalResource", Message: "external resource does not exist"}}
				if got := w.events[name]; !slices.Equal(slices.Compact(slices.Clone(got)), want) || len(got) != 6 {
					t.Errorf("%s: after 0, 1, 3, 7, 15 and 31 s: %v", name, got)
				}
			}
			if log := w.cloud.Log(); len(log) > 0 {
				t.Errorf("AWS was asked for: %v", log)
			}
			w.secrets["team/redis"] = urlSecret("redis://a:6379")
			for _, name := range names {
				w.manage(name)
				w.run(time.Second)
			}
			w.run(time.Minute)
			w.want("rg", "Ready", "True Available")
			if by := w.cloud.Requests("CreateReplicationGroup", start)[0].By; !strings.HasPrefix(by, "ReplicationGroup ") || !strings.HasSuffix(by, "rg") {
				t.Errorf("who asked: %s", by)
			}
		})
	}
}

// module is what the Terraform module makes, under the names that the four kinds have
// here. Its cache has AUTH if there is a token.
func module(token string) aws.Stack {
	s := aws.TerraformModule{AppName: "app", Environment: "dev", AuthToken: token, Tags: map[string]string{"CostCenter": "42"}}.Stack()
	s.Subnets.Name, s.Parameters.Name = "app-dev-redis", "app-dev-redis-redis7"
	return s
}

// TestObserveFound: what is there is shown in full and left alone, whatever it differs
// in, and stays when the managed resource is deleted.
func TestObserveFound(t *testing.T) {
	for family := range families {
		t.Run(family, func(t *testing.T) {
			w := probes(t, family)
			w.cloud.Add(module(""))
			set(w.objects["rg"], map[string]any{"nodeType": "cache.t3.small", "port": int64(1), "multiAzEnabled": true})
			before := w.cloud.Inventory()
			w.run(time.Hour)
			for _, name := range names {
				w.want(name, "Ready", "True Available")
				w.want(name, "Synced", "True ReconcileSuccess")
				w.want(name, "LastAsyncOperation", "True Success")
				if _, tagged, _ := unstructured.NestedMap(w.objects[name].Object, "spec", "forProvider", "tags"); tagged || len(w.events[name]) > 0 {
					t.Errorf("%s: tagged %t, events %v", name, tagged, w.events[name])
				}
				if got := w.atProvider(name, "tags").(map[string]any)["CostCenter"]; got != "42" {
					t.Errorf("%s: tag %v", name, got)
				}
			}
			if got := w.atProvider("rg", "nodeType"); got != "cache.t3.micro" {
				t.Errorf("it shows the node type %v", got)
			}
			for _, name := range names {
				w.delete(name)
			}
			w.run(time.Minute)
			if len(w.objects) > 0 || len(w.cloud.Written(0)) > 0 || w.cloud.Inventory() != before {
				t.Errorf("AWS was asked for %v", w.cloud.Written(0))
			}
		})
	}
}

// TestObserveBare: the region alone is enough, and tells what AWS tells. What only the
// spec can tell is not there.
func TestObserveBare(t *testing.T) {
	shown := map[string]map[string]any{
		"Plain":             {"port": int64(6379), "clusterEnabled": false, "numNodeGroups": int64(1), "numCacheClusters": int64(1), "subnetGroupName": "app-dev-redis-subnets", "engineVersionActual": "7.1.0"},
		"OtherPort":         {"port": int64(6380)},
		"Auth":              {"transitEncryptionMode": "required"},
		"KMSKey":            {"atRestEncryptionEnabled": "true", "kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/1a2b"},
		"ClusterMode":       {"clusterEnabled": true, "numNodeGroups": int64(2), "primaryEndpointAddress": "", "configurationEndpointAddress": "app-dev-redis.abc123.clustercfg.euc1.cache.amazonaws.com", "port": int64(6379)},
		"GlobalDatastore":   {"globalReplicationGroupId": "ldgnf-global"},
		"DataTiering":       {"dataTieringEnabled": true},
		"NotificationTopic": {"notificationTopicArn": "arn:aws:sns:eu-central-1:111122223333:redis"},
		"UserGroups":        {"userGroupIds": []any{"apps"}},
		"LogDelivery":       {"logDeliveryConfiguration": []any{map[string]any{"logType": "slow-log", "destinationType": "cloudwatch-logs", "destination": "redis", "logFormat": "json"}}},
	}
	for variant, change := range aws.Variants() {
		t.Run(variant, func(t *testing.T) {
			w := probes(t, "Namespaced")
			stack := aws.Stack{Cache: aws.ReplicationGroup{Region: region, ID: "app-dev-redis"}}
			change(&stack)
			w.cloud.Add(stack)
			rg := w.objects["rg"]
			_ = unstructured.SetNestedMap(rg.Object, map[string]any{"region": region}, "spec", "forProvider")
			w.run(time.Minute)
			w.want("rg", "Ready", "True Available")
			checkSchema(t, w.objects["rg"])
			for field, want := range shown[variant] {
				if diff := cmp.Diff(want, w.atProvider("rg", field)); diff != "" {
					t.Errorf("%s: -want, +got:\n%s", field, diff)
				}
			}
			for _, field := range []string{"authTokenEnabled", "authToken", "authTokenUpdateStrategy", "applyImmediately", "snapshotName", "finalSnapshotIdentifier"} {
				if got := w.atProvider("rg", field); got != nil {
					t.Errorf("%s is shown: %v", field, got)
				}
			}
			if _, cluster := w.secrets["team/rg-conn"]["configuration_endpoint_address"]; cluster != (variant == "ClusterMode") {
				t.Errorf("connection details: %v", slices.Sorted(maps.Keys(w.secrets["team/rg-conn"])))
			}
		})
	}
}

// TestObserveParameter: an ssm Parameter that is only observed publishes what AWS has.
func TestObserveParameter(t *testing.T) {
	w := probes(t, "Namespaced")
	w.cloud.Add(module("a-token-of-the-team"))
	_ = unstructured.SetNestedField(w.objects["url"].Object, "url-conn", "spec", "writeConnectionSecretToRef", "name")
	w.run(time.Minute)
	if got := string(w.secrets["team/url-conn"]["attribute.value"]); !w.cloud.Accepts(got) {
		t.Errorf("published: %q", got)
	}
}

// TestObserveGenerates: initializers run whatever the policies are.
func TestObserveGenerates(t *testing.T) {
	w := probes(t, "Namespaced")
	set(w.objects["rg"], auth)
	set(w.objects["rg"], map[string]any{"autoGenerateAuthToken": true})
	w.run(time.Second)
	if len(w.secrets["team/token"]["t"]) != 27 {
		t.Errorf("the Secret holds %v", w.secrets["team/token"])
	}
}

// TestObserveToken: what a probe shows of the token, and whether the token of the spec is
// really set as soon as the group may be changed. What the spec said at the first look is
// believed, so that a probe with the token and the strategy that are to be is a trap. So
// is one with a reference to a Secret that is missing: it looks as if AUTH were off.
func TestObserveToken(t *testing.T) {
	const theirs, ours = "a-token-that-they-made", "a-token-of-the-team"
	ref := func(secret string) map[string]any {
		return map[string]any{"authTokenSecretRef": map[string]any{"name": secret, "key": "t"}}
	}
	strategy := map[string]any{"authTokenUpdateStrategy": "ROTATE"}
	cases := map[string]struct {
		reason  string
		auth    bool
		probe   []map[string]any
		shown   string
		missing bool
		set     bool
	}{
		"NoAuth":            {reason: "Without AUTH it is empty.", set: true},
		"NoAuthRef":         {reason: "Also with a reference.", probe: []map[string]any{ref("token")}, set: true},
		"NoReference":       {reason: "With AUTH and no reference the key is missing, and the token is set.", auth: true, missing: true, set: true},
		"Other":             {reason: "With a reference it is the Secret's. Another token, and the strategy, are set.", auth: true, probe: []map[string]any{ref("any")}, shown: "any-value-of-any-secret", set: true},
		"OtherWithStrategy": {reason: "Another token is enough.", auth: true, probe: []map[string]any{ref("any"), strategy}, shown: "any-value-of-any-secret", set: true},
		"Same":              {reason: "The strategy is enough.", auth: true, probe: []map[string]any{ref("token")}, shown: ours, set: true},
		"SameWithStrategy":  {reason: "Nothing is, if all was there in the probe: it is believed.", auth: true, probe: []map[string]any{ref("token"), strategy}, shown: ours},
		"SecretMissing":     {reason: "With AUTH, and without the Secret, it is empty.", auth: true, probe: []map[string]any{ref("none")}, set: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := probes(t, "Namespaced")
			w.secrets["team/token"] = map[string][]byte{"t": []byte(ours)}
			w.secrets["team/any"] = map[string][]byte{"t": []byte("any-value-of-any-secret")}
			s := module(map[bool]string{true: theirs}[tc.auth])
			s.Cache.TLS, s.Cache.SubnetGroup = aws.TLSRequired, ""
			w.cloud.Add(s)
			rg := w.objects["rg"]
			set(rg, map[string]any{"transitEncryptionEnabled": true, "transitEncryptionMode": "required", "description": s.Cache.Description, "tags": map[string]any{}})
			for _, fields := range tc.probe {
				set(rg, fields)
			}
			w.run(time.Minute)
			got, has := w.secrets["team/rg-conn"]["attribute.auth_token"]
			if string(got) != tc.shown || has == tc.missing {
				t.Errorf("%s: shown: %q, %t", tc.reason, got, has)
			}
			set(w.objects["rg"], ref("token"))
			set(w.objects["rg"], strategy)
			w.manage("rg")
			w.run(30 * time.Minute)
			var asked []string
			for _, r := range w.cloud.Requests("ModifyReplicationGroup", start) {
				asked = append(asked, strings.Join(r.Fields, ","))
			}
			if set := slices.Equal(asked, []string{"AuthToken,AuthTokenUpdateStrategy"}); set != tc.set || (!tc.set && len(asked) > 0) {
				t.Errorf("%s: asked for %q", tc.reason, asked)
			}
			tokens, passwordless := w.cloud.Access(region, "app-dev-redis")
			if slices.Contains(tokens, ours) != tc.set || slices.Contains(tokens, theirs) != tc.auth || passwordless == tc.auth {
				t.Errorf("%s: AWS takes %q", tc.reason, tokens)
			}
			if got := string(w.secrets["team/rg-conn"]["attribute.auth_token"]); got != ours {
				t.Errorf("%s: published in the end: %q", tc.reason, got)
			}
			w.noRefusal()
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
