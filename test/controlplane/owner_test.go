package controlplane

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestOneOwner: two teams ask for the same app and environment, one after the other.
// The second is told who has the cache, and nothing of the first changes.
func TestOneOwner(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			first, second := twins(t, f, "own-"+f.name)
			ctx := t.Context()
			if err := first.ask(ctx); err != nil {
				t.Fatal(err)
			}
			if err := first.ready(ctx, 2*time.Minute); err != nil {
				t.Fatal(err)
			}
			before, err := first.identities(ctx)
			if err != nil {
				t.Fatal(err)
			}
			since := plane.provider.now()
			if err := second.ask(ctx, "nodeType: cache.m7g.large", "maxmemoryPolicy: noeviction"); err != nil {
				t.Fatal(err)
			}
			if err := eventually(ctx, time.Minute, "the second is told", second.isToldOf(first)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // As long as anything could take that must not be.
			for kind, r := range second.managed {
				if list, err := second.composed(ctx, kind); err != nil || len(list) > 0 {
					t.Errorf("expected nothing to be made for the second, there are %d %s, %v", len(list), r.Resource, err)
				}
			}
			if after, err := first.identities(ctx); err != nil || !cmp.Equal(before, after) {
				t.Errorf("expected the first to stay as it is: %v\n%s", err, cmp.Diff(before, after))
			}
			for _, q := range plane.provider.cloud.Log() {
				if strings.HasPrefix(q.Resource, first.clusterID()) && q.Time.After(since) {
					t.Errorf("expected AWS to be asked for nothing: %s", q)
				}
			}
			if err := first.remove(ctx); err != nil {
				t.Fatal(err)
			}
			if err := second.ready(ctx, 3*time.Minute); err != nil {
				t.Errorf("expected the second to go on when the first is gone: %v", err)
			}
			if err := second.remove(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOneOwnerAtOnce: two teams ask at the same moment. One of them has the cache, and
// the other waits, has nothing in AWS, and can be deleted at once.
func TestOneOwnerAtOnce(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			a, b := twins(t, f, "once-"+f.name)
			ctx := t.Context()
			asked := make(chan error, 2)
			for _, c := range []cache{a, b} {
				go func() { asked <- c.ask(ctx) }()
			}
			if err := errors.Join(<-asked, <-asked); err != nil {
				t.Fatal(err)
			}
			// Each composite hears of what happens to both.
			if err := eventually(ctx, fewLooks, "one of them is ready", func(ctx context.Context) error {
				if err := a.is("Ready", "True")(ctx); err == nil {
					return nil
				}
				return b.is("Ready", "True")(ctx)
			}); err != nil {
				t.Fatal(err)
			}
			winner, loser := a, b
			if a.is("Ready", "True")(ctx) != nil {
				winner, loser = b, a
			}
			if err := eventually(ctx, time.Minute, "the other is told", loser.isToldOf(winner)); err != nil {
				t.Error(err)
			}
			for _, q := range plane.provider.cloud.Log() {
				if strings.HasPrefix(q.Resource, winner.clusterID()) && strings.HasPrefix(q.Name, "Create") && q.Refused() {
					t.Errorf("expected AWS to be asked once: %s", q)
				}
			}
			for _, c := range []cache{loser, winner} {
				if err := c.remove(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// twins are caches of one name, of two teams.
func twins(t *testing.T, f flavour, name string) (first, second cache) {
	t.Helper()
	var out []cache
	for _, n := range []string{"one", "two"} {
		team, err := plane.newTeam(t.Context(), name+"-"+n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, cache{flavour: f, team: team, name: name})
	}
	return out[0], out[1]
}

// isToldOf the owner of the cache that it asked for.
func (c cache) isToldOf(owner cache) func(context.Context) error {
	return func(ctx context.Context) error {
		o, err := c.claim(ctx)
		if err != nil {
			return err
		}
		told := conditionOf(o, "Accepted")
		if told.Status != "False" || !strings.Contains(told.Message, fmt.Sprintf("%q in the namespace %q", owner.name, owner.team.namespace)) {
			return fmt.Errorf("it is told %s: %s", told.Status, told.Message)
		}
		return nil
	}
}
