package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// TestGenerate holds what is checked in against the provider's source.
func TestGenerate(t *testing.T) {
	provider, err := toolchain.Provider(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		t.Run(k.group, func(t *testing.T) {
			got, err := generate(provider, k.group, k.names)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("..", "..", "internal", "managed", k.group, "zz_generated.types.go"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("go generate ./... rewrites it: -checked in, +generated:\n%s", diff)
			}
		})
	}
}

// TestNotOurs: what is observed, and what counts at creation only, can't be set.
func TestNotOurs(t *testing.T) {
	provider, err := toolchain.Provider(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		got, err := generate(provider, k.group, k.names)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"status", "initProvider", "atProvider"} {
			if strings.Contains(string(got), `json:"`+word) {
				t.Errorf("%s has a field %s", k.group, word)
			}
		}
	}
}

// TestStored: of a kind that the provider does not have, nothing is made up.
func TestStored(t *testing.T) {
	provider, err := toolchain.Provider(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := generate(provider, "elasticache", []string{"Nothing"}); err == nil || !strings.Contains(err.Error(), "Nothing") {
		t.Errorf("expected an error that names the kind, got %v", err)
	}
}
