package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/proc"
)

// A process is kept running, as a kubelet would: when it ends it is started again.
type process struct {
	name    string
	log     *os.File
	command func(context.Context) *exec.Cmd

	mx      sync.Mutex
	running *exec.Cmd
	stopped bool
	done    chan struct{}
	ended   time.Duration // Processor time of those that ended.
}

// newProcess that logs to a file. It isn't started yet.
func newProcess(dir, name string, command func(context.Context) *exec.Cmd) (*process, error) {
	log, err := os.OpenFile(dir+"/"+name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &process{name: name, log: log, command: command, stopped: true}, nil
}

// start and keep running.
func (p *process) start() error {
	p.mx.Lock()
	defer p.mx.Unlock()
	if !p.stopped {
		return nil
	}
	p.stopped, p.done = false, make(chan struct{})
	if err := p.run(); err != nil {
		return err
	}
	go p.supervise()
	return nil
}

func (p *process) run() error {
	// It outlives whoever started it.
	p.running = p.command(context.Background())
	p.running.Stdout, p.running.Stderr = p.log, p.log
	if err := p.running.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", p.name, err)
	}
	return nil
}

func (p *process) supervise() {
	defer close(p.done)
	for {
		_ = p.running.Wait() // However it ended.
		p.mx.Lock()
		p.ended += p.running.ProcessState.UserTime() + p.running.ProcessState.SystemTime()
		stopped := p.stopped
		p.mx.Unlock()
		if stopped {
			return
		}
		time.Sleep(200 * time.Millisecond)
		p.mx.Lock()
		if p.stopped || p.run() != nil {
			p.mx.Unlock()
			return
		}
		p.mx.Unlock()
	}
}

// kill -9 the process, which is then started again.
func (p *process) kill() {
	_ = p.pid(func(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) })
}

// stop the process until the end, or until it is started again.
func (p *process) stop() {
	p.mx.Lock()
	if p.stopped {
		p.mx.Unlock()
		return
	}
	p.stopped = true
	_ = p.running.Process.Kill() // It may have ended by itself.
	p.mx.Unlock()
	<-p.done
}

func (p *process) pid(f func(pid int) error) error {
	p.mx.Lock()
	defer p.mx.Unlock()
	if p.stopped {
		return fmt.Errorf("%s does not run", p.name)
	}
	return f(p.running.Process.Pid)
}

// memory that the process has in use, in MiB.
func (p *process) memory() float64 {
	var bytes int
	_ = p.pid(func(pid int) (err error) {
		bytes, err = proc.Memory(pid, proc.Resident)
		return err
	})
	return float64(bytes) / (1 << 20)
}

// cpu time that the process has used, with those before it.
func (p *process) cpu() time.Duration {
	var used time.Duration
	_ = p.pid(func(pid int) (err error) {
		used, err = proc.CPU(pid)
		return err
	})
	p.mx.Lock()
	defer p.mx.Unlock()
	return used + p.ended
}
