package resources

import (
	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/managed/ssm"
)

// Keys of what must not be printed, in every Secret that holds it.
const (
	KeyURL      = "REDIS_URL"
	KeyPassword = "REDIS_PASSWORD"
)

// MakeURLParameter publishes the URL in SSM Parameter Store. It is a
// SecureString with or without AUTH, because AWS can't turn a String into one
// later. Nothing is overwritten: a name that is taken must show.
func MakeURLParameter(xr *v1alpha1.XRedis, f Facts) *ssm.Parameter {
	return &ssm.Parameter{
		TypeMeta:   typeMeta(ssm.ParameterKind),
		ObjectMeta: objectMeta(f, f.Cache.ParameterStorePath, paused(f.HoldURLParameter), annotation{AnnotationURLDigest, f.URLDigest}),
		Spec: ssm.ParameterSpec{
			ManagedResourceSpec: managed(xr, f),
			ForProvider: ssm.ParameterParameters_2{
				Region:         ptr.To(f.Cache.Region),
				Description:    ptr.To("REDIS_URL of " + xr.Spec.AppName + " in " + xr.Spec.Environment),
				Type:           ptr.To("SecureString"),
				Tier:           ptr.To("Standard"),
				KeyID:          f.ParameterKMSKeyID,
				ValueSecretRef: f.URLSecret.selector(KeyURL),
				Tags:           tags(xr.Spec.Tags),
			},
		},
	}
}

// selector of a key, nil where there is no Secret.
func (r *SecretRef) selector(key string) *xpv1.LocalSecretKeySelector {
	if r == nil {
		return nil
	}
	return &xpv1.LocalSecretKeySelector{LocalSecretReference: xpv1.LocalSecretReference{Name: r.Name}, Key: key}
}
