package resources

import (
	"strings"

	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// PausedByHand reports whether somebody has the provider leave a resource alone that AWS
// has, or may have.
func (r Resource) PausedByHand() bool { return r.Exists() && r.paused() && r.InAWS() }

// LeftAlone reports whether the provider does not look at the resource, or has not begun
// to look at it again.
func (r Resource) LeftAlone() bool {
	c, _ := r.Condition(ConditionSynced)
	return r.paused() || c.Reason == reconcilePaused
}

// Unanswered reports whether no provider has said anything of a resource that it may act
// on. One that runs does so while the resource is held.
func (r Resource) Unanswered() bool {
	return r.Exists() && !r.paused() && len(r.Value("status", "conditions").GetListValue().GetValues()) == 0 &&
		r.Annotation(meta.AnnotationKeyExternalCreatePending) == ""
}

// Provider that the resource needs, by the name of its package.
func (r Resource) Provider() string {
	service, _, _ := strings.Cut(r.groupKind().Group, ".")
	return "provider-aws-" + service
}

// ClusterMode reports whether AWS has the data of a replication group in shards.
func (r Resource) ClusterMode() bool {
	enabled, _ := r.Bool("status", "atProvider", "clusterEnabled")
	return enabled || r.Text("status", "atProvider", "clusterMode") == "enabled"
}

// StaysInAWS reports whether AWS keeps what a managed resource stands for when that is
// deleted.
func (r Resource) StaysInAWS() bool {
	return ptr.Deref(r.askedDeletionPolicy(), "") == v1alpha1.DeletionPolicyOrphan
}

// FinalSnapshot that AWS takes when a replication group is deleted, empty if it takes none.
func (r Resource) FinalSnapshot() string {
	return r.Text("spec", "forProvider", "finalSnapshotIdentifier")
}
