// Package status tells the app team, on its claim, what is there, what is being
// waited for, and what to do.
package status

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/object"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Types of the conditions.
const (
	Accepted     = "Accepted"
	Provisioned  = "Provisioned"
	URLPublished = "URLPublished"
	Changing     = "Changing"
)

// Reasons of the conditions. They are API: people write alerts on them.
const (
	reasonValid     = "Valid"
	reasonInvalid   = "Invalid"
	reasonRefused   = "ChangeRefused"
	reasonAvailable = "Available"
	reasonCreating  = "Creating"
	reasonWaiting   = "Waiting"
	reasonFailing   = "Failing"
	reasonPaused    = "Paused"
	reasonDeleting  = "Deleting"
	reasonPublished = "Published"
	reasonNoSecret  = "NoConnectionSecret"
	reasonSettled   = "Settled"
	reasonStep      = "StepUnderWay"
	reasonInPlace   = "InPlace"
)

// maxMessage is the longest text of a condition or result.
const maxMessage = 4096

// Report on a run to the composite and its claim: status, readiness, conditions.
func Report(rsp *fnv1.RunFunctionResponse, xr *composite.XR, o resources.Observed, desired resources.Desired, p plan.Plan) error {
	c := newChange(xr, o, desired, p)
	if err := composite.WriteStatus(rsp, xr, statusOf(xr, o, c)); err != nil {
		return err
	}
	published := reportURL(rsp, xr, o, p)
	provisioned := reportProvisioned(rsp, o, p)
	reportAccepted(rsp, xr, p)
	reportChanging(rsp, xr, c)
	if !published || !provisioned {
		// Only ever "not ready": ready is for Crossplane to tell, from everything
		// in the pipeline.
		rsp.GetDesired().GetComposite().Ready = fnv1.Ready_READY_FALSE
	}
	return nil
}

// Refuse a run. The conditions that say how the cache is stay as they were:
// Crossplane would turn them to Unknown, although nothing has changed.
func Refuse(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, err error) {
	message := shorten(err.Error())
	response.Fatal(rsp, fmt.Errorf("%s", message))
	for _, r := range rsp.GetResults() {
		r.Target = fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()
	}
	response.ConditionFalse(rsp, Accepted, reasonInvalid).WithMessage(message).TargetCompositeAndClaim()
	xr := object.Object{Struct: req.GetObserved().GetComposite().GetResource()}
	for _, kind := range []string{Provisioned, URLPublished, Changing} {
		if c, ok := xr.Condition(kind); ok {
			condition(rsp, kind, c.Status, c.Reason, c.Message)
		}
	}
}

func reportAccepted(rsp *fnv1.RunFunctionResponse, xr *composite.XR, p plan.Plan) {
	if last, _ := xr.Observed.Condition(Accepted); p.Report == nil && xr.Status.Engine != "" && last.Reason == reasonRefused && len(p.Wrong) == 0 {
		// What is refused depends on what AWS has, which is not known now.
		condition(rsp, Accepted, last.Status, last.Reason, last.Message)
		return
	}
	problems := slices.Clone(p.Wrong)
	for _, r := range p.Refused {
		problems = append(problems, r.String())
	}
	notes := strings.Join(append([]string{""}, p.Notes...), " ")
	switch {
	case len(p.Wrong) > 0:
		condition(rsp, Accepted, "False", reasonInvalid, strings.Join(problems, "; ")+notes)
	case len(problems) > 0:
		condition(rsp, Accepted, "False", reasonRefused, strings.Join(problems, "; ")+". All other changes are carried out."+notes)
	default:
		condition(rsp, Accepted, "True", reasonValid, "The spec is valid, and every change that it asks for can be carried out."+notes)
	}
}

// reportURL reports whether the URL that the cache accepts can be read wherever it
// is published.
func reportURL(rsp *fnv1.RunFunctionResponse, xr *composite.XR, o resources.Observed, p plan.Plan) bool {
	path := p.Facts.Cache.ParameterStorePath
	switch {
	case connection.AskedURLSecret(xr) == nil:
		condition(rsp, URLPublished, "False", reasonNoSecret, "This composite has no spec.writeConnectionSecretToRef, so no Secret holds REDIS_URL for Parameter Store to read: set writeConnectionSecretsToNamespace in the Composition.")
	case p.URL().IsEmpty():
		condition(rsp, URLPublished, "False", reasonWaiting, missing(o))
	case p.Published.URL() != p.URL():
		condition(rsp, URLPublished, "False", reasonWaiting, "REDIS_URL is known and being written to its Secret.")
	case !plan.InParameterStore(o, p.Published):
		condition(rsp, URLPublished, "False", reasonWaiting, fmt.Sprintf("REDIS_URL is in its Secret and being written to Parameter Store at %s.", path))
	default:
		condition(rsp, URLPublished, "True", reasonPublished, fmt.Sprintf("REDIS_URL is in Parameter Store at %s and in %s.", path, where(xr, p)))
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
	case rg.AskedToken() == "" || !token.IsEmpty():
		return "REDIS_URL is not known before AWS reports whether the cache speaks TLS."
	}
	return "REDIS_URL is not known before the cache has its token: the provider writes it to the connection Secret of the replication group."
}

func where(xr *composite.XR, p plan.Plan) string {
	if xr.Namespaced() {
		return "the Secret " + p.Facts.URLSecret.Name
	}
	return "the claim's connection Secret"
}

// unstable is what differs from one attempt to the next in AWS's error texts. A
// condition with it would never come to rest.
var unstable = regexp.MustCompile(`(?i)(,? *request ?id:? *"?[0-9a-f-]{8,}"?)`)

// clean the provider's message: the same from run to run, no secret in it, and
// short enough.
func clean(message string, p plan.Plan) string {
	message = unstable.ReplaceAllString(message, "")
	for _, details := range []map[string][]byte{p.Facts.Details, p.Published} {
		for _, key := range slices.Sorted(maps.Keys(details)) {
			if secret := string(details[key]); key == resources.KeyURL || key == resources.KeyPassword {
				message = strings.ReplaceAll(message, secret, "[redacted]")
			}
		}
	}
	return strings.TrimRight(strings.Join(strings.Fields(message), " "), ". ")
}

func condition(rsp *fnv1.RunFunctionResponse, kind, status, reason, message string) {
	var c *response.ConditionOption
	switch status {
	case "True":
		c = response.ConditionTrue(rsp, kind, reason)
	case "False":
		c = response.ConditionFalse(rsp, kind, reason)
	default:
		c = response.ConditionUnknown(rsp, kind, reason)
	}
	c.WithMessage(shorten(message)).TargetCompositeAndClaim()
}

// shorten a message to what a condition can well hold.
func shorten(message string) string {
	message = strings.ToValidUTF8(message, "?")
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}
