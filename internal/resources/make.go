package resources

import (
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// Desired are the composed resources to ask for, by their name in the pipeline.
type Desired map[string]*structpb.Struct

// AddTo a response, beside what other functions desire.
func (d Desired) AddTo(rsp *fnv1.RunFunctionResponse) {
	if rsp.GetDesired() == nil {
		rsp.Desired = &fnv1.State{}
	}
	if rsp.GetDesired().GetResources() == nil {
		rsp.Desired.Resources = map[string]*fnv1.Resource{}
	}
	for name, r := range d {
		rsp.GetDesired().GetResources()[name] = &fnv1.Resource{Resource: r}
	}
}

// Make every resource there is to be: all managed ones from the first run to the
// last, because Crossplane deletes what a run leaves out; and the Secret once
// there is something to put in it, because a pod must not start without.
func Make(xr *v1alpha1.XRedis, f Facts) (Desired, error) {
	managed := map[string]resource.ModernManaged{
		SubnetGroup:      MakeSubnetGroup(xr, f),
		ReplicationGroup: MakeReplicationGroup(xr, f),
		URLParameter:     MakeURLParameter(xr, f),
	}
	for _, family := range f.Families {
		managed[ParameterGroup(family)] = MakeParameterGroup(xr, f, family)
	}
	namespaced := xr.GetNamespace() != ""
	out := Desired{}
	for name, mr := range managed {
		s, err := renderManaged(mr, f, namespaced)
		if err != nil {
			return nil, err
		}
		out[name] = s
	}
	if !namespaced || !f.ComposeSecret {
		return out, nil
	}
	s, err := Render(MakeConnectionSecret(f.URLSecret.Name, f.Details))
	if err != nil {
		return nil, err
	}
	out[ConnectionSecret] = s
	return out, nil
}

// renderManaged in the flavour of the composite.
func renderManaged(mr resource.ModernManaged, f Facts, namespaced bool) (*structpb.Struct, error) {
	if namespaced {
		return Render(mr)
	}
	twin, err := ClusterScoped(mr, f)
	if err != nil {
		return nil, err
	}
	return Render(twin)
}
