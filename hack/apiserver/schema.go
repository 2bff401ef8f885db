// Package apiserver answers as the API server would: it takes the CRDs that
// Crossplane makes of our XRDs, or the provider's own, and says what is wrong
// with an object, or with a change of one. So previews and tests know without a
// cluster whether a claim is accepted, and whether what the function composes is.
//
// It runs the API server's own code, in the order of its request handler:
// https://github.com/kubernetes/apiextensions-apiserver/blob/v0.35.1/pkg/registry/customresource/strategy.go
package apiserver

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

// UnknownField is the detail of the error about a field that a schema does not have.
const UnknownField = "unknown field"

// A Schema is one version of one kind, as the API server serves it.
type Schema struct {
	openAPI    *extv1.JSONSchemaProps
	structural *structural.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
	namespaced bool
}

// New takes a version of a CRD that the API server accepts.
func New(crd *extv1.CustomResourceDefinition, version string) (*Schema, error) {
	crd = crd.DeepCopy()
	i := slices.IndexFunc(crd.Spec.Versions, func(v extv1.CustomResourceDefinitionVersion) bool { return v.Name == version })
	if i < 0 {
		return nil, fmt.Errorf("%s has no version %q", crd.Name, version)
	}
	internal, err := Internal(crd)
	if err != nil {
		return nil, fmt.Errorf("cannot convert %s: %w", crd.Name, err)
	}
	props, err := apiextensions.GetSchemaForVersion(internal, version)
	if err != nil {
		return nil, fmt.Errorf("cannot find the schema of %s: %w", crd.Name, err)
	}
	validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
	if err != nil {
		return nil, fmt.Errorf("cannot use the schema of %s: %w", crd.Name, err)
	}
	s, err := structural.NewStructural(props.OpenAPIV3Schema)
	if err != nil {
		return nil, fmt.Errorf("the schema of %s is not structural: %w", crd.Name, err)
	}
	if err := defaulting.PruneDefaults(s); err != nil {
		return nil, fmt.Errorf("cannot use the defaults of %s: %w", crd.Name, err)
	}
	return &Schema{
		openAPI:    crd.Spec.Versions[i].Schema.OpenAPIV3Schema,
		structural: s,
		validator:  validator,
		rules:      cel.NewValidator(s, true, celconfig.PerCallLimit),
		namespaced: crd.Spec.Scope == extv1.NamespaceScoped,
	}, nil
}

// Internal form of a CRD, with the API server's defaults.
func Internal(crd *extv1.CustomResourceDefinition) (*apiextensions.CustomResourceDefinition, error) {
	extv1.SetDefaults_CustomResourceDefinition(crd)
	extv1.SetDefaults_CustomResourceDefinitionSpec(&crd.Spec)
	internal := &apiextensions.CustomResourceDefinition{}
	return internal, extv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(crd, internal, nil)
}

// OpenAPI is the schema itself.
func (s *Schema) OpenAPI() *extv1.JSONSchemaProps { return s.openAPI.DeepCopy() }

// Validate an object that is created or, if there is an old one, updated. An
// unknown field is an error, as it is to kubectl. A missing name or namespace is
// not: Crossplane adds them to what a function returns.
func (s *Schema) Validate(obj, old *unstructured.Unstructured) field.ErrorList {
	obj, errs := s.decode(obj)
	if obj == nil || old == nil {
		return append(errs, s.create(obj)...)
	}
	old, oldErrs := s.decode(old)
	if len(oldErrs) > 0 {
		return append(errs, field.InternalError(nil, fmt.Errorf("the old object is not valid: %w", oldErrs.ToAggregate())))
	}
	return append(errs, s.update(obj, old)...)
}

// decode makes of an object what the API server makes of it before it validates
// it: without unknown fields, with defaults, numbers as JSON has them.
func (s *Schema) decode(in *unstructured.Unstructured) (*unstructured.Unstructured, field.ErrorList) {
	u := &unstructured.Unstructured{}
	raw, err := in.MarshalJSON()
	if err := errors.Join(err, u.UnmarshalJSON(raw)); err != nil {
		return nil, field.ErrorList{field.InternalError(nil, err)}
	}
	_, _, unknown, err := objectmeta.GetObjectMetaWithOptions(u.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, field.ErrorList{field.Invalid(field.NewPath("metadata"), nil, err.Error())}
	}
	unknown = append(unknown, pruning.PruneWithOptions(u.Object, s.structural, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(u.Object, s.structural)
	defaulting.Default(u.Object, s.structural)

	var errs field.ErrorList
	for _, path := range unknown {
		errs = append(errs, field.Forbidden(field.NewPath(path), UnknownField))
	}
	return u, errs
}

func (s *Schema) create(obj *unstructured.Unstructured) field.ErrorList {
	if obj == nil {
		return nil
	}
	errs := s.validateMetadata(obj)
	errs = append(errs, validation.ValidateCustomResource(nil, obj.Object, s.validator)...)
	errs = append(errs, objectmeta.Validate(nil, obj.Object, s.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s.structural, obj.Object)...)
	if blocksRules(errs) {
		return errs
	}
	broken, _ := s.rules.Validate(context.Background(), nil, s.structural, obj.Object, nil, celconfig.RuntimeCELCostBudget)
	return append(errs, broken...)
}

// update also ratchets: what was wrong already, and did not change, is let pass.
func (s *Schema) update(obj, old *unstructured.Unstructured) field.ErrorList {
	ratchet := common.NewCorrelatedObject(obj.Object, old.Object, &model.Structural{Structural: s.structural})
	errs := s.validateMetadata(obj)
	errs = append(errs, validation.ValidateCustomResourceUpdate(nil, obj.Object, old.Object, s.validator, validation.WithRatcheting(ratchet))...)
	errs = append(errs, objectmeta.Validate(nil, obj.Object, s.structural, false)...)
	if len(listtype.ValidateListSetsAndMaps(nil, s.structural, old.Object)) == 0 {
		errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s.structural, obj.Object)...)
	}
	if blocksRules(errs) {
		return errs
	}
	broken, _ := s.rules.Validate(context.Background(), nil, s.structural, obj.Object, old.Object, celconfig.RuntimeCELCostBudget, cel.WithRatcheting(ratchet))
	return append(errs, broken...)
}

func (s *Schema) validateMetadata(obj *unstructured.Unstructured) field.ErrorList {
	obj = obj.DeepCopy()
	if obj.GetName() == "" {
		obj.SetName("name")
	}
	if s.namespaced && obj.GetNamespace() == "" {
		obj.SetNamespace("namespace")
	}
	return apivalidation.ValidateObjectMetaAccessor(obj, s.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

// blocksRules reports whether the API server would not come to the CEL rules,
// because the object may be too large for them or of another shape.
func blocksRules(errs field.ErrorList) bool {
	blocking := []field.ErrorType{
		field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid,
	}
	return slices.ContainsFunc(errs, func(err *field.Error) bool { return slices.Contains(blocking, err.Type) })
}
