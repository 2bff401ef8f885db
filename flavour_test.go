package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
)

// TestFlavour gives the function composites whose API group and namespace do not fit
// together, as a preview may. A cluster's always do.
func TestFlavour(t *testing.T) {
	const example, namespaced = "minimal/claims/nothing-yet", "minimal/namespaced/nothing-yet"
	cases := map[string]struct {
		reason  string
		example string
		change  func(xr *structpb.Struct)
		want    string // What the Fatal says.
		kinds   string // What the API groups of what is composed contain.
	}{
		"NamespaceIsMissing": {
			reason:  "Without its namespace a namespaced composite would be composed as one of the claims flavour.",
			example: namespaced,
			change: func(xr *structpb.Struct) {
				delete(xr.GetFields()["metadata"].GetStructValue().GetFields(), "namespace")
			},
			want: "metadata.namespace: Required value: an XRedis of m.platform.example.org is namespaced: write the namespace that it is applied to, such as default",
		},
		"NamespaceIsTooMuch": {
			reason:  "With a namespace a composite of the claims flavour would be composed as a namespaced one.",
			example: namespaced,
			change:  func(xr *structpb.Struct) { set(xr, "platform.example.org/v1alpha1", "apiVersion") },
			want:    `metadata.namespace: Invalid value: "team-booking": an XRedis of platform.example.org has no namespace: leave it out, or use the namespaced API, apiVersion: m.platform.example.org/v1alpha1`,
		},
		"ClusterKnowsBetter": {
			reason:  "What was read from a cluster is of the XRD's flavour, whatever the group is called.",
			example: namespaced,
			change: func(xr *structpb.Struct) {
				set(xr, "platform.example.org/v1alpha1", "apiVersion")
				set(xr, "2026-01-01T00:00:00Z", "metadata", "creationTimestamp")
			},
			kinds: ".aws.m.upbound.io/",
		},
		"ClaimOfAGroupWithM": {
			reason:  "A composite with a claim has no namespace, whatever the group is called.",
			example: example,
			change:  func(xr *structpb.Struct) { set(xr, "m.acme.com/v1alpha1", "apiVersion") },
			kinds:   ".aws.upbound.io/",
		},
		"OwnNamespacedGroup": {
			reason:  "A team may serve a namespaced XRedis in any group.",
			example: namespaced,
			change:  func(xr *structpb.Struct) { set(xr, "redis.acme.com/v1alpha1", "apiVersion") },
			kinds:   ".aws.m.upbound.io/",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.example)
			tc.change(req.GetObserved().GetComposite().GetResource())
			rsp := run(t, req)
			if diff := cmp.Diff(tc.want, strings.TrimSpace(fatal(rsp))); diff != "" {
				t.Errorf("%s: Fatal: -want, +got:\n%s", tc.reason, diff)
			}
			for name, r := range rsp.GetDesired().GetResources() {
				if v := r.GetResource().GetFields()["apiVersion"].GetStringValue(); !strings.Contains(v, tc.kinds) {
					t.Errorf("%s: %s is a %s, want %s", tc.reason, name, v, tc.kinds)
				}
			}
		})
	}
}
