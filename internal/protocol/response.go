package protocol

import (
	"errors"
	"maps"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
)

// AddResource to what is composed, beside what other functions desire.
func AddResource(rsp *fnv1.RunFunctionResponse, name string, resource *structpb.Struct, ready bool) {
	d := desired(rsp)
	if d.GetResources() == nil {
		d.Resources = map[string]*fnv1.Resource{}
	}
	is := fnv1.Ready_READY_FALSE
	if ready {
		is = fnv1.Ready_READY_TRUE
	}
	d.GetResources()[name] = &fnv1.Resource{Resource: resource, Ready: is}
}

// WriteStatus to the desired composite, beside what other functions wrote there.
func WriteStatus(rsp *fnv1.RunFunctionResponse, xr *XR, status v1alpha1.XRedisStatus) {
	c := composite(rsp)
	if c.GetResource().GetFields() == nil {
		c.Resource = &structpb.Struct{Fields: map[string]*structpb.Value{}}
	}
	fields := c.GetResource().GetFields()
	fields["apiVersion"] = structpb.NewStringValue(xr.APIVersion)
	fields["kind"] = structpb.NewStringValue(xr.Kind)
	if fields["status"].GetStructValue().GetFields() == nil {
		fields["status"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{}})
	}
	maps.Copy(fields["status"].GetStructValue().GetFields(), Encode(status).GetFields())
}

// Publish connection details of the composite, beside those of other functions.
func Publish(rsp *fnv1.RunFunctionResponse, details map[string][]byte) {
	c := composite(rsp)
	if c.GetConnectionDetails() == nil {
		c.ConnectionDetails = map[string][]byte{}
	}
	maps.Copy(c.GetConnectionDetails(), details)
}

// NotReady keeps the composite from being ready. That it is ready is for Crossplane to
// say, from everything in the pipeline.
func NotReady(rsp *fnv1.RunFunctionResponse) { composite(rsp).Ready = fnv1.Ready_READY_FALSE }

// Require resources of Crossplane. Whoever calls for one must do so in every round.
//
// Crossplane 1.15 to 2.1 advertises nothing, and looks up what is required under the
// older name. Only one of the two names is used: Crossplane 1 compares the requirements
// of two rounds by their bytes, and those of a map that it does not know are in another
// order each time, so that it would take them to change without end.
// https://github.com/crossplane/crossplane/blob/v1.20.11/internal/controller/apiextensions/composite/extra_resources.go
func Require(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, name string, selector *fnv1.ResourceSelector) {
	if rsp.GetRequirements() == nil {
		rsp.Requirements = &fnv1.Requirements{Resources: map[string]*fnv1.ResourceSelector{}, ExtraResources: map[string]*fnv1.ResourceSelector{}}
	}
	if LooksUp(req) {
		rsp.GetRequirements().GetResources()[name] = selector
		return
	}
	rsp.GetRequirements().GetExtraResources()[name] = selector
}

// SetCondition of the composite and its claim.
func SetCondition(rsp *fnv1.RunFunctionResponse, kind, status, reason, message string) {
	var c *response.ConditionOption
	switch status {
	case "True":
		c = response.ConditionTrue(rsp, kind, reason)
	case "False":
		c = response.ConditionFalse(rsp, kind, reason)
	default:
		c = response.ConditionUnknown(rsp, kind, reason)
	}
	c.WithMessage(message).TargetCompositeAndClaim()
}

// Fatal refuses a run, so that Crossplane changes nothing, and says why on the composite
// and its claim.
func Fatal(rsp *fnv1.RunFunctionResponse, message string) {
	response.Fatal(rsp, errors.New(message))
	for _, r := range rsp.GetResults() {
		r.Target = fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()
	}
}

// RewriteMessages that people read, whoever wrote them.
func RewriteMessages(rsp *fnv1.RunFunctionResponse, rewrite func(string) string) {
	for _, c := range rsp.GetConditions() {
		if c.Message != nil {
			*c.Message = rewrite(c.GetMessage())
		}
	}
	for _, r := range rsp.GetResults() {
		r.Message = rewrite(r.GetMessage())
	}
}

// composite that is desired, made if there is none yet.
func composite(rsp *fnv1.RunFunctionResponse) *fnv1.Resource {
	d := desired(rsp)
	if d.GetComposite() == nil {
		d.Composite = &fnv1.Resource{}
	}
	return d.GetComposite()
}

// desired state, made if there is none yet.
func desired(rsp *fnv1.RunFunctionResponse) *fnv1.State {
	if rsp.GetDesired() == nil {
		rsp.Desired = &fnv1.State{}
	}
	return rsp.GetDesired()
}
