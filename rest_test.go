package main

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// ttlOf what is answered to a request.
func ttlOf(t *testing.T, req *fnv1.RunFunctionRequest) time.Duration {
	t.Helper()
	return run(t, req).GetMeta().GetTtl().AsDuration()
}

// TestRestOfExamples: at every moment of every story Crossplane asks again after a minute,
// but about a cache that is ready and accepted, of which nothing changes and about which
// nothing is looked up.
func TestRestOfExamples(t *testing.T) {
	count := map[time.Duration]int{}
	for _, e := range examples(t) {
		rsp := run(t, e.req)
		status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue().GetFields()
		want := time.Minute
		if status["stage"].GetStringValue() == "Settled" && len(status["changes"].GetListValue().GetValues()) == 0 &&
			conditionOf(rsp, "Accepted").GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE &&
			rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE && rsp.GetRequirements() == nil && fatal(rsp) == "" {
			want = 10 * time.Minute
		}
		got := rsp.GetMeta().GetTtl().AsDuration()
		if count[got]++; got != want {
			t.Errorf("%s: asked again after %s, want %s", e.name, got, want)
		}
	}
	t.Logf("moments by TTL: %v", count)
	if count[time.Minute] < 100 || count[10*time.Minute] < 20 || len(count) != 2 {
		t.Errorf("there are too few moments of each: %v", count)
	}
}

func TestRest(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		stage  string
		change func(*fnv1.RunFunctionRequest)
		want   time.Duration
	}{
		"Settled":        {reason: "Nothing is to do.", stage: "minimal/claims/settled", want: 10 * time.Minute},
		"GeneratedToken": {reason: "Nothing is looked up for a token that the provider generates.", stage: "production-tls-auth/namespaced/settled", want: 10 * time.Minute},
		"Platform": {
			reason: "The platform decides how long.", stage: "minimal/claims/settled", want: time.Hour,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, 3600, "ttl") },
		},
		"PlatformWhileMoving": {
			reason: "But not for a cache that moves.", stage: "minimal/claims/nothing-yet", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, 3600, "ttl") },
		},
		"LookedUp":   {reason: "A Secret that only a look-up tells of changes unseen.", stage: "auth-token-secret/namespaced/settled", want: time.Minute},
		"NothingYet": {reason: "The owners of what has the same label are looked up.", stage: "minimal/namespaced/nothing-yet", want: time.Minute},
		"Refused": {
			reason: "A change is refused.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "engineVersion", "6.2") },
		},
		"Wrong": {
			reason: "The claim is wrong.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "snapshotRetentionLimit", 36) },
		},
		"Fatal": {
			reason: "The Input is wrong.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "x", "region") },
		},
		"Changing": {
			reason: "A change is under way.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "nodeType", "cache.t4g.small") },
		},
		"Paused": {
			reason: "A resource is paused by hand.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), "true", "metadata", "annotations", "crossplane.io/paused")
			},
		},
		"Unpublished": {
			reason: "Crossplane has not published the URL, and does not watch that Secret.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) { req.GetObserved().GetComposite().ConnectionDetails = nil },
		},
		"Unreported": {
			reason: "The provider has lost sight of the cache.", stage: "minimal/claims/settled", want: time.Minute,
			change: func(req *fnv1.RunFunctionRequest) {
				delete(observed(req, resources.ReplicationGroup).GetFields(), "status")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			if tc.change != nil {
				tc.change(req)
			}
			if got := ttlOf(t, req); got != tc.want {
				t.Errorf("%s\nasked again after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}

// TestRestIsEnded: what Crossplane watches is seen at once however long a cache rests, and
// what it does not watch after the TTL.
func TestRestIsEnded(t *testing.T) {
	const at, after = time.Second, 10*time.Minute + time.Second
	for name, tc := range map[string]struct {
		reason  string
		flavour string
		do      func(cluster)
		within  time.Duration
		done    func(cluster) bool
	}{
		"Edit": {
			reason: "The composite is watched.", flavour: flavourClaims, within: at,
			do:   func(c cluster) { c.edit(map[string]any{"numCacheNodes": int64(2)}) },
			done: func(c cluster) bool { return c.Response.GetMeta().GetTtl().AsDuration() == time.Minute },
		},
		"Resource": {
			reason: "So is what is composed.", flavour: flavourClaims, within: at,
			do: func(c cluster) {
				c.EditComposed(resources.ReplicationGroup, func(o *unstructured.Unstructured) {
					_ = unstructured.SetNestedField(o.Object, "cache.t4g.small", "spec", "forProvider", "nodeType")
				})
			},
			done: func(c cluster) bool {
				got, _, _ := unstructured.NestedString(c.Composed()[resources.ReplicationGroup].Object, "spec", "forProvider", "nodeType")
				return got == "cache.t3.micro"
			},
		},
		"ComposedSecret": {
			reason: "The Secret of the namespaced flavour is composed.", flavour: flavourNamespaced, within: at,
			do:   func(c cluster) { c.DeleteSecret(urlSecret(c)) },
			done: func(c cluster) bool { return len(c.Published()["REDIS_URL"]) > 0 },
		},
		"PublishedSecret": {
			reason: "The Secret of a claim's composite is not watched.", flavour: flavourClaims, within: after,
			do:   func(c cluster) { c.DeleteSecret(urlSecret(c)) },
			done: func(c cluster) bool { return len(c.Published()["REDIS_URL"]) > 0 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := settled(t, tc.flavour)
			if got := c.Response.GetMeta().GetTtl().AsDuration(); got != 10*time.Minute {
				t.Fatalf("the cache does not rest: asked again after %s", got)
			}
			tc.do(c)
			if tc.done(c) {
				t.Fatalf("%s: the test changes nothing", tc.reason)
			}
			c.run(tc.within)
			if !tc.done(c) {
				t.Errorf("%s: not seen within %s", tc.reason, tc.within)
			}
		})
	}
}

// urlSecret of a composite: its namespace and name.
func urlSecret(c cluster) (namespace, name string) {
	xr := c.XR()
	name, _, _ = unstructured.NestedString(xr.Object, "spec", "writeConnectionSecretToRef", "name")
	if xr.GetNamespace() != "" {
		return xr.GetNamespace(), name
	}
	return connectionNamespace, name
}
