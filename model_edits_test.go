package main

import (
	"maps"
	"slices"

	"pgregory.net/rapid"
)

// edit what a team may edit.
func (m *model) edit(t *rapid.T) {
	fields := map[string]any{}
	for range rapid.IntRange(1, 4).Draw(t, "fields") {
		maps.Copy(fields, anyEdit(t))
	}
	m.cluster.edit(fields)
}

// changeGeneration of the token, with whatever else that needs.
func (m *model) changeGeneration(t *rapid.T) {
	m.cluster.edit(map[string]any{
		"enableAuthToken": true, "authTokenSecretRef": nil,
		"authTokenGeneration":     rapid.SampledFrom([]any{nil, int64(1), int64(2), int64(3), int64(4), int64(1000000)}).Draw(t, "generation"),
		"authTokenUpdateStrategy": rapid.SampledFrom(settings["authTokenUpdateStrategy"]).Draw(t, "strategy"),
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
	"authTokenGeneration":     {nil, int64(1), int64(2), int64(3)},
	"authTokenUpdateStrategy": {nil, "ROTATE", "SET"},
	"maxmemoryPolicy":         {nil, "noeviction"},
	"timeoutSeconds":          {nil, int64(0), int64(20)},
	"autoMinorVersionUpgrade": {nil, false},
	"maintenanceWindow":       {nil, "mon:10:00-mon:12:00"},
	"snapshotWindow":          {nil, "01:00-02:00"},
	"tags":                    {nil, map[string]any{"team": "a"}},
	"kmsKeyId":                {nil, "arn:aws:kms:eu-central-1:111122223333:key/1a2b"},
	"skipFinalSnapshot":       {nil, true},
	"deletionProtection":      {nil, true},
}

// engines go together with their versions.
var engines = []struct{ engine, version any }{
	{nil, nil}, {nil, "5.0.6"}, {nil, "6.x"}, {nil, "6.0"}, {nil, "6.2"}, {nil, "7.0"}, {nil, "7.1"},
	{"valkey", nil}, {"valkey", "7.2"}, {"valkey", "8.0"}, {"valkey", "8.1"},
}

func anyEdit(t *rapid.T) map[string]any {
	if rapid.IntRange(0, 3).Draw(t, "engine?") == 0 {
		e := rapid.SampledFrom(engines).Draw(t, "engine")
		return map[string]any{"engine": e.engine, "engineVersion": e.version}
	}
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(settings))).Draw(t, "field")
	return map[string]any{key: rapid.SampledFrom(settings[key]).Draw(t, "value")}
}
