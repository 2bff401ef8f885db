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

	clusterv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	clusterv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	clusterssmv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ssm/v1beta1"
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"
	ssmv1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/ssm/v1beta1"
)

// TestParity holds the two families of types against each other. One is built
// and turned into the other by way of JSON, which is only right while their
// forProvider differ in nothing but the namespaces of Secrets and of references.
func TestParity(t *testing.T) {
	kinds := map[string]struct{ namespaced, cluster any }{
		"SubnetGroup":      {elasticachev1beta1.SubnetGroupParameters{}, clusterv1beta1.SubnetGroupParameters{}},
		"ParameterGroup":   {elasticachev1beta1.ParameterGroupParameters{}, clusterv1beta1.ParameterGroupParameters{}},
		"ReplicationGroup": {elasticachev1beta1.ReplicationGroupParameters{}, clusterv1beta2.ReplicationGroupParameters{}},
		"Parameter":        {ssmv1beta1.ParameterParameters_2{}, clusterssmv1beta1.ParameterParameters_2{}},
	}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			namespaced, cluster := paths(k.namespaced), paths(k.cluster)
			if len(namespaced) < 4 {
				t.Fatalf("only %d paths were found: this test sees nothing", len(namespaced))
			}
			maps.DeleteFunc(cluster, func(path, _ string) bool { return strings.HasSuffix(path, "SecretRef.namespace") })
			if diff := cmp.Diff(namespaced, cluster); diff != "" {
				t.Errorf("-namespaced, +cluster:\n%s", diff)
			}
		})
	}
}

// TestObservedPaths holds what is read from observed resources against the
// provider's types: a path that they do not have would always read as empty.
func TestObservedPaths(t *testing.T) {
	cases := map[string]struct {
		object any
		paths  []string
	}{
		"SubnetGroup": {
			object: elasticachev1beta1.SubnetGroup{},
			paths:  []string{"status.atProvider.vpcId", "status.atProvider.id", "status.atProvider.arn", "spec.forProvider.region"},
		},
		"ReplicationGroup": {
			object: elasticachev1beta1.ReplicationGroup{},
			paths: []string{
				"status.atProvider.id", "status.atProvider.arn", "status.atProvider.primaryEndpointAddress",
				"status.atProvider.readerEndpointAddress", "status.atProvider.transitEncryptionEnabled",
				"spec.forProvider.region", "spec.forProvider.engine", "spec.forProvider.engineVersion",
				"spec.forProvider.transitEncryptionEnabled", "spec.forProvider.transitEncryptionMode",
				"spec.forProvider.kmsKeyId", "spec.forProvider.snapshotName", "spec.forProvider.autoGenerateAuthToken",
				"spec.forProvider.authTokenSecretRef.name", "spec.forProvider.authTokenSecretRef.key",
			},
		},
		"ClusterReplicationGroup": {
			object: clusterv1beta2.ReplicationGroup{},
			paths:  []string{"spec.forProvider.authTokenSecretRef.namespace"},
		},
		"Parameter": {
			object: ssmv1beta1.Parameter{},
			paths:  []string{"status.atProvider.id", "status.atProvider.arn"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			known := paths(tc.object)
			for _, path := range tc.paths {
				if _, ok := known[path]; !ok {
					t.Errorf("%T has no %s; it has %v", tc.object, path, slices.Sorted(maps.Keys(known)))
				}
			}
		})
	}
}

// paths of the JSON of a type, and the kind of value at each.
func paths(v any) map[string]string {
	out := map[string]string{}
	walk(reflect.TypeOf(v), "", out)
	return out
}

func walk(t reflect.Type, at string, out map[string]string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	leaf := t.Kind() != reflect.Struct || t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	if leaf {
		out[at] = t.Kind().String()
		return
	}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case strings.Contains(options, "inline") || (f.Anonymous && name == ""):
			walk(f.Type, at, out)
		case strings.HasSuffix(name, "Ref") && !strings.HasSuffix(name, "SecretRef"), strings.HasSuffix(name, "Refs"), strings.HasSuffix(name, "Selector"):
			// References and selectors to other resources: they differ, and we use none.
		default:
			walk(f.Type, strings.TrimPrefix(at+"."+name, "."), out)
		}
	}
}
