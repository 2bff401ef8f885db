package controlplane

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// example of the platform's, for the API of a group.
func example(t *testing.T, file, group string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "platform.example.org", group)
}

// tierTeam has the rights to the APIs with tiers, in a namespace of its own.
func tierTeam(t *testing.T, namespace string) *team {
	t.Helper()
	out, err := plane.newTeam(t.Context(), namespace)
	if err != nil {
		t.Fatal(err)
	}
	if err := plane.admin.applyYAML(t.Context(), roles, `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: team, namespace: %s}
rules:
- {apiGroups: [%s, m.%s], resources: [redis, xredis], verbs: ["*"]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list]}`, namespace, freeGroup, enforcedGroup); err != nil {
		t.Fatal(err)
	}
	return out
}

// kubectl of the team.
func (t *team) kubectl(ctx context.Context, stdin string, args ...string) (string, error) {
	return plane.kube.kubectl(ctx, t.kubeconfig, stdin, append(args, "-n", t.namespace)...)
}

// tiered is the API with claims that choose their tier.
var tiered = schema.GroupVersionResource{Group: freeGroup, Version: "v1alpha1", Resource: "redis"}

// tierCache of a claim.
func (t *team) tierCache(name string) cache {
	f := withClaims
	f.resource = tiered
	return cache{flavour: f, team: t, name: name}
}

// TestTiers installs the packed tiers of example/platform. Claims of two fields get what
// their tier gives, its limits bind them, and a policy keeps them in it.
func TestTiers(t *testing.T) {
	ctx := t.Context()
	for name, ref := range map[string]string{"tiers": tierPackages(freeGroup)["claims"], "enforced": tierPackages(enforcedGroup)["namespaced"]} {
		if err := install(ctx, plane.admin, configurations, "Configuration", name, ref); err != nil {
			t.Fatal(err)
		}
	}
	shop := tierTeam(t, "team-shop")
	checkTier(t, shop, "development", "shop-dev", "cache.t4g.micro 1  [sg-xyz] AUTH false")
	checkTier(t, shop, "production", "shop-prod", "cache.m7g.large 2 required [sg-prod] AUTH true")
	out, _ := shop.kubectl(ctx, "", "get", "redis."+freeGroup)
	t.Logf("kubectl get redis.%s:\n%s", freeGroup, out)
	checkTierLimit(t, shop)
	checkEnforced(t, shop)
	checkKeptInTier(t)
}

// checkTier by the claim of the example.
func checkTier(t *testing.T, shop *team, tier, name, want string) {
	t.Helper()
	ctx := t.Context()
	if err := eventually(ctx, time.Minute, tier+" is asked for", func(ctx context.Context) error {
		out, err := shop.kubectl(ctx, example(t, "example/platform/"+tier+".yaml", freeGroup), "apply", "-f", "-")
		t.Logf("kubectl apply -f %s.yaml: %s", tier, out)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c := shop.tierCache(name)
	if err := c.ready(ctx, 3*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := inTier(name + "-redis"); got != want {
		t.Errorf("the cache of %s is %s, want %s", tier, got, want)
	}
	o, err := c.claim(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("Accepted of %s: %s", name, conditionOf(o, "Accepted").Message)
}

// says waits until Accepted has a text.
func says(t *testing.T, want string, get func(context.Context) (*unstructured.Unstructured, error)) *unstructured.Unstructured {
	t.Helper()
	var o *unstructured.Unstructured
	if err := eventually(t.Context(), time.Minute, "Accepted says "+want, func(ctx context.Context) (err error) {
		if o, err = get(ctx); err != nil {
			return err
		}
		if got := conditionOf(o, "Accepted").Message; !strings.Contains(got, want) {
			return fmt.Errorf("it says %q", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return o
}

// checkTierLimit: a claim beyond the limits of its tier is refused.
func checkTierLimit(t *testing.T, shop *team) {
	t.Helper()
	big := strings.NewReplacer("appName: shop", "appName: big\n  nodeType: cache.m7g.large", "shop-dev", "big", "redis-dev", "redis-big").
		Replace(example(t, "example/platform/development.yaml", freeGroup))
	if out, err := shop.kubectl(t.Context(), big, "apply", "-f", "-"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	says(t, `spec.nodeType: Invalid value: "cache.m7g.large": input.limits.nodeTypes of the platform allows only cache.t4g.*`, shop.tierCache("big").claim)
}

// inTier is what AWS has of a cache.
func inTier(id string) string {
	for _, g := range plane.provider.cloud.ReplicationGroups() {
		if g.ID == id {
			return fmt.Sprintf("%s %d %s %v AUTH %t", g.NodeType, g.Nodes, g.TLS, g.SecurityGroupIDs, g.AuthTokenEnabled)
		}
	}
	return "not there"
}

// checkEnforced: where one tier is for all, what a claim chooses does not count.
func checkEnforced(t *testing.T, shop *team) {
	t.Helper()
	ctx := t.Context()
	xredis := `apiVersion: m.` + enforcedGroup + `/v1alpha1
kind: XRedis
metadata: {name: shop}
spec:
  crossplane: {compositionSelector: {matchLabels: {tier: development}}}
  appName: enforced
  environment: prod
  nodeType: cache.t4g.micro
`
	if err := eventually(ctx, time.Minute, "the API is served", func(ctx context.Context) error {
		_, err := shop.kubectl(ctx, xredis, "apply", "-f", "-")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	resource := schema.GroupVersionResource{Group: "m." + enforcedGroup, Version: "v1alpha1", Resource: "xredis"}
	o := says(t, "allows only cache.m7g.*, cache.r7g.*", func(ctx context.Context) (*unstructured.Unstructured, error) {
		return shop.get(ctx, resource, shop.namespace, "shop")
	})
	if got := text(o, "spec", "crossplane", "compositionRef", "name"); got != "production.m."+enforcedGroup {
		t.Errorf("the Composition is %s", got)
	}
}

// checkKeptInTier: the policy of docs/deploy keeps claims in the tier of their namespace,
// and Crossplane and further edits are not in its way.
func checkKeptInTier(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	config, err := plane.kube.config("admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	admin, err := plane.kube.kubeconfig("admin-of-tiers", config)
	if err != nil {
		t.Fatal(err)
	}
	policy := example(t, "docs/deploy/tiers.yaml", freeGroup)
	if out, err := plane.kube.kubectl(ctx, admin, policy, "apply", "-f", "-"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	kept := tierTeam(t, "team-kept")
	if out, err := plane.kube.kubectl(ctx, admin, "", "label", "namespace", kept.namespace, "tier=development"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	claim := func(more, tier string) string {
		return "apiVersion: " + freeGroup + "/v1alpha1\nkind: Redis\nmetadata: {name: kept, namespace: team-kept}\nspec:\n" + more +
			"  compositionSelector: {matchLabels: {tier: " + tier + "}}\n  appName: kept\n  environment: dev\n  writeConnectionSecretToRef: {name: redis}\n"
	}
	refused := map[string]string{
		claim("", "production"): "compositionSelector.matchLabels must be tier: development, as the label of the namespace says",
		claim("  compositionRef: {name: production."+freeGroup+"}\n", "development"): "compositionRef is set by Crossplane",
		claim("  compositionRevisionRef: {name: old}\n", "development"):              "compositionRevisionRef would choose an older Composition",
	}
	for text, says := range refused {
		if err := eventually(ctx, time.Minute, "the policy holds", func(ctx context.Context) error {
			out, err := kept.kubectl(ctx, text, "apply", "--dry-run=server", "-f", "-")
			if err == nil || !strings.Contains(out, says) {
				return fmt.Errorf("kubectl says %s", out)
			}
			t.Logf("kubectl: %s", out)
			return nil
		}); err != nil {
			t.Errorf("expected kubectl to say %q: %v", says, err)
		}
	}
	if out, err := kept.kubectl(ctx, claim("", "development"), "apply", "-f", "-"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := kept.tierCache("kept").ready(ctx, 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	if out, err := kept.kubectl(ctx, claim("  timeoutSeconds: 600\n", "development"), "apply", "-f", "-"); err != nil {
		t.Errorf("expected an edit to be allowed: %v: %s", err, out)
	}
	if out, err := kept.kubectl(ctx, "", "patch", "redis."+freeGroup, "kept", "--type=merge", "-p", `{"spec":{"compositionRef":{"name":"production.`+freeGroup+`"}}}`); err == nil || !strings.Contains(out, "compositionRef is set by Crossplane") {
		t.Errorf("expected another Composition to be refused: %v: %s", err, out)
	}
	if out, err := kept.kubectl(ctx, "", "delete", "redis."+freeGroup, "kept", "--wait=false"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
