//go:build !linux

package preview

import "os/exec"

// dieWithParent is what only Linux can do. Elsewhere the function is stopped by
// all but a kill -9 of the preview.
func dieWithParent(*exec.Cmd) {}
