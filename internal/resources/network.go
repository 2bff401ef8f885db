package resources

import (
	"cmp"
	"slices"
	"strings"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// VPC that AWS found the subnets of a subnet group in, empty while unknown.
func (r Resource) VPC() string { return r.Text("status", "atProvider", "vpcId") }

// Subnets that AWS has in a subnet group, sorted, empty while unknown.
func (r Resource) Subnets() []string { return r.texts("status", "atProvider", "subnetIds") }

// AskedSubnets are those that a subnet group was last asked for, sorted.
func (r Resource) AskedSubnets() []string { return r.texts("spec", "forProvider", "subnetIds") }

// AskedNetwork is where a cache was last asked to be, or else where AWS has it. What was
// not observed is empty.
func (o Observed) AskedNetwork() v1alpha1.Network {
	rg, group := o[ReplicationGroup], o.subnetGroup()
	return v1alpha1.Network{
		VPCID:            group.VPC(),
		SubnetIDs:        group.AskedSubnets(),
		SecurityGroupIDs: rg.texts("spec", "forProvider", "securityGroupIds"),
	}.Or(v1alpha1.Network{
		SubnetIDs:        group.Subnets(),
		SecurityGroupIDs: rg.texts("status", "atProvider", "securityGroupIds"),
	})
}

// AskedRegion of any resource, nil if none was observed.
func (o Observed) AskedRegion() *string { return notEmpty(mostCommon(each(o, Resource.Region)...)) }

// texts of a list at a path, sorted.
func (r Resource) texts(path ...string) []string {
	var out []string
	for _, v := range r.Value(path...).GetListValue().GetValues() {
		out = append(out, v.GetStringValue())
	}
	slices.Sort(out)
	return out
}

// SubnetsRefused reports whether AWS refused to give a subnet group other subnets: it
// takes none of another VPC.
func (r Resource) SubnetsRefused() bool {
	return strings.Contains(r.Failure(), "ModifyCacheSubnetGroup")
}

// Networks are the digests of the subnet groups that exist, sorted.
func (o Observed) Networks() []string {
	var out []string
	for name := range o {
		if digest, is := subnetGroupDigest(name); is {
			out = append(out, digest)
		}
	}
	slices.Sort(out)
	return out
}

// subnetGroup that the cache is in, the zero Resource if it was not seen.
func (o Observed) subnetGroup() Resource { return o[SubnetGroupOf(o.Network(o.ClusterID()))] }

// Network is the digest of the subnet group that the cache is in, or is to be in: the
// one that the replication group names, or else the one that exists.
func (o Observed) Network(clusterID string) string {
	name := o[ReplicationGroup].SubnetGroup()
	if name == clusterID {
		return ""
	}
	if digest, ok := strings.CutPrefix(name, clusterID+"-"); ok && redis.IsDigest(digest) {
		return digest
	}
	if existing := o.Networks(); len(existing) > 0 {
		return existing[0]
	}
	return ""
}

// OnlyIn reports whether the cache is in the subnet group of this name and in no
// other: AWS reports so, or there is no cache and it is to be made there.
func (r Resource) OnlyIn(subnetGroup string) bool {
	known := r.Has("status", "atProvider", "subnetGroupName") || r.Held()
	return known && r.SubnetGroup() == subnetGroup
}

// SubnetGroup that AWS reports for a replication group, or else that it is asked for.
func (r Resource) SubnetGroup() string {
	return cmp.Or(r.Text("status", "atProvider", "subnetGroupName"), r.Text("spec", "forProvider", "subnetGroupName"))
}
