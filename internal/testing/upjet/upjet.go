// Package upjet is a model of provider-aws: what it does with the four kinds of
// managed resources that a cache is made of, in both families of its API. It
// follows what was seen of provider-aws v2.5.0, upjet v2.2 and crossplane-runtime
// v2.2.0, mistakes and traps included.
//
// It is pure but for what it remembers: time, objects and Secrets are given, and
// what is to be written is returned. Its host may be a simulation or a controller
// on a real API server.
package upjet

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// A Provider reconciles managed resources with AWS.
type Provider struct {
	mu       sync.Mutex
	cloud    *aws.Cloud
	options  Options
	trackers map[string]*tracker
}

// Options of a Provider. What is zero takes its default.
type Options struct {
	Poll          time.Duration // Between looks at a resource that is as it should be: 10 m.
	WaitInterval  time.Duration // Between looks at a group that changes: 10 s.
	CreateDelay   time.Duration // Before the first look at a new group: 30 s.
	ReplicaDelay  time.Duration // Before the first look after a change of the node count: 30 s.
	DeleteDelay   time.Duration // Before the first look at a group being deleted: 30 s.
	CreationGrace time.Duration // In which a new resource may be missing: 30 s.
	DeleteRetry   time.Duration // Between tries to delete what is in use: 2 s.
	Retry         time.Duration // After a failure, the first dozen times: 1 s.
	MaxRetry      time.Duration // After failures that last: 60 s.
	Loop          time.Duration // Between operations, where one follows upon the other: 300 ms.
	ParameterLoop time.Duration // The same for ssm Parameters: 50 ms.

	// TellCreateFailures puts the error of a creation that is refused at once into
	// LastAsyncOperation, and nowhere else. By default it isn't there either, as was
	// seen too: the reconciler's own write comes after. That of a creation that fails
	// later is always there.
	TellCreateFailures bool

	// GoBack has atProvider show once more, for a few seconds after an update, what was
	// there before it, as was seen.
	GoBack bool

	// Seed of generated tokens.
	Seed string
}

// Secrets reads a Secret: nil if there is none.
type Secrets func(namespace, name string) map[string][]byte

// A Result is what the host has to do.
type Result struct {
	// Object with its metadata and status as they are to be written. Nil if its
	// finalizer is gone, so that the API server drops it.
	Object *unstructured.Unstructured

	// Connection details, to be written to the Secret of writeConnectionSecretToRef;
	// nil if there are none to be written now.
	Connection map[string][]byte

	// Generated is a token Secret to be written, nil if there is none.
	Generated *GeneratedSecret

	// Requeue after this long, or not at all if it is zero. Beside that, the host
	// calls when the object is made, deleted, or changes in spec, labels or
	// annotations; not when its status does, and not when a Secret does.
	Requeue time.Duration

	// Events that are recorded on the object.
	Events []Event
}

// An Event as Kubernetes records it. It counts those that are the same.
type Event struct {
	Warning         bool
	Reason, Message string
}

// A GeneratedSecret holds a token that the provider made up. The key is set in
// the Secret; what else it holds stays.
type GeneratedSecret struct {
	Namespace, Name, Key string
	Value                []byte
	Owned                bool // There was no such Secret, so the managed resource owns it.
}

// New is a provider that has just started.
func New(cloud *aws.Cloud, o Options) *Provider {
	for field, value := range map[*time.Duration]time.Duration{
		&o.Poll:          10 * time.Minute,
		&o.WaitInterval:  10 * time.Second,
		&o.CreateDelay:   30 * time.Second,
		&o.ReplicaDelay:  30 * time.Second,
		&o.DeleteDelay:   30 * time.Second,
		&o.CreationGrace: 30 * time.Second,
		&o.DeleteRetry:   2 * time.Second,
		&o.Retry:         time.Second,
		&o.MaxRetry:      time.Minute,
		&o.Loop:          300 * time.Millisecond,
		&o.ParameterLoop: 50 * time.Millisecond,
	} {
		if *field == 0 {
			*field = value
		}
	}
	return &Provider{cloud: cloud, options: o, trackers: map[string]*tracker{}}
}

// Restart forgets all that is only in memory: operations under way are left to
// AWS, and not gone on with.
func (p *Provider) Restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.trackers)
}

// Serves reports whether an object is of a kind that the provider reconciles.
func Serves(mr *unstructured.Unstructured) bool { return kindOf(mr) != "" }

// kindOf an object, in both families: empty if it is none of the provider's.
func kindOf(mr *unstructured.Unstructured) string {
	gvk := mr.GroupVersionKind()
	switch gvk.Group {
	case "elasticache.aws.upbound.io", "elasticache.aws.m.upbound.io":
		if gvk.Kind == "ReplicationGroup" || gvk.Kind == "SubnetGroup" || gvk.Kind == "ParameterGroup" {
			return gvk.Kind
		}
	case "ssm.aws.upbound.io", "ssm.aws.m.upbound.io":
		if gvk.Kind == "Parameter" {
			return gvk.Kind
		}
	}
	return ""
}

// tracker is what the provider remembers of a resource, and forgets when it is
// restarted.
type tracker struct {
	id      string // In AWS, once known.
	deleted bool
	op      *operation

	// applied is what AWS does not tell, but was asked for with success, once that
	// is known.
	applied applied
	known   bool

	failures int
	refusals int // Updates that would replace the resource.

	before map[string]any // atProvider as an update began.
	goBack int            // Looks until that is over.
}

// applied arguments of a replication group. What is empty is not known to have been
// asked for.
type applied struct {
	token                                                   *string // Nil if there was no reference to one.
	strategy, finalSnapshot, snapshotName, applyImmediately string
}
