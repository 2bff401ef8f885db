package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/manifest"
)

var rewrite = flag.Bool("rewrite", false, "rewrite what the examples expect")

const (
	annotationResourceName = "crossplane.io/composition-resource-name"

	flavourClaims     = "claims"
	flavourNamespaced = "namespaced"

	// connectionNamespace is the writeConnectionSecretsToNamespace of the
	// Compositions in configuration/.
	connectionNamespace = "crossplane-system"
)

// An example is a moment of a cache's life in one flavour: a stage of a case, or a moment
// of a scenario.
type example struct {
	name string // As in minimal/claims/nothing-yet, or redis-6-to-7/claims/2.
	req  *fnv1.RunFunctionRequest

	available bool // The cache works, and nothing is under way.
}

// examples are read and played once, and each caller's own.
func examples(t testing.TB) []example {
	t.Helper()
	all, err := allExamples()
	if err != nil {
		t.Fatal(err)
	}
	out := slices.Clone(all)
	for i := range out {
		out[i].req = clone(out[i].req)
	}
	return out
}

var allExamples = sync.OnceValues(func() ([]example, error) {
	out, err := cases()
	played, playErr := scenarios()
	if err := errors.Join(err, playErr); err != nil {
		return nil, err
	}
	for _, s := range played {
		out = append(out, s.seen...)
	}
	return out, nil
})

// stage is the request of an example.
func stage(t testing.TB, name string) *fnv1.RunFunctionRequest {
	t.Helper()
	all, err := allExamples()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(e example) bool { return e.name == name })
	if i < 0 {
		t.Fatalf("there is no example %s", name)
	}
	return clone(all[i].req)
}

// cases of example/, in both flavours: nothing yet, and settled.
var cases = sync.OnceValues(func() ([]example, error) {
	files, err := filepath.Glob("example/*/claim.yaml")
	if err != nil {
		return nil, err
	}
	var out []example
	for _, file := range files {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			for _, stage := range []string{"nothing-yet", "settled"} {
				name := filepath.Join(filepath.Base(filepath.Dir(file)), flavour, stage)
				req, err := request(filepath.Join("example", name), flavour)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
				out = append(out, example{name: name, req: req, available: stage == "settled"})
			}
		}
	}
	return out, nil
})

// TestExamples compares all that the function decides in every stage of every case.
//
//	go test . -run 'TestExamples|TestScenarios' -rewrite
func TestExamples(t *testing.T) {
	all, err := cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) {
			rsp := run(t, clone(e.req))
			compare(t, filepath.Join("example", e.name, "output.yaml"), format(t, rsp))
			compare(t, filepath.Join("example", e.name, "not-rendered.yaml"), notRendered(t, rsp))
		})
	}
}

// compare what was answered with a file.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want, +got (-rewrite rewrites it):\n%s", file, diff)
	}
}

// request as Crossplane would make it of the files of a stage.
func request(dir, flavour string) (*fnv1.RunFunctionRequest, error) {
	xr, err := newComposite(filepath.Dir(filepath.Dir(dir)), flavour)
	if err != nil {
		return nil, err
	}
	required, err := manifest.Read(filepath.Join(dir, "required.yaml"))
	if err != nil {
		return nil, err
	}
	secrets := secretsOf(required)
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Tag: "example", Capabilities: crossplane.AllCapabilities()},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: asStruct(xr), ConnectionDetails: details(xr, secrets)}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	observed, err := manifest.Read(filepath.Join(dir, "observed.yaml"))
	if err != nil {
		return nil, err
	}
	for _, o := range observed {
		req.Observed.Resources[o.GetAnnotations()[annotationResourceName]] = &fnv1.Resource{Resource: asStruct(o), ConnectionDetails: details(o, secrets)}
	}
	return req, resolve(req, secrets)
}

// resolve what the function requires, in rounds, as Crossplane does.
func resolve(req *fnv1.RunFunctionRequest, secrets map[string]*unstructured.Unstructured) error {
	rsp, err := (&Function{log: logging.NewNopLogger()}).RunFunction(context.Background(), clone(req))
	if err != nil {
		return err
	}
	for name, selector := range rsp.GetRequirements().GetResources() {
		req.RequiredResources[name] = &fnv1.Resources{}
		if s, ok := secrets[selector.GetNamespace()+"/"+selector.GetMatchName()]; ok {
			req.RequiredResources[name].Items = []*fnv1.Resource{{Resource: asStruct(s)}}
		}
	}
	return nil
}

// newComposite of a case, as it is when Crossplane first sees it.
func newComposite(dir, flavour string) (*unstructured.Unstructured, error) {
	file := map[string]string{flavourClaims: "claim.yaml", flavourNamespaced: "xr.yaml"}[flavour]
	docs, err := manifest.Read(filepath.Join(dir, file))
	if err != nil {
		return nil, err
	}
	if flavour == flavourClaims {
		return claim.Composite(docs[0], connectionNamespace)
	}
	claim.Identify(docs[0])
	return docs[0], nil
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

func asStruct(u *unstructured.Unstructured) *structpb.Struct {
	s, err := structpb.NewStruct(u.Object)
	if err != nil {
		panic(err) // It was read from a file of ours.
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
