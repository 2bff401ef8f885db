package preview

import (
	"context"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/hack/preview/existing"
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
	return unstructured.SetNestedField(in.XR.Object, "Preview", "spec", "existing", "mode")
}

// A look at what exists, for the function at an address.
type look struct {
	address  string
	stop     func()
	notKnown func() []string
}

// look at what exists, or run the function at an address as it is.
func (in *Input) look(ctx context.Context, address string) (look, error) {
	if in.existing == nil {
		return look{address, func() {}, func() []string { return nil }}, nil
	}
	f, at, stop, err := existing.Serve(ctx, in.existing, address)
	return look{at, stop, func() []string { return f.NotKnown }}, err
}

// writeTakeOver writes what taking over would change, as the function says in the
// composite's status, and what the answers leave out.
func (in *Input) writeTakeOver(w io.Writer, rendered []byte, notKnown []string) error {
	if in.existing == nil || len(rendered) == 0 {
		return nil
	}
	xr, err := renderedComposite(rendered)
	if err != nil {
		return err
	}
	changes, _, _ := unstructured.NestedStringSlice(xr.Object, "status", "changes")
	out := "\n" + strings.Join(append([]string{falseMessage(xr, "Accepted")}, changes...), "\n  ") + "\n"
	if len(notKnown) > 0 {
		out += "Not known, so that the list may lack something; these commands say it:\n  " + strings.Join(notKnown, "\n  ") + "\n"
	}
	_, err = io.WriteString(w, out)
	return err
}
