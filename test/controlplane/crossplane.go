package controlplane

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// systemNamespace is where Crossplane lives, and the packages that it runs.
	systemNamespace = "crossplane-system"

	coreAccount = "crossplane"
	rbacAccount = "rbac-manager"
)

// crossplane is core and its RBAC manager, each with no more rights than the Helm
// chart gives it.
type crossplane struct {
	kube   *kubernetes
	admin  *client
	binary string
	source string
	dir    string
	ca     string // What the registry is trusted by.

	core, rbac *process
	options    []string // Of core, beside those that it always has.
}

func (x *crossplane) start(ctx context.Context) error {
	if err := x.applyChart(ctx); err != nil {
		return fmt.Errorf("cannot apply the chart's RBAC: %w", err)
	}
	// Core answers here when the API server asks whether something may be deleted.
	if err := x.admin.applyYAML(ctx, services, "{apiVersion: v1, kind: Service, metadata: {name: crossplane-webhooks, namespace: %s}, spec: {type: ExternalName, externalName: localhost}}", systemNamespace); err != nil {
		return fmt.Errorf("cannot make the webhooks' Service: %w", err)
	}
	core, err := x.kubeconfig(ctx, coreAccount)
	if err != nil {
		return err
	}
	rbac, err := x.kubeconfig(ctx, rbacAccount)
	if err != nil {
		return err
	}
	if err := x.init(ctx, core); err != nil {
		return err
	}
	for _, side := range []string{"client", "server"} {
		if err := writeSecret(ctx, x.admin, "crossplane-tls-"+side, filepath.Join(x.dir, "tls", side)); err != nil {
			return err
		}
	}
	if x.core, err = newProcess(x.dir, "core", func(ctx context.Context) *exec.Cmd { return x.coreCommand(ctx, core) }); err != nil {
		return err
	}
	if x.rbac, err = newProcess(x.dir, "rbac", func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, x.binary, "rbac", "start", "--provider-clusterrole=crossplane:allowed-provider-permissions")
		cmd.Env = append(os.Environ(), "KUBECONFIG="+rbac)
		return cmd
	}); err != nil {
		return err
	}
	if err := x.core.start(); err != nil {
		return err
	}
	return x.rbac.start()
}

// restart core with other options.
func (x *crossplane) restart(ctx context.Context, options ...string) error {
	x.core.stop()
	x.options = options
	if err := x.core.start(); err != nil {
		return err
	}
	return x.ready(ctx)
}

func (x *crossplane) ready(ctx context.Context) error {
	return eventually(ctx, time.Minute, "Crossplane is ready", func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:8081/readyz", nil)
		if err != nil {
			return err
		}
		rsp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		if rsp.StatusCode != http.StatusOK {
			return fmt.Errorf("it answers %s", rsp.Status)
		}
		return rsp.Body.Close()
	})
}

func (x *crossplane) coreCommand(ctx context.Context, kubeconfig string) *exec.Cmd {
	args := append([]string{
		"core", "start", "--xpkg-cache-dir", filepath.Join(x.dir, "cache", "xpkg"), "--xfn-cache-dir", filepath.Join(x.dir, "cache", "xfn"),
		"--metrics-port", "8085", "--health-probe-port", "8081", "--webhook-port", "9444",
		// It stops listening to a composite of which it hears too much, measured by a
		// clock that is slower than that of the provider and AWS here.
		fmt.Sprintf("--circuit-breaker-refill-rate=%d", speed),
	}, x.options...)
	cmd := exec.CommandContext(ctx, x.binary, args...)
	cmd.Env = append(x.env(kubeconfig),
		"TLS_SERVER_CERTS_DIR="+filepath.Join(x.dir, "tls", "server"),
		"TLS_CLIENT_CERTS_DIR="+filepath.Join(x.dir, "tls", "client"),
		"CA_BUNDLE_PATH="+x.ca)
	return cmd
}

// init the cluster for Crossplane. It is what an init container would do, and is
// tried again like one: it fails while its RBAC isn't aggregated yet, and where the
// API server doesn't serve yet what it has just defined.
func (x *crossplane) init(ctx context.Context, kubeconfig string) error {
	for _, d := range []string{"xpkg", "xfn"} {
		if err := os.MkdirAll(filepath.Join(x.dir, "cache", d), 0o700); err != nil {
			return err
		}
	}
	return eventually(ctx, time.Minute, "crossplane core init succeeds", func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, x.binary, "core", "init", "--activation", "*")
		cmd.Env = append(x.env(kubeconfig),
			"CRDS_PATH="+filepath.Join(x.source, "cluster", "crds"),
			"WEBHOOK_CONFIGS_PATH="+filepath.Join(x.source, "cluster", "webhookconfigurations"),
			"WEBHOOK_SERVICE_NAME=crossplane-webhooks", "WEBHOOK_SERVICE_NAMESPACE="+systemNamespace, "WEBHOOK_SERVICE_PORT=9444")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
		return nil
	})
}

func (x *crossplane) env(kubeconfig string) []string {
	return append(os.Environ(), "KUBECONFIG="+kubeconfig,
		"POD_NAMESPACE="+systemNamespace, "POD_SERVICE_ACCOUNT="+coreAccount, "TLS_CA_SECRET_NAME=crossplane-root-ca",
		"TLS_SERVER_SECRET_NAME=crossplane-tls-server", "TLS_CLIENT_SECRET_NAME=crossplane-tls-client")
}

// kubeconfig of a service account of Crossplane's.
func (x *crossplane) kubeconfig(ctx context.Context, account string) (string, error) {
	token, err := x.admin.token(ctx, systemNamespace, account)
	if err != nil {
		return "", err
	}
	return x.kube.kubeconfig(account, x.kube.configOf(token))
}

// token of a service account.
func (c *client) token(ctx context.Context, namespace, account string) (string, error) {
	request := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "authentication.k8s.io/v1",
		"kind":       "TokenRequest",
		"metadata":   map[string]any{"name": account, "namespace": namespace},
		"spec":       map[string]any{"expirationSeconds": int64(24 * 60 * 60)},
	}}
	out, err := c.in(serviceAccounts, namespace).Create(ctx, request, metav1.CreateOptions{}, "token")
	if err != nil {
		return "", fmt.Errorf("cannot get a token of %s: %w", account, err)
	}
	return text(out, "status", "token"), nil
}

// applyChart of Crossplane, as far as it isn't about containers.
func (x *crossplane) applyChart(ctx context.Context) error {
	if err := x.admin.applyYAML(ctx, namespaces, "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}", systemNamespace); err != nil {
		return err
	}
	for _, account := range []string{coreAccount, rbacAccount} {
		if err := x.admin.applyYAML(ctx, serviceAccounts, "{apiVersion: v1, kind: ServiceAccount, metadata: {name: %s, namespace: %s}}", account, systemNamespace); err != nil {
			return err
		}
	}
	for _, file := range []string{
		"clusterrole", "clusterrolebinding", "rbac-manager-clusterrole", "rbac-manager-clusterrolebinding",
		"rbac-manager-allowed-provider-permissions", "rbac-manager-managed-clusterroles",
	} {
		b, err := os.ReadFile(filepath.Join(x.source, "cluster", "charts", "crossplane", "templates", file+".yaml"))
		if err != nil {
			return err
		}
		if err := x.applyTemplate(ctx, string(b)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

var kindsOfChart = map[string]schema.GroupVersionResource{
	"ClusterRole":        clusterRoles,
	"ClusterRoleBinding": clusterRoleBindings,
}

// applyTemplate of the chart with its default values: what it asks about them is all
// true, and of what it inserts only names matter.
func (x *crossplane) applyTemplate(ctx context.Context, template string) error {
	template = strings.NewReplacer(
		`{{ template "crossplane.name" . }}`, "crossplane",
		"{{ .Release.Namespace }}", systemNamespace,
		"{{- end }}---", "---",
		"{{- end}}---", "---",
	).Replace(template)
	var lines []string
	for l := range strings.Lines(template) {
		if !strings.Contains(l, "{{") {
			lines = append(lines, l)
		}
	}
	for doc := range strings.SplitSeq(strings.Join(lines, ""), "---\n") {
		o, err := parse(doc)
		if err != nil {
			return err
		}
		if len(o.Object) == 0 {
			continue
		}
		if err := x.admin.apply(ctx, kindsOfChart[o.GetKind()], o); err != nil {
			return err
		}
	}
	return nil
}

// writeSecret of Crossplane's to files, as a kubelet mounts it.
func writeSecret(ctx context.Context, c *client, name, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	secret, err := c.get(ctx, secrets, systemNamespace, name)
	if err != nil {
		return err
	}
	for file, content := range data(secret) {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
