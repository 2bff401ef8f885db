package policy

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// requirementEnvironment names what is asked of Crossplane. It must stay the same from
// round to round.
const requirementEnvironment = "environment-config"

// fromContext is what an earlier step of the pipeline has found.
func (c *completion) fromContext() source {
	environment := protocol.Environment(c.req)
	if c.in.EnvironmentConfig == nil || !environment.Exists() {
		return source{}
	}
	return c.fromData(environment, field.NewPath("context").Key(protocol.ContextEnvironment))
}

// fromEnvironmentConfig that Crossplane is asked for by its name. What the claim has to
// wait for is one that does not exist.
func (c *completion) fromEnvironmentConfig(rsp *fnv1.RunFunctionResponse, given v1alpha1.Network) source {
	name := c.environmentConfigName()
	if name == "" {
		return source{}
	}
	version := ptr.Deref(c.in.EnvironmentConfig.APIVersion, v1beta1.EnvironmentConfigV1Beta1)
	protocol.Require(c.req, rsp, requirementEnvironment, &fnv1.ResourceSelector{
		ApiVersion: version,
		Kind:       v1beta1.EnvironmentConfigKind,
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: name},
	})
	found, answered := protocol.Found(c.req, requirementEnvironment)
	for _, o := range found {
		if o.Text("kind") == v1beta1.EnvironmentConfigKind && o.Name() == name {
			return c.fromData(protocol.Object{Struct: o.Value("data").GetStructValue()}, field.NewPath(v1beta1.EnvironmentConfigKind).Key(name).Child("data"))
		}
	}
	c.waits = []string{fmt.Sprintf("the EnvironmentConfig %q", name)}
	if answered {
		c.notes = append(c.notes, fmt.Sprintf("The EnvironmentConfig %q does not exist: ask the platform team to make it, or set %s in the claim.", name, strings.Join(c.open(given), ", ")))
	}
	return source{}
}

// environmentConfigName is the name that the Input gives for the claim, empty if it gives
// none, or what it is made of is not known or wrong.
func (c *completion) environmentConfigName() string {
	if c.in.EnvironmentConfig == nil || c.in.EnvironmentConfig.Name == nil {
		return ""
	}
	template := *c.in.EnvironmentConfig.Name
	if c.knownRegion() == "" && strings.Contains(template, "{region}") || c.xr.TokenNamespace() == "" && strings.Contains(template, "{namespace}") {
		return ""
	}
	name := v1beta1.FillIn(template, c.claim.Environment, c.knownRegion(), c.xr.TokenNamespace())
	if len(validation.IsDNS1123Subdomain(name)) > 0 {
		return ""
	}
	return name
}

// fromData that is below a path for people.
func (c *completion) fromData(o protocol.Object, root *field.Path) source {
	paths, data := c.in.EnvironmentConfig.Paths, fieldpath.Pave(o.AsMap())
	s := source{mismatches: map[string]*field.Error{}}
	s.at = func(name string, _ ...string) *field.Path { return root.Child(paths.Of(name)) }
	mismatch := func(name string, err error, want string) {
		if err != nil && !fieldpath.IsNotFound(err) {
			value, _ := data.GetValue(paths.Of(name))
			s.mismatches[name] = field.Invalid(s.at(name), value, "must be "+want)
		}
	}
	text := func(name string) string {
		value, err := data.GetString(paths.Of(name))
		mismatch(name, err, "a string")
		return value
	}
	list := func(name string) []string {
		value, err := data.GetStringArray(paths.Of(name))
		mismatch(name, err, "a list of ids")
		return value
	}
	s.Network = v1alpha1.Network{VPCID: text("vpcId"), SubnetIDs: list("subnetIds"), SecurityGroupIDs: list("securityGroupIds")}
	if region := text("region"); region != "" {
		s.region = &region
	}
	return s
}

// orInEnvironment is where an EnvironmentConfig would have a field.
func (c *completion) orInEnvironment(name string) string {
	if c.in.EnvironmentConfig == nil {
		return ""
	}
	at := c.in.EnvironmentConfig.Paths.Of(name)
	if config := c.environmentConfigName(); config != "" {
		return fmt.Sprintf(" or in the EnvironmentConfig %q at data.%s", config, at)
	}
	return " or in an EnvironmentConfig at data." + at
}
