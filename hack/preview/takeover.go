package preview

import (
	"context"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/preview/existing"
	"github.com/crossplane-contrib/function-xredis/internal/status"
)

// readExisting from files, if there are any. The plan of taking over is that of a preview,
// whatever the claim's mode is.
func (in *Input) readExisting(files []string) error {
	if len(files) == 0 {
		return nil
	}
	var err error
	if in.existing, err = existing.Read(files...); err != nil {
		return err
	}
	if _, found, _ := unstructured.NestedMap(in.XR.Object, "spec", "existing"); !found {
		return nil
	}
	mode, _, _ := unstructured.NestedString(in.XR.Object, "spec", "existing", "mode")
	in.takesOver = mode == v1alpha1.ExistingModeTakeOver
	return unstructured.SetNestedField(in.XR.Object, v1alpha1.ExistingModePreview, "spec", "existing", "mode")
}

// A look at what exists, for the function at an address.
type look struct {
	address string
	stop    func()
	found   func() existing.Findings
}

// look at what exists, or run the function at an address as it is.
func (in *Input) look(ctx context.Context, address string) (look, error) {
	if in.existing == nil {
		return look{address, func() {}, func() existing.Findings { return existing.Findings{} }}, nil
	}
	f, at, stop, err := existing.Serve(ctx, in.existing, address)
	return look{at, stop, func() existing.Findings { return f.Findings }}, err
}

// writeTakeOver writes what taking over would change, as the function says in the
// composite's status, what AWS is doing with the cache, and what the answers leave out.
func (in *Input) writeTakeOver(w io.Writer, rendered []byte, found existing.Findings) error {
	if in.existing == nil || len(rendered) == 0 {
		return nil
	}
	xr, err := renderedComposite(rendered)
	if err != nil {
		return err
	}
	lines, _, _ := unstructured.NestedStringSlice(xr.Object, "status", "changes")
	for _, text := range found.Cannot {
		lines = append(lines, "cannot: "+text)
	}
	for _, text := range found.Waits {
		lines = append(lines, "wait: "+text)
	}
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ") // One that AWS has may be several.
	}
	out := "\n" + strings.Join(append([]string{in.advised(falseMessage(xr, "Accepted"), found)}, lines...), "\n  ") + "\n"
	if len(found.NotKnown) > 0 {
		out += "Not known, so that lines about it may be missing or wrong; add what these commands print:\n  " + strings.Join(found.NotKnown, "\n  ") + "\n"
	}
	_, err = io.WriteString(w, status.Printable(out))
	return err
}

// advised is what the function says, with what to do by what the claim says already, and
// what the answers tell beside it.
func (in *Input) advised(message string, found existing.Findings) string {
	said, _, advises := strings.Cut(message, status.AdviseTakeOver)
	switch {
	case !advises:
		return message
	case len(found.Cannot) > 0:
		return said + status.CannotTakeOver
	case len(found.Waits) > 0:
		return said + "Do so later: lines that begin with \"wait\" say what AWS has yet to do."
	case in.takesOver:
		return said + "To do so, apply the claim: its spec.existing.mode is TakeOver."
	}
	return said + status.AdviseTakeOver + "."
}
