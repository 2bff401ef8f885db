package resources

import (
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// makeClusterScoped turns a rendered managed resource into its cluster-scoped twin,
// for the composite of a claim. The two families' forProvider read the same but for
// the namespaces of Secrets, which a test guards; those and the envelope are set here.
func makeClusterScoped(s *structpb.Struct, kind schema.GroupVersionKind, f Facts) {
	o := protocol.Object{Struct: s}
	s.GetFields()["apiVersion"] = structpb.NewStringValue(kind.GroupVersion().String())
	delete(o.Value("spec", "providerConfigRef").GetStructValue().GetFields(), "kind")
	setNamespace(o.Value("spec", "writeConnectionSecretToRef"), f.ConnectionSecret.Namespace)
	setNamespace(o.Value("spec", "forProvider", "authTokenSecretRef"), f.TokenSource.Namespace)
	setNamespace(o.Value("spec", "forProvider", "valueSecretRef"), f.URLSecret.namespace())
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
