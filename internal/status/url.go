package status

import (
	"fmt"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// reportURL reports whether the URL that the cache accepts can be read wherever it
// is published.
func reportURL(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, o resources.Observed, p plan.Plan) bool {
	switch {
	case connection.AskedURLSecret(xr) == nil:
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "False", reasonNoSecret, "This composite has no spec.writeConnectionSecretToRef, so no Secret holds REDIS_URL for Parameter Store to read: set writeConnectionSecretsToNamespace in the Composition.")
	case p.URL().IsEmpty():
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "False", reasonWaiting, missing(o))
	case p.Withheld:
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "False", reasonFailing, "The cache has no AUTH, and the REDIS_URL that clients read has a token. A URL without one is not published in its place: set enableAuthToken: true.")
	case p.Published.URL() != p.URL():
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "False", reasonWaiting, "REDIS_URL is known and being written to its Secret.")
	case !p.Published.InParameterStore:
		reason, message := unwritten(o, p)
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "False", reason, "REDIS_URL is in its Secret, and "+message+".")
	default:
		protocol.SetCondition(rsp, v1alpha1.ConditionURLPublished, "True", reasonPublished, fmt.Sprintf("REDIS_URL is in Parameter Store at %s, revision %s, and in %s.", p.ParameterStorePath, p.URLRevision, where(xr, p)))
		return true
	}
	return false
}

// missing tells what the URL waits for.
func missing(o resources.Observed) string {
	rg := o[resources.ReplicationGroup]
	token, _ := rg.AuthToken()
	switch {
	case rg.Endpoint() == "":
		return "REDIS_URL is not known before the cache has an endpoint."
	case rg.AskedToken().State == redis.NoToken || !token.IsEmpty():
		return "REDIS_URL is not known before AWS reports whether the cache speaks TLS."
	}
	return "REDIS_URL is not known before the cache has its token: the provider writes it to the connection Secret of the replication group."
}

// unwritten is why Parameter Store does not have the URL that is in its Secret, and
// what to do. The provider of Parameter Store is another program than that of the
// cache, and may be away while that one works.
func unwritten(o resources.Observed, p plan.Plan) (reason, message string) {
	r := o[resources.URLParameter]
	is := progressOf(resources.URLParameter, o, p)
	switch {
	case is.text == "":
		return reasonWaiting, fmt.Sprintf("is being written to Parameter Store at %s (if this takes long, see that %s is installed and healthy: kubectl get providers)", p.ParameterStorePath, r.Provider())
	case is.reason == reasonCreating:
		return reasonWaiting, "the Parameter " + is.text
	}
	return is.reason, "the Parameter " + is.text
}

func where(xr *protocol.XR, p plan.Plan) string {
	if xr.Namespaced() {
		return "the Secret " + p.URLSecret.Name
	}
	return "the claim's connection Secret"
}
