package apiserver

import (
	"fmt"
	"maps"
	"os"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

// What follows is what Crossplane v2.4.0 makes of an XRD. Its own code can't be
// called, because it comes in a crossplane-runtime that is newer than ours.
// https://github.com/crossplane/crossplane-runtime/blob/v2.4.0/pkg/xcrd/crd.go

// maxName is the longest name of a composite or claim: it becomes a label.
const maxName = 63

// Properties that Crossplane adds to each spec, to a cluster-scoped composite's
// and to a claim's. Where an XRD has one of the name, Crossplane's replaces it.
const (
	specProperties = `
compositionRef: {type: object, required: [name], properties: {name: {type: string}}}
compositionRevisionRef: {type: object, required: [name], properties: {name: {type: string}}}
compositionSelector:
  {type: object, required: [matchLabels], properties: {matchLabels: {type: object, additionalProperties: {type: string}}}}
compositionRevisionSelector:
  {type: object, required: [matchLabels], properties: {matchLabels: {type: object, additionalProperties: {type: string}}}}
compositionUpdatePolicy: {type: string, enum: [Automatic, Manual]}
`
	namespacedProperties = `
resourceRefs:
  type: array
  x-kubernetes-list-type: atomic
  items:
    type: object
    required: [apiVersion, kind]
    properties: {apiVersion: {type: string}, kind: {type: string}, name: {type: string}}
`
	clusterProperties = `
resourceRefs:
  type: array
  x-kubernetes-list-type: atomic
  items:
    type: object
    required: [apiVersion, kind]
    properties: {apiVersion: {type: string}, kind: {type: string}, name: {type: string}, namespace: {type: string}}
claimRef:
  type: object
  required: [apiVersion, kind, namespace, name]
  properties: {apiVersion: {type: string}, kind: {type: string}, namespace: {type: string}, name: {type: string}}
writeConnectionSecretToRef:
  {type: object, required: [name, namespace], properties: {name: {type: string}, namespace: {type: string}}}
`
	claimProperties = `
compositeDeletePolicy: {type: string, enum: [Background, Foreground], default: Background}
resourceRef:
  type: object
  required: [apiVersion, kind, name]
  properties: {apiVersion: {type: string}, kind: {type: string}, name: {type: string}}
writeConnectionSecretToRef: {type: object, required: [name], properties: {name: {type: string}}}
`
)

// Properties that Crossplane adds to each status, and to that of a claim or a
// composite that may be claimed.
const (
	statusProperties = `
conditions:
  type: array
  description: Conditions of the resource.
  x-kubernetes-list-type: map
  x-kubernetes-list-map-keys: [type]
  items:
    type: object
    required: [lastTransitionTime, reason, status, type]
    properties:
      lastTransitionTime: {type: string, format: date-time}
      message: {type: string}
      reason: {type: string}
      status: {type: string}
      type: {type: string}
      observedGeneration: {type: integer, format: int64}
`
	claimableProperties = `
connectionDetails: {type: object, properties: {lastPublishedTime: {type: string, format: date-time}}}
claimConditionTypes: {type: array, x-kubernetes-list-type: set, items: {type: string}}
`
)

// A Definition is a CompositeResourceDefinition of either API version. Reading one
// with another field fails, so that nothing an XRD says is ignored.
type Definition struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Status any `json:"status"` // Of one that was read from a cluster.
	Spec   struct {
		Scope                 string                               `json:"scope"`
		Group                 string                               `json:"group"`
		Names                 extv1.CustomResourceDefinitionNames  `json:"names"`
		ClaimNames            *extv1.CustomResourceDefinitionNames `json:"claimNames"`
		ConnectionSecretKeys  []string                             `json:"connectionSecretKeys"`
		DefaultCompositionRef struct {
			Name string `json:"name"`
		} `json:"defaultCompositionRef"`
		EnforcedCompositionRef struct {
			Name string `json:"name"`
		} `json:"enforcedCompositionRef"`
		DefaultCompositeDeletePolicy   string `json:"defaultCompositeDeletePolicy"`
		DefaultCompositionUpdatePolicy string `json:"defaultCompositionUpdatePolicy"`

		Versions []struct {
			Name                     string                                 `json:"name"`
			Served                   bool                                   `json:"served"`
			Deprecated               bool                                   `json:"deprecated"`
			DeprecationWarning       string                                 `json:"deprecationWarning"`
			Referenceable            bool                                   `json:"referenceable"`
			AdditionalPrinterColumns []extv1.CustomResourceColumnDefinition `json:"additionalPrinterColumns"`
			Schema                   extv1.CustomResourceValidation         `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// ReadDefinition of a file.
func ReadDefinition(file string) (*Definition, error) {
	in, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d := &Definition{}
	if err := yaml.UnmarshalStrict(in, d); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	return d, nil
}

// Namespaced reports whether composites have a namespace, which is the default of
// the second API version.
func (d *Definition) Namespaced() bool {
	return d.Spec.Scope == "Namespaced" || (d.Spec.Scope == "" && d.APIVersion == "apiextensions.crossplane.io/v2")
}

// Composite is the CRD that Crossplane makes of the XRD's composite.
func (d *Definition) Composite() *extv1.CustomResourceDefinition {
	spec := properties(specProperties)
	policy := spec["compositionUpdatePolicy"]
	policy.Default = &extv1.JSON{Raw: []byte(`"Automatic"`)}
	spec["compositionUpdatePolicy"] = policy

	if d.Namespaced() {
		maps.Copy(spec, properties(namespacedProperties))
		return d.crd(d.Spec.Names, extv1.NamespaceScoped, map[string]extv1.JSONSchemaProps{"crossplane": {
			Type:        "object",
			Description: "Configures how Crossplane will reconcile this composite resource",
			Properties:  spec,
		}}, properties(statusProperties))
	}
	maps.Copy(spec, properties(clusterProperties))
	return d.crd(d.Spec.Names, extv1.ClusterScoped, spec, properties(statusProperties, claimableProperties))
}

// Claim is the CRD that Crossplane makes of the XRD's claim, nil if it offers none.
func (d *Definition) Claim() *extv1.CustomResourceDefinition {
	if d.Spec.ClaimNames == nil {
		return nil
	}
	return d.crd(*d.Spec.ClaimNames, extv1.NamespaceScoped,
		properties(specProperties, claimProperties), properties(statusProperties, claimableProperties))
}

func (d *Definition) crd(names extv1.CustomResourceDefinitionNames, scope extv1.ResourceScope, spec, status map[string]extv1.JSONSchemaProps) *extv1.CustomResourceDefinition {
	crd := &extv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: names.Plural + "." + d.Spec.Group},
		Spec:       extv1.CustomResourceDefinitionSpec{Group: d.Spec.Group, Names: names, Scope: scope},
	}
	for _, v := range d.Spec.Versions {
		crd.Spec.Versions = append(crd.Spec.Versions, extv1.CustomResourceDefinitionVersion{
			Name:                     v.Name,
			Served:                   v.Served,
			Storage:                  v.Referenceable,
			AdditionalPrinterColumns: v.AdditionalPrinterColumns,
			Schema:                   &extv1.CustomResourceValidation{OpenAPIV3Schema: extend(v.Schema.OpenAPIV3Schema, spec, status)},
			Subresources:             &extv1.CustomResourceSubresources{Status: &extv1.CustomResourceSubresourceStatus{}},
		})
	}
	return crd
}

// extend an XRD's schema by Crossplane's own properties. Only what is named here
// comes over: Crossplane drops everything else that an XRD says of its root, its
// spec or its status, such as anyOf or minProperties.
func extend(in *extv1.JSONSchemaProps, spec, status map[string]extv1.JSONSchemaProps) *extv1.JSONSchemaProps {
	inSpec, inStatus := in.Properties["spec"], in.Properties["status"]
	return &extv1.JSONSchemaProps{
		Type:         "object",
		Description:  in.Description,
		Required:     []string{"spec"},
		XValidations: in.XValidations,
		Properties: map[string]extv1.JSONSchemaProps{
			"apiVersion": {Type: "string"},
			"kind":       {Type: "string"},
			"metadata": {Type: "object", Properties: map[string]extv1.JSONSchemaProps{
				"name": {Type: "string", MaxLength: ptr.To[int64](maxName)},
			}},
			"spec": {
				Type:                   "object",
				Description:            inSpec.Description,
				Required:               inSpec.Required,
				XPreserveUnknownFields: inSpec.XPreserveUnknownFields,
				XValidations:           inSpec.XValidations,
				OneOf:                  inSpec.OneOf,
				Properties:             union(inSpec.Properties, spec),
			},
			"status": {
				Type:         "object",
				Description:  inStatus.Description,
				Required:     inStatus.Required,
				XValidations: inStatus.XValidations,
				OneOf:        inStatus.OneOf,
				Properties:   union(inStatus.Properties, status),
			},
		},
	}
}

func union(all ...map[string]extv1.JSONSchemaProps) map[string]extv1.JSONSchemaProps {
	out := map[string]extv1.JSONSchemaProps{}
	for _, some := range all {
		maps.Copy(out, some)
	}
	return out
}

// properties reads the constants above, whose form their test checks.
func properties(texts ...string) map[string]extv1.JSONSchemaProps {
	out := map[string]extv1.JSONSchemaProps{}
	for _, text := range texts {
		some := map[string]extv1.JSONSchemaProps{}
		if err := yaml.UnmarshalStrict([]byte(text), &some); err != nil {
			panic(err)
		}
		maps.Copy(out, some)
	}
	return out
}
