package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
	sigsyaml "sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/manifest"
)

var update = flag.Bool("update", false, "rewrite the expected output of the examples")

const (
	annotationResourceName = "crossplane.io/composition-resource-name"

	flavourClaims     = "claims"
	flavourNamespaced = "namespaced"

	// connectionNamespace is the writeConnectionSecretsToNamespace of the
	// Compositions in configuration/.
	connectionNamespace = "crossplane-system"
)

// An example is one stage of one case in one flavour: what the function is given
// and what it must answer.
type example struct {
	name string // As in minimal/claims/1-nothing-yet.
	req  *fnv1.RunFunctionRequest
	dir  string
}

// TestExamples runs every stage of every example and compares all that the
// function decides. The examples are documentation and tests at once.
func TestExamples(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			rsp := run(t, e.req)
			compare(t, filepath.Join(e.dir, "output.yaml"), format(t, rsp))
			compare(t, filepath.Join(e.dir, "not-rendered.yaml"), notRendered(t, rsp))
			compare(t, filepath.Join(e.dir, "error.txt"), []byte(fatal(rsp)))
		})
	}
}

// compare what was answered with a file, which is missing where nothing is
// expected.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		write(t, file, got)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want, +got (-update rewrites it):\n%s", file, diff)
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if len(content) == 0 {
		_ = os.Remove(file)
		return
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// examples on disk: example/<case>/<flavour>/<stage>/.
func examples(t testing.TB) []example {
	t.Helper()
	dirs, err := filepath.Glob("example/*/*/*")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for _, dir := range dirs {
		flavour := filepath.Base(filepath.Dir(dir))
		if flavour != flavourClaims && flavour != flavourNamespaced {
			continue
		}
		name, _ := filepath.Rel("example", dir)
		out = append(out, example{name: name, dir: dir, req: request(t, dir, flavour)})
	}
	checkStages(t, out)
	return out
}

// checkStages of every case: without any it would test nothing.
func checkStages(t testing.TB, examples []example) {
	t.Helper()
	for flavour, source := range map[string]string{flavourClaims: "claim.yaml", flavourNamespaced: "xr.yaml"} {
		files, err := filepath.Glob(filepath.Join("example", "*", source))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			stages := filepath.Join(filepath.Dir(file), flavour)
			if !slices.ContainsFunc(examples, func(e example) bool { return filepath.Dir(e.dir) == stages }) {
				t.Errorf("%s has no stages: make the folder %s/1-nothing-yet and run go test . -run TestExamples -update", file, stages)
			}
		}
	}
}

// request as Crossplane would make it of the files of a stage.
func request(t testing.TB, dir, flavour string) *fnv1.RunFunctionRequest {
	t.Helper()
	root := filepath.Dir(filepath.Dir(dir))
	xr := readXR(t, root, flavour)
	secrets := secretsOf(documents(t, filepath.Join(dir, "required.yaml")))
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Tag: "example", Capabilities: crossplane.AllCapabilities()},
		Input:             input(t, root),
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: asStruct(t, xr), ConnectionDetails: details(xr, secrets)}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	req.Observed.Resources = map[string]*fnv1.Resource{}
	for _, o := range documents(t, filepath.Join(dir, "observed.yaml")) {
		req.Observed.Resources[o.GetAnnotations()[annotationResourceName]] = &fnv1.Resource{Resource: asStruct(t, o), ConnectionDetails: details(o, secrets)}
	}
	resolve(t, req, secrets)
	return req
}

// resolve what the function requires, in rounds, as Crossplane does.
func resolve(t testing.TB, req *fnv1.RunFunctionRequest, secrets map[string]*unstructured.Unstructured) {
	t.Helper()
	for name, selector := range run(t, req).GetRequirements().GetResources() {
		req.RequiredResources[name] = &fnv1.Resources{}
		if s, ok := secrets[selector.GetNamespace()+"/"+selector.GetMatchName()]; ok {
			req.RequiredResources[name].Items = []*fnv1.Resource{{Resource: asStruct(t, s)}}
		}
	}
}

func readXR(t testing.TB, root, flavour string) *unstructured.Unstructured {
	t.Helper()
	if flavour == flavourNamespaced {
		xr := documents(t, filepath.Join(root, "xr.yaml"))[0]
		claim.Identify(xr)
		return xr
	}
	file := filepath.Join(root, "claim.yaml")
	xr, err := claim.Composite(documents(t, file)[0], connectionNamespace)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return xr
}

// input of the Composition that lies beside an example, if there is one.
func input(t testing.TB, root string) *structpb.Struct {
	t.Helper()
	for _, c := range documents(t, filepath.Join(root, "composition.yaml")) {
		steps, _, _ := unstructured.NestedSlice(c.Object, "spec", "pipeline")
		in, _, _ := unstructured.NestedMap(steps[0].(map[string]any), "input")
		return asStruct(t, &unstructured.Unstructured{Object: in})
	}
	return nil
}

// details that an object has written to its connection Secret.
func details(o *unstructured.Unstructured, secrets map[string]*unstructured.Unstructured) map[string][]byte {
	name, _, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "name")
	namespace, found, _ := unstructured.NestedString(o.Object, "spec", "writeConnectionSecretToRef", "namespace")
	if !found {
		namespace = o.GetNamespace()
	}
	s, ok := secrets[namespace+"/"+name]
	if !ok || o.GroupVersionKind().Group == "m.platform.example.org" {
		return nil // A namespaced composite has no connection details.
	}
	data, _, _ := unstructured.NestedStringMap(s.Object, "data")
	out := map[string][]byte{}
	for key, value := range data {
		out[key], _ = base64.StdEncoding.DecodeString(value)
	}
	return out
}

func secretsOf(docs []*unstructured.Unstructured) map[string]*unstructured.Unstructured {
	out := map[string]*unstructured.Unstructured{}
	for _, d := range docs {
		out[d.GetNamespace()+"/"+d.GetName()] = d
	}
	return out
}

// documents of a YAML file, none if there is no such file.
func documents(t testing.TB, file string) []*unstructured.Unstructured {
	t.Helper()
	out, err := manifest.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t rapid.TB, req *fnv1.RunFunctionRequest) *fnv1.RunFunctionResponse {
	t.Helper()
	log := &recorder{}
	rsp, err := (&Function{log: log}).RunFunction(context.Background(), req)
	if err != nil {
		t.Fatalf("RunFunction must answer with a Fatal result and never with an error: %v", err)
	}
	if strings.Contains(fatal(rsp), errPanic.Error()) {
		t.Fatal(log.text())
	}
	return rsp
}

func asStruct(t testing.TB, u *unstructured.Unstructured) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(u.Object)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fatal is the text of a refusal.
func fatal(rsp *fnv1.RunFunctionResponse) string {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return r.GetMessage() + "\n"
		}
	}
	return ""
}

// format what the function decided, in the form in which the CLI renders it: the
// composite with its status first, and then each resource.
func format(t testing.TB, rsp *fnv1.RunFunctionResponse) []byte {
	t.Helper()
	if fatal(rsp) != "" {
		return nil
	}
	xr := rsp.GetDesired().GetComposite().GetResource().AsMap()
	unstructured.SetNestedSlice(xr, conditions(rsp), "status", "conditions") //nolint:errcheck // It is a map that AsMap made.
	docs := []map[string]any{xr}
	for _, name := range slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())) {
		u := &unstructured.Unstructured{Object: rsp.GetDesired().GetResources()[name].GetResource().AsMap()}
		annotations := u.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[annotationResourceName] = name
		u.SetAnnotations(annotations)
		docs = append(docs, u.Object)
	}
	var out bytes.Buffer
	for i, d := range docs {
		b, err := sigsyaml.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			out.WriteString("---\n")
		}
		out.Write(b)
	}
	return out.Bytes()
}

// notRendered is what the CLI does not print: readiness, the connection details
// of a claim's composite, and what is asked of Crossplane.
func notRendered(t testing.TB, rsp *fnv1.RunFunctionResponse) []byte {
	t.Helper()
	if fatal(rsp) != "" {
		return nil
	}
	ready := map[string]string{"composite": rsp.GetDesired().GetComposite().GetReady().String()}
	for name, r := range rsp.GetDesired().GetResources() {
		ready[name] = r.GetReady().String()
	}
	details := map[string]string{}
	for key, value := range rsp.GetDesired().GetComposite().GetConnectionDetails() {
		details[key] = string(value)
	}
	required := map[string]string{}
	for name, s := range rsp.GetRequirements().GetResources() {
		required[name] = s.GetApiVersion() + " " + s.GetKind() + " " + s.GetNamespace() + "/" + s.GetMatchName()
	}
	b, err := sigsyaml.Marshal(map[string]any{"ready": ready, "connectionDetails": details, "required": required})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func conditions(rsp *fnv1.RunFunctionResponse) []any {
	out := make([]any, 0, len(rsp.GetConditions()))
	for _, c := range rsp.GetConditions() {
		out = append(out, map[string]any{
			"type":    c.GetType(),
			"status":  map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()],
			"reason":  c.GetReason(),
			"message": c.GetMessage(),
		})
	}
	slices.SortFunc(out, func(a, b any) int {
		return strings.Compare(a.(map[string]any)["type"].(string), b.(map[string]any)["type"].(string))
	})
	return out
}
