package resources

import (
	"encoding/base64"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

const (
	// keyGeneratedToken is the key of a generated token in its Secret.
	keyGeneratedToken = "token"

	// tokenKeyPrefix begins the key of each of the team's tokens. The rest is the
	// token's digest, so that the value of a key never changes.
	tokenKeyPrefix = "token-"

	// keyUnknownToken is the key of a token that is not known. A cache that is to have
	// such a token is held.
	keyUnknownToken = tokenKeyPrefix + "unknown"

	// keyAcceptedToken is the provider's key of the token that a cache accepts.
	keyAcceptedToken = "attribute.auth_token"
)

// MakeAuthTokens holds the team's own tokens for the provider to read: the one that
// AWS has and the one that it is to have next. The team's Secret is not read by the
// provider itself, which would send AWS whatever is put there, at once and with
// whatever strategy the last change had.
func MakeAuthTokens(f Facts) *corev1.Secret {
	data := map[string][]byte{}
	for id, token := range f.Tokens {
		data[TokenKey(id)] = []byte(token.Reveal())
	}
	return &corev1.Secret{
		TypeMeta:   typeMeta(corev1.SchemeGroupVersion.WithKind("Secret")),
		ObjectMeta: metav1.ObjectMeta{Name: f.TokenSecret.Name, Namespace: f.TokenSecret.Namespace},
		Type:       corev1.SecretTypeOpaque,
		Data:       data,
	}
}

// TokenKey is the key of a token in its Secret.
func TokenKey(token redis.TokenID) string {
	switch token.State {
	case redis.GeneratedToken:
		return strings.TrimSuffix(tokenKeyPrefix+token.Digest, "-")
	case redis.UnknownToken:
		return keyUnknownToken
	case redis.NoToken, redis.KnownToken:
	}
	return tokenKeyPrefix + token.Digest
}

// HoldsToken reports whether a key of a Secret, or of connection details, holds a token.
func HoldsToken(key string) bool {
	return key == keyGeneratedToken || key == keyAcceptedToken || strings.HasPrefix(key, tokenKeyPrefix)
}

// AskedToken is the token that AWS was last asked for.
func (r Resource) AskedToken() redis.TokenID {
	generated, _ := r.Bool("spec", "forProvider", "autoGenerateAuthToken")
	key := r.Text("spec", "forProvider", "authTokenSecretRef", "key")
	switch {
	case !r.Has("spec", "forProvider", "authTokenSecretRef"):
		return redis.TokenID{}
	case generated:
		_, digest, _ := strings.Cut(key, "-")
		return redis.TokenID{State: redis.GeneratedToken, Digest: digest}
	case key == keyUnknownToken:
		return redis.TokenID{State: redis.UnknownToken}
	}
	return redis.TokenOf(strings.TrimPrefix(key, tokenKeyPrefix))
}

// AuthToken is the token that a replication group accepts, if that is known. The
// provider writes it when AWS has carried out the change, and writes an empty one
// without AUTH.
func (r Resource) AuthToken() (token redis.Secret, known bool) {
	b, known := r.connection[keyAcceptedToken]
	return redis.NewSecret(string(b)), known
}

// AuthIsKnown reports whether the provider has said whether a replication group has
// AUTH: it writes an empty token without, together with the port, and no token if nothing
// told it of one.
func (r Resource) AuthIsKnown() bool { return len(r.connection["port"]) > 0 }

// hasUnknownToken reports whether AWS has a replication group with AUTH that something
// else made, so that only others know its token. It stays so if the provider refuses all
// changes after it was taken over, such as where somebody has upgraded it meanwhile.
func (r Resource) hasUnknownToken() bool {
	_, known := r.connection[keyAcceptedToken]
	return !known && (r.adopted || r.Annotation(AnnotationTakenOver) != "" && r.AskedToken().State != redis.NoToken && r.refusesAll())
}

// Tokens of the team's own that the provider can read. Only one whose key is its digest
// is what was put there.
func (o Observed) Tokens() map[redis.TokenID]redis.Secret {
	out := map[redis.TokenID]redis.Secret{}
	for key, v := range o[AuthTokens].Value("data").GetStructValue().GetFields() {
		b, err := base64.StdEncoding.DecodeString(v.GetStringValue())
		token := redis.NewSecret(string(b))
		if id := redis.TokenOf(token.Digest(o[AuthTokens].salt)); err == nil && key == TokenKey(id) {
			out[id] = token
		}
	}
	return out
}

// tokenSelector of the token that is asked for, nil without AUTH. A resource that is only
// observed names none: the provider would take it for the one that AWS has, and not send
// it later.
func tokenSelector(f Facts) *xpv1.LocalSecretKeySelector {
	if !f.Auth() || f.holds(ReplicationGroup) {
		return nil
	}
	return &xpv1.LocalSecretKeySelector{LocalSecretReference: xpv1.LocalSecretReference{Name: f.TokenSource.Name}, Key: TokenKey(f.Token)}
}

// updateStrategy of a token, nil where none is named.
func updateStrategy(f Facts) *string {
	if tokenSelector(f) == nil {
		return nil
	}
	return ptr.To(string(f.Strategy))
}

// autoGenerate reports whether the provider makes up the token, nil without AUTH. It
// would do so at once, even for a resource that it only observes.
func autoGenerate(f Facts) *bool {
	if !f.Auth() || f.holds(ReplicationGroup) {
		return nil
	}
	return ptr.To(f.Token.State == redis.GeneratedToken)
}
