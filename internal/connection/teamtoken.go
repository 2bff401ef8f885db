package connection

import (
	"encoding/base64"
	"fmt"

	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// requirementToken names what is asked of Crossplane. It must stay the same from
// round to round.
const requirementToken = "auth-token"

// A TeamToken is what was found where the team keeps its own token.
type TeamToken struct {
	Token redis.Secret

	// Missing is what is not there yet, and what to do; the cache waits for it.
	Missing string

	// Invalid tells what AWS would refuse of the token that is there.
	Invalid string
}

// Usable reports whether the cache can be given the token.
func (t TeamToken) Usable() bool { return t.Missing == "" && t.Invalid == "" }

// CanRequire reports whether this Crossplane is known to look up a Secret in a
// namespace for a function: one that advertises it (2.2 and later), and any that has
// a namespaced composite (2.0 and later).
func CanRequire(req *fnv1.RunFunctionRequest, xr *protocol.XR) bool {
	return protocol.LooksUp(req) || xr.Namespaced()
}

// RequireToken asks Crossplane for the team's token Secret and reads the token
// from what it found. A claim that names none needs none.
func RequireToken(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr *protocol.XR) TeamToken {
	ref, namespace := xr.Spec.AuthTokenSecretRef, xr.TokenNamespace()
	if ref == nil {
		return TeamToken{}
	}
	protocol.Require(req, rsp, requirementToken, &fnv1.ResourceSelector{
		ApiVersion: "v1",
		Kind:       "Secret",
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: ref.Name},
		Namespace:  ptr.To(namespace),
	})
	secret, ok := findSecret(req, requirementToken, ref.Name, namespace)
	if !ok {
		return TeamToken{Missing: fmt.Sprintf("the Secret %q in the namespace %q, which does not exist: make it, with the token under the key %q", ref.Name, namespace, ref.Key)}
	}
	return readToken(secret, ref.Name, ref.Key, namespace)
}

// findSecret among what Crossplane found. It is held against what was asked for:
// a token of another namespace must not be used, whoever sent it.
func findSecret(req *fnv1.RunFunctionRequest, requirement, name, namespace string) (protocol.Object, bool) {
	found, _ := protocol.Found(req, requirement)
	for _, o := range found {
		if o.Text("kind") == "Secret" && o.Name() == name && o.Namespace() == namespace {
			return o, true
		}
	}
	return protocol.Object{}, false
}

func readToken(secret protocol.Object, name, key, namespace string) TeamToken {
	b, err := base64.StdEncoding.DecodeString(secret.Text("data", key))
	if err != nil || len(b) == 0 {
		return TeamToken{Missing: fmt.Sprintf("the key %q of the Secret %q in the namespace %q, which is missing or empty: put the token there", key, name, namespace)}
	}
	token := redis.NewSecret(string(b))
	if err := redis.CheckToken(token); err != nil {
		return TeamToken{Token: token, Invalid: fmt.Sprintf("the key %q of the Secret %q in the namespace %q: %s", key, name, namespace, err)}
	}
	return TeamToken{Token: token}
}
