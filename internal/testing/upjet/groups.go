package upjet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// How long a deletion is tried that AWS refuses: terraform-provider-aws 6.34,
// replication_group.go, parameter_group.go, subnet_group.go.
const (
	deleteGroupFor          = 10 * time.Minute
	deleteParameterGroupFor = 3 * time.Minute
	deleteSubnetGroupFor    = 5 * time.Minute
)

const defaultDescription = "Managed by Terraform"

// subnetGroup is aws_elasticache_subnet_group.
type subnetGroup struct {
	*call

	aws aws.SubnetGroup
}

func (s *subnetGroup) read() (bool, error) {
	g, err := s.cloud.DescribeSubnetGroup(s.region(), s.tracker.id)
	if aws.Is(err, aws.CodeSubnetGroupNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading ElastiCache Subnet Group (%s): %w", s.tracker.id, err)
	}
	s.aws = g
	return true, nil
}

func (s *subnetGroup) description() string { return cmp.Or(s.spec("description"), defaultDescription) }

func (s *subnetGroup) diff(found bool) ([]change, error) {
	if !found {
		return nil, nil
	}
	d := &differ{call: s.call}
	d.optional("description", s.aws.Description, s.description(), false)
	d.optional("subnet_ids", join(s.aws.SubnetIDs), join(s.list("subnetIds")), false)
	d.tagsOf(s.aws.Tags)
	return d.changes, nil
}

func (s *subnetGroup) create() []step {
	in := aws.SubnetGroup{Region: s.region(), Name: s.tracker.id, Description: s.description(), SubnetIDs: s.list("subnetIds"), Tags: s.tags()}
	return once(func() error {
		return diagnose("failed to create the resource", wrap(s.cloud.CreateSubnetGroup(in), "creating ElastiCache Subnet Group (%s)", in.Name))
	})
}

func (s *subnetGroup) update(changes []change) []step {
	region, name, arn, description, subnets, tags := s.region(), s.tracker.id, s.aws.ARN, s.description(), s.list("subnetIds"), s.tags()
	return s.updateAndTag(changes, region, arn, tags, func() error {
		return wrap(s.cloud.ModifySubnetGroup(region, name, description, subnets), "updating ElastiCache Subnet Group (%s)", name)
	})
}

func (s *subnetGroup) delete() []step {
	region, name := s.region(), s.tracker.id
	return s.deleteWhile(aws.CodeSubnetGroupInUse, aws.CodeSubnetGroupNotFound, deleteSubnetGroupFor, func() error { return s.cloud.DeleteSubnetGroup(region, name) })
}

func (s *subnetGroup) atProvider() map[string]any {
	return map[string]any{
		"id": s.aws.Name, "arn": s.aws.ARN, "region": s.region(), "description": s.aws.Description, "vpcId": s.aws.VPC,
		"subnetIds": anys(s.aws.SubnetIDs), "tags": anyMap(s.aws.Tags), "tagsAll": anyMap(s.aws.Tags),
	}
}

func (s *subnetGroup) connection() map[string][]byte { return map[string][]byte{} }

// parameterGroup is aws_elasticache_parameter_group.
type parameterGroup struct {
	*call

	aws aws.ParameterGroup
}

func (p *parameterGroup) read() (bool, error) {
	g, err := p.cloud.DescribeParameterGroup(p.region(), p.tracker.id)
	if aws.Is(err, aws.CodeParameterGroupNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading ElastiCache Parameter Group (%s): %w", p.tracker.id, err)
	}
	p.aws = g
	return true, nil
}

func (p *parameterGroup) description() string {
	return cmp.Or(p.spec("description"), defaultDescription)
}

// parameters asked for.
func (p *parameterGroup) parameters() map[string]string {
	out := map[string]string{}
	list, _, _ := unstructured.NestedSlice(p.mr.Object, "spec", "forProvider", "parameter")
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			name, _, _ := unstructured.NestedString(m, "name")
			out[name], _, _ = unstructured.NestedString(m, "value")
		}
	}
	return out
}

func (p *parameterGroup) diff(found bool) ([]change, error) {
	if !found {
		return nil, nil
	}
	d := &differ{call: p.call}
	d.optional("name", p.aws.Name, p.spec("name"), true)
	d.optional("family", p.aws.Family, p.spec("family"), true)
	d.optional("description", p.aws.Description, p.description(), true)
	d.add(!maps.Equal(p.aws.Parameters, p.parameters()), "parameter", "", "", false)
	d.tagsOf(p.aws.Tags)
	return d.changes, nil
}

// create takes the name from the spec. The id is known from then on, but only in
// memory: without late initialization it does not get into the annotation.
func (p *parameterGroup) create() []step {
	in := aws.ParameterGroup{Region: p.region(), Name: p.spec("name"), Family: p.spec("family"), Description: p.description(), Tags: p.tags()}
	parameters, t := p.parameters(), p.tracker
	return once(func() error {
		err := p.cloud.CreateParameterGroup(in)
		if err == nil {
			t.id = in.Name
			if len(parameters) > 0 {
				err = p.cloud.ModifyParameterGroup(in.Region, in.Name, parameters)
			}
		}
		return diagnose("failed to create the resource", wrap(err, "creating ElastiCache Parameter Group (%s)", in.Name))
	})
}

func (p *parameterGroup) update(changes []change) []step {
	region, name, arn, tags := p.region(), p.tracker.id, p.aws.ARN, p.tags()
	set, reset := p.parameters(), []string{}
	for _, k := range slices.Sorted(maps.Keys(p.aws.Parameters)) {
		if value, wanted := set[k]; !wanted {
			reset = append(reset, k)
		} else if value == p.aws.Parameters[k] {
			delete(set, k)
		}
	}
	return p.updateAndTag(changes, region, arn, tags, func() error {
		var err error
		if len(reset) > 0 {
			err = p.cloud.ResetParameterGroup(region, name, reset)
		}
		if err == nil && len(set) > 0 {
			err = p.cloud.ModifyParameterGroup(region, name, set)
		}
		return wrap(err, "modifying ElastiCache Parameter Group (%s)", name)
	})
}

func (p *parameterGroup) delete() []step {
	region, name := p.region(), p.tracker.id
	return p.deleteWhile(aws.CodeParameterGroupState, aws.CodeParameterGroupNotFound, deleteParameterGroupFor, func() error { return p.cloud.DeleteParameterGroup(region, name) })
}

func (p *parameterGroup) atProvider() map[string]any {
	parameters := make([]any, 0, len(p.aws.Parameters))
	for _, k := range slices.Sorted(maps.Keys(p.aws.Parameters)) {
		parameters = append(parameters, map[string]any{"name": k, "value": p.aws.Parameters[k]})
	}
	return map[string]any{
		"id": p.aws.Name, "arn": p.aws.ARN, "region": p.region(), "name": p.aws.Name, "family": p.aws.Family, "description": p.aws.Description,
		"parameter": parameters, "tags": anyMap(p.aws.Tags), "tagsAll": anyMap(p.aws.Tags),
	}
}

func (p *parameterGroup) connection() map[string][]byte { return map[string][]byte{} }

// once is an operation of one call that AWS answers at once.
func once(do func() error) []step { return []step{{call: do}} }

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

// updateAndTag calls what is needed of the two.
func (c *call) updateAndTag(changes []change, region, arn string, tags map[string]string, do func() error) []step {
	other := slices.ContainsFunc(changes, func(ch change) bool { return ch.argument != "tags" })
	tagged := slices.ContainsFunc(changes, func(ch change) bool { return ch.argument == "tags" })
	cloud := c.cloud
	return once(func() error {
		if tagged {
			if err := cloud.Tag(region, arn, tags); err != nil {
				return diagnose("failed to update the resource", err)
			}
		}
		if !other {
			return nil
		}
		return diagnose("failed to update the resource", do())
	})
}

// deleteWhile tries as long as AWS says that something is in use.
func (c *call) deleteWhile(inUse, notFound string, tries time.Duration, do func() error) []step {
	return []step{{
		call: func() error {
			err := do()
			if err == nil || aws.Is(err, notFound) {
				return nil
			}
			if aws.Is(err, inUse) {
				return err
			}
			return diagnose("failed to delete the resource", err)
		},
		retry: func(err error) bool { return aws.Is(err, inUse) },
		until: c.now.Add(tries),
	}}
}

func anys(list []string) []any {
	out := make([]any, 0, len(list))
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func anyMap(m map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func ptr[T any](v T) *T { return &v }
