package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// A Function that runs as a process of this machine.
type Function struct {
	// Address at which it answers: loopback only, as it does so without TLS.
	Address string

	cmd    *exec.Cmd
	output bytes.Buffer
	exited chan struct{}
}

// Start a function, and wait until it listens.
func Start(ctx context.Context, binary string) (*Function, error) {
	var err error
	for range 3 { // Another process may take the port between the question and its use.
		var f *Function
		if f, err = start(ctx, binary); err == nil {
			return f, nil
		}
	}
	return nil, err
}

func start(ctx context.Context, binary string) (*Function, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	f := &Function{Address: address, exited: make(chan struct{})}
	f.cmd = exec.Command(binary, "--insecure", "--address", address, "--metrics-address=") //nolint:noctx // Stop ends it, which also waits for it.
	f.cmd.Stdout, f.cmd.Stderr = &f.output, &f.output
	f.cmd.Env = without(os.Environ(), "TLS_SERVER_CERTS_DIR") // It would be read, although it is not used.
	dieWithParent(f.cmd)
	if err := f.run(); err != nil {
		return nil, fmt.Errorf("cannot start the function: %w", err)
	}
	if err := f.wait(ctx); err != nil {
		f.Stop()
		return nil, fmt.Errorf("cannot start the function: %w\n%s", err, f.output.String())
	}
	return f, nil
}

// run the process from a thread that lives as long as the process: where the
// system ends a child with its parent, the parent is the thread.
func (f *Function) run() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := f.cmd.Start()
		started <- err
		if err == nil {
			_ = f.cmd.Wait() // It is killed.
		}
		close(f.exited)
	}()
	return <-started
}

// wait until the function listens.
func (f *Function) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", f.Address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-f.exited:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Stop the function.
func (f *Function) Stop() {
	_ = f.cmd.Process.Kill() // It may have ended by itself.
	<-f.exited
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func without(env []string, name string) []string {
	out := make([]string, 0, len(env))
	for _, e := range env {
		if !strings.HasPrefix(e, name+"=") {
			out = append(out, e)
		}
	}
	return out
}
