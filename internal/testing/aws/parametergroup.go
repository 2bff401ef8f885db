package aws

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A ParameterGroup as AWS describes it, with the parameters that were set.
type ParameterGroup struct {
	Region, Name, ARN, Family, Description string
	Parameters                             map[string]string
	Tags                                   map[string]string
}

// parameterGroupFormat has no dots: those are for AWS's own groups. ElastiCache API
// reference, CreateCacheParameterGroup; terraform-provider-aws 6.34,
// parameter_group.go.
var parameterGroupFormat = regexp.MustCompile(`^[a-z](-?[a-z0-9])*$`)

// policies of maxmemory-policy: Redis, redis.conf.
var policies = []string{
	"volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random", "allkeys-random", "volatile-ttl", "noeviction",
}

// CreateParameterGroup asks for a parameter group.
func (c *Cloud) CreateParameterGroup(in ParameterGroup) error {
	in.Name = strings.ToLower(in.Name)
	return c.write(elasticache, "CreateCacheParameterGroup", in.Region, in.Name, nil, func() *refusal {
		switch _, exists := c.parameterGroups[key{in.Region, in.Name}]; {
		case !parameterGroupFormat.MatchString(in.Name) || len(in.Name) > 255:
			return refuse(CodeParameterValue, "The parameter CacheParameterGroupName is not a valid identifier: %s", in.Name)
		case exists:
			return refuse(CodeParameterGroupExists, "Cache parameter group %s already exists.", in.Name)
		case in.Description == "":
			return refuse(CodeParameterValue, "The parameter Description must be provided.")
		case !c.hasFamily(in.Family):
			return refuse(CodeParameterValue, "CacheParameterGroupFamily %s is not a valid parameter group family.", in.Family)
		}
		in.ARN = c.arn("elasticache", in.Region, "parametergroup:"+in.Name)
		in.Parameters, in.Tags = map[string]string{}, maps.Clone(in.Tags)
		c.parameterGroups[key{in.Region, in.Name}] = &in
		return nil
	})
}

// ModifyParameterGroup sets parameters; those of a group in use are in force at
// once.
func (c *Cloud) ModifyParameterGroup(region, name string, parameters map[string]string) error {
	return c.write(elasticache, "ModifyCacheParameterGroup", region, name, slices.Collect(maps.Keys(parameters)), func() *refusal {
		p, ok := c.parameterGroups[key{region, name}]
		if !ok {
			return parameterGroupNotFound(name)
		}
		for k, v := range parameters {
			if err := checkParameter(p.Family, k, v); err != nil {
				return err
			}
		}
		maps.Copy(p.Parameters, parameters)
		c.serveUsersOf(p)
		return nil
	})
}

// ResetParameterGroup gives parameters their defaults again.
func (c *Cloud) ResetParameterGroup(region, name string, parameters []string) error {
	return c.write(elasticache, "ResetCacheParameterGroup", region, name, parameters, func() *refusal {
		p, ok := c.parameterGroups[key{region, name}]
		if !ok {
			return parameterGroupNotFound(name)
		}
		for _, k := range parameters {
			delete(p.Parameters, k)
		}
		c.serveUsersOf(p)
		return nil
	})
}

func (c *Cloud) serveUsersOf(p *ParameterGroup) {
	for _, k := range c.groupKeys() {
		if g := c.groups[k]; g.Region == p.Region && g.ParameterGroup == p.Name && g.Endpoint.Primary != "" && g.Status != StatusDeleting {
			c.serve(g)
		}
	}
}

// others are parameters that may be set beside those that this model understands: of
// their values it knows nothing. ElastiCache User Guide, "Valkey and Redis OSS
// parameters".
var others = []string{
	"acllog-max-len", "active-defrag-cycle-max", "active-defrag-cycle-min", "activedefrag", "activerehashing", "client-query-buffer-limit",
	"close-on-replica-write", "databases", "hash-max-listpack-entries", "hash-max-listpack-value", "latency-tracking", "lazyfree-lazy-eviction",
	"lazyfree-lazy-expire", "lazyfree-lazy-server-del", "lazyfree-lazy-user-del", "lfu-decay-time", "lfu-log-factor", "list-compress-depth",
	"list-max-listpack-size", "maxmemory-samples", "min-replicas-max-lag", "min-replicas-to-write", "notify-keyspace-events", "proto-max-bulk-len",
	"repl-backlog-size", "repl-backlog-ttl", "reserved-memory-percent", "set-max-intset-entries", "slowlog-log-slower-than", "slowlog-max-len",
	"stream-node-max-bytes", "stream-node-max-entries", "tcp-keepalive", "tracking-table-max-keys", "zset-max-listpack-entries", "zset-max-listpack-value",
}

// Of small hashes and sorted sets, Redis 7 renamed the limits. ElastiCache User Guide,
// "Redis OSS 7 parameter changes".
var (
	ziplists     = []string{"hash-max-ziplist-entries", "hash-max-ziplist-value", "zset-max-ziplist-entries", "zset-max-ziplist-value"}
	listpacks    = []string{"hash-max-listpack-entries", "hash-max-listpack-value", "zset-max-listpack-entries", "zset-max-listpack-value"}
	withZiplists = []string{"redis5.0", "redis6.x"}
)

// checkParameter that may be set. ElastiCache User Guide, "Parameters": timeout
// is 0 or at least 20.
func checkParameter(family, name, value string) *refusal {
	switch {
	case slices.Contains(ziplists, name) && slices.Contains(withZiplists, family):
		return nil
	case slices.Contains(ziplists, name), slices.Contains(listpacks, name) && slices.Contains(withZiplists, family):
		return refuse(CodeParameterValue, "The parameter %s is not one of the family %s.", name, family)
	case name == "maxmemory-policy" && slices.Contains(policies, value):
		return nil
	case name == "timeout":
		if n, err := strconv.Atoi(value); err == nil && (n == 0 || n >= 20) {
			return nil
		}
	case slices.Contains(others, name):
		return nil
	case name != "maxmemory-policy":
		return refuse(CodeParameterValue, "The parameter %s is not known to this model.", name)
	}
	return refuse(CodeParameterValue, "The parameter value %s is not valid for %s.", value, name)
}

// DescribeParameterGroup is a parameter group as it is now.
func (c *Cloud) DescribeParameterGroup(region, name string) (ParameterGroup, error) {
	var out ParameterGroup
	err := c.read(elasticache, "DescribeCacheParameterGroups", func() *refusal {
		p, ok := c.parameterGroups[key{region, name}]
		if !ok {
			return parameterGroupNotFound(name)
		}
		out = *p
		out.Parameters, out.Tags = maps.Clone(p.Parameters), maps.Clone(p.Tags)
		return nil
	})
	return out, err
}

func parameterGroupNotFound(name string) *refusal {
	return refuse(CodeParameterGroupNotFound, "CacheParameterGroup %s not found.", name)
}

// DeleteParameterGroup that no group uses, or is about to use. ElastiCache API
// reference, DeleteCacheParameterGroup: InvalidCacheParameterGroupState.
func (c *Cloud) DeleteParameterGroup(region, name string) error {
	return c.write(elasticache, "DeleteCacheParameterGroup", region, name, nil, func() *refusal {
		if _, ok := c.parameterGroups[key{region, name}]; !ok {
			return parameterGroupNotFound(name)
		}
		for _, g := range c.groups {
			if g.Region == region && (g.ParameterGroup == name || g.wants(name)) {
				return refuse(CodeParameterGroupState, "One or more cache clusters are still using this parameter group: %s", name)
			}
		}
		delete(c.parameterGroups, key{region, name})
		return nil
	})
}

// wants reports whether a change that was put off needs a parameter group.
func (g *group) wants(name string) bool {
	return g.nextParameterGroup == name || (g.pending != nil && g.pending.ParameterGroup != nil && *g.pending.ParameterGroup == name)
}

// family of a parameter group, AWS's own among them.
func (c *Cloud) family(region, name string) (string, *refusal) {
	if family, ok := strings.CutPrefix(strings.TrimSuffix(name, ".cluster.on"), "default."); ok && c.hasFamily(family) {
		return family, nil
	}
	p, ok := c.parameterGroups[key{region, name}]
	if !ok {
		return "", parameterGroupNotFound(name)
	}
	return p.Family, nil
}

func (c *Cloud) parametersOf(g *group) map[string]string {
	if p, ok := c.parameterGroups[key{g.Region, g.ParameterGroup}]; ok {
		return maps.Clone(p.Parameters)
	}
	return map[string]string{}
}
