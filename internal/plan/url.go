package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/function-xredis/internal/composite"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// conditionURLPublished is the type of the condition that remembers, from run to run,
// which revision of the URL was published: its message names it.
const conditionURLPublished = "URLPublished"

// urlRevision of the URL that clients can read in its Secret, and whether Parameter
// Store has it. A revision is the URL's digest, and how many URLs the parameter was
// given until then, so that one that comes back is another revision. While an
// observation lacks the URL, the last revision stays.
func urlRevision(xr *composite.XR, o resources.Observed, published connection.Details) (revision string, inParameterStore bool) {
	last := o[resources.URLParameter].Annotation(resources.AnnotationURLRevision)
	if published.URL().IsEmpty() {
		return last, false
	}
	digest, count, _ := strings.Cut(last, ".")
	if now := published.URL().Digest(salt(xr)); digest != now {
		n, _ := strconv.Atoi(count) // 0 before the first.
		return fmt.Sprintf("%s.%d", now, n+1), false
	}
	return last, isWritten(xr, o, last)
}

// readsPublished reports whether the parameter reads the Secret that clients read. The
// reference of a claim's composite can move, and the parameter goes on to read the Secret
// that was there before.
func readsPublished(xr *composite.XR, o resources.Observed) bool {
	asked, kept := connection.AskedURLSecret(xr), connection.URLSecret(xr, o)
	return xr.Namespaced() || asked == nil || kept == nil || *asked == *kept
}

// isWritten reports whether AWS has a revision. The provider's report proves it: the
// last write had that revision. A parameter that the provider leaves alone or fails at
// proves nothing. What was proved stays so: the report may be missing for a run, and
// goes back for a few seconds after an update.
func isWritten(xr *composite.XR, o resources.Observed, revision string) bool {
	r := o[resources.URLParameter]
	ready, _ := r.Condition("Ready")
	if r.LeftAlone() || r.Deleting() || r.SyncError() != "" || ready.Status == "False" {
		return false
	}
	last, _ := xr.Observed.Condition(conditionURLPublished)
	return r.WrittenRevision() == revision && ready.Status == "True" ||
		last.Status == "True" && strings.Contains(last.Message, revision)
}
