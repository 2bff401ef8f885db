package controlplane

import (
	"context"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// What our packages are called, and those that they depend on.
	functionPackage   = "xpkg.crossplane.io/crossplane-contrib/function-xredis"
	claimsPackage     = "xpkg.crossplane.io/crossplane-contrib/configuration-xredis-claims"
	namespacedPackage = "xpkg.crossplane.io/crossplane-contrib/configuration-xredis-namespaced"

	// functionName is what Crossplane calls the function that a Configuration depends on.
	functionName = "crossplane-contrib-function-xredis"

	providerVersion = "v2.5.0"
)

// tierPackages of a group, by flavour.
func tierPackages(group string) map[string]string {
	out := map[string]string{}
	for _, f := range flavours {
		out[f.name] = "xpkg.crossplane.io/crossplane-contrib/configuration-" + f.name + "-" + strings.ReplaceAll(group, ".", "-") + ":" + version1
	}
	return out
}

// providerPackages are the provider's own CRDs in packages of the provider's names.
// The real ones also have the rest of AWS, which takes minutes to establish, and
// programs that come from nowhere here.
var providerPackages = []struct {
	name      string
	dependsOn string
	crds      []string
}{
	{
		name: "upbound/provider-family-aws",
		crds: []string{"aws.upbound.io_providerconfigs", "aws.m.upbound.io_providerconfigs", "aws.m.upbound.io_clusterproviderconfigs"},
	},
	{
		name:      "upbound/provider-aws-elasticache",
		dependsOn: "upbound/provider-family-aws",
		crds: []string{
			"elasticache.aws.upbound.io_replicationgroups", "elasticache.aws.upbound.io_subnetgroups", "elasticache.aws.upbound.io_parametergroups",
			"elasticache.aws.m.upbound.io_replicationgroups", "elasticache.aws.m.upbound.io_subnetgroups", "elasticache.aws.m.upbound.io_parametergroups",
		},
	},
	{
		name:      "upbound/provider-aws-ssm",
		dependsOn: "upbound/provider-family-aws",
		crds:      []string{"ssm.aws.upbound.io_parameters", "ssm.aws.m.upbound.io_parameters"},
	},
}

// registry stands for the public ones, under their own names.
type registry struct {
	built
	*process

	dir string
	ca  *authority
}

func startRegistry(ctx context.Context, dir string, b built, ca *authority, h *hosts) (*registry, error) {
	names := []string{"xpkg.upbound.io", "xpkg.crossplane.io"}
	for _, n := range names {
		if err := h.set(n, "127.0.0.1"); err != nil {
			return nil, err
		}
	}
	cert, err := ca.issue("registry", pkix.Name{CommonName: "registry"}, names...)
	if err != nil {
		return nil, err
	}
	r := &registry{built: b, dir: dir, ca: ca}
	if r.process, err = newProcess(dir, "registry", func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, b.Registry, "serve", "--address", "127.0.0.1:443", "--cert", cert.cert, "--key", cert.key)
	}); err != nil {
		return nil, err
	}
	if err := r.start(); err != nil {
		return nil, err
	}
	return r, eventually(ctx, 10*time.Second, "the registry listens", func(ctx context.Context) error {
		return dial(ctx, "127.0.0.1:443")
	})
}

func dial(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// fill the registry with all packages.
func (r *registry) fill(ctx context.Context) error {
	for version, dir := range r.Packages {
		for pkg, file := range map[string]string{
			functionPackage:   "function-" + runtime.GOARCH + ".xpkg",
			claimsPackage:     "configuration-claims.xpkg",
			namespacedPackage: "configuration-namespaced.xpkg",
		} {
			if err := r.push(ctx, filepath.Join(dir, file), pkg+":"+version); err != nil {
				return err
			}
		}
	}
	for group, dir := range r.Tiers {
		for flavour, ref := range tierPackages(group) {
			if err := r.push(ctx, filepath.Join(dir, "configuration-"+flavour+".xpkg"), ref); err != nil {
				return err
			}
		}
	}
	for _, p := range providerPackages {
		if err := r.pushProvider(ctx, p.name, p.dependsOn, p.crds); err != nil {
			return err
		}
	}
	return nil
}

func (r *registry) pushProvider(ctx context.Context, name, dependsOn string, crds []string) error {
	dir := filepath.Join(r.dir, "packages", filepath.Base(name))
	if err := os.MkdirAll(filepath.Join(dir, "crds"), 0o700); err != nil {
		return err
	}
	var meta strings.Builder
	fmt.Fprintf(&meta, "apiVersion: meta.pkg.crossplane.io/v1\nkind: Provider\nmetadata: {name: %s}\nspec:\n  capabilities: [SafeStart]\n", filepath.Base(name))
	if dependsOn != "" {
		fmt.Fprintf(&meta, "  dependsOn: [{provider: xpkg.upbound.io/%s, version: \">=%s\"}]\n", dependsOn, providerVersion)
	}
	if err := os.WriteFile(filepath.Join(dir, "crossplane.yaml"), []byte(meta.String()), 0o600); err != nil {
		return err
	}
	for _, crd := range crds {
		b, err := os.ReadFile(filepath.Join(r.Provider, "package", "crds", crd+".yaml"))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "crds", crd+".yaml"), b, 0o600); err != nil {
			return err
		}
	}
	file := dir + ".xpkg"
	if err := r.crossplane(ctx, "xpkg", "build", "--package-root", dir, "--package-file", file); err != nil {
		return err
	}
	return r.push(ctx, file, "xpkg.upbound.io/"+name+":"+providerVersion)
}

func (r *registry) push(ctx context.Context, file, ref string) error {
	return r.crossplane(ctx, "xpkg", "push", "--package-files", file, ref)
}

func (r *registry) crossplane(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, r.CLI, args...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+r.ca.file())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("crossplane %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// extract a file of an image.
func (r *registry) extract(ctx context.Context, image, file, output string) error {
	cmd := exec.CommandContext(ctx, r.Registry, "extract", image, file, output)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+r.ca.file())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot get %s of %s: %w\n%s", file, image, err, out)
	}
	return nil
}

// install a package of ours, and wait until it and all that it depends on is healthy.
func install(ctx context.Context, c *client, r schema.GroupVersionResource, kind, name, ref string) error {
	if err := c.applyYAML(ctx, r, "{apiVersion: pkg.crossplane.io/v1, kind: %s, metadata: {name: %s}, spec: {package: %q}}", kind, name, ref); err != nil {
		return err
	}
	return healthy(ctx, c, r, name, ref)
}

// healthy is a package that is installed at a reference.
func healthy(ctx context.Context, c *client, r schema.GroupVersionResource, name, ref string) error {
	return eventually(ctx, 2*time.Minute, ref+" is healthy", func(ctx context.Context) error {
		p, err := c.get(ctx, r, "", name)
		if err != nil {
			return err
		}
		if at := text(p, "spec", "package"); at != ref {
			return fmt.Errorf("it is %s", at)
		}
		if at := text(p, "status", "currentIdentifier"); at != ref {
			return fmt.Errorf("what runs is %q, %v", at, conditions(p))
		}
		if err := hasCondition(p, "Installed", "True"); err != nil {
			return err
		}
		return hasCondition(p, "Healthy", "True")
	})
}
