package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// parameterConditions replaces what the provider says of the parameter.
func parameterConditions(req *fnv1.RunFunctionRequest, conditions ...any) {
	set(observed(req, resources.URLParameter), conditions, "status", "conditions")
}

// revisionOf the URL that the parameter was given.
func revisionOf(req *fnv1.RunFunctionRequest) string {
	return protocol.Object{Struct: observed(req, resources.URLParameter)}.Annotation(resources.AnnotationURLRevision)
}

// remember that a revision was published.
func remember(req *fnv1.RunFunctionRequest, revision string) {
	set(req.GetObserved().GetComposite().GetResource(), []any{
		map[string]any{"type": "URLPublished", "status": "True", "reason": "Published", "message": "REDIS_URL is in Parameter Store at /x, revision " + revision + ", and in a Secret."},
	}, "status", "conditions")
}

// TestPublished: the URL counts as published when the provider reports that AWS has
// it, and not before; and the claim says why it is not, and what to do.
func TestPublished(t *testing.T) {
	ready := map[string]any{"type": "Ready", "status": "True", "reason": "Available"}
	synced := func(status, reason, message string) any {
		return map[string]any{"type": "Synced", "status": status, "reason": reason, "message": message}
	}
	written := func(req *fnv1.RunFunctionRequest, description string) {
		set(observed(req, resources.URLParameter), description, "status", "atProvider", "description")
	}
	cases := map[string]struct {
		reason string
		change func(*fnv1.RunFunctionRequest)
		status fnv1.Status
		why    string
		want   []string
	}{
		"Published": {
			reason: "The last write had the revision of the URL.",
			change: func(*fnv1.RunFunctionRequest) {},
			status: fnv1.Status_STATUS_CONDITION_TRUE, why: "Published",
		},
		"AnotherRevision": {
			reason: "The provider of Parameter Store is away: it says what it said before the URL changed.",
			change: func(req *fnv1.RunFunctionRequest) {
				written(req, "REDIS_URL of backend-booking in dev, revision 00000000.0")
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting", want: []string{"being written to Parameter Store", "provider-aws-ssm is installed"},
		},
		"WrittenByHand": {
			reason: "Somebody wrote the parameter: its version rose, and it is not our URL.",
			change: func(req *fnv1.RunFunctionRequest) {
				written(req, "by hand")
				set(observed(req, resources.URLParameter), 9, "status", "atProvider", "version")
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
		},
		"MadeAnew": {
			reason: "Somebody deleted the parameter in AWS, and the provider made it again: its version begins anew.",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.URLParameter), 1, "status", "atProvider", "version")
			},
			status: fnv1.Status_STATUS_CONDITION_TRUE, why: "Published",
		},
		"NeverLookedAt": {
			reason: "Without a provider nothing is said at all.",
			change: func(req *fnv1.RunFunctionRequest) { unseen(observed(req, resources.URLParameter)) },
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting", want: []string{"the Parameter has no answer from its provider", "provider-aws-ssm is installed"},
		},
		"LookedAwayForARun": {
			reason: "An observation that lacks the status takes nothing back that was proved.",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(observed(req, resources.URLParameter).GetFields(), "status")
				remember(req, revisionOf(req))
			},
			status: fnv1.Status_STATUS_CONDITION_TRUE, why: "Published",
		},
		"WentBack": {
			reason: "Nor does a status that goes back for a few seconds.",
			change: func(req *fnv1.RunFunctionRequest) {
				written(req, "REDIS_URL of backend-booking in dev, revision 00000000.0")
				remember(req, revisionOf(req))
			},
			status: fnv1.Status_STATUS_CONDITION_TRUE, why: "Published",
		},
		"ProvedOfAnother": {
			reason: "What was proved of another URL proves nothing, even if Crossplane died before it could say so.",
			change: func(req *fnv1.RunFunctionRequest) {
				written(req, "REDIS_URL of backend-booking in dev, revision 00000000.0")
				remember(req, "00000000.0")
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
		},
		"Paused": {
			reason: "A parameter that somebody paused keeps whatever it has.",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.URLParameter), "true", "metadata", "annotations", "crossplane.io/paused")
				parameterConditions(req, ready, synced("False", "ReconcilePaused", "Reconciliation is paused"))
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Paused", want: []string{"the Parameter is paused", "kubectl annotate parameter.ssm.aws", "backend-booking", "crossplane.io/paused-"},
		},
		"PausedStill": {
			reason: "The provider has not noticed yet that it may go on.",
			change: func(req *fnv1.RunFunctionRequest) {
				parameterConditions(req, ready, synced("False", "ReconcilePaused", ""))
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
		},
		"Deleted": {
			reason: "One that is being deleted will be gone.",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.URLParameter), "2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Deleting", want: []string{"the Parameter is being deleted"},
		},
		"Failing": {
			reason: "What AWS says is told.",
			change: func(req *fnv1.RunFunctionRequest) {
				parameterConditions(req, ready, synced("False", "ReconcileError", "update failed: AccessDeniedException: not authorized to perform: ssm:PutParameter"))
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Failing", want: []string{"the Parameter fails: ", "ssm:PutParameter"},
		},
		"CreationRefused": {
			reason: "The provider tells of a creation that AWS refused in another condition.",
			change: func(req *fnv1.RunFunctionRequest) {
				parameterConditions(req, map[string]any{"type": "Ready", "status": "False", "reason": "Creating"}, synced("True", "ReconcileSuccess", ""),
					map[string]any{"type": "LastAsyncOperation", "status": "False", "reason": "AsyncCreateFailure", "message": "ParameterAlreadyExists: The parameter already exists"})
			},
			status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Failing", want: []string{"ParameterAlreadyExists"},
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				req := stage(t, "minimal/"+flavour+"/settled")
				tc.change(req)
				c := conditionOf(run(t, req), "URLPublished")
				if c.GetStatus() != tc.status || c.GetReason() != tc.why {
					t.Errorf("%s: %s %s: %s", tc.reason, c.GetStatus(), c.GetReason(), c.GetMessage())
				}
				for _, want := range tc.want {
					if !strings.Contains(c.GetMessage(), want) {
						t.Errorf("%s: the condition does not say %q:\n%s", tc.reason, want, c.GetMessage())
					}
				}
			})
		}
	}
}

// TestRevision follows a URL that changes and changes back faster than the provider
// writes it. Each is another revision, in the annotation that makes the provider look
// and in the description that AWS reports; and none counts as published for a write of
// the one before it.
func TestRevision(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			req := stage(t, "minimal/"+flavour+"/settled")
			first := revisionOf(req)
			old := atProvider(req, resources.ReplicationGroup)["primaryEndpointAddress"].GetStringValue()
			var got []string
			for _, host := range []string{old, "second.example.org", "third.example.org", old, old} {
				set(observed(req, resources.ReplicationGroup), host, "status", "atProvider", "primaryEndpointAddress")
				req = feedBack(req, run(t, clone(req))) // The Secret has the URL now,
				rsp := run(t, clone(req))               // and that is seen.
				parameter := protocol.Object{Struct: rsp.GetDesired().GetResources()[resources.URLParameter].GetResource()}
				revision := parameter.Annotation(resources.AnnotationURLRevision)
				if want := ", revision " + revision; !strings.HasSuffix(parameter.Text("spec", "forProvider", "description"), want) {
					t.Errorf("%s: the description does not end with %q", host, want)
				}
				_, n, _ := strings.Cut(revision, ".")
				got = append(got, n+" "+conditionOf(rsp, "URLPublished").GetStatus().String())
				req = feedBack(req, rsp)
			}
			want := []string{"1 STATUS_CONDITION_TRUE", "2 STATUS_CONDITION_FALSE", "3 STATUS_CONDITION_FALSE", "4 STATUS_CONDITION_FALSE", "4 STATUS_CONDITION_FALSE"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("revisions, and whether they are published: -want, +got:\n%s", diff)
			}
			last := protocol.Object{Struct: observed(req, resources.URLParameter)}
			if digest, _, _ := strings.Cut(first, "."); !strings.HasPrefix(last.Annotation(resources.AnnotationURLRevision), digest+".") {
				t.Error("the URL came back, and its digest did not")
			}
			for _, written := range []struct{ description, want string }{
				{"REDIS_URL of backend-booking in dev, revision " + first, "STATUS_CONDITION_FALSE"}, // The same URL, but others may be under way.
				{last.Text("spec", "forProvider", "description"), "STATUS_CONDITION_TRUE"},
			} {
				set(observed(req, resources.URLParameter), written.description, "status", "atProvider", "description")
				if c := conditionOf(run(t, clone(req)), "URLPublished"); c.GetStatus().String() != written.want {
					t.Errorf("AWS has %q: %s: %s", written.description, c.GetStatus(), c.GetMessage())
				}
			}
		})
	}
}

// TestRevisionOfNobodyElse: digests of what is secret are salted, so that equal ones of
// two caches do not show as equal.
func TestRevisionOfNobodyElse(t *testing.T) {
	req := stage(t, "production/claims/settled")
	other := clone(req)
	set(other.GetObserved().GetComposite().GetResource(), "00000000-0000-4000-8000-000000000000", "metadata", "uid")
	one, two := run(t, req).GetDesired().GetResources(), run(t, other).GetDesired().GetResources()
	annotation := func(r *fnv1.Resource) string {
		return protocol.Object{Struct: r.GetResource()}.Annotation(resources.AnnotationURLRevision)
	}
	if a, b := annotation(one[resources.URLParameter]), annotation(two[resources.URLParameter]); strings.Split(a, ".")[0] == strings.Split(b, ".")[0] {
		t.Errorf("two composites have the same URL, and the same digest of it: %s, %s", a, b)
	}
	keys := func(r *fnv1.Resource) map[string]*structpb.Value {
		return r.GetResource().GetFields()["data"].GetStructValue().GetFields()
	}
	for key := range keys(one[resources.AuthTokens]) {
		if _, same := keys(two[resources.AuthTokens])[key]; same {
			t.Errorf("two composites have the same token, and the same digest of it: %s", key)
		}
	}
}

// TestStepsWaitForParameterStore: no step that ends the service of clients is taken
// while Parameter Store has the URL from before, whatever keeps it from being written.
func TestStepsWaitForParameterStore(t *testing.T) {
	pause := func(c cluster) {
		c.EditComposed(resources.URLParameter, func(o *unstructured.Unstructured) {
			annotations := o.GetAnnotations()
			annotations["crossplane.io/paused"] = "true"
			o.SetAnnotations(annotations)
		})
	}
	goOn := func(c cluster) {
		c.EditComposed(resources.URLParameter, func(o *unstructured.Unstructured) {
			unstructured.RemoveNestedField(o.Object, "metadata", "annotations", "crossplane.io/paused")
		})
	}
	cases := map[string]struct {
		reason      string
		stop, start func(cluster)
		says        string
	}{
		"Paused": {reason: "Somebody paused the parameter.", stop: pause, start: goOn, says: "is paused"},
		"ProviderAway": {
			reason: "The provider of ssm is away, and that of elasticache works.",
			stop:   func(c cluster) { c.StopProvider("ssm") },
			start:  func(c cluster) { c.StartProvider("ssm") },
			says:   "provider-aws-ssm is installed",
		},
		"Throttled": {
			reason: "AWS does not take the write.",
			stop:   func(c cluster) { c.AWS.Throttle("PutParameter", c.Now().Add(2*time.Hour)) },
			start:  func(c cluster) { c.AWS.Throttle("PutParameter", c.Now()) },
			says:   "fails: ",
		},
	}
	for name, tc := range cases {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := settled(t, flavour)
				tc.stop(c)
				c.Edit(func(xr *unstructured.Unstructured) {
					xr.Object["spec"].(map[string]any)["transitEncryption"] = "Required"
				})
				c.run(time.Hour)
				if g := c.AWS.ReplicationGroups()[0]; g.TLS != "preferred" {
					t.Errorf("%s: TLS is %q while clients find %q", tc.reason, g.TLS, inParameterStore(t, c))
				}
				if status, _, message := c.Condition("URLPublished"); status != "False" || !strings.Contains(message, tc.says) {
					t.Errorf("%s: URLPublished is %s: %s", tc.reason, status, message)
				}
				tc.start(c)
				c.run(2 * time.Hour)
				if g := c.AWS.ReplicationGroups()[0]; g.TLS != "required" || !strings.HasPrefix(inParameterStore(t, c), "rediss://") {
					t.Errorf("%s: afterwards TLS is %q", tc.reason, g.TLS)
				}
				if status, _, message := c.Condition("URLPublished"); status != "True" {
					t.Errorf("%s: afterwards URLPublished is %s: %s", tc.reason, status, message)
				}
			})
		}
	}
}

// TestParameterMadeAnew: a parameter that somebody deletes in AWS comes back, and
// counts as published again, although its version begins anew.
func TestParameterMadeAnew(t *testing.T) {
	for _, flavour := range []string{flavourClaims, flavourNamespaced} {
		t.Run(flavour, func(t *testing.T) {
			c := settled(t, flavour)
			c.Edit(func(xr *unstructured.Unstructured) {
				xr.Object["spec"].(map[string]any)["transitEncryption"] = "Required"
			})
			c.run(2 * time.Hour)
			if err := c.AWS.DeleteParameter(modelRegion, modelPath); err != nil {
				t.Fatal(err)
			}
			c.run(time.Hour)
			if status, _, message := c.Condition("URLPublished"); status != "True" || inParameterStore(t, c) == "" {
				t.Errorf("URLPublished is %s: %s", status, message)
			}
		})
	}
}

// TestParameterOrphaned: the managed resource of a parameter that is kept in AWS is made
// again. A parameter that somebody has written to since is not the composite's any more.
func TestParameterOrphaned(t *testing.T) {
	for name, value := range map[string]string{"SameURL": "", "OldURL": "redis://old.example.org:6379"} {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				c := settled(t, flavour)
				c.Edit(func(xr *unstructured.Unstructured) {
					xr.Object["spec"].(map[string]any)["deletionPolicy"] = "Orphan"
				})
				c.run(time.Hour)
				if value != "" {
					in := aws.PutParameter{Region: modelRegion, Name: modelPath, Type: "SecureString", Value: value, Overwrite: true}
					if err := c.AWS.PutParameter(in); err != nil {
						t.Fatal(err)
					}
				}
				c.DeleteComposed(resources.URLParameter)
				published := func() bool { s, _, _ := c.Condition("URLPublished"); return s == "True" }
				c.Watch = func() {
					if o := c.Composed()[resources.URLParameter]; o != nil && published() && inParameterStore(t, c) == value {
						t.Errorf("URLPublished is True while Parameter Store has the old URL")
					}
				}
				c.run(time.Hour)
				if value != "" {
					_, _, message := c.Condition("Accepted")
					if published() || inParameterStore(t, c) != value || !strings.Contains(message, "aws ssm delete-parameter --name "+modelPath) {
						t.Errorf("what somebody else wrote is overwritten, or the claim does not say what to do: %s", message)
					}
					if err := c.AWS.DeleteParameter(modelRegion, modelPath); err != nil {
						t.Fatal(err)
					}
					c.run(time.Hour)
				}
				if !published() || inParameterStore(t, c) != string(c.Published()[connection.KeyURL]) {
					t.Error("the URL is not published again")
				}
			})
		}
	}
}

func inParameterStore(t *testing.T, c cluster) string {
	t.Helper()
	p, err := c.AWS.GetParameter(modelRegion, modelPath)
	if err != nil && !aws.Is(err, aws.CodeParameterNotFound) {
		t.Fatal(err)
	}
	return p.Value
}
