package redis

import (
	"strings"
	"testing"
)

func TestFamily(t *testing.T) {
	cases := map[string]struct {
		reason  string
		engine  Engine
		version string
		want    string
		tlsMode bool
	}{
		"Redis5":       {reason: "Before 6, versions are named to the patch.", engine: "redis", version: "5.0.6", want: "redis5.0"},
		"Redis6x":      {reason: "6.x is the newest of 6.", engine: "redis", version: "6.x", want: "redis6.x"},
		"Redis62":      {reason: "6 may be named to the minor version.", engine: "redis", version: "6.2", want: "redis6.x"},
		"Redis71":      {reason: "Redis OSS ends at 7.1.", engine: "redis", version: "7.1", want: "redis7", tlsMode: true},
		"Redis72":      {reason: "There is no redis 7.2, it is Valkey's.", engine: "redis", version: "7.2"},
		"Patch":        {reason: "AWS refuses a patch level from 6 on.", engine: "redis", version: "7.1.0"},
		"Valkey72":     {reason: "Valkey begins at 7.2.", engine: "valkey", version: "7.2", want: "valkey7", tlsMode: true},
		"Valkey80":     {reason: "Every minor version of 8 is of one family.", engine: "valkey", version: "8.0", want: "valkey8", tlsMode: true},
		"Valkey812":    {reason: "A minor version may have two digits.", engine: "valkey", version: "8.12", want: "valkey8", tlsMode: true},
		"Valkey801":    {reason: "A leading zero is no version.", engine: "valkey", version: "8.01"},
		"Valkey8":      {reason: "A major version alone is no version.", engine: "valkey", version: "8."},
		"ValkeyAny":    {reason: "The pattern itself is no version.", engine: "valkey", version: "8.*"},
		"ValkeySigned": {reason: "A sign is no part of a version.", engine: "valkey", version: "8.+1"},
		"Memcached":    {reason: "Other engines are not offered.", engine: "memcached", version: "1.6.12"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := Family(tc.engine, tc.version)
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("%s: Family(%q, %q) = %q, %t; want %q", tc.reason, tc.engine, tc.version, got, ok, tc.want)
			}
			if got := HasTLSMode(tc.engine, tc.version); ok && got != tc.tlsMode {
				t.Errorf("%s: HasTLSMode(%q, %q) = %t", tc.reason, tc.engine, tc.version, got)
			}
		})
	}
}

// TestHasTLSMode of versions that are not known here: AWS takes no mode away again.
func TestHasTLSMode(t *testing.T) {
	for version, want := range map[string]bool{"valkey 10.0": true, "redis 7.9": true, "redis 6.9": false, "redis 4.0.10": false} {
		engine, version, _ := strings.Cut(version, " ")
		if got := HasTLSMode(Engine(engine), version); got != want {
			t.Errorf("HasTLSMode(%q, %q) = %t", engine, version, got)
		}
	}
}

func TestParameterName(t *testing.T) {
	cases := map[string]struct{ reason, family, name, want string }{
		"Same":      {"Most names stay.", "valkey8", "notify-keyspace-events", "notify-keyspace-events"},
		"Old":       {"Redis 6 has ziplists.", "redis6.x", "hash-max-ziplist-entries", "hash-max-ziplist-entries"},
		"New":       {"Redis 7 has listpacks.", "redis7", "zset-max-ziplist-value", "zset-max-listpack-value"},
		"Gone":      {"What was gone before has no new name.", "redis7", "list-max-ziplist-entries", "list-max-ziplist-entries"},
		"Replicas":  {"Redis 5 has replicas.", "redis5.0", "min-slaves-to-write", "min-replicas-to-write"},
		"OneOfThem": {"One is enough.", "valkey7", "close-on-slave-write", "close-on-replica-write"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := ParameterName(tc.family, tc.name); got != tc.want {
				t.Errorf("%s: got %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
