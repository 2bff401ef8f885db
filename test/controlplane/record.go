package controlplane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// A record of what happens to some caches from now on. At its end it is held against
// what is promised: nothing that AWS has is ever deleted or made twice, and no URL
// goes backwards.
type record struct {
	audit  audit
	since  time.Time // In the model.
	caches []cache
	made   bool // Whether the caches were there before.

	// scaledAgain allows a provider that was restarted to ask again for the nodes that AWS
	// is adding: it waits for the cache to be available, which it is with all of them, and
	// AWS refuses the request as one for the number it has.
	scaledAgain bool
}

// recordCreation of caches that are yet to be asked for, or go on with those that are.
func newRecord(t *testing.T, made bool, caches ...cache) record {
	t.Helper()
	a, err := plane.auditFromNow()
	if err != nil {
		t.Fatal(err)
	}
	return record{audit: a, since: plane.provider.now(), caches: caches, made: made}
}

// check the promises.
func (r record) check(t *testing.T) {
	t.Helper()
	entries, err := r.audit.entries()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.caches {
		resource, namespace, composite, err := c.composite(t.Context())
		if err != nil {
			t.Error(err)
			continue
		}
		xr, err := plane.admin.get(t.Context(), resource, namespace, composite)
		if err != nil {
			t.Error(err)
			continue
		}
		if conditionOf(xr, "Responsive").Status == "False" {
			t.Errorf("expected Crossplane to go on listening to %s: %s", composite, conditionOf(xr, "Responsive"))
		}
		if err := r.checkManaged(entries, c, composite); err != nil {
			t.Error(err)
		}
		all := urls(entries, c.team.namespace, c.name)
		if err := backwards(all); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := r.checkAWS(c); err != nil {
			t.Error(err)
		}
	}
}

// checkManaged resources of a cache: each is made once, and none is deleted. Fewer in the
// log are no fault: an API server that is killed loses what it has done and not logged
// yet, and that all are there is seen by the cache being ready.
func (r record) checkManaged(entries []entry, c cache, composite string) error {
	made := map[string]int{}
	for _, e := range entries {
		ref := e.ObjectRef
		if !e.managed() || !strings.HasPrefix(ref.Name, composite+"-") {
			continue
		}
		if e.deleted() {
			return fmt.Errorf("a managed resource was deleted: %s", e)
		}
		if e.created() {
			made[ref.Resource+" "+ref.Name]++
		}
	}
	want := len(c.managed)
	if r.made {
		want = 0
	}
	if len(made) > want {
		return fmt.Errorf("expected at most %d managed resources to be made for %s, there were %v", want, c.name, made)
	}
	return nil
}

// checkAWS: what was asked of it for a cache.
func (r record) checkAWS(c cache) error {
	for _, q := range plane.provider.cloud.Log() {
		if !strings.HasPrefix(q.Resource, c.clusterID()) && q.Resource != c.parameter() || q.Time.Before(r.since) {
			continue
		}
		if strings.HasPrefix(q.Name, "Delete") {
			return fmt.Errorf("AWS was asked to delete: %s", q)
		}
		if q.Refused() && !r.allows(q) {
			return fmt.Errorf("AWS was asked for what it does not allow: %s", q)
		}
	}
	return nil
}

// allows a request that AWS refused.
func (r record) allows(q aws.Request) bool {
	return r.scaledAgain && q.Name == "IncreaseReplicaCount" && q.Error.Code == aws.CodeParameterValue
}

// A stage that a cache comes to, and how it is seen.
type stage struct {
	name    string
	reached func(context.Context, cache) error
}

// An edit of a claim, and the stages that its cache comes to. A stage stays reached when
// the next one is, so that of two caches one may be ahead.
type edit struct {
	spec   []string
	stages []stage
}

// stage of a name.
func (e edit) stage(name string) stage {
	return e.stages[slices.IndexFunc(e.stages, func(s stage) bool { return s.name == name })]
}

// only some stages of the edit.
func (e edit) only(names ...string) edit {
	out := edit{spec: e.spec}
	for _, name := range names {
		out.stages = append(out.stages, e.stage(name))
	}
	return out
}

// creation of a cache with five values.
var creation = edit{stages: []stage{
	{"asked", func(ctx context.Context, c cache) error {
		_, err := c.claim(ctx)
		return err
	}},
	{"composed", func(ctx context.Context, c cache) error {
		_, err := c.one(ctx, subnetGroups)
		return err
	}},
	{"groups ready", func(ctx context.Context, c cache) error {
		sg, err := c.one(ctx, subnetGroups)
		if err != nil {
			return err
		}
		return hasCondition(sg, "Ready", "True")
	}},
	{"let go", func(ctx context.Context, c cache) error {
		rg, err := c.one(ctx, replicationGroups)
		if err != nil {
			return err
		}
		if rg.GetAnnotations()["crossplane.io/paused"] == "true" || onlyObserves(rg) {
			return fmt.Errorf("%s is held", rg.GetName())
		}
		return nil
	}},
	{"made by AWS", func(ctx context.Context, c cache) error {
		rg, err := c.one(ctx, replicationGroups)
		if err != nil {
			return err
		}
		return hasCondition(rg, "Ready", "True")
	}},
	{"published", func(ctx context.Context, c cache) error {
		_, err := c.details(ctx)
		return err
	}},
	{"in Parameter Store", func(_ context.Context, c cache) error {
		_, err := plane.provider.cloud.GetParameter("eu-central-1", c.parameter())
		return err
	}},
}}

// onlyObserves reports whether the provider may not change anything of a managed resource.
func onlyObserves(mr *unstructured.Unstructured) bool {
	policies, _, _ := unstructured.NestedStringSlice(mr.Object, "spec", "managementPolicies")
	return slices.Equal(policies, []string{"Observe"})
}

// scaling from one node to two.
var scaling = edit{spec: []string{"numCacheNodes: 2", "maxmemoryPolicy: noeviction"}, stages: []stage{
	creation.stage("asked"),
	{"desired", replicationGroupHas("2", "spec", "forProvider", "numCacheClusters")},
	{"accepted by AWS", func(_ context.Context, c cache) error {
		if g, _ := plane.provider.has(c.clusterID()); g.Status != "modifying" && g.Nodes != 2 {
			return fmt.Errorf("the group is %s with %d nodes", g.Status, g.Nodes)
		}
		return nil
	}},
	{"done by AWS", replicationGroupHas("2", "status", "atProvider", "numCacheClusters")},
	{"published", publishes("REDIS_READER_HOST", "")},
}}

// encryption of what was plain, in two steps.
var encryption = edit{spec: slices.Concat(scaling.spec, []string{"transitEncryption: Required"}), stages: []stage{
	{"asked for Preferred", replicationGroupHas("true", "spec", "forProvider", "transitEncryptionEnabled")},
	{"accepting TLS", replicationGroupHas("true", "status", "atProvider", "transitEncryptionEnabled")},
	{"published with TLS", publishes("REDIS_URL", "rediss://")},
	{"asked for Required", replicationGroupHas("required", "spec", "forProvider", "transitEncryptionMode")},
	{"demanding TLS", replicationGroupHas("required", "status", "atProvider", "transitEncryptionMode")},
}}

// authentication by a token, in two steps.
var authentication = edit{spec: slices.Concat(encryption.spec, []string{"enableAuthToken: true"}), stages: []stage{
	{"asked for ROTATE", replicationGroupHas("true", "spec", "forProvider", "autoGenerateAuthToken")},
	{"accepting a token", func(_ context.Context, c cache) error { return c.demands(false) }},
	{"published with a token", publishes("REDIS_PASSWORD", "")},
	{"asked for SET", replicationGroupHas("SET", "spec", "forProvider", "authTokenUpdateStrategy")},
	{"demanding a token", func(_ context.Context, c cache) error { return c.demands(true) }},
}}

// replicationGroupHas a value at a path.
func replicationGroupHas(want string, path ...string) func(context.Context, cache) error {
	return func(ctx context.Context, c cache) error {
		rg, err := c.one(ctx, replicationGroups)
		if err != nil {
			return err
		}
		if got, _, _ := unstructured.NestedFieldNoCopy(rg.Object, path...); fmt.Sprint(got) != want {
			return fmt.Errorf("%s is %v", strings.Join(path, "."), got)
		}
		return nil
	}
}

// publishes reports whether a key of the Secret has a value that begins so.
func publishes(key, prefix string) func(context.Context, cache) error {
	return func(ctx context.Context, c cache) error {
		d, err := c.details(ctx)
		if err == nil && (d[key] == "" || !strings.HasPrefix(d[key], prefix)) {
			return fmt.Errorf("%s has no %s that begins with %q", c.name, key, prefix)
		}
		return err
	}
}

// demands reports whether AWS takes one token, and whether it takes nobody without.
func (c cache) demands(token bool) error {
	tokens, passwordless := plane.provider.cloud.Access("eu-central-1", c.clusterID())
	if len(tokens) != 1 || token && passwordless {
		return fmt.Errorf("%s has %d tokens, and serves clients without one: %t", c.name, len(tokens), passwordless)
	}
	return nil
}
