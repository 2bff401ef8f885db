package controlplane

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const apiServerURL = "https://127.0.0.1:6443"

// auditPolicy records every write to what the function has to do with: of Secrets
// also the content, because that is where a URL could go backwards.
const auditPolicy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: RequestResponse
  verbs: [create, update, patch, delete, deletecollection]
  resources: [{group: "", resources: [secrets]}]
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
  resources:
  - {group: platform.example.org}
  - {group: m.platform.example.org}
  - {group: elasticache.aws.upbound.io}
  - {group: elasticache.aws.m.upbound.io}
  - {group: ssm.aws.upbound.io}
  - {group: ssm.aws.m.upbound.io}
- level: None
`

// kubernetes is a control plane without nodes.
type kubernetes struct {
	dir    string
	binary string
	ca     *authority

	etcd, apiServer, controllers *process
}

// startKubernetes and wait until it can be worked with.
func startKubernetes(ctx context.Context, dir, binary string) (*kubernetes, error) {
	k := &kubernetes{dir: dir, binary: binary}
	var err error
	if k.ca, err = newAuthority(filepath.Join(dir, "pki")); err != nil {
		return nil, err
	}
	for _, start := range []func() error{k.startEtcd, k.startAPIServer, k.startControllers} {
		if err := start(); err != nil {
			return nil, err
		}
	}
	admin, err := k.client("admin")
	if err != nil {
		return nil, err
	}
	return k, eventually(ctx, time.Minute, "the API server is up and its controllers work", func(ctx context.Context) error {
		_, err := admin.get(ctx, serviceAccounts, "default", "default")
		return err
	})
}

// command of the one binary that has all programs.
func (k *kubernetes) command(args ...string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, k.binary, args...) }
}

// startEtcd with more room than the two gigabytes of the default, for all versions that
// a thousand caches write between two compactions.
func (k *kubernetes) startEtcd() (err error) {
	if k.etcd, err = newProcess(k.dir, "etcd", k.command("etcd", "--name", "test", "--data-dir", filepath.Join(k.dir, "etcd"),
		"--unsafe-no-fsync", "--quota-backend-bytes", "8589934592", "--log-level", "warn",
		"--listen-client-urls", "http://127.0.0.1:2379", "--advertise-client-urls", "http://127.0.0.1:2379",
		"--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
		"--initial-cluster", "test=http://127.0.0.1:2380")); err != nil {
		return err
	}
	return k.etcd.start()
}

func (k *kubernetes) startAPIServer() error {
	server, err := k.ca.issue("apiserver", pkix.Name{CommonName: "kube-apiserver"}, "127.0.0.1", "localhost", "kubernetes.default.svc")
	if err != nil {
		return err
	}
	policy := filepath.Join(k.dir, "audit-policy.yaml")
	if err := os.WriteFile(policy, []byte(auditPolicy), 0o600); err != nil {
		return err
	}
	accounts, err := k.serviceAccountKeys()
	if err != nil {
		return err
	}
	if k.apiServer, err = newProcess(k.dir, "apiserver", k.command("kube-apiserver",
		"--etcd-servers", "http://127.0.0.1:2379",
		"--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", "6443", "--endpoint-reconciler-type", "none",
		"--tls-cert-file", server.cert, "--tls-private-key-file", server.key, "--client-ca-file", k.ca.file(),
		"--service-account-key-file", accounts.cert, "--service-account-signing-key-file", accounts.key,
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-cluster-ip-range", "10.0.0.0/24",
		"--audit-policy-file", policy, "--audit-log-path", k.auditLog(), "--audit-log-maxsize", "2000",
		"--authorization-mode", "RBAC", "--profiling=false")); err != nil {
		return err
	}
	return k.apiServer.start()
}

func (k *kubernetes) auditLog() string { return filepath.Join(k.dir, "audit.log") }

// serviceAccountKeys with which tokens are signed, and checked.
func (k *kubernetes) serviceAccountKeys() (pair, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return pair{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return pair{}, err
	}
	p := pair{cert: filepath.Join(k.ca.dir, "accounts.pub"), key: filepath.Join(k.ca.dir, "accounts.key")}
	if err := writePEM(p.cert, "PUBLIC KEY", public); err != nil {
		return pair{}, err
	}
	return p, writePEM(p.key, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

// startControllers, those that Crossplane needs.
func (k *kubernetes) startControllers() error {
	config, err := k.config("system:kube-controller-manager", "")
	if err != nil {
		return err
	}
	file, err := k.kubeconfig("controllers", config)
	if err != nil {
		return err
	}
	if k.controllers, err = newProcess(k.dir, "controllers", k.command("kube-controller-manager",
		"--kubeconfig", file, "--bind-address", "127.0.0.1", "--leader-elect=false", "--use-service-account-credentials",
		"--service-account-private-key-file", filepath.Join(k.ca.dir, "accounts.key"), "--root-ca-file", k.ca.file(),
		"--controllers", "garbage-collector-controller,namespace-controller,clusterrole-aggregation-controller,serviceaccount-controller",
		"--profiling=false")); err != nil {
		return err
	}
	return k.controllers.start()
}

// config of a user with a certificate.
func (k *kubernetes) config(user, group string) (*rest.Config, error) {
	subject := pkix.Name{CommonName: user}
	if group != "" {
		subject.Organization = []string{group}
	}
	cert, err := k.ca.issue("user-"+user, subject)
	if err != nil {
		return nil, err
	}
	return &rest.Config{
		WarningHandler:  rest.NoWarnings{},
		Host:            apiServerURL,
		QPS:             -1,
		TLSClientConfig: rest.TLSClientConfig{CAFile: k.ca.file(), CertFile: cert.cert, KeyFile: cert.key},
	}, nil
}

// configOf a service account.
func (k *kubernetes) configOf(token string) *rest.Config {
	return &rest.Config{Host: apiServerURL, QPS: -1, BearerToken: token, TLSClientConfig: rest.TLSClientConfig{CAFile: k.ca.file()}}
}

// kubeconfig is what programs are told a config by.
func (k *kubernetes) kubeconfig(name string, c *rest.Config) (string, error) {
	file := filepath.Join(k.dir, name+".kubeconfig")
	config := clientcmdapi.Config{
		CurrentContext: "test",
		Contexts:       map[string]*clientcmdapi.Context{"test": {Cluster: "test", AuthInfo: "test"}},
		Clusters:       map[string]*clientcmdapi.Cluster{"test": {Server: c.Host, CertificateAuthority: c.CAFile}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"test": {ClientCertificate: c.CertFile, ClientKey: c.KeyFile, Token: c.BearerToken}},
	}
	if err := clientcmd.WriteToFile(config, file); err != nil {
		return "", fmt.Errorf("cannot write %s: %w", file, err)
	}
	return file, nil
}

// client of a user with a certificate, who may do anything.
func (k *kubernetes) client(user string) (*client, error) {
	c, err := k.config(user, "system:masters")
	if err != nil {
		return nil, err
	}
	return newClient(c)
}

// kubectl as an app team or a platform team would call it.
func (k *kubernetes) kubectl(ctx context.Context, kubeconfig, stdin string, args ...string) (string, error) {
	args = append([]string{"kubectl", "--kubeconfig", kubeconfig, "--cache-dir", filepath.Join(k.dir, "kubectl")}, args...)
	cmd := exec.CommandContext(ctx, k.binary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
