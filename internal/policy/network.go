package policy

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
)

// A placement is what others than the claim give of a cache's region and network.
type placement struct {
	network v1alpha1.Network
	region  *string

	// origins are where the fields are from, by their names. Those of the claim have none.
	origins map[string]string

	// mistyped are the fields that a source has in another type.
	mistyped map[string]bool

	// waits is what has to be there before anything is made.
	waits []string

	notes    []string
	problems field.ErrorList
}

// A source gives some fields of a placement.
type source struct {
	v1alpha1.Network

	region *string
	at     func(name string, more ...string) *field.Path

	// mismatches are the fields that it has in another type.
	mismatches map[string]*field.Error

	// checked reports whether the values were checked already.
	checked bool
}

// place the cache where the claim leaves that open. A cache that exists stays where it
// is, and nobody is asked.
func (c *completion) place(rsp *fnv1.RunFunctionResponse) {
	stays := c.running || c.claim.Existing != nil
	if stays && len(c.claim.Missing()) > 0 {
		c.network = c.observed.AskedNetwork()
		c.note("The cache keeps what the claim leaves out")
	}
	if c.running {
		return
	}
	c.origins, c.mistyped = map[string]string{}, map[string]bool{}
	environment := c.fromContext()
	c.takeRegion(environment)
	networks := c.fromNetworks()
	named := source{}
	if given := networks.Or(environment.Network); len(c.open(given)) > 0 {
		named = c.fromEnvironmentConfig(rsp, given)
		c.takeRegion(named)
		networks = c.fromNetworks()
	}
	if !stays {
		for _, s := range []source{networks, environment, named} {
			c.take(s)
		}
		c.note("The platform gives what the claim leaves out")
	}
	if len(c.waits) > 0 {
		// What was made already stays as it is.
		c.network = c.network.Or(c.observed.AskedNetwork())
		c.region = firstOf(c.region, c.observed.AskedRegion())
	}
}

// knownRegion of a new cache, empty while it is not known.
func (c *completion) knownRegion() string {
	return ptr.Deref(firstOf(c.claim.Region, c.platform.Region, c.region), "")
}

// take what a source has of what is still open.
func (c *completion) take(s source) {
	if s.at == nil {
		return
	}
	var used v1alpha1.Network
	for _, name := range c.claim.Network.Or(c.network).Missing() {
		if err := s.mismatches[name]; err != nil {
			c.placement.problems = append(c.placement.problems, err)
			c.mistyped[name] = true
		}
		if slices.Contains(s.Missing(), name) {
			continue
		}
		c.origins[name] = s.at(name).String()
		switch name {
		case "vpcId":
			used.VPCID = s.VPCID
		case "subnetIds":
			used.SubnetIDs = s.SubnetIDs
		case "securityGroupIds":
			used.SecurityGroupIDs = s.SecurityGroupIDs
		}
	}
	c.network = c.network.Or(used)
	if !s.checked {
		c.placement.problems = append(c.placement.problems, used.Validate(s.at)...)
	}
}

func (c *completion) takeRegion(s source) {
	if c.knownRegion() != "" {
		return
	}
	if err := s.mismatches["region"]; err != nil {
		c.placement.problems = append(c.placement.problems, err)
	}
	if s.region != nil {
		c.region, c.origins["region"] = s.region, s.at("region").String()
		c.placement.problems = append(c.placement.problems, v1alpha1.ValidateRegion(s.at("region"), *s.region)...)
	}
}

// fromNetworks is the first of the Input's networks that matches.
func (c *completion) fromNetworks() source {
	for i, n := range c.in.Networks {
		m := ptr.Deref(n.Match, v1beta1.Match{})
		if matches(m.Environment, c.claim.Environment) && matches(m.Region, c.knownRegion()) && matches(m.Namespace, c.xr.TokenNamespace()) {
			return source{Network: n.Network, at: inputPath.Child("networks").Index(i).Child, checked: true}
		}
	}
	return source{}
}

// matches one of some globs. No globs match all.
func matches(globs []string, value string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(glob string) bool {
		ok, _ := path.Match(glob, value)
		return ok
	})
}

// open are the fields that nobody has given yet.
func (c *completion) open(given v1alpha1.Network) []string {
	var out []string
	if c.knownRegion() == "" {
		out = append(out, "region")
	}
	if c.claim.Existing != nil {
		return out
	}
	return append(out, c.claim.Network.Or(given).Missing()...)
}

// note what the claim does not say.
func (c *completion) note(says string) {
	var out []string
	for _, name := range c.claim.Missing() {
		if value := map[string]string{"vpcId": c.network.VPCID, "subnetIds": joined(c.network.SubnetIDs), "securityGroupIds": joined(c.network.SecurityGroupIDs)}[name]; value != "" {
			out = append(out, name+" "+value+c.from(name))
		}
	}
	if _, other := c.origins["region"]; other {
		out = append(out, "region "+*c.region+c.from("region"))
	}
	if len(out) > 0 {
		c.notes = append(c.notes, says+": "+strings.Join(out, "; ")+".")
	}
}

// from is where a field is from, in brackets.
func (c *completion) from(name string) string {
	if origin := c.origins[name]; origin != "" {
		return " (" + origin + ")"
	}
	return ""
}

func joined(ids []string) string { return strings.Join(slices.Sorted(slices.Values(ids)), ", ") }

// unplaced are the fields that nobody gives.
func (c *completion) unplaced() field.ErrorList {
	if c.running || c.claim.Existing != nil || len(c.waits) > 0 || c.isInvalid("networks") || c.isInvalid("environmentConfig") {
		return nil
	}
	var errs field.ErrorList
	for _, name := range c.claim.Network.Or(c.network).Missing() {
		if c.mistyped[name] {
			continue // It is the source's.
		}
		errs = append(errs, field.Required(root.Child(name), fmt.Sprintf("write it in the claim, as in %s, or ask the platform team to give it to this claim (environment %q, region %q, namespace %q) in input.networks%s",
			v1alpha1.ExampleOf(name), c.claim.Environment, c.knownRegion(), c.xr.TokenNamespace(), cmp.Or(c.orInEnvironment(name), " or in an EnvironmentConfig"))))
	}
	return errs
}
