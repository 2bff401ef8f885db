package main

import (
	"strings"
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// TestOwnersOfEveryCore: two composites ask for one cache, the second when the first
// has it, in every Crossplane that looks resources up. When the first is deleted, the
// second waits for it to be gone and makes its own. In one that looks nothing up a
// single composite has its cache nevertheless.
func TestOwnersOfEveryCore(t *testing.T) {
	for core, flavours := range map[crossplane.Core][]string{
		crossplane.Core2_2:  {flavourClaims, flavourNamespaced},
		crossplane.Core2_0:  {flavourClaims, flavourNamespaced},
		crossplane.Core1_15: {flavourClaims},
		crossplane.Core1_14: {flavourClaims},
	} {
		for _, flavour := range flavours {
			t.Run(flavour+"-"+string(core), func(t *testing.T) {
				first := newCluster(t, flavour, nil, crossplane.Options{Core: core})
				first.run(30 * time.Minute)
				first.says("URLPublished", "True")
				if core == crossplane.Core1_14 {
					return
				}
				second := first.join(first.another("second"))
				second.run(5 * time.Minute)
				second.says("Accepted", "False", "belongs to", `"backend-booking`)
				if n := len(second.Composed()); n > 0 {
					t.Errorf("%d resources are made for the second", n)
				}
				first.Delete()
				waited := false
				for range 60 {
					second.run(time.Second)
					_, _, message := second.Condition("Provisioned")
					waited = waited || strings.Contains(message, "the deletion of the ReplicationGroup")
				}
				if !waited {
					t.Error("the second does not say what it waits for")
				}
				second.run(40 * time.Minute)
				second.says("URLPublished", "True")
				if !first.Gone() || len(second.AWS.ReplicationGroups()) != 1 {
					t.Errorf("the caches of AWS are %v", second.AWS.ReplicationGroups())
				}
				for _, r := range second.AWS.Log() {
					if strings.HasPrefix(r.Name, "Create") && r.Refused() {
						t.Errorf("AWS refused: %s", r)
					}
				}
			})
		}
	}
}
