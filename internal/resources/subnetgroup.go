package resources

import (
	"k8s.io/utils/ptr"

	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/namespaced/elasticache/v1beta1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// MakeSubnetGroup places the cache in the claim's subnets.
func MakeSubnetGroup(xr *v1alpha1.XRedis, f Facts) *elasticachev1beta1.SubnetGroup {
	return &elasticachev1beta1.SubnetGroup{
		TypeMeta:   typeMeta(elasticachev1beta1.SubnetGroup_GroupVersionKind),
		ObjectMeta: objectMeta(f.Cache.ClusterID, paused(f.HoldGroups)),
		Spec: elasticachev1beta1.SubnetGroupSpec{
			ManagedResourceSpec: managed(xr, f),
			ForProvider: elasticachev1beta1.SubnetGroupParameters{
				Region:      ptr.To(f.Cache.Region),
				Description: ptr.To("Subnets of " + f.Cache.ClusterID),
				SubnetIds:   set(xr.Spec.SubnetIDs),
				Tags:        tags(xr.Spec.Tags),
			},
		},
	}
}
