package crossplane

import (
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// life of a cache that others have made: a function probes it, takes it over, orphans it
// with its composite, and takes it over again, here and elsewhere.
func life(t *testing.T, xr string) (*Cluster, *answer) {
	t.Helper()
	c, a := cluster(t, xr, map[string]string{"sg": subnetGroup})
	c.AWS.Add(aws.Stack{
		By: "terraform", Cache: aws.ReplicationGroup{Region: "eu-central-1", ID: "legacy"},
		Subnets: aws.SubnetGroup{Name: "app", Description: "theirs", Tags: map[string]string{"Owner": "others"}},
	})
	if xr == claimsXR {
		a.resources["sg"].SetAPIVersion("elasticache.aws.upbound.io/v1beta1")
	}
	return c, a
}

func (a *answer) manage(policies ...any) {
	put(a.resources["sg"], policies, "spec", "managementPolicies")
}

// run for a while, and tell what the provider asked of AWS.
func run(t *testing.T, c *Cluster, d time.Duration) []string {
	t.Helper()
	from := len(c.AWS.Log())
	if err := c.Run(d); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range c.AWS.Written(from) {
		out = append(out, r.Name)
	}
	return out
}

// TestLife goes through all of it, in both flavours.
func TestLife(t *testing.T) {
	for flavour, xr := range map[string]string{"claims": claimsXR, "namespaced": namespacedXR} {
		t.Run(flavour, func(t *testing.T) {
			c, a := life(t, xr)
			before := c.AWS.Inventory()
			a.manage("Observe")
			if asked := run(t, c, time.Hour); len(asked) > 0 || c.AWS.Inventory() != before {
				t.Fatalf("a probe asks AWS for %v", asked)
			}
			a.manage("Observe", "Create", "Update")
			if asked := run(t, c, time.Hour); !slices.Equal(asked, []string{"AddTagsToResource", "ModifyCacheSubnetGroup"}) {
				t.Errorf("taken over, AWS is asked for %v", asked)
			}
			from, uid := len(c.AWS.Log()), c.XR().GetUID()
			if err := c.Remove(time.Minute); err != nil {
				t.Fatal(err)
			}
			again := c.Join(c.Manifest())
			if asked := run(t, again, time.Hour); again.XR().GetUID() == uid || !slices.Equal(asked, []string{"AddTagsToResource"}) {
				t.Errorf("taken over again, AWS is asked for %v", asked)
			}
			elsewhere := again.Elsewhere(again.Manifest())
			if asked := run(t, elsewhere, time.Hour); !slices.Equal(asked, []string{"AddTagsToResource"}) || elsewhere.Now().Sub(again.Now()) != time.Hour {
				t.Errorf("taken over elsewhere, AWS is asked for %v", asked)
			}
			for _, r := range c.AWS.Written(from) {
				if r.By == "" || r.ByHand {
					t.Errorf("nobody asked: %s", r)
				}
			}
		})
	}
}

// TestDeleteOneByHand: a managed resource that is deleted by hand without the Delete
// policy leaves AWS alone, and what is made in its place takes over what is there.
func TestDeleteOneByHand(t *testing.T) {
	c, a := life(t, namespacedXR)
	a.manage("Observe", "Create", "Update")
	run(t, c, time.Hour)
	before := c.Composed()["sg"].GetName()
	c.DeleteComposed("sg")
	if asked := run(t, c, time.Hour); !slices.Equal(asked, []string{"AddTagsToResource"}) || c.Composed()["sg"].GetName() == before {
		t.Errorf("AWS was asked for %v", asked)
	}
}

// TestProviderEvents are counted as Kubernetes does: a probe of what is missing makes one
// for each try, less and less often.
func TestProviderEvents(t *testing.T) {
	c, a := cluster(t, namespacedXR, map[string]string{"sg": subnetGroup})
	a.manage("Observe")
	run(t, c, time.Minute)
	events := c.ProviderEvents()
	if len(events) != 1 || events[0].Reason != "CannotObserveExternalResource" || events[0].Name != "sg" || events[0].Count != 6 || c.Warnings() != 6 {
		t.Errorf("got %+v", events)
	}
	a.manage("Observe", "Create", "Update", "Delete")
	run(t, c, time.Minute)
	if last := c.ProviderEvents()[1]; last.Warning || last.Reason != "CreatedExternalResource" || last.Count != 1 || last.First.Before(events[0].Last) {
		t.Errorf("got %+v", last)
	}
}

// TestRemove: a composite that can't go is an error, and with it goes the Secret that it
// published.
func TestRemove(t *testing.T) {
	c, a := life(t, namespacedXR)
	a.manage("Observe", "Create", "Update", "Delete")
	run(t, c, time.Hour)
	if err := c.Remove(time.Minute); err == nil {
		t.Error("a subnet group in use is not deleted")
	}
	c, a = life(t, claimsXR)
	a.manage("Observe")
	run(t, c, time.Minute)
	ref, _ := connectionRef(c.XR())
	c.publish(map[string][]byte{"REDIS_URL": []byte("url")})
	if err := c.Remove(time.Minute); err != nil || c.Secret(ref.namespace, ref.name) != nil {
		t.Errorf("the Secret stays: %v", err)
	}
	if _, found, _ := unstructured.NestedMap(c.Manifest().Object, "status"); found {
		t.Error("a manifest has no status")
	}
}
