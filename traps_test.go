package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// TestTraps holds every example against what provider-aws v2.5.0 was seen to do with
// manifests that look right. internal/testing/upjet models each of these.
func TestTraps(t *testing.T) {
	traps := map[string]struct {
		reason string
		in     func(name string, o protocol.Object) bool // Whether a resource steps into it.
	}{
		"ApplyLater": {
			reason: "Without applyImmediately the same modification is sent several times a second until the window.",
			in: func(name string, o protocol.Object) bool {
				now, _ := o.Bool("spec", "forProvider", "applyImmediately")
				return name == resources.ReplicationGroup && !now
			},
		},
		"FailoverAlone": {
			reason: "With failover and one node the resource can't be observed, and not even deleted.",
			in: func(name string, o protocol.Object) bool {
				failover, _ := o.Bool("spec", "forProvider", "automaticFailoverEnabled")
				return name == resources.ReplicationGroup && failover && o.Number("spec", "forProvider", "numCacheClusters") < 2
			},
		},
		"MultiAZWithoutFailover": {
			reason: "So it is with multi-AZ without failover.",
			in: func(_ string, o protocol.Object) bool {
				failover, _ := o.Bool("spec", "forProvider", "automaticFailoverEnabled")
				multiAZ, _ := o.Bool("spec", "forProvider", "multiAzEnabled")
				return multiAZ && !failover
			},
		},
		"LeftOff": {
			reason: "What is left out of these counts as off.",
			in: func(name string, o protocol.Object) bool {
				return name == resources.ReplicationGroup && (!o.Has("spec", "forProvider", "automaticFailoverEnabled") ||
					!o.Has("spec", "forProvider", "multiAzEnabled") || !o.Has("spec", "forProvider", "snapshotRetentionLimit"))
			},
		},
		"ForgottenName": {
			reason: "Without its external name the provider forgets a resource when it restarts, and makes it again.",
			in: func(_ string, o protocol.Object) bool {
				return isManaged(o) && o.Annotation("crossplane.io/external-name") == ""
			},
		},
		"TwoNames": {
			reason: "The provider names a parameter group after forProvider.name, whatever its external name is.",
			in: func(name string, o protocol.Object) bool {
				return strings.HasPrefix(name, resources.ParameterGroup("")) && o.Annotation("crossplane.io/external-name") != o.Text("spec", "forProvider", "name")
			},
		},
		"TokenWithoutStrategy": {
			reason: "A token without a strategy can never be changed.",
			in: func(_ string, o protocol.Object) bool {
				return o.Has("spec", "forProvider", "authTokenSecretRef") != o.Has("spec", "forProvider", "authTokenUpdateStrategy")
			},
		},
		"TokenWithoutTLS": {
			reason: "AWS takes a token over TLS only.",
			in: func(_ string, o protocol.Object) bool {
				tls, _ := o.Bool("spec", "forProvider", "transitEncryptionEnabled")
				return o.Has("spec", "forProvider", "authTokenSecretRef") && (!tls || o.Text("spec", "forProvider", "transitEncryptionMode") == "preferred")
			},
		},
		"ModeWithoutTLS": {
			reason: "A mode without TLS is an error.",
			in: func(_ string, o protocol.Object) bool {
				tls, _ := o.Bool("spec", "forProvider", "transitEncryptionEnabled")
				return !tls && o.Has("spec", "forProvider", "transitEncryptionMode")
			},
		},
		"LateInitialize": {
			reason: "AWS's answers would be written into the spec, and stay there.",
			in: func(_ string, o protocol.Object) bool {
				policies := o.Value("spec", "managementPolicies").GetListValue().AsSlice()
				return isManaged(o) && (len(policies) == 0 || slices.Contains(policies, any("LateInitialize")) || slices.Contains(policies, any("*")))
			},
		},
		"URLPublishedTwice": {
			reason: "A connection Secret of the parameter would hold the URL once more.",
			in: func(name string, o protocol.Object) bool {
				return name == resources.URLParameter && o.Has("spec", "writeConnectionSecretToRef")
			},
		},
	}
	for _, e := range examples(t) {
		rsp := run(t, clone(e.req))
		for _, name := range slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())) {
			for trap, tc := range traps {
				if tc.in(name, protocol.Object{Struct: rsp.GetDesired().GetResources()[name].GetResource()}) {
					t.Errorf("%s: %s steps into %s: %s", e.name, name, trap, tc.reason)
				}
			}
		}
	}
}

// TestHeldOnlyOnce: a resource that is paused after AWS has it can't be deleted. So
// nothing that AWS has is ever held.
func TestHeldOnlyOnce(t *testing.T) {
	for _, e := range examples(t) {
		inAWS := map[string]bool{}
		for name, r := range e.req.GetObserved().GetResources() {
			inAWS[name] = resources.Resource{Object: protocol.Object{Struct: r.GetResource()}}.InAWS()
		}
		for _, name := range held(run(t, clone(e.req))) {
			if inAWS[name] {
				t.Errorf("%s: %s is in AWS and held", e.name, name)
			}
		}
	}
}

// isManaged reports whether a resource is one of the provider's.
func isManaged(o protocol.Object) bool { return o.Has("spec", "forProvider") }
