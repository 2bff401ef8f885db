package resources

import (
	"strconv"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// MakeParameterGroup sets what is evicted and when idle connections are closed,
// for one family of engine versions.
//
// The provider names the group after forProvider.name, and yet needs the
// external name: without it, it forgets the group when it restarts.
func MakeParameterGroup(xr *v1alpha1.XRedis, f Facts, family string) *Managed[ParameterGroupParameters] {
	name := redis.ParameterGroupName(f.ClusterID, family)
	return &Managed[ParameterGroupParameters]{
		TypeMeta:   typeMeta(parameterGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, ParameterGroup(family), name),
		Spec: Spec[ParameterGroupParameters]{
			ManagedResourceSpec: managed(xr, f),
			ForProvider: ParameterGroupParameters{
				Region:      ptr.To(f.Region),
				Name:        ptr.To(name),
				Family:      ptr.To(family),
				Description: ptr.To("Parameters of " + f.ClusterID),
				Parameter: []ParameterParameters{
					{Name: ptr.To("maxmemory-policy"), Value: xr.Spec.MaxmemoryPolicy},
					{Name: ptr.To("timeout"), Value: ptr.To(strconv.Itoa(int(*xr.Spec.TimeoutSeconds)))},
				},
				Tags: tags(xr.Spec.Tags),
			},
		},
	}
}
