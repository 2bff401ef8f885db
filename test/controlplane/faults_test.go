package controlplane

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// pairOf caches, one of each flavour, of a team of their own.
func pairOf(t *testing.T, name string) []cache {
	t.Helper()
	team, err := plane.newTeam(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var out []cache
	for _, f := range flavours {
		out = append(out, cache{flavour: f, team: team, name: name + "-" + f.name})
	}
	t.Cleanup(func() {
		for _, c := range out {
			if err := c.remove(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
	})
	return out
}

// each of some caches.
func each(t *testing.T, caches []cache, f func(context.Context, cache) error) {
	t.Helper()
	for _, c := range caches {
		if err := f(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
}

// askAll for some caches. The API server may be down at the moment.
func askAll(t *testing.T, caches []cache, more ...string) {
	t.Helper()
	each(t, caches, func(ctx context.Context, c cache) error {
		return eventually(ctx, 30*time.Second, "the API server takes the claim", func(ctx context.Context) error {
			return c.ask(ctx, more...)
		})
	})
}

func allReady(t *testing.T, caches []cache) {
	t.Helper()
	each(t, caches, func(ctx context.Context, c cache) error { return c.ready(ctx, 2*time.Minute) })
}

// allUsed makes sure that what is published is of use, and the same everywhere. That
// takes as long as watches take to come back after the API server was away.
func allUsed(t *testing.T, caches []cache) {
	t.Helper()
	each(t, caches, func(ctx context.Context, c cache) error {
		return eventually(ctx, 2*time.Minute, "Secret and Parameter Store agree on a URL of use", func(ctx context.Context) error {
			d, err := c.details(ctx)
			if err != nil {
				return err
			}
			p, err := plane.provider.cloud.GetParameter("eu-central-1", c.parameter())
			if err != nil {
				return err
			}
			if p.Value != d["REDIS_URL"] {
				return errors.New("they don't")
			}
			return plane.redis.use(ctx, p.Value)
		})
	})
}

// TestKill ends, at every stage of a creation and of changes, what may end at any
// time. Each is started again as a kubelet would.
func TestKill(t *testing.T) {
	victims := []struct {
		name  string
		kill  func()
		edits []edit
	}{
		{"function", func() { plane.kubelet.function().kill() }, []edit{creation, scaling, encryption, authentication}},
		{"core", func() { plane.xp.core.kill() }, []edit{creation, scaling, encryption, authentication}},
		// A provider that restarts while a token changes takes it for the one that AWS
		// has: docs/reliability.md says that this is not promised.
		{"provider", func() { plane.provider.model.Restart() }, []edit{creation, scaling, encryption}},
	}
	for _, v := range victims {
		t.Run(v.name, func(t *testing.T) { killAtEach(t, "kill-"+v.name, v.kill, v.edits...) })
	}
}

// killAtEach of the stages of some edits. However often it is, the caches come to be
// what was asked for.
func killAtEach(t *testing.T, name string, kill func(), edits ...edit) {
	t.Helper()
	caches := pairOf(t, name)
	r := newRecord(t, false, caches...)
	r.scaledAgain = name == "kill-provider"
	killed := 0
	for _, e := range edits {
		askAll(t, caches, e.spec...)
		for _, s := range e.stages {
			each(t, caches, func(ctx context.Context, c cache) error {
				return eventually(ctx, 2*time.Minute, c.name+" is "+s.name, func(ctx context.Context) error { return s.reached(ctx, c) })
			})
			kill()
			killed++
		}
		allReady(t, caches)
		allUsed(t, caches)
	}
	r.check(t)
	t.Logf("killed %d times", killed)
}

// hasSetting waits for a setting of the server behind the cache.
func (c cache) hasSetting(ctx context.Context, name, want string) error {
	return eventually(ctx, 90*time.Second, name+" is "+want, func(ctx context.Context) error {
		d, err := c.details(ctx)
		if err != nil {
			return err
		}
		got, err := plane.redis.settings(ctx, d["REDIS_URL"], name)
		if err == nil && got[name] != want {
			return fmt.Errorf("it is %s", got[name])
		}
		return err
	})
}

// TestFlicker takes away what the function observes, of caches that run, while the
// provider is down: the function sees it, and nothing comes of it.
func TestFlicker(t *testing.T) {
	caches := pairOf(t, "flicker")
	askAll(t, caches, "enableAuthToken: true")
	allReady(t, caches)
	allUsed(t, caches)
	r := newRecord(t, true, caches...)
	before := allDetails(t, caches)

	plane.provider.pause()
	resumed := false
	defer func() {
		if !resumed {
			plane.provider.resume()
		}
	}()
	each(t, caches, wipeStatus)
	each(t, caches, seenUnready)
	each(t, caches, emptyDetails)
	each(t, caches, touched)
	time.Sleep(3 * time.Second) // Nothing that could be waited for is to change.
	if diff := cmp.Diff(before, allDetails(t, caches)); diff != "" {
		t.Errorf("expected what is published to stay (-before, +after, without values): %d characters of difference", len(diff))
	}
	each(t, caches, func(ctx context.Context, c cache) error {
		rg, err := c.one(ctx, replicationGroups)
		if err == nil && rg.GetAnnotations()["crossplane.io/paused"] != "" {
			return errors.New("the cache is held again")
		}
		return err
	})
	resumed = true
	plane.provider.resume()
	plane.provider.poll()
	allReady(t, caches)
	allUsed(t, caches)
	if diff := cmp.Diff(before, allDetails(t, caches)); diff != "" {
		t.Errorf("expected what is published to be what it was: %d characters of difference", len(diff))
	}
	r.check(t)
}

// TestSecretDeleted by hand comes back as it was.
func TestSecretDeleted(t *testing.T) {
	caches := pairOf(t, "lost")
	askAll(t, caches, "enableAuthToken: true")
	allReady(t, caches)
	before := allDetails(t, caches)
	r := newRecord(t, true, caches...)
	each(t, caches, func(ctx context.Context, c cache) error {
		return c.team.deleted(ctx, secrets, c.team.namespace, c.name)
	})
	each(t, caches, touched)
	each(t, caches, func(ctx context.Context, c cache) error {
		return eventually(ctx, 90*time.Second, "the Secret is there again", func(ctx context.Context) error {
			_, err := c.details(ctx)
			return err
		})
	})
	if diff := cmp.Diff(before, allDetails(t, caches)); diff != "" {
		t.Errorf("expected the Secret to be what it was: %d characters of difference", len(diff))
	}
	allReady(t, caches)
	allUsed(t, caches)
	r.caches = nil // The URL was taken away, by hand. What is managed is checked apart.
	for _, c := range caches {
		if err := r.checkAWS(c); err != nil {
			t.Error(err)
		}
	}
}

func allDetails(t *testing.T, caches []cache) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	each(t, caches, func(ctx context.Context, c cache) (err error) {
		out[c.name], err = c.details(ctx)
		return err
	})
	return out
}

// wipeStatus of all managed resources of a cache.
func wipeStatus(ctx context.Context, c cache) error {
	for kind, r := range c.managed {
		list, err := c.composed(ctx, kind)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Object["status"] = map[string]any{}
			if _, err := plane.admin.in(r, list[i].GetNamespace()).UpdateStatus(ctx, &list[i], metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// emptyDetails of the provider's connection Secret.
func emptyDetails(ctx context.Context, c cache) error {
	rg, err := c.one(ctx, replicationGroups)
	if err != nil {
		return err
	}
	namespace := rg.GetNamespace()
	if namespace == "" {
		namespace = text(rg, "spec", "writeConnectionSecretToRef", "namespace")
	}
	secret, err := plane.admin.get(ctx, secrets, namespace, text(rg, "spec", "writeConnectionSecretToRef", "name"))
	if err != nil {
		return err
	}
	secret.Object["data"] = map[string]any{}
	_, err = plane.admin.in(secrets, namespace).Update(ctx, secret, metav1.UpdateOptions{})
	return err
}

// touched is a claim with an annotation more, which makes Crossplane look again.
func touched(ctx context.Context, c cache) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{"example.org/touched": time.Now().Format(time.RFC3339Nano)}}})
	if err != nil {
		return err
	}
	_, err = c.team.in(c.resource, c.team.namespace).Patch(ctx, c.name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// seenUnready is a composite of which the function has seen that it misses something.
func seenUnready(ctx context.Context, c cache) error {
	return eventually(ctx, 30*time.Second, "the function sees it", func(ctx context.Context) error {
		return c.is("Provisioned", "False")(ctx)
	})
}

// TestUpgrade replaces the function by its next version, in the middle of a creation.
func TestUpgrade(t *testing.T) {
	caches := pairOf(t, "upgrade")
	r := newRecord(t, false, caches...)
	askAll(t, caches)
	each(t, caches, func(ctx context.Context, c cache) error {
		return eventually(ctx, time.Minute, "the cache is let go", func(ctx context.Context) error { return creation.stage("let go").reached(ctx, c) })
	})
	if err := plane.useFunction(t.Context(), version2); err != nil {
		t.Fatal(err)
	}
	allReady(t, caches)
	allUsed(t, caches)
	r.check(t)

	r = newRecord(t, true, caches...)
	if err := plane.useFunction(t.Context(), version1); err != nil {
		t.Fatal(err)
	}
	allReady(t, caches)
	r.check(t)
}

// useFunction of another version, through the package manager.
func (p *controlPlane) useFunction(ctx context.Context, version string) error {
	ref := functionPackage + ":" + version
	patch := fmt.Sprintf(`{"spec":{"package":%q}}`, ref)
	if _, err := p.admin.Resource(functions).Patch(ctx, functionName, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := healthy(ctx, p.admin, functions, functionName, ref); err != nil {
		return err
	}
	return eventually(ctx, time.Minute, "the function of "+ref+" runs", func(ctx context.Context) error {
		f, err := p.admin.get(ctx, functions, "", functionName)
		if err != nil {
			return err
		}
		if revision := text(f, "status", "currentRevision"); !p.kubelet.runs(revision) {
			return fmt.Errorf("%s does not run", revision)
		}
		return nil
	})
}

// TestThrottled has AWS refuse to answer for a while.
func TestThrottled(t *testing.T) {
	caches := pairOf(t, "throttled")
	askAll(t, caches)
	allReady(t, caches)
	r := newRecord(t, true, caches...)
	plane.provider.cloud.Throttle("", plane.provider.now().Add(5*time.Second*time.Duration(speed)))
	askAll(t, caches, "maxmemoryPolicy: noeviction")
	each(t, caches, func(ctx context.Context, c cache) error {
		return eventually(ctx, 20*time.Second, "the claim tells what AWS says", func(ctx context.Context) error {
			o, err := c.claim(ctx)
			if err != nil {
				return err
			}
			if said := conditionOf(o, "Provisioned"); said.Reason != "Failing" || !strings.Contains(said.Message, "Throttling") {
				return fmt.Errorf("it says %s", said)
			}
			return nil
		})
	})
	each(t, caches, func(ctx context.Context, c cache) error { return c.hasSetting(ctx, "maxmemory-policy", "noeviction") })
	allReady(t, caches)
	allUsed(t, caches)
	r.check(t)
}

// TestPolling does without the watches that tell Crossplane at once what has changed.
func TestPolling(t *testing.T) {
	if err := plane.xp.restart(t.Context(), "--enable-realtime-compositions=false", "--poll-interval=3s"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := plane.xp.restart(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	caches := pairOf(t, "polling")
	r := newRecord(t, false, caches...)
	askAll(t, caches, "enableAuthToken: true")
	allReady(t, caches)
	plane.xp.core.kill()
	askAll(t, caches, "enableAuthToken: true", "maxmemoryPolicy: noeviction")
	each(t, caches, func(ctx context.Context, c cache) error { return c.hasSetting(ctx, "maxmemory-policy", "noeviction") })
	allReady(t, caches)
	allUsed(t, caches)
	r.check(t)
}
