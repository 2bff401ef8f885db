package main

import (
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// FuzzRunFunction feeds the function requests that nobody would write. It must
// never panic, and answer either with one Fatal that desires nothing new, or
// with resources that the provider's own CRDs accept.
func FuzzRunFunction(f *testing.F) {
	for _, e := range examples(f) {
		b, err := protojson.Marshal(e.req)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		req := &fnv1.RunFunctionRequest{}
		if protojson.Unmarshal(b, req) != nil {
			return
		}
		before := proto.Clone(req)
		rsp := run(t, req)
		if _, err := proto.Marshal(rsp); err != nil {
			t.Fatalf("the answer can't be sent: %v", err)
		}
		if fatal(rsp) != "" {
			if !proto.Equal(rsp.GetDesired(), before.(*fnv1.RunFunctionRequest).GetDesired()) {
				t.Fatal("a refusal must leave the desired state alone")
			}
			return
		}
		for name, r := range rsp.GetDesired().GetResources() {
			if before.(*fnv1.RunFunctionRequest).GetDesired().GetResources()[name] != nil {
				continue // Another function's, or one of ours fed back.
			}
			for _, problem := range providerProblems(t, r.GetResource()) {
				t.Errorf("%s is not one that the provider accepts: %s", name, problem)
			}
		}
	})
}
