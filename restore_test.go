package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestRestored gives the function what Velero restores: every object with a new uid,
// without owners and at first without status. A cache that AWS has is asked for as
// before: no resource is held, renamed or given up.
func TestRestored(t *testing.T) {
	for _, e := range examples(t) {
		if !e.available {
			continue
		}
		for when, withStatus := range map[string]bool{"AtOnce": false, "ProviderHasLooked": true} {
			t.Run(e.name+"/"+when, func(t *testing.T) {
				if withStatus && hasOwnToken(e.req) {
					t.Skip("the uid is in the digest of a token of the team's own, so the function sets it again")
				}
				before := run(t, clone(e.req))
				after := run(t, restored(e.req, withStatus))
				if text := fatal(after); text != "" {
					t.Fatalf("the restored composite is refused: %s", text)
				}
				if diff := cmp.Diff(askedOf(before), askedOf(after)); diff != "" {
					t.Errorf("-before, +restored:\n%s", diff)
				}
			})
		}
	}
}

// restored is a request after a restore.
func restored(req *fnv1.RunFunctionRequest, withStatus bool) *fnv1.RunFunctionRequest {
	req = clone(req)
	objects := []*structpb.Struct{req.GetObserved().GetComposite().GetResource()}
	for _, r := range req.GetObserved().GetResources() {
		objects = append(objects, r.GetResource())
	}
	for _, o := range objects {
		if !withStatus {
			delete(o.GetFields(), "status")
		}
		metadata := o.GetFields()["metadata"].GetStructValue()
		for _, lost := range []string{"ownerReferences", "resourceVersion", "generation", "creationTimestamp"} {
			delete(metadata.GetFields(), lost)
		}
		set(o, "00000000-0000-4000-8000-"+strings.Repeat("0", 12), "metadata", "uid")
	}
	return req
}

// hasOwnToken reports whether a composite names a token of the team's own.
func hasOwnToken(req *fnv1.RunFunctionRequest) bool {
	spec := req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue()
	return spec.GetFields()["authTokenSecretRef"] != nil
}

// askedOf AWS, by resource: the names there, what is held, and the settings.
func askedOf(rsp *fnv1.RunFunctionResponse) map[string]any {
	out := map[string]any{}
	for name, r := range rsp.GetDesired().GetResources() {
		object := r.GetResource().AsMap()
		metadata, _ := object["metadata"].(map[string]any)
		annotations, _ := metadata["annotations"].(map[string]any)
		spec, _ := object["spec"].(map[string]any)
		forProvider, _ := spec["forProvider"].(map[string]any)
		delete(forProvider, "finalSnapshotIdentifier") // It has the uid of what is to be deleted.
		delete(forProvider, "description")             // The parameter's has a digest, salted with the uid.
		out[name] = []any{annotations["crossplane.io/external-name"], annotations["crossplane.io/paused"], forProvider}
	}
	return out
}
