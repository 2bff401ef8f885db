package aws

import (
	"cmp"
	"maps"
	"regexp"
	"strings"
)

const ssm = "SSM"

// Types and tiers of parameters.
const (
	TypeString       = "String"
	TypeStringList   = "StringList"
	TypeSecureString = "SecureString"

	TierStandard    = "Standard"
	TierAdvanced    = "Advanced"
	TierIntelligent = "Intelligent-Tiering"
)

// A Parameter of Parameter Store.
type Parameter struct {
	Region, Name, ARN, Type, Tier, Value, KeyID, Description string
	Version                                                  int
	Tags                                                     map[string]string
}

// PutParameter is the request.
type PutParameter struct {
	Region, Name, Type, Tier, Value, KeyID, Description string
	Overwrite                                           bool
	Tags                                                map[string]string
}

var ssmNameFormat = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$|^(/[a-zA-Z0-9_.-]+)+$`)

// checkSSMName: SSM API reference, PutParameter, Name: at most 15 levels and 1011
// characters with the ARN, and nothing that begins with aws or ssm.
func (c *Cloud) checkSSMName(region, name string) *refusal {
	bare := strings.ToLower(strings.TrimPrefix(name, "/"))
	switch {
	case !ssmNameFormat.MatchString(name):
		return refuse(CodeValidation, "Parameter name: can't be other than a-z, A-Z, 0-9, _, ., - and /.")
	case strings.HasPrefix(bare, "aws") || strings.HasPrefix(bare, "ssm"):
		return refuse(CodeValidation, `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`)
	case strings.Count(name, "/") > 15:
		return refuse(CodeValidation, "Parameter name: can't have more than 15 levels.")
	case len(c.arn("ssm", region, "parameter"+name)) > 1011:
		return refuse(CodeValidation, "Parameter name: can't be longer than 1011 characters with the ARN.")
	}
	return nil
}

// PutParameter writes a parameter.
func (c *Cloud) PutParameter(in PutParameter) error {
	return c.write(ssm, "PutParameter", in.Region, in.Name, []string{"Value"}, func() *refusal {
		if err := c.checkSSMName(in.Region, in.Name); err != nil {
			return err
		}
		if err := checkSSMValue(in); err != nil {
			return err
		}
		old, exists := c.parameters[key{in.Region, in.Name}]
		if !exists {
			old = &Parameter{Region: in.Region, Name: in.Name, ARN: c.arn("ssm", in.Region, "parameter"+in.Name), Tags: maps.Clone(in.Tags), Type: in.Type}
		} else if err := checkOverwrite(old, in); err != nil {
			return err
		}
		old.Type, old.Value, old.KeyID, old.Description = in.Type, in.Value, keyOf(in.Type, in.KeyID), in.Description
		if old.Tier = in.Tier; old.Tier == "" || old.Tier == TierIntelligent {
			old.Tier = TierStandard
		}
		old.Version++
		c.parameters[key{in.Region, in.Name}] = old
		return nil
	})
}

// keyOf a parameter: a secure one has AWS's own where none is named. SSM API reference,
// PutParameter, KeyId.
func keyOf(parameterType, named string) string {
	if parameterType == TypeSecureString {
		return cmp.Or(named, "alias/aws/ssm")
	}
	return named
}

// checkSSMValue: SSM API reference, PutParameter: Value, Type, Tier.
func checkSSMValue(in PutParameter) *refusal {
	longest := map[string]int{"": 4096, TierStandard: 4096, TierAdvanced: 8192, TierIntelligent: 8192}
	most, known := longest[in.Tier]
	switch {
	case in.Value == "":
		return refuse(CodeValidation, "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.")
	case in.Type != TypeString && in.Type != TypeStringList && in.Type != TypeSecureString:
		return refuse(CodeUnsupportedType, "The parameter type %q is not supported.", in.Type)
	case !known:
		return refuse(CodeValidation, "The tier %q is not valid.", in.Tier)
	case len(in.Value) > most:
		return refuse(CodeValidation, "%s tier parameters support a maximum parameter value of %d characters.", in.Tier, most)
	case in.KeyID != "" && in.Type != TypeSecureString:
		return refuse(CodeValidation, "KeyId is for the SecureString parameter type only.")
	}
	return nil
}

// checkOverwrite: a name is not written over without being told to, a type does
// not change, and a tier does not go down. SSM API reference, PutParameter:
// Overwrite, Tier, HierarchyTypeMismatchException.
func checkOverwrite(old *Parameter, in PutParameter) *refusal {
	switch {
	case !in.Overwrite:
		return refuse(CodeParameterExists, "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case len(in.Tags) > 0:
		return refuse(CodeValidation, "Invalid request: tags and overwrite can't be used together.")
	case old.Type != in.Type:
		return refuse(CodeHierarchyMismatch, "Parameter Store doesn't support changing a parameter type in a hierarchy, from %s to %s.", old.Type, in.Type)
	case old.Tier == TierAdvanced && in.Tier == TierStandard:
		return refuse(CodeValidation, "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.")
	}
	return nil
}

// GetParameter is a parameter as it is now, its value decrypted.
func (c *Cloud) GetParameter(region, name string) (Parameter, error) {
	var out Parameter
	err := c.read(ssm, "GetParameter", func() *refusal {
		p, ok := c.parameters[key{region, name}]
		if !ok {
			return refuse(CodeParameterNotFound, "Parameter %s not found.", name)
		}
		out = *p
		out.Tags = maps.Clone(p.Tags)
		return nil
	})
	return out, err
}

// DeleteParameter removes a parameter.
func (c *Cloud) DeleteParameter(region, name string) error {
	return c.write(ssm, "DeleteParameter", region, name, nil, func() *refusal {
		if _, ok := c.parameters[key{region, name}]; !ok {
			return refuse(CodeParameterNotFound, "Parameter %s not found.", name)
		}
		delete(c.parameters, key{region, name})
		return nil
	})
}
