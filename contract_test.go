package main

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// TestContract holds every example against what any answer must keep.
func TestContract(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			rsp := run(t, clone(e.req))
			checkDeterministic(t, e.req, rsp)
			checkOwnFieldsOnly(t, rsp)
			checkConditions(t, rsp)
			checkNothingSecret(t, e.req, rsp)
			checkNeighbours(t, e.req)
			checkNothingLost(t, e.req, rsp)
			for name, r := range rsp.GetDesired().GetResources() {
				for _, problem := range providerProblems(t, r.GetResource()) {
					t.Errorf("%s is not one that the provider accepts: %s", name, problem)
				}
				checkProviderTypes(t, r.GetResource())
			}
		})
	}
}

// providerProblems are what the API server would refuse of a resource: unknown
// fields, the schema and the rules of the provider's own CRDs.
func providerProblems(t testing.TB, s *structpb.Struct) []string {
	t.Helper()
	u := &unstructured.Unstructured{Object: s.AsMap()}
	if u.GetKind() == "Secret" {
		return nil // The one kind that is no CRD; the CLI and the API server see to it.
	}
	u.SetName("name") // Crossplane gives it one.
	if strings.Contains(u.GetAPIVersion(), ".m.") {
		u.SetNamespace("namespace")
	}
	load := schema.Provider
	if u.GroupVersionKind().Group == "protection.crossplane.io" {
		u.SetNamespace("namespace")
		load = schema.Crossplane
	}
	crd, err := load(u.GroupVersionKind())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, err := range crd.Validate(u, nil) {
		out = append(out, err.Error())
	}
	return out
}

// checkDeterministic: the same request gives the same bytes.
func checkDeterministic(t *testing.T, req *fnv1.RunFunctionRequest, first *fnv1.RunFunctionResponse) {
	t.Helper()
	want := deterministic(t, first)
	for range 5 {
		if got := deterministic(t, run(t, clone(req))); got != want {
			t.Fatal("the same request must give the same bytes")
		}
	}
}

func deterministic(t testing.TB, m proto.Message) string {
	t.Helper()
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ourMetadata is what is set of the metadata of what AWS does not have, by resource, and
// of any other's.
var ourMetadata = map[string][]string{
	resources.ConnectionSecret:   {"name"},
	resources.AuthTokens:         {"name", "namespace"},
	resources.DeletionProtection: {"namespace"},
	"":                           {"annotations", "labels"},
}

// checkOwnFieldsOnly: no status, nothing null or empty, no metadata but our own.
func checkOwnFieldsOnly(t *testing.T, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	for name, r := range rsp.GetDesired().GetResources() {
		object := r.GetResource().AsMap()
		for key := range object {
			if !slices.Contains([]string{"apiVersion", "kind", "metadata", "spec", "data", "type"}, key) {
				t.Errorf("%s: %q is not ours to set", name, key)
			}
		}
		ours, isLocal := ourMetadata[name]
		if !isLocal {
			ours = ourMetadata[""]
		}
		for key := range object["metadata"].(map[string]any) {
			if !slices.Contains(ours, key) {
				t.Errorf("%s: metadata.%s is not ours to set", name, key)
			}
		}
		if path := emptyIn(object); path != "" {
			t.Errorf("%s: %s is empty, which server-side apply takes for an opinion", name, path)
		}
	}
}

// emptyIn finds the first null, empty object or empty list.
func emptyIn(v any) string {
	switch v := v.(type) {
	case nil:
		return "."
	case map[string]any:
		for key, child := range v {
			if path := emptyIn(child); path != "" {
				return "." + key + path
			}
		}
		if len(v) == 0 {
			return "."
		}
	case []any:
		for _, child := range v {
			if path := emptyIn(child); path != "" {
				return "[]" + path
			}
		}
		if len(v) == 0 {
			return "."
		}
	}
	return ""
}

// checkConditions: on the composite and the claim, none of Crossplane's own.
func checkConditions(t *testing.T, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range rsp.GetConditions() {
		if slices.Contains([]string{"Ready", "Synced", "Healthy", "UpToDate", "Responsive"}, c.GetType()) {
			t.Errorf("the condition %s is Crossplane's", c.GetType())
		}
		if seen[c.GetType()] {
			t.Errorf("there are two conditions %s", c.GetType())
		}
		seen[c.GetType()] = true
		if c.GetTarget() != fnv1.Target_TARGET_COMPOSITE_AND_CLAIM {
			t.Errorf("the condition %s does not reach the claim", c.GetType())
		}
	}
	if fatal(rsp) == "" && len(rsp.GetResults()) > 0 {
		t.Error("a result on every run floods the events")
	}
}

// checkNothingSecret: no token and no URL where everybody reads.
func checkNothingSecret(t *testing.T, req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	var secrets []string
	for _, r := range req.GetObserved().GetResources() {
		secrets = append(secrets, string(r.GetConnectionDetails()["attribute.auth_token"]))
	}
	for _, r := range req.GetRequiredResources() {
		for _, item := range r.GetItems() {
			for _, v := range item.GetResource().GetFields()["data"].GetStructValue().GetFields() {
				b, _ := base64.StdEncoding.DecodeString(v.GetStringValue())
				secrets = append(secrets, string(b))
			}
		}
	}
	public := clone(rsp)
	if c := public.GetDesired().GetComposite(); c != nil {
		c.ConnectionDetails = nil
	}
	delete(public.GetDesired().GetResources(), resources.ConnectionSecret)
	delete(public.GetDesired().GetResources(), resources.AuthTokens)
	text := public.String()
	for _, secret := range append(secrets, "redis://", "rediss://") {
		if secret != "" && strings.Contains(text, secret) {
			t.Error("a token or URL stands where it must not")
		}
	}
}

// checkNeighbours: what other functions desire stays as it is.
func checkNeighbours(t *testing.T, req *fnv1.RunFunctionRequest) {
	t.Helper()
	req = clone(req)
	bucket, err := structpb.NewStruct(map[string]any{"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "spec": map[string]any{"x": nil}})
	if err != nil {
		t.Fatal(err)
	}
	neighbour := &fnv1.Resource{Resource: bucket, Ready: fnv1.Ready_READY_TRUE}
	status, err := structpb.NewStruct(map[string]any{"status": map[string]any{"bucket": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	req.Desired = &fnv1.State{
		Composite: &fnv1.Resource{Resource: status, ConnectionDetails: map[string][]byte{"BUCKET": []byte("b")}},
		Resources: map[string]*fnv1.Resource{"bucket": neighbour},
	}
	want := clone(neighbour)
	rsp := run(t, req)
	if diff := cmp.Diff(want, rsp.GetDesired().GetResources()["bucket"], protocmp.Transform()); diff != "" {
		t.Errorf("another function's resource changed: -want, +got:\n%s", diff)
	}
	c := rsp.GetDesired().GetComposite()
	if c.GetResource().GetFields()["status"].GetStructValue().GetFields()["bucket"].GetStringValue() != "b" || string(c.GetConnectionDetails()["BUCKET"]) != "b" {
		t.Error("another function's status or connection detail got lost")
	}
}

// checkNothingLost: fed back as observed, whatever the answer held is answered
// again, and what is known stays known.
func checkNothingLost(t *testing.T, req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	if fatal(rsp) != "" {
		return
	}
	again := run(t, feedBack(req, rsp))
	if fatal(again) != "" {
		t.Fatalf("refused its own answer: %s", fatal(again))
	}
	for name := range rsp.GetDesired().GetResources() {
		if again.GetDesired().GetResources()[name] == nil {
			t.Errorf("%s would be deleted", name)
		}
	}
	for key := range rsp.GetDesired().GetComposite().GetConnectionDetails() {
		if len(again.GetDesired().GetComposite().GetConnectionDetails()[key]) == 0 {
			t.Errorf("the connection detail %s got lost", key)
		}
	}
}

// feedBack an answer as if Crossplane had carried it out: the resources exist as
// desired, with the status they had, and the details are published.
func feedBack(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) *fnv1.RunFunctionRequest {
	out := clone(req)
	if out.GetObserved().GetResources() == nil {
		out.Observed.Resources = map[string]*fnv1.Resource{}
	}
	for name, r := range rsp.GetDesired().GetResources() {
		o := &fnv1.Resource{Resource: clone(r.GetResource())}
		if old := out.GetObserved().GetResources()[name]; old != nil {
			o.ConnectionDetails = old.GetConnectionDetails()
			if s := old.GetResource().GetFields()["status"]; s != nil {
				o.Resource.Fields["status"] = s
			}
			keepProviderTags(old.GetResource(), o.GetResource())
		}
		// What a claim takes over exists; what its running cache gets later doesn't.
		claim, cache := protocol.Object{Struct: req.GetObserved().GetComposite().GetResource()}, resources.Resource{Object: protocol.Object{Struct: rsp.GetDesired().GetResources()[resources.ReplicationGroup].GetResource()}}
		if !claim.Has("spec", "existing") || !cache.OnlyObserved() {
			answered(o.GetResource())
		}
		out.Observed.Resources[name] = o
	}
	xr := out.GetObserved().GetComposite()
	if status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]; status != nil {
		xr.GetResource().GetFields()["status"] = status
	}
	if d := rsp.GetDesired().GetComposite().GetConnectionDetails(); len(d) > 0 {
		xr.ConnectionDetails = maps.Clone(d)
	}
	return out
}

// keepProviderTags, which an apply of the function's leaves alone.
func keepProviderTags(was, is *structpb.Struct) {
	tags := func(s *structpb.Struct) map[string]*structpb.Value {
		for _, key := range []string{"spec", "forProvider", "tags"} {
			s = s.GetFields()[key].GetStructValue()
		}
		return s.GetFields()
	}
	for key, value := range tags(was) {
		if strings.HasPrefix(key, "crossplane-") {
			tags(is)[key] = value
		}
	}
}

// answered by the provider about a resource that it only observes: AWS does not have it.
func answered(s *structpb.Struct) {
	r := resources.Resource{Object: protocol.Object{Struct: s}}
	if !r.OnlyObserved() || r.Has("status", "conditions") || r.Annotation("crossplane.io/paused") != "" {
		return
	}
	set(s, []any{map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "observe failed: external resource does not exist"}}, "status", "conditions")
}

func clone[T proto.Message](m T) T { return proto.Clone(m).(T) }

// TestURLIsNeverLost takes away, one after the other, what a run can lack of a
// cache that works, and expects the same answer as ever.
func TestURLIsNeverLost(t *testing.T) {
	cases := map[string]struct {
		reason    string
		lose      func(*fnv1.RunFunctionRequest)
		mayRefuse bool     // Which changes nothing.
		made      []string // Resources that are made again.
	}{
		"Endpoint": {
			reason: "An endpoint that an observation lacks has not gone.",
			lose: func(req *fnv1.RunFunctionRequest) {
				delete(atProvider(req, resources.ReplicationGroup), "primaryEndpointAddress")
			},
		},
		"AtProvider": {
			reason: "A status that is empty for a moment tells nothing.",
			lose: func(req *fnv1.RunFunctionRequest) {
				delete(req.GetObserved().GetResources()[resources.ReplicationGroup].GetResource().GetFields(), "status")
			},
		},
		"ConnectionDetails": {
			reason: "A token that can't be read for a moment is still wanted by the cache.",
			lose: func(req *fnv1.RunFunctionRequest) {
				req.GetObserved().GetResources()[resources.ReplicationGroup].ConnectionDetails = nil
			},
		},
		"Groups": {
			reason: "What has been let go is not held again, whatever becomes of its groups, which are looked up before they are made again.",
			lose: func(req *fnv1.RunFunctionRequest) {
				delete(req.GetObserved().GetResources(), resources.SubnetGroup)
				delete(req.GetObserved().GetResources(), resources.ParameterGroup("redis7"))
			},
			made:      []string{resources.SubnetGroup, resources.ParameterGroup("redis7")},
			mayRefuse: true, // A claim beyond the platform's limits.
		},
		"TeamToken": {
			reason: "A token Secret that somebody deletes takes nothing from a cache that runs.",
			lose:   func(req *fnv1.RunFunctionRequest) { req.RequiredResources = nil },
		},
		"PausedByHand": {
			reason: "A cache that somebody paused by hand is not one that waits to be created.",
			lose: func(req *fnv1.RunFunctionRequest) {
				r := req.GetObserved().GetResources()[resources.ReplicationGroup].GetResource()
				a := r.GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue()
				a.Fields["crossplane.io/paused"] = structpb.NewStringValue("true")
			},
		},
	}
	all := examples(t)
	for name, tc := range cases {
		for _, e := range all {
			if !e.available {
				continue
			}
			t.Run(name+"/"+e.name, func(t *testing.T) {
				whole := run(t, clone(e.req))
				req := feedBack(e.req, whole)
				before := run(t, clone(req))
				tc.lose(req)
				after := run(t, req)
				if tc.mayRefuse && fatal(after) != "" {
					return
				}
				for _, name := range tc.made {
					if before.GetDesired().GetResources()[name] == nil {
						continue
					}
					delete(before.GetDesired().GetResources(), name)
					if !slices.Contains(held(after), name) {
						t.Errorf("%s: %s is made again unseen", tc.reason, name)
					}
					delete(after.GetDesired().GetResources(), name)
				}
				if diff := cmp.Diff(resourcesOf(before), resourcesOf(after), protocmp.Transform()); diff != "" {
					t.Errorf("%s: -before, +after:\n%s", tc.reason, diff)
				}
				if diff := cmp.Diff(before.GetDesired().GetComposite().GetConnectionDetails(), after.GetDesired().GetComposite().GetConnectionDetails()); diff != "" {
					t.Errorf("%s: the connection details changed, -before, +after:\n%s", tc.reason, diff)
				}
				if diff := cmp.Diff(before.GetDesired().GetComposite().GetResource(), after.GetDesired().GetComposite().GetResource(), protocmp.Transform()); diff != "" {
					t.Errorf("%s: the status changed, -before, +after:\n%s", tc.reason, diff)
				}
			})
		}
	}
}

// resourcesOf a response, without their readiness, which may well change.
func resourcesOf(rsp *fnv1.RunFunctionResponse) map[string]*structpb.Struct {
	out := map[string]*structpb.Struct{}
	for name, r := range rsp.GetDesired().GetResources() {
		out[name] = r.GetResource()
	}
	return out
}

func atProvider(req *fnv1.RunFunctionRequest, name string) map[string]*structpb.Value {
	status := req.GetObserved().GetResources()[name].GetResource().GetFields()["status"].GetStructValue()
	return status.GetFields()["atProvider"].GetStructValue().GetFields()
}

// TestComposedSecretComesBack: a Secret that somebody deletes is made again.
func TestComposedSecretComesBack(t *testing.T) {
	for _, e := range examples(t) {
		if !strings.Contains(e.name, flavourNamespaced) || !e.available {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			req := clone(e.req)
			want := req.GetObserved().GetResources()[resources.ConnectionSecret].GetResource().GetFields()["data"]
			delete(req.GetObserved().GetResources(), resources.ConnectionSecret)
			got := run(t, req).GetDesired().GetResources()[resources.ConnectionSecret].GetResource().GetFields()["data"]
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
			if got.GetStructValue().GetFields()[connection.KeyURL] == nil {
				t.Error("the Secret holds no URL")
			}
		})
	}
}
