package preview

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/internal/status"
)

// writePlan of what a cache that was observed is to be changed in, as the function says
// in the composite's status. The composite is the first document of what was rendered.
func (in *Input) writePlan(w io.Writer, rendered []byte) error {
	if len(in.observed) == 0 || len(rendered) == 0 {
		return nil
	}
	xr, err := renderedComposite(rendered)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, status.Printable(in.plan(xr)))
	return err
}

func renderedComposite(rendered []byte) (*unstructured.Unstructured, error) {
	doc, err := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(rendered))).Read()
	if err != nil {
		return nil, err
	}
	xr := &unstructured.Unstructured{}
	return xr, yaml.Unmarshal(doc, &xr.Object)
}

// observesCache reports whether what is observed has a cache that AWS has made.
func (in *Input) observesCache() bool {
	return slices.ContainsFunc(in.observed, func(o *unstructured.Unstructured) bool {
		engine, _, _ := unstructured.NestedString(o.Object, "status", "atProvider", "engine")
		return engine != ""
	})
}

// plan in words: what changes, from what to what, in which order, whether that
// interrupts and how long it takes; and what is refused.
func (in *Input) plan(xr *unstructured.Unstructured) string {
	engine, _, _ := unstructured.NestedString(xr.Object, "status", "engine")
	switch {
	case engine == "" && in.observesCache():
		return "\nNo plan: which token this cache has is known from its connection Secrets only. Render with --cli 2.5, and name a file of them with -e.\n"
	case engine == "":
		return "\nPlan: AWS reports no cache yet, so it is created as shown above.\n"
	}
	out := "\nNo changes.\n"
	changes, _, _ := unstructured.NestedStringSlice(xr.Object, "status", "changes")
	if len(changes) > 0 {
		out = "\nPlan, in this order:\n  " + strings.Join(changes, "\n  ") + "\n"
	}
	if refused := falseMessage(xr, "Accepted"); refused != "" {
		out += "Refused:\n  " + strings.ReplaceAll(refused, "; spec.", "\n  spec.") + "\n"
	}
	return out
}

// falseMessage of a condition, empty if it is not False.
func falseMessage(xr *unstructured.Unstructured, kind string) string {
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")
	for _, c := range conditions {
		c, _ := c.(map[string]any)
		if c["type"] == kind && c["status"] == "False" {
			message, _, _ := unstructured.NestedString(c, "message")
			return message
		}
	}
	return ""
}
