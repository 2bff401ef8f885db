package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// TestModel lives through random lives of a cache: random claims, edits, tokens,
// AWS operations that are slow, fail or stay half finished, throttling, observations
// that lack something, and a provider that restarts, all in random order, in models
// of AWS, of the provider and of Crossplane that know nothing of the function.
//
//	go test . -run TestModel -rapid.checks 10000
//
// Without that flag they are the same few in every run.
func TestModel(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		setFlags(t, map[string]string{"rapid.checks": "50", "rapid.seed": "1"})
	}
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := newModel(t, flavour)
				t.Repeat(map[string]func(*rapid.T){
					"":             m.check,
					"edit":         m.edit,
					"wait":         m.wait,
					"token":        m.changeToken,
					"loseToken":    m.loseToken,
					"upgrade":      m.upgradeByItself,
					"throttle":     m.throttle,
					"slow":         m.slow,
					"abort":        m.abort,
					"flicker":      m.flicker,
					"loseSecret":   m.loseSecret,
					"restart":      m.restart,
					"pauseAndPlay": m.crossplaneIsDown,
				})
				m.converge(t)
			})
		})
	}
}

func setFlags(t *testing.T, values map[string]string) {
	t.Helper()
	for name, value := range values {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	modelRegion    = "eu-central-1"
	modelNamespace = "team"
	modelToken     = "redis-token"
)

// A model of a cache's life.
type model struct {
	*crossplane.Cluster

	flavour string
	url     string // The last that was published.
	seen    int    // Requests to AWS that were looked at.

	// upgraded tells that AWS has upgraded the cache by itself.
	upgraded bool

	// lost are the Secrets that were deleted by hand, and lostAt is when one of them
	// was last missing. Until it is made again, the provider sends AWS nothing in its
	// place, which AWS refuses.
	lost   []string
	lostAt time.Time
}

func newModel(t *rapid.T, flavour string) *model {
	m := &model{flavour: flavour}
	xr := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "m.platform.example.org/v1alpha1", "kind": "XRedis",
		"metadata": map[string]any{"name": "app", "namespace": modelNamespace},
		"spec": map[string]any{
			"appName": "app", "environment": "dev", "region": modelRegion, "vpcId": "vpc-123",
			"subnetIds": []any{"subnet-a", "subnet-b"}, "securityGroupIds": []any{"sg-a"},
			"writeConnectionSecretToRef": map[string]any{"name": "redis"},
		},
	}}
	if flavour == flavourClaims {
		xr.SetAPIVersion("platform.example.org/v1alpha1")
		xr.SetNamespace("")
		xr.SetLabels(map[string]string{crossplane.LabelClaimName: "app", crossplane.LabelClaimNamespace: modelNamespace})
		set := xr.Object["spec"].(map[string]any)
		set["claimRef"] = map[string]any{"name": "app", "namespace": modelNamespace}
		set["writeConnectionSecretToRef"] = map[string]any{"name": "uid", "namespace": connectionNamespace}
	}
	m.Cluster = crossplane.New(xr, crossplane.Options{
		Function: func(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
			return run(t, req), nil
		},
		PollOnly: rapid.Bool().Draw(t, "poll"),
		// What the provider repeats without end would take the test without end.
		Provider: upjet.Options{Retry: 5 * time.Second, Loop: 5 * time.Second, ParameterLoop: 5 * time.Second},
	})
	m.changeToken(t)
	m.edit(t)
	return m
}

// edit what a team may edit.
func (m *model) edit(t *rapid.T) {
	n := rapid.IntRange(1, 4).Draw(t, "fields")
	var edits []func(map[string]any)
	for range n {
		edits = append(edits, anyEdit(t))
	}
	m.Edit(func(xr *unstructured.Unstructured) {
		for _, e := range edits {
			e(xr.Object["spec"].(map[string]any))
		}
	})
}

// settings that a claim can have, one of which is drawn for an edit. Those that do
// not go together are refused by the function, and then nothing must change.
var settings = map[string][]any{
	"nodeType":                {nil, "cache.t3.small", "cache.r6g.large"},
	"numCacheNodes":           {nil, int64(1), int64(2), int64(3)},
	"multiAzEnabled":          {nil, true, false},
	"snapshotRetentionLimit":  {nil, int64(5)},
	"transitEncryption":       {nil, "Disabled", "Preferred", "Required"},
	"enableAuthToken":         {nil, true, false},
	"authTokenSecretRef":      {nil, map[string]any{"name": modelToken, "key": "token"}},
	"authTokenUpdateStrategy": {nil, "ROTATE", "SET"},
	"maxmemoryPolicy":         {nil, "noeviction"},
	"timeoutSeconds":          {nil, int64(0), int64(20)},
	"autoMinorVersionUpgrade": {nil, false},
	"maintenanceWindow":       {nil, "mon:10:00-mon:12:00"},
	"snapshotWindow":          {nil, "01:00-02:00"},
	"tags":                    {nil, map[string]any{"team": "a"}},
	"kmsKeyId":                {nil, "arn:aws:kms:eu-central-1:111122223333:key/1a2b"},
	"skipFinalSnapshot":       {nil, true},
}

// engines go together with their versions.
var engines = []struct{ engine, version any }{
	{nil, nil}, {nil, "5.0.6"}, {nil, "6.x"}, {nil, "6.0"}, {nil, "6.2"}, {nil, "7.0"}, {nil, "7.1"},
	{"valkey", nil}, {"valkey", "7.2"}, {"valkey", "8.0"}, {"valkey", "8.1"},
}

func anyEdit(t *rapid.T) func(map[string]any) {
	if rapid.IntRange(0, 3).Draw(t, "engine?") == 0 {
		e := rapid.SampledFrom(engines).Draw(t, "engine")
		return func(spec map[string]any) {
			put(spec, "engine", e.engine)
			put(spec, "engineVersion", e.version)
		}
	}
	keys := slices.Sorted(func(yield func(string) bool) {
		for k := range settings {
			if !yield(k) {
				return
			}
		}
	})
	key := rapid.SampledFrom(keys).Draw(t, "field")
	value := rapid.SampledFrom(settings[key]).Draw(t, "value")
	return func(spec map[string]any) { put(spec, key, value) }
}

func put(spec map[string]any, key string, value any) {
	if value == nil {
		delete(spec, key)
		return
	}
	spec[key] = value
}

// run for a while, and look after everything that happens.
func (m *model) run(t *rapid.T, d time.Duration) {
	for end := m.Now().Add(d); m.Now().Before(end); {
		if err := m.Next(); err != nil {
			t.Fatal(err)
		}
		m.check(t)
	}
}

func (m *model) wait(t *rapid.T) {
	m.run(t, time.Duration(rapid.SampledFrom([]int{1, 5, 30, 60, 300, 1500}).Draw(t, "seconds"))*time.Second)
}

// check what must hold at every moment.
func (m *model) check(t *rapid.T) {
	if m.isMissing() {
		m.lostAt = m.Now()
	}
	log := m.AWS.Log()
	for _, r := range log[m.seen:] {
		if strings.HasSuffix(r.Name, "ReplicaCount") {
			continue // A provider that restarts in the middle of scaling begins anew.
		}
		if r.Refused() && !m.lacksSecret(r) {
			t.Fatalf("AWS refused a request:\n%s", r)
		}
	}
	m.seen = len(log)
	if rg := m.Composed()[resources.ReplicationGroup]; rg != nil {
		for _, kind := range []string{"Synced", "LastAsyncOperation"} {
			_, _, message := upjet.Condition(rg, kind)
			if m.upgraded && strings.Contains(message, `"engine_version"`) {
				continue // The provider saw what AWS did before anybody could follow.
			}
			if strings.Contains(message, "refuse to update") || strings.Contains(message, "cannot compute") {
				t.Fatalf("the provider refuses: %s%s", message, m.situation())
			}
		}
	}
	for _, e := range m.Events(crossplane.Deleted) {
		if !strings.HasPrefix(e.Name, resources.ParameterGroup("")) && e.Name != resources.AuthTokens && !strings.HasSuffix(e.Text, "by hand") {
			t.Fatalf("deleted: %s", e)
		}
	}
	m.checkURLs(t)
}

// lacksSecret reports whether a request may hold nothing in place of a Secret that was
// deleted by hand. A token is read when an operation begins, and sent when all before
// it is done, however long that takes.
func (m *model) lacksSecret(r aws.Request) bool {
	if slices.Contains(r.Fields, "AuthToken") {
		return slices.Contains(m.lost, resources.AuthTokens)
	}
	return slices.Contains(r.Fields, "Value") && m.Now().Sub(m.lostAt) < time.Minute
}

// checkURLs that can be read now: each must work, and none goes again. The step to TLS
// Disabled alone ends the service of every client: AWS deletes the names for TLS, and
// tells those without TLS only then.
func (m *model) checkURLs(t *rapid.T) {
	url := string(m.Published()[connection.KeyURL])
	if url != "" {
		m.url = url
	}
	if m.url != "" && !m.AWS.Accepts(m.url) && !m.AWS.CutOff(m.url) {
		t.Fatalf("the published URL is not accepted: %s", m.situation())
	}
	path := "/app/dev/redis/url"
	if p, err := m.AWS.GetParameter(modelRegion, path); err == nil && !m.AWS.Accepts(p.Value) && !m.AWS.CutOff(p.Value) {
		t.Fatalf("the URL in Parameter Store is not accepted: %s", m.situation())
	}
}

// situation in words, for who reads a failure.
func (m *model) situation() string {
	var out strings.Builder
	for _, g := range m.AWS.ReplicationGroups() {
		tokens, passwordless := m.AWS.Access(g.Region, g.ID)
		fmt.Fprintf(&out, "\n  %s: %s %s %s, TLS %q, %d tokens, without one %t", g.ID, g.Status, g.Engine, g.EngineVersion, g.TLS, len(tokens), passwordless)
	}
	for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Changing"} {
		status, reason, message := m.Condition(kind)
		fmt.Fprintf(&out, "\n  %s %s %s: %s", kind, status, reason, message)
	}
	fmt.Fprintf(&out, "\n  spec %v", m.XR().Object["spec"])
	for _, r := range m.AWS.Log() {
		fmt.Fprintf(&out, "\n  %s", r)
	}
	return out.String()
}

// changeToken in the team's Secret, to one that is good, or bad.
func (m *model) changeToken(t *rapid.T) {
	token := rapid.SampledFrom([]string{"a-token-of-the-team-1", "a-token-of-the-team-2", "a-token-of-the-team-3", "too-short", "with spaces in between them"}).Draw(t, "token")
	m.SetSecret(modelNamespace, modelToken, map[string][]byte{"token": []byte(token)})
}

func (m *model) loseToken(*rapid.T) { m.DeleteSecret(modelNamespace, modelToken) }

func (m *model) upgradeByItself(*rapid.T) {
	for _, g := range m.AWS.ReplicationGroups() {
		m.upgraded = m.AWS.UpgradeByItself(g.Region, g.ID) || m.upgraded
	}
}

func (m *model) throttle(t *rapid.T) {
	request := rapid.SampledFrom([]string{"", "ModifyReplicationGroup", "DescribeReplicationGroups", "PutParameter", "CreateReplicationGroup"}).Draw(t, "request")
	m.AWS.Throttle(request, m.Now().Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "seconds"))*time.Second))
}

var operations = []aws.Step{aws.StepCreate, aws.StepSettings, aws.StepGroup, aws.StepNodeType, aws.StepScale, aws.StepFailover, aws.StepTLS, aws.StepAuth, aws.StepUpgrade}

func (m *model) slow(t *rapid.T) {
	m.AWS.Slow(rapid.SampledFrom(operations).Draw(t, "operation"), 1, time.Duration(rapid.IntRange(1, 60).Draw(t, "minutes"))*time.Minute)
}

// abortable operations may end half-way, and things be as they were. A creation
// that fails is not one that goes on; nobody can see which token AWS has, so nobody
// can tell that it kept the old one; and where new nodes don't come, the provider
// turns failover on all the same, which AWS refuses until it has nodes to give.
var abortable = []aws.Step{aws.StepSettings, aws.StepGroup, aws.StepNodeType, aws.StepTLS, aws.StepUpgrade}

func (m *model) abort(t *rapid.T) {
	m.AWS.Abort(rapid.SampledFrom(abortable).Draw(t, "operation"), 1)
}

// flicker: a few runs see less than there is.
func (m *model) flicker(t *rapid.T) {
	what := rapid.SampledFrom([]string{"status", "conditions", "endpoint", "details", "required", "published"}).Draw(t, "lacks")
	m.Tamper = func(req *fnv1.RunFunctionRequest) {
		rg := req.GetObserved().GetResources()[resources.ReplicationGroup]
		status := rg.GetResource().GetFields()["status"].GetStructValue()
		switch {
		case what == "required":
			req.RequiredResources = nil
		case what == "published":
			req.GetObserved().GetComposite().ConnectionDetails = nil
		case rg == nil:
		case what == "status":
			delete(rg.GetResource().GetFields(), "status")
		case what == "conditions":
			delete(status.GetFields(), "conditions")
		case what == "endpoint":
			delete(status.GetFields()["atProvider"].GetStructValue().GetFields(), "primaryEndpointAddress")
		case what == "details":
			rg.ConnectionDetails = nil
		}
	}
	m.run(t, 2*time.Minute)
	m.Tamper = nil
}

// loseSecret that the function composes, but not while a token of it is being set:
// then nobody knows any more which one AWS will have. docs/reliability.md tells of it.
func (m *model) loseSecret(t *rapid.T) {
	if m.tokenChanges() {
		return
	}
	name := rapid.SampledFrom([]string{resources.ConnectionSecret, resources.AuthTokens}).Draw(t, "secret")
	if m.Composed()[name] == nil {
		return
	}
	m.lost, m.lostAt = append(m.lost, name), m.Now()
	m.DeleteComposed(name)
}

// restart the provider, but not while a token changes or is missing: it would take
// what it finds for what AWS has, and say so. docs/reliability.md tells of it.
func (m *model) restart(*rapid.T) {
	if !m.tokenChanges() && !m.isMissing() {
		m.RestartProvider()
	}
}

// isMissing reports whether a Secret that was deleted by hand is not made again yet.
func (m *model) isMissing() bool {
	composed := m.Composed()
	return slices.ContainsFunc(m.lost, func(name string) bool {
		return composed[name] == nil || composed[name].Object["data"] == nil
	})
}

// tokenChanges reports whether a token is being set, or is about to be.
func (m *model) tokenChanges() bool {
	_, _, message := m.Condition("Changing")
	return strings.Contains(message, "AUTH")
}

// crossplaneIsDown while the provider and AWS go on.
func (m *model) crossplaneIsDown(t *rapid.T) {
	d := time.Duration(rapid.IntRange(1, 1800).Draw(t, "seconds")) * time.Second
	m.lostAt = m.lostAt.Add(d)
	m.Advance(d)
	m.check(t)
}

// converge on what is asked, when nothing disturbs any more. What is asked must be
// valid by then, and the token there.
func (m *model) converge(t *rapid.T) {
	m.SetSecret(modelNamespace, modelToken, map[string][]byte{"token": []byte("a-token-of-the-team-4")})
	m.Edit(func(xr *unstructured.Unstructured) {
		spec := xr.Object["spec"].(map[string]any)
		for _, key := range []string{"multiAzEnabled", "transitEncryption", "maintenanceWindow", "snapshotWindow"} {
			delete(spec, key)
		}
		if spec["enableAuthToken"] != true {
			delete(spec, "authTokenSecretRef")
		}
	})
	for end := m.Now().Add(12 * time.Hour); ; m.run(t, 25*time.Minute) {
		before := m.Fingerprint()
		m.run(t, 25*time.Minute)
		if m.Fingerprint() == before && m.idle() && m.isReady() {
			break
		}
		if m.Now().After(end) {
			t.Fatalf("it does not settle:%s", m.situation())
		}
	}
	if err := m.MustStayTheSame(time.Hour); err != nil {
		t.Fatalf("a settled cache changes: %v%s", err, m.situation())
	}
	for _, want := range []string{"Provisioned True", "URLPublished True", "Changing False", "Ready True"} {
		kind, status, _ := strings.Cut(want, " ")
		if got, _, _ := m.Condition(kind); got != status {
			t.Errorf("%s is %s, want %s:%s", kind, got, status, m.situation())
		}
	}
	if accepted, reason, _ := m.Condition("Accepted"); accepted != "True" && reason != "ChangeRefused" {
		t.Errorf("Accepted is %s %s:%s", accepted, reason, m.situation())
	}
	if m.url == "" {
		t.Errorf("there is no URL:%s", m.situation())
	}
	if p, err := m.AWS.GetParameter(modelRegion, "/app/dev/redis/url"); err != nil || p.Value != m.url {
		t.Errorf("Parameter Store has not the URL: %v", err)
	}
	m.compare(t)
}

// idle reports whether AWS has nothing to do.
func (m *model) idle() bool {
	return !slices.ContainsFunc(m.AWS.ReplicationGroups(), func(g aws.ReplicationGroup) bool { return g.Status != aws.StatusAvailable })
}

func (m *model) isReady() bool {
	status, _, _ := m.Condition("Ready")
	return status == "True"
}

// compare what AWS has with what is asked, but for what was refused. What a claim
// leaves open of the engine and of AUTH may be anything that it asked for before.
func (m *model) compare(t *rapid.T) {
	_, _, refused := m.Condition("Accepted")
	groups := m.AWS.ReplicationGroups()
	if len(groups) != 1 {
		t.Fatalf("there are %d caches", len(groups))
	}
	spec, g := m.XR().Object["spec"].(map[string]any), groups[0]
	or := func(key string, otherwise any) string {
		if v, ok := spec[key]; ok {
			return fmt.Sprint(v)
		}
		return fmt.Sprint(otherwise)
	}
	for key, pair := range map[string][2]string{
		"nodeType":                {or("nodeType", "cache.t3.micro"), g.NodeType},
		"numCacheNodes":           {or("numCacheNodes", 1), strconv.Itoa(g.Nodes)},
		"snapshotRetentionLimit":  {or("snapshotRetentionLimit", 0), strconv.Itoa(g.SnapshotRetentionLimit)},
		"enableAuthToken":         {or("enableAuthToken", g.AuthTokenEnabled), strconv.FormatBool(g.AuthTokenEnabled)},
		"engine":                  {or("engine", g.Engine), g.Engine},
		"autoMinorVersionUpgrade": {or("autoMinorVersionUpgrade", true), strconv.FormatBool(g.AutoMinorVersionUpgrade)},
	} {
		if pair[0] != pair[1] && !strings.Contains(refused, "spec."+key) {
			t.Errorf("%s is asked to be %s, and is %s:%s", key, pair[0], pair[1], m.situation())
		}
	}
}
