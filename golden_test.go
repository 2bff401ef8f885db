package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
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

	available bool // The cache works, and nothing is under way any more.
}

// A story is a case or a scenario, played in both flavours.
type story struct {
	examples []example
	got      []byte // What the file of a scenario should be.
}

// stories by the name of their folder or file. Each is played once, when a test first asks.
var stories = sync.OnceValue(func() map[string]func() (story, error) {
	out := map[string]func() (story, error){}
	claims, _ := filepath.Glob("example/*/claim.yaml")
	for _, file := range claims {
		dir := filepath.Dir(file)
		out[filepath.Base(dir)] = sync.OnceValues(func() (story, error) { return playCase(dir) })
	}
	files, _ := filepath.Glob("example/scenarios/*.txt")
	for _, file := range files {
		out[strings.TrimSuffix(filepath.Base(file), ".txt")] = sync.OnceValues(func() (story, error) { return playScenario(file) })
	}
	return out
})

// played story of a name.
func played(t testing.TB, name string) story {
	t.Helper()
	play, found := stories()[name]
	if !found {
		t.Fatalf("there is no example %s", name)
	}
	out, err := play()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// examples of all stories, for the caller to change.
func examples(t testing.TB) []example {
	t.Helper()
	var wg sync.WaitGroup
	for _, play := range stories() {
		wg.Go(func() { _, _ = play() })
	}
	wg.Wait()
	var out []example
	for _, name := range slices.Sorted(maps.Keys(stories())) {
		for _, e := range played(t, name).examples {
			e.req = clone(e.req)
			out = append(out, e)
		}
	}
	return out
}

// stage is the request of an example, for the caller to change.
func stage(t testing.TB, name string) *fnv1.RunFunctionRequest {
	t.Helper()
	of, _, _ := strings.Cut(name, "/")
	all := played(t, of).examples
	i := slices.IndexFunc(all, func(e example) bool { return e.name == name })
	if i < 0 {
		t.Fatalf("there is no example %s", name)
	}
	return clone(all[i].req)
}

// TestExamples compares every stage of every case with its files: what is given to a CLI,
// and what the function decides.
//
//	go test . -run 'TestExamples|TestScenarios' -rewrite
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("example/*/claims/*")
	more, _ := filepath.Glob("example/*/namespaced/*")
	if dirs = append(dirs, more...); err != nil || len(dirs) < 12 {
		t.Fatalf("there are %d stages: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		name := strings.TrimPrefix(dir, "example/")
		t.Run(name, func(t *testing.T) {
			req := stage(t, name)
			compare(t, filepath.Join(dir, "observed.yaml"), manifests(t, named(req.GetObserved())))
			compare(t, filepath.Join(dir, "required.yaml"), manifests(t, secretsOf(req)))
			rsp := run(t, req)
			xr := rsp.GetDesired().GetComposite().GetResource().AsMap()
			unstructured.SetNestedSlice(xr, conditions(rsp), "status", "conditions") //nolint:errcheck // It is a map that AsMap made.
			compare(t, filepath.Join(dir, "output.yaml"), manifests(t, append([]map[string]any{xr}, named(rsp.GetDesired())...)))
			compare(t, filepath.Join(dir, "not-rendered.yaml"), manifests(t, []map[string]any{notRendered(rsp)}))
		})
	}
}

// compare what was answered with a file, which is missing where nothing is expected.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *rewrite {
		write(t, file, got)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want, +got (-rewrite rewrites it):\n%s", file, diff)
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

// playCase from the moment at which its claim is applied until its cache is settled, and
// show what the files of these two stages hold.
func playCase(dir string) (story, error) {
	var out story
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		l := &life{flavour: flavour, dir: dir, name: filepath.Base(dir), tokens: []string{"Sup3r-Secret^Token#1&more"}}
		if err := l.do(txtar.File{Name: "cache"}); err != nil {
			return story{}, fmt.Errorf("%s: %w", dir, err)
		}
		xr, err := newComposite(dir, flavour)
		if err != nil {
			return story{}, err
		}
		for i, stage := range map[int]string{0: "nothing-yet", len(l.seen) - 1: "settled"} {
			l.seen[i].name = filepath.Join(l.name, flavour, stage)
			l.seen[i].available = stage == "settled"
			asFiles(l.seen[i].req, xr)
		}
		out.examples = append(out.examples, l.seen...)
	}
	return out, nil
}

// asFiles turns a request into one that a CLI makes of files: the composite is as its owner
// wrote it, and of what is observed the files leave out what nobody reads.
func asFiles(req *fnv1.RunFunctionRequest, xr *unstructured.Unstructured) {
	req.GetObserved().GetComposite().Resource = asStruct(xr)
	for _, r := range req.GetObserved().GetResources() {
		metadata := r.GetResource().GetFields()["metadata"].GetStructValue().GetFields()
		for _, key := range []string{"finalizers", "generation", "ownerReferences"} {
			delete(metadata, key)
		}
		atProvider := r.GetResource().GetFields()["status"].GetStructValue().GetFields()["atProvider"].GetStructValue().GetFields()
		delete(atProvider, "tags")
		delete(atProvider, "tagsAll")
	}
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

// manifests in a stream.
func manifests(t testing.TB, docs []map[string]any) []byte {
	t.Helper()
	var out [][]byte
	for _, d := range docs {
		b, err := yaml.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return bytes.Join(out, []byte("---\n"))
}

// named resources of a state, each with its name in an annotation, as a CLI has them.
func named(state *fnv1.State) []map[string]any {
	var out []map[string]any
	for _, name := range slices.Sorted(maps.Keys(state.GetResources())) {
		u := &unstructured.Unstructured{Object: state.GetResources()[name].GetResource().AsMap()}
		meta.AddAnnotations(u, map[string]string{annotationResourceName: name})
		out = append(out, u.Object)
	}
	return out
}

// secretsOf a request: those that it requires, and those with connection details.
func secretsOf(req *fnv1.RunFunctionRequest) []map[string]any {
	byName := map[string]map[string]any{}
	add := func(namespace, name string, data map[string]any) {
		byName[namespace+"/"+name] = map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"namespace": namespace, "name": name}, "data": data,
		}
	}
	for _, r := range append(slices.Collect(maps.Values(req.GetObserved().GetResources())), req.GetObserved().GetComposite()) {
		data := map[string]any{}
		for key, value := range r.GetConnectionDetails() {
			data[key] = base64.StdEncoding.EncodeToString(value)
		}
		if o := (protocol.Object{Struct: r.GetResource()}); len(data) > 0 {
			add(o.Namespace()+o.Text("spec", "writeConnectionSecretToRef", "namespace"), o.Text("spec", "writeConnectionSecretToRef", "name"), data)
		}
	}
	for _, found := range req.GetRequiredResources() {
		for _, r := range found.GetItems() {
			if o := (protocol.Object{Struct: r.GetResource()}); o.Text("kind") == "Secret" {
				add(o.Namespace(), o.Name(), o.Value("data").GetStructValue().AsMap())
			}
		}
	}
	var out []map[string]any
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

// notRendered is what the CLI does not print: readiness, the connection details
// of a claim's composite, and what is asked of Crossplane.
func notRendered(rsp *fnv1.RunFunctionResponse) map[string]any {
	ready := map[string]any{"composite": rsp.GetDesired().GetComposite().GetReady().String()}
	for name, r := range rsp.GetDesired().GetResources() {
		ready[name] = r.GetReady().String()
	}
	details := map[string]any{}
	for key, value := range rsp.GetDesired().GetComposite().GetConnectionDetails() {
		details[key] = string(value)
	}
	required := map[string]any{}
	for name, s := range rsp.GetRequirements().GetResources() {
		required[name] = s.GetApiVersion() + " " + s.GetKind() + " " + s.GetNamespace() + "/" + s.GetMatchName()
	}
	return map[string]any{"ready": ready, "connectionDetails": details, "required": required}
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
