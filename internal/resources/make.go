package resources

import (
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"

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
	out := Desired{}
	for name, mr := range managed {
		s, err := renderManaged(mr, f, xr.GetNamespace() != "")
		if err != nil {
			return nil, err
		}
		out[name] = s
	}
	for name, secret := range secrets(xr, f) {
		s, err := Render(secret)
		if err != nil {
			return nil, err
		}
		out[name] = s
	}
	return out, nil
}

// secrets that there are to be.
func secrets(xr *v1alpha1.XRedis, f Facts) map[string]*corev1.Secret {
	out := map[string]*corev1.Secret{}
	if xr.GetNamespace() != "" && f.ComposeSecret {
		out[ConnectionSecret] = MakeConnectionSecret(f.URLSecret.Name, f.Details)
	}
	if f.TokenSecret != nil {
		out[AuthTokens] = MakeAuthTokens(f)
	}
	return out
}

// renderManaged in the flavour of the composite.
func renderManaged(mr resource.ModernManaged, f Facts, namespaced bool) (*structpb.Struct, error) {
	s, err := Render(mr)
	if err != nil || namespaced {
		return s, err
	}
	return s, makeClusterScoped(s, f)
}
