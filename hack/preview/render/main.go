// Command render is the preview that hack/render starts, with the folder of the
// checkout as its first argument.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, preview.Usage)
		os.Exit(2)
	}
	os.Exit(run(os.Args[1], os.Args[2:]))
}

func run(root string, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := preview.Run(ctx, root, args, os.Stdout, os.Stderr)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode() // The CLI has told why.
	}
	if err != nil && strings.HasSuffix(err.Error(), "broken pipe") {
		return 1 // Nobody reads on: head or less has ended.
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		return 1
	}
	return 0
}
