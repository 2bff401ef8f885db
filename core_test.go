package main

import (
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// TestOwnersOfEveryCore: two composites ask for one cache, the second when the first
// has it, in every Crossplane that looks resources up. When the first is deleted, the
// second waits for it to be gone and makes its own. In one that looks nothing up a
// single composite has its cache nevertheless.
func TestOwnersOfEveryCore(t *testing.T) {
	for core, flavours := range map[crossplane.Core][]string{
		crossplane.Core2_2:  {flavourClaims, flavourNamespaced},
		crossplane.Core2_0:  {flavourClaims, flavourNamespaced},
		crossplane.Core1_15: {flavourClaims},
		crossplane.Core1_14: {flavourClaims},
	} {
		for _, flavour := range flavours {
			t.Run(flavour+"-"+string(core), func(t *testing.T) {
				f := &Function{log: logging.NewNopLogger()}
				first := crossplane.New(askOneCache(flavour, "first"), crossplane.Options{Function: f.RunFunction, Core: core})
				runFor(t, first, 30*time.Minute)
				mustBe(t, first, "URLPublished", "True")
				if core == crossplane.Core1_14 {
					return
				}
				second := first.Join(askOneCache(flavour, "second"))
				runFor(t, second, 5*time.Minute)
				mustBe(t, second, "Accepted", "False", "belongs to", `"first`)
				if n := len(second.Composed()); n > 0 {
					t.Errorf("%d resources are made for the second", n)
				}
				first.Delete()
				waited := false
				for range 60 {
					runFor(t, second, time.Second)
					_, _, message := second.Condition("Provisioned")
					waited = waited || strings.Contains(message, "the deletion of the ReplicationGroup")
				}
				if !waited {
					t.Error("the second does not say what it waits for")
				}
				runFor(t, second, 40*time.Minute)
				mustBe(t, second, "URLPublished", "True")
				if !first.Gone() || len(second.AWS.ReplicationGroups()) != 1 {
					t.Errorf("the caches of AWS are %v", second.AWS.ReplicationGroups())
				}
				for _, r := range second.AWS.Log() {
					if strings.HasPrefix(r.Name, "Create") && r.Refused() {
						t.Errorf("AWS refused: %s", r)
					}
				}
			})
		}
	}
}

// askOneCache is a composite of a name. All of them ask for the same cache.
func askOneCache(flavour, name string) *unstructured.Unstructured {
	xr := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "m.platform.example.org/v1alpha1", "kind": "XRedis",
		"metadata": map[string]any{"name": name, "namespace": "team-" + name},
		"spec": map[string]any{
			"appName": "app", "environment": "dev", "region": "eu-central-1", "vpcId": "vpc-123",
			"subnetIds": []any{"subnet-a"}, "securityGroupIds": []any{"sg-a"},
			"writeConnectionSecretToRef": map[string]any{"name": "redis"},
		},
	}}
	if flavour == flavourNamespaced {
		return xr
	}
	xr.SetAPIVersion("platform.example.org/v1alpha1")
	xr.SetNamespace("")
	xr.SetLabels(map[string]string{crossplane.LabelClaimName: name, crossplane.LabelClaimNamespace: "team-" + name})
	spec := xr.Object["spec"].(map[string]any)
	spec["claimRef"] = map[string]any{"name": name, "namespace": "team-" + name}
	spec["writeConnectionSecretToRef"] = map[string]any{"name": name, "namespace": connectionNamespace}
	return xr
}

func runFor(t *testing.T, c *crossplane.Cluster, d time.Duration) {
	t.Helper()
	if err := c.Run(d); err != nil {
		t.Fatal(err)
	}
}

// mustBe of a status, and say some texts.
func mustBe(t *testing.T, c *crossplane.Cluster, kind, status string, texts ...string) {
	t.Helper()
	got, _, message := c.Condition(kind)
	if got != status {
		t.Errorf("%s is %s, want %s: %s", kind, got, status, message)
	}
	for _, text := range texts {
		if !strings.Contains(message, text) {
			t.Errorf("%s does not say %q: %s", kind, text, message)
		}
	}
}
