package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestPanic: a panic is one refusal of one request. It changes nothing, keeps what
// the conditions said, shows no data of the request, and is logged and counted.
func TestPanic(t *testing.T) {
	const secret = "rediss://:hunter2-hunter2-hunter2@cache"
	cases := map[string]struct {
		reason string
		panics func()
		logged string
	}{
		"Error": {
			reason: "An error may hold what the request held, so only its type is logged.",
			panics: func() { panic(errors.New(secret)) },
			logged: "*errors.errorString",
		},
		"Text": {
			reason: "So may a text.",
			panics: func() { panic(secret) },
			logged: "string",
		},
		"Runtime": {
			reason: "Go's own errors hold no data and say what went wrong.",
			panics: func() { _ = []string{secret}[len(secret)] },
			logged: "index out of range",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, "minimal/claims/settled")
			set(req.GetObserved().GetComposite().GetResource(), []any{
				map[string]any{"type": "URLPublished", "status": "True", "reason": "Published", "message": "as it was"},
			}, "status", "conditions")
			want := clone(req.GetDesired())
			log, counted := &recorder{}, panicsCounted(t)

			rsp := answer(log, req, func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) error {
				if err := compose(req, rsp); err != nil {
					return err
				}
				tc.panics()
				return nil
			})

			if got := fatal(rsp); !strings.Contains(got, "nothing is changed") || len(rsp.GetResults()) != 1 {
				t.Errorf("%s: want one refusal that says so, got %v", tc.reason, rsp.GetResults())
			}
			if !proto.Equal(want, rsp.GetDesired()) {
				t.Errorf("%s: a refusal must leave the desired state alone", tc.reason)
			}
			if got := conditionOf(rsp, "URLPublished").GetMessage(); got != "as it was" {
				t.Errorf("%s: the condition URLPublished says %q", tc.reason, got)
			}
			if diff := cmp.Diff(counted+1, panicsCounted(t)); diff != "" {
				t.Errorf("%s: panics on the metrics endpoint: -want, +got:\n%s", tc.reason, diff)
			}
			if !strings.Contains(log.text(), tc.logged) || !strings.Contains(log.text(), "panic_test.go") {
				t.Errorf("%s: want %q and the stack in the log, got:\n%s", tc.reason, tc.logged, log.text())
			}
			if strings.Contains(log.text()+rsp.String(), "hunter2") {
				t.Errorf("%s: the log or the answer holds data of the request", tc.reason)
			}
		})
	}
}

// panicsCounted on the registry that function-sdk-go serves.
func panicsCounted(t *testing.T) float64 {
	t.Helper()
	families, err := prometheus.DefaultGatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "function_xredis_panics_total" && f.GetType() == dto.MetricType_COUNTER {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatal("panics are not counted")
	return 0
}

// A recorder keeps what is logged, but for what is for debugging.
type recorder struct{ logged []any }

func (r *recorder) WithValues(...any) logging.Logger { return r } //nolint:ireturn // As the interface has it.

func (r *recorder) Debug(string, ...any) {}

func (r *recorder) Info(message string, more ...any) {
	r.logged = append(append(r.logged, message), more...)
}

func (r *recorder) text() string { return fmt.Sprintln(r.logged...) }
