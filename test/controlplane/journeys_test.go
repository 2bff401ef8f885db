package controlplane

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestJourneys takes caches through changes that AWS carries out in steps, while
// clients go on using them, and counts what they are refused.
func TestJourneys(t *testing.T) {
	journeys := map[string]struct {
		reason string
		steps  func(*journey)
	}{
		"Recipe": {
			reason: "From development to production in three edits, with a restart of the clients after the first two: nobody is refused.",
			steps: func(j *journey) {
				j.ask("nodeType: cache.t3.small", "numCacheNodes: 2", "multiAzEnabled: true", "snapshotRetentionLimit: 7", "transitEncryption: Preferred")
				j.until("transitEncryption", "Preferred")
				j.restartClients("rediss://")
				production := []string{"nodeType: cache.t3.small", "numCacheNodes: 2", "multiAzEnabled: true", "snapshotRetentionLimit: 7", "transitEncryption: Required", "enableAuthToken: true"}
				j.ask(append(production, "authTokenUpdateStrategy: ROTATE")...)
				j.until("auth", "Enabled")
				j.restartClients("rediss://:")
				j.ask(append(production, "authTokenUpdateStrategy: SET")...)
				j.untilOneToken()
			},
		},
		"OneEdit": {
			reason: "From development to production in one edit: nobody is refused who restarts when the URL changes.",
			steps: func(j *journey) {
				j.followURL()
				j.ask("nodeType: cache.t3.small", "numCacheNodes: 2", "multiAzEnabled: true", "enableAuthToken: true")
				j.until("auth", "Enabled")
				j.untilOneToken()
			},
		},
		"Token": {
			reason: "A new token of the team's own, with ROTATE, a restart of the clients, and SET: nobody is refused.",
			steps: func(j *journey) {
				spec := []string{"enableAuthToken: true", "authTokenSecretRef: {name: token, key: token}"}
				j.putToken("the-first-token-of-all")
				j.ask(append(spec, "authTokenUpdateStrategy: ROTATE")...)
				j.followURL()
				j.until("auth", "Enabled")
				j.putToken("the-second-token-of-all")
				j.untilToken("the-second-token-of-all")
				j.ask(append(spec, "authTokenUpdateStrategy: SET")...)
				j.untilOneToken()
			},
		},
		"Generation": {
			reason: "A new generated token by one number, with ROTATE, a restart of the clients, and SET: nobody is refused.",
			steps: func(j *journey) {
				j.ask("enableAuthToken: true", "authTokenUpdateStrategy: ROTATE")
				j.followURL()
				j.until("auth", "Enabled")
				j.untilOther("")
				first := j.password()
				j.ask("enableAuthToken: true", "authTokenUpdateStrategy: ROTATE", "authTokenGeneration: 2")
				j.untilOther(first)
				j.ask("enableAuthToken: true", "authTokenUpdateStrategy: SET", "authTokenGeneration: 2")
				j.untilOneToken()
			},
		},
		"Upgrade": {
			reason: "To another engine, with its own parameter group: the old one goes, and the URL stays.",
			steps: func(j *journey) {
				j.ask("engine: valkey", `engineVersion: "8.0"`)
				j.until("engine", "valkey")
				j.settled()
				groups, err := j.composed(j.ctx, parameterGroups)
				if err != nil || len(groups) != 1 || !strings.HasSuffix(text(&groups[0], "spec", "forProvider", "name"), "-valkey8") {
					j.t.Errorf("expected the group of valkey8 alone to be left: %d are, %v", len(groups), err)
				}
			},
		},
	}
	for _, f := range flavours {
		for name, tc := range journeys {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				team, err := plane.newTeam(t.Context(), "way-"+f.name+"-"+strings.ToLower(name))
				if err != nil {
					t.Fatal(err)
				}
				j := &journey{cache: cache{flavour: f, team: team, name: "way-" + f.name + "-" + strings.ToLower(name)}, t: t, ctx: t.Context()}
				j.begin()
				tc.steps(j)
				j.settled()
				j.end(tc.reason)
			})
		}
	}
}

// A journey of a cache, with clients.
type journey struct {
	cache

	t     *testing.T
	ctx   context.Context //nolint:containedctx // It is the test's own.
	since time.Time
	said  []string

	mx      sync.Mutex
	url     string // What the clients read when they were last started.
	calls   int
	errors  map[string]int
	running context.Context //nolint:containedctx // The clients', until they are stopped.
	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// begin with a cache that has every default, and a client.
func (j *journey) begin() {
	j.t.Helper()
	j.since, j.errors = plane.provider.now(), map[string]int{}
	if err := j.cache.ask(j.ctx); err != nil {
		j.t.Fatal(err)
	}
	if err := j.ready(j.ctx, 2*time.Minute); err != nil {
		j.t.Fatal(err)
	}
	j.read("redis://")
	j.start()
}

// start the client, and listen to the claim.
func (j *journey) start() {
	j.running, j.stop = context.WithCancel(j.ctx)
	j.stopped.Go(func() { j.callAnew(j.running) })
	j.stopped.Go(func() { j.listen(j.running) })
}

// end of the journey: the clients tell.
func (j *journey) end(reason string) {
	j.t.Helper()
	j.finish(reason)
	if err := j.remove(j.ctx); err != nil {
		j.t.Error(err)
	}
}

// finish with the clients, which tell what they were refused.
func (j *journey) finish(reason string) {
	j.t.Helper()
	j.stop()
	j.stopped.Wait()
	j.t.Logf("%s: %d calls, each with a connection of its own, %d of them failed. Changing said one after the other:\n  %s", j.name, j.calls, len(j.errors), strings.Join(j.said, "\n  "))
	for what, n := range j.errors {
		j.t.Errorf("%s: %d times %s", reason, n, what)
	}
	for _, q := range plane.provider.cloud.Log() {
		if strings.HasPrefix(q.Resource, j.clusterID()) && q.Time.After(j.since) && q.Refused() {
			j.t.Errorf("AWS was asked for what it does not allow: %s", q)
		}
	}
}

// callAnew, over and over, each time as an app that has just been started would.
func (j *journey) callAnew(ctx context.Context) {
	for ctx.Err() == nil {
		j.mx.Lock()
		url := j.url
		j.mx.Unlock()
		err := plane.redis.use(ctx, url)
		j.mx.Lock()
		// A client that was replaced while it called is not one that was refused.
		if url == j.url && ctx.Err() == nil {
			j.calls++
			if err != nil {
				scheme, _, _ := strings.Cut(url, ":")
				j.errors[scheme+": "+err.Error()]++
			}
		}
		j.mx.Unlock()
		time.Sleep(20 * time.Millisecond)
	}
}

// listen to what the claim says meanwhile.
func (j *journey) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if o, err := j.claim(ctx); err == nil {
			c := conditionOf(o, "Changing")
			if now := fmt.Sprintf("%s %s: %s", c.Status, c.Reason, c.Message); len(j.said) == 0 || j.said[len(j.said)-1] != now {
				j.said = append(j.said, now)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// read the URL, as clients do when they start.
func (j *journey) read(prefix string) {
	j.t.Helper()
	if err := eventually(j.ctx, time.Minute, "REDIS_URL begins with "+prefix, func(ctx context.Context) error {
		d, err := j.details(ctx)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(d["REDIS_URL"], prefix) {
			return fmt.Errorf("REDIS_URL of %s begins otherwise", j.name)
		}
		j.mx.Lock()
		defer j.mx.Unlock()
		j.url = d["REDIS_URL"]
		return nil
	}); err != nil {
		j.t.Fatal(err)
	}
}

// fewLooks of Crossplane, once a minute, may be what a step waits for: it stops listening to
// a composite of which it hears too much (the condition Responsive).
const fewLooks = 4 * time.Minute

func (j *journey) restartClients(prefix string) {
	j.t.Helper()
	if err := eventually(j.ctx, fewLooks, "the URL is published", j.is("URLPublished", "True")); err != nil {
		j.t.Fatal(err)
	}
	j.read(prefix)
}

// followURL restarts the clients whenever the URL changes.
func (j *journey) followURL() {
	j.stopped.Go(func() {
		for j.running.Err() == nil {
			if d, err := j.details(j.running); err == nil {
				j.mx.Lock()
				j.url = d["REDIS_URL"]
				j.mx.Unlock()
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
}

func (j *journey) ask(more ...string) {
	j.t.Helper()
	if err := j.cache.ask(j.ctx, more...); err != nil {
		j.t.Fatal(err)
	}
}

func (j *journey) putToken(token string) {
	j.t.Helper()
	o, err := parse(fmt.Sprintf("{apiVersion: v1, kind: Secret, metadata: {name: token, namespace: %s}, stringData: {token: %s}}", j.team.namespace, token))
	if err != nil {
		j.t.Fatal(err)
	}
	if err := j.team.apply(j.ctx, secrets, o); err != nil {
		j.t.Fatal(err)
	}
}

// until the status says what AWS has.
func (j *journey) until(field, value string) {
	j.t.Helper()
	if err := eventually(j.ctx, 3*time.Minute, field+" is "+value, func(ctx context.Context) error {
		o, err := j.claim(ctx)
		if err != nil {
			return err
		}
		if got := text(o, "status", field); got != value {
			return fmt.Errorf("%s is %q; %v", field, got, conditions(o))
		}
		return nil
	}); err != nil {
		j.t.Fatal(err)
	}
}

// password in the URL that is published.
func (j *journey) password() string {
	j.t.Helper()
	d, err := j.details(j.ctx)
	if err != nil || d["REDIS_PASSWORD"] == "" {
		j.t.Fatalf("%s has no token: %v", j.name, err)
	}
	return d["REDIS_PASSWORD"]
}

// untilToken is in the URL that is published.
func (j *journey) untilToken(token string) {
	j.t.Helper()
	j.untilPassword(func(is string) bool { return is == token })
}

// untilOther token than one that was is in the URL that is published.
func (j *journey) untilOther(token string) {
	j.t.Helper()
	j.untilPassword(func(is string) bool { return is != "" && is != token })
}

func (j *journey) untilPassword(isNew func(string) bool) {
	j.t.Helper()
	if err := eventually(j.ctx, 3*time.Minute, "the URL has the new token", func(ctx context.Context) error {
		d, err := j.details(ctx)
		if err == nil && !isNew(d["REDIS_PASSWORD"]) {
			return fmt.Errorf("%s has another token", j.name)
		}
		return err
	}); err != nil {
		j.t.Fatal(err)
	}
	if err := eventually(j.ctx, time.Minute, "it is published", j.is("URLPublished", "True")); err != nil {
		j.t.Fatal(err)
	}
}

// untilOneToken is left, and nobody without it is served.
func (j *journey) untilOneToken() {
	j.t.Helper()
	if err := eventually(j.ctx, 3*time.Minute, "AWS takes one token only", func(context.Context) error { return j.demands(true) }); err != nil {
		j.t.Fatal(err)
	}
}

// settled is a cache that is ready and has no steps left.
func (j *journey) settled() {
	j.t.Helper()
	if err := j.ready(j.ctx, fewLooks); err != nil {
		j.t.Fatal(err)
	}
	// The claim is written a moment after what AWS is asked for.
	if err := eventually(j.ctx, fewLooks, "no step is left", func(ctx context.Context) error {
		if g, _ := plane.provider.has(j.clusterID()); g.Status != aws.StatusAvailable {
			return fmt.Errorf("%s is %s", j.name, g.Status)
		}
		return j.is("Changing", "False")(ctx)
	}); err != nil {
		j.t.Fatal(err)
	}
}
