package crossplane

import (
	"fmt"
	"maps"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	environmentGroup = "apiextensions.crossplane.io"
	environmentKind  = "EnvironmentConfig"

	// ContextEnvironment is the key of the pipeline's context that
	// function-environment-configs writes.
	ContextEnvironment = "apiextensions.crossplane.io/environment"
)

// SetEnvironmentConfig makes one, or replaces its data. It is found in all versions that
// the cluster's Crossplane serves.
func (c *Cluster) SetEnvironmentConfig(name string, data map[string]any) {
	o := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": environmentGroup + "/" + c.options.Core.environmentConfigs()[0], "kind": environmentKind, "data": maps.Clone(data),
	}}
	o.SetName(name)
	c.Add(o)
}

// SetInput of the Composition: the platform team has edited it.
func (c *Cluster) SetInput(in *structpb.Struct) {
	c.options.Input = in
	c.changed()
}

// SetEnvironment that function-environment-configs finds from now on.
func (c *Cluster) SetEnvironment(data map[string]any) {
	c.options.Environment = data
	c.changed()
}

// pipelineContext as the steps before the function have left it: function-environment-
// configs, fn.go, gives the data a kind of its own.
func (c *Cluster) pipelineContext() (*structpb.Struct, error) {
	out := map[string]any{}
	if data := maps.Clone(c.options.Environment); data != nil {
		data["apiVersion"], data["kind"] = "internal.crossplane.io/v1alpha1", "Environment"
		out[ContextEnvironment] = data
	}
	s, err := structpb.NewStruct(out)
	if err != nil {
		return nil, fmt.Errorf("cannot show the environment to the function: %w", err)
	}
	return s, nil
}
