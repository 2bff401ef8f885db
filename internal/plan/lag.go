package plan

import (
	"slices"
	"time"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

const (
	// lag is how long after an update the provider may show what was there before it.
	// Six seconds were seen.
	lag = time.Minute

	// clocks is how far those of the two controllers may differ.
	clocks = 5 * time.Second
)

// currentReport of AWS on the cache. It is nil, as while nothing is known, where the
// provider shows again what was there before a change of which the claim says that it is
// done: after an update its status goes back for a few seconds. Nothing that was said is
// taken back for that, and nothing is asked for or published.
func currentReport(xr *protocol.XR, rg resources.Resource) *redis.Reported {
	r := rg.Reported()
	if r == nil || !justSaid(xr, rg) {
		return r
	}
	pending := redis.Pending(rg.AskedConfig(r.Config), *r, rg.Settings(&xr.Spec))
	if slices.ContainsFunc(pending, func(d redis.Difference) bool { return !slices.Contains(xr.Status.Changes, d.String()) }) {
		return nil
	}
	return r
}

// justSaid reports whether the provider looked at the cache so soon after the claim was
// told what changes that its status may have gone back.
func justSaid(xr *protocol.XR, rg resources.Resource) bool {
	if xr.Status.Engine == "" {
		return false
	}
	changing, _ := xr.Observed.Condition(v1alpha1.ConditionChanging)
	synced, _ := rg.Condition(resources.ConditionSynced)
	said, err := time.Parse(time.RFC3339, changing.Since)
	if err != nil {
		return false
	}
	seen, err := time.Parse(time.RFC3339, synced.Since)
	return err == nil && seen.After(said.Add(-clocks)) && seen.Before(said.Add(lag))
}
