package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// semver with the v that package versions have in front.
var semver = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// edits of a Configuration, where the source is for the project's own registry and
// an API group that is an example. What is empty stays as it is.
type edits struct {
	group    string // The API group of claims and their composites. The namespaced API's follows from it.
	function string // The package of the function, without a version.
	version  string // The oldest version of the function.

	providers string // The registry and organisation of the providers.

	tiers
}

// check that the result will be accepted by Crossplane.
func (e edits) check() error {
	if e.group != "" && (len(validation.IsDNS1123Subdomain(e.group)) > 0 || !strings.Contains(e.group, ".")) {
		return fmt.Errorf("--group %q is not an API group: use a lower-case domain of your own with at least one dot, such as platform.acme.io", e.group)
	}
	if v1alpha1.IsNamespacedGroup(e.group) {
		return fmt.Errorf("--group %q has the label m, which marks the namespaced API and is added to it: leave it out", e.group)
	}
	if e.function != "" && functionName(e.function) == "" {
		return fmt.Errorf("--function %q is not a package: use REGISTRY/ORGANISATION/NAME without a version, such as ghcr.io/acme/function-xredis", e.function)
	}
	if e.providers != "" && functionName(e.providers+"/provider") == "" {
		return fmt.Errorf("--provider-registry %q is not a registry with an organisation: use one such as xpkg.crossplane.io/crossplane-contrib", e.providers)
	}
	if e.version != "" && !semver.MatchString(e.version) {
		return fmt.Errorf("--version %q is not a version: use one such as v0.1.0", e.version)
	}
	return e.tiers.check()
}

// functionName is what Crossplane calls a function that it installs because a
// Configuration depends on it: the path of the package, without the registry, as a
// DNS label. It is empty for what is not a package.
//
// https://github.com/crossplane/crossplane/blob/v2.4.0/internal/xpkg/name.go
func functionName(ref string) string {
	registry, path, found := strings.Cut(ref, "/")
	if !found || !strings.ContainsAny(registry, ".:") || strings.ContainsAny(path, ":@") {
		return ""
	}
	label := strings.NewReplacer("/", "-", ".", "-", "_", "").Replace(path)
	if len(label) > validation.DNS1123LabelMaxLength {
		label = label[:validation.DNS1123LabelMaxLength]
	}
	label = strings.Trim(label, "-")
	if len(validation.IsDNS1123Label(label)) > 0 {
		return ""
	}
	return label
}

// copy the files of a Configuration from one directory to a new one, edited.
func (e edits) copy(from, to string) error {
	objects, err := read(from)
	if err != nil {
		return err
	}
	if err := e.replace(objects); err != nil {
		return err
	}
	if err := e.apply(objects); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for file, o := range objects {
		out, err := yaml.Marshal(o)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, file), out, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// An object of a Configuration, and the few fields that are edited. Everything else
// must stay, so it is not decoded into a type.
type object map[string]any

// read the objects of a directory, by file.
func read(dir string) (map[string]object, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	objects := make(map[string]object, len(files))
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(b, []byte("\n---\n")) {
			return nil, fmt.Errorf("%s has more than one object: give each a file of its own", file)
		}
		o := object{}
		if err := yaml.Unmarshal(b, &o); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		objects[filepath.Base(file)] = o
	}
	return objects, nil
}

// apply the edits to all objects of a Configuration.
func (e edits) apply(objects map[string]object) error {
	oldGroup, oldFunction := "", ""
	for _, o := range objects {
		switch o["kind"] {
		case "CompositeResourceDefinition":
			oldGroup = o.text("spec", "group")
		case "Configuration":
			oldFunction = o.dependOn(e)
		}
	}
	if oldGroup == "" || oldFunction == "" {
		return errors.New("there is no CompositeResourceDefinition, or no Configuration that depends on a function")
	}
	group := e.groupBeside(oldGroup)
	e.choose(objects, oldGroup)
	for _, o := range objects {
		switch o["kind"] {
		case "CompositeResourceDefinition":
			o.define(oldGroup, group)
		case "ManagedResourceActivationPolicy":
			o.rename(oldGroup, group)
		case "Composition":
			o.compose(oldGroup, group)
			o.runFunction(functionName(oldFunction), functionName(e.function))
		}
	}
	return nil
}

// groupBeside is the new group of the flavour that an old one is of.
func (e edits) groupBeside(was string) string {
	if e.group == "" || !v1alpha1.IsNamespacedGroup(was) {
		return e.group
	}
	return v1alpha1.NamespacedGroup(e.group)
}

// dependOn the edited function, and on providers of the edited registry. It returns the
// function that the Configuration depended on.
func (o object) dependOn(e edits) string {
	was := ""
	for _, d := range o.list("spec", "dependsOn") {
		// The older form names the package by its kind, the newer one has a field for it.
		function, provider := "function", "provider"
		switch d["kind"] {
		case "Function":
			function = "package"
		case "Provider":
			provider = "package"
		}
		if name := d.text(provider); name != "" && e.providers != "" {
			d[provider] = e.providers + "/" + path.Base(name)
		}
		if d.text(function) == "" {
			continue
		}
		was = d.text(function)
		if e.function != "" {
			d[function] = e.function
		}
		if e.version != "" {
			d["version"] = ">=" + e.version
		}
	}
	return was
}

// define the API in another group. All names that have the group in them follow,
// the default Composition's too.
func (o object) define(was, group string) {
	if group == "" {
		return
	}
	o.at("spec")["group"] = group
	o.rename(was, group)
	o.at("spec", "defaultCompositionRef").regroup("name", was, group)
	o.at("spec", "enforcedCompositionRef").regroup("name", was, group)
}

// compose the API of another group.
func (o object) compose(was, group string) {
	if group == "" {
		return
	}
	ref := o.at("spec", "compositeTypeRef")
	if version, found := strings.CutPrefix(ref.text("apiVersion"), was+"/"); found {
		ref["apiVersion"] = group + "/" + version
	}
	o.rename(was, group)
}

// rename an object whose name ends in a group. One with a name of its own stays.
func (o object) rename(was, group string) {
	if group != "" {
		o.at("metadata").regroup("name", was, group)
	}
}

// regroup a name that ends in a group.
func (o object) regroup(key, was, group string) {
	if name, found := strings.CutSuffix(o.text(key), "."+was); found {
		o[key] = name + "." + group
	}
}

// runFunction of another name. Other steps of the pipeline stay.
func (o object) runFunction(was, name string) {
	if name == "" {
		return
	}
	for _, step := range o.list("spec", "pipeline") {
		if ref := step.at("functionRef"); ref.text("name") == was {
			ref["name"] = name
		}
	}
}

// at a path of fields. Where there is nothing, it is an empty object, of which
// nothing is read.
func (o object) at(path ...string) object {
	for _, p := range path {
		next, _ := o[p].(map[string]any)
		o = next
	}
	return o
}

func (o object) text(path ...string) string {
	last := len(path) - 1
	s, _ := o.at(path[:last]...)[path[last]].(string)
	return s
}

func (o object) list(path ...string) []object {
	last := len(path) - 1
	items, _ := o.at(path[:last]...)[path[last]].([]any)
	out := make([]object, 0, len(items))
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
