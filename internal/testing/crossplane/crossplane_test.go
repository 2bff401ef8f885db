package crossplane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

const (
	claimsXR = `
apiVersion: platform.example.org/v1alpha1
kind: XRedis
metadata:
  name: app
  labels: {crossplane.io/claim-name: app, crossplane.io/claim-namespace: team}
spec: {size: 1, writeConnectionSecretToRef: {namespace: crossplane-system, name: app}}
`
	namespacedXR = `
apiVersion: m.platform.example.org/v1alpha1
kind: XRedis
metadata: {name: app, namespace: team}
spec: {size: 1, writeConnectionSecretToRef: {name: redis}}
`
	subnetGroup = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: SubnetGroup
metadata: {annotations: {crossplane.io/external-name: app}}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider: {region: eu-central-1, description: d, subnetIds: [a], tags: {k: v}}
`
	parameterGroup = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: ParameterGroup
metadata: {annotations: {crossplane.io/external-name: app-redis7}}
spec:
  forProvider: {region: eu-central-1, name: app-redis7, family: redis7, description: d}
`
	replicationGroup = `
apiVersion: elasticache.aws.m.upbound.io/v1beta1
kind: ReplicationGroup
metadata: {annotations: {crossplane.io/external-name: app}}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider:
    {region: eu-central-1, description: d, engine: redis, engineVersion: "7.1", nodeType: cache.t3.micro, numCacheClusters: 1, port: 6379,
     applyImmediately: true, parameterGroupName: app-redis7, subnetGroupName: app, securityGroupIds: [sg], transitEncryptionEnabled: true,
     autoGenerateAuthToken: true, authTokenSecretRef: {name: token, key: t}, authTokenUpdateStrategy: SET}
  writeConnectionSecretToRef: {name: rg}
`
	secret = `
apiVersion: v1
kind: Secret
metadata: {name: redis}
data: {REDIS_URL: dXJs}
`
)

func object(t testing.TB, doc string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(doc), &u.Object); err != nil {
		t.Fatal(err)
	}
	return u
}

// answer is what a function of a test desires; a test changes it as it goes on.
type answer struct {
	t         testing.TB
	resources map[string]*unstructured.Unstructured
	response  func(*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse)
}

func (a *answer) run(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp := &fnv1.RunFunctionResponse{Desired: &fnv1.State{Composite: &fnv1.Resource{}, Resources: map[string]*fnv1.Resource{}}}
	for name, o := range a.resources {
		s, err := structpb.NewStruct(o.DeepCopy().Object)
		if err != nil {
			a.t.Fatal(err)
		}
		rsp.Desired.Resources[name] = &fnv1.Resource{Resource: s, Ready: fnv1.Ready_READY_TRUE}
	}
	if a.response != nil {
		a.response(req, rsp)
	}
	return rsp, nil
}

func cluster(t testing.TB, xr string, resources map[string]string) (*Cluster, *answer) {
	t.Helper()
	a := &answer{t: t, resources: map[string]*unstructured.Unstructured{}}
	for name, doc := range resources {
		a.resources[name] = object(t, doc)
	}
	return New(object(t, xr), Options{Function: a.run}), a
}

func reconcile(t testing.TB, c *Cluster) {
	t.Helper()
	if err := c.Reconcile(); err != nil {
		t.Fatal(err)
	}
}

func nested(o *unstructured.Unstructured, path ...string) any {
	v, _, _ := unstructured.NestedFieldCopy(o.Object, path...)
	return v
}

// TestApply: the function's own goes when it is no longer set, others' stays.
func TestApply(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(o *unstructured.Unstructured)
		path   []string
		want   any
	}{
		"Same":              {reason: "What is set stays.", path: []string{"spec", "forProvider", "description"}, want: "d"},
		"Changed":           {reason: "What is set otherwise changes.", change: func(o *unstructured.Unstructured) { put(o, "other", "spec", "forProvider", "description") }, path: []string{"spec", "forProvider", "description"}, want: "other"},
		"Dropped":           {reason: "What is no longer set goes.", change: func(o *unstructured.Unstructured) { drop(o, "spec", "forProvider", "description") }, path: []string{"spec", "forProvider", "description"}},
		"DroppedMap":        {reason: "Of a map what others set stays.", change: func(o *unstructured.Unstructured) { drop(o, "spec", "forProvider", "tags") }, path: []string{"spec", "forProvider", "tags"}, want: map[string]any{"theirs": "t"}},
		"List":              {reason: "A list is replaced as a whole.", change: func(o *unstructured.Unstructured) { put(o, []any{"b"}, "spec", "forProvider", "subnetIds") }, path: []string{"spec", "forProvider", "subnetIds"}, want: []any{"b"}},
		"Theirs":            {reason: "What others set stays.", path: []string{"spec", "forProvider", "tags", "theirs"}, want: "t"},
		"TheirAnnotation":   {reason: "Annotations too.", path: []string{"metadata", "annotations", "theirs"}, want: "t"},
		"OurAnnotation":     {reason: "Ours goes when it is not set.", change: func(o *unstructured.Unstructured) { drop(o, "metadata", "annotations", "ours") }, path: []string{"metadata", "annotations", "ours"}},
		"Status":            {reason: "Status is the provider's.", path: []string{"status", "theirs"}, want: "t"},
		"Name":              {reason: "The name stays.", path: []string{"metadata", "name"}, want: "app-000000000002"},
		"NamespaceOfXR":     {reason: "The namespace is the composite's.", path: []string{"metadata", "namespace"}, want: "team"},
		"CompositeLabel":    {reason: "It is labelled.", path: []string{"metadata", "labels", LabelComposite}, want: "app"},
		"ResourceName":      {reason: "It has its name in the pipeline.", path: []string{"metadata", "annotations", AnnotationResourceName}, want: "sg"},
		"WholeNumbersAsInt": {reason: "Numbers are as the API server has them.", change: func(o *unstructured.Unstructured) { put(o, 3.0, "spec", "forProvider", "n") }, path: []string{"spec", "forProvider", "n"}, want: int64(3)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
			put(a.resources["sg"], "o", "metadata", "annotations", "ours")
			reconcile(t, c)
			c.EditComposed("sg", func(o *unstructured.Unstructured) {
				put(o, "t", "spec", "forProvider", "tags", "theirs")
				put(o, "t", "metadata", "annotations", "theirs")
				put(o, "t", "status", "theirs")
			})
			if tc.change != nil {
				tc.change(a.resources["sg"])
			}
			reconcile(t, c)
			if diff := cmp.Diff(tc.want, nested(c.Composed()["sg"], tc.path...)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func put(o *unstructured.Unstructured, value any, path ...string) {
	if err := unstructured.SetNestedField(o.Object, value, path...); err != nil {
		panic(err)
	}
}

func drop(o *unstructured.Unstructured, path ...string) {
	unstructured.RemoveNestedField(o.Object, path...)
}

// TestLeftOut: what a response leaves out is deleted, in AWS too.
func TestLeftOut(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	reconcile(t, c)
	c.Advance(2 * time.Second)
	if _, err := c.AWS.DescribeSubnetGroup("eu-central-1", "app"); err != nil {
		t.Fatal(err)
	}
	delete(a.resources, "sg")
	reconcile(t, c)
	c.Advance(2 * time.Second)
	if _, err := c.AWS.DescribeSubnetGroup("eu-central-1", "app"); err == nil {
		t.Error("it must go from AWS")
	}
	var got []string
	for _, e := range c.Events() {
		got = append(got, string(e.Kind)+" "+e.Name)
	}
	if diff := cmp.Diff([]string{"Created sg", "Deleted sg", "Gone sg"}, got); diff != "" {
		t.Errorf("events: -want, +got:\n%s", diff)
	}
}

// TestFatal: a refusal changes nothing but conditions, of which those that did
// not come with it turn Unknown.
func TestFatal(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Conditions = []*fnv1.Condition{
			{Type: "Accepted", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Valid"},
			{Type: "Provisioned", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Available"},
		}
	}
	reconcile(t, c)
	before := c.Composed()["sg"]
	delete(a.resources, "sg")
	a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Results = []*fnv1.Result{{Severity: fnv1.Severity_SEVERITY_FATAL, Message: "no"}}
		rsp.Conditions = []*fnv1.Condition{{Type: "Accepted", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "Invalid"}}
	}
	reconcile(t, c)
	if diff := cmp.Diff(before, c.Composed()["sg"]); diff != "" {
		t.Errorf("a refusal changed something:\n%s", diff)
	}
	for kind, want := range map[string]string{"Accepted": "False Invalid", "Provisioned": "Unknown FatalError", "Synced": "False ReconcileError"} {
		if status, reason, _ := c.Condition(kind); status+" "+reason != want {
			t.Errorf("%s: got %s %s, want %s", kind, status, reason, want)
		}
	}
	if e := c.Events(Fatal); len(e) != 1 || e[0].Text != "no" {
		t.Errorf("events: %v", e)
	}
}

func ptr[T any](v T) *T { return &v }

// TestWhole is a cache's life in the namespaced flavour: made, read, followed,
// deleted. The token is made up by the provider, and goes with the cache.
func TestWhole(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup, "pg": parameterGroup, "rg": replicationGroup})
	statuses := map[string]bool{}
	c.Watch = func() {
		for _, g := range c.AWS.ReplicationGroups() {
			statuses[g.Status] = true
		}
	}
	if err := c.Settle(15*time.Minute, time.Hour); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"creating": true, "available": true}, statuses); diff != "" {
		t.Errorf("statuses that were seen: -want, +got:\n%s", diff)
	}
	details := c.Request.GetObserved().GetResources()["rg"].GetConnectionDetails()
	token := string(details["attribute.auth_token"])
	if len(token) != 27 || token != string(c.Secret("team", "token")["t"]) {
		t.Errorf("the function sees the token %q", token)
	}
	if host := string(details["primary_endpoint_address"]); !c.AWS.AcceptsClient(host, 6379, true, token) {
		t.Errorf("clients of %s are not served", host)
	}
	if err := c.MustStayTheSame(time.Hour); err != nil {
		t.Error(err)
	}
	a.resources["secret"] = object(t, secret)
	reconcile(t, c)
	if got := string(c.Published()["REDIS_URL"]); got != "url" {
		t.Errorf("published: %q", got)
	}
	c.DeleteSecret("team", "redis")
	if err := c.Run(time.Minute); err != nil || string(c.Published()["REDIS_URL"]) != "url" {
		t.Errorf("a Secret that was deleted by hand must come back: %v", err)
	}
	c.Delete()
	if err := c.Run(10 * time.Minute); err != nil || !c.Gone() {
		t.Errorf("it must go: %v", err)
	}
	if len(c.AWS.ReplicationGroups()) > 0 || c.Secret("team", "token") != nil || c.Secret("team", "rg") != nil || c.Published() != nil {
		t.Error("something is left behind")
	}
}

// TestPublish: a claim's composite has connection details, which are merged; a
// namespaced one has none.
func TestPublish(t *testing.T) {
	for xr, want := range map[string]map[string][]byte{claimsXR: {"a": []byte("1"), "b": []byte("2")}, namespacedXR: nil} {
		c, a := cluster(t, xr, nil)
		for _, details := range []map[string][]byte{{"a": []byte("1")}, {"b": []byte("2")}, nil} {
			a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite.ConnectionDetails = details
			}
			reconcile(t, c)
		}
		if diff := cmp.Diff(want, c.Request.GetObserved().GetComposite().GetConnectionDetails()); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", c.XR().GetAPIVersion(), diff)
		}
		if diff := cmp.Diff(want, c.Published()); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", c.XR().GetAPIVersion(), diff)
		}
	}
}

func TestReport(t *testing.T) {
	status := func(fields map[string]any) *structpb.Struct {
		s, err := structpb.NewStruct(map[string]any{"status": fields})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Desired.Composite.Resource = status(map[string]any{"endpoint": "e", "port": 6379})
		rsp.Conditions = []*fnv1.Condition{{Type: "Ready", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: "Mine"}}
	}
	reconcile(t, c)
	if s, reason, _ := c.Condition("Ready"); s != "True" || reason != "Available" {
		t.Errorf("all resources are ready, and a function has no say: %s %s", s, reason)
	}
	a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		rsp.Desired.Composite.Resource = status(map[string]any{"endpoint": "e"})
		rsp.Desired.Composite.Ready = fnv1.Ready_READY_FALSE
	}
	reconcile(t, c)
	if got := nested(c.XR(), "status", "port"); got != nil {
		t.Errorf("what is no longer said of the composite goes: %v", got)
	}
	if got := nested(c.XR(), "status", "endpoint"); got != "e" {
		t.Errorf("what is said stays: %v", got)
	}
	if s, _, _ := c.Condition("Ready"); s != "False" {
		t.Errorf("the function's word comes first: %s", s)
	}
}

func TestMistakes(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(a *answer)
	}{
		"Status": {
			reason: "A function must not set status.",
			change: func(a *answer) { put(a.resources["sg"], "x", "status", "x") },
		},
		"Kind": {
			reason: "A composed resource stays what it is.",
			change: func(a *answer) { a.resources["sg"] = object(a.t, parameterGroup) },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
			reconcile(t, c)
			tc.change(a)
			if err := c.Reconcile(); err == nil {
				t.Error(tc.reason)
			}
		})
	}
}

// TestUnsteady: a function that changes something every time does not settle, and
// is caught at it.
func TestUnsteady(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	n := 0.0
	a.response = func(_ *fnv1.RunFunctionRequest, _ *fnv1.RunFunctionResponse) {
		n++
		a.resources["sg"].Object["spec"].(map[string]any)["forProvider"].(map[string]any)["n"] = n
	}
	if err := c.Settle(time.Minute, 2*time.Minute); err == nil {
		t.Error("it must not settle")
	}
	if err := c.MustStayTheSame(time.Minute); err == nil {
		t.Error("it does not stay the same")
	}
}

// TestSettleWaits: while AWS has something under way, it is not settled, however
// long that takes and however silent it is.
func TestSettleWaits(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup, "pg": parameterGroup, "rg": replicationGroup})
	if err := c.Settle(15*time.Minute, time.Hour); err != nil {
		t.Fatal(err)
	}
	c.AWS.Slow(aws.StepNodeType, 1, 3*time.Hour)
	put(a.resources["rg"], "cache.m7g.large", "spec", "forProvider", "nodeType")
	reconcile(t, c)
	if err := c.Settle(15*time.Minute, 2*time.Hour); err == nil {
		t.Error("it is not settled before the limit")
	}
	if err := c.Settle(15*time.Minute, 4*time.Hour); err != nil {
		t.Error(err)
	}
	if got := nested(c.Composed()["rg"], "status", "atProvider", "nodeType"); got != "cache.m7g.large" {
		t.Errorf("settled with %v", got)
	}
}

// TestDeleteByHand: a managed resource that was deleted by hand is seen until it
// is gone, and then made anew.
func TestDeleteByHand(t *testing.T) {
	c, _ := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	if err := c.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	before := c.Composed()["sg"].GetName()
	c.DeleteComposed("sg")
	if c.Composed()["sg"].GetDeletionTimestamp() == nil {
		t.Error("it is seen while it goes")
	}
	if err := c.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if after := c.Composed()["sg"].GetName(); after == before {
		t.Error("it must be another")
	}
	if !slices.ContainsFunc(c.Events(Deleted), func(e Event) bool { return strings.HasSuffix(e.Text, "by hand") }) {
		t.Errorf("events: %v", c.Events())
	}
}

// TestDeterministic: two clusters to which the same happens are the same.
func TestDeterministic(t *testing.T) {
	life := func() string {
		c, _ := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup, "pg": parameterGroup, "rg": replicationGroup})
		if err := c.Run(2 * time.Minute); err != nil {
			t.Fatal(err)
		}
		c.Delete()
		var out strings.Builder
		out.WriteString(c.Fingerprint())
		c.Advance(5 * time.Minute)
		for _, r := range c.AWS.Log() {
			fmt.Fprintln(&out, r)
		}
		for _, e := range c.Events() {
			fmt.Fprintln(&out, e)
		}
		return out.String()
	}
	if diff := cmp.Diff(life(), life()); diff != "" {
		t.Error(diff)
	}
}
