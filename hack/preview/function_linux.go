package preview

import (
	"os/exec"
	"syscall"
)

// dieWithParent even if this process is killed and can't clean up.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
