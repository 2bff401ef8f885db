package crossplane

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

func TestRequired(t *testing.T) {
	byName := &fnv1.ResourceSelector{ApiVersion: "v1", Kind: "Secret", Namespace: ptr("team"), Match: &fnv1.ResourceSelector_MatchName{MatchName: "token"}}
	byLabel := &fnv1.ResourceSelector{
		ApiVersion: "elasticache.aws.m.upbound.io/v1beta1", Kind: "SubnetGroup",
		Match: &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: map[string]string{"cluster-id": "app"}}},
	}
	cases := map[string]struct {
		reason   string
		selector *fnv1.ResourceSelector
		core     Core
		want     []string
		extra    []string
	}{
		"ByName":       {reason: "A Secret of the namespace.", selector: byName, want: []string{"token"}},
		"ByLabel":      {reason: "All that have the label.", selector: byLabel, want: []string{"one", "two"}},
		"Unadvertised": {reason: "Before 2.2 too, though it is not said.", selector: byName, core: Core2_0, want: []string{"token"}},
		"Extra":        {reason: "The older field is honoured as well.", selector: byLabel, core: Core2_0, want: []string{"one", "two"}, extra: []string{"one", "two"}},
		"ExtraOnly":    {reason: "Before 2.0 there is no other.", selector: byLabel, core: Core1_15, extra: []string{"one", "two"}},
		"NoNamespace":  {reason: "Nor are there namespaces.", selector: byName, core: Core1_15},
		"Nothing":      {reason: "Before 1.15 there is neither.", selector: byLabel, core: Core1_14},
		"NotThere":     {reason: "What is not there is not found.", selector: &fnv1.ResourceSelector{ApiVersion: "v1", Kind: "Secret", Match: &fnv1.ResourceSelector_MatchName{MatchName: "none"}}},
		"OtherNamespace": {
			reason:   "Another namespace is another Secret.",
			selector: &fnv1.ResourceSelector{ApiVersion: "v1", Kind: "Secret", Namespace: ptr("other"), Match: &fnv1.ResourceSelector_MatchName{MatchName: "token"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := &answer{t: t, response: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				r := map[string]*fnv1.ResourceSelector{"r": tc.selector}
				rsp.Requirements = &fnv1.Requirements{Resources: r}
				if tc.extra != nil {
					rsp.Requirements.ExtraResources = r
				}
			}}
			c := New(object(t, claimsXR), Options{Function: a.run, Core: tc.core})
			c.SetSecret("team", "token", map[string][]byte{"t": []byte("x")})
			for _, name := range []string{"two", "one", "three"} {
				o := object(t, subnetGroup)
				o.SetName(name)
				if name != "three" {
					o.SetLabels(map[string]string{"cluster-id": "app"})
				}
				c.Add(o)
			}
			reconcile(t, c)
			if diff := cmp.Diff(tc.want, names(c.Request.GetRequiredResources()["r"])); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.extra, names(c.Request.GetExtraResources()["r"])); diff != "" {
				t.Errorf("%s: extra: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func names(found *fnv1.Resources) []string {
	var out []string
	for _, item := range found.GetItems() {
		out = append(out, item.GetResource().AsMap()["metadata"].(map[string]any)["name"].(string))
	}
	return out
}

// TestRequiredForever: requirements must come to an end.
func TestRequiredForever(t *testing.T) {
	c, a := cluster(t, claimsXR, nil)
	n := 0
	a.response = func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
		n++
		rsp.Requirements = &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{strings.Repeat("x", n): {}}}
	}
	if err := c.Reconcile(); err == nil || n != maxRounds+1 {
		t.Errorf("after %d rounds: %v", n, err)
	}
}
