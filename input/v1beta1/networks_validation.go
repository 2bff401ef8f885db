package v1beta1

import (
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// An EnvironmentConfig of Crossplane, and its versions.
const (
	EnvironmentConfigKind     = "EnvironmentConfig"
	EnvironmentConfigV1Beta1  = "apiextensions.crossplane.io/v1beta1"
	EnvironmentConfigV1Alpha1 = "apiextensions.crossplane.io/v1alpha1"
)

// ValidateNetworks checks all that gives new caches their network. No cache that runs may
// suffer from it.
func (in *Input) ValidateNetworks() field.ErrorList {
	root := field.NewPath("input")
	var errs field.ErrorList
	for i, n := range in.Networks {
		at := root.Child("networks").Index(i)
		errs = append(errs, n.Validate(at.Child)...)
		if len(n.Missing()) == len((v1alpha1.Network{}).Missing()) {
			errs = append(errs, field.Required(at, "a network has vpcId, subnetIds, securityGroupIds, or some of them"))
		}
		m := ptr.Deref(n.Match, Match{})
		errs = append(errs, validateGlobs(at.Child("match", "environment"), m.Environment)...)
		errs = append(errs, validateGlobs(at.Child("match", "region"), m.Region)...)
		errs = append(errs, validateGlobs(at.Child("match", "namespace"), m.Namespace)...)
	}
	return append(errs, in.EnvironmentConfig.validate(root.Child("environmentConfig"))...)
}

func validateGlobs(at *field.Path, globs []string) field.ErrorList {
	var errs field.ErrorList
	if globs != nil && len(globs) == 0 {
		errs = append(errs, field.Required(at, "an empty list would match all: leave it out for that, or write a name or a glob of names, such as team-*"))
	}
	for i, glob := range globs {
		if !isGlob(glob) {
			errs = append(errs, field.Invalid(at.Index(i), glob, "must be a name or a glob of names, such as team-*; there is no {a,b} and no !a: write one entry each"))
		}
	}
	return errs
}

// isGlob reports whether a text is a glob of names: path.Match takes braces and an
// exclamation mark for themselves, and no name has them.
func isGlob(glob string) bool {
	_, err := path.Match(glob, "")
	return err == nil && glob != "" && !strings.ContainsAny(glob, "{}!")
}

// FillIn what stands for the claim's own in the name of an EnvironmentConfig.
func FillIn(template, environment, region, namespace string) string {
	return strings.NewReplacer("{environment}", environment, "{region}", region, "{namespace}", namespace).Replace(template)
}

func (e *EnvironmentConfig) validate(root *field.Path) field.ErrorList {
	if e == nil {
		return nil
	}
	var errs field.ErrorList
	if e.Name != nil && len(validation.IsDNS1123Subdomain(FillIn(*e.Name, "x", "x", "x"))) > 0 {
		errs = append(errs, field.Invalid(root.Child("name"), *e.Name, "must be the name of an EnvironmentConfig, which may hold {environment}, {region} and {namespace}"))
	}
	if v := ptr.Deref(e.APIVersion, EnvironmentConfigV1Beta1); v != EnvironmentConfigV1Beta1 && v != EnvironmentConfigV1Alpha1 {
		errs = append(errs, field.NotSupported(root.Child("apiVersion"), v, []string{EnvironmentConfigV1Beta1, EnvironmentConfigV1Alpha1}))
	}
	for _, name := range []string{"region", "vpcId", "subnetIds", "securityGroupIds"} {
		if _, err := fieldpath.Parse(e.Paths.Of(name)); err != nil || e.Paths.Of(name) == "" {
			errs = append(errs, field.Invalid(root.Child("paths", name), e.Paths.Of(name), "must be a path below the data of the EnvironmentConfig, such as networks.eu."+name))
		}
	}
	return errs
}

// Of is the path of a field, which is its name unless another is given.
func (p *Paths) Of(name string) string {
	own := ptr.Deref(p, Paths{})
	return ptr.Deref(map[string]*string{"region": own.Region, "vpcId": own.VPCID, "subnetIds": own.SubnetIDs, "securityGroupIds": own.SecurityGroupIDs}[name], name)
}
