package connection

import (
	"encoding/base64"
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Redactor of every token and URL that a request holds, and of more details, such as
// those that were made of it.
func Redactor(req *fnv1.RunFunctionRequest, more ...Details) redis.Redactor {
	claim, input := protocol.Composite(req), protocol.Object{Struct: req.GetInput()}
	s := secrets{teamKeys: []string{claim.Text("spec", "authTokenSecretRef", "key"), input.Text("defaults", "authTokenSecretRef", "key")}}
	s.details(req.GetObserved().GetComposite().GetConnectionDetails())
	for _, d := range more {
		s.details(d)
	}
	for name, r := range req.GetObserved().GetResources() {
		if _, ours := resources.Kind(name, v1alpha1.Claims); ours {
			s.details(r.GetConnectionDetails())
			s.object(protocol.Object{Struct: r.GetResource()})
		}
	}
	for _, o := range protocol.AllFound(req) {
		s.object(o)
	}
	return redis.NewRedactor(s.found...)
}

// secrets that were found in a request.
type secrets struct {
	found    []redis.Secret
	teamKeys []string // In the Secret that holds the team's own token.
}

// holds reports whether a key holds a token or a URL. The others hold what the status
// shows as well, or are the team's own affair.
func (s *secrets) holds(key string) bool {
	return key == KeyURL || key == KeyPassword || slices.Contains(s.teamKeys, key) || resources.HoldsToken(key)
}

func (s *secrets) details(details map[string][]byte) {
	for key, value := range details {
		if s.holds(key) {
			s.found = append(s.found, redis.NewSecret(string(value)))
		}
	}
}

// object that is a Secret.
func (s *secrets) object(o protocol.Object) {
	if o.Text("kind") != "Secret" {
		return
	}
	for key, v := range o.Value("data").GetStructValue().GetFields() {
		if !s.holds(key) {
			continue
		}
		if b, err := base64.StdEncoding.DecodeString(v.GetStringValue()); err == nil {
			s.found = append(s.found, redis.NewSecret(string(b)))
		}
	}
	for key, v := range o.Value("stringData").GetStructValue().GetFields() {
		if s.holds(key) {
			s.found = append(s.found, redis.NewSecret(v.GetStringValue()))
		}
	}
}
