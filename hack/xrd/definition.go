package main

import (
	"maps"
	"slices"
	"strings"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// writeConnectionSecretToRef is the one field that Crossplane has of its own in
// a claim and in the composite behind it, where it means the same.
const writeConnectionSecretToRef = "writeConnectionSecretToRef"

// A definition is the part of a CompositeResourceDefinition that is used here.
// Crossplane's own Go types are not: one struct serves both of its API versions,
// and the module that holds them asks for a newer crossplane-runtime than ours.
type definition struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   metadata `json:"metadata"`
	Spec       spec     `json:"spec"`
}

type metadata struct {
	Name string `json:"name"`
}

type spec struct {
	Scope                 string                               `json:"scope,omitempty"`
	Group                 string                               `json:"group"`
	Names                 extv1.CustomResourceDefinitionNames  `json:"names"`
	ClaimNames            *extv1.CustomResourceDefinitionNames `json:"claimNames,omitempty"`
	ConnectionSecretKeys  []string                             `json:"connectionSecretKeys,omitempty"`
	DefaultCompositionRef metadata                             `json:"defaultCompositionRef"`
	Versions              []version                            `json:"versions"`
}

type version struct {
	Name                     string                                 `json:"name"`
	Served                   bool                                   `json:"served"`
	Referenceable            bool                                   `json:"referenceable"`
	AdditionalPrinterColumns []extv1.CustomResourceColumnDefinition `json:"additionalPrinterColumns,omitempty"`
	Schema                   schema                                 `json:"schema"`
}

type schema struct {
	OpenAPIV3Schema extv1.JSONSchemaProps `json:"openAPIV3Schema"`
}

// claims is the flavour for Crossplane 1 and 2: a cluster-scoped XRedis behind a
// claim of the name Redis.
func claims(crd *extv1.CustomResourceDefinition) definition {
	name := crd.Spec.Names.Plural + "." + crd.Spec.Group
	return definition{
		APIVersion: "apiextensions.crossplane.io/v1",
		Kind:       "CompositeResourceDefinition",
		Metadata:   metadata{Name: name},
		Spec: spec{
			Group: crd.Spec.Group,
			Names: crd.Spec.Names,
			ClaimNames: &extv1.CustomResourceDefinitionNames{
				Kind:     "Redis",
				ListKind: "RedisList",
				Plural:   "redis",
				Singular: "redis",
			},
			ConnectionSecretKeys:  connectionSecretKeys(),
			DefaultCompositionRef: metadata{Name: name},
			Versions:              versions(crd, without(writeConnectionSecretToRef)),
		},
	}
}

// connectionSecretKeys that Crossplane lets through to a claim's Secret. The function
// publishes the first five. The others are for what may come: a key that is added later
// does not appear until Crossplane restarts.
//
// https://github.com/crossplane/crossplane/issues/6328
func connectionSecretKeys() []string {
	return []string{
		"REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_READER_HOST", "REDIS_PASSWORD",
		"REDIS_READER_URL", "REDIS_TLS", "REDIS_USERNAME",
	}
}

// namespaced is the flavour for Crossplane 2: an XRedis in the app team's own
// namespace. Its group has an m in front, as those of namespaced managed
// resources do, so that both flavours fit in one cluster.
func namespaced(crd *extv1.CustomResourceDefinition) definition {
	group := "m." + crd.Spec.Group
	name := crd.Spec.Names.Plural + "." + group
	return definition{
		APIVersion: "apiextensions.crossplane.io/v2",
		Kind:       "CompositeResourceDefinition",
		Metadata:   metadata{Name: name},
		Spec: spec{
			Scope:                 "Namespaced",
			Group:                 group,
			Names:                 crd.Spec.Names,
			DefaultCompositionRef: metadata{Name: name},
			Versions:              versions(crd, without()),
		},
	}
}

// versions are the CRD's, with the spec as edited, and the status. Crossplane
// adds apiVersion, kind and metadata itself.
func versions(crd *extv1.CustomResourceDefinition, edit func(extv1.JSONSchemaProps) extv1.JSONSchemaProps) []version {
	out := make([]version, 0, len(crd.Spec.Versions))
	for _, v := range crd.Spec.Versions {
		root := v.Schema.OpenAPIV3Schema
		out = append(out, version{
			Name:                     v.Name,
			Served:                   v.Served,
			Referenceable:            v.Storage,
			AdditionalPrinterColumns: v.AdditionalPrinterColumns,
			Schema: schema{OpenAPIV3Schema: extv1.JSONSchemaProps{
				Description: root.Description,
				Type:        root.Type,
				Required:    []string{"spec"},
				Properties: map[string]extv1.JSONSchemaProps{
					"spec":   edit(root.Properties["spec"]),
					"status": root.Properties["status"],
				},
			}},
		})
	}
	return out
}

// without drops properties, and the rules that they stay the same: what stands in
// their place is Crossplane's, which it sets and changes as it likes. The given schema
// stays as it is.
func without(names ...string) func(extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	return func(s extv1.JSONSchemaProps) extv1.JSONSchemaProps {
		s.Properties = maps.Clone(s.Properties)
		s.XValidations = slices.Clone(s.XValidations)
		for _, name := range names {
			delete(s.Properties, name)
			s.XValidations = slices.DeleteFunc(s.XValidations, func(r extv1.ValidationRule) bool {
				return strings.Contains(r.Rule, "oldSelf."+name)
			})
		}
		return s
	}
}
