package main

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	function "github.com/crossplane/function-sdk-go"
	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// benchmarks are the runs that a cache's life is made of. What a run may allocate has
// some room for other versions of Go; a test holds each against it.
var benchmarks = []struct {
	name        string
	example     string
	allocations float64
}{
	{"FirstRun", "minimal/claims/nothing-yet", 800},
	{"SteadyState", "minimal/claims/settled", 930},
	{"SteadyStateNamespaced", "production-tls-auth/namespaced/settled", 1060},
	{"StagedChange", "tls-on-a-live-cache/claims/2", 1115},
	{"Invalid", "invalid/claims/1", 425},
}

// BenchmarkRunFunction is what the function itself costs, in process.
func BenchmarkRunFunction(b *testing.B) {
	for _, bm := range benchmarks {
		b.Run(bm.name, func(b *testing.B) {
			req := stage(b, bm.example)
			b.ReportAllocs()
			for b.Loop() {
				// A run adds to what is desired, so each begins with nothing.
				req.Desired = nil
				run(b, req)
			}
		})
	}
}

// BenchmarkGRPC is what Crossplane waits for, beside the floor: the SDK's server
// with an answer made beforehand, which reads the same request and writes the same
// bytes, and does nothing between.
func BenchmarkGRPC(b *testing.B) {
	for _, bm := range benchmarks {
		req := stage(b, bm.example)
		servers := []struct {
			name, address string
		}{
			{"floor", serve(b, &floor{rsp: run(b, clone(req))})},
			{"function", serve(b, &Function{log: logging.NewNopLogger()})},
		}
		for _, s := range servers {
			client := dial(b, s.address)
			b.Run(bm.name+"/one/"+s.name, func(b *testing.B) { measure(b, client, req, 1) })
			b.Run(bm.name+"/eight/"+s.name, func(b *testing.B) { measure(b, client, req, 8) })
		}
	}
}

// floor answers with a response that was made beforehand.
type floor struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	rsp *fnv1.RunFunctionResponse
}

func (f *floor) RunFunction(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.rsp, nil
}

// serve with the SDK's own server, as main does, but for the encryption, which costs
// floor and function the same. It can't be stopped, and ends with the process.
func serve(b *testing.B, fn fnv1.FunctionRunnerServiceServer) (address string) {
	b.Helper()
	address = freeAddress(b)
	go func() {
		_ = function.Serve(fn, function.Listen("tcp", address), function.Insecure(true), function.WithMetricsServer(""))
	}()
	return address
}

// freeAddress to listen on.
func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // Another opens it again.
	return l.Addr().String()
}

func dial(b *testing.B, address string) fnv1.FunctionRunnerServiceClient { //nolint:ireturn // The protocol has no type for it.
	b.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.WaitForReady(true)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return fnv1.NewFunctionRunnerServiceClient(conn)
}

// measure b.N calls, with so many in flight: the time that half of the calls took at
// most, and the processor's time.
func measure(b *testing.B, client fnv1.FunctionRunnerServiceClient, req *fnv1.RunFunctionRequest, inFlight int) {
	b.Helper()
	call(b, client, req, 1, 1) // Connects.
	b.ReportAllocs()
	before := processorTime(b)
	b.ResetTimer()
	took := call(b, client, req, b.N, inFlight)
	b.StopTimer()
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
}

// call n times, with so many calls in flight, and tell how long each took.
func call(b *testing.B, client fnv1.FunctionRunnerServiceClient, req *fnv1.RunFunctionRequest, n, inFlight int) []time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	for worker := range inFlight {
		wg.Go(func() {
			for i := worker; i < n; i += inFlight {
				start := time.Now()
				if _, err := client.RunFunction(ctx, req); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	return took
}

// processorTime of this process, which other work on the machine does not change
// much.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestAllocations holds a run against what it may allocate: the one cost that is the
// same on every machine.
func TestAllocations(t *testing.T) {
	for _, bm := range benchmarks {
		t.Run(bm.name, func(t *testing.T) {
			if got := allocations(t, stage(t, bm.example)); got > bm.allocations {
				t.Errorf("a run allocates %.0f times, and may %.0f times", got, bm.allocations)
			}
		})
	}
}

// allocations of a run.
func allocations(t *testing.T, req *fnv1.RunFunctionRequest) float64 {
	t.Helper()
	desired := req.GetDesired()
	return testing.AllocsPerRun(20, func() {
		// A run adds to what is desired, so each begins anew.
		req.Desired = &fnv1.State{Composite: desired.GetComposite(), Resources: maps.Clone(desired.GetResources())}
		run(t, req)
	})
}
