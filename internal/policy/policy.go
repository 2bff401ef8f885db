// Package policy turns what a claim says into all that it asks for: the platform's Input
// and the documented defaults fill in what it leaves open, and every rule is checked. The
// composite, the Input and what is observed go in; a complete spec and what is Asked come
// out, or every problem at once.
package policy

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
)

// Where problems lie.
//
//nolint:gochecknoglobals // Paths are never changed; Go has no constant structs.
var (
	root         = field.NewPath("spec")
	inputPath    = field.NewPath("input")
	defaultsPath = inputPath.Child("defaults")
	tagsPath     = inputPath.Child("tags")
)

// What the paths of all that is there begin with.
const (
	inSpec     = "spec."
	inInput    = "input."
	inDefaults = "input.defaults."
)

// validateWhole checks what takes the claim, the Input and Crossplane together.
func (c *completion) validateWhole() field.ErrorList {
	var errs field.ErrorList
	xr := c.xr
	if xr.Spec.Region == nil && len(c.waits) == 0 && !c.isInvalid("environmentConfig") {
		errs = append(errs, field.Required(root.Child("region"), "name an AWS region, such as eu-central-1, or ask the platform team to set one in the function's input"+c.orInEnvironment("region")))
	}
	if !c.isInvalid("parameterStore") {
		errs = append(errs, v1alpha1.ValidateParameterStorePath(root.Child("appName"), xr.Spec.AppName, parameterStorePath(xr, c.in))...)
	}
	if n := len(xr.Spec.Tags); n > v1alpha1.MaxTags {
		errs = append(errs, field.Invalid(root.Child("tags"), n, fmt.Sprintf("with the platform's there are more than the %d tags that a resource can have: remove some", v1alpha1.MaxTags)))
	}
	errs = append(errs, connection.ValidateSecrets(xr, root)...)
	if xr.Spec.AuthTokenSecretRef == nil {
		return errs
	}
	ref, name := root.Child("authTokenSecretRef"), xr.Spec.AuthTokenSecretRef.Name
	if xr.TokenNamespace() == "" {
		errs = append(errs, field.Invalid(ref, name, "this composite has no claim, so there is no namespace to read a token from: make a claim, or leave the field out for a generated token"))
	}
	if !connection.CanRequire(c.req, xr) {
		errs = append(errs, field.Invalid(ref, name, "this Crossplane does not advertise that it looks up Secrets for functions, so the token can't be checked before use: leave the field out for a generated token, which works everywhere, or upgrade to Crossplane 2.2 or later"))
	}
	return errs
}
