package resources

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// reconcilePaused is the provider's reason for leaving a resource alone.
const reconcilePaused = string(xpv1.ReasonReconcilePaused)

// Types of the provider's conditions.
const (
	ConditionReady  = string(xpv1.TypeReady)
	ConditionSynced = string(xpv1.TypeSynced)

	// conditionLastAsyncOperation says how the last creation or update ended.
	conditionLastAsyncOperation = "LastAsyncOperation"
)

// Observed are the composed resources that exist, by their name in the pipeline.
type Observed map[string]Resource

// A Resource is one that exists, or the zero Resource, which does not.
type Resource struct {
	protocol.Object

	connection map[string][]byte
	salt       string // Of the digests of secrets: the composite's uid.
	adopted    bool
	blind      bool
}

// Observe the resources of this function. Those of other functions are left alone;
// one of our names that something else made, or that an earlier step desires, is an
// error, because whatever we made of it would replace it.
func Observe(req *fnv1.RunFunctionRequest, flavour v1alpha1.Flavour) (Observed, error) {
	out, salt := Observed{}, protocol.Composite(req).UID()
	for name, r := range req.GetObserved().GetResources() {
		if known(name) {
			out[name] = Resource{Object: protocol.Object{Struct: r.GetResource()}, connection: r.GetConnectionDetails(), salt: salt}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		want, _ := Kind(name, flavour)
		if got := out[name].groupKind(); got != want.GroupKind() {
			return nil, fmt.Errorf("the composed resource %q is a %q, not a %q: something else made it; give that another resource name in the Composition, or delete it", name, got, want.GroupKind())
		}
	}
	out.addUnknownGroups(req, flavour)
	return out, out.checkDesired(req)
}

// addUnknownGroups that a newer release made: parameter groups of a family that this
// one does not know, under the name that the cache's group of that family has.
func (o Observed) addUnknownGroups(req *fnv1.RunFunctionRequest, flavour v1alpha1.Flavour) {
	id := o.ClusterID()
	for name, r := range req.GetObserved().GetResources() {
		family, isGroup := strings.CutPrefix(name, parameterGroupPrefix)
		kind, _ := Kind(name, flavour)
		group := Resource{Object: protocol.Object{Struct: r.GetResource()}}
		if !isGroup || known(name) || group.groupKind() != kind.GroupKind() {
			continue
		}
		want := redis.ParameterGroupName(cmp.Or(id, group.Label(LabelClusterID)), family)
		if group.ExternalName() == want || group.Text("spec", "forProvider", "name") == want {
			o[name] = group
		}
	}
}

// checkDesired that no earlier step of the pipeline desires a resource of our names.
func (o Observed) checkDesired(req *fnv1.RunFunctionRequest) error {
	for _, name := range slices.Sorted(maps.Keys(req.GetDesired().GetResources())) {
		if known(name) || o[name].Exists() {
			kind := Resource{Object: protocol.Object{Struct: req.GetDesired().GetResources()[name].GetResource()}}.groupKind()
			return fmt.Errorf("an earlier step of the Composition's pipeline desires a composed resource %q, a %q, and this step composes one of that name: rename it in that step, or put that step after this one", name, kind)
		}
	}
	return nil
}

// groupKind of the resource, whatever its version.
func (r Resource) groupKind() schema.GroupKind {
	group, _, found := strings.Cut(r.Text("apiVersion"), "/")
	if !found {
		group = "" // As in "v1": the core group has no name.
	}
	return schema.GroupKind{Group: group, Kind: r.Text("kind")}
}

// Is reports whether a resource is of the kind of a name, in either flavour.
func (r Resource) Is(name string) bool {
	return slices.ContainsFunc(v1alpha1.Flavours(), func(f v1alpha1.Flavour) bool {
		kind, _ := Kind(name, f)
		return kind.GroupKind() == r.groupKind()
	})
}

// Deleting reports whether a resource is being deleted.
func (r Resource) Deleting() bool { return r.Has("metadata", "deletionTimestamp") }

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

// ReadyFamilies of the parameter groups that can be used, sorted. What the provider has
// last seen of one that is paused may be long gone.
func (o Observed) ReadyFamilies() []string {
	return slices.DeleteFunc(o.Families(), func(f string) bool {
		return !o.Ready(ParameterGroup(f)) || o[ParameterGroup(f)].PausedByHand()
	})
}

// ExternalName is the resource's name in AWS.
func (r Resource) ExternalName() string { return r.Annotation(meta.AnnotationKeyExternalName) }

// InAWS reports whether AWS has, or may have, what the composite asked for with the
// resource: one that the provider may create, was never held or shows any trace of AWS;
// but not a replication group that AWS refused to create. Such a resource must not be
// held again, even if somebody paused it by hand.
func (r Resource) InAWS() bool {
	if r.adopted && r.Is(ReplicationGroup) {
		return true
	}
	if !r.Exists() || r.OnlyObserved() || r.CreateRefused() || r.groupKind() == usageKind.GroupKind() {
		return false
	}
	return !r.paused() || r.wasSeen() ||
		r.Annotation(meta.AnnotationKeyExternalCreatePending) != "" ||
		r.Annotation(meta.AnnotationKeyExternalCreateSucceeded) != ""
}

// Held reports whether AWS has nothing of the composite's under the name of the
// resource, and the provider leaves it so.
func (r Resource) Held() bool {
	return r.Exists() && (r.paused() || r.OnlyObserved()) && !r.InAWS()
}

func (r Resource) paused() bool {
	return r.Annotation(meta.AnnotationKeyReconciliationPaused) == "true"
}

// reported reports whether AWS was seen to have what the resource stands for.
func (r Resource) wasSeen() bool {
	return r.Text("status", "atProvider", "id") != "" || r.Text("status", "atProvider", "arn") != ""
}

// Ready reports whether the resource can be used. A replication group also needs
// an endpoint. A Secret or a Usage need only be there: Crossplane can be set to ignore
// Usages, which would then never be ready.
func (o Observed) Ready(name string) bool {
	r := o[name]
	if name == ConnectionSecret || name == AuthTokens || name == DeletionProtection {
		return r.Exists()
	}
	c, _ := r.Condition(ConditionReady)
	if strings.HasPrefix(name, parameterGroupPrefix) {
		if synced, said := r.Condition(ConditionSynced); said && synced.Status != "True" {
			return false // AWS has the group, and maybe not its parameters.
		}
	}
	return c.Status == "True" && (!r.OnlyObserved() || r.adopted) && (name != ReplicationGroup || r.Endpoint() != "")
}

// Reference to the object, as kubectl takes it.
func (r Resource) Reference() string {
	kind := r.groupKind()
	out := strings.ToLower(kind.Kind) + "." + kind.Group + " " + r.Name()
	if r.Namespace() != "" {
		out += " -n " + r.Namespace()
	}
	return out
}

// Failure is what the provider says of its last attempt, wherever it says it, if that
// failed. A failed creation stands in the condition of the operation alone.
func (r Resource) Failure() string {
	if e := r.SyncError(); strings.Contains(e, forceNew) {
		return "the provider refuses all changes, because AWS can't make one of them without replacing it: see status.changes, and set that one back"
	} else if e != "" {
		return e
	}
	c, _ := r.Condition(conditionLastAsyncOperation)
	if c.Status != "False" {
		return ""
	}
	return c.Message
}

// SyncError is what the provider says of its last attempt, if that failed. That a
// resource is held, or that AWS did not have it while it was only observed, is no
// failure, and the provider says so a little longer than it is.
func (r Resource) SyncError() string {
	c, _ := r.Condition(ConditionSynced)
	if c.Status != "False" || c.Reason == reconcilePaused || strings.Contains(c.Message, notExist) {
		return ""
	}
	return c.Message
}
