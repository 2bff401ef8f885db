package connection

import (
	"cmp"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// fallbackNamespace takes the Secrets of a cluster-scoped composite that has neither a
// claim nor a connection Secret, as in a preview.
const fallbackNamespace = "crossplane-system"

const (
	suffixProvider  = "replication-group"
	suffixGenerated = "auth-token"
	suffixTokens    = "auth-tokens"
)

// ProviderSecret is where the provider writes what it knows of the cache.
func ProviderSecret(xr *protocol.XR, o resources.Observed) resources.SecretRef {
	return platformSecret(xr, o, suffixProvider)
}

// GeneratedSecret is where the provider writes a token that it generates.
func GeneratedSecret(xr *protocol.XR, o resources.Observed) resources.SecretRef {
	return platformSecret(xr, o, suffixGenerated)
}

// TokensSecret holds the tokens of the team's own for the provider.
func TokensSecret(xr *protocol.XR, o resources.Observed) resources.SecretRef {
	return platformSecret(xr, o, suffixTokens)
}

// platformSecret is in a namespace where only the platform needs to read: the one that
// a cache in AWS has its Secrets in already, whatever becomes of the composite's
// reference.
func platformSecret(xr *protocol.XR, o resources.Observed, suffix string) resources.SecretRef {
	out := resources.SecretRef{Name: redis.SecretName(xr.GetName(), suffix), Namespace: fallbackNamespace}
	switch rg := o[resources.ReplicationGroup]; {
	case xr.Namespaced():
		out.Namespace = xr.GetNamespace()
	case rg.InAWS() && rg.ConnectionSecretNamespace() != "":
		out.Namespace = rg.ConnectionSecretNamespace()
	case xr.ConnectionSecret != nil:
		out.Namespace = xr.ConnectionSecret.Namespace
	}
	return out
}

// URLSecret is the Secret that holds the URL, nil if there is none: Crossplane's own for
// a claim's composite, or the composed one. It stays where it was made, and where the
// parameter reads it.
func URLSecret(xr *protocol.XR, o resources.Observed) *resources.SecretRef {
	reads := o[resources.URLParameter].ValueSecret()
	switch {
	case o[resources.ConnectionSecret].Exists():
		return &resources.SecretRef{Name: o[resources.ConnectionSecret].Name(), Namespace: xr.GetNamespace()}
	case o[resources.URLParameter].InAWS() && reads.Name != "":
		return &resources.SecretRef{Name: reads.Name, Namespace: cmp.Or(reads.Namespace, xr.GetNamespace())}
	}
	return AskedURLSecret(xr)
}

// AskedURLSecret is the Secret that the composite names for the URL, nil if it names
// none.
func AskedURLSecret(xr *protocol.XR) *resources.SecretRef {
	ref := xr.Spec.WriteConnectionSecretToRef
	switch {
	case xr.Namespaced() && ref != nil:
		return &resources.SecretRef{Name: ref.Name, Namespace: xr.GetNamespace()}
	case xr.Namespaced():
		return &resources.SecretRef{Name: xr.GetName(), Namespace: xr.GetNamespace()}
	case xr.ConnectionSecret != nil:
		return &resources.SecretRef{Name: xr.ConnectionSecret.Name, Namespace: xr.ConnectionSecret.Namespace}
	}
	return nil
}

// A use of a Secret is what is written to it.
type use struct {
	requirement string // Names what is asked of Crossplane.
	secret      resources.SecretRef
	what        string
}

const requirementURL = "connection-secret"

func providerUse(xr *protocol.XR, o resources.Observed) use {
	return use{"replication-group-secret", ProviderSecret(xr, o), "what the provider knows of the replication group"}
}

func generatedUse(xr *protocol.XR, o resources.Observed) use {
	return use{"generated-token-secret", GeneratedSecret(xr, o), "the token that the provider generates"}
}

func tokensUse(xr *protocol.XR, o resources.Observed) use {
	return use{"auth-tokens-secret", TokensSecret(xr, o), "the tokens that the provider reads"}
}

// ValidateSecrets checks that no Secret serves two purposes: what is written to one
// would overwrite the other.
func ValidateSecrets(xr *protocol.XR, path *field.Path) field.ErrorList {
	url, named, token := AskedURLSecret(xr), xr.Spec.WriteConnectionSecretToRef != nil, xr.Spec.AuthTokenSecretRef
	if token == nil && (!xr.Namespaced() || !named) {
		return nil
	}
	var errs field.ErrorList
	uses := []use{providerUse(xr, nil), generatedUse(xr, nil), tokensUse(xr, nil)}
	for _, u := range uses {
		if xr.Namespaced() && named && *url == u.secret {
			errs = append(errs, field.Invalid(path.Child("writeConnectionSecretToRef", "name"), url.Name, fmt.Sprintf("the Secret of this name is for %s: name another, such as %q", u.what, "redis")))
		}
	}
	if token == nil {
		return errs
	}
	if xr.Namespaced() && !named {
		// One that is named is held against the token's with the rest of the spec.
		uses = append(uses, use{secret: *url, what: "REDIS_URL, because writeConnectionSecretToRef names no other"})
	}
	for _, u := range uses {
		if token.Name == u.secret.Name && xr.TokenNamespace() == u.secret.Namespace {
			errs = append(errs, field.Invalid(path.Child("authTokenSecretRef", "name"), token.Name, fmt.Sprintf("the Secret of this name is for %s: keep the token in another, such as %q", u.what, xr.GetName()+"-redis-token")))
		}
	}
	return errs
}

// CheckSecrets refuses a Secret that exists and is somebody else's, where one of that
// name is to be written: Crossplane would take it over, and delete it later. It is
// asked for until the Secret exists as the composite's own, and not again.
//
// A Crossplane that can't look Secrets up can't be asked.
func CheckSecrets(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *protocol.XR, o resources.Observed) error {
	if !CanRequire(req, xr) {
		return nil
	}
	uses := unwritten(xr, o)
	for _, u := range uses {
		protocol.Require(req, rsp, u.requirement, &fnv1.ResourceSelector{
			ApiVersion: "v1",
			Kind:       "Secret",
			Match:      &fnv1.ResourceSelector_MatchName{MatchName: u.secret.Name},
			Namespace:  ptr.To(u.secret.Namespace),
		})
	}
	for _, u := range uses {
		if secret, found := findSecret(req, u.requirement, u.secret.Name, u.secret.Namespace); found && !belongsTo(secret, xr, o) {
			return taken(xr, u)
		}
	}
	return nil
}

// unwritten Secrets are those that are to be written, and do not exist yet as far as
// can be seen.
func unwritten(xr *protocol.XR, o resources.Observed) []use {
	var out []use
	rg, team := o[resources.ReplicationGroup], xr.Spec.AuthTokenSecretRef != nil
	if xr.Namespaced() && !o[resources.ConnectionSecret].Exists() {
		out = append(out, use{requirementURL, *URLSecret(xr, o), "REDIS_URL"})
	}
	if !rg.InAWS() {
		out = append(out, providerUse(xr, o))
	}
	if *xr.Spec.EnableAuthToken && !team && (!rg.InAWS() || rg.AskedToken().State != redis.GeneratedToken) {
		out = append(out, generatedUse(xr, o))
	}
	if team && !o[resources.AuthTokens].Exists() {
		out = append(out, tokensUse(xr, o))
	}
	return out
}

// belongsTo reports whether a Secret is the composite's own, or the provider's for its
// replication group.
func belongsTo(secret protocol.Object, xr *protocol.XR, o resources.Observed) bool {
	for _, v := range secret.Value("metadata", "ownerReferences").GetListValue().GetValues() {
		uid := protocol.Object{Struct: v.GetStructValue()}.Text("uid")
		if uid != "" && (uid == string(xr.GetUID()) || uid == o[resources.ReplicationGroup].UID()) {
			return true
		}
	}
	return false
}

// taken tells which Secret is in the way, and what to do.
func taken(xr *protocol.XR, u use) error {
	path, value, remedy := field.NewPath("metadata", "name"), xr.GetName(), "delete that Secret, or choose another name for this one"
	if u.requirement == requirementURL {
		path, value, remedy = field.NewPath("spec", "writeConnectionSecretToRef", "name"), u.secret.Name, "name another Secret, or delete that one"
	}
	return field.Invalid(path, value, fmt.Sprintf("the Secret %q in the namespace %q exists and does not belong to this XRedis, and it would be overwritten with %s: %s. Nothing is changed until then",
		u.secret.Name, u.secret.Namespace, u.what, remedy))
}
