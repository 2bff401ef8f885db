package crossplane

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// systemConditions are Crossplane's own: a function can't set them.
var systemConditions = []string{"Ready", "Synced", "Healthy", "UpToDate", "Responsive"}

// refused sets the conditions that came with a Fatal. Those of the function that
// did not come turn Unknown: Crossplane v2.4.0, composite/reconciler.go.
func (c *Cluster) refused(rsp *fnv1.RunFunctionResponse, text string) {
	c.record(Fatal, "", text)
	xr := c.objects[c.xr]
	c.setCondition("Synced", "False", "ReconcileError", "cannot compose resources: pipeline step \"redis\" returned a fatal result: "+text)
	seen := c.setConditions(rsp)
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")
	for _, item := range conditions {
		kind, _ := item.(map[string]any)["type"].(string)
		if !slices.Contains(systemConditions, kind) && !slices.Contains(seen, kind) {
			c.setCondition(kind, "Unknown", "FatalError", "A fatal error occurred before the status of this condition could be determined.")
		}
	}
}

// report what a response says of the composite: status, conditions, readiness.
func (c *Cluster) report(rsp *fnv1.RunFunctionResponse) {
	xr := c.objects[c.xr]
	status, _, _ := unstructured.NestedMap(rsp.GetDesired().GetComposite().GetResource().AsMap(), "status")
	delete(status, "conditions")
	next := map[string]any{}
	if len(status) > 0 {
		next["status"] = normalized(status)
	}
	if xr.Object["status"] == nil {
		xr.Object["status"] = map[string]any{}
	}
	prune(xr.Object, c.applied[c.xr], next)
	if xr.Object["status"] == nil {
		xr.Object["status"] = map[string]any{}
	}
	overlay(xr.Object, next)
	c.applied[c.xr] = next
	c.setConditions(rsp)
	c.setCondition("Synced", "True", "ReconcileSuccess", "")
	if ready(rsp.GetDesired()) {
		c.setCondition("Ready", "True", "Available", "")
	} else {
		c.setCondition("Ready", "False", "Creating", "")
	}
}

// ready if the function says so, or if it says nothing and all resources are.
func ready(d *fnv1.State) bool {
	switch d.GetComposite().GetReady() {
	case fnv1.Ready_READY_TRUE:
		return true
	case fnv1.Ready_READY_FALSE:
		return false
	case fnv1.Ready_READY_UNSPECIFIED:
	}
	for _, r := range d.GetResources() {
		if r.GetReady() != fnv1.Ready_READY_TRUE {
			return false
		}
	}
	return true
}

// setConditions of a response, and tell which.
func (c *Cluster) setConditions(rsp *fnv1.RunFunctionResponse) []string {
	var seen []string
	for _, cond := range rsp.GetConditions() {
		if slices.Contains(systemConditions, cond.GetType()) {
			continue
		}
		status := map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[cond.GetStatus()]
		if status == "" {
			status = "Unknown"
		}
		c.setCondition(cond.GetType(), status, cond.GetReason(), cond.GetMessage())
		seen = append(seen, cond.GetType())
	}
	return seen
}

// setCondition of the composite; its time changes only with the rest.
func (c *Cluster) setCondition(kind, status, reason, message string) {
	xr := c.objects[c.xr]
	next := map[string]any{"type": kind, "status": status, "reason": reason, "lastTransitionTime": c.now.UTC().Format(time.RFC3339)}
	if message != "" {
		next["message"] = message
	}
	conditions, _, _ := unstructured.NestedSlice(xr.Object, "status", "conditions")
	i := slices.IndexFunc(conditions, func(item any) bool { return item.(map[string]any)["type"] == kind })
	switch {
	case i < 0:
		conditions = append(conditions, next)
	case conditions[i].(map[string]any)["status"] == status && conditions[i].(map[string]any)["reason"] == reason && conditions[i].(map[string]any)["message"] == next["message"]:
		return
	default:
		conditions[i] = next
	}
	_ = unstructured.SetNestedSlice(xr.Object, conditions, "status", "conditions")
}

// publish the connection details of a claim's composite. What was published
// before and is not any more stays in the Secret: Crossplane v2.4.0 merges them,
// composite/api.go.
func (c *Cluster) publish(details map[string][]byte) {
	xr := c.objects[c.xr]
	r, ok := connectionRef(xr)
	if !ok || xr.GetNamespace() != "" || len(details) == 0 {
		return
	}
	c.writeSecret(r, details, c.objects[c.xr])
}
