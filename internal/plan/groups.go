package plan

import (
	"cmp"
	"slices"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Groups that the cache needs, by their names in the pipeline.
func (p *Plan) Groups() []string {
	out := make([]string, 0, len(p.Networks)+len(p.Families))
	for _, n := range p.Networks {
		out = append(out, resources.SubnetGroupOf(n.Digest))
	}
	for _, family := range p.Families {
		out = append(out, resources.ParameterGroup(family))
	}
	return out
}

// subnetGroup that the cache is in, or is to be in, by its name in the pipeline.
func (p *Plan) subnetGroup() string { return resources.SubnetGroupOf(p.Network) }

// families of the parameter groups: the one that the cache has or heads for, and
// any other that exists, because one in use can't be deleted. What AWS says that
// the cache does not use is left to Crossplane to delete, once it is known what the cache
// heads for.
func families(rollout redis.Rollout, reported *redis.Reported, o resources.Observed) []string {
	out := []string{}
	for _, config := range []redis.Config{rollout.Config, rollout.Heading} {
		if family, ok := redis.Family(config.Engine, config.EngineVersion); ok && !slices.Contains(out, family) {
			out = append(out, family)
		}
	}
	inUse := o[resources.ReplicationGroup].ParameterGroupInUse()
	if reported != nil && len(out) > 0 && inUse == redis.ParameterGroupName(rollout.ClusterID, out[0]) {
		return out
	}
	for _, f := range o.Families() {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// parameterGroup that the cache is to use: its family's, but the one that it has while
// that is not ready, or where the version that runs is of no family that is known. One
// that was followed once is not given up for a report that goes back for a moment.
func parameterGroup(rollout redis.Rollout, o resources.Observed) string {
	rg := o[resources.ReplicationGroup]
	asked := rg.Text("spec", "forProvider", "parameterGroupName")
	has := cmp.Or(rg.Text("status", "atProvider", "parameterGroupName"), asked)
	family, known := redis.Family(rollout.Engine, rollout.EngineVersion)
	switch name := redis.ParameterGroupName(rollout.ClusterID, family); {
	case !known && rollout.EngineVersion == rg.Text("spec", "forProvider", "engineVersion") && !isOurGroup(rollout, asked):
		return asked
	case !known:
		return has
	case rg.InAWS() && has != "" && !o.Ready(resources.ParameterGroup(family)) && name != asked:
		return has
	default:
		return name
	}
}

// isOurGroup reports whether a parameter group is one that the function makes, which is
// of a family that is known.
func isOurGroup(rollout redis.Rollout, name string) bool {
	return slices.ContainsFunc(redis.Families(), func(f string) bool { return redis.ParameterGroupName(rollout.ClusterID, f) == name })
}
