package resources

import (
	"bytes"
	"encoding/json"
	"fmt"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	clusterv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	clusterv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	clusterssmv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ssm/v1beta1"
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"
	ssmv1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/ssm/v1beta1"
)

// ClusterScoped is the cluster-scoped twin of a managed resource, for the
// composite of a claim. The two families' forProvider read the same in JSON but
// for the namespaces of Secrets, which a test guards; those and the envelope are
// set here.
func ClusterScoped(mr resource.ModernManaged, f Facts) (resource.LegacyManaged, error) {
	var twin resource.LegacyManaged
	var err error
	switch mr := mr.(type) {
	case *elasticachev1beta1.SubnetGroup:
		t := &clusterv1beta1.SubnetGroup{TypeMeta: typeMeta(clusterv1beta1.SubnetGroup_GroupVersionKind)}
		err, twin = convert(mr.Spec.ForProvider, &t.Spec.ForProvider), t
	case *elasticachev1beta1.ParameterGroup:
		t := &clusterv1beta1.ParameterGroup{TypeMeta: typeMeta(clusterv1beta1.ParameterGroup_GroupVersionKind)}
		err, twin = convert(mr.Spec.ForProvider, &t.Spec.ForProvider), t
	case *elasticachev1beta1.ReplicationGroup:
		t := &clusterv1beta2.ReplicationGroup{TypeMeta: typeMeta(clusterv1beta2.ReplicationGroup_GroupVersionKind)}
		err, twin = convert(mr.Spec.ForProvider, &t.Spec.ForProvider), t
		setNamespace(t.Spec.ForProvider.AuthTokenSecretRef, f.Token.namespace())
	case *ssmv1beta1.Parameter:
		t := &clusterssmv1beta1.Parameter{TypeMeta: typeMeta(clusterssmv1beta1.Parameter_GroupVersionKind)}
		err, twin = convert(mr.Spec.ForProvider, &t.Spec.ForProvider), t
		setNamespace(t.Spec.ForProvider.ValueSecretRef, f.URLSecret.namespace())
	default:
		return nil, fmt.Errorf("%T has no cluster-scoped twin: this is an error in the function", mr)
	}
	if err != nil {
		return nil, err
	}
	twin.SetAnnotations(mr.GetAnnotations())
	twin.SetLabels(mr.GetLabels())
	twin.SetManagementPolicies(mr.GetManagementPolicies())
	twin.SetProviderConfigReference(&xpv1.Reference{Name: mr.GetProviderConfigReference().Name})
	if ref := mr.GetWriteConnectionSecretToReference(); ref != nil {
		twin.SetWriteConnectionSecretToReference(&xpv1.SecretReference{Name: ref.Name, Namespace: f.ConnectionSecret.Namespace})
	}
	return twin, nil
}

// convert by way of JSON, strictly: a field that only one family has must not
// get lost without a word.
func convert(from, into any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("cannot write %T as JSON: %w", from, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("cannot read %T as %T: %w", from, into, err)
	}
	return nil
}

func setNamespace(selector *xpv1.SecretKeySelector, namespace string) {
	if selector != nil {
		selector.Namespace = namespace
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
