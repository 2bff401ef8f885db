package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/proc"
)

// BenchmarkProcess is what a process of its own needs: the function as it is released,
// b.N times asked for the steady state, with eight calls in flight.
func BenchmarkProcess(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "function")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	req := stage(b, "minimal/claims/settled")
	b.Run("SteadyState", func(b *testing.B) {
		var starts []time.Duration
		for range 15 {
			p := startProcess(b, binary, req)
			starts = append(starts, p.started)
			p.end(b)
		}
		slices.Sort(starts)
		p := startProcess(b, binary, req)
		defer p.end(b)
		before, resident := p.cpu(b), p.memory(b, proc.Resident)
		b.ResetTimer()
		call(b, p.client, req, b.N, 8)
		b.StopTimer()
		b.ReportMetric(float64((p.cpu(b)-before).Nanoseconds())/float64(b.N), "server-cpu-ns/op")
		b.ReportMetric(float64(starts[len(starts)/2].Microseconds())/1000, "start-p50-ms")
		b.ReportMetric(float64(starts[len(starts)-1].Microseconds())/1000, "start-max-ms")
		b.ReportMetric(resident, "resident-before-MB")
		b.ReportMetric(p.memory(b, proc.Resident), "resident-MB")
		b.ReportMetric(p.memory(b, proc.Own), "resident-own-MB")
		plain, compressed := sizes(b, binary)
		b.ReportMetric(plain, "binary-MB")
		b.ReportMetric(compressed, "compressed-MB")
	})
}

// A process of the function.
type process struct {
	*exec.Cmd

	client  fnv1.FunctionRunnerServiceClient
	started time.Duration // Until its first answer.
}

// startProcess of the function, and wait until it has answered.
func startProcess(b *testing.B, binary string, req *fnv1.RunFunctionRequest) *process {
	b.Helper()
	address := freeAddress(b)
	p := &process{Cmd: exec.CommandContext(b.Context(), binary, "--insecure", "--address", address, "--metrics-address", "")}
	start := time.Now()
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	for listens := false; !listens; { // gRPC would wait a second before it tried again.
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		if ctx.Err() != nil {
			b.Fatal(err)
		}
		listens = err == nil
		time.Sleep(time.Millisecond)
	}
	p.client = dial(b, address)
	call(b, p.client, req, 1, 1)
	p.started = time.Since(start)
	return p
}

func (p *process) end(b *testing.B) {
	b.Helper()
	_ = p.Process.Kill()
	_ = p.Wait() // It was killed.
}

// memory of a kind in megabytes.
func (p *process) memory(b *testing.B, kind string) float64 {
	b.Helper()
	bytes, err := proc.Memory(p.Process.Pid, kind)
	if err != nil {
		b.Fatal(err)
	}
	return float64(bytes) / 1e6
}

func (p *process) cpu(b *testing.B) time.Duration {
	b.Helper()
	used, err := proc.CPU(p.Process.Pid)
	if err != nil {
		b.Fatal(err)
	}
	return used
}

// sizes of a file in megabytes, and of it as an image's layer.
func sizes(b *testing.B, file string) (plain, compressed float64) {
	b.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(content); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return float64(len(content)) / 1e6, float64(out.Len()) / 1e6
}
