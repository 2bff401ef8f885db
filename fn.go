package main

import (
	"context"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/owner"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/policy"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/status"
)

// Function composes an XRedis.
type Function struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	log logging.Logger
}

// RunFunction answers with all that an XRedis is composed of. Any error is one
// Fatal result, which changes nothing and deletes nothing.
func (f *Function) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return answer(f.log.WithValues("tag", req.GetMeta().GetTag()), req, compose), nil
}

// answer a request with what a composer makes of it, or with why it can't.
func answer(log logging.Logger, req *fnv1.RunFunctionRequest, compose composer) *fnv1.RunFunctionResponse {
	rsp := response.To(req, response.DefaultTTL)
	if err := recovering(log, compose)(req, rsp); err != nil {
		// What was required stays: Crossplane 1.16 calls again until it does.
		required := rsp.GetRequirements()
		rsp = response.To(req, response.DefaultTTL)
		rsp.Requirements = required
		log.Info("Refused to compose", "error", status.Refuse(rsp, req, err))
		return rsp
	}
	log.Debug("Composed", "resources", len(rsp.GetDesired().GetResources()))
	return rsp
}

// compose an XRedis, step by step.
func compose(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) error {
	xr, err := protocol.ReadComposite(req)
	if err != nil {
		return err
	}
	in, err := protocol.ReadInput(req)
	if err != nil {
		return err
	}
	observed, err := resources.Observe(req, xr.Flavour())
	if err != nil {
		return err
	}
	existing := owner.Adopt(xr, observed)
	asked, err := policy.Complete(req, rsp, xr, in, observed)
	if err != nil {
		return err
	}
	if asked.Region == "" {
		status.Wait(rsp, xr, asked)
		return nil
	}
	// All that is required is required before any of it leads to a refusal.
	token := connection.RequireToken(req, rsp, xr)
	foreign := connection.CheckSecrets(req, rsp, xr, observed)
	cache := observed.Fixed(asked.Fixed)
	waits, err := owner.Check(req, rsp, xr, observed, cache)
	if err != nil {
		return err
	}
	if foreign != nil {
		return foreign
	}
	if err := existing.Refuse(xr, observed, cache); err != nil {
		return err
	}
	p := plan.New(xr, asked, observed, token, append(waits, asked.Waits...))
	p.Wrong = append(p.Wrong, existing.Problems(observed, cache)...)
	p.Redact(connection.Redactor(req, p.Details))
	desired := resources.Make(&xr.XRedis, p.Facts)
	desired.AddTo(rsp, observed)
	connection.Publish(rsp, xr, p.Details)
	status.Report(rsp, xr, observed, desired, p)
	status.Rest(rsp, p, in.RestTTL())
	return nil
}
