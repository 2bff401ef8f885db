package main

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// TestScaleDownRefused: AWS refuses once to give up multi-AZ. The cache must stay one that
// the provider can observe and delete.
func TestScaleDownRefused(t *testing.T) {
	c := create(t, flavourClaims, map[string]any{"numCacheNodes": int64(2), "multiAzEnabled": true})
	c.run(90 * time.Minute)
	c.AWS.Fail("ModifyReplicationGroup", 1, "InvalidParameterCombination", "Multi-AZ can't be disabled now.")
	c.edit(map[string]any{"numCacheNodes": int64(1), "multiAzEnabled": false})
	c.run(5 * time.Hour)
	rg := c.Composed()[resources.ReplicationGroup].Object["spec"].(map[string]any)["forProvider"].(map[string]any)
	if rg["multiAzEnabled"] == true && rg["automaticFailoverEnabled"] != true {
		t.Errorf("asks for multi-AZ without failover: %v", rg)
	}
	c.Delete()
	c.run(24 * time.Hour)
	if !c.Gone() {
		t.Error("the cache can't be deleted")
	}
}

// TestRejectionHoldsNoSecret: what AWS said is remembered where everybody can read it.
func TestRejectionHoldsNoSecret(t *testing.T) {
	const token, encoded = "s3cr&t#T0ken^<>0123456", "s3cr%26t%23T0ken%5E%3C%3E0123456"
	req := stage(t, "production-tls-auth/claims/settled")
	rg := observed(req, resources.ReplicationGroup)
	req.GetObserved().GetResources()[resources.ReplicationGroup].ConnectionDetails["attribute.auth_token"] = []byte(token)
	setFailed(rg, modifyFailed("https response error StatusCode: 400, RequestID: 1, InvalidParameterValue: cache node type bad with "+token+" and rediss://:"+encoded+"@h:6379"))
	spec(req, "nodeType", "cache.m7g.large")
	set(rg, "cache.m7g.large", "spec", "forProvider", "nodeType")
	asked := protocol.Object{Struct: run(t, req).GetDesired().GetResources()[resources.ReplicationGroup].GetResource()}
	remembered := asked.Annotation(resources.AnnotationRejected)
	if !strings.Contains(remembered, "cache.m7g.large") || strings.Contains(remembered, "s3cr") {
		t.Errorf("remembers %s", remembered)
	}
}

// TestSecretsOfOlderCores: Crossplane 2.0 and 2.1 send what was required under the older
// name, and a token in it is one as well.
func TestSecretsOfOlderCores(t *testing.T) {
	const token = "Sup3r-Secret-Token-1"
	req := stage(t, "auth-token-secret/namespaced/settled")
	secret := req.GetRequiredResources()["auth-token"]
	for key := range secret.GetItems()[0].GetResource().GetFields()["data"].GetStructValue().GetFields() {
		set(secret.GetItems()[0].GetResource(), "U3VwM3ItU2VjcmV0LVRva2VuLTE=", "data", key)
	}
	req.ExtraResources, req.RequiredResources = map[string]*fnv1.Resources{"auth-token": secret}, nil
	req.Meta.Capabilities = nil
	setFailed(observed(req, resources.ReplicationGroup), modifyFailed("it repeats "+token))
	for _, c := range run(t, req).GetConditions() {
		if strings.Contains(c.GetMessage(), token) {
			t.Errorf("%s has the token: %s", c.GetType(), c.GetMessage())
		}
	}
}

// TestLimitOfACacheInAnotherSubnetGroup: a cache whose subnet group was made anew is a
// running cache like any other, which no limit freezes.
func TestLimitOfACacheInAnotherSubnetGroup(t *testing.T) {
	req := stage(t, "minimal/claims/settled")
	input, err := structpb.NewStruct(map[string]any{
		"apiVersion": "redis.fn.crossplane.io/v1beta1", "kind": "Input", "region": "eu-central-1", "limits": map[string]any{"nodeTypes": []any{"cache.m7g.*"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	req.Input = input
	const name = "backend-booking-dev-redis-0a1b2c3d"
	all, rg := req.GetObserved().GetResources(), observed(req, resources.ReplicationGroup)
	all["subnet-group-0a1b2c3d"] = all[resources.SubnetGroup]
	delete(all, resources.SubnetGroup)
	set(observed(req, "subnet-group-0a1b2c3d"), name, "metadata", "annotations", "crossplane.io/external-name")
	set(rg, name, "spec", "forProvider", "subnetGroupName")
	set(rg, name, "status", "atProvider", "subnetGroupName")
	rsp := run(t, req)
	if text := fatal(rsp); text != "" {
		t.Fatal(text)
	}
	if c := conditionOf(rsp, "Accepted"); !strings.Contains(c.GetMessage(), "spec.nodeType") && !strings.Contains(c.GetMessage(), "nodeType") {
		t.Errorf("Accepted: %s", c.GetMessage())
	}
}

// TestCacheMadeAnewWithoutAUTH: a URL without a password never follows one with, and that
// is said.
func TestCacheMadeAnewWithoutAUTH(t *testing.T) {
	req := stage(t, "production-tls-auth/claims/settled")
	req = feedBack(req, run(t, clone(req)))
	rg := observed(req, resources.ReplicationGroup)
	spec(req, "enableAuthToken", false)
	for _, field := range []string{"authTokenSecretRef", "autoGenerateAuthToken", "authTokenUpdateStrategy"} {
		delete(rg.GetFields()["spec"].GetStructValue().GetFields()["forProvider"].GetStructValue().GetFields(), field)
	}
	req.GetObserved().GetResources()[resources.ReplicationGroup].ConnectionDetails["attribute.auth_token"] = nil
	rsp := run(t, req)
	if c := conditionOf(rsp, "URLPublished"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE || !strings.Contains(c.GetMessage(), "enableAuthToken: true") {
		t.Errorf("URLPublished: %s %s", c.GetStatus(), c.GetMessage())
	}
}
