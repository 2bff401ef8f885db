package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// networkOf the cache: the one that the cache is in, or is to be in. AWS does not move a subnet group to
// another VPC: as long as there is no cache, another group is made beside it, under
// another name.
func networkOf(xr *protocol.XR, o resources.Observed, clusterID string) string {
	rg, current := o[resources.ReplicationGroup], o.Network(clusterID)
	if rg.Exists() && !rg.InAWS() && misplaced(xr, o[resources.SubnetGroupOf(current)]) {
		return redis.NetworkDigest(xr.Spec.VPCID, xr.Spec.SubnetIDs)
	}
	return current
}

// networks whose subnet groups are wanted. One that the cache is not in is left to
// Crossplane to delete, but not before the cache is known to be in the other: AWS
// reports so, or there is none and the one that is held names the other.
func networks(xr *protocol.XR, o resources.Observed, current, clusterID string) []resources.Network {
	rg := o[resources.ReplicationGroup]
	own := redis.SubnetGroupName(clusterID, current)
	if name := rg.SubnetGroup(); o.TakenOver() && name != own {
		return []resources.Network{{Digest: current, Foreign: name, SubnetIDs: o[resources.SubnetGroupOf(current)].Subnets()}}
	}
	out := []resources.Network{{Digest: current, SubnetIDs: subnets(xr, rg, o[resources.SubnetGroupOf(current)])}}
	if rg.OnlyIn(own) {
		return out
	}
	for _, digest := range o.Networks() {
		if digest != current {
			out = append(out, resources.Network{Digest: digest, SubnetIDs: o[resources.SubnetGroupOf(digest)].AskedSubnets()})
		}
	}
	return out
}

// misplaced reports whether a subnet group can't be given the claim's subnets.
func misplaced(xr *protocol.XR, group resources.Resource) bool {
	return asksOtherSubnets(xr, group) && (elsewhere(xr, group) || group.SubnetsRefused())
}

// elsewhere reports whether AWS found a group's subnets in another VPC than the claim's.
func elsewhere(xr *protocol.XR, group resources.Resource) bool {
	vpc := group.VPC()
	return vpc != "" && vpc != xr.Spec.VPCID
}

// asksOtherSubnets reports whether the claim names other subnets than AWS has.
func asksOtherSubnets(xr *protocol.XR, group resources.Resource) bool {
	has := group.Subnets()
	return len(has) > 0 && !slices.Equal(has, slices.Sorted(slices.Values(xr.Spec.SubnetIDs)))
}

// waitsForNetwork is what a cache that does not exist yet waits for of its subnets.
func waitsForNetwork(xr *protocol.XR, group resources.Resource) []string {
	switch {
	case group.VPC() == "":
		return []string{"AWS to tell the VPC of the subnets"}
	case elsewhere(xr, group):
		return []string{"subnets of the VPC " + xr.Spec.VPCID}
	case asksOtherSubnets(xr, group):
		return []string{"its subnet group to have the subnets " + strings.Join(slices.Sorted(slices.Values(xr.Spec.SubnetIDs)), ", ")}
	}
	return nil
}

// wrongVPC says where the subnets are, and both ways out.
func wrongVPC(xr *protocol.XR, asked policy.Asked, group resources.Resource) string {
	vpc, subnets := cmp.Or(asked.Origins["vpcId"], "spec.vpcId"), cmp.Or(asked.Origins["subnetIds"], "spec.subnetIds")
	out := fmt.Sprintf("%s: %q is not the VPC of %s: AWS has %s in %s. Set %s to %s, or name subnets of %s in %s; the cache is created after either edit",
		vpc, xr.Spec.VPCID, subnets, strings.Join(group.Subnets(), ", "), group.VPC(), vpc, group.VPC(), xr.Spec.VPCID, subnets)
	if len(asked.Origins) > 0 {
		out += ". What is not of the claim is the platform's: ask the platform team, or set spec.vpcId and spec.subnetIds in the claim"
	}
	return out
}

// subnets of the cache's group: those of the claim, but those that AWS has where the
// claim names another VPC, to which a running cache can't move.
func subnets(xr *protocol.XR, rg, group resources.Resource) []string {
	if !rg.InAWS() || !elsewhere(xr, group) || len(group.Subnets()) == 0 {
		return xr.Spec.SubnetIDs
	}
	return group.Subnets()
}
