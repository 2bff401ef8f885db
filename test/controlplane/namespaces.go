package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// envInside tells a process that it runs in namespaces of its own.
const envInside = "CONTROLPLANE_INSIDE"

// enter runs this program once more, as the first process of new namespaces: any
// port of the loopback interface is free there, no other address can be reached, and
// all that is started there is killed with it, however it ends.
func enter(env ...string) (exitCode int, err error) {
	cmd := exec.CommandContext(context.Background(), "/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(append(os.Environ(), envInside+"=1"), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Pdeathsig:  unix.SIGKILL,
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	// The kernel takes the death of the thread that started a process for that of its
	// parent.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Run()
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("cannot make namespaces, which takes root or a system that lets others make user namespaces: %w", err)
	}
	return 0, nil
}

// furnish the namespaces: processes see those of their own, the loopback interface
// is up, and names are resolved by a file of our own.
func furnish(hosts string) error {
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot keep mounts to ourselves: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("cannot mount /proc: %w", err)
	}
	if err := unix.Mount(hosts, "/etc/hosts", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("cannot mount /etc/hosts: %w", err)
	}
	return loopbackUp()
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd) //nolint:errcheck // It is only asked with.
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo); err != nil {
		return err
	}
	lo.SetUint16(lo.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

// hosts is the file that names are resolved by. Names are only added: whoever reads
// the file at that moment finds all others.
type hosts struct {
	file string

	mx    sync.Mutex
	names map[string]string
}

func newHosts(file string) (*hosts, error) {
	h := &hosts{file: file, names: map[string]string{}}
	return h, h.set("localhost", "127.0.0.1")
}

// set the address of a name, until the end.
func (h *hosts) set(name, address string) error {
	h.mx.Lock()
	defer h.mx.Unlock()
	f, err := os.OpenFile(h.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	h.names[name] = address
	_, err = fmt.Fprintf(f, "%s %s\n", address, name)
	return errors.Join(err, f.Close())
}

// address of a name. Go's own resolver looks at the file every five seconds only.
func (h *hosts) address(name string) string {
	h.mx.Lock()
	defer h.mx.Unlock()
	return h.names[name]
}
