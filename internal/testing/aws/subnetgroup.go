package aws

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A SubnetGroup as AWS describes it.
type SubnetGroup struct {
	Region, Name, ARN, Description, VPC string
	SubnetIDs                           []string
	Tags                                map[string]string
}

// subnetGroupFormat: ElastiCache API reference, CreateCacheSubnetGroup.
var subnetGroupFormat = regexp.MustCompile(`^[a-z0-9-]{1,255}$`)

// CreateSubnetGroup asks for a subnet group.
func (c *Cloud) CreateSubnetGroup(in SubnetGroup) error {
	in.Name = strings.ToLower(in.Name)
	return c.write(elasticache, "CreateCacheSubnetGroup", in.Region, in.Name, nil, func() *refusal {
		if !subnetGroupFormat.MatchString(in.Name) || in.Name == "default" {
			return refuse(CodeParameterValue, "The parameter CacheSubnetGroupName is not a valid identifier: %s", in.Name)
		}
		if _, exists := c.subnetGroups[key{in.Region, in.Name}]; exists {
			return refuse(CodeSubnetGroupExists, "Cache subnet group %s already exists.", in.Name)
		}
		vpc, err := c.vpcOf(in.SubnetIDs)
		if err != nil {
			return err
		}
		in.VPC, in.ARN = vpc, c.arn("elasticache", in.Region, "subnetgroup:"+in.Name)
		in.SubnetIDs, in.Tags = slices.Sorted(slices.Values(in.SubnetIDs)), maps.Clone(in.Tags)
		c.subnetGroups[key{in.Region, in.Name}] = &in
		return nil
	})
}

// vpcOf subnets, which must all be in the same.
func (c *Cloud) vpcOf(subnets []string) (string, *refusal) {
	if len(subnets) == 0 {
		return "", refuse(CodeParameterValue, "The parameter SubnetIds must be provided.")
	}
	found := ""
	for _, s := range subnets {
		vpc, exists := c.vpc(s)
		if !exists {
			return "", refuse(CodeInvalidSubnet, "Subnet %s does not exist.", s)
		}
		if found != "" && vpc != found {
			return "", refuse(CodeInvalidSubnet, "The subnets are not all in the same VPC.")
		}
		found = vpc
	}
	return found, nil
}

// ModifySubnetGroup gives a group other subnets, of the same VPC, whether or not a
// cache is in it: RDS, which subnet groups come from, answers "The new Subnets are not
// in the same Vpc as the existing subnet group", and its console offers no other.
// https://github.com/hashicorp/terraform-provider-aws/issues/16419 and 27459. The code
// is the one that the API reference has for ModifyCacheSubnetGroup.
func (c *Cloud) ModifySubnetGroup(region, name, description string, subnets []string) error {
	return c.write(elasticache, "ModifyCacheSubnetGroup", region, name, []string{"CacheSubnetGroupDescription", "SubnetIds"}, func() *refusal {
		s, ok := c.subnetGroups[key{region, name}]
		if !ok {
			return subnetGroupNotFound(name)
		}
		vpc, err := c.vpcOf(subnets)
		if err != nil {
			return err
		}
		if vpc != s.VPC {
			return refuse(CodeInvalidSubnet, "The new subnets are not in the VPC of the cache subnet group.")
		}
		if err := c.checkSubnetsInUse(s, subnets); err != nil {
			return err
		}
		s.Description, s.SubnetIDs = description, slices.Sorted(slices.Values(subnets))
		return nil
	})
}

// checkSubnetsInUse: ElastiCache API reference, ModifyCacheSubnetGroup, SubnetInUse.
func (c *Cloud) checkSubnetsInUse(s *SubnetGroup, subnets []string) *refusal {
	if !c.options.RefuseSubnetInUse {
		return nil
	}
	for _, k := range c.groupKeys() {
		g := c.groups[k]
		if g.Region != s.Region || g.SubnetGroup != s.Name {
			continue
		}
		for i := range g.Nodes {
			if used := s.SubnetIDs[i%len(s.SubnetIDs)]; !slices.Contains(subnets, used) {
				return refuse(CodeSubnetInUse, "The subnet ID %s is in use.", used)
			}
		}
	}
	return nil
}

func (c *Cloud) usesSubnetGroup(region, name string) bool {
	for _, g := range c.groups {
		if g.Region == region && g.SubnetGroup == name {
			return true
		}
	}
	for k, subnetGroup := range c.memcached {
		if k.region == region && subnetGroup == name {
			return true
		}
	}
	return false
}

func subnetGroupNotFound(name string) *refusal {
	return refuse(CodeSubnetGroupNotFound, "Cache Subnet Group %s does not exist.", name)
}

// DescribeSubnetGroup is a subnet group as it is now.
func (c *Cloud) DescribeSubnetGroup(region, name string) (SubnetGroup, error) {
	var out SubnetGroup
	err := c.read(elasticache, "DescribeCacheSubnetGroups", func() *refusal {
		s, ok := c.subnetGroups[key{region, name}]
		if !ok {
			return subnetGroupNotFound(name)
		}
		out = *s
		out.SubnetIDs, out.Tags = slices.Clone(s.SubnetIDs), maps.Clone(s.Tags)
		return nil
	})
	return out, err
}

// SubnetGroups are the names of those that there are in a region, sorted.
func (c *Cloud) SubnetGroups(region string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for k := range c.subnetGroups {
		if k.region == region {
			out = append(out, k.name)
		}
	}
	slices.Sort(out)
	return out
}

// DeleteSubnetGroup that no group uses. ElastiCache API reference,
// DeleteCacheSubnetGroup: CacheSubnetGroupInUse.
func (c *Cloud) DeleteSubnetGroup(region, name string) error {
	return c.write(elasticache, "DeleteCacheSubnetGroup", region, name, nil, func() *refusal {
		if _, ok := c.subnetGroups[key{region, name}]; !ok {
			return subnetGroupNotFound(name)
		}
		if c.usesSubnetGroup(region, name) {
			return refuse(CodeSubnetGroupInUse, "Cache subnet group %s is currently in use by a cache cluster.", name)
		}
		delete(c.subnetGroups, key{region, name})
		return nil
	})
}
