package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// functionAddress is that of the function's Service.
	functionAddress = "127.0.1.1"

	// functionMetrics are served where nobody else listens, at any address.
	functionMetrics = functionAddress + ":9090"
)

// kubelet runs what Crossplane makes Deployments for: the function, out of its
// package's image, as a process. Of a provider it only says that it runs.
type kubelet struct {
	client   *client
	registry *registry
	dir      string

	mx   sync.Mutex
	pods map[string]*process // By Deployment.
	err  error
}

// run until the context ends.
func (k *kubelet) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := k.sync(ctx); err != nil {
			k.mx.Lock()
			k.err = err
			k.mx.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// sync what runs with the Deployments that there are.
func (k *kubelet) sync(ctx context.Context) error {
	list, err := k.client.list(ctx, deployments, systemNamespace)
	if err != nil {
		return err // The API server may be down. What runs goes on.
	}
	wanted := map[string]bool{}
	for i := range list {
		wanted[list[i].GetName()] = true
	}
	k.mx.Lock()
	for name, p := range k.pods {
		if !wanted[name] {
			p.stop()
			delete(k.pods, name)
		}
	}
	k.mx.Unlock()
	for i := range list {
		if err := k.syncOne(ctx, &list[i]); err != nil {
			return fmt.Errorf("%s: %w", list[i].GetName(), err)
		}
	}
	return nil
}

func (k *kubelet) syncOne(ctx context.Context, d *unstructured.Unstructured) error {
	if conditionOf(d, "Available").Status == "True" {
		return nil
	}
	if owner := metav1.GetControllerOf(d); owner != nil && owner.Kind == "FunctionRevision" {
		if err := k.runFunction(ctx, d); err != nil {
			return err
		}
	}
	now := time.Now().UTC().Format(time.RFC3339)
	d.Object["status"] = map[string]any{
		"observedGeneration": d.GetGeneration(),
		"replicas":           int64(1), "readyReplicas": int64(1), "availableReplicas": int64(1), "updatedReplicas": int64(1),
		"conditions": []any{map[string]any{
			"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable",
			"lastTransitionTime": now, "lastUpdateTime": now,
		}},
	}
	_, err := k.client.in(deployments, systemNamespace).UpdateStatus(ctx, d, metav1.UpdateOptions{})
	return err
}

// runFunction that a Deployment asks for, instead of the one that ran before.
func (k *kubelet) runFunction(ctx context.Context, d *unstructured.Unstructured) error {
	name := d.GetName()
	k.mx.Lock()
	_, running := k.pods[name]
	k.mx.Unlock()
	if running {
		return nil
	}
	containers, _, _ := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "containers")
	if len(containers) != 1 {
		return fmt.Errorf("expected one container, there are %d", len(containers))
	}
	image, _, _ := unstructured.NestedString(containers[0].(map[string]any), "image")
	binary, certs := filepath.Join(k.dir, name), filepath.Join(k.dir, "tls", name)
	if err := k.registry.extract(ctx, image, "/function", binary); err != nil {
		return err
	}
	if err := writeSecret(ctx, k.client, serverSecret(d), certs); err != nil {
		return err
	}
	p, err := newProcess(k.dir, name, func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, binary, "--address", functionAddress+":9443", "--metrics-address", functionMetrics)
		cmd.Env = append(os.Environ(), "TLS_SERVER_CERTS_DIR="+certs)
		return cmd
	})
	if err != nil {
		return err
	}
	k.mx.Lock()
	for other, old := range k.pods {
		old.stop()
		delete(k.pods, other)
	}
	k.pods[name] = p
	k.mx.Unlock()
	if err := p.start(); err != nil {
		return err
	}
	return eventually(ctx, 10*time.Second, "the function listens", func(ctx context.Context) error {
		return dial(ctx, functionAddress+":9443")
	})
}

// serverSecret is the Secret with the certificate that a Deployment mounts.
func serverSecret(d *unstructured.Unstructured) string {
	volumes, _, _ := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "volumes")
	for _, v := range volumes {
		m, _ := v.(map[string]any)
		if name, _, _ := unstructured.NestedString(m, "secret", "secretName"); strings.HasSuffix(name, "tls-server") {
			return name
		}
	}
	return ""
}

// function is the process that runs.
func (k *kubelet) function() *process {
	k.mx.Lock()
	defer k.mx.Unlock()
	for _, p := range k.pods {
		return p
	}
	return nil
}

// handled is what the SDK counts of the calls that were answered.
var handled = regexp.MustCompile(`(?m)^grpc_server_handled_total{.*grpc_code="OK",grpc_method="RunFunction".*} (\d+)`)

// calls that the function's process has answered.
func (k *kubelet) calls(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+functionMetrics+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer rsp.Body.Close() //nolint:errcheck // It is only read.
	text, err := io.ReadAll(rsp.Body)
	if err != nil {
		return 0, err
	}
	found := handled.FindAllStringSubmatch(string(text), -1)
	if len(found) == 0 {
		return 0, errors.New("the function's metrics don't tell its calls")
	}
	calls := 0
	for _, m := range found {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, err
		}
		calls += n
	}
	return calls, nil
}

// runs reports whether it is a revision's process that runs.
func (k *kubelet) runs(revision string) bool {
	k.mx.Lock()
	defer k.mx.Unlock()
	return k.pods[revision] != nil
}
