package controlplane

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/dynamicinformer"
	informers "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/upjet"
)

// envScale is how many claims, and how many namespaced composites, TestScale makes at
// once, as in 200,1000.
const envScale = "CONTROLPLANE_SCALE"

// speed is how much faster time goes by for AWS and the provider: a new cache, half a
// minute in the model, takes three seconds. Where many are made, time goes at its own
// pace: what the provider does in an hour is a load that would be ten times as high.
var speed = func() int {
	if os.Getenv(envScale) != "" {
		return 1
	}
	return 10
}()

// provider is the host of a model of provider-aws: a controller that watches managed
// resources, asks the model what to do, and does it. Its AWS is a model too.
type provider struct {
	client *client
	cloud  *aws.Cloud
	model  *upjet.Provider

	started   time.Time
	queue     workqueue.TypedRateLimitingInterface[item]
	informers map[schema.GroupVersionResource]informers.SharedIndexInformer
	workers   sync.RWMutex // Held for writing while nobody may work.
}

type item struct {
	resource        schema.GroupVersionResource
	namespace, name string
}

// vpcOf a subnet: those of the production tier of example/platform have one of their own.
func vpcOf(subnet string) (string, bool) {
	if strings.HasPrefix(subnet, "subnet-p") {
		return "vpc-456", true
	}
	return "vpc-123", true
}

// startProvider and its AWS, with real servers behind the caches.
func (p *controlPlane) startProvider(ctx context.Context) (*provider, error) {
	c, err := p.kube.client("provider")
	if err != nil {
		return nil, err
	}
	ca, err := newAuthority(filepath.Join(p.dir, "redis-pki"))
	if err != nil {
		return nil, err
	}
	p.redis = &servers{dir: p.dir, ca: ca, hosts: p.hosts, running: map[string]*server{}}
	out := &provider{
		client: c, started: time.Now(),
		queue:     workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[item](20*time.Millisecond, time.Second)),
		informers: map[schema.GroupVersionResource]informers.SharedIndexInformer{},
	}
	out.cloud = aws.New(out.now(), aws.Options{Engine: p.redis, VPC: vpcOf, Durations: map[aws.Step]time.Duration{
		// AWS takes minutes. Crossplane needs a moment to copy a claim's Secret from its
		// composite's, and that goes no faster here.
		aws.StepTLS: 2 * time.Minute, aws.StepAuth: 2 * time.Minute,
	}})
	out.model = upjet.New(out.cloud, upjet.Options{})
	if err := out.watch(ctx); err != nil {
		return nil, err
	}
	const workers = 8
	for range workers {
		go out.work(ctx)
	}
	go out.tick(ctx)
	return out, nil
}

// now in the model.
func (p *provider) now() time.Time {
	return p.started.Add(time.Duration(speed) * time.Since(p.started))
}

// tick moves AWS on, which the provider only looks at now and then.
func (p *provider) tick(ctx context.Context) {
	for ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
		p.cloud.Advance(p.now())
	}
}

func (p *provider) watch(ctx context.Context) error {
	factory := dynamicinformer.NewDynamicSharedInformerFactory(p.client, 0)
	for _, f := range flavours {
		for _, r := range f.managed {
			informer := factory.ForResource(r).Informer()
			p.informers[r] = informer
			add := func(o any) {
				if u, ok := o.(*unstructured.Unstructured); ok {
					p.queue.Add(item{r, u.GetNamespace(), u.GetName()})
				}
			}
			if _, err := informer.AddEventHandler(informers.ResourceEventHandlerFuncs{
				AddFunc: add,
				UpdateFunc: func(was, is any) {
					if desiresChanged(was.(*unstructured.Unstructured), is.(*unstructured.Unstructured)) {
						add(is)
					}
				},
			}); err != nil {
				return err
			}
		}
	}
	factory.Start(ctx.Done())
	for r, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return errors.New("cannot watch " + r.Resource)
		}
	}
	return nil
}

// desiresChanged is crossplane-runtime's predicate of the same name: a provider does
// not look at a resource because its status has changed.
func desiresChanged(was, is *unstructured.Unstructured) bool {
	return was.GetGeneration() != is.GetGeneration() ||
		!maps.Equal(was.GetAnnotations(), is.GetAnnotations()) ||
		!maps.Equal(was.GetLabels(), is.GetLabels()) ||
		(was.GetDeletionTimestamp() == nil) != (is.GetDeletionTimestamp() == nil)
}

// pause the provider, as if it were down, until it is resumed.
func (p *provider) pause()  { p.workers.Lock() }
func (p *provider) resume() { p.workers.Unlock() }

// poll everything now.
func (p *provider) poll() {
	for r, informer := range p.informers {
		for _, o := range informer.GetStore().List() {
			u := o.(*unstructured.Unstructured)
			p.queue.Add(item{r, u.GetNamespace(), u.GetName()})
		}
	}
}

func (p *provider) work(ctx context.Context) {
	for {
		i, shutdown := p.queue.Get()
		if shutdown || ctx.Err() != nil {
			return
		}
		p.workers.RLock()
		requeue, err := p.reconcile(ctx, i)
		p.workers.RUnlock()
		switch {
		case err != nil: // Somebody else has written it, or the API server is down.
			p.queue.AddRateLimited(i)
		default:
			p.queue.Forget(i)
			if requeue > 0 {
				p.queue.AddAfter(i, requeue/time.Duration(speed))
			}
		}
		p.queue.Done(i)
	}
}

// reconcile a managed resource: do what the model says.
func (p *provider) reconcile(ctx context.Context, i item) (requeue time.Duration, err error) {
	mr, err := p.client.get(ctx, i.resource, i.namespace, i.name)
	if kerrors.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	result := p.model.Reconcile(p.now(), mr, p.secret(ctx))
	if result.Object == nil {
		return 0, p.release(ctx, i.resource, mr)
	}
	if result.Generated != nil {
		if err := p.writeGenerated(ctx, mr, result.Generated); err != nil {
			return 0, err
		}
	}
	if result.Connection != nil {
		if err := p.writeConnection(ctx, mr, result.Connection); err != nil {
			return 0, err
		}
	}
	return result.Requeue, p.write(ctx, i.resource, mr, result.Object)
}

// secret as the model reads it. What can't be read now isn't there: that would be a
// lie that the model acts upon, so the last error is waited out.
func (p *provider) secret(ctx context.Context) upjet.Secrets {
	return func(namespace, name string) map[string][]byte {
		if name == "" {
			return nil
		}
		var secret *unstructured.Unstructured
		_ = eventually(ctx, time.Minute, "the API server answers", func(ctx context.Context) (err error) {
			secret, err = p.client.get(ctx, secrets, namespace, name)
			if kerrors.IsNotFound(err) {
				return nil
			}
			return err
		})
		if secret == nil || secret.GetName() == "" {
			return nil
		}
		out := map[string][]byte{}
		for k, v := range data(secret) {
			out[k] = []byte(v)
		}
		return out
	}
}

// finalizer that the model adds.
const finalizer = "finalizer.managedresource.crossplane.io"

// release an object that AWS doesn't have anymore.
func (p *provider) release(ctx context.Context, r schema.GroupVersionResource, mr *unstructured.Unstructured) error {
	kept := slices.DeleteFunc(mr.GetFinalizers(), func(f string) bool { return f == finalizer })
	if len(kept) == len(mr.GetFinalizers()) {
		return nil
	}
	mr.SetFinalizers(kept)
	_, err := p.client.in(r, mr.GetNamespace()).Update(ctx, mr, metav1.UpdateOptions{FieldManager: "provider"})
	if kerrors.IsNotFound(err) {
		return nil
	}
	return err
}

// write what has changed of an object, its status apart.
func (p *provider) write(ctx context.Context, r schema.GroupVersionResource, was, is *unstructured.Unstructured) error {
	status := is.Object["status"]
	if !reflect.DeepEqual(was.Object["metadata"], is.Object["metadata"]) || !reflect.DeepEqual(was.Object["spec"], is.Object["spec"]) {
		updated, err := p.client.in(r, is.GetNamespace()).Update(ctx, is, metav1.UpdateOptions{FieldManager: "provider"})
		if err != nil {
			return err
		}
		is = updated
	}
	if reflect.DeepEqual(was.Object["status"], status) {
		return nil
	}
	is.Object["status"] = status
	_, err := p.client.in(r, is.GetNamespace()).UpdateStatus(ctx, is, metav1.UpdateOptions{FieldManager: "provider"})
	return err
}

// writeConnection details to the Secret that a managed resource names.
func (p *provider) writeConnection(ctx context.Context, mr *unstructured.Unstructured, details map[string][]byte) error {
	name, namespace := text(mr, "spec", "writeConnectionSecretToRef", "name"), mr.GetNamespace()
	if namespace == "" {
		namespace = text(mr, "spec", "writeConnectionSecretToRef", "namespace")
	}
	return p.writeSecret(ctx, namespace, name, "connection.crossplane.io/v1alpha1", mr, details)
}

// writeGenerated token, beside what else its Secret holds.
func (p *provider) writeGenerated(ctx context.Context, mr *unstructured.Unstructured, g *upjet.GeneratedSecret) error {
	owner := mr
	if !g.Owned {
		owner = nil
	}
	return p.writeSecret(ctx, g.Namespace, g.Name, "Opaque", owner, map[string][]byte{g.Key: g.Value})
}

func (p *provider) writeSecret(ctx context.Context, namespace, name, kind string, owner *unstructured.Unstructured, content map[string][]byte) error {
	old, err := p.client.get(ctx, secrets, namespace, name)
	if err != nil && !kerrors.IsNotFound(err) {
		return err
	}
	if err == nil && holds(old, content) {
		return nil
	}
	encoded := map[string]any{}
	for k, v := range content {
		encoded[k] = base64.StdEncoding.EncodeToString(v)
	}
	secret := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": kind, "data": encoded,
		"metadata": map[string]any{"name": name, "namespace": namespace},
	}}
	if owner != nil {
		secret.SetOwnerReferences([]metav1.OwnerReference{*metav1.NewControllerRef(owner, owner.GroupVersionKind())})
	}
	_, err = p.client.in(secrets, namespace).Apply(ctx, name, secret, metav1.ApplyOptions{FieldManager: "provider", Force: true})
	return err
}

// holds reports whether a Secret has some content already.
func holds(secret *unstructured.Unstructured, content map[string][]byte) bool {
	has := data(secret)
	for k, v := range content {
		if value, ok := has[k]; !ok || value != string(v) {
			return false
		}
	}
	return true
}

// has reports whether AWS has a replication group, and which.
func (p *provider) has(id string) (aws.ReplicationGroup, bool) {
	for _, g := range p.cloud.ReplicationGroups() {
		if g.ID == id {
			return g, true
		}
	}
	return aws.ReplicationGroup{}, false
}
