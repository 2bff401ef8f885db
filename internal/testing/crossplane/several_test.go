package crossplane

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestSeveral: composites of one cluster share its AWS, and go their own ways.
func TestSeveral(t *testing.T) {
	c, _ := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	xr := object(t, namespacedXR)
	xr.SetName("other")
	other := c.Join(xr)
	if err := c.Settle(15*time.Minute, time.Hour); err != nil {
		t.Fatal(err)
	}
	// The provider takes what exists under a name for its own.
	if ours, theirs := c.Composed()["sg"], other.Composed()["sg"]; ours.GetName() == theirs.GetName() || len(c.AWS.Requests("CreateCacheSubnetGroup", time.Time{})) != 1 {
		t.Errorf("two resources, and one subnet group: %s, %s, %v", ours.GetName(), theirs.GetName(), c.AWS.Log())
	}
	uid := other.XR().GetUID()
	other.Delete()
	if err := c.Run(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	if !other.Gone() || c.Gone() || c.Composed()["sg"] == nil {
		t.Error("one goes, and the other stays")
	}
	if again := c.Join(xr); len(again.Composed()) > 0 || again.XR().GetUID() == uid {
		t.Errorf("one that is made again begins anew: %v", again.Composed())
	}
}

// TestStopProvider: one family of the provider is away, and the other works.
func TestStopProvider(t *testing.T) {
	c, _ := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup, "url": `
apiVersion: ssm.aws.m.upbound.io/v1beta1
kind: Parameter
metadata: {annotations: {crossplane.io/external-name: /app/dev/redis/url}}
spec:
  managementPolicies: [Observe, Create, Update, Delete]
  forProvider: {region: eu-central-1, type: SecureString, valueSecretRef: {name: redis, key: REDIS_URL}}
`})
	c.SetSecret("team", "redis", map[string][]byte{"REDIS_URL": []byte("url")})
	c.StopProvider("ssm")
	if err := c.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	ready := func(name string) string {
		for _, item := range c.Composed()[name].Object["status"].(map[string]any)["conditions"].([]any) {
			if m := item.(map[string]any); m["type"] == "Ready" {
				return m["status"].(string)
			}
		}
		return ""
	}
	if ready("sg") != "True" || c.Composed()["url"].Object["status"] != nil {
		t.Error("the one works, and the other doesn't")
	}
	c.StartProvider("ssm")
	if err := c.Run(time.Minute); err != nil || ready("url") != "True" {
		t.Errorf("it comes back: %v", err)
	}
}

// TestChanges: an answer counts that is another than the one before it.
func TestChanges(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	for i, change := range []func(){
		func() {}, // The first.
		func() { c.Edit(func(xr *unstructured.Unstructured) { put(xr, int64(2), "spec", "size") }) },
		func() { put(a.resources["sg"], "other", "spec", "forProvider", "description") },
		func() {
			a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Conditions = []*fnv1.Condition{{Type: "Accepted"}}
			}
		},
	} {
		change()
		reconcile(t, c)
		reconcile(t, c)
		if want := []int{1, 1, 2, 3}[i]; c.Changes() != want {
			t.Errorf("%d: %d changes, want %d", i, c.Changes(), want)
		}
	}
}
