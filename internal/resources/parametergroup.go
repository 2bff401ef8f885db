package resources

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// MakeParameterGroup sets what is evicted and when idle connections are closed,
// for one family of engine versions.
//
// The provider names the group after forProvider.name, and yet needs the
// external name: without it, it forgets the group when it restarts.
func MakeParameterGroup(xr *v1alpha1.XRedis, f Facts, family string) *Managed[ParameterGroupParameters] {
	kept := f.Taken[ParameterGroup(family)]
	return &Managed[ParameterGroupParameters]{
		TypeMeta:   typeMeta(parameterGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, ParameterGroup(family)),
		Spec: Spec[ParameterGroupParameters]{
			ManagedResourceSpec: managed(xr, f, ParameterGroup(family)),
			ForProvider: ParameterGroupParameters{
				Region:      ptr.To(f.Region),
				Name:        ptr.To(f.ExternalName(ParameterGroup(family))),
				Family:      ptr.To(family),
				Description: ptr.To(cmp.Or(kept.Description, "Parameters of "+f.ClusterID)),
				Parameter:   parameterList(xr, kept.Parameters),
				Tags:        tags(xr, f, ParameterGroup(family)),
			},
		},
	}
}

// parameterList of a group: the two of the claim, after those that the group keeps.
func parameterList(xr *v1alpha1.XRedis, kept map[string]string) []ParameterParameters {
	values := map[string]string{}
	maps.Copy(values, kept)
	values["maxmemory-policy"] = *xr.Spec.MaxmemoryPolicy
	values["timeout"] = strconv.Itoa(int(*xr.Spec.TimeoutSeconds))
	var out []ParameterParameters
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, ParameterParameters{Name: ptr.To(name), Value: ptr.To(values[name])})
	}
	return out
}

// IsDefaultGroup reports whether a parameter group is one of AWS's own, which nobody can
// change.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.html
func IsDefaultGroup(name string) bool { return strings.HasPrefix(name, "default.") }

// ObservesForeignGroup reports whether the cache uses a parameter group of others. What
// one of AWS's own has is known without a look.
func (f *Facts) ObservesForeignGroup() bool {
	return f.ForeignGroup != "" && !IsDefaultGroup(f.ForeignGroup)
}

// MakeForeignGroup observes the parameter group of a cache that was taken over, which
// other caches may use as well.
func MakeForeignGroup(xr *v1alpha1.XRedis, f Facts) *Managed[ParameterGroupParameters] {
	return &Managed[ParameterGroupParameters]{
		TypeMeta:   typeMeta(parameterGroupKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, ForeignGroup),
		Spec: Spec[ParameterGroupParameters]{
			ManagedResourceSpec: managed(xr, f, ForeignGroup),
			ForProvider:         ParameterGroupParameters{Region: ptr.To(f.Region), Name: ptr.To(f.ForeignGroup)},
		},
	}
}
