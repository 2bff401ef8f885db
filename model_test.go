package main

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

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
//	go test . -run TestModel -rapid.checks 10000 -timeout 3h
//
// Without that flag they are the same in every run. A run of 400 takes minutes, and
// go test ends after ten unless -timeout allows more.
func TestModel(t *testing.T) {
	seeds := []string{flag.Lookup("rapid.seed").Value.String()}
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		setFlags(t, map[string]string{"rapid.checks": "15"})
		seeds = []string{"777001", "424242", "90210"}
	}
	for _, seed := range seeds {
		setFlags(t, map[string]string{"rapid.seed": seed})
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(flavour+"/"+seed, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					m := newModel(t, flavour)
					t.Repeat(m.actions())
					m.converge(t)
				})
			})
		}
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
	modelPath      = "/backend-booking/dev/redis/url"
	modelNamespace = "team-booking"
	modelToken     = "redis-token"
)

// A model of a cache's life.
type model struct {
	cluster

	flavour string
	core    crossplane.Core
	url     string // The last that was published.
	seen    int    // Requests to AWS that were looked at.

	// upgraded tells that AWS has upgraded the cache by itself.
	upgraded bool

	// lost are the Secrets that were deleted by hand, and lostAt is when one of them
	// was last missing. Until it is made again, the provider sends AWS nothing in its
	// place, which AWS refuses.
	lost   []string
	lostAt time.Time

	unasked bool // Others made the cache, and the claim has not taken it over.
	taken   bool // Others made the cache.
	carries bool // They set parameters as well.

	rival *crossplane.Cluster // Another composite of the same names, if there is one.
	auth  bool                // Clients must have a token.

	paused map[string]bool // Resources, by hand.

	open bool // The claim leaves its network to the platform.
	made bool // AWS has, or had, the cache.
}

// actions that random lives consist of.
func (m *model) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":               m.check,
		"edit":           m.edit,
		"generation":     m.changeGeneration,
		"platform":       m.changeNetwork,
		"wait":           m.wait,
		"token":          m.changeToken,
		"loseToken":      m.loseToken,
		"upgrade":        m.upgradeByItself,
		"unknownVersion": m.unknownVersion,
		"rollBack":       m.rollBack,
		"preferTLS":      m.preferTLS,
		"throttle":       m.throttle,
		"loseAnswer":     m.loseAnswer,
		"fail":           m.fail,
		"slow":           m.slow,
		"abort":          m.abort,
		"backUp":         m.backUp,
		"failOver":       m.failOver,
		"fill":           m.fill,
		"flicker":        m.flicker,
		"loseSecret":     m.loseSecret,
		"restart":        m.restart,
		"ssmIsAway":      m.ssmIsAway,
		"ssmIsBack":      m.ssmIsBack,
		"pause":          m.pause,
		"compete":        m.compete,
		"existing":       m.existing,
		"orphan":         m.orphan,
		"pauseAndPlay":   m.crossplaneIsDown,
	}
}

func newModel(t *rapid.T, flavour string) *model {
	m := &model{flavour: flavour, paused: map[string]bool{}, core: rapid.SampledFrom(cores[flavour]).Draw(t, "core")}
	m.open = rapid.Bool().Draw(t, "open")
	fields := map[bool]map[string]any{true: twoFields, false: subnets}[m.open]
	m.cluster = newCluster(t, flavour, fields, crossplane.Options{
		Input:    platformWith(networkOf("a")),
		PollOnly: rapid.Bool().Draw(t, "poll"),
		// What the provider repeats without end would take the test without end.
		Provider: upjet.Options{
			Retry: 5 * time.Second, Loop: 5 * time.Second, ParameterLoop: 5 * time.Second,
			TellCreateFailures: rapid.Bool().Draw(t, "tell"), GoBack: rapid.Bool().Draw(t, "goBack"),
		},
		Core: m.core,
		AWS:  aws.Options{Versions: versions()},
	})
	m.exists(t)
	m.changeToken(t)
	m.edit(t)
	return m
}

// changeNetwork that the platform gives new caches.
func (m *model) changeNetwork(t *rapid.T) {
	m.SetInput(platformWith(networkOf(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "network"))))
}

// platformWith a network, all of whose subnets are in the VPC that AWS has.
func platformWith(network map[string]any) *structpb.Struct {
	network["vpcId"] = "vpc-123"
	return inputOf(map[string]any{"region": modelRegion, "networks": []any{network}})
}

// subnets for several nodes.
var subnets = map[string]any{"subnetIds": []any{"subnet-a", "subnet-b"}}

// cores that there are of each flavour.
var cores = map[string][]crossplane.Core{
	flavourClaims:     {crossplane.Core2_2, crossplane.Core2_0, crossplane.Core1_15, crossplane.Core1_14},
	flavourNamespaced: {crossplane.Core2_2, crossplane.Core2_0},
}

// versions that AWS offers, one of which nobody here knows yet.
func versions() map[string][]aws.Version {
	valkey := append(aws.Offered(aws.Valkey), aws.Version{Name: "10.0", Full: "10.0.0", Family: "valkey10"})
	return map[string][]aws.Version{aws.Valkey: valkey}
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

// isUnsupported reports whether AWS refused a node type for the engine: it has new ones
// every year, so that is AWS's to tell. But an engine goes before a node type.
func isUnsupported(r aws.Request) bool {
	return strings.Contains(r.Error.Message, "is not supported for") && !slices.Contains(r.Fields, "EngineVersion")
}

// isOvertaken reports whether AWS refused an engine, or its parameter group, because a
// person moved the cache to another one while the provider was on its way.
func (m *model) isOvertaken(r aws.Request) bool {
	return m.upgraded && slices.ContainsFunc([]string{"Cannot downgrade", "Cannot change the engine", "Expected a parameter group"}, func(text string) bool {
		return strings.Contains(r.Error.Message, text)
	})
}

// isStopped reports whether AWS refused a parameter group that it doesn't have because a
// person paused it: what is said of it is what was true before.
func (m *model) isStopped(r aws.Request) bool {
	return r.Error.Code == aws.CodeParameterGroupNotFound && slices.ContainsFunc(slices.Collect(maps.Keys(m.paused)), func(name string) bool {
		return strings.HasPrefix(name, resources.ParameterGroup(""))
	})
}

// check what must hold at every moment.
func (m *model) check(t *rapid.T) {
	if m.isMissing() {
		m.lostAt = m.Now()
	}
	log := m.AWS.Log()
	for _, r := range log[m.seen:] {
		if m.made && (r.Name == "ModifyCacheSubnetGroup" || slices.Contains(r.Fields, "SecurityGroupIds")) {
			t.Fatalf("a cache is moved to another network:\n%s%s", r, m.situation())
		}
		m.made = m.made || r.Name == "CreateReplicationGroup" && !r.Refused()
		if strings.HasPrefix(r.Name, "Delete") && r.Name != "DeleteCacheParameterGroup" {
			t.Fatalf("something of the cache is deleted:\n%s%s", r, m.situation())
		}
		if strings.HasSuffix(r.Name, "ReplicaCount") {
			continue // A provider that restarts in the middle of scaling begins anew.
		}
		if r.Refused() && !m.lacksSecret(r) && !isUnsupported(r) && !m.isOvertaken(r) && !m.isStopped(r) {
			t.Fatalf("AWS refused a request:\n%s%s", r, m.situation())
		}
	}
	m.seen = len(log)
	if rg := m.Composed()[resources.ReplicationGroup]; rg != nil {
		for _, kind := range []string{"Synced", "LastAsyncOperation"} {
			_, _, message := upjet.Condition(rg, kind)
			if m.upgraded && strings.Contains(message, `"engine`) {
				continue // The provider saw what AWS or a person did before anybody could follow.
			}
			if strings.Contains(message, "refuse to update") || strings.Contains(message, "cannot compute") {
				t.Fatalf("the provider refuses: %s%s", message, m.situation())
			}
		}
	}
	for _, e := range m.Events(crossplane.Deleted) {
		if !strings.HasPrefix(e.Name, resources.ParameterGroup("")) && e.Name != resources.AuthTokens && e.Name != resources.DeletionProtection && !strings.HasSuffix(e.Text, "by hand") && !strings.HasSuffix(e.Text, "is deleted") && !strings.HasSuffix(e.Text, "only observes") {
			t.Fatalf("deleted: %s", e)
		}
	}
	m.checkURLs(t)
	m.checkAuth(t)
	m.checkUnasked(t)
	m.checkCarried(t)
	if m.rival != nil && len(m.rival.Published()) > 0 {
		t.Fatalf("a second claim has a URL: %s", m.situation())
	}
}

// checkAuth: once clients must have a token, nobody is asked for less.
func (m *model) checkAuth(t *rapid.T) {
	url := string(m.Published()[connection.KeyURL])
	if m.auth && url != "" && !strings.Contains(url, "@") {
		t.Fatalf("a URL without a token follows one with: %s", m.situation())
	}
	m.auth = m.auth || strings.Contains(url, "@")
	rg := m.Composed()[resources.ReplicationGroup]
	if !m.auth || rg == nil || slices.Equal(policiesOf(rg), []string{"Observe"}) {
		return // What the provider only observes asks AWS for nothing.
	}
	if _, asked, _ := unstructured.NestedMap(rg.Object, "spec", "forProvider", "authTokenSecretRef"); !asked {
		t.Fatalf("AUTH was asked for, and is no more: %s", m.situation())
	}
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
	p, err := m.AWS.GetParameter(modelRegion, modelPath)
	if err == nil && !m.AWS.Accepts(p.Value) && !m.AWS.CutOff(p.Value) {
		t.Fatalf("the URL in Parameter Store is not accepted: %s", m.situation())
	}
	if status, _, _ := m.Condition("URLPublished"); err == nil && status == "True" && url != "" && p.Value != url {
		t.Fatalf("URLPublished is True, and Parameter Store has another URL: %s", m.situation())
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

// converge on what is asked, when nothing disturbs any more. What is asked must be
// valid by then, and the token there.
func (m *model) converge(t *rapid.T) {
	m.SetSecret(modelNamespace, modelToken, map[string][]byte{"token": []byte("a-token-of-the-team-4")})
	m.AWS.Calm()
	m.letGo()
	for _, g := range m.AWS.ReplicationGroups() {
		m.AWS.Fill(g.Region, g.ID, 0)
	}
	m.Edit(func(xr *unstructured.Unstructured) {
		spec := xr.Object["spec"].(map[string]any)
		for _, key := range []string{"multiAzEnabled", "transitEncryption", "maintenanceWindow", "snapshotWindow"} {
			delete(spec, key)
		}
		if nodeType, _ := spec["nodeType"].(string); strings.Contains(nodeType, "g.") {
			spec["engine"], spec["engineVersion"] = "valkey", "8.1" // Which has it.
		}
		if spec["enableAuthToken"] != true || m.cannotLookUp() {
			delete(spec, "authTokenSecretRef")
		}
		if spec["enableAuthToken"] != true || spec["authTokenSecretRef"] != nil {
			delete(spec, "authTokenGeneration")
		}
	})
	m.convergeTaken()
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
	if p, err := m.AWS.GetParameter(modelRegion, modelPath); err != nil || p.Value != m.url {
		t.Errorf("Parameter Store has not the URL: %v", err)
	}
	m.compare(t)
}

// cannotLookUp reports whether nothing proves that Crossplane finds Secrets, so that a
// token of the team's own is refused.
func (m *model) cannotLookUp() bool {
	return m.flavour == flavourClaims && m.core != crossplane.Core2_2
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
	// A running cache keeps what can't be undone where the claim leaves it open.
	or := func(key string, otherwise any) string {
		if v, ok := spec[key]; ok {
			return fmt.Sprint(v)
		}
		if m.taken {
			return ""
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
		if pair[0] != "" && pair[0] != pair[1] && !strings.Contains(refused, "spec."+key) {
			t.Errorf("%s is asked to be %s, and is %s:%s", key, pair[0], pair[1], m.situation())
		}
	}
	asked, has := or("authTokenGeneration", ""), generationOf(m.Composed()[resources.ReplicationGroup])
	if asked != "" && asked != has && g.AuthTokenEnabled && !strings.Contains(refused, "spec.authTokenGeneration") {
		t.Errorf("authTokenGeneration is asked to be %s, and is %s:%s", asked, has, m.situation())
	}
}
