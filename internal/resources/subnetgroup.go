package resources

import (
	"cmp"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// MakeSubnetGroup places the cache in the claim's subnets.
func MakeSubnetGroup(xr *v1alpha1.XRedis, f Facts, n Network) *Managed[SubnetGroupParameters] {
	return &Managed[SubnetGroupParameters]{
		TypeMeta:   typeMeta(subnetGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, SubnetGroupOf(n.Digest)),
		Spec: Spec[SubnetGroupParameters]{
			ManagedResourceSpec: managed(xr, f, SubnetGroupOf(n.Digest)),
			ForProvider: SubnetGroupParameters{
				Region:      ptr.To(f.Region),
				Description: ptr.To(cmp.Or(f.Taken[SubnetGroupOf(n.Digest)].Description, "Subnets of "+f.ClusterID)),
				SubnetIDs:   set(n.SubnetIDs),
				Tags:        tags(xr, f, SubnetGroupOf(n.Digest)),
			},
		},
	}
}

// MakeForeignSubnetGroup observes the subnet group of a cache that was taken over, which
// other caches may use as well.
func MakeForeignSubnetGroup(xr *v1alpha1.XRedis, f Facts, n Network) *Managed[SubnetGroupParameters] {
	return &Managed[SubnetGroupParameters]{
		TypeMeta:   typeMeta(subnetGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, SubnetGroupOf(n.Digest)),
		Spec: Spec[SubnetGroupParameters]{
			ManagedResourceSpec: managed(xr, f, SubnetGroupOf(n.Digest)),
			ForProvider:         SubnetGroupParameters{Region: ptr.To(f.Region)},
		},
	}
}
