//go:build unix

package toolchain

import (
	"context"
	"os"
	"syscall"
	"time"
)

// lock a file, among all processes. The kernel lets go of it when the process
// ends, however it ends.
func lock(ctx context.Context, file string, waiting func()) (func(), error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	unlock := func() { _ = f.Close() } // Nothing was written.
	for first := true; ; first = false {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return unlock, nil
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			unlock()
			return nil, err
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			unlock()
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
