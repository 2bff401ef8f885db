package main

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// FuzzRunFunction breaks the requests of the examples in ways that nobody would
// write: values of other types, absurd sizes, missing parts, anywhere in the
// composite, the Input and what is observed. The function must never panic, and
// answer either with one Fatal that leaves the desired state alone, or with
// resources that the provider's own CRDs accept.
func FuzzRunFunction(f *testing.F) {
	all := examples(f)
	r := rand.New(rand.NewPCG(1, 2)) // The same seeds in every run.
	for range 400 {
		damage := make([]byte, 3*(1+r.IntN(4)))
		for i := range damage {
			damage[i] = byte(r.UintN(256))
		}
		f.Add(uint16(r.UintN(1<<16)), damage)
	}
	f.Fuzz(func(t *testing.T, which uint16, damage []byte) {
		e := all[int(which)%len(all)]
		req := clone(e.req)
		for len(damage) >= 3 {
			breakSomething(req, damage[0], damage[1], damage[2])
			damage = damage[3:]
		}
		before := clone(req)
		rsp := run(t, req)
		if _, err := proto.Marshal(rsp); err != nil {
			t.Fatalf("the answer can't be sent: %v", err)
		}
		if fatal(rsp) != "" {
			checkRefusal(t, before, rsp)
			return
		}
		for name := range before.GetObserved().GetResources() {
			if _, ours := resources.Kind(name, v1alpha1.Flavour(strings.Split(e.name, "/")[1])); ours && rsp.GetDesired().GetResources()[name] == nil && !mayGo(before, rsp, name) {
				t.Errorf("%s is observed and would be deleted", name)
			}
		}
		for name, r := range rsp.GetDesired().GetResources() {
			for _, problem := range providerProblems(t, r.GetResource()) {
				t.Errorf("%s is not one that the provider accepts: %s", name, problem)
			}
		}
	})
}

// mayGo reports whether a resource may be left out, and so be deleted: one that only
// observes, a parameter group that the cache does not use and is not asked to, the
// team's tokens where AWS has a generated one or none, as it was asked, and the protection
// of what nothing protects, or of a claim that nobody names.
func mayGo(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, name string) bool {
	rg := req.GetObserved().GetResources()[resources.ReplicationGroup]
	text := func(s *structpb.Struct, path ...string) string { return protocol.Object{Struct: s}.Text(path...) }
	if name == resources.DeletionProtection {
		xr := protocol.Object{Struct: req.GetObserved().GetComposite().GetResource()}
		on, _ := xr.Bool("spec", "deletionProtection")
		claimed := xr.Text("spec", "claimRef", "name") != "" && xr.Text("spec", "claimRef", "namespace") != ""
		return !on || !claimed && xr.Text("metadata", "namespace") == ""
	}
	if name == resources.AuthTokens {
		o := protocol.Object{Struct: rg.GetResource()}
		generated, _ := o.Bool("spec", "forProvider", "autoGenerateAuthToken")
		asked, has := o.Has("spec", "forProvider", "authTokenSecretRef"), len(rg.GetConnectionDetails()["attribute.auth_token"]) > 0
		return asked == has && (!asked || generated)
	}
	if (resources.Resource{Object: protocol.Object{Struct: req.GetObserved().GetResources()[name].GetResource()}}).OnlyObserved() {
		return true
	}
	group := req.GetObserved().GetResources()[name].GetResource()
	inUse := text(rg.GetResource(), "status", "atProvider", "parameterGroupName")
	return strings.HasPrefix(name, resources.ParameterGroup("")) &&
		inUse != "" && inUse != text(group, "spec", "forProvider", "name") &&
		inUse == text(rg.GetResource(), "spec", "forProvider", "parameterGroupName") &&
		inUse == text(rsp.GetDesired().GetResources()[resources.ReplicationGroup].GetResource(), "spec", "forProvider", "parameterGroupName")
}

func checkRefusal(t *testing.T, before *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	if !proto.Equal(rsp.GetDesired(), before.GetDesired()) {
		t.Error("a refusal must leave the desired state alone")
	}
	if len(rsp.GetResults()) != 1 {
		t.Errorf("there must be one result, and not %d", len(rsp.GetResults()))
	}
}

// breakSomething in one of the request's objects: the value at a place that
// where chooses becomes one that how chooses.
func breakSomething(req *fnv1.RunFunctionRequest, object, where, how byte) {
	objects := []*structpb.Struct{req.GetObserved().GetComposite().GetResource(), req.GetInput()}
	for _, name := range slices.Sorted(maps.Keys(req.GetObserved().GetResources())) {
		objects = append(objects, req.GetObserved().GetResources()[name].GetResource())
	}
	for _, name := range slices.Sorted(maps.Keys(req.GetRequiredResources())) {
		for _, item := range req.GetRequiredResources()[name].GetItems() {
			objects = append(objects, item.GetResource())
		}
	}
	// The composite is what people write, so every other break is there.
	s := objects[0]
	if object%2 == 1 {
		s = objects[int(object/2)%len(objects)]
	}
	places := placesIn(s)
	if len(places) == 0 {
		return
	}
	p := places[int(where)%len(places)]
	if odd := oddValue(how); odd != nil {
		p.in.Fields[p.key] = odd
		return
	}
	delete(p.in.GetFields(), p.key)
}

// A place is a field of an object.
type place struct {
	in  *structpb.Struct
	key string
}

func placesIn(s *structpb.Struct) []place {
	var out []place
	for _, key := range slices.Sorted(maps.Keys(s.GetFields())) {
		out = append(out, place{s, key})
		v := s.GetFields()[key]
		out = append(out, placesIn(v.GetStructValue())...)
		for _, item := range v.GetListValue().GetValues() {
			out = append(out, placesIn(item.GetStructValue())...)
		}
	}
	return out
}

// oddValue to put somewhere, nil for none at all.
func oddValue(how byte) *structpb.Value {
	text := []string{"", "x", "true", "9", "-", "cache.m3.large", "valkey", "redis", "7.1", "8.0", "6.2", "Required", "Preferred", "Orphan", "SET",
		"bücher", "a\x00b", strings.Repeat("a", 70_000), "sun:05:00-sun:06:00", "23:30-00:30", "vpc-1", "subnet-1", "us-east-1", "aws", "=notbase64", "\u202e"}
	number := []float64{0, 1, 2, 6, 7, -1, 1.5, 20, 1e9, 1e300, math.MaxInt64}
	other := []*structpb.Value{
		nil, {}, structpb.NewNullValue(), structpb.NewBoolValue(true), structpb.NewBoolValue(false),
		structpb.NewListValue(&structpb.ListValue{}),
		structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNullValue(), structpb.NewNumberValue(1)}}),
		structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewStringValue("subnet-a"), structpb.NewStringValue("subnet-b")}}),
		structpb.NewStructValue(nil), structpb.NewStructValue(&structpb.Struct{}),
		structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"x": structpb.NewStringValue("y")}}),
	}
	i := int(how)
	switch i % 3 {
	case 0:
		return structpb.NewStringValue(text[i/3%len(text)])
	case 1:
		return structpb.NewNumberValue(number[i/3%len(number)])
	}
	return other[i/3%len(other)]
}
