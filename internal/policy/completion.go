package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Complete the composite's spec, in place, so that no setting that has a default
// is left open, and check it. All problems are found at once.
//
// A cache that AWS does not have is refused as a whole. A running one keeps what it
// has in each field that has a problem, and is completed with everything else.
//
// Without a region, which an EnvironmentConfig will give, nothing of a cache can be made:
// it is empty then, and nothing of the cache is observed.
func Complete(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *protocol.XR, in *v1beta1.Input, o resources.Observed) (Asked, error) {
	c := newCompletion(req, xr, in, o)
	c.place(rsp)
	c.invalid = in.Validate()
	if !c.running {
		c.invalid = append(c.invalid, in.ValidateNetworks()...)
	}
	errs, problems := c.invalid, c.problems()
	switch {
	case len(errs) == 0 && len(problems) == 0 && xr.Spec.Region == nil && len(o) > 0:
		return Asked{}, fmt.Errorf("the region of the cache is not known, and nothing is changed: it waits for %s", strings.Join(c.waits, ", "))
	case len(errs) == 0 && len(problems) == 0:
		return c.asked(nil), nil
	case len(errs) > 0 || !c.running:
		return Asked{}, protocol.Invalid{Problems: append(errs, problems...)}
	}
	refused, err := c.keep(problems)
	if err != nil {
		return Asked{}, err
	}
	return c.asked(refused), nil
}

// A completion of a spec, from the claim, the platform and the running cache.
type completion struct {
	req *fnv1.RunFunctionRequest
	xr  *protocol.XR
	in  *v1beta1.Input

	// claim is what the claim says. What a running cache keeps replaces it, but in said.
	claim, said v1alpha1.XRedisSpec

	// platform is what the platform says of what the claim leaves open.
	platform v1alpha1.XRedisSpec

	// cache is what a running cache was last asked to be: what no default may
	// change, and all of it once a field has a problem.
	cache   v1alpha1.XRedisSpec
	running bool

	// taken is what a cache has that was taken over: what the claim leaves open stays.
	taken v1alpha1.Settings

	placement

	observed resources.Observed
	invalid  field.ErrorList // What is wrong in the Input itself.
	kept     map[string]bool // Names of fields.
	cannot   []string        // What keeps a cache from being taken over.
}

func newCompletion(req *fnv1.RunFunctionRequest, xr *protocol.XR, in *v1beta1.Input, o resources.Observed) *completion {
	c := &completion{req: req, xr: xr, in: in, observed: o, claim: xr.Spec, said: xr.Spec}
	c.platform = v1alpha1.XRedisSpec{Region: in.Region, Tags: in.Tags, Settings: ptr.Deref(in.Defaults, v1alpha1.Settings{})}
	c.cache, c.running = o.Asked()
	c.taken = o.TakenSettings()
	if c.isBack() {
		c.cache.Engine, c.cache.EngineVersion = nil, nil
	}
	if c.running && o.Whole() {
		// What a running cache does not have it is not given by default.
		c.platform.KMSKeyID, c.platform.SnapshotName = nil, nil
	}
	if c.running && o[resources.ReplicationGroup].AskedToken().State == redis.GeneratedToken {
		// It keeps its token where the claim names none.
		c.platform.AuthTokenSecretRef = nil
	}
	return c
}

// isBack reports whether somebody brought a running cache, by hand, from the engine
// that it was last asked to have back to what the claim asks for by default.
func (c *completion) isBack() bool {
	engine, version := c.observed[resources.ReplicationGroup].Engine()
	if engine == "" || string(engine) == ptr.Deref(c.cache.Engine, string(engine)) {
		return false
	}
	asked := c.claim.WithDefaults(c.platform.Settings)
	return string(engine) == *asked.Engine && version == *asked.EngineVersion
}

// complete the spec with what is known by now.
func (c *completion) complete() {
	spec := c.claim
	spec.Region = firstOf(c.claim.Region, c.cache.Region, c.platform.Region, c.region)
	spec.Network = c.claim.Network.Or(c.network)
	spec.Settings = c.claim.Keeping(c.cache.Settings).Or(c.taken).WithDefaults(c.platform.Settings)
	if !c.kept["tags"] {
		spec.Tags = mergeTags(baseTags(&spec, c.observed), c.platform.Tags, c.claim.Tags)
	}
	c.xr.Spec = spec
}

// problems of the completed spec. Those of a value that the platform chose are the
// platform's.
func (c *completion) problems() field.ErrorList {
	c.complete()
	claim := c.claim
	if c.running && ptr.Equal(claim.NodeType, c.cache.NodeType) {
		claim.NodeType = nil // What no new cache can have, a running one may well have.
	}
	errs := claim.Validate(root)
	errs = append(errs, c.unplaced()...)
	errs = append(errs, c.placement.problems...)
	errs = append(errs, c.wrongDefaults()...)
	errs = append(errs, c.misfits()...)
	errs = append(errs, c.limited()...)
	errs = append(errs, c.validateWhole()...)
	for _, err := range errs {
		c.blame(err)
	}
	return errs
}

// misfits are values of which each is right, but not with another. Which those are of a
// cache that is to be taken over is not known before it is.
func (c *completion) misfits() field.ErrorList {
	if c.looksUp() {
		return nil
	}
	var errs field.ErrorList
	for _, err := range c.xr.Spec.ValidateCombination(root) {
		if c.isAllOfAWS(err) {
			continue
		}
		err.Origin = misfit
		if origin := c.origins["subnetIds"]; origin != "" && strings.Contains(err.Detail, "subnetIds") {
			err.Detail += "; they are the platform's (" + origin + "): set subnetIds in the claim, or ask the platform team"
		}
		errs = append(errs, err)
	}
	return errs
}

// isInvalid reports whether a field of the Input is wrong in itself: what comes of it is not
// held against the claim.
func (c *completion) isInvalid(name string) bool {
	return slices.ContainsFunc(c.invalid, func(err *field.Error) bool { return nameOf(err) == name })
}

// limited is what the platform does not allow.
func (c *completion) limited() field.ErrorList {
	if c.isInvalid("limits") {
		return nil
	}
	errs := c.in.Limits.Allow(&c.xr.Spec, root)
	if !c.looksUp() {
		return errs
	}
	return slices.DeleteFunc(errs, func(err *field.Error) bool { return !has(&c.claim, nameOf(err)) })
}

// wrongDefaults are those of the platform that are wrong in themselves. Those that
// are not used hurt no cache that exists.
func (c *completion) wrongDefaults() field.ErrorList {
	var out field.ErrorList
	errs := v1alpha1.ValidateTags(tagsPath, c.platform.Tags)
	if c.in.Defaults != nil {
		errs = append(errs, c.platform.Settings.Validate(defaultsPath)...)
	}
	for _, err := range errs {
		if !c.running || c.fromPlatform(nameOf(err)) {
			out = append(out, err)
		}
	}
	return out
}

// fromPlatform reports whether the value of a field is one that the platform chose.
func (c *completion) fromPlatform(name string) bool {
	kept := v1alpha1.XRedisSpec{Region: c.cache.Region, Settings: c.claim.Keeping(c.cache.Settings).Or(c.taken)}
	return has(&c.platform, name) && !c.kept[name] && (name == "tags" || !has(&c.claim, name) && !has(&kept, name))
}

// blame the platform for a value that it chose.
func (c *completion) blame(err *field.Error) {
	name := nameOf(err)
	if origin := c.origins[name]; strings.HasPrefix(err.Field, inSpec) && origin != "" {
		err.Detail += "; this is the platform's, not the claim's: ask the platform team, or set " + err.Field + " in the claim"
		err.Field = origin
		return
	}
	if !strings.HasPrefix(err.Field, inSpec) || name == "tags" || !c.fromPlatform(name) {
		return
	}
	err.Detail += "; this is the platform's default, not the claim's: ask the platform team, or set " + err.Field + " in the claim"
	err.Field = defaultsPath.Child(name).String()
	if name == "region" {
		err.Field = inputPath.Child(name).String()
	}
}

// baseTags that every resource has unless the platform or the claim says
// otherwise. A cache is called by the id that it has.
func baseTags(spec *v1alpha1.XRedisSpec, o resources.Observed) map[string]string {
	return map[string]string{
		"Name":        cmp.Or(o.ClusterID(), redis.ClusterID(spec.AppName, spec.Environment)),
		"Application": spec.AppName,
		"Environment": spec.Environment,
		"ManagedBy":   "crossplane",
	}
}

// mergeTags, the later over the earlier.
func mergeTags(layers ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, layer := range layers {
		maps.Copy(out, layer)
	}
	return out
}

func firstOf[T any](values ...*T) *T {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}
