package main

import (
	"context"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// A cluster is one of the models, with the composite of example/minimal in it.
type cluster struct {
	*crossplane.Cluster

	t rapid.TB
}

// newCluster in which other fields are laid over the composite's own.
func newCluster(t rapid.TB, flavour string, fields map[string]any, o crossplane.Options) cluster {
	xr, err := newComposite("example/minimal", flavour)
	if err != nil {
		t.Fatal(err)
	}
	lay(xr, fields)
	o.Function = func(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		return run(t, req), nil //nolint:contextcheck // The function looks at no context.
	}
	return cluster{crossplane.New(xr, o), t}
}

// settled cluster: its cache works.
func settled(t rapid.TB, flavour string) cluster {
	c := newCluster(t, flavour, nil, crossplane.Options{})
	c.run(time.Hour)
	c.says("URLPublished", "True")
	return c
}

// lay fields over those of a composite's spec. What is nil goes.
func lay(xr *unstructured.Unstructured, fields map[string]any) {
	spec := xr.Object["spec"].(map[string]any)
	for key, value := range fields {
		if value == nil {
			delete(spec, key)
			continue
		}
		spec[key] = value
	}
}

// another composite of a cluster, of another team, which asks for the same cache.
func (c cluster) another(name string) *unstructured.Unstructured {
	xr, team := c.XR(), "team-"+name
	xr.SetName(name)
	xr.SetUID("")
	delete(xr.Object, "status")
	_ = unstructured.SetNestedField(xr.Object, name, "spec", "writeConnectionSecretToRef", "name")
	if xr.GetNamespace() != "" {
		xr.SetNamespace(team)
		return xr
	}
	xr.SetLabels(map[string]string{crossplane.LabelClaimName: name, crossplane.LabelClaimNamespace: team})
	lay(xr, map[string]any{"claimRef": map[string]any{"name": name, "namespace": team}})
	return xr
}

func (c cluster) join(xr *unstructured.Unstructured) cluster { return cluster{c.Join(xr), c.t} }

func (c cluster) run(d time.Duration) {
	if err := c.Run(d); err != nil {
		c.t.Fatal(err)
	}
}

// settle for longer than the provider's poll.
func (c cluster) settle() {
	if err := c.Settle(30*time.Minute, 6*time.Hour); err != nil {
		c.t.Fatal(err)
	}
}

func (c cluster) edit(fields map[string]any) {
	c.Edit(func(xr *unstructured.Unstructured) { lay(xr, fields) })
}

// says reports what a condition does not say.
func (c cluster) says(kind, status string, texts ...string) {
	got, _, message := c.Condition(kind)
	if got != status {
		c.t.Errorf("%s is %s, want %s: %s", kind, got, status, message)
	}
	for _, text := range texts {
		if !strings.Contains(message, text) {
			c.t.Errorf("%s does not say %q:\n%s", kind, text, message)
		}
	}
}
