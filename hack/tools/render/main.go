// Command render is the render command of the Crossplane CLI v2.2, and no other of its
// commands: the same package of Crossplane's, with the same options, the same output
// and the same errors.
package main

import (
	"os"

	"github.com/alecthomas/kong"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane/v2/cmd/crank/render"
)

type cli struct {
	Render render.Cmd `cmd:"" help:"Render a composite resource (XR)."`

	Verbose verbose `help:"Print verbose logging statements." name:"verbose"`
}

type verbose bool

// BeforeApply binds the logger that render asks for.
func (verbose) BeforeApply(ctx *kong.Context) error { //nolint:unparam // Kong asks for an error.
	ctx.BindTo(logging.NewLogrLogger(zap.New(zap.UseDevMode(true))), (*logging.Logger)(nil))
	return nil
}

func main() {
	parser := kong.Must(&cli{},
		kong.Name("crossplane"),
		kong.BindTo(logging.NewNopLogger(), (*logging.Logger)(nil)),
		kong.UsageOnError())
	ctx, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	ctx.FatalIfErrorf(ctx.Run())
}
