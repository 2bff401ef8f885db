package controlplane

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestRoads takes over caches that AWS has already, on each road that leads to one, while
// clients go on using them, and counts what they are refused.
func TestRoads(t *testing.T) {
	roads := map[string]struct {
		reason string
		auth   bool
		exists func(*road)
	}{
		"terraform": {
			reason: "A cache of the Terraform module stays as it is.",
			exists: func(r *road) { r.madeByTerraform("", []string{"subnet-a", "subnet-b"}, []string{"sg-1"}) },
		},
		"tf-auth": {
			reason: "One with AUTH gets another token beside the one that only Terraform knows.",
			auth:   true,
			exists: func(r *road) {
				r.madeByTerraform("a-token-that-terraform-knows", []string{"subnet-a", "subnet-b"}, []string{"sg-1"})
			},
		},
		"orphan": {
			reason: "A cache that a claim left in AWS is taken over by the next one, although its token went with the first.",
			auth:   true,
			exists: func(r *road) {
				r.madeBy(r.cache, "enableAuthToken: true")
				r.removed(*r.old)
			},
		},
		"flavour": {
			reason: "A cache moves from one flavour to the other.",
			auth:   true,
			exists: func(r *road) {
				old := r.cache
				old.flavour = flavours[slices.IndexFunc(flavours, func(f flavour) bool { return f.name != r.flavour.name })]
				r.madeBy(old, "enableAuthToken: true")
				r.removed(old)
			},
		},
		"cluster": {
			reason: "A cache moves to another cluster, which has nothing of the first but AWS.",
			exists: func(r *road) {
				old := r.cache
				old.team = newTeam(r.t, r.name+"-old")
				r.madeBy(old, "transitEncryption: Required")
				r.show = r.hide()
			},
		},
	}
	for _, f := range flavours {
		for name, tc := range roads {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newRoad(t, f, name)
				tc.exists(r)
				r.isRefused()
				r.preview()
				if r.show != nil {
					r.givesUp()
				}
				r.takeOver()
				if tc.auth {
					r.ask("authTokenUpdateStrategy: SET")
					r.untilOneToken()
					r.settled()
				}
				r.leaves()
				r.finish(tc.reason)
			})
		}
	}
}

// TestDeletedManagedResource has somebody delete each managed resource of a cache that
// stays in AWS, also while a run is under way: the cache is managed again, and nobody is
// refused.
func TestDeletedManagedResource(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, f, "deleted")
			r.madeBy(r.cache, "enableAuthToken: true")
			for _, kind := range []int{subnetGroups, parameterGroups, parameters, replicationGroups} {
				was := r.managed1(kind)
				if err := plane.admin.deleted(r.ctx, r.managed[kind], was.GetNamespace(), was.GetName()); err != nil {
					t.Fatal(err)
				}
				if err := eventually(r.ctx, time.Minute, "there is another one", func(ctx context.Context) error {
					is, err := r.one(ctx, kind)
					if err != nil {
						return err
					}
					if is.GetUID() == was.GetUID() || onlyObserves(is) {
						return fmt.Errorf("%s is the old one, or only observes: %v", is.GetName(), conditions(is))
					}
					return hasCondition(is, "Ready", "True")
				}); err != nil {
					t.Fatal(err)
				}
				r.settled()
			}
			r.restartClients("rediss://:")
			r.leaves()
			r.finish("Whoever deletes a managed resource under Orphan changes nothing in AWS.")
		})
	}
}

// A road to a cache that exists, with clients of three kinds: one that connects anew, one
// that stays connected, and one that reads the URL in Parameter Store each time.
type road struct {
	*journey

	old     *cache // That made it, nil if none did.
	created time.Time
	from    int    // Of AWS's log.
	path    string // In Parameter Store.
	show    func() // Its managed resources, if they are hidden.
}

func newRoad(t *testing.T, f flavour, name string) *road {
	t.Helper()
	name = "road-" + f.name + "-" + name
	return &road{journey: &journey{cache: cache{flavour: f, team: newTeam(t, name), name: name}, t: t, ctx: t.Context(), errors: map[string]int{}}}
}

func newTeam(t *testing.T, name string) *team {
	t.Helper()
	out, err := plane.newTeam(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// madeByTerraform is a cache of the module, with clients.
func (r *road) madeByTerraform(token string, subnets, securityGroups []string) {
	plane.provider.cloud.Add(aws.TerraformModule{
		AppName: r.name, Environment: "dev", SubnetIDs: subnets, SecurityGroupIDs: securityGroups, AuthToken: token,
		Tags: map[string]string{"Environment": "dev"},
	}.Stack())
	r.travel()
}

// madeBy another claim, or by this one.
func (r *road) madeBy(old cache, spec ...string) {
	r.t.Helper()
	r.old = &old
	if err := old.ask(r.ctx, append(spec, "deletionPolicy: Orphan")...); err != nil {
		r.t.Fatal(err)
	}
	if err := old.ready(r.ctx, 2*time.Minute); err != nil {
		r.t.Fatal(err)
	}
	r.travel()
}

// travel with clients, from a cache that is there.
func (r *road) travel() {
	g, _ := plane.provider.has(r.clusterID())
	r.url, r.created = plane.provider.cloud.URL("eu-central-1", r.clusterID()), g.Created
	r.path = r.parameter()
	r.since, r.from = plane.provider.now(), len(plane.provider.cloud.Log())
	r.start()
	r.stopped.Go(func() { r.stay(r.running) })
	r.stopped.Go(func() { r.callPublished(r.running) })
}

// givesUp is the owner in the other cluster: what it has there goes.
func (r *road) givesUp() {
	r.t.Helper()
	if err := r.old.team.deleted(r.ctx, r.old.resource, r.old.team.namespace, r.old.name); err != nil {
		r.t.Fatal(err)
	}
	resource, namespace, name, err := r.old.composite(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := eventually(r.ctx, time.Minute, "its composite is being deleted", func(ctx context.Context) error {
		xr, err := plane.admin.get(ctx, resource, namespace, name)
		if err == nil && xr.GetDeletionTimestamp() == nil {
			return errors.New("it is not")
		}
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	r.show()
	r.removed(*r.old)
}

// removed is the claim of a cache, and all that it has in the API server.
func (r *road) removed(c cache) {
	r.t.Helper()
	if err := c.remove(r.ctx); err != nil {
		r.t.Fatal(err)
	}
}

// hide the cache's managed resources, as if they were in another cluster: nothing leads
// to them from their labels, as long as their composite is paused. It returns how to end
// that.
func (r *road) hide() (show func()) {
	r.t.Helper()
	resource, namespace, name, err := r.old.composite(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	r.patch(resource, namespace, name, `{"metadata":{"annotations":{"crossplane.io/paused":"true"}}}`)
	time.Sleep(3 * time.Second) // Whatever is under way ends.
	for kind := range r.managed {
		mr, err := r.old.one(r.ctx, kind)
		if err != nil {
			r.t.Fatal(err)
		}
		r.patch(r.managed[kind], namespace, mr.GetName(), `{"metadata":{"labels":{"redis.fn.crossplane.io/cluster-id":null}}}`)
	}
	return func() {
		r.patch(resource, namespace, name, `{"metadata":{"annotations":{"crossplane.io/paused":null}}}`)
	}
}

func (r *road) patch(resource schema.GroupVersionResource, namespace, name, patch string) {
	r.t.Helper()
	if _, err := plane.admin.in(resource, namespace).Patch(r.ctx, name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		r.t.Fatal(err)
	}
}

// isRefused is a claim that does not name the cache.
func (r *road) isRefused() {
	r.t.Helper()
	r.looksOnly("Exists", "spec.existing.mode to Preview")
}

// preview of what taking it over would do.
func (r *road) preview() {
	r.t.Helper()
	r.looksOnly("Preview", "spec.existing.mode to TakeOver", "existing: {mode: Preview}")
	o, err := r.claim(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	changes, _, _ := unstructured.NestedStringSlice(o.Object, "status", "changes")
	r.t.Logf("the preview of %s says\n  %s", r.name, strings.Join(changes, "\n  "))
}

// looksOnly is what a claim does that is not accepted for a reason: nothing in AWS
// changes.
func (r *road) looksOnly(reason, says string, spec ...string) {
	r.t.Helper()
	had, start := r.inventory(), time.Now()
	r.ask(spec...)
	if err := eventually(r.ctx, time.Minute, "the claim says "+says, func(ctx context.Context) error {
		o, err := r.claim(ctx)
		if err != nil {
			return err
		}
		if c := conditionOf(o, "Accepted"); c.Status != "False" || c.Reason != reason || !strings.Contains(c.Message, says) {
			return fmt.Errorf("it says %s", c)
		}
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	r.t.Logf("%s of %s after %s", reason, r.name, time.Since(start).Round(100*time.Millisecond))
	time.Sleep(2 * time.Second) // As long as anything could change what must not be.
	if is := r.inventory(); is != had {
		r.t.Errorf("expected nothing in AWS to change, it was\n%s\nand is\n%s", had, is)
	}
}

// inventory of AWS, as far as it is about the cache.
func (r *road) inventory() string {
	var out []string
	for line := range strings.Lines(plane.provider.cloud.Inventory()) {
		if strings.Contains(line, r.clusterID()) || strings.Contains(line, r.parameter()) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// takeOver the cache, start the clients again, and leave out what has become of no use.
func (r *road) takeOver() {
	r.t.Helper()
	start := time.Now()
	r.ask("existing: {mode: TakeOver}")
	r.settled()
	r.t.Logf("%s was taken over in %s", r.name, time.Since(start).Round(100*time.Millisecond))
	scheme, _, _ := strings.Cut(r.url, "://")
	r.restartClients(scheme + "://")
	r.ask()
	r.settled()
}

// leaves is a claim that is deleted, without the cache: nothing of it was made or deleted
// on the way.
func (r *road) leaves() {
	r.t.Helper()
	r.removed(r.cache)
	g, found := plane.provider.has(r.clusterID())
	if !found || g.Created != r.created || g.Status != aws.StatusAvailable {
		r.t.Errorf("expected the cache to stay, it is %t that it exists, made at %s, %s", found, g.Created, g.Status)
	}
	for _, q := range plane.provider.cloud.Written(r.from) {
		if r.isAbout(q) && (strings.HasPrefix(q.Name, "Create") || strings.HasPrefix(q.Name, "Delete")) {
			r.t.Errorf("expected nothing to be made or deleted: %s", q)
		}
	}
}

func (r *road) isAbout(q aws.Request) bool {
	return strings.HasPrefix(q.Resource, r.clusterID()) || q.Resource == r.parameter()
}

// managed1 is the one managed resource of a kind.
func (r *road) managed1(kind int) *unstructured.Unstructured {
	r.t.Helper()
	out, err := r.one(r.ctx, kind)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// stay connected, and connect anew only when the clients are started again.
func (r *road) stay(ctx context.Context) {
	for ctx.Err() == nil {
		url := r.current()
		c, err := plane.redis.connect(url)
		for err == nil && ctx.Err() == nil && url == r.current() {
			if err = c.Ping(ctx).Err(); ctx.Err() == nil {
				r.count("a client that stays connected", err)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if c != nil {
			_ = c.Close() // It is done.
		}
	}
}

// callPublished connects with what is in Parameter Store, as what starts now would.
func (r *road) callPublished(ctx context.Context) {
	for ctx.Err() == nil {
		url, err := r.published()
		if err == nil {
			err = plane.redis.use(ctx, url)
		}
		if again, _ := r.published(); again == url && ctx.Err() == nil {
			r.count("a client that reads Parameter Store", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (r *road) published() (string, error) {
	r.mx.Lock()
	path := r.path
	r.mx.Unlock()
	p, err := plane.provider.cloud.GetParameter("eu-central-1", path)
	if err == nil && p.Value == "" {
		err = errors.New("there is nothing in Parameter Store")
	}
	return p.Value, err
}

func (r *road) current() string {
	r.mx.Lock()
	defer r.mx.Unlock()
	return r.url
}

// count a call, and what came of it.
func (r *road) count(who string, err error) {
	r.mx.Lock()
	defer r.mx.Unlock()
	r.calls++
	if err != nil {
		r.errors[who+": "+err.Error()]++
	}
}
