package status

import (
	"cmp"
	"fmt"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// A progress of a resource: what is said of it, empty once it is as asked, and the reason
// of the condition.
type progress struct{ text, reason string }

// reportProvisioned tells, resource by resource, what is not as asked. The reason is the
// first that is not just waiting.
func reportProvisioned(rsp *fnv1.RunFunctionResponse, o resources.Observed, p plan.Plan) bool {
	reason, lines := "", []string{}
	for _, name := range append(p.Groups(), resources.ReplicationGroup, resources.URLParameter) {
		is := progressOf(name, o, p)
		if is.text != "" {
			lines = append(lines, name+" "+is.text)
		}
		if is.reason != reasonCreating {
			reason = cmp.Or(reason, is.reason)
		}
	}
	if len(lines) == 0 {
		protocol.SetCondition(rsp, v1alpha1.ConditionProvisioned, "True", reasonAvailable, "AWS has the cache and all that belongs to it.")
		return true
	}
	protocol.SetCondition(rsp, v1alpha1.ConditionProvisioned, "False", cmp.Or(reason, reasonCreating), strings.Join(lines, "; ")+".")
	return false
}

// progressOf a resource.
func progressOf(name string, o resources.Observed, p plan.Plan) progress {
	r := o[name]
	hold, held := p.Holds[name]
	if len(hold.Waits) > 0 {
		return progress{"waits for " + strings.Join(hold.Waits, " and "), reasonCreating}
	}
	if is := disturbed(r); is.text != "" {
		return is
	}
	switch e := r.Failure(); {
	case e != "" && r.TriesAgain():
		return progress{"is being created in AWS; the attempt before failed: " + clean(e, p), reasonCreating}
	case e != "":
		return progress{"fails: " + clean(e, p) + afterCreateFailed(e), reasonFailing}
	case o.Ready(name):
		return progress{}
	case r.Unanswered():
		return progress{fmt.Sprintf("has no answer from its provider yet (if this lasts, see that %s is installed and healthy: kubectl get providers)", r.Provider()), reasonCreating}
	case held:
		return progress{"is looked up in AWS", reasonCreating}
	case !r.Exists():
		return progress{"is being created in AWS", reasonCreating}
	}
	return progress{fmt.Sprintf("is being created in AWS (if this takes long, see its events: kubectl describe %s)", r.Reference()), reasonCreating}
}

// disturbed by hand, so that the provider does not keep the resource as asked.
func disturbed(r resources.Resource) progress {
	switch {
	case r.Deleting() && r.PausedByHand():
		return progress{fmt.Sprintf("is being deleted, and can't be while it is paused: run kubectl annotate %s crossplane.io/paused-", r.Reference()), reasonDeleting}
	case r.Deleting() && r.StaysInAWS():
		return progress{"stays in AWS, although somebody deleted " + r.Reference() + ": it is managed again when that is gone", reasonDeleting}
	case r.Deleting():
		return progress{"is being deleted, because somebody deleted " + r.Reference() + ": it is created again when it is gone" + lastSnapshot(r), reasonDeleting}
	case r.PausedByHand():
		return progress{fmt.Sprintf("is paused, and AWS is asked for no change of it: to go on, run kubectl annotate %s crossplane.io/paused-", r.Reference()), reasonPaused}
	case r.ClusterMode():
		return progress{"has cluster mode enabled, and one REDIS_URL can't serve it: make a new claim with another appName or environment", reasonFailing}
	}
	return progress{}
}

// lastSnapshot that is left of a cache that is being deleted.
func lastSnapshot(r resources.Resource) string {
	if name := r.FinalSnapshot(); name != "" {
		return ", and empty; its data is in the snapshot " + name
	}
	if r.Is(resources.ReplicationGroup) {
		return ", and empty; backups are off, so that no snapshot is left"
	}
	return ""
}

// afterCreateFailed is what to do about a cache that AWS could not create: it stays in
// AWS, and can only be deleted.
func afterCreateFailed(message string) string {
	if !strings.Contains(message, "create-failed") {
		return ""
	}
	return ". The cache is of no use and can only be deleted: delete the replication group in AWS, and it is created again"
}
