package resources

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossplane-contrib/function-xredis/internal/managed/elasticache"
	"github.com/crossplane-contrib/function-xredis/internal/managed/ssm"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// TestParity holds the types that are built against the provider's own CRDs of both
// families. What is built is namespaced and is turned into the other, which is only
// right while their forProvider differ in nothing but the namespaces of Secrets.
func TestParity(t *testing.T) {
	for name, forProvider := range map[string]any{
		SubnetGroup:              elasticache.SubnetGroupParameters{},
		ParameterGroup("redis7"): elasticache.ParameterGroupParameters{},
		ReplicationGroup:         elasticache.ReplicationGroupParameters{},
		URLParameter:             ssm.ParameterParameters_2{},
	} {
		t.Run(name, func(t *testing.T) {
			built := paths(forProvider)
			if len(built) < 4 {
				t.Fatalf("only %d paths were found: this test sees nothing", len(built))
			}
			if diff := cmp.Diff(within(crdPaths(t, name, true), "spec.forProvider."), built); diff != "" {
				t.Errorf("-namespaced CRD, +Go type:\n%s", diff)
			}
			cluster := within(crdPaths(t, name, false), "spec.forProvider.")
			maps.DeleteFunc(cluster, func(path, _ string) bool { return strings.HasSuffix(path, "SecretRef.namespace") })
			if diff := cmp.Diff(built, cluster); diff != "" {
				t.Errorf("-Go type, +cluster-scoped CRD:\n%s", diff)
			}
		})
	}
}

// TestObservedPaths holds what is read from observed resources against the
// provider's CRDs: a path that they do not have would always read as empty.
func TestObservedPaths(t *testing.T) {
	replicationGroup := []string{
		"status.atProvider.id", "status.atProvider.arn", "status.atProvider.primaryEndpointAddress",
		"status.atProvider.readerEndpointAddress", "status.atProvider.transitEncryptionEnabled",
		"spec.forProvider.region", "spec.forProvider.engine", "spec.forProvider.engineVersion",
		"spec.forProvider.transitEncryptionEnabled", "spec.forProvider.transitEncryptionMode",
		"spec.forProvider.kmsKeyId", "spec.forProvider.snapshotName", "spec.forProvider.autoGenerateAuthToken",
		"spec.forProvider.authTokenSecretRef.name", "spec.forProvider.authTokenSecretRef.key",
	}
	cases := map[string]struct {
		reason     string
		name       string
		namespaced bool
		paths      []string
	}{
		"SubnetGroup": {
			reason:     "The VPC and the region are read from a subnet group.",
			name:       SubnetGroup,
			namespaced: true,
			paths:      []string{"status.atProvider.vpcId", "status.atProvider.id", "status.atProvider.arn", "spec.forProvider.region"},
		},
		"ReplicationGroup": {
			reason:     "What AWS has, and was asked for, is read from a replication group.",
			name:       ReplicationGroup,
			namespaced: true,
			paths:      replicationGroup,
		},
		"ClusterReplicationGroup": {
			reason: "The other family's is read in the same way, and names a namespace too.",
			name:   ReplicationGroup,
			paths:  append(replicationGroup, "spec.forProvider.authTokenSecretRef.namespace"),
		},
		"Parameter": {
			reason:     "That AWS has it is read from a parameter.",
			name:       URLParameter,
			namespaced: true,
			paths:      []string{"status.atProvider.id", "status.atProvider.arn"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			known := crdPaths(t, tc.name, tc.namespaced)
			for _, path := range tc.paths {
				if _, ok := known[path]; !ok {
					t.Errorf("%s: there is no %s; there is %v", tc.reason, path, slices.Sorted(maps.Keys(known)))
				}
			}
		})
	}
}

// reference reports whether a field refers to another resource: the families differ in
// them, and we use none.
func reference(field string) bool {
	return strings.HasSuffix(field, "Ref") && !strings.HasSuffix(field, "SecretRef") ||
		strings.HasSuffix(field, "Refs") || strings.HasSuffix(field, "Selector")
}

// within a path, what there is.
func within(all map[string]string, prefix string) map[string]string {
	out := map[string]string{}
	for path, kind := range all {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			out[rest] = kind
		}
	}
	return out
}

// crdPaths of the provider's CRD for a resource, and the kind of value at each.
func crdPaths(t *testing.T, name string, namespaced bool) map[string]string {
	t.Helper()
	gvk, _ := Kind(name, namespaced)
	crd, err := schema.Provider(gvk)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	walkSchema(crd.OpenAPI(), "", out)
	return out
}

func walkSchema(s *extv1.JSONSchemaProps, at string, out map[string]string) {
	for s.Items != nil {
		s = s.Items.Schema
	}
	if len(s.Properties) == 0 {
		out[at] = s.Type
		return
	}
	for name, p := range s.Properties {
		if !reference(name) {
			walkSchema(&p, strings.TrimPrefix(at+"."+name, "."), out)
		}
	}
}

// paths of the JSON of a type, and the kind of value at each.
func paths(v any) map[string]string {
	out := map[string]string{}
	walk(reflect.TypeOf(v), "", out)
	return out
}

// jsonKinds are what a CRD calls Go's kinds.
var jsonKinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Float64: "number", reflect.Map: "object",
}

func walk(t reflect.Type, at string, out map[string]string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	leaf := t.Kind() != reflect.Struct || t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	if leaf {
		out[at] = jsonKinds[t.Kind()]
		return
	}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() || reference(name):
		case strings.Contains(options, "inline") || (f.Anonymous && name == ""):
			walk(f.Type, at, out)
		default:
			walk(f.Type, strings.TrimPrefix(at+"."+name, "."), out)
		}
	}
}
