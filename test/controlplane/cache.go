package controlplane

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// A flavour of the API.
type flavour struct {
	name     string
	resource schema.GroupVersionResource // What app teams write.
	kind     string
	managed  []schema.GroupVersionResource
}

// Places of managed resources in a flavour's list.
const (
	subnetGroups = iota
	parameterGroups
	replicationGroups
	parameters
)

var (
	withClaims = flavour{
		name: "claims", resource: claims, kind: "Redis",
		managed: []schema.GroupVersionResource{
			subnetGroups:      {Group: "elasticache.aws.upbound.io", Version: "v1beta1", Resource: "subnetgroups"},
			parameterGroups:   {Group: "elasticache.aws.upbound.io", Version: "v1beta1", Resource: "parametergroups"},
			replicationGroups: {Group: "elasticache.aws.upbound.io", Version: "v1beta2", Resource: "replicationgroups"},
			parameters:        {Group: "ssm.aws.upbound.io", Version: "v1beta1", Resource: "parameters"},
		},
	}
	withoutClaims = flavour{
		name: "namespaced", resource: namespaced, kind: "XRedis",
		managed: []schema.GroupVersionResource{
			subnetGroups:      {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Resource: "subnetgroups"},
			parameterGroups:   {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Resource: "parametergroups"},
			replicationGroups: {Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Resource: "replicationgroups"},
			parameters:        {Group: "ssm.aws.m.upbound.io", Version: "v1beta1", Resource: "parameters"},
		},
	}
	flavours = []flavour{withClaims, withoutClaims}
)

// compositionWith some fields in the Input, beside the one of the package. It returns what
// chooses it in a claim.
func (f flavour) compositionWith(ctx context.Context, name string, input map[string]any) (choice string, err error) {
	o, err := plane.admin.get(ctx, compositions, "", "xredis."+f.resource.Group)
	if err != nil {
		return "", err
	}
	spec, _, err := unstructured.NestedMap(o.Object, "spec")
	if err != nil {
		return "", err
	}
	step := spec["pipeline"].([]any)[0].(map[string]any)
	maps.Copy(step["input"].(map[string]any), input)
	name += "." + f.resource.Group
	err = plane.admin.apply(ctx, compositions, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": compositions.GroupVersion().String(), "kind": "Composition", "metadata": map[string]any{"name": name}, "spec": spec,
	}})
	if f.resource == claims {
		return "compositionRef: {name: " + name + "}", err
	}
	return "crossplane: {compositionRef: {name: " + name + "}}", err
}

// A team has a namespace, and the rights to claims and Secrets in it.
type team struct {
	*client

	namespace  string
	kubeconfig string
}

// newTeam with a service account of its own.
func (p *controlPlane) newTeam(ctx context.Context, namespace string) (*team, error) {
	for _, o := range []struct {
		resource schema.GroupVersionResource
		text     string
	}{
		{namespaces, `{apiVersion: v1, kind: Namespace, metadata: {name: %[1]s}}`},
		{serviceAccounts, `{apiVersion: v1, kind: ServiceAccount, metadata: {name: team, namespace: %[1]s}}`},
		{roles, `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: team, namespace: %[1]s}
rules:
- {apiGroups: [platform.example.org], resources: [redis], verbs: [get, list, watch, create, update, patch, delete]}
- {apiGroups: [m.platform.example.org], resources: [xredis], verbs: [get, list, watch, create, update, patch, delete]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create, update, patch, delete]}`},
		{roleBindings, `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: team, namespace: %[1]s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: team}
subjects: [{kind: ServiceAccount, name: team, namespace: %[1]s}]`},
	} {
		if err := p.admin.applyYAML(ctx, o.resource, o.text, namespace); err != nil {
			return nil, err
		}
	}
	token, err := p.admin.token(ctx, namespace, "team")
	if err != nil {
		return nil, err
	}
	config := p.kube.configOf(token)
	t := &team{namespace: namespace}
	if t.kubeconfig, err = p.kube.kubeconfig("team-"+namespace, config); err != nil {
		return nil, err
	}
	t.client, err = newClient(config)
	return t, err
}

// A cache is what a team asks for.
type cache struct {
	flavour

	team *team
	name string // Of the claim, of the application, and of the Secret.
}

// clusterID that AWS knows the cache by.
func (c cache) clusterID() string { return c.name + "-dev-redis" }

func (c cache) parameter() string { return "/" + c.name + "/dev/redis/url" }

// manifest of the claim: five values, and what else is given as YAML.
func (c cache) manifest(more ...string) string {
	return fmt.Sprintf(`apiVersion: %s
kind: %s
metadata: {name: %s, namespace: %s}
spec:
  appName: %s
  environment: dev
  vpcId: vpc-123
  subnetIds: [subnet-a, subnet-b]
  securityGroupIds: [sg-1]
  region: eu-central-1
  writeConnectionSecretToRef: {name: %s}
`, c.resource.GroupVersion(), c.kind, c.name, c.team.namespace, c.name, c.name) + indent(more)
}

func indent(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("  " + l + "\n")
	}
	return b.String()
}

// ask for the cache, or for a change of it, with the team's own rights.
func (c cache) ask(ctx context.Context, more ...string) error {
	o, err := parse(c.manifest(more...))
	if err != nil {
		return err
	}
	return c.team.apply(ctx, c.resource, o)
}

func (c cache) claim(ctx context.Context) (*unstructured.Unstructured, error) {
	return c.team.get(ctx, c.resource, c.team.namespace, c.name)
}

// is reports whether a condition of the claim has a status.
func (c cache) is(kind, status string) func(context.Context) error {
	return func(ctx context.Context) error {
		o, err := c.claim(ctx)
		if err != nil {
			return err
		}
		return hasCondition(o, kind, status)
	}
}

// ready waits until the claim is, in all that it says.
func (c cache) ready(ctx context.Context, timeout time.Duration) error {
	return eventually(ctx, timeout, c.resource.Resource+" "+c.name+" is ready", func(ctx context.Context) error {
		o, err := c.claim(ctx)
		if err != nil {
			return err
		}
		for _, kind := range []string{"Accepted", "Provisioned", "URLPublished", "Synced", "Ready"} {
			if err := hasCondition(o, kind, "True"); err != nil {
				return err
			}
		}
		return nil
	})
}

// composite is the claim's, or the XRedis itself.
func (c cache) composite(ctx context.Context) (resource schema.GroupVersionResource, namespace, name string, err error) {
	if c.resource != claims {
		return c.resource, c.team.namespace, c.name, nil
	}
	o, err := c.claim(ctx)
	if err != nil {
		return composites, "", "", err
	}
	if name = text(o, "spec", "resourceRef", "name"); name == "" {
		return composites, "", "", fmt.Errorf("the claim %s has no composite", c.name)
	}
	return composites, "", name, nil
}

// composed are the managed resources of the cache, of some kind.
func (c cache) composed(ctx context.Context, kind int) ([]unstructured.Unstructured, error) {
	_, namespace, composite, err := c.composite(ctx)
	if err != nil {
		return nil, err
	}
	l, err := plane.admin.in(c.managed[kind], namespace).List(ctx, metav1.ListOptions{LabelSelector: "crossplane.io/composite=" + composite})
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// one managed resource of the cache, of a kind of which there is but one.
func (c cache) one(ctx context.Context, kind int) (*unstructured.Unstructured, error) {
	list, err := c.composed(ctx, kind)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%s has %d %s", c.name, len(list), c.managed[kind].Resource)
	}
	return &list[0], nil
}

// identities of all managed resources: one that was made again has another.
func (c cache) identities(ctx context.Context) ([]types.UID, error) {
	var out []types.UID
	for kind := range c.managed {
		list, err := c.composed(ctx, kind)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out = append(out, o.GetUID())
		}
	}
	slices.Sort(out)
	return out, nil
}

// details that the team reads in its Secret.
func (c cache) details(ctx context.Context) (map[string]string, error) {
	secret, err := c.team.get(ctx, secrets, c.team.namespace, c.name)
	if err != nil {
		return nil, err
	}
	d := data(secret)
	if d["REDIS_URL"] == "" {
		return nil, fmt.Errorf("the Secret %s has no REDIS_URL but %d other keys", c.name, len(d))
	}
	return d, nil
}

// remove the claim, and wait until nothing is left in the API server.
func (c cache) remove(ctx context.Context) error {
	_, namespace, composite, err := c.composite(ctx)
	if kerrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.team.deleted(ctx, c.resource, c.team.namespace, c.name); err != nil {
		return err
	}
	// Longer than controllers take to look again after the API server was away.
	return eventually(ctx, 4*time.Minute, "nothing is left of "+c.name, func(ctx context.Context) error {
		if err := c.team.gone(ctx, c.resource, c.team.namespace, c.name); err != nil {
			return err
		}
		for _, r := range c.managed {
			l, err := plane.admin.in(r, namespace).List(ctx, metav1.ListOptions{LabelSelector: "crossplane.io/composite=" + composite})
			if err != nil {
				return err
			}
			if len(l.Items) > 0 {
				return fmt.Errorf("%s %s: %v %v", r.Resource, l.Items[0].GetName(), l.Items[0].GetFinalizers(), conditions(&l.Items[0]))
			}
		}
		return plane.admin.gone(ctx, secrets, c.team.namespace, c.name)
	})
}
