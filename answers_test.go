package main

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// An answerCounter counts the answers that make Crossplane write something: those
// whose resources, status, conditions or readiness differ from the answer before.
type answerCounter struct {
	Function

	last    *fnv1.RunFunctionResponse
	changed int
}

// RunFunction counts the answer. The readiness of a composed resource is no more than
// what Crossplane computes the composite's from.
func (a *answerCounter) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp, err := a.Function.RunFunction(ctx, req)
	written := clone(rsp)
	written.Requirements = nil
	for _, r := range written.GetDesired().GetResources() {
		r.Ready = fnv1.Ready_READY_UNSPECIFIED
	}
	if !proto.Equal(a.last, written) {
		a.changed++
	}
	a.last = written
	return rsp, err
}

// TestChangedAnswers bounds how many answers of a creation, and of the way from
// development to production, differ from the one before. Each costs the composite two
// or three watch events, and Crossplane's circuit breaker opens at a hundred. All of
// these ask for something, but for the last of each, which says that it is done.
func TestChangedAnswers(t *testing.T) {
	const creation, toProduction = 6, 10
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			answers := &answerCounter{Function: Function{log: logging.NewNopLogger()}}
			xr := readXR(t, "example/minimal", flavour)
			xr.Object["spec"].(map[string]any)["subnetIds"] = []any{"subnet-abc", "subnet-def"}
			c := crossplane.New(xr, crossplane.Options{Function: answers.RunFunction})
			settle(t, c)
			if answers.changed > creation {
				t.Errorf("a creation takes %d answers, more than %d", answers.changed, creation)
			}
			answers.changed = 0
			c.Edit(func(xr *unstructured.Unstructured) {
				spec := xr.Object["spec"].(map[string]any)
				spec["nodeType"] = "cache.t3.small"
				spec["numCacheNodes"] = int64(2)
				spec["multiAzEnabled"] = true
				spec["snapshotRetentionLimit"] = int64(5)
				spec["enableAuthToken"] = true
			})
			settle(t, c)
			if answers.changed > toProduction {
				t.Errorf("the way to production takes %d answers, more than %d", answers.changed, toProduction)
			}
		})
	}
}

func settle(t *testing.T, c *crossplane.Cluster) {
	t.Helper()
	if err := c.Settle(15*time.Minute, 6*time.Hour); err != nil {
		t.Fatal(err)
	}
}
