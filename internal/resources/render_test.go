package resources

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"
	kjson "sigs.k8s.io/json"

	clusterv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	clusterv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	clusterssmv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ssm/v1beta1"
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"
	ssmv1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/ssm/v1beta1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/object"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
	"github.com/crossplane-contrib/function-xredis/internal/wire"
)

// TestRender holds what is rendered of any values of the provider's types against
// their JSON.
func TestRender(t *testing.T) {
	t.Run("SubnetGroup", checkRender[elasticachev1beta1.SubnetGroupSpec])
	t.Run("ParameterGroup", checkRender[elasticachev1beta1.ParameterGroupSpec])
	t.Run("ReplicationGroup", checkRender[elasticachev1beta1.ReplicationGroupSpec])
	t.Run("Parameter", checkRender[ssmv1beta1.ParameterSpec])
}

func checkRender[T any](t *testing.T) {
	t.Helper()
	specs := rapid.Make[T]()
	rapid.Check(t, func(t *rapid.T) {
		in := specs.Draw(t, "spec")
		got, err := wire.Encode(in)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plain.Encode(in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.AsMap(), got.AsMap()); diff != "" {
			t.Errorf("-as JSON, +got:\n%s", diff)
		}
	})
}

// TestTwins reads every cluster-scoped twin strictly into the provider's type, and
// expects nothing to get lost.
func TestTwins(t *testing.T) {
	xr := &v1alpha1.XRedis{
		ObjectMeta: metav1.ObjectMeta{Name: "xr", UID: "12345678-1"},
		Spec: v1alpha1.XRedisSpec{
			AppName: "app", Environment: "dev", VPCID: "vpc-1", SubnetIDs: []string{"subnet-1"}, SecurityGroupIDs: []string{"sg-1"},
			Tags:     map[string]string{"k": "v"},
			Settings: v1alpha1.Settings{SnapshotRetentionLimit: ptr.To[int32](1)}.WithDefaults(v1alpha1.Settings{}),
		},
	}
	desired, err := Make(xr, Facts{
		Cache: redis.State{
			Fixed: redis.Fixed{ClusterID: "app-dev-redis", Region: "eu-central-1", ParameterStorePath: "/app/dev/redis/url", KMSKeyID: "key", SnapshotName: "snapshot"},
			Stage: redis.Stage{Engine: "redis", EngineVersion: "7.1", TLS: redis.TLSRequired, Token: redis.GeneratedToken, Strategy: redis.StrategySet},
		},
		TLSMode:              true,
		ProviderConfig:       ProviderConfig{Name: "default", Kind: "ClusterProviderConfig"},
		Token:                &Token{SecretRef: SecretRef{Name: "token", Namespace: "tokens"}, Key: "token", Generated: true},
		ConnectionSecret:     SecretRef{Name: "connection", Namespace: "connections"},
		URLSecret:            &SecretRef{Name: "url", Namespace: "urls"},
		Families:             []string{"redis7"},
		ParameterKMSKeyID:    ptr.To("key"),
		HoldReplicationGroup: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, twin := range map[string]any{
		SubnetGroup:              &clusterv1beta1.SubnetGroup{},
		ParameterGroup("redis7"): &clusterv1beta1.ParameterGroup{},
		ReplicationGroup:         &clusterv1beta2.ReplicationGroup{},
		URLParameter:             &clusterssmv1beta1.Parameter{},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(desired[name].AsMap())
			if err != nil {
				t.Fatal(err)
			}
			unknown, err := kjson.UnmarshalStrict(b, twin)
			if err != nil || len(unknown) > 0 {
				t.Fatalf("%T can't be read strictly: %v %v", twin, err, unknown)
			}
			again, err := Render(twin)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(desired[name], again, protocmp.Transform()); diff != "" {
				t.Errorf("-rendered, +read and rendered:\n%s", diff)
			}
		})
	}
	namespaces := []string{
		object.Object{Struct: desired[ReplicationGroup]}.Text("spec", "writeConnectionSecretToRef", "namespace"),
		object.Object{Struct: desired[ReplicationGroup]}.Text("spec", "forProvider", "authTokenSecretRef", "namespace"),
		object.Object{Struct: desired[URLParameter]}.Text("spec", "forProvider", "valueSecretRef", "namespace"),
	}
	if diff := cmp.Diff([]string{"connections", "tokens", "urls"}, namespaces); diff != "" {
		t.Errorf("namespaces of Secrets: -want, +got:\n%s", diff)
	}
}
