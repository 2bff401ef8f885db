// Package preview shows what a claim would create, through the real Crossplane
// CLI and the real function, without a cluster.
package preview

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/crossplane-contrib/function-xredis/hack/toolchain"
)

// Run a preview as hack/render is asked for it. What is rendered goes to stdout,
// all else to stderr.
func Run(ctx context.Context, root string, args []string, stdout, stderr io.Writer) error {
	o, err := Parse(args)
	if err != nil {
		return err
	}
	if o.Help {
		_, err := io.WriteString(stdout, Usage)
		return err
	}
	in, err := Load(root, o, stderr)
	if err != nil {
		return err
	}
	if err := in.Check(); err != nil { //nolint:contextcheck // It takes milliseconds.
		return fmt.Errorf("%s: %w", o.File, err)
	}
	tools, err := toolchain.New(root, stderr)
	if err != nil {
		return err
	}
	binary, err := tools.Function(ctx)
	if err != nil {
		return err
	}
	cli, err := Install(ctx, tools, o.CLI)
	if err != nil {
		return err
	}
	fn, err := Start(ctx, binary)
	if err != nil {
		return err
	}
	defer fn.Stop()
	look, err := in.look(ctx, fn.Address)
	if err != nil {
		return err
	}
	defer look.stop()
	var rendered, said bytes.Buffer
	err = cli.Render(ctx, in, look.address, &rendered, &said)
	if why := refusal(said.String()); err != nil && why != nil {
		return fmt.Errorf("%s: %w", o.File, why)
	}
	_, errOut := stdout.Write(rendered.Bytes())
	_, errLog := said.WriteTo(stderr)
	return cmp.Or(err, errOut, errLog, in.writePlan(stderr, rendered.Bytes()), in.writeTakeOver(stderr, rendered.Bytes(), look.found()))
}
