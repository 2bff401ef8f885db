// Package policy turns what a claim says into all that it asks for: the
// platform's Input and the documented defaults fill in what it leaves open, and
// every rule is checked.
package policy

import (
	"fmt"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/request"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/wire"
)

// Invalid lists every problem of a spec or an Input.
type Invalid struct{ Problems field.ErrorList }

// Error names each problem with its field, its value and the way out.
func (e Invalid) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Error()
	}
	if len(texts) == 1 {
		return "1 problem to mend, and nothing is changed until then: " + texts[0]
	}
	return fmt.Sprintf("%d problems to mend, and nothing is changed until then: %s", len(texts), strings.Join(texts, "; "))
}

// ReadInput of the Composition's step. A field that the Input does not have is
// an error. No Input is an empty one.
func ReadInput(req *fnv1.RunFunctionRequest) (*v1beta1.Input, error) {
	in := &v1beta1.Input{}
	if req.GetInput() == nil {
		in.APIVersion, in.Kind = v1beta1.APIVersion, v1beta1.Kind
		return in, nil
	}
	if wire.DecodeStrict(req.GetInput(), in) {
		return in, nil
	}
	// Something is not as it is in an Input, and JSON's decoder tells what.
	in = &v1beta1.Input{}
	if err := request.GetInput(req, in); err != nil {
		return nil, fmt.Errorf("the function's input in the Composition can't be read, so nothing is changed: %w", err)
	}
	return in, nil
}

// Complete the composite's spec, in place, so that no setting that has a default
// is left open, and check it. All problems are found at once.
func Complete(req *fnv1.RunFunctionRequest, xr *composite.XR, in *v1beta1.Input) error {
	root := field.NewPath("spec")
	errs := in.Validate()
	errs = append(errs, xr.Spec.Validate(root)...)

	xr.Spec.Settings = xr.Spec.WithDefaults(ptr.Deref(in.Defaults, v1alpha1.Settings{}))
	if xr.Spec.Region == nil {
		xr.Spec.Region = in.Region
	}
	xr.Spec.Tags = mergeTags(baseTags(xr), in.Tags, xr.Spec.Tags)

	errs = append(errs, xr.Spec.ValidateCombination(root)...)
	errs = append(errs, in.Limits.Allow(&xr.Spec, root)...)
	errs = append(errs, validateWhole(req, xr, in, root)...)
	if len(errs) > 0 {
		return Invalid{Problems: errs}
	}
	return nil
}

// ParameterStorePath that the claim's URL is published at.
func ParameterStorePath(spec *v1alpha1.XRedisSpec, in *v1beta1.Input) string {
	prefix := ""
	if in.ParameterStore != nil {
		prefix = ptr.Deref(in.ParameterStore.PathPrefix, "")
	}
	return redis.ParameterStorePath(prefix, spec.AppName, spec.Environment)
}

// validateWhole checks what takes the claim, the Input and Crossplane together.
func validateWhole(req *fnv1.RunFunctionRequest, xr *composite.XR, in *v1beta1.Input, root *field.Path) field.ErrorList {
	var errs field.ErrorList
	if xr.Spec.Region == nil {
		errs = append(errs, field.Required(root.Child("region"), "name an AWS region, such as eu-central-1, or ask the platform team to set one in the function's input"))
	}
	errs = append(errs, v1alpha1.ValidateParameterStorePath(root.Child("appName"), xr.Spec.AppName, ParameterStorePath(&xr.Spec, in))...)
	if n := len(xr.Spec.Tags); n > v1alpha1.MaxTags {
		errs = append(errs, field.Invalid(root.Child("tags"), n, fmt.Sprintf("with the platform's there are more than the %d tags that a resource can have: remove some", v1alpha1.MaxTags)))
	}
	if xr.Spec.AuthTokenSecretRef == nil {
		return errs
	}
	ref := root.Child("authTokenSecretRef")
	if xr.TokenNamespace() == "" {
		errs = append(errs, field.Forbidden(ref, "this composite has no claim, so there is no namespace to read a token from: make a claim, or leave the field out for a generated token"))
	}
	if !connection.CanRequire(req) {
		errs = append(errs, field.Forbidden(ref, "this version of Crossplane can't show a function the Secrets of a namespace, so the token can't be checked before use: leave the field out for a generated token, which works everywhere, or use Crossplane 2"))
	}
	return errs
}

// baseTags that every resource has unless the platform or the claim says
// otherwise.
func baseTags(xr *composite.XR) map[string]string {
	return map[string]string{
		"Name":        redis.ClusterID(xr.Spec.AppName, xr.Spec.Environment),
		"Application": xr.Spec.AppName,
		"Environment": xr.Spec.Environment,
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
