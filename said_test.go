package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// said is all that an answer says, by subject: what is asked for of each resource, what is
// published, and what stands on the claim.
type said map[subject]string

// A subject of an answer, and where it stands among the others.
type subject struct {
	rank int
	name string
}

const (
	rankResource = iota
	rankConnection
	rankStatus
	rankCondition
	rankResult
	rankRequired
)

// A change of a subject.
type change struct {
	subject

	text string
}

func (c change) compare(other change) int {
	return cmp.Or(c.rank-other.rank, cmp.Compare(c.name, other.name))
}

func (c change) String() string { return c.name + strings.ReplaceAll(c.text, "\n", "\n     ") }

// since an earlier answer: what has changed. Of a resource that is new or gone that much
// is said, unless nothing was there before.
func (s said) since(before said) []change {
	var out []change
	for what, now := range s {
		old, had := before[what]
		switch {
		case had && old == now:
		case what.rank == rankCondition:
			out = append(out, change{what, "=" + now})
		case had && !strings.HasPrefix(now, "[") && what.name != "status.changes":
			out = append(out, change{what, ": " + old + " -> " + now})
		case before.lacks(what):
			out = append(out, change{subject{what.rank, what.resource()}, " is new"})
		default:
			out = append(out, change{what, ": " + now})
		}
	}
	for what := range before {
		if _, has := s[what]; has {
			continue
		}
		if s.lacks(what) {
			what.name = what.resource()
		}
		out = append(out, change{what, " is gone"})
	}
	slices.SortFunc(out, change.compare)
	return slices.Compact(out)
}

// resource that a subject is a field of.
func (s subject) resource() string {
	name, _, _ := strings.Cut(s.name, " ")
	return name
}

// lacks the resource of a subject, and has others.
func (s said) lacks(what subject) bool {
	_, has := s[subject{rankResource, what.resource() + " kind"}]
	return what.rank == rankResource && len(s) > 0 && !has
}

// read the last answer. One that refuses changes nothing but what it says.
func (l *life) read() said {
	out := said{}
	if text := fatal(l.Response); text != "" {
		maps.Copy(out, l.said)
		out[subject{rankResult, "Fatal"}] = "as Accepted says"
	} else {
		out.asked(l.Response)
		out.published(l)
		out.status(l.XR())
	}
	conditions, _, _ := unstructured.NestedSlice(l.XR().Object, "status", "conditions")
	for _, c := range conditions {
		out.condition(c.(map[string]any))
	}
	plain := l.plain()
	for what, words := range out {
		out[what] = plain(words)
	}
	return out
}

// asked of AWS, and of Crossplane: each field of each resource, but for its API version,
// which is the flavour's.
func (s said) asked(rsp *fnv1.RunFunctionResponse) {
	for name, r := range rsp.GetDesired().GetResources() {
		if name == resources.ConnectionSecret {
			continue // What is published says it.
		}
		if r.GetReady() == fnv1.Ready_READY_TRUE {
			s[subject{rankResource, name + " ready"}] = "true"
		}
		object := r.GetResource().AsMap()
		delete(object, "apiVersion")
		if data, ok := object["data"].(map[string]any); ok {
			object["data"] = strings.Join(slices.Sorted(maps.Keys(data)), ", ") // Nothing secret.
		}
		s.fields(name+" ", object)
	}
	if required := rsp.GetRequirements().GetResources(); len(required) > 0 {
		s[subject{rankRequired, "looks up"}] = fmt.Sprint(slices.Sorted(maps.Keys(required)))
	}
}

func (s said) published(l *life) {
	published := l.Published()
	if len(published) == 0 {
		return
	}
	s[subject{rankConnection, "Secret"}] = fmt.Sprint(slices.Sorted(maps.Keys(published)))
	s[subject{rankConnection, connection.KeyURL}] = l.standIn(string(published[connection.KeyURL]))
}

func (s said) status(xr *unstructured.Unstructured) {
	status, _, _ := unstructured.NestedMap(xr.Object, "status")
	delete(status, "conditions")
	for key, value := range status {
		s[subject{rankStatus, "status." + key}] = text(value)
	}
	if changes, _, _ := unstructured.NestedStringSlice(status, "changes"); len(changes) > 0 {
		s[subject{rankStatus, "status.changes"}] = "\n" + strings.Join(changes, "\n")
	}
}

func (s said) condition(c map[string]any) {
	kind, message := text(c["type"]), c["message"]
	switch kind {
	case "Synced":
	case "Ready":
		s[subject{rankCondition, kind}] = text(c["status"])
	case "Provisioned":
		message = strings.ReplaceAll(text(message), "; ", ";\n")
		fallthrough
	default:
		s[subject{rankCondition, kind}] = fmt.Sprintf("%s/%s: %s", c["status"], c["reason"], message)
	}
}

// fields of an object.
func (s said) fields(path string, object map[string]any) {
	for key, value := range object {
		child, ok := value.(map[string]any)
		if ok {
			s.fields(path+key+".", child)
			continue
		}
		s[subject{rankResource, shorter.Replace(path + key)}] = text(value)
	}
}

// shorter names of fields.
var shorter = strings.NewReplacer("spec.forProvider.", "", "spec.", "", "metadata.annotations.crossplane.io/", "",
	"metadata.annotations.redis.fn.crossplane.io/", "", "metadata.labels.redis.fn.crossplane.io/", "label ")

// text of a value.
func text(value any) string {
	var parts []string
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			parts = append(parts, key+": "+text(value[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, item := range value {
			parts = append(parts, text(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(value)
}

// standIn for a URL with a token that the provider generated.
func (l *life) standIn(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return text
	}
	token, _ := u.User.Password()
	if slices.Contains(l.tokens, token) {
		return text
	}
	return strings.Replace(text, url.QueryEscape(token), "GENERATED", 1)
}

// plain words, without what only one flavour has.
func (l *life) plain() func(string) string {
	flavour := strings.NewReplacer(".aws.m.upbound.io", ".aws.upbound.io", " -n "+l.namespace(), "", l.XR().GetName(), "backend-booking", "the claim's connection Secret", "the Secret redis")
	return func(text string) string {
		return revision.ReplaceAllString(madeName.ReplaceAllString(flavour.Replace(text), ""), "<digest>.$1")
	}
}

// madeName is what Crossplane adds to a name that it makes up, and revision what is of the URL.
var (
	madeName = regexp.MustCompile(`-0{6}[0-9a-f]{6}\b`)
	revision = regexp.MustCompile(`\b[0-9a-f]{8}\.(\d+)\b`)
)
