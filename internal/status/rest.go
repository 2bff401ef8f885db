package status

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/plan"
)

// Rest until something is seen to change, or the TTL is over, where the cache is settled
// and nothing was looked up: Crossplane watches all that such an answer rests on, but for
// the Secret that a claim's composite publishes.
func Rest(rsp *fnv1.RunFunctionResponse, p plan.Plan, ttl time.Duration) {
	if p.Reported != nil && isSettled(rsp) && !looksUp(rsp) {
		rsp.GetMeta().Ttl = durationpb.New(ttl)
	}
}

// isSettled reports whether the conditions say that nothing moves, waits, fails or was
// refused.
func isSettled(rsp *fnv1.RunFunctionResponse) bool {
	reasons := map[string]string{}
	for _, c := range rsp.GetConditions() {
		reasons[c.GetType()] = c.GetReason()
	}
	return reasons[v1alpha1.ConditionAccepted] == reasonValid &&
		reasons[v1alpha1.ConditionProvisioned] == reasonAvailable &&
		reasons[v1alpha1.ConditionURLPublished] == reasonPublished &&
		reasons[v1alpha1.ConditionChanging] == reasonSettled
}

// looksUp reports whether Crossplane is asked for anything, by either of the protocol's
// names.
func looksUp(rsp *fnv1.RunFunctionResponse) bool {
	r := rsp.GetRequirements()
	return len(r.GetResources())+len(r.GetExtraResources()) > 0
}
