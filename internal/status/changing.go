package status

import (
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// Advice for stages in which a cache serves old and new clients, and may be left.
const (
	adviseTLS    = " Clients with TLS and without are served, and REDIS_URL begins with rediss://. To end that, restart the clients, so that they read it, and then set transitEncryption: Required."
	adviseRotate = " What clients presented before the last change of the token is served still. To end that, restart the clients, so that they read the new REDIS_URL, and then set authTokenUpdateStrategy: SET."
)

// reportChanging tells which step of a staged change is under way, what the next
// one waits for, and what the team can do where a stage is left to it.
func reportChanging(rsp *fnv1.RunFunctionResponse, xr *composite.XR, p plan.Plan) {
	if len(p.Steps) == 0 {
		condition(rsp, Changing, "False", reasonSettled, "No change in steps is under way."+advice(xr, p))
		return
	}
	text := "Step " + position(p) + ", " + p.Steps[0].Name
	if len(p.Waits) > 0 {
		condition(rsp, Changing, "True", reasonWaiting, text+", waits for "+strings.Join(p.Waits, " and ")+"."+ahead(p))
		return
	}
	condition(rsp, Changing, "True", reasonStep, text+", is under way in AWS."+ahead(p))
}

// ahead of the team is what a step ends, and the steps after it.
func ahead(p plan.Plan) string {
	var out string
	if left := p.Steps[0].Leaves; left != "" {
		out = " After it " + left + " are served no more: restart yours, so that they read the new REDIS_URL."
	}
	var names []string
	for _, s := range p.Steps[1:] {
		names = append(names, s.Name)
	}
	if len(names) > 0 {
		out += " Then: " + strings.Join(names, "; ") + "."
	}
	return out
}

// advice where the cache rests in a stage that old and new clients share.
func advice(xr *composite.XR, p plan.Plan) string {
	switch report := p.Report; {
	case report == nil:
		return ""
	case report.TLS == redis.TLSPreferred:
		return adviseTLS
	case report.Auth() && report.Strategy == redis.StrategyRotate && *xr.Spec.AuthTokenUpdateStrategy == redis.StrategyRotate:
		return adviseRotate
	}
	return ""
}
