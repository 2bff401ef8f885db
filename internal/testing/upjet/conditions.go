package upjet

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

// condition is set; its time changes only when something else does, but for
// Synced's, which is renewed at each look.
func (c *call) condition(kind xpv1.ConditionType, status bool, reason xpv1.ConditionReason, message string) {
	next := map[string]any{
		"type":               string(kind),
		"status":             map[bool]string{true: "True", false: "False"}[status],
		"reason":             string(reason),
		"lastTransitionTime": c.now.UTC().Format(time.RFC3339),
	}
	if message != "" {
		next["message"] = message
	}
	conditions, _, _ := unstructured.NestedSlice(c.mr.Object, "status", "conditions")
	for i := range conditions {
		old, ok := conditions[i].(map[string]any)
		if !ok || old["type"] != next["type"] {
			continue
		}
		if kind != xpv1.TypeSynced && old["status"] == next["status"] && old["reason"] == next["reason"] && old["message"] == next["message"] {
			return
		}
		conditions[i] = next
		_ = unstructured.SetNestedSlice(c.mr.Object, conditions, "status", "conditions")
		return
	}
	_ = unstructured.SetNestedSlice(c.mr.Object, append(conditions, next), "status", "conditions")
}

// Condition of an object: its status, reason and message, empty if it has none.
func Condition(o *unstructured.Unstructured, kind string) (status, reason, message string) {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		m, ok := c.(map[string]any)
		if !ok || m["type"] != kind {
			continue
		}
		status, _, _ = unstructured.NestedString(m, "status")
		reason, _, _ = unstructured.NestedString(m, "reason")
		message, _, _ = unstructured.NestedString(m, "message")
	}
	return status, reason, message
}
