package schema

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestTmp(t *testing.T) {
	for _, f := range []string{"claims", "namespaced"} {
		if _, err := Composite("../../../configuration/"+f+"/definition.yaml", "v1alpha1"); err != nil {
			t.Error(err)
		}
	}
	if _, err := Claim("../../../configuration/claims/definition.yaml", "v1alpha1"); err != nil {
		t.Error(err)
	}
	if _, err := CRD("../../../package/input/redis.fn.crossplane.io_inputs.yaml", "v1beta1"); err != nil {
		t.Error(err)
	}
}

func TestProv(t *testing.T) {
	for _, k := range []string{"ReplicationGroup", "SubnetGroup", "ParameterGroup"} {
		if _, err := Provider(schema.GroupVersionKind{Group: "elasticache.aws.upbound.io", Version: "v1beta1", Kind: k}); err != nil {
			t.Error(err)
		}
		if _, err := Provider(schema.GroupVersionKind{Group: "elasticache.aws.m.upbound.io", Version: "v1beta1", Kind: k}); err != nil {
			t.Error(err)
		}
	}
	if _, err := Provider(schema.GroupVersionKind{Group: "elasticache.aws.upbound.io", Version: "v1beta2", Kind: "ReplicationGroup"}); err != nil {
		t.Error(err)
	}
	if _, err := Provider(schema.GroupVersionKind{Group: "ssm.aws.upbound.io", Version: "v1beta1", Kind: "Parameter"}); err != nil {
		t.Error(err)
	}
	if _, err := Provider(schema.GroupVersionKind{Group: "ssm.aws.m.upbound.io", Version: "v1beta1", Kind: "Parameter"}); err != nil {
		t.Error(err)
	}
}
