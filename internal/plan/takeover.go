package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// takeOver what AWS has: keep what the claim leaves open, and change nothing as long as
// the claim asks for a preview, or for what can't be taken over.
func (p *Plan) takeOver(xr *protocol.XR, asked policy.Asked, o resources.Observed, team connection.TeamToken) {
	if !o.TakenOver() {
		return
	}
	p.Taken = taken(xr, asked.ClaimTags, o)
	p.ForeignGroup = foreignGroup(p.Rollout, o)
	p.Families = p.neededFamilies(xr, o)
	for _, family := range p.Families {
		if name := resources.ParameterGroup(family); !o[name].Exists() || o[name].Held() && !o[name].Adopted() {
			p.Taken[name] = resources.Taken{Tags: xr.Spec.Tags, Parameters: o.GroupInUse(name).ParametersIn(family)}
		}
	}
	p.ParameterKMSKeyID = cmp.Or(asked.ParameterKMSKeyID, o[resources.URLParameter].ParameterKey())
	if xr.Spec.Existing == nil || !o[resources.ReplicationGroup].Adopted() {
		return
	}
	p.Unanswered = p.unanswered(o)
	p.Refused = append(p.Refused, refusedSubnets(xr, p.Networks[0])...)
	p.Cannot = slices.Concat(o.Cannot(), asked.Cannot, cannotUse(team), p.takenNames(o), tooManyTags(p.Taken))
	for _, r := range p.Refused {
		if r.IsOf(asked.OfAWS) {
			p.Cannot = append(p.Cannot, r.OfAWS())
		} else {
			p.Cannot = append(p.Cannot, r.TakeOver())
		}
	}
	p.Preview = ptr.Deref(xr.Spec.Existing.Mode, v1alpha1.ExistingModePreview) == v1alpha1.ExistingModePreview
	if p.OnlyLooks() {
		p.Notes = append(p.Notes, madeByCrossplane(o[resources.ReplicationGroup])...)
		p.Keeps = asked.Keeps
		p.NextGroup, p.NextFamily = p.nextGroup(xr, o)
		p.Details, p.ComposeSecret, p.Withheld = p.Published.Details, o[resources.ConnectionSecret].Exists(), false
	}
}

// OnlyLooks reports whether a cache that something else made stays as it is.
func (p *Plan) OnlyLooks() bool { return p.Preview || len(p.Cannot) > 0 }

// takenNames says which parameter groups that the cache would need AWS has already for others.
func (p *Plan) takenNames(o resources.Observed) []string {
	var out []string
	for _, family := range p.Families {
		group := o[resources.ParameterGroup(family)]
		if group.Answer() == resources.Found && !group.Adopted() && !o[resources.ReplicationGroup].Uses(group) {
			out = append(out, fmt.Sprintf("parameter group %[1]s: it exists, and this cache does not use it; the cache needs one of that name: delete it once no cache uses it (aws elasticache delete-cache-parameter-group --cache-parameter-group-name %[1]s --region %[2]s)",
				group.ExternalName(), p.Region))
		}
	}
	return out
}

// tooManyTags says which resource would have more tags than AWS allows.
func tooManyTags(taken map[string]resources.Taken) []string {
	for _, name := range slices.Sorted(maps.Keys(taken)) {
		if n := len(taken[name].Tags); n > v1alpha1.MaxTags {
			return []string{fmt.Sprintf("tags: with the claim's the %s has %d, and the provider adds 3: AWS allows 50 in all; remove some in AWS, or set spec.existing.tags to Replace", name, n)}
		}
	}
	return nil
}

// madeByCrossplane says that another managed resource may manage the cache as well.
func madeByCrossplane(rg resources.Resource) []string {
	tags := rg.ReportedTags()
	if tags["crossplane-name"] == "" {
		return nil
	}
	return []string{fmt.Sprintf("By its tags, the managed resource %q (%s) made the cache. If it still exists, in this cluster or another, delete it first and leave the cache in AWS (deletionPolicy: Orphan): two managed resources of one cache undo each other's changes.",
		tags["crossplane-name"], tags["crossplane-kind"])}
}

// taken is what the resources of a cache keep that was taken over.
func taken(xr *protocol.XR, claimTags map[string]string, o resources.Observed) map[string]resources.Taken {
	out := map[string]resources.Taken{}
	replace := xr.Spec.Existing != nil && ptr.Deref(xr.Spec.Existing.Tags, "") == v1alpha1.ExistingTagsReplace
	for name, r := range o {
		if !r.Adopted() && !r.InAWS() {
			continue
		}
		keeps := r.Taken(claimTags)
		if replace && r.Adopted() {
			keeps.Tags = xr.Spec.Tags
		}
		out[name] = keeps
	}
	return out
}

// foreignGroup is the parameter group of a cache that was taken over, as long as the
// cache uses it, empty if it is the cache's own.
func foreignGroup(rollout redis.Rollout, o resources.Observed) string {
	rg := o[resources.ReplicationGroup]
	name := cmp.Or(rg.Text("status", "atProvider", "parameterGroupName"), rg.Text("spec", "forProvider", "parameterGroupName"))
	if isOurGroup(rollout, name) {
		return ""
	}
	return name
}

// neededFamilies are those of the parameter groups that are the cache's own. It has no
// need of one as long as it uses a group of others that has the claim's parameters, and
// stays in its family.
func (p *Plan) neededFamilies(xr *protocol.XR, o resources.Observed) []string {
	if p.ForeignGroup == "" {
		return p.Families
	}
	uses := p.usedFamily()
	heads, _ := redis.Family(p.Heading.Engine, p.Heading.EngineVersion)
	return slices.DeleteFunc(p.Families, func(family string) bool {
		needed := family == heads && (family != uses || !hasParameters(xr, o))
		return !needed && !o[resources.ParameterGroup(family)].InAWS()
	})
}

// usedFamily is that of the version that runs.
func (p *Plan) usedFamily() string {
	runs := p.Config
	if p.Reported != nil {
		runs = p.Reported.Config
	}
	family, _ := redis.Family(runs.Engine, runs.EngineVersion)
	return family
}

// hasParameters reports whether the group that the cache uses has the claim's parameters.
func hasParameters(xr *protocol.XR, o resources.Observed) bool {
	has := o.TakenSettings()
	return has.MaxmemoryPolicy == nil || (*has.MaxmemoryPolicy == *xr.Spec.MaxmemoryPolicy && *has.TimeoutSeconds == *xr.Spec.TimeoutSeconds)
}

// nextGroup is the cache's own parameter group, by its name in AWS, and its family, if it
// moves to that from a group of others after all steps.
func (p *Plan) nextGroup(xr *protocol.XR, o resources.Observed) (name, family string) {
	uses := p.usedFamily()
	known := uses != ""
	family = uses
	if p.Upgrades() {
		family, known = redis.Family(redis.Engine(*xr.Spec.Engine), *xr.Spec.EngineVersion)
	}
	if p.ForeignGroup == "" || !known || (family == uses && hasParameters(xr, o)) {
		return "", ""
	}
	return redis.ParameterGroupName(p.ClusterID, family), family
}

// refusedSubnets says that a group that other caches may use keeps its subnets.
func refusedSubnets(xr *protocol.XR, network resources.Network) []redis.Refusal {
	asked, kept := slices.Sorted(slices.Values(xr.Spec.SubnetIDs)), network.SubnetIDs
	if network.Foreign == "" || len(kept) == 0 || slices.Equal(asked, kept) {
		return nil
	}
	return []redis.Refusal{redis.KeptSubnets(network.Foreign, asked, kept)}
}

// unanswered are the parts of a cache of which AWS has not said what they are.
func (p *Plan) unanswered(o resources.Observed) []string {
	names := append(p.Groups(), resources.URLParameter)
	if p.ObservesForeignGroup() {
		names = append(names, resources.ForeignGroup)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		r := o[name]
		return r.InAWS() || (r.Answer() != resources.Unknown && r.ExternalName() == p.ExternalName(name))
	})
}
