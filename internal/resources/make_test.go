package resources

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// TestTwins holds every cluster-scoped twin against the provider's CRD, to which a
// field that it does not have is a problem too.
func TestTwins(t *testing.T) {
	xr := &v1alpha1.XRedis{
		ObjectMeta: metav1.ObjectMeta{Name: "xr", UID: "12345678-1"},
		Spec: v1alpha1.XRedisSpec{
			AppName: "app", Environment: "dev",
			Network:  v1alpha1.Network{VPCID: "vpc-1", SubnetIDs: []string{"subnet-1"}, SecurityGroupIDs: []string{"sg-1"}},
			Tags:     map[string]string{"k": "v"},
			Settings: v1alpha1.Settings{SnapshotRetentionLimit: ptr.To[int32](1)}.WithDefaults(v1alpha1.Settings{}),
		},
	}
	desired := Make(xr, Facts{
		Rollout: redis.Rollout{State: redis.State{
			Fixed:  redis.Fixed{ClusterID: "app-dev-redis", Region: "eu-central-1", ParameterStorePath: "/app/dev/redis/url", KMSKeyID: "key", SnapshotName: "snapshot", Account: redis.Account{Kind: "ClusterProviderConfig", Name: "default"}},
			Config: redis.Config{Engine: "redis", EngineVersion: "7.1", TLS: redis.TLSRequired, Token: redis.TokenID{State: redis.GeneratedToken}, Strategy: redis.StrategySet},
		}},
		TLSMode:           true,
		TokenSource:       SecretRef{Name: "token", Namespace: "tokens"},
		ConnectionSecret:  SecretRef{Name: "connection", Namespace: "connections"},
		URLSecret:         &SecretRef{Name: "url", Namespace: "urls"},
		Network:           "1a2b3c4d",
		Networks:          []Network{{SubnetIDs: []string{"subnet-1"}}, {Digest: "1a2b3c4d", SubnetIDs: []string{"subnet-2"}}},
		Families:          []string{"redis7"},
		ParameterKMSKeyID: ptr.To("key"),
		Holds:             map[string]Hold{SubnetGroup: {Waits: []string{"an answer"}, Paused: true}},
	})
	for name, s := range desired {
		kind, _ := Kind(name, v1alpha1.Claims)
		crd, err := schema.Provider(kind)
		if err != nil {
			t.Fatal(err)
		}
		twin := &unstructured.Unstructured{Object: s.AsMap()}
		twin.SetName("name") // Crossplane gives it one.
		for _, problem := range crd.Validate(twin, nil) {
			t.Errorf("%s: %v", name, problem)
		}
	}
	namespaces := []string{
		protocol.Object{Struct: desired[ReplicationGroup]}.Text("spec", "writeConnectionSecretToRef", "namespace"),
		protocol.Object{Struct: desired[ReplicationGroup]}.Text("spec", "forProvider", "authTokenSecretRef", "namespace"),
		protocol.Object{Struct: desired[URLParameter]}.Text("spec", "forProvider", "valueSecretRef", "namespace"),
	}
	if diff := cmp.Diff([]string{"connections", "tokens", "urls"}, namespaces); diff != "" {
		t.Errorf("namespaces of Secrets: -want, +got:\n%s", diff)
	}
}
