package crossplane

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestEnvironmentConfig: it is found by its name, in the versions that a Crossplane
// serves; asking for another is an error.
func TestEnvironmentConfig(t *testing.T) {
	const v1alpha1, v1beta1 = "apiextensions.crossplane.io/v1alpha1", "apiextensions.crossplane.io/v1beta1"
	network := []any{map[string]any{"vpcId": "vpc-1"}}
	cases := map[string]struct {
		reason  string
		core    Core
		version string
		name    string
		want    []any
		failed  bool
	}{
		"Now":      {reason: "Crossplane 2 has v1beta1.", core: Core2_2, version: v1beta1, name: "dev", want: network},
		"Gone":     {reason: "And no v1alpha1.", core: Core2_2, version: v1alpha1, name: "dev", failed: true},
		"Gone2.0":  {reason: "From 2.0 on.", core: Core2_0, version: v1alpha1, name: "dev", failed: true},
		"Both":     {reason: "1.18 has both.", core: Core1_18, version: v1beta1, name: "dev", want: network},
		"BothOld":  {reason: "The old one, too.", core: Core1_18, version: v1alpha1, name: "dev", want: network},
		"Old":      {reason: "1.15 has the old one.", core: Core1_15, version: v1alpha1, name: "dev", want: network},
		"TooOld":   {reason: "And no other.", core: Core1_15, version: v1beta1, name: "dev", failed: true},
		"Nothing":  {reason: "Before that nothing is looked up.", core: Core1_14, version: v1alpha1, name: "dev"},
		"NotThere": {reason: "What is not there is not found.", core: Core2_2, version: v1beta1, name: "none"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := &answer{t: t, response: func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				r := map[string]*fnv1.ResourceSelector{"r": {ApiVersion: tc.version, Kind: "EnvironmentConfig", Match: &fnv1.ResourceSelector_MatchName{MatchName: tc.name}}}
				rsp.Requirements = &fnv1.Requirements{Resources: r, ExtraResources: r}
			}}
			c := New(object(t, claimsXR), Options{Function: a.run, Core: tc.core})
			c.SetEnvironmentConfig("dev", map[string]any{"vpcId": "vpc-1"})
			if err := c.Reconcile(); (err != nil) != tc.failed {
				t.Errorf("%s: %v", tc.reason, err)
			}
			var got []any
			for _, item := range c.Request.GetExtraResources()["r"].GetItems() {
				o := item.GetResource().AsMap()
				if o["apiVersion"] != tc.version {
					t.Errorf("%s: it is %v", tc.reason, o["apiVersion"])
				}
				got = append(got, o["data"])
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEnvironment: what a step before the function has found is in the context.
func TestEnvironment(t *testing.T) {
	a := &answer{t: t}
	for _, tc := range []struct {
		environment map[string]any
		want        map[string]any
	}{
		{want: map[string]any{}},
		{
			environment: map[string]any{"vpcId": "vpc-1"},
			want: map[string]any{ContextEnvironment: map[string]any{
				"apiVersion": "internal.crossplane.io/v1alpha1", "kind": "Environment", "vpcId": "vpc-1",
			}},
		},
	} {
		c := New(object(t, claimsXR), Options{Function: a.run, Environment: tc.environment})
		reconcile(t, c)
		if diff := cmp.Diff(tc.want, c.Request.GetContext().AsMap()); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	}
}
