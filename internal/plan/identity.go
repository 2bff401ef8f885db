package plan

import (
	"cmp"
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/owner"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// defaultProviderConfig is the name the provider itself falls back to.
const defaultProviderConfig = "default"

// Cache that is to be made, as AWS tells one from another.
func Cache(xr *composite.XR, in *v1beta1.Input, o resources.Observed) owner.Cache {
	fixed := o.Fixed(askedFixed(xr, in, o))
	return owner.Cache{ClusterID: fixed.ClusterID, Region: fixed.Region, ProviderConfig: providerConfig(xr, in, o)}
}

// askedClusterID is the id that exists if it is one of this app and environment, in
// whatever form.
func askedClusterID(xr *composite.XR, o resources.Observed) string {
	if id := o.ClusterID(); redis.IsClusterID(id, xr.Spec.AppName, xr.Spec.Environment) {
		return id
	}
	return redis.ClusterID(xr.Spec.AppName, xr.Spec.Environment)
}

// providerConfig of all resources: the one that a cache in AWS was made with, because
// with another the provider would look for it in another account, and make a second.
func providerConfig(xr *composite.XR, in *v1beta1.Input, o resources.Observed) resources.ProviderConfig {
	asked, made := askedProviderConfig(xr, in), o.ProviderConfig()
	if !o[resources.ReplicationGroup].InAWS() && !o[resources.URLParameter].InAWS() {
		return asked
	}
	made.Name, made.Kind = cmp.Or(made.Name, asked.Name), cmp.Or(made.Kind, asked.Kind)
	return made
}

func askedProviderConfig(xr *composite.XR, in *v1beta1.Input) resources.ProviderConfig {
	ref := ptr.Deref(in.ProviderConfigRef, v1beta1.ProviderConfigReference{Name: defaultProviderConfig})
	if !xr.Namespaced() {
		return resources.ProviderConfig{Name: ref.Name}
	}
	return resources.ProviderConfig{Name: ref.Name, Kind: ptr.Deref(ref.Kind, v1beta1.ClusterProviderConfig)}
}

// refusedProviderConfig tells that a cache stays in its account.
func refusedProviderConfig(xr *composite.XR, in *v1beta1.Input, o resources.Observed) []redis.Refusal {
	asked, kept := askedProviderConfig(xr, in), providerConfig(xr, in, o)
	if asked == kept {
		return nil
	}
	return []redis.Refusal{{
		Field: "input.providerConfigRef",
		Asked: asked.String(),
		Kept:  kept.String(),
		Why:   "a cache can't move to another account; ask the platform team to set it back in the Composition, or make a new claim",
	}}
}

// refusedNames tells what was edited by hand, and is set back in this run.
func refusedNames(o resources.Observed, f resources.Facts) []redis.Refusal {
	var out []redis.Refusal
	keep := func(name, kept string) {
		if is := o[name].ExternalName(); is != "" && is != kept {
			out = append(out, redis.Refusal{
				Field: fmt.Sprintf("the annotation crossplane.io/external-name of the composed resource %q", name),
				Asked: is,
				Kept:  kept,
				Why:   "AWS can't rename what exists; the annotation is set back",
			})
		}
	}
	for _, n := range f.Networks {
		keep(resources.SubnetGroupOf(n.Digest), redis.SubnetGroupName(f.Cache.ClusterID, n.Digest))
	}
	for _, family := range f.Families {
		keep(resources.ParameterGroup(family), redis.ParameterGroupName(f.Cache.ClusterID, family))
	}
	keep(resources.ReplicationGroup, f.Cache.ClusterID)
	keep(resources.URLParameter, f.Cache.ParameterStorePath)
	return out
}
