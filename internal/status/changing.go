package status

import (
	"fmt"
	"slices"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Advice for configurations in which a cache serves old and new clients, and may be left.
const (
	adviseTLS    = " Clients with and without TLS have access, and REDIS_URL begins with rediss://. To end that, restart the clients, so that they read it, and then set transitEncryption: Required."
	adviseRotate = " Clients still have access with what they used before the last change of the token. To end that, restart the clients, so that they read the new REDIS_URL, and then set authTokenUpdateStrategy: SET."
)

// A change is all that AWS does not report as asked.
type change struct {
	plan.Plan

	// inPlace are the settings that need no step, and later those of them that wait.
	inPlace, later []redis.Difference
}

func newChange(xr *protocol.XR, o resources.Observed, desired resources.Desired, p plan.Plan) change {
	c := change{Plan: p}
	c.inPlace, c.later = o.Differences(&xr.Spec, desired)
	if moves := o.MoveTo(p.NextGroup, &xr.Spec); p.Upgrades() {
		c.later = append(moves, c.later...)
	} else {
		c.inPlace = append(c.inPlace, moves...)
	}
	if p.OnlyLooks() {
		c.inPlace = append(c.inPlace, o.ParameterTags(desired)...)
	}
	c.later = slices.DeleteFunc(c.later, func(d redis.Difference) bool {
		return slices.ContainsFunc(p.Refused, func(r redis.Refusal) bool { return r.Field == "spec."+d.Field })
	})
	return c
}

// list of all differences, in the order in which they are carried out.
func (c change) list() []string {
	all := slices.Clone(c.inPlace)
	for _, s := range c.Steps {
		all = append(all, s.Difference)
	}
	var out []string
	for _, d := range append(all, c.later...) {
		out = append(out, c.Secrets.Redact(d.String()))
	}
	return out
}

// settings that change in place, by name.
func settings(differences []redis.Difference) string {
	var names []string
	for _, d := range differences {
		if !slices.Contains(names, d.Field) {
			names = append(names, d.Field)
		}
	}
	return strings.Join(names, ", ")
}

// reportChanging tells what AWS does not report as asked: the settings that change in
// place, the step that is under way or waits, and what the team can do where the rest is
// left to it.
func reportChanging(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, o resources.Observed, c change) {
	last, said := xr.Observed.Condition(v1alpha1.ConditionChanging)
	switch {
	case c.Reported == nil && xr.Status.Engine != "" && said:
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, last.Status, last.Reason, last.Message)
	case c.Reported == nil && o[resources.ReplicationGroup].Endpoint() != "":
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, "False", reasonCreating, "AWS has the cache, and what it is like is not known yet.")
	case c.Reported == nil:
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, "False", reasonCreating, "The cache does not exist yet: wait until it is created.")
	case len(c.Steps) > 0:
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, "True", c.reason(), c.whereabouts()+c.inPlaceText())
	case len(c.inPlace)+len(c.later) > 0:
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, "True", reasonInPlace, strings.TrimSpace(c.inPlaceText()))
	default:
		protocol.SetCondition(rsp, v1alpha1.ConditionChanging, "False", reasonSettled, settledText(c.Plan)+advice(xr, c.Plan))
	}
}

// settledText says so of what is not applied, too: nothing of it is under way.
func settledText(p plan.Plan) string {
	if len(p.Refused)+len(p.Wrong) > 0 {
		return "No change is under way. The condition Accepted says what is not applied."
	}
	return "AWS has all that was asked for."
}

func (c change) reason() string {
	if len(c.Waits) > 0 {
		return reasonWaiting
	}
	return reasonStep
}

// whereabouts of the steps.
func (c change) whereabouts() string {
	text := "Step " + position(c.Plan) + ", " + c.Steps[0].Name
	if len(c.Waits) > 0 {
		return text + ", waits for " + strings.Join(c.Waits, " and ") + "." + ahead(c.Plan)
	}
	return text + ", is under way in AWS." + ahead(c.Plan)
}

// inPlaceText names the settings that AWS does not report as asked. AWS breaks off what
// it can't carry out without an error, and there is no clock to tell that from what is
// under way, so the text is right for both.
func (c change) inPlaceText() string {
	var out string
	if len(c.inPlace) > 0 {
		words := make([]string, len(c.inPlace))
		for i, d := range c.inPlace {
			words[i] = d.Words()
		}
		out = fmt.Sprintf(" Asked for and not reported by AWS yet: %s. If this takes much longer, AWS may have stopped it without an error: run \"aws elasticache describe-events --source-type replication-group --source-identifier %s --duration 20160 --region %s\" to see why.",
			strings.Join(words, "; "), c.ClusterID, c.Region)
	}
	if len(c.later) > 0 {
		out += " Later: " + settings(c.later) + "."
	}
	return out
}

// ahead of the team is what a step ends, and the steps after it.
func ahead(p plan.Plan) string {
	var out string
	if left := p.Steps[0].Leaves; left != "" {
		out = " With it, " + left + " lose access: restart your clients, so that they read the new REDIS_URL."
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

// advice where the cache rests in a configuration that old and new clients share.
func advice(xr *protocol.XR, p plan.Plan) string {
	switch reported := p.Reported; {
	case reported.TLS == redis.TLSPreferred:
		return adviseTLS
	case reported.Auth() && reported.Strategy == redis.StrategyRotate && redis.Strategy(*xr.Spec.AuthTokenUpdateStrategy) == redis.StrategyRotate:
		return adviseRotate
	}
	return ""
}
