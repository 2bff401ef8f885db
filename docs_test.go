package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/hack/preview"
	"github.com/crossplane-contrib/function-xredis/internal/claim"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
	"github.com/crossplane-contrib/function-xredis/internal/testing/manifest"
	"github.com/crossplane-contrib/function-xredis/internal/testing/markdown"
	"github.com/crossplane-contrib/function-xredis/internal/testing/plain"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// pages are all documents for people.
func pages(t *testing.T) []markdown.Page {
	t.Helper()
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []markdown.Page
	for _, file := range append([]string{"README.md", "CONTRIBUTING.md", "example/README.md"}, files...) {
		p, err := markdown.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestDocsLength(t *testing.T) {
	most := map[string]int{"README.md": 1300, "docs/performance.md": 700}
	for _, p := range pages(t) {
		if limit, ok := most[p.File]; ok && p.Words() > limit {
			t.Errorf("%s has %d words, and may have %d: move something to docs/", p.File, p.Words(), limit)
		}
	}
}

// TestDocsWords finds words that a reader stumbles over. Those of docs/fields.md come
// from the comments of the Go types.
func TestDocsWords(t *testing.T) {
	avoid := regexp.MustCompile(`(?i)\b(mend(s|ed|ing)?|whom|of no account|passed over|at the door|served no more|for good|tells? whether|lies in|by itself|is told)\b`)
	for _, p := range pages(t) {
		for _, word := range avoid.FindAllString(strings.Join(strings.Fields(p.Text), " "), -1) {
			t.Errorf("%s: %q: say it in plain words", p.File, word)
		}
	}
}

func TestDocsLinks(t *testing.T) {
	all := pages(t)
	anchors := map[string][]string{}
	for _, p := range all {
		anchors[p.File] = p.Anchors()
	}
	for _, p := range all {
		for _, link := range p.Links() {
			if strings.HasPrefix(link, "https://") {
				continue
			}
			target, anchor, _ := strings.Cut(link, "#")
			file := p.File
			if target != "" {
				file = filepath.Join(filepath.Dir(p.File), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link %s leads nowhere", p.File, link)
			}
			if anchor != "" && !slices.Contains(anchors[file], anchor) {
				t.Errorf("%s: %s has no heading for the link %s; it has %q", p.File, file, link, anchors[file])
			}
		}
	}
}

// TestExamplesAreListed finds cases and scenarios that the index lacks.
func TestExamplesAreListed(t *testing.T) {
	index, err := os.ReadFile("example/README.md")
	if err != nil {
		t.Fatal(err)
	}
	claims, _ := filepath.Glob("example/*/claim.yaml")
	stories, _ := filepath.Glob("example/scenarios/*.txt")
	for _, file := range append(claims, stories...) {
		if link := strings.TrimPrefix(file, "example"); !strings.Contains(string(index), link[1:]) {
			t.Errorf("example/README.md does not list %s", file)
		}
	}
}

// TestDocsPaths finds files that the documents name and the repository does not have.
func TestDocsPaths(t *testing.T) {
	for _, p := range pages(t) {
		for _, code := range p.Inline() {
			if err := checkPath(code); err != nil {
				t.Errorf("%s: %v", p.File, err)
			}
		}
	}
}

// TestMap checks that each question of a newcomer has exactly one file that answers it.
func TestMap(t *testing.T) {
	b, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(b), "\n## Map\n")
	rows := regexp.MustCompile(`(?m)^\| (.+\?) \| (.+) \|$`).FindAllStringSubmatch(section, -1)
	if len(rows) != 10 {
		t.Errorf("the map has %d questions, not 10: is it the last section?", len(rows))
	}
	for _, row := range rows {
		file := strings.Trim(row[2], "`")
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			t.Errorf("%s %q is not one file", row[1], file)
		}
	}
}

// TestDocsFields finds fields that the documents name and the API does not have.
func TestDocsFields(t *testing.T) {
	spec := append(plain.Fields(reflect.TypeFor[v1alpha1.XRedisSpec]()),
		"crossplane", "resourceRef", "resourceRefs", "compositionRef", "compositionSelector") // Crossplane's own.
	status := append(plain.Fields(reflect.TypeFor[v1alpha1.XRedisStatus]()), "atProvider", "conditions")
	for _, p := range pages(t) {
		for _, code := range p.Inline() {
			of, name, _ := strings.Cut(code, ".")
			name, _, _ = strings.Cut(name, ".")
			if of == "spec" && !slices.Contains(spec, name) || of == "status" && !slices.Contains(status, name) {
				t.Errorf("%s: there is no field %s", p.File, code)
			}
		}
	}
}

// vocabulary is the types and the reasons of all conditions, as internal/status has
// them.
func vocabulary(t *testing.T) (types, reasons []string) {
	t.Helper()
	files, err := filepath.Glob("internal/status/*.go")
	files = append(files, "apis/v1alpha1/conditions.go")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, name := range v.Names {
					if text, ok := v.Values[i].(*ast.BasicLit); ok && text.Kind == token.STRING {
						texts[name.Name], _ = strconv.Unquote(text.Value)
					}
				}
			}
			return true
		})
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		switch {
		case strings.HasPrefix(name, "reason"):
			reasons = append(reasons, texts[name])
		case strings.HasPrefix(name, "Condition"):
			types = append(types, texts[name])
		}
	}
	if len(types) < 4 || len(reasons) < 4 {
		t.Fatalf("internal/status was read wrongly: types %q, reasons %q", types, reasons)
	}
	return types, reasons
}

func TestDocsConditions(t *testing.T) {
	types, reasons := vocabulary(t)
	types = append(types, "Ready", "Synced")
	condition := regexp.MustCompile(`^([A-Z]\w+)=(?:True|False|Unknown)(?:/(\w+))?$`)
	for _, p := range pages(t) {
		for _, code := range p.Inline() {
			m := condition.FindStringSubmatch(code)
			if m != nil && (!slices.Contains(types, m[1]) || m[2] != "" && !slices.Contains(reasons, m[2])) {
				t.Errorf("%s: the function has no condition %s", p.File, code)
			}
		}
	}
	operations, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `\\w+=\\w+` \\| `(\\w+)` \\|").FindAllSubmatch(operations, -1) {
		documented = append(documented, string(row[1]))
	}
	for _, reason := range documented {
		if !slices.Contains(reasons, reason) {
			t.Errorf("docs/operations.md: the function has no reason %s", reason)
		}
	}
	for _, reason := range reasons {
		if !slices.Contains(documented, reason) {
			t.Errorf("docs/operations.md does not say what to do for the reason %s", reason)
		}
	}
	alerts, err := os.ReadFile("docs/deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\b(type|reason)="(\w+)"`).FindAllStringSubmatch(string(alerts), -1) {
		if known := map[string][]string{"type": types, "reason": reasons}[m[1]]; !slices.Contains(known, m[2]) {
			t.Errorf("docs/deploy/alerts.yaml: the function has no %s %s", m[1], m[2])
		}
	}
}

// TestDocsManifests holds every manifest of the documents against the schema that the
// API server would have for it, and gives the function every claim, every XRedis and
// every Input. A claim without a network is given the first Input of its page.
func TestDocsManifests(t *testing.T) {
	blocks, inputs := map[string]string{}, map[string]*structpb.Struct{}
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if b.Language == "yaml" {
				blocks[fmt.Sprintf("%s:%d", p.File, b.Line)] = b.Code
				if in := inputIn(t, b.Code); in != nil && inputs[p.File] == nil {
					inputs[p.File] = in
				}
			}
		}
	}
	files, err := filepath.Glob("docs/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks[file] = string(b)
	}
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(blocks[name], "customResourceState:") {
				parseYAML(t, blocks[name]) // Values of a Helm chart.
				return
			}
			docs, err := manifest.Decode([]byte(blocks[name]))
			if err != nil {
				t.Fatal(err)
			}
			file, _, _ := strings.Cut(name, ":")
			for _, doc := range docs {
				checkManifest(t, doc, inputs[file])
			}
		})
	}
}

// inputIn a manifest: the Input itself, or that of a Composition; nil if it has none.
func inputIn(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	docs, err := manifest.Decode([]byte(text))
	if err != nil || len(docs) != 1 {
		return nil
	}
	switch docs[0].GetKind() {
	case "Input":
		return asStruct(docs[0])
	case "Composition":
		steps, _, _ := unstructured.NestedSlice(docs[0].Object, "spec", "pipeline")
		in, _, _ := unstructured.NestedMap(steps[0].(map[string]any), "input")
		return asStruct(&unstructured.Unstructured{Object: in})
	}
	return nil
}

func parseYAML(t *testing.T, text string) {
	t.Helper()
	var out map[string]any
	if err := yaml.UnmarshalStrict([]byte(text), &out); err != nil {
		t.Error(err)
	}
}

func checkManifest(t *testing.T, doc *unstructured.Unstructured, in *structpb.Struct) {
	t.Helper()
	s, err := schemaOf(t, doc)
	if err != nil {
		t.Fatal(err)
	}
	if s != nil {
		for _, err := range s.Validate(doc, nil) {
			t.Errorf("%s %s: %v", doc.GetKind(), doc.GetName(), err)
		}
	}
	switch doc.GetKind() {
	case "Redis", "XRedis":
		if _, has, _ := unstructured.NestedString(doc.Object, "spec", "vpcId"); has {
			in = nil
		}
		accept(t, &fnv1.RunFunctionRequest{
			Input:    in,
			Meta:     &fnv1.RequestMeta{Tag: "docs", Capabilities: crossplane.AllCapabilities()},
			Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: asStruct(compositeOf(t, doc))}},
		})
	case "Composition", "Input":
		b, err := doc.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		req := stage(t, "platform-defaults/claims/1")
		req.Input = inputIn(t, string(b))
		accept(t, req)
	}
}

// schemaOf a manifest; nil for kinds of others.
func schemaOf(t *testing.T, doc *unstructured.Unstructured) (*schema.Schema, error) {
	t.Helper()
	gvk := doc.GroupVersionKind()
	switch {
	case gvk.Kind == "Redis":
		return schema.Claim("configuration/claims/definition.yaml", gvk.Version)
	case gvk.Kind == "XRedis":
		return schema.Composite("configuration/namespaced/definition.yaml", gvk.Version)
	case gvk.Kind == "Input":
		return schema.CRD("package/input/redis.fn.crossplane.io_inputs.yaml", gvk.Version)
	case strings.HasSuffix(gvk.Group, ".upbound.io"):
		return schema.Provider(gvk)
	case strings.HasSuffix(gvk.Group, ".crossplane.io"):
		return schema.Crossplane(gvk)
	}
	return nil, nil //nolint:nilnil // Most kinds have no schema here.
}

func compositeOf(t *testing.T, doc *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	if !claim.IsClaim(doc) {
		claim.Identify(doc)
		return doc
	}
	xr, err := claim.Composite(doc, connectionNamespace)
	if err != nil {
		t.Fatal(err)
	}
	return xr
}

// accept fails where the function refuses a request.
func accept(t *testing.T, req *fnv1.RunFunctionRequest) {
	t.Helper()
	if text := fatal(run(t, req)); text != "" {
		t.Errorf("the function refuses it: %s", text)
	}
}

// TestDocsCode reads the code of other languages than YAML and the shell's.
func TestDocsCode(t *testing.T) {
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if err := parseCode(t.Context(), b); err != nil {
				t.Errorf("%s:%d: %v", p.File, b.Line, err)
			}
		}
	}
}

func parseCode(ctx context.Context, b markdown.Block) error {
	switch b.Language {
	case "json":
		var out map[string]any
		return json.Unmarshal([]byte(b.Code), &out)
	case "go":
		_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() error {\n"+b.Code+"return nil\n}\n", 0)
		return err
	case "python":
		python, err := exec.LookPath("python3")
		if err != nil {
			return nil //nolint:nilerr // The code stays unread where there is no Python.
		}
		cmd := exec.CommandContext(ctx, python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
		cmd.Stdin = strings.NewReader(b.Code)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	case "", "sh", "yaml", "js", "ruby", "hcl":
	default:
		return fmt.Errorf("no test reads %q", b.Language)
	}
	return nil
}

// TestDocsIAMPolicy finds calls that the model of AWS answers and the policy of the
// documents does not allow.
func TestDocsIAMPolicy(t *testing.T) {
	policy, err := os.ReadFile("docs/deploy/iam-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(policy, new(map[string]any)); err != nil {
		t.Fatal(err)
	}
	calls := regexp.MustCompile(`^(Create|Describe|Modify|Reset|Increase|Decrease|Delete|Put|Get)(ReplicationGroup|ReplicaCount|SubnetGroup|ParameterGroup|Parameter)$`)
	model := reflect.TypeFor[*aws.Cloud]()
	for method := range model.Methods() {
		m := calls.FindStringSubmatch(method.Name)
		if m == nil {
			continue
		}
		verb, noun := m[1], m[2]
		action := "elasticache:" + verb + strings.NewReplacer("SubnetGroup", "CacheSubnetGroup", "ParameterGroup", "CacheParameterGroup").Replace(noun)
		if noun == "Parameter" {
			action = "ssm:" + verb + noun
		}
		if !regexp.MustCompile(`"` + action + `s?"`).Match(policy) {
			t.Errorf("the policy does not allow %s", action)
		}
	}
}

// TestDocsCommands checks every command: that its files are here, that our own
// programs take its options, and that kubectl is given the namespace and the full name
// of what it is about.
func TestDocsCommands(t *testing.T) {
	for _, p := range pages(t) {
		for _, b := range p.Blocks {
			if b.Language != "sh" {
				continue
			}
			for _, words := range markdown.Commands(b.Code) {
				if err := checkCommand(words); err != nil {
					t.Errorf("%s:%d: %s: %v", p.File, b.Line, strings.Join(words, " "), err)
				}
			}
		}
	}
}

func checkCommand(words []string) error {
	for _, word := range words {
		if err := checkPath(word); err != nil {
			return err
		}
	}
	switch words[0] {
	case "./hack/render":
		_, err := preview.Parse(words[1:])
		return err
	case "go":
		return checkGo(words[1:])
	case "kubectl":
		return checkKubectl(words[1:])
	case "crossplane":
		return checkCrossplane(words[1:])
	case ".ci/run", "apt-get", "aws", "base64", "diff", "git", "helm", "jq", "redis-cli", "tee", "terraform":
		return nil
	}
	return fmt.Errorf("no test knows the command %s", words[0])
}

var pathPattern = regexp.MustCompile(`^(?:file://)?((?:\./)?(?:\.ci|configuration|docs|example|hack|internal|package|test)/[\w./-]*?)(?:/\.\.\.)?$`)

// checkPath of a word that names a file of the repository.
func checkPath(word string) error {
	m := pathPattern.FindStringSubmatch(word)
	if m == nil {
		return nil
	}
	_, err := os.Stat(m[1])
	return err
}

// checkGo checks that the tests that are asked for exist.
func checkGo(words []string) error {
	if words[0] == "-C" {
		words = words[2:]
	}
	if !slices.Contains([]string{"run", "test", "generate", "tool", "build"}, words[0]) {
		return fmt.Errorf("go %s is not used here", words[0])
	}
	if words[0] != "test" {
		return nil
	}
	for i, word := range words[1 : len(words)-1] {
		pattern := strings.TrimPrefix(strings.SplitN(words[i+2], "/", 2)[0], "^")
		if !slices.Contains([]string{"-run", "-bench", "-fuzz"}, word) || pattern == "$" {
			continue
		}
		if !slices.ContainsFunc(testNames(), func(name string) bool { return regexp.MustCompile(pattern).MatchString(name) }) {
			return fmt.Errorf("no test or benchmark is called %s", pattern)
		}
	}
	return nil
}

// testNames of all tests, benchmarks and fuzz tests.
func testNames() []string {
	var out []string
	function := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	_ = filepath.WalkDir(".", func(path string, _ fs.DirEntry, _ error) error {
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(b, -1) {
			out = append(out, string(m[1]))
		}
		return err
	})
	return out
}

var (
	// Kinds of the cluster, or such short names that every cluster has them.
	clusterKinds = []string{
		"namespace", "pkg", "managed", "configuration.pkg.crossplane.io", "function.pkg.crossplane.io",
		"providers.pkg.crossplane.io", "replicationgroups.elasticache.aws.upbound.io",
	}
	// Kinds of a namespace.
	namespacedKinds = []string{
		"redis.platform.example.org", "xredis.m.platform.example.org", "replicationgroups.elasticache.aws.m.upbound.io",
		"secret", "pods", "deployment", "configmap", "redis-ping",
	}
)

func checkKubectl(words []string) error {
	verb := words[0]
	switch verb {
	case "apply", "explain", "scale":
		return nil
	case "rollout", "create":
		words = words[1:] // Another word before the kind, or the kind.
	case "get", "describe", "wait", "patch", "logs", "delete", "annotate":
	default:
		return fmt.Errorf("no test knows kubectl %s", verb)
	}
	if verb == "create" {
		return nil
	}
	kind, _, _ := strings.Cut(words[1], "/")
	inNamespace := slices.Contains(words, "-n") || slices.Contains(words, "--namespace") || slices.Contains(words, "-A")
	switch {
	case slices.Contains(clusterKinds, kind):
	case !slices.Contains(namespacedKinds, kind) && !strings.HasPrefix(kind, "-l"):
		return fmt.Errorf("is %s the full name of a kind?", kind)
	case !inNamespace:
		return fmt.Errorf("say which namespace %s is in", kind)
	}
	if i := slices.Index(words, "-p"); i > 0 && kind == "redis.platform.example.org" {
		return checkPatch(words[i+1])
	}
	return nil
}

// checkPatch of a claim: the schema takes the edited claim.
func checkPatch(patch string) error {
	docs, err := manifest.Read("example/minimal/claim.yaml")
	if err != nil {
		return err
	}
	edit := map[string]map[string]any{}
	if err := yaml.UnmarshalStrict([]byte(patch), &edit); err != nil {
		return err
	}
	s, err := schema.Claim("configuration/claims/definition.yaml", "v1alpha1")
	if err != nil {
		return err
	}
	old := docs[0]
	lay(old, map[string]any{"subnetIds": []any{"subnet-abc", "subnet-def"}})
	edited := old.DeepCopy()
	maps.Copy(edited.Object["spec"].(map[string]any), edit["spec"])
	return s.Validate(edited, old).ToAggregate()
}

// checkCrossplane checks that a command is one of the CLI's.
func checkCrossplane(words []string) error {
	commands := []string{
		"render ", "beta render", "composition render", "resource trace", "beta trace", "resource validate", "beta validate", "xpkg push",
	}
	line := strings.Join(words, " ")
	if !slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(line, c) }) {
		return fmt.Errorf("the CLI has no such command, or no test knows it: %q", commands)
	}
	return nil
}
