package existing

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// rounds after which a run has seen all that it looks for: the cache, what that names, and
// one to spare for each.
const rounds = 6

// A Function answers for the function of a pipeline as if its managed resources had been
// observed: it runs that again until nothing new is looked for.
type Function struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	Answers *Answers
	Run     func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)

	// Findings of the last run.
	Findings
}

// Serve a Function in front of the one at an address, until stop is called.
func Serve(ctx context.Context, a *Answers, address string) (f *Function, at string, stop func(), err error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, "", nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, errors.Join(err, conn.Close())
	}
	client := fnv1.NewFunctionRunnerServiceClient(conn)
	f = &Function{Answers: a, Run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		return client.RunFunction(ctx, req)
	}}
	server := grpc.NewServer()
	fnv1.RegisterFunctionRunnerServiceServer(server, f)
	go func() { _ = server.Serve(l) }() // It ends when it is stopped.
	return f, l.Addr().String(), func() {
		server.Stop()
		_ = conn.Close() // The process ends.
	}, nil
}

// RunFunction until what it looks for has been looked at.
func (f *Function) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	req = proto.CloneOf(req)
	if req.GetObserved() == nil {
		req.Observed = &fnv1.State{}
	}
	for range rounds {
		rsp, err := f.Run(ctx, req)
		if err != nil || isFatal(rsp) {
			return rsp, err
		}
		next, err := f.observe(rsp.GetDesired().GetResources())
		if err != nil {
			rsp = response.To(req, response.DefaultTTL)
			response.Fatal(rsp, err)
			return rsp, nil
		}
		if proto.Equal(&fnv1.State{Resources: next}, &fnv1.State{Resources: req.GetObserved().GetResources()}) {
			return rsp, nil
		}
		req.Observed.Resources = next
	}
	return nil, fmt.Errorf("the function still looks for something new after %d runs", rounds)
}

func isFatal(rsp *fnv1.RunFunctionResponse) bool {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return true
		}
	}
	return false
}

// observe the managed resources that only observe.
func (f *Function) observe(desired map[string]*fnv1.Resource) (map[string]*fnv1.Resource, error) {
	out := map[string]*fnv1.Resource{}
	var id, in, path string
	for name, d := range desired {
		r := protocol.Object{Struct: d.GetResource()}
		if !(resources.Resource{Object: r}).OnlyObserved() {
			continue
		}
		externalName := r.Annotation(meta.AnnotationKeyExternalName)
		switch r.Text("kind") {
		case "ReplicationGroup":
			id, in = externalName, region(r)
		case "Parameter":
			path = externalName
		}
		o, err := observed(name, d, f.Answers.look(r, externalName))
		if err != nil {
			return nil, err
		}
		out[name] = o
	}
	if id == "" {
		return out, nil
	}
	f.Findings = f.Answers.find(id, in, path)
	return out, f.Answers.check(id, in)
}

// check that the answers tell of a cache in a region, and enough of it.
func (a *Answers) check(id, region string) error {
	if a.group(id, region) != nil {
		return a.checkNodes(id, region)
	}
	var ids []string
	for _, g := range a.ReplicationGroups {
		if g.ReplicationGroupID == id {
			return fmt.Errorf("spec.existing.replicationGroupId: %q: the files of --existing have it in %s, and the claim is for %s: set spec.region to %s, or gather what AWS has in %s (aws elasticache describe-replication-groups --region %s)",
				id, regionOf(g.ARN), region, regionOf(g.ARN), region, region)
		}
		ids = append(ids, g.ReplicationGroupID)
	}
	return fmt.Errorf("spec.existing.replicationGroupId: %q: the files of --existing have other replication groups: write the id of one of them: %s", id, strings.Join(ids, ", "))
}

func (a *Answers) checkNodes(id, region string) error {
	if a.node(id, region) != nil {
		return nil
	}
	return fmt.Errorf("the files of --existing lack the nodes of %s, which tell its engine version, groups and window: add what this prints: aws elasticache describe-cache-clusters --region %s", id, region)
}

// observed is a managed resource as the provider leaves it after its first look.
func observed(name string, desired *fnv1.Resource, s *seen) (*fnv1.Resource, error) {
	condition := func(kind, status, reason, message string) map[string]any {
		return map[string]any{"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": "2000-01-01T00:00:00Z"}
	}
	status := map[string]any{"conditions": []any{condition("Synced", "False", "ReconcileError", "observe failed: external resource does not exist")}}
	out := &fnv1.Resource{Resource: proto.CloneOf(desired.GetResource())}
	if s != nil {
		out.ConnectionDetails = s.connection
		status = map[string]any{"atProvider": present(s.atProvider), "conditions": []any{condition("Synced", "True", "ReconcileSuccess", ""), condition("Ready", "True", "Available", "")}}
	}
	v, err := structpb.NewStruct(status)
	if err != nil {
		return nil, err
	}
	fields := out.GetResource().GetFields()
	fields["status"] = structpb.NewStructValue(v)
	fields["metadata"].GetStructValue().GetFields()["name"] = structpb.NewStringValue(name)
	return out, nil
}

// present fields: what is an empty text or list is not shown.
func present(atProvider map[string]any) map[string]any {
	for field, value := range atProvider {
		if l, isList := value.([]any); value == "" || (isList && len(l) == 0) {
			delete(atProvider, field)
		}
	}
	return atProvider
}
