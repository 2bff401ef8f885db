package aws

import (
	"maps"
	"strings"
)

// Tag a resource by its ARN: these tags and no others.
func (c *Cloud) Tag(region, arn string, tags map[string]string) error {
	service := elasticache
	if strings.Contains(arn, ":ssm:") {
		service = ssm
	}
	return c.write(service, "AddTagsToResource", region, arn, []string{"Tags"}, func() *refusal {
		into := c.tagsOf(arn)
		if into == nil {
			return refuse(CodeParameterValue, "The resource %s does not exist.", arn)
		}
		// ElastiCache User Guide, "Tagging": 50 tags at most.
		if len(tags) > 50 {
			return refuse(CodeParameterValue, "A resource can have 50 tags at most.")
		}
		*into = maps.Clone(tags)
		return nil
	})
}

func (c *Cloud) tagsOf(arn string) *map[string]string {
	for _, g := range c.groups {
		if g.ARN == arn {
			return &g.Tags
		}
	}
	for _, s := range c.subnetGroups {
		if s.ARN == arn {
			return &s.Tags
		}
	}
	for _, p := range c.parameterGroups {
		if p.ARN == arn {
			return &p.Tags
		}
	}
	for _, p := range c.parameters {
		if p.ARN == arn {
			return &p.Tags
		}
	}
	return nil
}
