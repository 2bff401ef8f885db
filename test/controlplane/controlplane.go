package controlplane

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A controlPlane is all of it, as a platform team would have it.
type controlPlane struct {
	dir      string
	hosts    *hosts
	kube     *kubernetes
	xp       *crossplane
	registry *registry
	kubelet  *kubelet
	provider *provider
	redis    *servers
	admin    *client
}

// plane is the one that all tests share.
var plane *controlPlane

// inside the namespaces, with everything built: start the control plane.
func startControlPlane(ctx context.Context, dir string, b built) (*controlPlane, error) {
	p := &controlPlane{dir: dir}
	var err error
	if p.hosts, err = newHosts(filepath.Join(dir, "hosts")); err != nil {
		return nil, err
	}
	if err := furnish(p.hosts.file); err != nil {
		return nil, err
	}
	if err := say("etcd, API server and controllers", func() (err error) {
		p.kube, err = startKubernetes(ctx, dir, b.Kube)
		return err
	}); err != nil {
		return nil, err
	}
	if p.admin, err = p.kube.client("admin"); err != nil {
		return nil, err
	}
	if err := say("the registry, with all packages", func() (err error) {
		if p.registry, err = startRegistry(ctx, dir, b, p.kube.ca, p.hosts); err != nil {
			return err
		}
		return p.registry.fill(ctx)
	}); err != nil {
		return nil, err
	}
	p.xp = &crossplane{kube: p.kube, admin: p.admin, binary: b.Core, source: b.Crossplane, dir: dir, ca: p.kube.ca.file()}
	if err := say("Crossplane", func() error {
		if err := p.xp.start(ctx); err != nil {
			return err
		}
		return p.xp.ready(ctx)
	}); err != nil {
		return nil, err
	}
	if err := say("our packages, and what they depend on", func() error { return p.installPackages(ctx) }); err != nil {
		return nil, err
	}
	return p, say("the stand-in for the provider", func() (err error) {
		p.provider, err = p.startProvider(ctx)
		return err
	})
}

// installPackages as a platform team does: the Configurations bring the rest.
func (p *controlPlane) installPackages(ctx context.Context) error {
	if err := p.hosts.set(functionName+"."+systemNamespace, functionAddress); err != nil {
		return err
	}
	c, err := p.kube.client("kubelet")
	if err != nil {
		return err
	}
	p.kubelet = &kubelet{client: c, registry: p.registry, dir: p.dir, pods: map[string]*process{}}
	go p.kubelet.run(context.WithoutCancel(ctx))

	for name, ref := range map[string]string{
		"configuration-xredis-claims":     claimsPackage + ":" + version1,
		"configuration-xredis-namespaced": namespacedPackage + ":" + version1,
	} {
		if err := install(ctx, p.admin, configurations, "Configuration", name, ref); err != nil {
			return fmt.Errorf("%w (kubelet: %w)", err, p.kubelet.err)
		}
	}
	return p.established(ctx)
}

// established are the APIs when they are served.
func (p *controlPlane) established(ctx context.Context) error {
	return eventually(ctx, time.Minute, "the APIs are served", func(ctx context.Context) error {
		list, err := p.admin.list(ctx, definitions, "")
		if err != nil {
			return err
		}
		if len(list) < 2 {
			return fmt.Errorf("there are %d definitions", len(list))
		}
		for i := range list {
			if err := hasCondition(&list[i], "Established", "True"); err != nil {
				return err
			}
		}
		if _, err := p.admin.list(ctx, claims, ""); err != nil {
			return err
		}
		_, err = p.admin.list(ctx, namespaced, "")
		return err
	})
}

// say what is done, and how long it took.
func say(what string, f func() error) error {
	start := time.Now()
	if err := f(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	fmt.Fprintf(os.Stderr, "%5.1fs  %s\n", time.Since(start).Seconds(), what)
	return nil
}
