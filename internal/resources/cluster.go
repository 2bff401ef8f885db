package resources

import (
	"fmt"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime/schema"

	clusterv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	clusterv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	clusterssmv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ssm/v1beta1"

	"github.com/crossplane-contrib/function-xredis/internal/object"
)

// makeClusterScoped turns a rendered managed resource into its cluster-scoped twin,
// for the composite of a claim. The two families' forProvider read the same but for
// the namespaces of Secrets, which a test guards; those and the envelope are set here.
func makeClusterScoped(s *structpb.Struct, f Facts) error {
	o := object.Object{Struct: s}
	gvk, ok := clusterScopedKind(o.Text("kind"))
	if !ok {
		return fmt.Errorf("%q has no cluster-scoped twin: this is an error in the function", o.Text("kind"))
	}
	s.GetFields()["apiVersion"] = structpb.NewStringValue(gvk.GroupVersion().String())
	delete(o.Value("spec", "providerConfigRef").GetStructValue().GetFields(), "kind")
	setNamespace(o.Value("spec", "writeConnectionSecretToRef"), f.ConnectionSecret.Namespace)
	setNamespace(o.Value("spec", "forProvider", "authTokenSecretRef"), f.Token.namespace())
	setNamespace(o.Value("spec", "forProvider", "valueSecretRef"), f.URLSecret.namespace())
	return nil
}

// clusterScopedKind is a kind's among the cluster-scoped ones.
func clusterScopedKind(kind string) (gvk schema.GroupVersionKind, ok bool) {
	switch kind {
	case clusterv1beta1.SubnetGroup_Kind:
		return clusterv1beta1.SubnetGroup_GroupVersionKind, true
	case clusterv1beta1.ParameterGroup_Kind:
		return clusterv1beta1.ParameterGroup_GroupVersionKind, true
	case clusterv1beta2.ReplicationGroup_Kind:
		return clusterv1beta2.ReplicationGroup_GroupVersionKind, true
	case clusterssmv1beta1.Parameter_Kind:
		return clusterssmv1beta1.Parameter_GroupVersionKind, true
	}
	return schema.GroupVersionKind{}, false
}

// setNamespace of a reference to a Secret, if there is one.
func setNamespace(ref *structpb.Value, namespace string) {
	if fields := ref.GetStructValue().GetFields(); fields != nil {
		fields["namespace"] = structpb.NewStringValue(namespace)
	}
}

func (r *SecretRef) namespace() string {
	if r == nil {
		return ""
	}
	return r.Namespace
}

func (t *Token) namespace() string {
	if t == nil {
		return ""
	}
	return t.Namespace
}
