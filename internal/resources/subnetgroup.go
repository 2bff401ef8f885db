package resources

import (
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// MakeSubnetGroup places the cache in the claim's subnets.
func MakeSubnetGroup(xr *v1alpha1.XRedis, f Facts, n Network) *Managed[SubnetGroupParameters] {
	return &Managed[SubnetGroupParameters]{
		TypeMeta:   typeMeta(subnetGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, SubnetGroupOf(n.Digest), redis.SubnetGroupName(f.ClusterID, n.Digest)),
		Spec: Spec[SubnetGroupParameters]{
			ManagedResourceSpec: managed(xr, f),
			ForProvider: SubnetGroupParameters{
				Region:      ptr.To(f.Region),
				Description: ptr.To("Subnets of " + f.ClusterID),
				SubnetIDs:   set(n.SubnetIDs),
				Tags:        tags(xr.Spec.Tags),
			},
		},
	}
}
