package upjet

import (
	"maps"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

const region = "eu-central-1"

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

const replicationGroupYAML = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: ReplicationGroup
metadata:
  name: rg
  namespace: team
  uid: uid-rg
  annotations: {crossplane.io/external-name: app-dev-redis}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider:
    region: eu-central-1
    applyImmediately: true
    atRestEncryptionEnabled: "true"
    autoMinorVersionUpgrade: "true"
    automaticFailoverEnabled: false
    description: Redis of app in dev
    engine: redis
    engineVersion: "7.1"
    maintenanceWindow: sun:05:00-sun:07:00
    multiAzEnabled: false
    nodeType: cache.t3.micro
    numCacheClusters: 1
    parameterGroupName: app-dev-redis-redis7
    port: 6379
    securityGroupIds: [sg-1]
    snapshotRetentionLimit: 0
    snapshotWindow: 03:00-05:00
    subnetGroupName: app-dev-redis
    transitEncryptionEnabled: false
  writeConnectionSecretToRef: {name: rg-conn}
`

const subnetGroupYAML = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: SubnetGroup
metadata:
  name: sg
  namespace: team
  uid: uid-sg
  annotations: {crossplane.io/external-name: app-dev-redis}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider: {region: eu-central-1, description: Subnets, subnetIds: [subnet-a, subnet-b]}
`

const parameterGroupYAML = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: ParameterGroup
metadata:
  name: pg
  namespace: team
  uid: uid-pg
  annotations: {crossplane.io/external-name: app-dev-redis-redis7}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider:
    region: eu-central-1
    name: app-dev-redis-redis7
    family: redis7
    description: Parameters
    parameter: [{name: maxmemory-policy, value: allkeys-lru}, {name: timeout, value: "300"}]
`

const parameterYAML = `
apiVersion: ssm.aws.m.upbound.io/v1beta1
kind: Parameter
metadata:
  name: url
  namespace: team
  uid: uid-url
  annotations: {crossplane.io/external-name: /app/dev/redis/url}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider:
    region: eu-central-1
    type: SecureString
    tier: Standard
    valueSecretRef: {name: redis, key: REDIS_URL}
`

// world is a host: it calls the provider when it asks to be called, and when a
// test changes an object.
type world struct {
	t        *testing.T
	now      time.Time
	cloud    *aws.Cloud
	provider *Provider
	objects  map[string]*unstructured.Unstructured
	due      map[string]time.Time
	secrets  map[string]map[string][]byte
	events   map[string][]Event
	calls    int
}

func newWorld(t *testing.T, o Options, docs ...string) *world {
	t.Helper()
	w := &world{
		t: t, now: start, cloud: aws.New(start, aws.Options{}),
		objects: map[string]*unstructured.Unstructured{}, due: map[string]time.Time{}, secrets: map[string]map[string][]byte{},
		events: map[string][]Event{},
	}
	w.provider = New(w.cloud, o)
	for _, d := range docs {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(d), &u.Object); err != nil {
			t.Fatal(err)
		}
		w.objects[u.GetName()] = u
		w.due[u.GetName()] = w.now
	}
	return w
}

// groups is a world with the group's groups and the group, let go in its order.
func groups(t *testing.T, change func(rg *unstructured.Unstructured)) *world {
	t.Helper()
	w := newWorld(t, Options{}, subnetGroupYAML, parameterGroupYAML, replicationGroupYAML)
	rg := w.objects["rg"]
	pause(rg, true)
	if change != nil {
		change(rg)
	}
	w.run(2 * time.Second)
	pause(w.objects["rg"], false)
	w.changed("rg")
	return w
}

func pause(o *unstructured.Unstructured, on bool) {
	a := o.GetAnnotations()
	delete(a, "crossplane.io/paused")
	if on {
		a["crossplane.io/paused"] = "true"
	}
	o.SetAnnotations(a)
}

// set fields of a forProvider.
func set(o *unstructured.Unstructured, fields map[string]any) {
	fp, _, _ := unstructured.NestedMap(o.Object, "spec", "forProvider")
	maps.Copy(fp, fields)
	_ = unstructured.SetNestedMap(o.Object, fp, "spec", "forProvider")
}

// edit the replication group, which makes the host call the provider.
func (w *world) edit(fields map[string]any) {
	set(w.objects["rg"], fields)
	w.changed("rg")
}

func (w *world) changed(name string) { w.due[name] = w.now }

func (w *world) delete(name string) {
	o := w.objects[name]
	if len(o.GetFinalizers()) == 0 {
		delete(w.objects, name)
		return
	}
	_ = unstructured.SetNestedField(o.Object, w.now.Format(time.RFC3339), "metadata", "deletionTimestamp")
	w.changed(name)
}

func (w *world) secret(ns, name string) map[string][]byte { return w.secrets[ns+"/"+name] }

// run for a while.
func (w *world) run(d time.Duration) {
	w.t.Helper()
	end := w.now.Add(d)
	for {
		name, at := w.next()
		if name == "" || at.After(end) {
			break
		}
		w.now = at
		w.reconcile(name)
	}
	w.now = end
	w.cloud.Advance(end)
}

func (w *world) next() (string, time.Time) {
	var first string
	for name, at := range w.due {
		if w.objects[name] != nil && !at.IsZero() && (first == "" || at.Before(w.due[first]) || (at.Equal(w.due[first]) && name < first)) {
			first = name
		}
	}
	return first, w.due[first]
}

func (w *world) reconcile(name string) {
	w.t.Helper()
	if w.calls++; w.calls > 100_000 {
		w.t.Fatal("the provider loops")
	}
	r := w.provider.Reconcile(w.now, w.objects[name], w.secret)
	delete(w.due, name)
	w.events[name] = append(w.events[name], r.Events...)
	if r.Object == nil {
		delete(w.objects, name)
		return
	}
	w.objects[name] = r.Object
	if r.Connection != nil {
		w.secrets["team/"+name+"-conn"] = r.Connection
	}
	if g := r.Generated; g != nil {
		k := g.Namespace + "/" + g.Name
		if w.secrets[k] == nil {
			w.secrets[k] = map[string][]byte{}
		}
		w.secrets[k][g.Key] = g.Value
	}
	if r.Requeue > 0 {
		w.due[name] = w.now.Add(r.Requeue)
	}
}

func (w *world) condition(name, kind string) string {
	status, reason, _ := Condition(w.objects[name], kind)
	return status + " " + reason
}

func (w *world) want(name, kind, want string) {
	w.t.Helper()
	if got := w.condition(name, kind); got != want {
		_, _, message := Condition(w.objects[name], kind)
		w.t.Errorf("after %s: %s of %s is %q, want %q: %s", w.now.Sub(start), kind, name, got, want, message)
	}
}

// wantMessage in a condition of the replication group.
func (w *world) wantMessage(kind, want string) {
	w.t.Helper()
	if _, _, message := Condition(w.objects["rg"], kind); !strings.Contains(message, want) {
		w.t.Errorf("after %s: %s does not say %q: %s", w.now.Sub(start), kind, want, message)
	}
}

func (w *world) atProvider(name, field string) any {
	v, _, _ := unstructured.NestedFieldNoCopy(w.objects[name].Object, "status", "atProvider", field)
	return v
}

func (w *world) noRefusal() {
	w.t.Helper()
	for _, r := range w.cloud.Refused() {
		w.t.Errorf("AWS refused: %s", r)
	}
}
