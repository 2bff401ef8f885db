package controlplane

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// What is asked for here. Naming it spares a discovery of all that a control plane
// serves, which changes while packages are installed.
var (
	secrets         = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	namespaces      = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	serviceAccounts = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
	services        = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	deployments     = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

	roles               = schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"}
	roleBindings        = schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"}
	clusterRoles        = schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles"}
	clusterRoleBindings = schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings"}

	configurations = schema.GroupVersionResource{Group: "pkg.crossplane.io", Version: "v1", Resource: "configurations"}
	functions      = schema.GroupVersionResource{Group: "pkg.crossplane.io", Version: "v1", Resource: "functions"}

	definitions        = schema.GroupVersionResource{Group: "apiextensions.crossplane.io", Version: "v2", Resource: "compositeresourcedefinitions"}
	compositions       = schema.GroupVersionResource{Group: "apiextensions.crossplane.io", Version: "v1", Resource: "compositions"}
	environmentConfigs = schema.GroupVersionResource{Group: "apiextensions.crossplane.io", Version: "v1beta1", Resource: "environmentconfigs"}
	usages             = schema.GroupVersionResource{Group: "protection.crossplane.io", Version: "v1beta1", Resource: "usages"}

	claims     = schema.GroupVersionResource{Group: "platform.example.org", Version: "v1alpha1", Resource: "redis"}
	composites = schema.GroupVersionResource{Group: "platform.example.org", Version: "v1alpha1", Resource: "xredis"}
	namespaced = schema.GroupVersionResource{Group: "m.platform.example.org", Version: "v1alpha1", Resource: "xredis"}
)

// A client of the API server, as some user.
type client struct {
	dynamic.Interface

	config *rest.Config
}

func newClient(config *rest.Config) (*client, error) {
	d, err := dynamic.NewForConfig(config)
	return &client{Interface: d, config: config}, err
}

func (c *client) in(r schema.GroupVersionResource, namespace string) dynamic.ResourceInterface { //nolint:ireturn // client-go has no type for it.
	if namespace == "" {
		return c.Resource(r)
	}
	return c.Resource(r).Namespace(namespace)
}

func (c *client) get(ctx context.Context, r schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	return c.in(r, namespace).Get(ctx, name, metav1.GetOptions{})
}

func (c *client) list(ctx context.Context, r schema.GroupVersionResource, namespace string) ([]unstructured.Unstructured, error) {
	l, err := c.in(r, namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return l.Items, nil
}

// apply an object as kubectl would, by its fields.
func (c *client) apply(ctx context.Context, r schema.GroupVersionResource, o *unstructured.Unstructured) error {
	_, err := c.in(r, o.GetNamespace()).Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: "test", Force: true})
	return err
}

// applyYAML is apply of what a person would write.
func (c *client) applyYAML(ctx context.Context, r schema.GroupVersionResource, format string, args ...any) error {
	o, err := parse(fmt.Sprintf(format, args...))
	if err != nil {
		return err
	}
	return c.apply(ctx, r, o)
}

// deleted, or gone already.
func (c *client) deleted(ctx context.Context, r schema.GroupVersionResource, namespace, name string) error {
	err := c.in(r, namespace).Delete(ctx, name, metav1.DeleteOptions{})
	if kerrors.IsNotFound(err) {
		return nil
	}
	return err
}

// gone reports whether there is no such object, or why not.
func (c *client) gone(ctx context.Context, r schema.GroupVersionResource, namespace, name string) error {
	o, err := c.get(ctx, r, namespace, name)
	if kerrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s %s is still there: finalizers %v, %s", r.Resource, name, o.GetFinalizers(), conditions(o))
}

func parse(text string) (*unstructured.Unstructured, error) {
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		return nil, fmt.Errorf("%w in:\n%s", err, text)
	}
	return o, nil
}

// eventually a check passes, or it says why not.
func eventually(ctx context.Context, timeout time.Duration, what string, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var last error
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("expected within %s that %s: %w", timeout, what, last)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// A condition of any object.
type condition struct{ Type, Status, Reason, Message string }

func (c condition) String() string {
	return fmt.Sprintf("%s=%s (%s): %s", c.Type, c.Status, c.Reason, c.Message)
}

// conditions of an object, in the order that it has them.
func conditions(o *unstructured.Unstructured) []condition {
	list, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	var out []condition
	for _, i := range list {
		m, _ := i.(map[string]any)
		text := func(key string) string {
			s, _ := m[key].(string)
			return s
		}
		out = append(out, condition{text("type"), text("status"), text("reason"), text("message")})
	}
	return out
}

func conditionOf(o *unstructured.Unstructured, kind string) condition {
	for _, c := range conditions(o) {
		if c.Type == kind {
			return c
		}
	}
	return condition{Type: kind}
}

// has a condition the status, or what are its conditions.
func hasCondition(o *unstructured.Unstructured, kind, status string) error {
	if conditionOf(o, kind).Status == status {
		return nil
	}
	return fmt.Errorf("%s %s has not %s=%s but %v", o.GetKind(), o.GetName(), kind, status, conditions(o))
}

// decoded data of a Secret.
func data(secret *unstructured.Unstructured) map[string]string {
	encoded, _, _ := unstructured.NestedStringMap(secret.Object, "data")
	out := map[string]string{}
	for k, v := range encoded {
		b, _ := base64.StdEncoding.DecodeString(v)
		out[k] = string(b)
	}
	return out
}

func text(o *unstructured.Unstructured, path ...string) string {
	s, _, _ := unstructured.NestedString(o.Object, path...)
	return s
}
