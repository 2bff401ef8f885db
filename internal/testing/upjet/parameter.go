package upjet

import (
	"cmp"
	"fmt"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// parameter is aws_ssm_parameter of terraform-provider-aws 6.34.
type parameter struct {
	*call

	aws aws.Parameter
}

func (p *parameter) read() (bool, error) {
	g, err := p.cloud.GetParameter(p.region(), p.tracker.id)
	if aws.Is(err, aws.CodeParameterNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading SSM Parameter (%s): %w", p.tracker.id, err)
	}
	p.aws = g
	return true, nil
}

// value in the Secret now. A Secret or key that is missing is an empty value.
func (p *parameter) value() string {
	ref := []string{"spec", "forProvider", "valueSecretRef"}
	return p.secretValue(p.namespaceOf(ref...), p.text(append(ref, "name")...), p.text(append(ref, "key")...))
}

// diff compares the value with AWS's, decrypted.
func (p *parameter) diff(found bool) ([]change, error) {
	if !found {
		return nil, nil
	}
	d := &differ{call: p.call}
	d.add(p.aws.Value != p.value(), "value", "", "", false)
	d.optional("type", p.aws.Type, p.spec("type"), false)
	d.computed("tier", "tier", p.aws.Tier, p.spec("tier"), false)
	d.computed("keyId", "key_id", p.aws.KeyID, p.spec("keyId"), false)
	d.optional("description", p.aws.Description, p.spec("description"), false)
	d.tagsOf(p.aws.Tags)
	return d.changes, nil
}

func (p *parameter) request(overwrite bool) aws.PutParameter {
	return aws.PutParameter{
		Region: p.region(), Name: p.tracker.id, Type: p.spec("type"), Tier: cmp.Or(p.spec("tier"), aws.TierStandard),
		Value: p.value(), KeyID: p.spec("keyId"), Description: p.spec("description"), Overwrite: overwrite,
	}
}

// create overwrites nothing unless it is told to.
func (p *parameter) create() []step {
	in := p.request(p.bool("overwrite"))
	if !in.Overwrite {
		in.Tags = p.tags()
	}
	return once(func() error {
		return diagnose("failed to create the resource", wrap(p.cloud.PutParameter(in), "creating SSM Parameter (%s)", in.Name))
	})
}

// update with an empty value is refused by AWS, and tried again at once: a hot
// loop of 10 to 28 requests a second was seen.
func (p *parameter) update(changes []change) []step {
	in := p.request(true)
	p.hot = in.Value == ""
	return p.updateAndTag(changes, in.Region, p.aws.ARN, p.tags(), func() error {
		return wrap(p.cloud.PutParameter(in), "updating SSM Parameter (%s)", in.Name)
	})
}

func (p *parameter) delete() []step {
	region, name := p.region(), p.tracker.id
	return p.deleteWhile("", aws.CodeParameterNotFound, 0, func() error { return p.cloud.DeleteParameter(region, name) })
}

func (p *parameter) atProvider() map[string]any {
	out := map[string]any{
		"id": p.aws.Name, "arn": p.aws.ARN, "region": p.region(), "type": p.aws.Type, "tier": p.aws.Tier, "description": p.aws.Description,
		"version": int64(p.aws.Version), "dataType": "text", "tags": anyMap(p.aws.Tags), "tagsAll": anyMap(p.aws.Tags),
	}
	if p.aws.KeyID != "" {
		out["keyId"] = p.aws.KeyID
	}
	return out
}

// connection details are what AWS has, decrypted, whatever the spec says.
func (p *parameter) connection() map[string][]byte {
	return map[string][]byte{"attribute.value": []byte(p.aws.Value)}
}
