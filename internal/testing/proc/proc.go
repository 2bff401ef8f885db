// Package proc tells what a process has used, as the Linux kernel counts it:
// https://docs.kernel.org/filesystems/proc.html
package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Kinds of memory that a process has in use.
const (
	Resident = "VmRSS"   // All of it.
	Own      = "RssAnon" // Without the pages of its binary, which the kernel can take back.
)

// Memory of a kind that a process has in use, in bytes.
func Memory(pid int, kind string) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, kind+":"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("the kernel tells no %s of process %d", kind, pid)
}

// CPU is the processor's time that a process has used, in steps of 10 ms.
func CPU(pid int) (time.Duration, error) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 wherever Go runs.
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name, in parentheses, may have blanks. utime and stime are the 14th and
	// 15th field, the 12th and 13th after it.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("the kernel tells no processor time of process %d", pid)
	}
	used := time.Duration(0)
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		used += time.Duration(n) * tick
	}
	return used, nil
}
