package controlplane

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// A refusal is what a team writes into a spec, and what kubectl tells it.
type refusal struct{ spec, says string }

// newRefusals are of what no cache can be.
var newRefusals = map[string]refusal{
	"NoSubnets":           {`subnetIds: []`, `spec.subnetIds in body should have at least 1 items`},
	"NoSecurityGroups":    {`securityGroupIds: []`, `spec.securityGroupIds in body should have at least 1 items`},
	"NoEnvironment":       {`environment: null`, `spec.environment: Required value`},
	"NotAVPC":             {`vpcId: main`, `must be an id such as vpc-0123456789abcdef0`},
	"NotAName":            {`appName: Under_Score`, `must be lower-case letters, digits and single hyphens between them, a letter first`},
	"UnknownField":        {`nodeTyp: cache.t3.micro`, `unknown field "spec.nodeTyp"`},
	"UnknownPolicy":       {`maxmemoryPolicy: newest`, `spec.maxmemoryPolicy: Unsupported value: "newest"`},
	"TooManyNodes":        {`numCacheNodes: 7`, `spec.numCacheNodes in body should be less than or equal to 6`},
	"OldGeneration":       {`nodeType: cache.m1.small`, `AWS makes no new caches of this previous generation`},
	"PreviousT2":          {`nodeType: cache.t2.micro`, `AWS makes no new caches of this previous generation`},
	"NotANodeType":        {`nodeType: t3.small`, `must be an ElastiCache node type, such as cache.t3.micro`},
	"NodeTypeOfValkey":    {`{engine: redis, nodeType: cache.r8g.large}`, `this node type needs engine valkey`},
	"PatchLevel":          {`engineVersion: 7.1.0`, `write a version that AWS offers, from 6 on without the patch level`},
	"NotAWindow":          {`snapshotWindow: 5am`, `must have the form hh:mm-hh:mm in UTC, such as 03:00-05:00`},
	"NotASubnet":          {`subnetIds: [subnet_a]`, `must be an id such as subnet-0123456789abcdef0`},
	"ProviderTag":         {`tags: {crossplane-name: x}`, `the provider sets crossplane-kind, crossplane-name and crossplane-providerconfig itself`},
	"BlankTag":            {`tags: {"  ": x}`, `a tag's key must not be blank`},
	"KeyElsewhere":        {`{region: eu-central-1, kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/1"}`, `the key must be of the cache's own region`},
	"DataTiering":         {`nodeType: cache.r6gd.xlarge`, `r6gd keeps data on disk (data tiering), which is not offered`},
	"MultiAZOneNode":      {`{multiAzEnabled: true, numCacheNodes: 1}`, `multiAzEnabled needs a replica to fail over to: set numCacheNodes to 2 or more`},
	"MultiAZOneSubnet":    {`{multiAzEnabled: true, numCacheNodes: 2, subnetIds: [subnet-a]}`, `multiAzEnabled needs subnets in two availability zones`},
	"ShortMaintenance":    {`maintenanceWindow: sun:05:00-sun:05:30`, `must be at least 60 minutes long`},
	"ShortSnapshot":       {`snapshotWindow: 23:30-00:15`, `must be at least 60 minutes long`},
	"ShortTimeout":        {`timeoutSeconds: 19`, `must be 0 (never close) or at least 20 seconds`},
	"TokenWithoutAuth":    {`{enableAuthToken: false, authTokenSecretRef: {name: a, key: b}}`, `authTokenSecretRef needs enableAuthToken: true, or the token would not be used`},
	"TokenElsewhere":      {`{enableAuthToken: true, authTokenSecretRef: {name: a, key: b, namespace: kube-system}}`, `the token is always read from the claim's own namespace: leave namespace out`},
	"TokenInPlainText":    {`authToken: hunter2hunter2hunter2`, `unknown field "spec.authToken"`},
	"AuthWithoutTLS":      {`{enableAuthToken: true, transitEncryption: Preferred}`, `AUTH needs TLS for every client`},
	"VersionOfTheOther":   {`{engine: valkey, engineVersion: "7.1"}`, `engineVersion is not a version of this engine`},
	"PreferredBefore7":    {`{transitEncryption: Preferred, engineVersion: "6.2"}`, `transitEncryption Preferred needs engineVersion 7.0 or later`},
	"AWSTag":              {`tags: {"aws:name": x}`, `keys that begin with aws: are reserved for AWS: choose another key`},
	"EmptyTag":            {`tags: {"": x}`, `a tag's key must have 1 to 128 characters`},
	"LongTag":             {`tags: {x: ` + strings.Repeat("x", 257) + `}`, `a tag's value must have at most 256 characters`},
	"TooLongRetention":    {`snapshotRetentionLimit: 36`, `spec.snapshotRetentionLimit in body should be less than or equal to 35`},
	"UnknownDeletion":     {`deletionPolicy: Keep`, `spec.deletionPolicy: Unsupported value: "Keep"`},
	"UnknownStrategy":     {`authTokenUpdateStrategy: DELETE`, `spec.authTokenUpdateStrategy: Unsupported value: "DELETE"`},
	"NotAKey":             {`kmsKeyId: alias/mine`, `spec.kmsKeyId in body should match`},
	"DuplicateSubnets":    {`subnetIds: [subnet-a, subnet-a]`, `spec.subnetIds[1]: Duplicate value: "subnet-a"`},
	"DuplicateGroups":     {`securityGroupIds: [sg-1, sg-1]`, `spec.securityGroupIds[1]: Duplicate value: "sg-1"`},
	"RegionThatCannotBe":  {`region: Frankfurt`, `must be an AWS region, such as eu-central-1`},
	"EnvironmentTooFancy": {`environment: Prod!`, `must be lower-case letters, digits and single hyphens between them, a letter or digit first`},
}

// changeRefusals are of what no cache that exists can become.
var changeRefusals = map[string]refusal{
	"AppName":     {`appName: another`, `appName is immutable: every AWS name is made from it; make a new claim`},
	"Environment": {`environment: prod`, `environment is immutable: every AWS name is made from it; make a new claim`},
	"Region":      {`region: eu-west-1`, `region is immutable: a cache can't move; make a new claim in the other region`},
	"NoRegion":    {`region: null`, `region is immutable: a cache can't move; make a new claim in the other region`},
}

// TestDoor holds what kubectl tells a team that asks for what can't be.
func TestDoor(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			team, err := plane.newTeam(t.Context(), "door-"+f.name)
			if err != nil {
				t.Fatal(err)
			}
			c := cache{flavour: f, team: team, name: "door-" + f.name}
			for name, r := range newRefusals {
				t.Run("New/"+name, func(t *testing.T) { c.checkRefusal(t, r) })
			}
			if list, err := team.list(t.Context(), f.resource, team.namespace); err != nil || len(list) != 0 {
				t.Fatalf("expected nothing of what was refused to be there: %d are, %v", len(list), err)
			}
			if out, err := c.kubectlApply(t.Context(), "{}"); err != nil {
				t.Fatalf("expected a spec of five values to be accepted: %v\n%s", err, out)
			}
			for name, r := range changeRefusals {
				t.Run("Change/"+name, func(t *testing.T) { c.checkRefusal(t, r) })
			}
			if f.name == withoutClaims.name {
				// A claim's own Secret is Crossplane's to move.
				c.checkRefusal(t, refusal{`writeConnectionSecretToRef: {name: another}`, `the Secret's name is immutable: pods read it by this name`})
			}
			if err := c.ready(t.Context(), time.Minute); err != nil {
				t.Error(err)
			}
			if err := c.remove(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func (c cache) checkRefusal(t *testing.T, r refusal) {
	t.Helper()
	out, err := c.kubectlApply(t.Context(), r.spec)
	if err == nil {
		t.Errorf("expected %s to be refused, kubectl says %s", r.spec, out)
	}
	if !strings.Contains(strings.Join(strings.Fields(out), " "), r.says) {
		t.Errorf("expected kubectl to tell %q, it says %s", r.says, out)
	}
}

// kubectlApply the claim with some fields of its spec replaced, as the team.
func (c cache) kubectlApply(ctx context.Context, spec string) (string, error) {
	o, err := parse(c.manifest())
	if err != nil {
		return "", err
	}
	fields := map[string]any{}
	if err := yaml.Unmarshal([]byte(spec), &fields); err != nil {
		return "", fmt.Errorf("%w in %s", err, spec)
	}
	base, _, err := unstructured.NestedMap(o.Object, "spec")
	if err != nil {
		return "", err
	}
	maps.Copy(base, fields)
	maps.DeleteFunc(base, func(_ string, v any) bool { return v == nil })
	o.Object["spec"] = base
	text, err := yaml.Marshal(o.Object)
	if err != nil {
		return "", err
	}
	return plane.kube.kubectl(ctx, c.team.kubeconfig, string(text), "apply", "-f", "-")
}

// TestTokenOfAnotherNamespace makes sure that the one of the same name in the team's
// own is waited for.
func TestTokenOfAnotherNamespace(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			other, err := plane.newTeam(ctx, "token-other-"+f.name)
			if err != nil {
				t.Fatal(err)
			}
			team, err := plane.newTeam(ctx, "token-"+f.name)
			if err != nil {
				t.Fatal(err)
			}
			c := cache{flavour: f, team: team, name: "token-" + f.name}
			if err := other.writeToken(ctx, "the-token-of-another-team"); err != nil {
				t.Fatal(err)
			}
			if err := c.ask(ctx, "enableAuthToken: true", "authTokenSecretRef: {name: mine, key: token}"); err != nil {
				t.Fatal(err)
			}
			if err := eventually(ctx, 30*time.Second, "the claim waits for the team's own token", func(ctx context.Context) error {
				o, err := c.claim(ctx)
				if err != nil {
					return err
				}
				if said := conditionOf(o, "Provisioned").Message; !strings.Contains(said, "waits for the Secret") || !strings.Contains(said, "mine") {
					return fmt.Errorf("it says %q", said)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if _, has := plane.provider.has(c.clusterID()); has {
				t.Error("expected no cache before there is a token")
			}
			if err := team.writeToken(ctx, "the-token-of-this-team"); err != nil {
				t.Fatal(err)
			}
			// Nothing tells Crossplane of the Secret, so that it looks again within a minute;
			// or at once when the claim changes.
			if err := c.ask(ctx, "enableAuthToken: true", "authTokenSecretRef: {name: mine, key: token}", "timeoutSeconds: 60"); err != nil {
				t.Fatal(err)
			}
			if err := c.ready(ctx, time.Minute); err != nil {
				t.Fatal(err)
			}
			d, err := c.details(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if d["REDIS_PASSWORD"] != "the-token-of-this-team" {
				t.Error("expected the cache to have the team's own token")
			}
			if err := plane.redis.use(ctx, d["REDIS_URL"]); err != nil {
				t.Errorf("expected the URL to be of use: %v", err)
			}
			if err := c.remove(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// writeToken to the Secret that the claim names.
func (t *team) writeToken(ctx context.Context, token string) error {
	return t.applyYAML(ctx, secrets, "{apiVersion: v1, kind: Secret, metadata: {name: mine, namespace: %s}, stringData: {token: %s}}", t.namespace, token)
}
