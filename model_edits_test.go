package main

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
)

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
	"nodeType":                {nil, "cache.t3.small", "cache.t3.medium", "cache.m7g.large", "cache.r8g.large"},
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
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(settings))).Draw(t, "field")
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
