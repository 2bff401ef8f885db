package controlplane

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// policies that refuse to delete what is protected, as they are built beside the packages.
func (f flavour) policies() string {
	return filepath.Join(plane.dir, "built", version1, "deletion-protection-"+f.name+".yaml")
}

// kubectlAsAdmin as a platform team would call it, and what it prints.
func kubectlAsAdmin(t *testing.T, args ...string) (string, error) {
	t.Helper()
	user := "admin-" + strings.ReplaceAll(t.Name(), "/", "-") // Tests in parallel each have a certificate.
	config, err := plane.kube.config(user, "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	file, err := plane.kube.kubeconfig(user, config)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plane.kube.kubectl(t.Context(), file, "", args...)
	t.Logf("$ kubectl %s\n%s", strings.ReplaceAll(strings.Join(args, " "), plane.dir, "DIR"), strings.TrimSpace(out))
	return out, err
}

// TestDeletionProtection tries to delete what is protected in every way, then lifts the
// protection, and deletes everything.
func TestDeletionProtection(t *testing.T) {
	cases := map[string]struct {
		reason string
		app    string
		spec   []string // Of the claim.
		says   string   // kubectl, when the claim is deleted.
	}{
		"Claim": {
			reason: "A claim that asks for protection should have it.",
			app:    "asked",
			spec:   []string{"deletionProtection: true"},
			says:   "spec.deletionProtection is true: set it to false, and delete once status.deletionProtection is Disabled",
		},
		"Platform": {
			reason: "So should one whose platform protects by default.",
			app:    "default",
			says:   "the platform sets deletionProtection to true: set spec.deletionProtection to false, and delete once status.deletionProtection is Disabled",
		},
	}
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			if out, err := kubectlAsAdmin(t, "apply", "-f", f.policies()); err != nil {
				t.Fatal(out)
			}
			// A platform whose caches are protected unless their claims say otherwise.
			protecting, err := f.compositionWith(t.Context(), "protecting", map[string]any{"defaults": map[string]any{"deletionProtection": true}})
			if err != nil {
				t.Fatal(err)
			}
			for name, tc := range cases {
				t.Run(name, func(t *testing.T) {
					team, err := plane.newTeam(t.Context(), "keep-"+f.name+"-"+tc.app)
					if err != nil {
						t.Fatal(err)
					}
					p := protected{cache: cache{flavour: f, team: team, name: "keep-" + f.name + "-" + tc.app}, spec: tc.spec, says: tc.says}
					if tc.spec == nil {
						p.spec = []string{protecting}
					}
					for _, step := range []func(*testing.T){p.create, p.refuseDeletion, p.refuseWithoutPolicies, p.lift, p.delete} {
						if step(t); t.Failed() {
							t.Fatal(tc.reason)
						}
					}
				})
			}
		})
	}
}

// A protected cache.
type protected struct {
	cache

	spec []string
	says string
}

func (p *protected) create(t *testing.T) {
	t.Helper()
	if err := p.ask(t.Context(), p.spec...); err != nil {
		t.Fatal(err)
	}
	if err := p.ready(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := eventually(t.Context(), 10*time.Second, "the claim is in use", func(ctx context.Context) error {
		o, err := p.claim(ctx)
		if err != nil {
			return err
		}
		if o.GetLabels()["crossplane.io/in-use"] != "true" {
			return fmt.Errorf("its labels are %v", o.GetLabels())
		}
		return p.status("Enabled")(ctx)
	}); err != nil {
		t.Fatal(err)
	}
}

// status.deletionProtection of the claim.
func (p *protected) status(want string) func(context.Context) error {
	return func(ctx context.Context) error {
		o, err := p.claim(ctx)
		if err != nil {
			return err
		}
		if got := text(o, "status", "deletionProtection"); got != want {
			return fmt.Errorf("status.deletionProtection is %q", got)
		}
		return nil
	}
}

// refuseDeletion of the claim, its composite and its namespace, and change nothing.
func (p *protected) refuseDeletion(t *testing.T) {
	t.Helper()
	before, err := p.identities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	resource, namespace, composite, err := p.composite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refused := p.kubectlDelete(t)
	if !strings.Contains(refused, p.says) {
		t.Errorf("expected kubectl to say %q", p.says)
	}
	deleteComposite := []string{"delete", resource.Resource + "." + resource.Group, composite}
	if namespace != "" {
		deleteComposite = append(deleteComposite, "-n", namespace)
	}
	for _, args := range [][]string{deleteComposite, {"delete", "namespace", p.team.namespace}} {
		if out, err := kubectlAsAdmin(t, append(args, "--wait=false")...); err == nil || !strings.Contains(out, "spec.deletionProtection") {
			t.Errorf("expected kubectl %v to be refused with the field's name", args)
		}
	}
	p.checkNothingChanged(t, before)
}

// kubectlDelete the claim as the team, which is refused.
func (p *protected) kubectlDelete(t *testing.T) string {
	t.Helper()
	args := []string{"delete", p.resource.Resource + "." + p.resource.Group, p.name, "-n", p.team.namespace, "--wait=false"}
	out, err := plane.kube.kubectl(t.Context(), p.team.kubeconfig, "", args...)
	t.Logf("$ kubectl %s\n%s", strings.Join(args, " "), strings.TrimSpace(out))
	if err == nil {
		t.Error("expected kubectl to be refused")
	}
	return out
}

func (p *protected) checkNothingChanged(t *testing.T, before []types.UID) {
	t.Helper()
	o, err := p.claim(t.Context())
	if err != nil || o.GetDeletionTimestamp() != nil {
		t.Errorf("expected the claim to stay: %v", err)
	}
	namespace, err := plane.admin.get(t.Context(), namespaces, "", p.team.namespace)
	if err != nil || namespace.GetDeletionTimestamp() != nil {
		t.Errorf("expected the namespace to stay: %v", err)
	}
	if after, err := p.identities(t.Context()); err != nil || !cmp.Equal(before, after) {
		t.Errorf("expected every managed resource to stay: %v\n%s", err, cmp.Diff(before, after))
	}
	for kind := range p.managed {
		list, err := p.composed(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, mr := range list {
			if policies, _, _ := unstructured.NestedStringSlice(mr.Object, "spec", "managementPolicies"); slices.Contains(policies, "Delete") {
				t.Errorf("expected AWS to keep the %s whatever is deleted, it has %v", mr.GetKind(), policies)
			}
		}
	}
}

// refuseWithoutPolicies what Crossplane's Usage protects.
func (p *protected) refuseWithoutPolicies(t *testing.T) {
	t.Helper()
	binding := "deletion-protection." + p.resource.Group
	if out, err := kubectlAsAdmin(t, "delete", "validatingadmissionpolicybinding", binding); err != nil {
		t.Fatal(out)
	}
	if err := eventually(t.Context(), 30*time.Second, "the Usage alone refuses", func(context.Context) error {
		if out := p.kubectlDelete(t); !strings.Contains(out, "spec.deletionProtection is true: set it to false") || strings.Contains(out, binding) {
			return errors.New(out)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if out, err := kubectlAsAdmin(t, "apply", "-f", p.policies()); err != nil {
		t.Fatal(out)
	}
}

// lift the protection: nothing refuses any more, and AWS is to delete everything.
func (p *protected) lift(t *testing.T) {
	t.Helper()
	spec := slices.DeleteFunc(slices.Clone(p.spec), func(s string) bool { return strings.HasPrefix(s, "deletionProtection") })
	if err := p.ask(t.Context(), append(spec, "deletionProtection: false")...); err != nil {
		t.Fatal(err)
	}
	since := time.Now()
	if err := eventually(t.Context(), 90*time.Second, "the protection is lifted", p.status("Disabled")); err != nil {
		t.Fatal(err)
	}
	t.Logf("the protection is lifted %.1f s after it was asked for", time.Since(since).Seconds())
	if list, err := plane.admin.list(t.Context(), usages, p.team.namespace); err != nil || len(list) > 0 {
		t.Errorf("expected no Usage to be left, there are %d, %v", len(list), err)
	}
	for kind, r := range p.managed {
		mr, err := p.one(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		if policies, _, _ := unstructured.NestedStringSlice(mr.Object, "spec", "managementPolicies"); !slices.Contains(policies, "Delete") {
			t.Errorf("expected AWS to delete the %s, it has %v", r.Resource, policies)
		}
	}
}

// delete the namespace, and everything with it.
func (p *protected) delete(t *testing.T) {
	t.Helper()
	if out, err := kubectlAsAdmin(t, "delete", "namespace", p.team.namespace, "--timeout=3m"); err != nil {
		t.Error(out)
	}
	if err := eventually(t.Context(), 2*time.Minute, "AWS has nothing of it", func(context.Context) error {
		if _, exists := plane.provider.has(p.clusterID()); exists {
			return errors.New("it has the cache")
		}
		if _, err := plane.provider.cloud.GetParameter("eu-central-1", p.parameter()); err == nil {
			return errors.New("it has the parameter")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
