package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// A generationEdit of a claim, and how long nobody edits it after that.
type generationEdit struct {
	fields map[string]any
	wait   time.Duration
}

// TestGenerations edits the generation of a token in all ways that make sense, and in
// those that don't. The URL that clients read is accepted at every moment.
func TestGenerations(t *testing.T) {
	team := map[string]any{"name": modelToken, "key": "token"}
	generation := func(n any) map[string]any { return map[string]any{"authTokenGeneration": n} }
	hour := func(fields map[string]any) generationEdit { return generationEdit{fields, time.Hour} }
	soon := func(fields map[string]any) generationEdit { return generationEdit{fields, 4 * time.Second} }
	cases := map[string]struct {
		reason     string
		spec       map[string]any // Of the cache, beside AUTH.
		edits      []generationEdit
		generation string   // In the end, empty for the team's own token.
		calls      int      // That set a token.
		keeps      bool     // The cache still accepts the first token.
		refused    []string // What is said, nothing if all is accepted.
	}{
		"Default": {
			reason: "Without a strategy the old token ends.",
			edits:  []generationEdit{hour(generation(int64(2)))}, generation: "2", calls: 2,
		},
		"SET": {
			reason: "SET is the default.",
			edits:  []generationEdit{hour(map[string]any{"authTokenGeneration": int64(2), "authTokenUpdateStrategy": "SET"})}, generation: "2", calls: 2,
		},
		"ROTATE": {
			reason: "With ROTATE the old token stays.",
			spec:   map[string]any{"authTokenUpdateStrategy": "ROTATE"},
			edits:  []generationEdit{hour(generation(int64(2)))}, generation: "2", calls: 1 + 1, keeps: true,
		},
		"ROTATEThenSET": {
			reason: "SET ends it later.",
			spec:   map[string]any{"authTokenUpdateStrategy": "ROTATE"},
			edits: []generationEdit{
				hour(generation(int64(2))), hour(map[string]any{"authTokenUpdateStrategy": "SET"}),
			}, generation: "2", calls: 3,
		},
		"ROTATETwice": {
			reason: "AWS has two tokens at most, so the oldest ends.",
			spec:   map[string]any{"authTokenUpdateStrategy": "ROTATE"},
			edits:  []generationEdit{hour(generation(int64(2))), hour(generation(int64(3)))}, generation: "3", calls: 4,
		},
		"One": {
			reason: "Every cache begins with 1.",
			edits:  []generationEdit{hour(generation(int64(1)))}, generation: "1", keeps: true,
		},
		"FromCreation": {
			reason: "A cache may begin with another.",
			spec:   generation(int64(7)),
			edits:  []generationEdit{hour(map[string]any{"tags": map[string]any{"team": "a"}})}, generation: "7", keeps: true,
		},
		"LeftOut": {
			reason: "The cache keeps its token.",
			spec:   generation(int64(7)),
			edits:  []generationEdit{hour(generation(nil))}, generation: "7", keeps: true,
		},
		"Lower": {
			reason: "A token that was replaced does not come back.",
			edits:  []generationEdit{hour(generation(int64(3))), hour(generation(int64(2)))}, generation: "3", calls: 2,
			refused: []string{`spec.authTokenGeneration: "2" is not applied, the cache keeps "3"`, "leave the field out, or write a higher number than 3"},
		},
		"LowerThenHigher": {
			reason: "A higher number is another token.",
			edits:  []generationEdit{hour(generation(int64(3))), hour(generation(int64(2))), hour(generation(int64(4)))}, generation: "4", calls: 4,
		},
		"HigherWhileRotating": {
			reason: "The first rotation comes to its end, and then the second begins.",
			edits:  []generationEdit{soon(generation(int64(2))), hour(generation(int64(3)))}, generation: "3", calls: 4,
		},
		"LowerWhileRotating": {
			reason: "What AWS may be carrying out is not taken back.",
			edits:  []generationEdit{soon(generation(int64(3))), hour(generation(int64(2)))}, generation: "3", calls: 2,
			refused: []string{`spec.authTokenGeneration: "2" is not applied, the cache keeps "3"`},
		},
		"LeftOutWhileRotating": {
			reason: "What AWS may be carrying out is not taken back.",
			edits:  []generationEdit{soon(generation(int64(2))), hour(generation(nil))}, generation: "2", calls: 2,
		},
		"LowerBeforeItBegins": {
			reason: "Nothing was asked of AWS yet, so the last number counts.",
			edits: []generationEdit{
				soon(map[string]any{"nodeType": "cache.t3.small"}), soon(generation(int64(9))), hour(generation(int64(2))),
			}, generation: "2", calls: 2,
		},
		"WithAnUpgrade": {
			reason: "The engine comes first.",
			edits:  []generationEdit{hour(map[string]any{"authTokenGeneration": int64(2), "engine": "valkey"})}, generation: "2", calls: 2,
		},
		"DuringAnUpgrade": {
			reason: "The engine comes first.",
			edits:  []generationEdit{soon(map[string]any{"engine": "valkey"}), hour(generation(int64(2)))}, generation: "2", calls: 2,
		},
		"UpgradeWhileRotating": {
			reason: "The token that was asked for comes first.",
			edits:  []generationEdit{soon(generation(int64(2))), hour(map[string]any{"engine": "valkey"})}, generation: "2", calls: 2,
		},
		"WithNodes": {
			reason: "Nodes and the token are asked for one after the other.",
			edits:  []generationEdit{hour(map[string]any{"authTokenGeneration": int64(2), "numCacheNodes": int64(2), "nodeType": "cache.t3.small"})}, generation: "2", calls: 2,
		},
		"WithAUTH": {
			reason: "A cache that had no token gets one of that generation.",
			spec:   map[string]any{"enableAuthToken": nil},
			edits:  []generationEdit{hour(map[string]any{"enableAuthToken": true, "authTokenGeneration": int64(3)})}, generation: "3", calls: 2,
		},
		"WithoutAUTH": {
			reason: "A cache that has no token has no generation of it.",
			spec:   map[string]any{"enableAuthToken": nil},
			edits:  []generationEdit{hour(generation(int64(2)))}, keeps: true,
			refused: []string{"spec.authTokenGeneration", "authTokenGeneration needs enableAuthToken: true"},
		},
		"AUTHOff": {
			reason: "AUTH stays, and so does the token.",
			edits:  []generationEdit{hour(map[string]any{"enableAuthToken": false, "authTokenGeneration": int64(2)})}, generation: "1", keeps: true,
			refused: []string{"spec.authTokenGeneration", "authTokenGeneration needs enableAuthToken: true", "AWS can't switch AUTH off"},
		},
		"BesideTheTeams": {
			reason: "The team's own token is in its Secret.",
			spec:   map[string]any{"authTokenSecretRef": team},
			edits:  []generationEdit{hour(generation(int64(2)))}, keeps: true,
			refused: []string{`spec.authTokenGeneration: "2"`, "change it in the Secret of authTokenSecretRef"},
		},
		"TheTeamsBeside": {
			reason: "The token of the Secret counts.",
			spec:   generation(int64(2)),
			edits:  []generationEdit{hour(map[string]any{"authTokenSecretRef": team})}, calls: 2,
			refused: []string{`spec.authTokenGeneration: "2"`, "change it in the Secret of authTokenSecretRef"},
		},
		"InPlaceOfTheTeams": {
			reason: "A generated token follows the team's own, also the first.",
			spec:   map[string]any{"authTokenSecretRef": team},
			edits:  []generationEdit{hour(map[string]any{"authTokenSecretRef": nil, "authTokenGeneration": int64(1)})}, generation: "1", calls: 2,
		},
		"InPlaceOfTheTeamsWithROTATE": {
			reason: "The team's own token stays beside it.",
			spec:   map[string]any{"authTokenSecretRef": team, "authTokenUpdateStrategy": "ROTATE"},
			edits:  []generationEdit{hour(map[string]any{"authTokenSecretRef": nil, "authTokenGeneration": int64(1)})}, generation: "1", calls: 2, keeps: true,
		},
		"ToTheTeamsAndBack": {
			reason: "The same number after the team's own is another token.",
			spec:   generation(int64(2)),
			edits: []generationEdit{
				hour(map[string]any{"authTokenSecretRef": team, "authTokenGeneration": nil}),
				hour(map[string]any{"authTokenSecretRef": nil, "authTokenGeneration": int64(2)}),
			}, generation: "2", calls: 4,
		},
		"ToTheTeamsAndBackAtOnce": {
			reason: "The rotation to the team's own comes to its end first.",
			edits: []generationEdit{
				soon(map[string]any{"authTokenSecretRef": team, "authTokenGeneration": nil}),
				hour(map[string]any{"authTokenSecretRef": nil, "authTokenGeneration": int64(2)}),
			}, generation: "2", calls: 4,
		},
		"BackToTheTeamsAtOnce": {
			reason: "The rotation to the generated token comes to its end first.",
			edits: []generationEdit{
				soon(generation(int64(2))), hour(map[string]any{"authTokenSecretRef": team, "authTokenGeneration": nil}),
			}, calls: 3,
		},
		"Zero": {
			reason: "The first is 1.",
			edits:  []generationEdit{hour(generation(int64(0)))}, generation: "1", keeps: true,
			refused: []string{`spec.authTokenGeneration: "0" is not applied, the cache keeps "the token that it has"`, "1 to 1000000"},
		},
		"Negative": {
			reason: "The first is 1.",
			edits:  []generationEdit{hour(generation(int64(-1)))}, generation: "1", keeps: true,
			refused: []string{`spec.authTokenGeneration: "-1"`, "1 to 1000000"},
		},
		"High": {
			reason: "There is a highest number.",
			edits:  []generationEdit{hour(generation(int64(1000001)))}, generation: "1", keeps: true,
			refused: []string{`spec.authTokenGeneration: "1000001"`, "1 to 1000000"},
		},
		"Text": {
			reason: "It is a number.",
			edits:  []generationEdit{hour(generation("two"))}, generation: "1", keeps: true,
			refused: []string{"authTokenGeneration"},
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				spec := map[string]any{"enableAuthToken": true}
				maps.Copy(spec, tc.spec)
				c := create(t, flavour, spec)
				c.SetSecret(modelNamespace, modelToken, map[string][]byte{"token": []byte("a-token-of-the-team-1")})
				c.comes("vpc-a")
				first, from := string(c.Published()["REDIS_URL"]), len(c.AWS.Log())
				for _, edit := range tc.edits {
					c.edit(edit.fields)
					c.serves(edit.wait)
				}
				c.says("Accepted", map[bool]string{true: "True", false: "False"}[len(tc.refused) == 0], tc.refused...)
				c.says("Changing", "False")
				c.says("URLPublished", "True")
				if got := generationOf(c.Composed()[resources.ReplicationGroup]); got != tc.generation {
					t.Errorf("%s: the cache has generation %q, want %q", tc.reason, got, tc.generation)
				}
				if got := strings.Count(c.written(from), "AuthToken,"); got != tc.calls {
					t.Errorf("%s: %d calls set a token, want %d: %s", tc.reason, got, tc.calls, c.written(from))
				}
				if got := c.AWS.Accepts(first); got != tc.keeps {
					t.Errorf("%s: the first URL is accepted: %t, want %t", tc.reason, got, tc.keeps)
				}
				if refused := c.AWS.Refused(); len(refused) > 0 {
					t.Errorf("%s: AWS refused %v", tc.reason, refused)
				}
				if err := c.MustStayTheSame(time.Hour); err != nil {
					t.Errorf("%s: %v", tc.reason, err)
				}
			})
		}
	}
}

// TestGenerationStages: the claim tells the steps of a rotation one after the other, also
// after the first token, which nothing tells from the one before it.
func TestGenerationStages(t *testing.T) {
	want := []string{
		"Settled", "1 of 2: AUTH with the new token only (SET)", "2 of 2: AUTH with the old and the new token (ROTATE)", "Settled",
	}
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := create(t, flavour, map[string]any{"enableAuthToken": true, "authTokenUpdateStrategy": "ROTATE"})
			c.comes("vpc-a")
			var got []string
			c.edit(map[string]any{"authTokenGeneration": int64(2)})
			for range 1200 {
				stage, _, _ := unstructured.NestedString(c.XR().Object, "status", "stage")
				got = slices.Compact(append(got, stage))
				c.run(time.Second)
			}
			if !slices.Equal(got, want) {
				t.Errorf("the stages are %q", got)
			}
		})
	}
}

// TestGenerationRestart restarts the provider at any moment of a rotation. It then takes
// the token that it has generated for the one that AWS has, and the URL with that token is
// not published before AWS has it.
func TestGenerationRestart(t *testing.T) {
	for _, strategy := range []string{"SET", "ROTATE"} {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			for second := 0; second < 45; second += 3 {
				t.Run(fmt.Sprintf("%s/%s/%d", strategy, flavour, second), func(t *testing.T) {
					c := create(t, flavour, map[string]any{"enableAuthToken": true, "authTokenUpdateStrategy": strategy})
					c.comes("vpc-a")
					c.edit(map[string]any{"authTokenGeneration": int64(2)})
					c.serves(time.Duration(second) * time.Second)
					c.RestartProvider()
					c.serves(20 * time.Minute)
					c.edit(map[string]any{"authTokenGeneration": int64(3)})
					c.RestartProvider()
					c.serves(20 * time.Minute)
					c.says("Changing", "False")
					c.says("URLPublished", "True")
					if got := generationOf(c.Composed()[resources.ReplicationGroup]); got != "3" {
						t.Errorf("the cache has generation %s", got)
					}
				})
			}
		}
	}
}

// TestGenerationTakenOver: the token of a cache that is taken over is of the claim's
// generation, and so is the next.
func TestGenerationTakenOver(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			m := aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-a1"}, SecurityGroupIDs: []string{"sg-xyz"}, AuthToken: "a-token-of-terraform"}
			c := create(t, flavour, map[string]any{"enableAuthToken": true, "authTokenGeneration": int64(5), "existing": map[string]any{"mode": "TakeOver"}, "subnetIds": []any{"subnet-a1"}})
			c.AWS.Add(m.Stack())
			old := c.AWS.URL("eu-central-1", "backend-booking-dev-redis")
			c.run(time.Hour)
			for _, want := range []string{"5", "6"} {
				c.says("Accepted", "True")
				if got := generationOf(c.Composed()[resources.ReplicationGroup]); got != want {
					t.Errorf("the cache has generation %s, want %s", got, want)
				}
				if got := c.AWS.Accepts(old); got != (want == "5") {
					t.Errorf("with generation %s the old URL is accepted: %t", want, got)
				}
				c.edit(map[string]any{"authTokenGeneration": int64(6)})
				c.serves(time.Hour)
			}
		})
	}
}

// TestGenerationRestored raises the generation of a cache that was restored from a backup,
// with which everything got another uid.
func TestGenerationRestored(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			req := restored(stage(t, "token-generation/"+flavour+"/settled"), true)
			spec(req, "authTokenGeneration", 6)
			if got := keyOf(run(t, clone(req))); got != keyOf(run(t, stage(t, "token-generation/"+flavour+"/settled"))) {
				t.Errorf("it has another token after the restore: %s", got)
			}
			spec(req, "authTokenGeneration", 7)
			changes, _, _ := unstructured.NestedStringSlice(run(t, req).GetDesired().GetComposite().GetResource().AsMap(), "status", "changes")
			if len(changes) != 2 || !strings.HasPrefix(changes[0], "change authTokenGeneration old token -> new token") {
				t.Errorf("what changes is %q", changes)
			}
		})
	}
}

// keyOf the token that AWS is asked for.
func keyOf(rsp *fnv1.RunFunctionResponse) string {
	rg := protocol.Object{Struct: rsp.GetDesired().GetResources()[resources.ReplicationGroup].GetResource()}
	return rg.Text("spec", "forProvider", "authTokenSecretRef", "key")
}

// serves for a while: clients can connect with what they read at any moment.
func (c cluster) serves(d time.Duration) {
	for range d / time.Second {
		c.run(time.Second)
		if url := string(c.Published()["REDIS_URL"]); !c.AWS.Accepts(url) {
			c.t.Fatal("the published URL is not accepted")
		}
		if p, err := c.AWS.GetParameter("eu-central-1", "/backend-booking/dev/redis/url"); err != nil || !c.AWS.Accepts(p.Value) {
			c.t.Fatalf("the URL in Parameter Store is not accepted: %v", err)
		}
	}
}

// generationOf the token that AWS was asked for, by its key in the Secret, empty if it was
// not generated.
func generationOf(rg *unstructured.Unstructured) string {
	generation, _ := generatedKey(rg)
	return generation
}

// followsAnother reports whether the token that AWS was asked for was generated after
// another one.
func followsAnother(rg *unstructured.Unstructured) bool {
	_, before := generatedKey(rg)
	return before != ""
}

// generatedKey is the generation in the key of a generated token, and the digest of the
// token before it.
func generatedKey(rg *unstructured.Unstructured) (generation, before string) {
	generated, _, _ := unstructured.NestedBool(rg.Object, "spec", "forProvider", "autoGenerateAuthToken")
	key, _, _ := unstructured.NestedString(rg.Object, "spec", "forProvider", "authTokenSecretRef", "key")
	switch {
	case !generated:
		return "", ""
	case key == "token":
		return "1", ""
	}
	position, _, _ := strings.Cut(strings.TrimPrefix(key, "token-"), ".")
	generation, before, _ = strings.Cut(position, "-")
	return generation, before
}
