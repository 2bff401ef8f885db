package aws

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Names of a group, without TLS and with it.
const (
	host    = "app.abc123.ng.0001.euc1.cache.amazonaws.com"
	tlsHost = "master.app.abc123.euc1.cache.amazonaws.com"
)

// clients that are served now, of all that might be.
func clients(c *Cloud, tokens ...string) string {
	var out []string
	for _, scheme := range []string{"redis", "rediss"} {
		for _, token := range append([]string{""}, tokens...) {
			for name, host := range map[string]string{"": host, "tls-": tlsHost} {
				u := fmt.Sprintf("%s://%s:6379", scheme, host)
				if token != "" {
					u = fmt.Sprintf("%s://:%s@%s:6379", scheme, token, host)
				}
				if c.Accepts(u) {
					out = append(out, scheme+"://"+name+"host("+token[:min(1, len(token))]+")")
				}
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestClients follows a cache from plain text to AUTH: whom it serves when each
// change is asked for, and when it is over.
func TestClients(t *testing.T) {
	a, b, x := "a-token-with-16-letters", "b-token-with-16-letters", "x-token-with-16-letters"
	token := func(s Strategy, token string) ModifyReplicationGroup {
		return ModifyReplicationGroup{AuthToken: &token, AuthTokenUpdateStrategy: s}
	}
	tls := func(mode TLSMode) ModifyReplicationGroup {
		return ModifyReplicationGroup{TransitEncryption: ptr(true), TransitEncryptionMode: &mode}
	}
	steps := []struct {
		request ModifyReplicationGroup
		want    string
	}{
		{request: ModifyReplicationGroup{Description: ptr("as it was made")}, want: "redis://host()"},
		{request: tls(TLSPreferred), want: "redis://host() redis://tls-host() rediss://tls-host()"},
		{request: ModifyReplicationGroup{TransitEncryption: ptr(false)}, want: "redis://host()"},
		{request: tls(TLSPreferred), want: "redis://host() redis://tls-host() rediss://tls-host()"},
		{request: tls(TLSRequired), want: "rediss://tls-host()"},
		{request: tls(TLSPreferred), want: "redis://tls-host() rediss://tls-host()"},
		{request: tls(TLSRequired), want: "rediss://tls-host()"},
		{request: token(StrategyRotate, a), want: "rediss://tls-host() rediss://tls-host(a)"},
		{request: token(StrategySet, a), want: "rediss://tls-host(a)"},
		{request: token(StrategyRotate, b), want: "rediss://tls-host(a) rediss://tls-host(b)"},
		{request: token(StrategyRotate, x), want: "rediss://tls-host(b) rediss://tls-host(x)"},
		{request: token(StrategySet, x), want: "rediss://tls-host(x)"},
	}
	c := made(t, nil)
	before := clients(c, a, b, x)
	for _, s := range steps {
		s.request.Region, s.request.ID, s.request.ApplyImmediately = region, "app", true
		must(t, c.ModifyReplicationGroup(s.request))
		if got := clients(c, a, b, x); got != before {
			t.Errorf("%v: nothing changes until it is over: got %q, want %q", s.request.fields(), got, before)
		}
		if err := c.ModifyReplicationGroup(s.request); code(err) != CodeGroupState {
			t.Errorf("%v: meanwhile nothing else can be asked: %v", s.request.fields(), err)
		}
		c.settle()
		if before = clients(c, a, b, x); before != s.want {
			t.Errorf("%v: got %q, want %q", s.request.fields(), before, s.want)
		}
	}
	must(t, c.DeleteReplicationGroup(region, "app", ""))
	if got := clients(c, a, b, x); got != "" {
		t.Errorf("a cache that is being deleted serves %q", got)
	}
}

func TestAccepts(t *testing.T) {
	cases := map[string]struct {
		reason string
		url    string
		want   bool
	}{
		"Good":       {reason: "As published.", url: "redis://" + host + ":6379", want: true},
		"Database":   {reason: "With a database.", url: "redis://" + host + ":6379/0", want: true},
		"OtherHost":  {reason: "Another host is another cache.", url: "redis://other:6379"},
		"OtherPort":  {reason: "Another port is none.", url: "redis://" + host + ":6380"},
		"NoPort":     {reason: "There is a port.", url: "redis://" + host},
		"Password":   {reason: "A server without a token answers AUTH with an error.", url: "redis://:a-token-with-16-letters@" + host + ":6379"},
		"OtherUser":  {reason: "There are no users.", url: "redis://me@" + host + ":6379"},
		"NoHost":     {reason: "There is a host.", url: "redis://:6379"},
		"NotEncoded": {reason: "A token that is not encoded is no URL.", url: "redis://:a#b@" + host + ":6379"},
		"HTTP":       {reason: "It is Redis.", url: "http://" + host + ":6379"},
	}
	c := made(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.Accepts(tc.url); got != tc.want {
				t.Errorf("%s: %s: %t", tc.reason, tc.url, got)
			}
		})
	}
}

// TestSteps: of several things that are changed at once, some are done before
// others; the group is available when all are.
func TestSteps(t *testing.T) {
	c := made(t, func(in *CreateReplicationGroup) { in.Nodes = 2 })
	c.Slow(StepNodeType, 1, time.Hour)
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{
		Region: region, ID: "app", ApplyImmediately: true, NodeType: ptr("cache.m7g.large"), SnapshotRetentionLimit: ptr(3), SnapshottingCluster: "app-001", AutomaticFailover: ptr(true),
	}))
	c.settle()
	g, _ := c.DescribeReplicationGroup(region, "app")
	if g.Status != StatusModifying || g.SnapshotRetentionLimit != 3 || !g.AutomaticFailover || g.NodeType != "cache.t3.micro" {
		t.Errorf("half done: %+v", g)
	}
	at, ok := c.Next()
	if !ok || at.Sub(start.Add(time.Minute)) != time.Hour {
		t.Errorf("next: %s, %t", at, ok)
	}
	c.Advance(at)
	if g, _ = c.DescribeReplicationGroup(region, "app"); g.Status != StatusAvailable || g.NodeType != "cache.m7g.large" {
		t.Errorf("done: %+v", g)
	}
	if _, ok := c.Next(); ok {
		t.Error("then nothing happens any more")
	}
}

func TestFaults(t *testing.T) {
	modify := ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, NodeType: ptr("cache.m7g.large")}
	t.Run("Fail", func(t *testing.T) {
		c := made(t, nil)
		c.Fail("ModifyReplicationGroup", 1, CodeServiceUnavailable, "try later")
		if err := c.ModifyReplicationGroup(modify); code(err) != CodeServiceUnavailable {
			t.Errorf("got %v", err)
		}
		if refused := c.Refused(); len(refused) > 0 {
			t.Errorf("what a test asked for is no refusal: %v", refused)
		}
		must(t, c.ModifyReplicationGroup(modify))
	})
	for how, want := range map[Loss]string{
		LossTimeout:    "operation error ElastiCache: ModifyReplicationGroup, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded",
		LossConnection: "request send failed, Post \"https://elasticache.eu-central-1.amazonaws.com/\": read tcp 10.0.7.21:32769->",
		LossRetried:    "InvalidReplicationGroupState: Replication group must be in available state to modify.",
	} {
		t.Run("Lose/"+string(how), func(t *testing.T) {
			c := made(t, nil)
			c.Lose("ModifyReplicationGroup", 1, how)
			if err := c.ModifyReplicationGroup(modify); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
			c.settle()
			if g, _ := c.DescribeReplicationGroup(region, "app"); g.NodeType != "cache.m7g.large" || len(c.Refused()) > 0 {
				t.Errorf("it is carried out: %+v", g)
			}
		})
	}
	t.Run("Throttle", func(t *testing.T) {
		c := made(t, nil)
		c.Throttle("", c.Now().Add(time.Minute))
		if _, err := c.DescribeReplicationGroup(region, "app"); code(err) != CodeThrottling {
			t.Errorf("got %v", err)
		}
		c.settle()
		if _, err := c.DescribeReplicationGroup(region, "app"); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("Abort", func(t *testing.T) {
		c := made(t, nil)
		c.Abort(StepNodeType, 1)
		must(t, c.ModifyReplicationGroup(modify))
		c.settle()
		if g, _ := c.DescribeReplicationGroup(region, "app"); g.Status != StatusAvailable || g.NodeType != "cache.t3.micro" {
			t.Errorf("got %+v", g)
		}
	})
	t.Run("AbortCreate", func(t *testing.T) {
		c := account(t)
		c.Abort(StepCreate, 1)
		must(t, c.CreateReplicationGroup(cache()))
		c.settle()
		if g, _ := c.DescribeReplicationGroup(region, "app"); g.Status != StatusCreateFailed || c.Accepts("redis://"+host+":6379") {
			t.Errorf("got %+v", g)
		}
		must(t, c.DeleteReplicationGroup(region, "app", ""))
	})
}

// TestBackUp: a group that makes its backup serves its clients, and can't be
// modified meanwhile.
func TestBackUp(t *testing.T) {
	c := made(t, nil)
	if c.BackUp(region, "app", time.Minute) {
		t.Error("without retention there is none")
	}
	c = made(t, func(in *CreateReplicationGroup) { in.SnapshotRetentionLimit = 1 })
	if !c.BackUp(region, "app", 30*time.Second) {
		t.Error("it must begin")
	}
	modify := ModifyReplicationGroup{Region: region, ID: "app", Description: ptr("other")}
	if err := c.ModifyReplicationGroup(modify); code(err) != CodeGroupState {
		t.Errorf("got %v", err)
	}
	if !c.Accepts("redis://" + host + ":6379") {
		t.Error("its clients are served")
	}
	c.settle()
	must(t, c.ModifyReplicationGroup(modify))
}

func TestUpgradeByItself(t *testing.T) {
	cases := map[string]struct {
		reason string
		from   func(*CreateReplicationGroup)
		want   string
	}{
		"Redis70": {reason: "7.0 goes to 7.1.", from: func(in *CreateReplicationGroup) { in.EngineVersion = "7.0" }, want: "7.1.0"},
		"Redis71": {reason: "7.1 is the last.", want: "7.1.0"},
		"Redis6":  {reason: "6.2 does not go to 7.", from: old, want: "6.2.6"},
		"Valkey":  {reason: "8.0 goes to the newest 8.", from: valkey, want: "8.2.0"},
		"Off": {
			reason: "Where it is off nothing goes.",
			from:   func(in *CreateReplicationGroup) { in.EngineVersion, in.AutoMinorVersionUpgrade = "7.0", ptr(false) }, want: "7.0.7",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := made(t, tc.from)
			c.UpgradeByItself(region, "app")
			c.settle()
			if g, _ := c.DescribeReplicationGroup(region, "app"); g.EngineVersion != tc.want || g.Status != StatusAvailable {
				t.Errorf("%s: got %s, %s", tc.reason, g.EngineVersion, g.Status)
			}
		})
	}
}

// TestByHand: what a person asks for in the console has AWS's rules too, and is nothing
// that the provider was refused.
func TestByHand(t *testing.T) {
	c := made(t, nil)
	in := ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, Engine: ptr(Valkey), EngineVersion: ptr("8.0")}
	if err := c.ModifyByHand(in); code(err) != CodeParameterCombination || len(c.Refused()) > 0 {
		t.Errorf("without a parameter group: %v", err)
	}
	in.ParameterGroup = ptr("default.valkey8")
	must(t, c.ModifyByHand(in))
	c.settle()
	if g, _ := c.DescribeReplicationGroup(region, "app"); g.Engine != Valkey || g.ParameterGroup != "default.valkey8" {
		t.Errorf("got %+v", g)
	}
}

// TestPatch: a patch level goes up by itself, and TLS becomes possible with it.
func TestPatch(t *testing.T) {
	c := made(t, func(in *CreateReplicationGroup) { in.EngineVersion = "7.0" })
	c.SetVersion(region, "app", "7.0.4")
	tls := ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, TransitEncryption: ptr(true), TransitEncryptionMode: ptr(TLSPreferred)}
	if err := c.ModifyReplicationGroup(tls); code(err) != CodeParameterCombination {
		t.Errorf("before 7.0.5: %v", err)
	}
	if !c.Patch(region, "app") {
		t.Error("there is a newer patch")
	}
	c.settle()
	must(t, c.ModifyReplicationGroup(tls))
}

// TestApplyLater: without applyImmediately the node type waits for the window.
func TestApplyLater(t *testing.T) {
	c := made(t, nil)
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", NodeType: ptr("cache.m7g.large"), SnapshotRetentionLimit: ptr(1), SnapshottingCluster: "app-001"}))
	c.settle()
	g, _ := c.DescribeReplicationGroup(region, "app")
	if g.NodeType != "cache.t3.micro" || g.SnapshotRetentionLimit != 1 {
		t.Errorf("before: %+v", g)
	}
	at, _ := c.Next()
	if want := time.Date(2026, 1, 4, 5, 0, 0, 0, time.UTC); !at.Equal(want) {
		t.Errorf("the window is at %s, want %s", at, want)
	}
	c.Advance(at.Add(time.Hour))
	if g, _ = c.DescribeReplicationGroup(region, "app"); g.NodeType != "cache.m7g.large" {
		t.Errorf("after: %+v", g)
	}
}

// TestGroupInUse: while a cache moves to another family, neither of its two
// parameter groups can be deleted.
func TestGroupInUse(t *testing.T) {
	c := made(t, old)
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, EngineVersion: ptr("7.1"), ParameterGroup: ptr(groupOf("redis7"))}))
	for _, family := range []string{"redis6.x", "redis7"} {
		if err := c.DeleteParameterGroup(region, groupOf(family)); code(err) != CodeParameterGroupState {
			t.Errorf("%s: %v", family, err)
		}
	}
	c.settle()
	must(t, c.DeleteParameterGroup(region, groupOf("redis6.x")))
}

// recorder is an engine that only remembers.
type recorder struct{ applied []Serving }

func (r *recorder) Apply(_ string, s Serving) { r.applied = append(r.applied, s) }

func (r *recorder) Delete(string) { r.applied = append(r.applied, Serving{}) }

// TestEngine: what clients see is told whenever it changes.
func TestEngine(t *testing.T) {
	r := &recorder{}
	c := New(start, Options{Engine: r})
	must(t, c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "two", SubnetIDs: []string{"subnet-a"}}))
	must(t, c.CreateParameterGroup(ParameterGroup{Region: region, Name: groupOf("redis7"), Family: "redis7", Description: "d"}))
	must(t, c.CreateReplicationGroup(cache()))
	c.settle()
	must(t, c.ModifyParameterGroup(region, groupOf("redis7"), map[string]string{"timeout": "300"}))
	must(t, c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", ApplyImmediately: true, TransitEncryption: ptr(true), TransitEncryptionMode: ptr(TLSPreferred)}))
	c.settle()
	must(t, c.DeleteReplicationGroup(region, "app", ""))
	plain := Endpoint{Primary: host, Reader: "app-ro.abc123.ng.0001.euc1.cache.amazonaws.com", Port: 6379}
	encrypted := Endpoint{Primary: tlsHost, Reader: "replica.app.abc123.euc1.cache.amazonaws.com", Port: 6379, TLS: true}
	first := Serving{Endpoints: []Endpoint{plain}, Engine: Redis, Version: "7.1.0", Passwordless: true, Parameters: map[string]string{}, Nodes: 1, NodeType: "cache.t3.micro"}
	second := first
	second.Parameters = map[string]string{"timeout": "300"}
	third := second
	third.TLS, third.Endpoints = TLSPreferred, []Endpoint{plain, encrypted}
	if diff := cmp.Diff([]Serving{first, second, third, {}}, r.applied); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestDeterministic: two accounts that are asked the same are the same.
func TestDeterministic(t *testing.T) {
	log := func() []string {
		c := made(t, withAuth)
		_ = c.ModifyReplicationGroup(ModifyReplicationGroup{Region: region, ID: "app", NodeType: ptr("no"), MultiAZ: ptr(true), Description: ptr("d")})
		var out []string
		for _, r := range c.Log() {
			out = append(out, r.String())
		}
		return out
	}
	if diff := cmp.Diff(log(), log()); diff != "" {
		t.Error(diff)
	}
}
