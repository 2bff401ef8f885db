package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// defaultTTL of the Input.
const defaultTTL = 10 * time.Minute

// TestScale makes many caches at once, and looks at what they cost: until they are
// there, when nothing happens anymore, and when all are looked at again and again.
func TestScale(t *testing.T) {
	// Not as many as there may be: a run for everyone is to end within minutes.
	numbers := []int{8, 8}
	if given := os.Getenv(envScale); given != "" {
		for i, n := range strings.SplitN(given, ",", len(numbers)) {
			var err error
			if numbers[i], err = strconv.Atoi(n); err != nil {
				t.Fatalf("%s: %v", envScale, err)
			}
		}
	}
	team, err := plane.newTeam(t.Context(), "scale")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range flavours {
		if numbers[i] == 0 {
			continue
		}
		t.Run(fmt.Sprintf("%s/%d", f.name, numbers[i]), func(t *testing.T) {
			s := scale{flavour: f}
			for n := range numbers[i] {
				s.caches = append(s.caches, cache{flavour: f, team: team, name: fmt.Sprintf("%s%s-%d", idealPrefix, f.name[:1], n)})
			}
			s.composition(t, defaultTTL)
			s.create(t)
			s.rest(t, 20*time.Second)
			if os.Getenv(envScale) != "" {
				s.compareTTLs(t)
			}
			s.rounds(t)
			s.remove(t)
		})
	}
}

// A scale is many caches of one flavour.
type scale struct {
	flavour

	caches []cache
	choice string // Of their Composition, in a claim.
}

// usage of the function, beside all that runs.
type usage struct {
	calls                          int
	function, core, apiServer, all time.Duration
	memory                         float64
}

func use(t *testing.T) usage {
	t.Helper()
	calls, err := plane.kubelet.calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u := usage{
		calls: calls, function: plane.kubelet.function().cpu(), memory: plane.kubelet.function().memory(),
		core: plane.xp.core.cpu(), apiServer: plane.kube.apiServer.cpu(),
	}
	for _, p := range []*process{plane.kube.etcd, plane.kube.apiServer, plane.kube.controllers, plane.xp.core, plane.xp.rbac, plane.kubelet.function()} {
		u.all += p.cpu()
	}
	return u
}

// since another moment.
func (u usage) since(was usage) string {
	calls, function, all := u.calls-was.calls, u.function-was.function, u.all-was.all
	return fmt.Sprintf("the function took %s of %s of processor time (%.1f%%) for %d calls, and has %.0f MiB of memory; Crossplane took %s, the API server %s",
		function.Round(10*time.Millisecond), all.Round(10*time.Millisecond), 100*function.Seconds()/max(all.Seconds(), 0.01), calls, u.memory,
		(u.core - was.core).Round(10*time.Millisecond), (u.apiServer - was.apiServer).Round(10*time.Millisecond))
}

// composition of the caches, with a time that Crossplane leaves them alone at rest.
func (s *scale) composition(t *testing.T, ttl time.Duration) {
	t.Helper()
	var err error
	if s.choice, err = s.compositionWith(t.Context(), "resting", map[string]any{"ttl": int64(ttl.Seconds())}); err != nil {
		t.Fatal(err)
	}
}

// compareTTLs of the shortest and the default length, each for as long as it takes to look
// at every cache once.
func (s *scale) compareTTLs(t *testing.T) {
	t.Helper()
	for _, ttl := range []time.Duration{time.Minute, defaultTTL} {
		s.composition(t, ttl)
		t.Logf("ttl %s:", ttl)
		s.rest(t, ttl)
	}
}

// forAll caches, some at a time.
func (s *scale) forAll(t *testing.T, f func(context.Context, cache) error) {
	t.Helper()
	queue := make(chan cache)
	var workers sync.WaitGroup
	var mx sync.Mutex
	var failed []error
	for range 16 {
		workers.Go(func() {
			for c := range queue {
				if err := f(t.Context(), c); err != nil {
					mx.Lock()
					failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
					mx.Unlock()
				}
			}
		})
	}
	for _, c := range s.caches {
		queue <- c
	}
	close(queue)
	workers.Wait()
	if len(failed) > 0 {
		t.Fatalf("%d of %d failed: %v", len(failed), len(s.caches), errors.Join(failed[:min(3, len(failed))]...))
	}
}

// create them all.
func (s *scale) create(t *testing.T) {
	t.Helper()
	start, before := time.Now(), use(t)
	s.forAll(t, func(ctx context.Context, c cache) error { return c.ask(ctx, s.choice) })
	asked := time.Since(start)
	if err := s.allReady(t.Context(), s.patience()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d caches asked for in %.0f s, ready after %.0f s; %s", len(s.caches), asked.Seconds(), time.Since(start).Seconds(), use(t).since(before))
}

// patience grows with the caches: what bounds them is the API server's processor time.
func (s *scale) patience() time.Duration {
	return 5*time.Minute + time.Duration(len(s.caches))*3*time.Second
}

// allReady by one list at a time.
func (s *scale) allReady(ctx context.Context, timeout time.Duration) error {
	return eventually(ctx, timeout, "all caches are ready", func(ctx context.Context) error {
		time.Sleep(time.Second) // A list is work for the API server.
		list, err := plane.admin.list(ctx, s.resource, "scale")
		if err != nil {
			return err
		}
		ready := 0
		for i := range list {
			if hasCondition(&list[i], "Ready", "True") == nil && hasCondition(&list[i], "Provisioned", "True") == nil {
				ready++
			}
		}
		if ready < len(s.caches) {
			return fmt.Errorf("%d of %d are", ready, len(s.caches))
		}
		return nil
	})
}

// versions of all objects that belong to the caches.
func (s *scale) versions(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	for _, r := range append(slices.Clone(s.managed), s.resource, composites, secrets) {
		list, err := plane.admin.in(r, "").List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		for _, o := range list.Items {
			if strings.HasPrefix(o.GetName(), idealPrefix) {
				out[r.Resource+"."+r.Group+" "+o.GetName()] = o.GetResourceVersion()
			}
		}
	}
	return out, nil
}

// rest for a while, not longer than the Input's ttl, in which nothing is to do: nothing is
// written that changes anything, and what Crossplane applies again it applies once.
func (s *scale) rest(t *testing.T, while time.Duration) {
	t.Helper()
	ctx := t.Context()
	plane.provider.pause() // Its polls renew a time in the status of what it looks at.
	defer plane.provider.resume()
	var before map[string]string
	if err := eventually(ctx, s.patience(), "all comes to rest", func(ctx context.Context) error {
		was := before
		var err error
		if before, err = s.versions(ctx); err != nil {
			return err
		}
		if n := different(was, before); len(n) > 0 {
			time.Sleep(3 * time.Second)
			return fmt.Errorf("%d objects were written within three seconds", len(n))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a, err := plane.auditFromNow()
	if err != nil {
		t.Fatal(err)
	}
	usedBefore := use(t)
	time.Sleep(while)
	after, err := s.versions(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if changed := different(before, after); len(changed) > 0 {
		t.Errorf("expected nothing to change in a steady state, %d objects did, such as %s", len(changed), changed[0])
	}
	s.checkWrites(t, a, while)
	t.Logf("in %s of rest %s", while, use(t).since(usedBefore))
}

// different versions, and what is new.
func different(was, is map[string]string) []string {
	var out []string
	for name, version := range is {
		if was[name] != version {
			out = append(out, name)
		}
	}
	return out
}

// checkWrites of a while in which nothing was to do: each of a cache's objects is
// applied by each look at it, of which there is one, or two at the while's edges.
func (s *scale) checkWrites(t *testing.T, a audit, while time.Duration) {
	t.Helper()
	entries, err := a.entries()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	perObject := map[string]int{}
	for _, e := range entries {
		if !strings.HasPrefix(e.ObjectRef.Name, idealPrefix) {
			continue
		}
		what := strings.TrimRight(e.ObjectRef.Resource+"/"+e.ObjectRef.Subresource, "/")
		counts[e.Verb+" "+what]++
		perObject[what+" "+e.ObjectRef.Name]++
	}
	t.Logf("requests in %s of rest, none of which changed anything: %v", while, counts)
	for what, n := range perObject {
		if n > 2 {
			t.Errorf("expected an object to be applied once, or twice at the edges, %s was %d times in %s", what, n, while)
		}
	}
}

// rounds of a look at everything: memory must not grow from one to the next.
func (s *scale) rounds(t *testing.T) {
	t.Helper()
	const rounds = 10
	start := use(t)
	var memory []float64
	for range rounds {
		before := use(t).calls
		s.forAll(t, touched)
		if err := eventually(t.Context(), s.patience(), "all have been looked at", func(ctx context.Context) error {
			calls, err := plane.kubelet.calls(ctx)
			if err == nil && calls < before+len(s.caches) {
				return fmt.Errorf("the function was asked %d times for %d", calls-before, len(s.caches))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		memory = append(memory, plane.kubelet.function().memory())
	}
	t.Logf("memory of the function in MiB after each of %d rounds: %.0f; %s", rounds, memory, use(t).since(start))
	if half := slices.Max(memory[:rounds/2]); slices.Max(memory[rounds/2:]) > half*1.2+10 {
		t.Errorf("expected the function's memory not to grow: %.0f", memory)
	}
}

// remove them all.
func (s *scale) remove(t *testing.T) {
	t.Helper()
	start := time.Now()
	s.forAll(t, func(ctx context.Context, c cache) error {
		return c.team.deleted(ctx, c.resource, c.team.namespace, c.name)
	})
	if err := eventually(t.Context(), s.patience(), "nothing is left", func(ctx context.Context) error {
		time.Sleep(time.Second)
		left, err := s.versions(ctx)
		if err == nil && len(left) > 0 {
			return fmt.Errorf("%d objects are", len(left))
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	t.Logf("all gone after %.0f s", time.Since(start).Seconds())
}
