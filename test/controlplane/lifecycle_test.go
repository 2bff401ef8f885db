package controlplane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLifecycle follows a cache from the team's first line to the last trace of it.
func TestLifecycle(t *testing.T) {
	cases := map[string]struct {
		reason string
		app    string
		spec   []string
		url    string // What it begins with.
	}{
		"FiveValues": {
			reason: "Five values should be enough for a cache that anyone in its network can use.",
			app:    "five",
			url:    "redis://life-", // The name of a cache without TLS begins with its id.
		},
		"GeneratedToken": {
			reason: "AUTH should turn TLS on, and the URL should have both.",
			app:    "auth",
			spec:   []string{"enableAuthToken: true", "timeoutSeconds: 600", "maxmemoryPolicy: noeviction"},
			url:    "rediss://:",
		},
	}
	for _, f := range flavours {
		for name, tc := range cases {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				team, err := plane.newTeam(t.Context(), "life-"+f.name+"-"+tc.app)
				if err != nil {
					t.Fatal(err)
				}
				c := cache{flavour: f, team: team, name: "life-" + f.name + "-" + tc.app}
				l := life{cache: c, spec: tc.spec, url: tc.url}
				for _, step := range []func(*testing.T){l.create, l.checkColumns, l.connect, l.edit, l.delete} {
					if step(t); t.Failed() {
						t.Fatal(tc.reason)
					}
				}
				if !strings.HasPrefix(l.details["REDIS_URL"], tc.url) {
					t.Errorf("%s: the URL should begin with %s", tc.reason, tc.url)
				}
			})
		}
	}
}

// A life of a cache.
type life struct {
	cache

	spec    []string
	url     string // What REDIS_URL begins with.
	details map[string]string
}

// create the cache, and watch what its claim says meanwhile.
func (l *life) create(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if err := l.ask(ctx, l.spec...); err != nil {
		t.Fatal(err)
	}
	var said []string
	err := eventually(ctx, time.Minute, l.name+" is ready", func(ctx context.Context) error {
		o, err := l.claim(ctx)
		if err != nil {
			return err
		}
		now := fmt.Sprintf("%s %s %s ready=%s", conditionOf(o, "Accepted").Status, conditionOf(o, "Provisioned").Reason, conditionOf(o, "URLPublished").Status, conditionOf(o, "Ready").Status)
		if p := conditionOf(o, "Provisioned"); p.Reason == "Failing" {
			now += " " + p.Message
		}
		if len(said) == 0 || said[len(said)-1] != now {
			said = append(said, now)
		}
		return hasCondition(o, "Ready", "True")
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s said one after the other: %s", l.name, strings.Join(said, "; "))
	l.checkStages(t, said)
	if err := l.ready(ctx, 10*time.Second); err != nil {
		t.Error(err)
	}
	for kind, r := range l.managed {
		if _, err := l.one(ctx, kind); err != nil {
			t.Errorf("expected one of %s: %v", r.Resource, err)
		}
	}
}

// checkStages of a creation: what is accepted stays so, and what is ready has been
// published.
func (l *life) checkStages(t *testing.T, said []string) {
	t.Helper()
	if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "True Creating False") }) {
		t.Errorf("expected the claim to say that the cache is being created, it said %q", said)
	}
	for _, s := range said {
		if strings.HasPrefix(s, "False") || strings.Contains(s, "Failing") {
			t.Errorf("expected nothing to go wrong on the way, the claim said %q", s)
		}
		if strings.Contains(s, "ready=True") && !strings.HasPrefix(s, "True Available True") {
			t.Errorf("expected a claim to be ready only with all that it needs, it said %q", s)
		}
	}
}

// checkColumns: kubectl get tells the truth about the cache.
func (l *life) checkColumns(t *testing.T) {
	t.Helper()
	out, err := plane.kube.kubectl(t.Context(), l.team.kubeconfig, "", "get", l.resource.Resource+"."+l.resource.Group, l.name, "-n", l.team.namespace)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	header, row, _ := strings.Cut(strings.TrimSpace(out), "\n")
	columns := strings.Join(strings.Fields(header), " ")
	want := "ENGINE VERSION TYPE NODES TLS AUTH STAGE"
	tls, auth := "Disabled", "Disabled"
	if strings.HasPrefix(l.url, "rediss") {
		tls, auth = "Required", "Enabled"
	}
	values := fmt.Sprintf("redis 7.1.0 cache.t3.micro 1 %s %s Settled", tls, auth)
	if !strings.Contains(columns, want) || !strings.Contains(strings.Join(strings.Fields(row), " "), values) {
		t.Errorf("expected the columns %q with %q, kubectl says\n%s", want, values, out)
	}
	t.Logf("kubectl get:\n%s", out)
}

// connect with what was published, by two clients.
func (l *life) connect(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	var err error
	if l.details, err = l.cache.details(ctx); err != nil {
		t.Fatal(err)
	}
	url := l.details["REDIS_URL"]
	parameter, err := plane.provider.cloud.GetParameter("eu-central-1", l.parameter())
	if err != nil {
		t.Fatal(err)
	}
	if parameter.Value != url || parameter.Type != "SecureString" {
		t.Errorf("expected a SecureString with the Secret's URL in Parameter Store, it is a %s, and equal is %t", parameter.Type, parameter.Value == url)
	}
	want := map[string]string{"maxmemory-policy": "allkeys-lru", "timeout": "300"}
	if len(l.spec) > 0 {
		want = map[string]string{"maxmemory-policy": "noeviction", "timeout": "600"}
	}
	if err := plane.redis.use(ctx, url); err != nil {
		t.Errorf("expected go-redis to use the URL: %v", err)
	}
	l.checkSettings(t, want)
	for _, args := range [][]string{{"PING"}, {"SET", "key", "value"}} {
		if out, err := plane.redis.cli(ctx, url, args...); err != nil || (out != "PONG" && out != "OK") {
			t.Errorf("expected redis-cli to use the URL, %v answers %q, %v", args, out, err)
		}
	}
	l.checkOthersAreRefused(t, url)
}

// checkSettings that the server has in the end: the provider sets them after the
// group is there.
func (l *life) checkSettings(t *testing.T, want map[string]string) {
	t.Helper()
	if err := eventually(t.Context(), 30*time.Second, "the server has its settings", func(ctx context.Context) error {
		got, err := plane.redis.settings(ctx, l.details["REDIS_URL"], "maxmemory-policy", "timeout")
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("-want, +got:\n%s", diff)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// checkOthersAreRefused: without TLS, and without the token.
func (l *life) checkOthersAreRefused(t *testing.T, url string) {
	t.Helper()
	if !strings.HasPrefix(url, "rediss://") {
		return
	}
	if plane.redis.use(t.Context(), strings.Replace(url, "rediss://", "redis://", 1)) == nil {
		t.Error("expected a client without TLS to be refused")
	}
	bare := "rediss://" + l.details["REDIS_HOST"] + ":" + l.details["REDIS_PORT"]
	if plane.redis.use(t.Context(), bare) == nil {
		t.Error("expected a client without the token to be refused")
	}
}

// edit the claim: the cache changes in place.
func (l *life) edit(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	before, err := l.identities(ctx)
	if err != nil {
		t.Fatal(err)
	}
	spec := slices.DeleteFunc(slices.Clone(l.spec), func(s string) bool { return strings.HasPrefix(s, "maxmemoryPolicy") })
	if err := l.ask(ctx, append(spec, "maxmemoryPolicy: volatile-ttl", "numCacheNodes: 2", "multiAzEnabled: true")...); err != nil {
		t.Fatal(err)
	}
	timeout := "300"
	if len(l.spec) > 0 {
		timeout = "600"
	}
	l.checkSettings(t, map[string]string{"maxmemory-policy": "volatile-ttl", "timeout": timeout})
	if err := eventually(ctx, time.Minute, "the replica is there", func(ctx context.Context) error {
		d, err := l.cache.details(ctx)
		if err != nil {
			return err
		}
		if d["REDIS_READER_HOST"] == "" {
			rg, err := l.one(ctx, replicationGroups)
			if err != nil {
				return err
			}
			return fmt.Errorf("there is no REDIS_READER_HOST, the group says %v", conditions(rg))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := l.ready(ctx, 30*time.Second); err != nil {
		t.Error(err)
	}
	after, err := l.identities(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("expected every managed resource to stay: -before, +after:\n%s", diff)
	}
}

// delete the claim, and everything with it.
func (l *life) delete(t *testing.T) {
	t.Helper()
	if err := l.remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := plane.provider.cloud.GetParameter("eu-central-1", l.parameter()); err == nil {
		t.Error("expected the parameter to be gone from AWS")
	}
	if plane.redis.use(t.Context(), l.details["REDIS_URL"]) == nil {
		t.Error("expected the cache to be gone from AWS")
	}
}
