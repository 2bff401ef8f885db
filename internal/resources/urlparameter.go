package resources

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// Keys of what must not be printed, in every Secret that holds it.
const (
	KeyURL      = "REDIS_URL"
	KeyPassword = "REDIS_PASSWORD"
)

// MakeURLParameter publishes the URL in SSM Parameter Store. It is a
// SecureString with or without AUTH, because AWS can't turn a String into one
// later. Nothing is overwritten: a name that is taken must show.
func MakeURLParameter(xr *v1alpha1.XRedis, f Facts) *Managed[URLParameterParameters] {
	return &Managed[URLParameterParameters]{
		TypeMeta:   typeMeta(parameterKinds[v1alpha1.Namespaced]),
		ObjectMeta: objectMeta(f, URLParameter, annotation{AnnotationURLRevision, f.URLRevision}),
		Spec: Spec[URLParameterParameters]{
			ManagedResourceSpec: managed(xr, f, URLParameter),
			ForProvider: URLParameterParameters{
				Region:         ptr.To(f.Region),
				Description:    ptr.To(urlDescription(xr, f)),
				Type:           ptr.To("SecureString"),
				Tier:           ptr.To(cmp.Or(f.Taken[URLParameter].Tier, StandardTier)),
				KeyID:          f.ParameterKMSKeyID,
				ValueSecretRef: f.URLSecret.selector(KeyURL),
				Tags:           tags(xr, f, URLParameter),
			},
		},
	}
}

// StandardTier is that of a new parameter.
const StandardTier = "Standard"

const (
	// urlDescriptionFormat takes the application and the environment, and gives them back.
	urlDescriptionFormat = "REDIS_URL of %s in %s"

	// revision begins the last part of the parameter's description.
	revision = ", revision "
)

// urlDescription ends with the revision of the URL. The provider sends description and
// value in one call, and AWS tells the description afterwards: that is how we know which
// URL was written. The parameter's version rises with every write, whatever was written,
// begins anew when somebody deletes the parameter, and stays when the URL is there
// already.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
func urlDescription(xr *v1alpha1.XRedis, f Facts) string {
	out := fmt.Sprintf(urlDescriptionFormat, xr.Spec.AppName, xr.Spec.Environment)
	if f.URLRevision == "" {
		return out
	}
	return out + revision + f.URLRevision
}

// WrittenRevision is that of the URL that AWS has, empty while that is not known.
func (r Resource) WrittenRevision() string {
	_, out, _ := strings.Cut(r.Text("status", "atProvider", "description"), revision)
	return out
}

// selector of a key, nil where there is no Secret.
func (r *SecretRef) selector(key string) *xpv1.LocalSecretKeySelector {
	if r == nil {
		return nil
	}
	return &xpv1.LocalSecretKeySelector{LocalSecretReference: xpv1.LocalSecretReference{Name: r.Name}, Key: key}
}
