package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestOneSecretForTwo: no Secret serves two purposes, whether it is named or has the name
// that it has by default.
func TestOneSecretForTwo(t *testing.T) {
	cases := map[string]struct {
		reason string
		stage  string
		token  string // In authTokenSecretRef.name.
		url    string // In writeConnectionSecretToRef.name, empty for the default.
		want   []string
	}{
		"URL": {
			reason: "Both are named.", stage: "minimal/namespaced/nothing-yet", token: "cache", url: "cache",
			want: []string{"spec.writeConnectionSecretToRef.name", `"cache"`, "authTokenSecretRef", "name another"},
		},
		"DefaultURL": {
			reason: "The Secret of REDIS_URL has the XRedis's own name by default.", stage: "minimal/namespaced/nothing-yet", token: "backend-booking",
			want: []string{"spec.authTokenSecretRef.name", `"backend-booking"`, "REDIS_URL", `"backend-booking-redis-token"`},
		},
		"Tokens": {
			reason: "The team's token is copied to this one.", stage: "minimal/namespaced/nothing-yet", token: "backend-booking-auth-tokens", url: "redis",
			want: []string{"spec.authTokenSecretRef.name", `"backend-booking-auth-tokens"`, "the tokens that the provider reads", `"backend-booking-redis-token"`},
		},
		"Generated": {
			reason: "A generated token is written here.", stage: "minimal/namespaced/nothing-yet", token: "backend-booking-auth-token", url: "redis",
			want: []string{"spec.authTokenSecretRef.name", `"backend-booking-auth-token"`, "generates"},
		},
		"Provider": {
			reason: "The provider writes here.", stage: "minimal/namespaced/nothing-yet", token: "backend-booking-replication-group", url: "redis",
			want: []string{"spec.authTokenSecretRef.name", `"backend-booking-replication-group"`, "replication group"},
		},
		"URLIsTokens": {
			reason: "REDIS_URL and tokens are two things.", stage: "minimal/namespaced/nothing-yet", url: "backend-booking-auth-tokens",
			want: []string{"spec.writeConnectionSecretToRef.name", `"backend-booking-auth-tokens"`, `such as "redis"`},
		},
		"URLIsGenerated": {
			reason: "So are REDIS_URL and a generated token.", stage: "minimal/namespaced/nothing-yet", url: "backend-booking-auth-token",
			want: []string{"spec.writeConnectionSecretToRef.name", `"backend-booking-auth-token"`},
		},
		"URLIsProvider": {
			reason: "And REDIS_URL and what the provider writes.", stage: "minimal/namespaced/nothing-yet", url: "backend-booking-replication-group",
			want: []string{"spec.writeConnectionSecretToRef.name", `"backend-booking-replication-group"`},
		},
		"OtherNamespace": {
			reason: "A claim's Secrets of these names are in another namespace.", stage: "minimal/claims/nothing-yet", token: "backend-booking-36298-auth-tokens",
		},
		"Fine": {
			reason: "Other names are fine.", stage: "minimal/namespaced/nothing-yet", token: "redis-token", url: "redis",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			if tc.token != "" {
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": tc.token, "key": "token"})
			}
			if strings.Contains(tc.stage, flavourNamespaced) {
				spec(req, "writeConnectionSecretToRef", nil)
			}
			if tc.url != "" {
				spec(req, "writeConnectionSecretToRef", map[string]any{"name": tc.url})
			}
			text := fatal(run(t, req))
			if (text == "") != (len(tc.want) == 0) {
				t.Fatalf("%s: refused with %q", tc.reason, text)
			}
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s: the refusal does not say %q:\n%s", tc.reason, want, text)
				}
			}
		})
	}
}

// TestSecretsOfOthers: a Secret that exists under a name that is to be written is refused
// by name, unless it is the composite's own; and nothing is looked up once it is.
func TestSecretsOfOthers(t *testing.T) {
	const auth, token = "enableAuthToken", "authTokenSecretRef"
	team := map[string]any{"name": "team-token", "key": "token"}
	cases := map[string]struct {
		reason    string
		stage     string
		spec      map[string]any
		namespace string
		secret    string
		owner     string // UID.
		asks      bool
		want      []string
	}{
		"URL": {
			reason: "REDIS_URL would be written to it.", stage: "minimal/namespaced/nothing-yet", namespace: "team-booking", secret: "redis", asks: true,
			want: []string{"spec.writeConnectionSecretToRef.name", `"redis"`, `"team-booking"`, "REDIS_URL", "name another Secret"},
		},
		"URLOfALiveCache": {
			reason: "Also when AWS has the cache already.", stage: "creation/namespaced/5", namespace: "team-booking", secret: "redis", asks: true,
			want: []string{"spec.writeConnectionSecretToRef.name", `"redis"`},
		},
		"URLOfAnother": {
			reason: "One of another controller is not ours either.", stage: "minimal/namespaced/nothing-yet", namespace: "team-booking", secret: "redis", owner: "someone", asks: true,
			want: []string{"spec.writeConnectionSecretToRef.name", `"redis"`},
		},
		"OurURL": {
			reason: "One that the composite controls was only lost sight of.", stage: "minimal/namespaced/nothing-yet", namespace: "team-booking", secret: "redis", owner: "ours", asks: true,
		},
		"Provider": {
			reason: "The provider would write to it.", stage: "minimal/namespaced/nothing-yet", namespace: "team-booking", secret: "backend-booking-replication-group", asks: true,
			want: []string{"metadata.name", `"backend-booking"`, `"backend-booking-replication-group"`, "delete that Secret"},
		},
		"ProviderOfAClaim": {
			reason: "So it is for a claim.", stage: "minimal/claims/nothing-yet", namespace: connectionNamespace, secret: "backend-booking-36298-replication-group", asks: true,
			want: []string{"metadata.name", `"backend-booking-36298-replication-group"`, `"crossplane-system"`},
		},
		"Generated": {
			reason: "A token that is there already would become the cache's.", stage: "minimal/namespaced/nothing-yet", spec: map[string]any{auth: true}, namespace: "team-booking", secret: "backend-booking-auth-token", asks: true,
			want: []string{"metadata.name", `"backend-booking-auth-token"`},
		},
		"Tokens": {
			reason: "The team's tokens would be written to it.", stage: "minimal/namespaced/settled", spec: map[string]any{auth: true, token: team}, namespace: "team-booking", secret: "backend-booking-auth-tokens", asks: true,
			want: []string{"metadata.name", `"backend-booking-auth-tokens"`},
		},
		"Settled": {
			reason: "A cache that is settled looks nothing up.", stage: "minimal/namespaced/settled", namespace: "team-booking", secret: "redis",
		},
		"SettledWithGeneratedToken": {
			reason: "Nor does one with a token.", stage: "production-tls-auth/namespaced/settled", namespace: "team-shop", secret: "redis",
		},
		"SettledClaim": {
			reason: "Nor that of a claim.", stage: "minimal/claims/settled", namespace: connectionNamespace, secret: "backend-booking-36298-replication-group",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			set(req.GetObserved().GetComposite().GetResource(), "ours", "metadata", "uid")
			for key, value := range tc.spec {
				spec(req, key, value)
			}
			asked := findSecret(t, req, tc.namespace, tc.secret, tc.owner)
			if asked != tc.asks {
				t.Errorf("%s: asks for the Secret: %t; all: %v", tc.reason, asked, slices.Sorted(maps.Keys(run(t, clone(req)).GetRequirements().GetResources())))
			}
			text := fatal(run(t, req))
			if (text == "") != (len(tc.want) == 0) {
				t.Fatalf("%s: refused with %q", tc.reason, text)
			}
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s: the refusal does not say %q:\n%s", tc.reason, want, text)
				}
			}
		})
	}
}

// findSecret answers with a Secret where the function asks for it, and reports whether it does.
func findSecret(t *testing.T, req *fnv1.RunFunctionRequest, namespace, name, owner string) (asked bool) {
	t.Helper()
	secret := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	set(secret, "v1", "apiVersion")
	set(secret, "Secret", "kind")
	set(secret, name, "metadata", "name")
	set(secret, namespace, "metadata", "namespace")
	if owner != "" {
		set(secret, []any{map[string]any{"uid": owner, "controller": true}}, "metadata", "ownerReferences")
	}
	for requirement, s := range run(t, clone(req)).GetRequirements().GetResources() {
		if s.GetKind() == "Secret" && s.GetMatchName() == name && s.GetNamespace() == namespace {
			if req.GetRequiredResources() == nil {
				req.RequiredResources = map[string]*fnv1.Resources{}
			}
			req.RequiredResources[requirement] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: secret}}}
			asked = true
		}
	}
	return asked
}

// TestConnectionReferenceMoves: the managed resources of a cache that exists go on to read
// and write the Secrets that they have, and the claim says so.
func TestConnectionReferenceMoves(t *testing.T) {
	cases := map[string]struct {
		reason string
		stage  string
		ref    any
		want   []string
	}{
		"Gone": {
			reason: "Without a reference nothing would hold the URL.", stage: "minimal/claims/settled",
			want: []string{"spec.writeConnectionSecretToRef", "none is not applied", "crossplane-system/", "set it back"},
		},
		"Moved": {
			reason: "In another namespace no Secret has what the provider reads.", stage: "minimal/claims/settled", ref: map[string]any{"name": "other", "namespace": "elsewhere"},
			want: []string{"spec.writeConnectionSecretToRef", `"elsewhere/other" is not applied`, "crossplane-system/", "set it back"},
		},
		"MovedWithAuth": {
			reason: "Nor has it the token.", stage: "production-tls-auth/claims/settled", ref: map[string]any{"name": "other", "namespace": "elsewhere"},
			want: []string{`"elsewhere/other" is not applied`},
		},
		"MovedWithTheTeamsToken": {
			reason: "Nor the tokens of the team's own.", stage: "production/claims/settled", ref: map[string]any{"name": "other", "namespace": "elsewhere"},
			want: []string{`"elsewhere/other" is not applied`},
		},
		"GoneNamespaced": {
			reason: "The default name is another name.", stage: "minimal/namespaced/settled",
			want: []string{"spec.writeConnectionSecretToRef.name", `"backend-booking" is not applied`, `keeps "redis"`},
		},
		"MovedNamespaced": {
			reason: "Pods read the Secret by its name.", stage: "minimal/namespaced/settled", ref: map[string]any{"name": "other"},
			want: []string{"spec.writeConnectionSecretToRef.name", `"other" is not applied`, `keeps "redis"`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			before := run(t, clone(req))
			spec(req, "writeConnectionSecretToRef", tc.ref)
			after := run(t, req)
			if diff := cmp.Diff(resourcesOf(before), resourcesOf(after), protocmp.Transform()); diff != "" {
				t.Errorf("%s: -before, +after:\n%s", tc.reason, diff)
			}
			c := conditionOf(after, "Accepted")
			for _, want := range tc.want {
				if c.GetReason() != "ChangeRefused" || !strings.Contains(c.GetMessage(), want) {
					t.Errorf("%s: Accepted is %s and does not say %q:\n%s", tc.reason, c.GetReason(), want, c.GetMessage())
				}
			}
		})
	}
}

// TestSecretsComeFirst: with the Secrets of others out of the way the cache comes, and all
// is the composite's own.
func TestSecretsComeFirst(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, map[string]any{"enableAuthToken": true})
			namespace, name := map[string]string{flavourClaims: connectionNamespace, flavourNamespaced: modelNamespace}[flavour], c.XR().GetName()+"-auth-token"
			theirs := map[string][]byte{"token": []byte("theirs-and-not-to-be-used")}
			c.SetSecret(namespace, name, theirs)
			c.run(5 * time.Minute)
			c.says("Accepted", "False", name, "delete that Secret")
			if n := len(c.Composed()); n > 0 {
				t.Errorf("%d resources are composed", n)
			}
			c.DeleteSecret(namespace, name)
			c.comes("vpc-a")
			if _, ok := c.Secret(namespace, name)["token"]; !ok || slices.Equal(c.Secret(namespace, name)["token"], theirs["token"]) {
				t.Error("the token is not a generated one")
			}
		})
	}
}
