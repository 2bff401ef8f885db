package resources

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/object"
)

// reconcilePaused is the provider's reason for leaving a resource alone.
const reconcilePaused = string(xpv1.ReasonReconcilePaused)

// lastAsyncOperation is the condition in which the provider says how its last creation
// or update ended.
const lastAsyncOperation = "LastAsyncOperation"

// Observed are the composed resources that exist, by their name in the pipeline.
type Observed map[string]Resource

// A Resource is one that exists, or the zero Resource, which does not.
type Resource struct {
	object.Object

	connection map[string][]byte
}

// Observe the resources of this function. Those of other functions are passed
// over; one of ours that is something else than we made is an error, because
// whatever we made of it would replace it.
func Observe(req *fnv1.RunFunctionRequest, namespaced bool) (Observed, error) {
	if _, err := ours(req.GetDesired().GetResources(), namespaced); err != nil {
		return nil, err
	}
	return ours(req.GetObserved().GetResources(), namespaced)
}

// ours among all resources of a pipeline, which may be many.
func ours(all map[string]*fnv1.Resource, namespaced bool) (Observed, error) {
	out := Observed{}
	for name, r := range all {
		if _, is := Kind(name, namespaced); is {
			out[name] = Resource{Object: object.Object{Struct: r.GetResource()}, connection: r.GetConnectionDetails()}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		want, _ := Kind(name, namespaced)
		if got := out[name].kind(); got != want.GroupKind() {
			return nil, fmt.Errorf("the composed resource %q is a %q, not a %q: something else made it; give that another resource name in the Composition, or delete it", name, got, want.GroupKind())
		}
	}
	return out, nil
}

// kind of the resource, whatever its version.
func (r Resource) kind() schema.GroupKind {
	group, _, found := strings.Cut(r.Text("apiVersion"), "/")
	if !found {
		group = "" // As in "v1": the core group has no name.
	}
	return schema.GroupKind{Group: group, Kind: r.Text("kind")}
}

// Families of the parameter groups that exist, sorted.
func (o Observed) Families() []string {
	var out []string
	for name := range o {
		if family, ok := strings.CutPrefix(name, parameterGroupPrefix); ok {
			out = append(out, family)
		}
	}
	slices.Sort(out)
	return out
}

// ReadyFamilies of the parameter groups that can be used, sorted.
func (o Observed) ReadyFamilies() []string {
	return slices.DeleteFunc(o.Families(), func(f string) bool { return !o.Ready(ParameterGroup(f)) })
}

// ExternalName is the resource's name in AWS.
func (r Resource) ExternalName() string { return r.Annotation(meta.AnnotationKeyExternalName) }

// InAWS reports whether AWS has, or may have, what the resource stands for: a
// resource that was never held, or was let go, or that shows any trace of AWS; but
// not a replication group that AWS refused to create. Such a resource must not be
// held again, even if somebody paused it by hand.
func (r Resource) InAWS() bool {
	if !r.Exists() || r.CreateRefused() {
		return false
	}
	return !r.paused() || r.reported() ||
		r.Annotation(meta.AnnotationKeyExternalCreatePending) != "" ||
		r.Annotation(meta.AnnotationKeyExternalCreateSucceeded) != ""
}

// Held reports whether AWS has nothing of the resource, and the provider leaves it so.
func (r Resource) Held() bool { return r.Exists() && r.paused() && !r.InAWS() }

func (r Resource) paused() bool {
	return r.Annotation(meta.AnnotationKeyReconciliationPaused) == "true"
}

// reported reports whether AWS was seen to have what the resource stands for.
func (r Resource) reported() bool {
	return r.Text("status", "atProvider", "id") != "" || r.Text("status", "atProvider", "arn") != ""
}

// Ready reports whether the resource can be used. A replication group also needs
// an endpoint, and a Secret need only be there.
func (o Observed) Ready(name string) bool {
	r := o[name]
	if name == ConnectionSecret || name == AuthTokens {
		return r.Exists()
	}
	c, _ := r.Condition("Ready")
	return c.Status == "True" && (name != ReplicationGroup || r.Endpoint() != "")
}

// Reference to the object, as kubectl takes it.
func (r Resource) Reference() string {
	kind := r.kind()
	out := strings.ToLower(kind.Kind) + "." + kind.Group + " " + r.Name()
	if r.Namespace() != "" {
		out += " -n " + r.Namespace()
	}
	return out
}

// Failure is what the provider says of its last attempt, wherever it says it, if that
// failed. A failed creation stands in the condition of the operation alone.
func (r Resource) Failure() string {
	if e := r.SyncError(); e != "" {
		return e
	}
	c, _ := r.Condition(lastAsyncOperation)
	if c.Status != "False" {
		return ""
	}
	return c.Message
}

// SyncError is what the provider says of its last attempt, if that failed. That a
// resource is held is no failure, and the provider says so a little longer than it
// is.
func (r Resource) SyncError() string {
	c, _ := r.Condition("Synced")
	if c.Status != "False" || c.Reason == reconcilePaused {
		return ""
	}
	return c.Message
}
