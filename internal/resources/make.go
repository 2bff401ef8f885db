package resources

import (
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
)

// Desired are the composed resources to ask for, by their name in the pipeline.
type Desired map[string]*structpb.Struct

// AddTo a response, beside what other functions desire, each with whether it is ready.
func (d Desired) AddTo(rsp *fnv1.RunFunctionResponse, o Observed) {
	for name, r := range d {
		protocol.AddResource(rsp, name, r, o.Ready(name))
	}
}

// Make every resource there is to be: all managed ones from the first run to the
// last, because Crossplane deletes what a run leaves out; and the Secret once
// there is something to put in it, because a pod must not start without. One that only
// observes is left out to be made anew under another name, which changes nothing in AWS.
func Make(xr *v1alpha1.XRedis, f Facts) Desired {
	objects := map[string]any{
		ReplicationGroup: MakeReplicationGroup(xr, f),
		URLParameter:     MakeURLParameter(xr, f),
	}
	for _, n := range f.Networks {
		objects[SubnetGroupOf(n.Digest)] = MakeSubnetGroup(xr, f, n)
		if n.Foreign != "" {
			objects[SubnetGroupOf(n.Digest)] = MakeForeignSubnetGroup(xr, f, n)
		}
	}
	for _, family := range f.Families {
		objects[ParameterGroup(family)] = MakeParameterGroup(xr, f, family)
	}
	if xr.Namespaced() && f.ComposeSecret {
		objects[ConnectionSecret] = MakeConnectionSecret(f.URLSecret.Name, f.Details)
	}
	if f.ObservesForeignGroup() {
		objects[ForeignGroup] = MakeForeignGroup(xr, f)
	}
	if f.TokenSecret != nil {
		objects[AuthTokens] = MakeAuthTokens(f)
	}
	if f.Protects != nil {
		objects[DeletionProtection] = MakeUsage(f)
	}
	for name, hold := range f.Holds {
		if hold.Anew {
			delete(objects, name)
		}
	}
	return render(objects, xr.Flavour(), f)
}

// render objects in the protocol's form, in the flavour of the composite: the full
// statement of what we want, without what is null or empty, which server-side apply
// would take for an opinion.
func render(objects map[string]any, flavour v1alpha1.Flavour, f Facts) Desired {
	out := Desired{}
	for name, o := range objects {
		s := protocol.Encode(o)
		if kind, _ := Kind(name, flavour); flavour == v1alpha1.Claims && kind.Group != "" && kind != usageKind {
			makeClusterScoped(s, kind, f)
		}
		out[name] = s
	}
	return out
}
