// Package status tells the app team, on its claim, what is there, what is being waited
// for, and what to do. A Plan, or the error in its place, goes in; conditions, results,
// readiness and status come out.
package status

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/owner"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
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
	reasonExists    = "Exists"
	reasonPreview   = "Preview"
	reasonCannot    = "CannotTakeOver"
)

// Report on a run to the composite and its claim: status, readiness, conditions.
func Report(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, o resources.Observed, desired resources.Desired, p plan.Plan) {
	defer redact(rsp, p.Secrets)
	c := newChange(xr, o, desired, p)
	protocol.WriteStatus(rsp, xr, statusOf(xr, o, desired, c))
	if p.OnlyLooks() {
		reportPreview(rsp, o, c)
		return
	}
	published := reportURL(rsp, xr, o, p)
	provisioned := reportProvisioned(rsp, o, p)
	reportAccepted(rsp, xr, p)
	reportChanging(rsp, xr, o, c)
	if !published || !provisioned {
		protocol.NotReady(rsp)
	}
}

// Wait for what has to be there before anything of a cache can be made.
func Wait(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, asked policy.Asked) {
	waits := "The cache waits for " + strings.Join(asked.Waits, " and ") + "."
	is := xr.Status // By its endpoint the composite knows a cache that is its own.
	is.Stage = cmp.Or(is.Stage, stageCreating)
	protocol.WriteStatus(rsp, xr, is)
	protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "True", reasonValid, strings.Join(append([]string{accepted}, asked.Notes...), " "))
	notBegun(rsp, reasonWaiting, waits)
	protocol.NotReady(rsp)
}

// notBegun says of everything but the spec why nothing is done yet.
func notBegun(rsp *fnv1.RunFunctionResponse, reason, text string) {
	for _, kind := range []string{v1alpha1.ConditionProvisioned, v1alpha1.ConditionURLPublished, v1alpha1.ConditionChanging} {
		protocol.SetCondition(rsp, kind, "False", reason, text)
	}
}

// accepted begins what is said of a claim with which nothing is wrong.
const accepted = "The spec is valid, and every change that it asks for can be carried out."

// Refuse a run, and return what people read of the error. The conditions that say how
// the cache is stay as they were: Crossplane would turn them to Unknown, although
// nothing has changed.
func Refuse(rsp *fnv1.RunFunctionResponse, req *fnv1.RunFunctionRequest, err error) string {
	message := err.Error()
	reason := reasonInvalid
	if errors.As(err, &owner.Exists{}) {
		reason = reasonExists
	}
	protocol.Fatal(rsp, message)
	protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "False", reason, message)
	xr := protocol.Composite(req)
	for _, kind := range []string{v1alpha1.ConditionProvisioned, v1alpha1.ConditionURLPublished, v1alpha1.ConditionChanging} {
		if c, ok := xr.Condition(kind); ok {
			protocol.SetCondition(rsp, kind, c.Status, c.Reason, c.Message)
		}
	}
	redact(rsp, connection.Redactor(req))
	return rsp.GetResults()[0].GetMessage()
}

func reportAccepted(rsp *fnv1.RunFunctionResponse, xr *protocol.XR, p plan.Plan) {
	if last, _ := xr.Observed.Condition(v1alpha1.ConditionAccepted); p.Reported == nil && xr.Status.Engine != "" && last.Reason == reasonRefused && len(p.Wrong) == 0 {
		// What is refused depends on what AWS has, which is not known now.
		protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, last.Status, last.Reason, last.Message)
		return
	}
	problems := slices.Clone(p.Wrong)
	for _, r := range p.Refused {
		problems = append(problems, r.String())
	}
	notes := strings.Join(append([]string{""}, p.Notes...), " ")
	switch {
	case len(p.Wrong) > 0:
		protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "False", reasonInvalid, strings.Join(problems, "; ")+notes)
	case len(problems) > 0:
		protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "False", reasonRefused, strings.Join(problems, "; ")+". All other changes are carried out."+notes)
	default:
		protocol.SetCondition(rsp, v1alpha1.ConditionAccepted, "True", reasonValid, accepted+notes)
	}
}
