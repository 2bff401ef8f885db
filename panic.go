package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// panics counts requests that ended in a panic, on the metrics endpoint that
// function-sdk-go serves the default registry on. Alert on any increase.
var panics = promauto.NewCounter(prometheus.CounterOpts{ //nolint:gochecknoglobals // As global as the registry that it is in.
	Name: "function_xredis_panics_total",
	Help: "Requests that were refused because of a bug in the function. Its log holds the stack.",
})

// errPanic is all that a claim shows of a panic. Its text is always the same.
var errPanic = errors.New("the function has a bug that this composite brings out, so nothing is changed; other composites are not affected: report the stack trace in the function's log, under the message Panicked")

// A composer answers a request.
type composer func(*fnv1.RunFunctionRequest, *fnv1.RunFunctionResponse) error

// recovering turns a panic of a composer into an error: the process serves every
// other composite too.
func recovering(log logging.Logger, compose composer) composer {
	return func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				panics.Inc()
				log.Info("Panicked", "cause", describe(cause), "stack", string(debug.Stack()))
				err = errPanic
			}
		}()
		return compose(req, rsp)
	}
}

// describe the cause of a panic. Go's own errors hold no data of the request. Any
// other value may hold a token, so only its type is named.
func describe(cause any) string {
	if err, ok := cause.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", cause)
}
