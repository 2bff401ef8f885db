package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

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

// unknownVersion: somebody moves the cache to a version that nobody here knows.
func (m *model) unknownVersion(*rapid.T) {
	m.byHand(aws.ModifyReplicationGroup{Engine: ptr.To(aws.Valkey), EngineVersion: ptr.To("10.0"), ParameterGroup: ptr.To("default.valkey10")})
}

// rollBack from Valkey by hand, which the provider can't.
func (m *model) rollBack(*rapid.T) {
	m.byHand(aws.ModifyReplicationGroup{Engine: ptr.To(aws.Redis), EngineVersion: ptr.To("7.1"), ParameterGroup: ptr.To("default.redis7")})
}

// preferTLS by hand, which serves all clients there are.
func (m *model) preferTLS(*rapid.T) {
	m.byHand(aws.ModifyReplicationGroup{TransitEncryption: ptr.To(true), TransitEncryptionMode: ptr.To(aws.TLSPreferred)})
}

func (m *model) byHand(in aws.ModifyReplicationGroup) {
	for _, g := range m.AWS.ReplicationGroups() {
		in.Region, in.ID, in.ApplyImmediately = g.Region, g.ID, true
		m.upgraded = m.AWS.ModifyByHand(in) == nil && in.EngineVersion != nil || m.upgraded
	}
}

// failOver to another node: the first may then be the one that goes.
func (m *model) failOver(*rapid.T) {
	for _, g := range m.AWS.ReplicationGroups() {
		m.AWS.FailOver(g.Region, g.ID)
	}
}

// fill the cache with data, so that smaller nodes come to nothing.
func (m *model) fill(t *rapid.T) {
	gib := rapid.SampledFrom([]float64{0, 1, 2}).Draw(t, "GiB")
	for _, g := range m.AWS.ReplicationGroups() {
		m.AWS.Fill(g.Region, g.ID, gib)
	}
}

func (m *model) backUp(t *rapid.T) {
	for _, g := range m.AWS.ReplicationGroups() {
		m.AWS.BackUp(g.Region, g.ID, time.Duration(rapid.IntRange(1, 60).Draw(t, "minutes"))*time.Minute)
	}
}

var writes = []string{"CreateReplicationGroup", "ModifyReplicationGroup", "IncreaseReplicaCount", "DecreaseReplicaCount", "PutParameter"}

// loseAnswer of AWS, which does what was asked.
func (m *model) loseAnswer(t *rapid.T) {
	how := rapid.SampledFrom([]aws.Loss{aws.LossTimeout, aws.LossConnection, aws.LossRetried}).Draw(t, "how")
	m.AWS.Lose(rapid.SampledFrom(writes).Draw(t, "request"), rapid.IntRange(1, 3).Draw(t, "times"), how)
}

// fail a request, which is not a refusal: another try will do.
func (m *model) fail(t *rapid.T) {
	err := rapid.SampledFrom([][2]string{
		{aws.CodeServiceUnavailable, "Service is unavailable."},
		{aws.CodeGroupState, "Replication group must be in available state to modify."},
	}).Draw(t, "error")
	m.AWS.Fail(rapid.SampledFrom(writes).Draw(t, "request"), rapid.IntRange(1, 20).Draw(t, "times"), err[0], err[1])
}

// ssmIsAway, and elasticache's provider works, or the other way round.
func (m *model) ssmIsAway(*rapid.T) { m.StopProvider("ssm") }
func (m *model) ssmIsBack(*rapid.T) { m.StartProvider("ssm") }

// pause a resource by hand, or let it go again. Those that the function holds are left
// alone.
func (m *model) pause(t *rapid.T) {
	composed := m.Composed()
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(composed)), func(name string) bool {
		return m.paused[name] != meta.IsPaused(composed[name])
	})
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(t, "name")
	m.setPaused(name, !m.paused[name])
}

// letGo of all that is stopped, without which nothing can be deleted.
func (m *model) letGo() {
	m.StartProvider("ssm")
	for name := range m.paused {
		m.setPaused(name, false)
	}
}

func (m *model) setPaused(name string, paused bool) {
	m.paused[name] = paused
	m.EditComposed(name, func(o *unstructured.Unstructured) {
		meta.RemoveAnnotations(o, meta.AnnotationKeyReconciliationPaused)
		if paused {
			meta.AddAnnotations(o, map[string]string{meta.AnnotationKeyReconciliationPaused: "true"})
		}
	})
}

// compete with another claim, whose names make the same id. It is told so, and gets
// nothing; or it goes again.
func (m *model) compete(t *rapid.T) {
	if m.core == crossplane.Core1_14 || m.url == "" {
		return // Nobody can know of the other, or whoever comes first has the cache.
	}
	if m.rival == nil {
		m.rival = m.Join(m.another("rival"))
		return
	}
	m.rival.Delete()
	m.run(t, time.Minute)
	if m.rival.Gone() {
		m.rival = nil
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
			req.RequiredResources, req.ExtraResources = nil, nil
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
// what it finds for what AWS has, and say so. docs/reliability.md tells of it. It may while
// a generated token follows another one, which the function can tell apart.
func (m *model) restart(*rapid.T) {
	if (!m.tokenChanges() || followsAnother(m.Composed()[resources.ReplicationGroup])) && !m.isMissing() {
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
