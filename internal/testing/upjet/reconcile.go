package upjet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
)

const finalizer = "finalizer.managedresource.crossplane.io"

// Reconcile a managed resource. It is what crossplane-runtime v2.2.0 does
// (pkg/reconciler/managed), with upjet's asynchronous client behind it
// (pkg/controller/external_async_tfpluginsdk.go).
func (p *Provider) Reconcile(now time.Time, mr *unstructured.Unstructured, secrets Secrets) Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cloud.Advance(now)
	c := p.call(now, mr.DeepCopy(), secrets)
	failed := c.proceed()
	switch {
	case c.paused():
		return c.pause()
	case !c.supported():
		return c.invalid()
	case failed:
		return c.result(c.backoff()) // It is told, and tried again in a while.
	case c.wasDeleted() && !c.allows(xpv1.ManagementActionDelete):
		return c.release() // Orphaned, without a look at AWS.
	}
	c.initialize()
	if c.tracker.op != nil {
		return c.wait()
	}
	if c.wasDeleted() && c.tracker.deleted {
		return c.release()
	}
	c.reconstruct()
	found, changes, err := c.observe()
	switch {
	case err != nil:
		return c.cannotObserve(err)
	case c.wasDeleted() && found:
		return c.delete()
	case c.wasDeleted():
		return c.release()
	case !found:
		return c.create()
	}
	return c.update(changes)
}

// paused by the annotation, or because nothing is allowed.
func (c *call) paused() bool {
	policies, found, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "managementPolicies")
	return meta.IsPaused(c.mr) || (found && len(policies) == 0)
}

// pause comes before anything else: a resource that is paused has no finalizer
// from us and is not made; one that is deleted while paused stays.
func (c *call) pause() Result {
	c.event(false, "ReconciliationPaused", "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation")
	c.condition(xpv1.TypeSynced, false, xpv1.ReasonReconcilePaused, "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation")
	if c.tracker.op != nil {
		return c.result(c.tracker.op.next.Sub(c.now)) // It goes on in the background.
	}
	return c.result(0)
}

// allows an action by the management policies. The deletionPolicy of the
// cluster-scoped family counts only where those are the default.
func (c *call) allows(action xpv1.ManagementAction) bool {
	policies, found, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "managementPolicies")
	all := !found || slices.Contains(policies, string(xpv1.ManagementActionAll))
	if all && action == xpv1.ManagementActionDelete {
		return c.text("spec", "deletionPolicy") != string(xpv1.DeletionOrphan)
	}
	return all || slices.Contains(policies, string(action))
}

// supportedPolicies beside those that allow all: crossplane-runtime, pkg/reconciler/
// managed/policies.go. Each letter is an action, as in Observe, Create, Update, Delete
// and LateInitialize.
var supportedPolicies = []string{"CDLOU", "O", "CDOU", "CLOU", "COU", "CDLO", "CLO", "CDO", "CO", "DO", "OU", "LO", "LOU"}

func (c *call) supported() bool {
	policies, found, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "managementPolicies")
	if !found || slices.Equal(policies, []string{string(xpv1.ManagementActionAll)}) {
		return true
	}
	letters := make([]string, 0, len(policies))
	for _, action := range policies {
		letters = append(letters, action[:1])
	}
	slices.Sort(letters)
	return slices.Contains(supportedPolicies, strings.Join(slices.Compact(letters), ""))
}

// invalid policies are waited out.
func (c *call) invalid() Result {
	policies, _, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "managementPolicies")
	err := fmt.Errorf("`spec.managementPolicies` is set to a value(%s) which is not supported. Check docs for supported policies", policies)
	c.event(true, "CannotUseInvalidManagementPolicy", err.Error())
	c.condition(xpv1.TypeSynced, false, xpv1.ReasonReconcileError, err.Error())
	return c.result(0)
}

// onlyObserves reports whether the management policies allow nothing else.
func (c *call) onlyObserves() bool {
	policies, _, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "managementPolicies")
	return slices.Equal(policies, []string{string(xpv1.ManagementActionObserve)})
}

func (c *call) wasDeleted() bool { return meta.WasDeleted(c.mr) }

// release the object: the provider has done with it.
func (c *call) release() Result {
	delete(c.provider.trackers, c.key)
	return Result{}
}

// wait for an operation. Meanwhile the resource counts as up to date, and nothing
// is observed: status and connection details stay as they are.
func (c *call) wait() Result {
	op := c.tracker.op
	switch {
	case c.wasDeleted() && op.name != opDelete:
		return c.failIn(fmt.Errorf("delete failed: %s operation that started at %s is still running", op.name, op.started.UTC()), op.next.Sub(c.now), deleting)
	case c.wasDeleted():
		c.succeed(deleting)
	default:
		c.addFinalizer()
		c.succeed()
	}
	return c.result(op.next.Sub(c.now))
}

// create what AWS does not have.
func (c *call) create() Result {
	if !c.allows(xpv1.ManagementActionCreate) {
		return c.cannotObserve(errors.New("external resource does not exist"))
	}
	if at := meta.GetExternalCreateSucceeded(c.mr); c.now.Before(at.Add(c.options.CreationGrace)) {
		c.event(false, "PendingExternalResource", "Waiting for external resource existence to be confirmed")
		return c.result(at.Add(c.options.CreationGrace).Sub(c.now))
	}
	c.addFinalizer()
	meta.SetExternalCreatePending(c.mr, c.now)
	meta.SetExternalCreateSucceeded(c.mr, c.now) // Of the asynchronous call, which has only begun.
	c.succeed(creating)
	c.event(false, "CreatedExternalResource", "Successfully requested creation of external resource")
	c.start(opCreate, c.external.create())
	return c.result(c.again())
}

// update what is not as it should be.
func (c *call) update(changes []change) Result {
	c.condition(xpv1.TypeReady, true, xpv1.ReasonAvailable, "")
	c.addFinalizer()
	c.setAtProvider()
	if c.tracker.goBack > 0 {
		c.goBack()
		c.succeed()
		return c.resultWithConnection(goBackFor)
	}
	if len(changes) == 0 || !c.allows(xpv1.ManagementActionUpdate) {
		c.tracker.failures = 0
		if len(changes) == 0 {
			c.condition("LastAsyncOperation", true, "Success", "")
		}
		c.succeed()
		return c.resultWithConnection(c.options.Poll)
	}
	c.succeed()
	c.event(false, "UpdatedExternalResource", "Successfully requested update of external resource")
	c.tracker.before, _, _ = unstructured.NestedMap(c.mr.Object, "status", "atProvider")
	c.start(opUpdate, c.updateSteps(changes))
	return c.resultWithConnection(c.again())
}

// After an update atProvider was seen to be new, then as it was before, then new again,
// all in six seconds.
const (
	goBackLooks = 2
	goBackFor   = 2 * time.Second
)

func (c *call) goBack() {
	c.tracker.goBack--
	if c.tracker.goBack == 0 {
		_ = unstructured.SetNestedMap(c.mr.Object, c.tracker.before, "status", "atProvider")
	}
}

// updateSteps, or the refusal of all of them: it names one of the arguments that can't be
// changed, whichever comes first in a map. Here each has its turn.
func (c *call) updateSteps(changes []change) []step {
	forced := slices.DeleteFunc(slices.Clone(changes), func(ch change) bool { return !ch.forceNew })
	if len(forced) == 0 {
		return c.external.update(changes)
	}
	ch := forced[c.tracker.refusals%len(forced)]
	c.tracker.refusals++
	return once(func() error {
		return fmt.Errorf("refuse to update the external resource because the following update requires replacing it: cannot change the value of the argument %q from %q to %q", ch.argument, ch.from, ch.to)
	})
}

func (c *call) delete() Result {
	if len(c.mr.GetFinalizers()) > 1 {
		return c.result(c.options.Retry) // Another controller is not done with it.
	}
	c.succeed(deleting)
	c.event(false, "DeletedExternalResource", "Successfully requested deletion of external resource")
	c.start(opDelete, c.external.delete())
	return c.result(c.again())
}

// again is when an operation goes on; or, if it was over at once, when the next
// may follow.
func (c *call) again() time.Duration {
	loop := c.options.Loop
	if c.kind == kindParameter {
		loop = c.options.ParameterLoop
	}
	if c.tracker.op != nil {
		return max(c.tracker.op.next.Sub(c.now), loop)
	}
	if c.tracker.failures > 0 && !c.hot {
		return c.backoff()
	}
	return loop
}

// backoff: about a dozen tries in as many seconds were seen, and fewer later.
func (c *call) backoff() time.Duration {
	wait := c.options.Retry
	for range c.tracker.failures - 12 {
		if wait *= 2; wait > c.options.MaxRetry {
			return c.options.MaxRetry
		}
	}
	return wait
}

// cannotObserve is tried again after one second, and twice as long each time:
// crossplane-runtime, pkg/ratelimiter/default.go.
func (c *call) cannotObserve(err error) Result {
	c.event(true, "CannotObserveExternalResource", err.Error())
	c.tracker.failures++
	requeue := min(c.options.Retry<<min(c.tracker.failures-1, 16), c.options.MaxRetry)
	return c.failIn(fmt.Errorf("observe failed: %w", err), requeue)
}

func (c *call) event(warning bool, reason, message string) {
	c.events = append(c.events, Event{Warning: warning, Reason: reason, Message: message})
}

func (c *call) failIn(err error, requeue time.Duration, more ...func(*call)) Result {
	for _, f := range more {
		f(c)
	}
	c.condition(xpv1.TypeSynced, false, xpv1.ReasonReconcileError, err.Error())
	return c.result(requeue)
}

func (c *call) succeed(more ...func(*call)) {
	for _, f := range more {
		f(c)
	}
	c.condition(xpv1.TypeSynced, true, xpv1.ReasonReconcileSuccess, "")
}

func creating(c *call) { c.condition(xpv1.TypeReady, false, xpv1.ReasonCreating, "") }
func deleting(c *call) { c.condition(xpv1.TypeReady, false, xpv1.ReasonDeleting, "") }

func (c *call) addFinalizer() {
	if !meta.FinalizerExists(c.mr, finalizer) {
		meta.AddFinalizer(c.mr, finalizer)
	}
}

func (c *call) result(requeue time.Duration) Result {
	return Result{Object: c.mr, Generated: c.generated, Requeue: max(requeue, 0), Events: c.events}
}

// resultWithConnection publishes what was observed.
func (c *call) resultWithConnection(requeue time.Duration) Result {
	r := c.result(requeue)
	if name, _, _ := unstructured.NestedString(c.mr.Object, "spec", "writeConnectionSecretToRef", "name"); name != "" {
		r.Connection = c.external.connection()
	}
	return r
}
