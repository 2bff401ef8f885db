package resources

import (
	"strings"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

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
		reason  string
		name    string
		flavour v1alpha1.Flavour
		paths   []string
	}{
		"SubnetGroup": {
			reason:  "The VPC and the region are read from a subnet group.",
			name:    SubnetGroup,
			flavour: v1alpha1.Namespaced,
			paths:   []string{"status.atProvider.vpcId", "status.atProvider.id", "status.atProvider.arn", "spec.forProvider.region"},
		},
		"ReplicationGroup": {
			reason:  "What AWS has, and was asked for, is read from a replication group.",
			name:    ReplicationGroup,
			flavour: v1alpha1.Namespaced,
			paths:   replicationGroup,
		},
		"ClusterReplicationGroup": {
			reason:  "The other family's is read in the same way, and names a namespace too.",
			name:    ReplicationGroup,
			flavour: v1alpha1.Claims,
			paths:   append(replicationGroup, "spec.forProvider.authTokenSecretRef.namespace"),
		},
		"Parameter": {
			reason:  "That AWS has it is read from a parameter.",
			name:    URLParameter,
			flavour: v1alpha1.Namespaced,
			paths:   []string{"status.atProvider.id", "status.atProvider.arn"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kind, _ := Kind(tc.name, tc.flavour)
			crd, err := schema.Provider(kind)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range tc.paths {
				if !hasPath(*crd.OpenAPI(), path) {
					t.Errorf("%s: there is no %s", tc.reason, path)
				}
			}
		})
	}
}

// hasPath reports whether a schema has a field at a path.
func hasPath(s extv1.JSONSchemaProps, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		field, found := s.Properties[name]
		if !found {
			return false
		}
		s = field
	}
	return true
}
