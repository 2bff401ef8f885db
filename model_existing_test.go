package main

import (
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// takeable are the variants of what others made that can be taken over.
var takeable = []string{
	"Plain", "Replicas", "Backups", "Tags", "Valkey", "OldEngine", "PreviousGeneration", "OtherPort", "AtRest", "KMSKey",
	"TLSPreferred", "TLSRequired", "Auth", "AuthRotating", "OwnParameters",
}

// exists: in one life of three others have made a cache under the claim's id before it.
func (m *model) exists(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "exists") > 0 {
		return
	}
	stack := aws.Stack{
		Cache: aws.ReplicationGroup{Region: modelRegion, ID: "backend-booking-dev-redis", SecurityGroupIDs: []string{"sg-xyz"}},
		URL:   aws.Parameter{Name: modelPath},
	}
	variant := rapid.SampledFrom(takeable).Draw(t, "variant")
	aws.Variants()[variant](&stack)
	m.AWS.Add(stack)
	m.unasked, m.taken, m.carries = true, true, variant == "OwnParameters"
}

// checkUnasked: what others made stays as it is until the claim takes it over.
func (m *model) checkUnasked(t *rapid.T) {
	if written := m.AWS.Written(0); m.unasked && len(written) > 0 {
		t.Fatalf("nobody asked for %v: %s", written, m.situation())
	}
}

// checkCarried: a parameter that others set, and that no claim has a field for, is in force
// whatever group the cache moves to, but for one that somebody else moves it to.
func (m *model) checkCarried(t *rapid.T) {
	groups := m.AWS.ReplicationGroups()
	if !m.carries || m.upgraded || len(groups) == 0 {
		return
	}
	group, err := m.AWS.DescribeParameterGroup(modelRegion, groups[0].ParameterGroup)
	if err == nil && group.Parameters["notify-keyspace-events"] != "Ex" {
		t.Fatalf("%s has lost a parameter: %v: %s", group.Name, group.Parameters, m.situation())
	}
}

// existing in the claim, whether or not there is such a cache.
func (m *model) existing(t *rapid.T) {
	existing := rapid.SampledFrom([]any{
		nil, map[string]any{}, map[string]any{"mode": "TakeOver"}, map[string]any{"mode": "TakeOver", "tags": "Replace"},
	}).Draw(t, "existing")
	if !m.taken && existing != nil && m.url == "" {
		return // It waits for a cache that nobody makes.
	}
	m.takeOver(existing)
}

func (m *model) takeOver(existing any) {
	asked, _ := existing.(map[string]any)
	m.unasked = m.unasked && asked["mode"] == nil
	m.cluster.edit(map[string]any{"existing": existing})
}

// orphan the cache, and take it over with the same claim, applied once more. While a
// token is being set AWS may have one that nobody knows, what is paused can't go, and a rival that waits would come first.
func (m *model) orphan(t *rapid.T) {
	if m.url == "" || m.rival != nil || m.tokenChanges() || m.isMissing() || slices.Contains(slices.Collect(maps.Values(m.paused)), true) {
		return
	}
	m.AWS.Calm()
	m.letGo()
	m.cluster.edit(map[string]any{"deletionPolicy": "Orphan"})
	m.run(t, 10*time.Minute)
	if m.deletes() || m.tokenChanges() {
		return
	}
	xr := m.Manifest()
	if err := m.Remove(2 * time.Hour); err != nil {
		t.Fatalf("%v: %s", err, m.situation())
	}
	m.check(t)
	lay(xr, map[string]any{"existing": map[string]any{"mode": "TakeOver"}})
	m.cluster, m.paused, m.lost, m.taken, m.url = m.join(xr), map[string]bool{}, nil, true, ""
}

// deletes reports whether the provider would delete anything of AWS with a resource.
func (m *model) deletes() bool {
	for _, o := range m.Composed() {
		if slices.Contains(policiesOf(o), "Delete") {
			return true
		}
	}
	return false
}

func policiesOf(o *unstructured.Unstructured) []string {
	policies, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "managementPolicies")
	return policies
}

// convergeTaken asks for what others made, in a claim that AWS can be given: a preview
// that lists what AWS can't be given goes no further.
func (m *model) convergeTaken() {
	if !m.taken {
		return
	}
	if rg := m.Composed()[resources.ReplicationGroup]; rg == nil || slices.Equal(policiesOf(rg), []string{"Observe"}) {
		m.Edit(func(xr *unstructured.Unstructured) {
			maps.DeleteFunc(xr.Object["spec"].(map[string]any), func(key string, _ any) bool { return settings[key] != nil || key == "engine" || key == "engineVersion" })
		})
	}
	m.takeOver(map[string]any{"mode": "TakeOver"})
}
