package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// published is the URL that clients can read in its Secret.
type published struct {
	connection.Details

	// InParameterStore reports whether Parameter Store has it.
	InParameterStore bool

	// revision is the URL's digest, and how many URLs the parameter was given until
	// then, so that one that comes back is another revision.
	revision string
}

// publishedURL as observed. While an observation lacks the URL, the last revision stays.
func publishedURL(xr *protocol.XR, o resources.Observed, urlSecret *resources.SecretRef) published {
	out := published{Details: connection.Published(xr, o), revision: o[resources.URLParameter].Annotation(resources.AnnotationURLRevision)}
	if out.URL().IsEmpty() {
		return out
	}
	digest, count, _ := strings.Cut(out.revision, ".")
	if now := out.URL().Digest(salt(xr)); digest != now {
		n, _ := strconv.Atoi(count) // 0 before the first.
		out.revision = fmt.Sprintf("%s.%d", now, n+1)
		return out
	}
	out.InParameterStore = readsPublished(xr, urlSecret) && isWritten(xr, o, out.revision)
	return out
}

// readsPublished reports whether the parameter reads the Secret that clients read. The
// reference of a claim's composite can move, and the parameter goes on to read the Secret
// that was there before.
func readsPublished(xr *protocol.XR, urlSecret *resources.SecretRef) bool {
	asked := connection.AskedURLSecret(xr)
	return xr.Namespaced() || asked == nil || urlSecret == nil || *asked == *urlSecret
}

// isWritten reports whether AWS has a revision. The provider's report proves it: the
// last write had that revision. A parameter that the provider leaves alone or fails at
// proves nothing. What was proved stays so: the report may be missing for a run, and
// goes back for a few seconds after an update.
func isWritten(xr *protocol.XR, o resources.Observed, revision string) bool {
	r := o[resources.URLParameter]
	ready, _ := r.Condition(resources.ConditionReady)
	if r.LeftAlone() || r.Deleting() || r.SyncError() != "" || ready.Status == "False" {
		return false
	}
	last, _ := xr.Observed.Condition(v1alpha1.ConditionURLPublished)
	return r.WrittenRevision() == revision && ready.Status == "True" ||
		last.Status == "True" && strings.Contains(last.Message, revision)
}
