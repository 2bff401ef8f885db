package main

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// set a value in an object, making the objects on the way.
func set(s *structpb.Struct, value any, path ...string) {
	for _, key := range path[:len(path)-1] {
		if s.GetFields()[key].GetStructValue() == nil {
			s.Fields[key] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{}})
		}
		s = s.GetFields()[key].GetStructValue()
	}
	v, err := structpb.NewValue(value)
	if err != nil {
		panic(err)
	}
	s.Fields[path[len(path)-1]] = v
}

func spec(req *fnv1.RunFunctionRequest, key string, value any) {
	set(req.GetObserved().GetComposite().GetResource(), value, "spec", key)
}

func observed(req *fnv1.RunFunctionRequest, name string) *structpb.Struct {
	return req.GetObserved().GetResources()[name].GetResource()
}

func conditionOf(rsp *fnv1.RunFunctionResponse, kind string) *fnv1.Condition {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == kind {
			return c
		}
	}
	return &fnv1.Condition{}
}

// TestRefuse gives the function what it must refuse: one Fatal that names what
// is wrong, Accepted=False, and nothing desired that was not there before.
func TestRefuse(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*fnv1.RunFunctionRequest)
		want   []string
	}{
		"NoComposite": {
			reason: "Without a composite there is nothing to compose.",
			change: func(req *fnv1.RunFunctionRequest) { req.Observed = nil },
			want:   []string{"no composite resource"},
		},
		"NoName": {
			reason: "Secrets are named after the composite.",
			change: func(req *fnv1.RunFunctionRequest) {
				set(req.GetObserved().GetComposite().GetResource(), "", "metadata", "name")
			},
			want: []string{"metadata.name"},
		},
		"NoSpec": {
			reason: "A composite without a spec asks for nothing.",
			change: func(req *fnv1.RunFunctionRequest) {
				set(req.GetObserved().GetComposite().GetResource(), nil, "spec")
			},
			want: []string{"spec: Required value"},
		},
		"WrongType": {
			reason: "A text where a number belongs is named by its field.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "numCacheNodes", "two") },
			want:   []string{"spec.numCacheNodes", `"two"`, "a whole number"},
		},
		"Fraction": {
			reason: "Half a node can't be had.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "numCacheNodes", 1.5) },
			want:   []string{"spec.numCacheNodes", "1.5"},
		},
		"ListOfNumbers": {
			reason: "An item of the wrong type is named by its list.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "subnetIds", []any{1.0}) },
			want:   []string{"spec.subnetIds"},
		},
		"EmptyLists": {
			reason: "All problems are told at once.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "subnetIds", []any{})
				spec(req, "securityGroupIds", []any{})
			},
			want: []string{"2 problems", "spec.subnetIds: Required", "spec.securityGroupIds: Required"},
		},
		"AbsurdLength": {
			reason: "A long value is refused, and not repeated in full.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "appName", strings.Repeat("a", 100_000)) },
			want:   []string{"spec.appName", "at most 63"},
		},
		"NotASCII": {
			reason: "AWS takes ASCII only.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "appName", "bücher") },
			want:   []string{"spec.appName", `"bücher"`},
		},
		"ReservedPath": {
			reason: "Parameter Store keeps aws and ssm to itself, as the beginning of a name too.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "appName", "awsome") },
			want:   []string{"spec.appName", "aws or ssm"},
		},
		"NoRegion": {
			reason: "Neither the claim nor the platform names a region.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "region", nil) },
			want:   []string{"spec.region: Required"},
		},
		"KeyOfAnotherRegion": {
			reason: "The platform's region counts too.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "region", nil)
				platform(req, "eu-west-1", "region")
				spec(req, "kmsKeyId", "arn:aws:kms:us-east-1:111122223333:key/1234abcd")
			},
			want: []string{"spec.kmsKeyId", "the key is of us-east-1, the cache of eu-west-1"},
		},
		"DefaultKeyOfAnotherRegion": {
			reason: "A key of the platform that is not of the claim's region is the platform's to change.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "arn:aws:kms:us-east-1:111122223333:key/1234abcd", "defaults", "kmsKeyId")
			},
			want: []string{"input.defaults.kmsKeyId", "ask the platform team, or set spec.kmsKeyId in the claim"},
		},
		"PlatformTagOfProvider": {
			reason: "What the provider writes over is no tag of the platform's either.",
			change: func(req *fnv1.RunFunctionRequest) { platform(req, "shop", "tags", "crossplane-kind") },
			want:   []string{"input.tags[crossplane-kind]", "choose another key"},
		},
		"NodeTypeOfOtherEngine": {
			reason: "AWS would refuse the cache, so it is not asked for.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "nodeType", "cache.r8g.large") },
			want:   []string{"spec.nodeType", `"cache.r8g.large"`, "needs engine valkey", "engine is redis 7.1"},
		},
		"UnquotedVersion": {
			reason: "YAML takes 7.1 for a number.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "engineVersion", 7.1) },
			want:   []string{`spec.engineVersion: Invalid value: 7.1: must be a string: write it in quotes: "7.1"`},
		},
		"UnquotedWholeVersion": {
			reason: "And 7.0 for 7.",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "engineVersion", 7) },
			want:   []string{`write it in quotes: "7.0"`},
		},
		"WrongTypes": {
			reason: "All wrong types are named at once, with the values as they were written.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "subnetIds", []any{"subnet-abc", 1})
				spec(req, "multiAzEnabled", "true")
				spec(req, "numCacheNodes", "2")
				spec(req, "tags", map[string]any{"Team": 42})
				spec(req, "authTokenSecretRef", "redis-token")
			},
			want: []string{
				"The claim has 5 problems, and nothing is changed until they are fixed:\n",
				`  spec.authTokenSecretRef: Invalid value: "redis-token": must be an object` + "\n",
				`  spec.multiAzEnabled: Invalid value: "true": must be true or false, without quotes` + "\n",
				`  spec.numCacheNodes: Invalid value: "2": must be a whole number, without quotes` + "\n",
				`  spec.subnetIds[1]: Invalid value: 1: must be a string: write it in quotes: "1"` + "\n",
				`  spec.tags[Team]: Invalid value: 42: must be a string: write it in quotes: "42"` + "\n",
			},
		},
		"InputWrongTypes": {
			reason: "So are those of the Input, and all the fields that it does not have.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "2", "defaults", "numCacheNodes")
				platform(req, "cache.t3.micro", "defaults", "nodetype")
				platform(req, "cache.t3.micro", "limits", "nodeTypes")
				platform(req, map[string]any{"a": 1}, "unheardOf")
			},
			want: []string{
				"The function's input, in the platform's Composition, has 4 problems",
				`  input.defaults.nodetype: Invalid value: "cache.t3.micro": there is no such field: did you mean "nodeType"?` + "\n",
				`  input.defaults.numCacheNodes: Invalid value: "2": must be a whole number, without quotes` + "\n",
				`  input.limits.nodeTypes: Invalid value: "cache.t3.micro": must be a list` + "\n",
				`  input.unheardOf: Invalid value: {"a":1}: there is no such field` + "\n",
			},
		},
		"InputUnknownField": {
			reason: "A typo in a Composition must not pass silently.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "eu-west-1", "regoin")
			},
			want: []string{"input.regoin", `did you mean "region"?`},
		},
		"InputUnknownDefault": {
			reason: "A typo in the defaults must not pass silently either.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "cache.t3.micro", "defaults", "nodetype")
			},
			want: []string{"input.defaults.nodetype", `did you mean "nodeType"?`},
		},
		"InputOfAnotherKind": {
			reason: "The input of another function says nothing to this one.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, "pt.fn.crossplane.io/v1beta1", "apiVersion")
				platform(req, "Resources", "kind")
			},
			want: []string{"input.kind"},
		},
		"InputWrongDefault": {
			reason: "A platform's wrong default is told as the platform's.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, 12, "defaults", "numCacheNodes")
			},
			want: []string{"input.defaults.numCacheNodes", "12"},
		},
		"BeyondTheLimits": {
			reason: "A platform's limits are told with what is allowed.",
			change: func(req *fnv1.RunFunctionRequest) {
				platform(req, []any{"cache.t4g.*"}, "limits", "nodeTypes")
				platform(req, true, "limits", "requireAuthToken")
			},
			want: []string{"2 problems", "spec.nodeType", "cache.t4g.*", "spec.enableAuthToken"},
		},
		"TokenOfAnotherNamespace": {
			reason: "A token is read from the claim's own namespace only.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": "t", "key": "k", "namespace": "kube-system"})
			},
			want: []string{"spec.authTokenSecretRef.namespace", "kube-system"},
		},
		"TokenWithoutAuth": {
			reason: "A token that would not be used is a mistake.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "authTokenSecretRef", map[string]any{"name": "t", "key": "k"})
			},
			want: []string{"spec.authTokenSecretRef", "enableAuthToken"},
		},
		"TokenWithoutCapability": {
			reason: "A Crossplane that can't look a Secret up would make a cache without a password.",
			change: func(req *fnv1.RunFunctionRequest) {
				req.Meta = nil
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": "t", "key": "k"})
			},
			want: []string{"spec.authTokenSecretRef", "generated token, which works everywhere", "Crossplane 2.2"},
		},
		"TokenWithoutClaim": {
			reason: "A composite without a claim has no namespace of its own.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "claimRef", nil)
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": "t", "key": "k"})
			},
			want: []string{"spec.authTokenSecretRef", "make a claim"},
		},
		"OneSecretForTwo": {
			reason: "The team's token Secret must not be written to.",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "enableAuthToken", true)
				spec(req, "authTokenSecretRef", map[string]any{"name": "redis", "key": "k"})
				spec(req, "writeConnectionSecretToRef", map[string]any{"name": "redis"})
			},
			want: []string{"spec.writeConnectionSecretToRef.name", "name another"},
		},
		"ObservedOfAnotherKind": {
			reason: "What something else made under our name must not be replaced.",
			change: func(req *fnv1.RunFunctionRequest) {
				s := &structpb.Struct{Fields: map[string]*structpb.Value{}}
				set(s, "s3.aws.upbound.io/v1beta1", "apiVersion")
				set(s, "Bucket", "kind")
				req.Observed.Resources = map[string]*fnv1.Resource{resources.SubnetGroup: {Resource: s}}
			},
			want: []string{`"subnet-group"`, "Bucket.s3.aws.upbound.io"},
		},
		"DesiredOfAnotherKind": {
			reason: "An earlier function's resource under our name must not be replaced either.",
			change: func(req *fnv1.RunFunctionRequest) {
				s := &structpb.Struct{Fields: map[string]*structpb.Value{}}
				set(s, "v1", "apiVersion")
				set(s, "ConfigMap", "kind")
				req.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{resources.URLParameter: {Resource: s}}}
			},
			want: []string{`"url-parameter"`, "ConfigMap"},
		},
		"ObservedWithoutContent": {
			reason: "An empty object is of no kind.",
			change: func(req *fnv1.RunFunctionRequest) {
				req.Observed.Resources = map[string]*fnv1.Resource{resources.SubnetGroup: {}}
			},
			want: []string{`"subnet-group"`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, "minimal/claims/nothing-yet")
			tc.change(req)
			desired := len(req.GetDesired().GetResources())
			rsp := run(t, req)
			text := fatal(rsp)
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s: the refusal does not say %q:\n%s", tc.reason, want, text)
				}
			}
			if len(text) > 5000 {
				t.Errorf("%s: the refusal has %d characters", tc.reason, len(text))
			}
			if len(rsp.GetResults()) != 1 || rsp.GetResults()[0].GetTarget() != fnv1.Target_TARGET_COMPOSITE_AND_CLAIM {
				t.Errorf("%s: there must be one result, to the claim too", tc.reason)
			}
			if c := conditionOf(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE {
				t.Errorf("%s: Accepted must be False", tc.reason)
			}
			if len(rsp.GetDesired().GetResources()) != desired {
				t.Errorf("%s: a refusal must desire nothing", tc.reason)
			}
		})
	}
}

// TestRefusalIsStable: an unreadable Input or claim gives the same text in every
// process. protojson chooses between two spaces by the binary that it is in, so the
// other one must not be in any text.
func TestRefusalIsStable(t *testing.T) {
	for name, value := range map[string]any{"metadata": map[string]any{"creationTimestamp": "yesterday"}, "region": []any{nil}, "unheardOf": nil} {
		req := stage(t, "minimal/claims/nothing-yet")
		platform(req, value, name)
		if got := fatal(run(t, req)); got == "" || strings.ContainsRune(got, '\u00a0') {
			t.Errorf("%s: refused with %q", name, got)
		}
	}
}

// TestRefuseKeepsConditions: a refusal changes nothing, so what was known of the
// cache is said again; Crossplane would turn it to Unknown.
func TestRefuseKeepsConditions(t *testing.T) {
	req := stage(t, "minimal/claims/settled")
	req = feedBack(req, run(t, clone(req)))
	set(req.GetObserved().GetComposite().GetResource(), []any{
		map[string]any{"type": "Provisioned", "status": "True", "reason": "Available", "message": "as it was"},
		map[string]any{"type": "URLPublished", "status": "False", "reason": "Waiting", "message": "as it was"},
		map[string]any{"type": "Changing", "status": "True", "reason": "StepUnderWay", "message": "as it was"},
		map[string]any{"type": "Ready", "status": "True", "reason": "Available"},
	}, "status", "conditions")
	platform(req, "Output", "kind")
	got := map[string]string{}
	for _, c := range run(t, req).GetConditions() {
		got[c.GetType()] = c.GetStatus().String() + " " + c.GetReason()
	}
	want := map[string]string{
		"Accepted":     "STATUS_CONDITION_FALSE Invalid",
		"Provisioned":  "STATUS_CONDITION_TRUE Available",
		"URLPublished": "STATUS_CONDITION_FALSE Waiting",
		"Changing":     "STATUS_CONDITION_TRUE StepUnderWay",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestConditions changes one thing of an example's stage and reads the
// conditions of the answer.
func TestConditions(t *testing.T) {
	cases := map[string]struct {
		reason string
		stage  string
		change func(*fnv1.RunFunctionRequest)
		kind   string
		status fnv1.Status
		why    string
		want   []string
		held   []string
	}{
		"AnotherVPC": {
			reason: "Subnets of another VPC than the claim's hold the cache and are told, and are not a Fatal: mending subnetIds must be possible.",
			stage:  "creation/claims/3",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.SubnetGroup), "vpc-999", "status", "atProvider", "vpcId")
			},
			kind: "Accepted", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Invalid",
			want: []string{"spec.subnetIds", "vpc-999", "vpc-123"},
			held: []string{resources.ReplicationGroup, resources.URLParameter},
		},
		"VPCUnknown": {
			reason: "The cache waits until AWS has told the VPC.",
			stage:  "creation/claims/3",
			change: func(req *fnv1.RunFunctionRequest) { delete(atProvider(req, resources.SubnetGroup), "vpcId") },
			kind:   "Provisioned", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Creating",
			want: []string{"replication-group waits for AWS to tell the VPC"},
			held: []string{resources.ReplicationGroup, resources.URLParameter},
		},
		"SyncError": {
			reason: "The managed resource's own error is told, without what differs from try to try.",
			stage:  "creation/claims/5",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), []any{
					map[string]any{"type": "Ready", "status": "False", "reason": "Creating"},
					map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "create failed: api error InsufficientCacheClusterCapacity: no capacity, StatusCode: 400, RequestID: 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0, try later"},
				}, "status", "conditions")
			},
			kind: "Provisioned", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Failing",
			want: []string{"replication-group fails: create failed: api error InsufficientCacheClusterCapacity: no capacity, StatusCode: 400, try later"},
			held: []string{resources.URLParameter},
		},
		"JustLetGo": {
			reason: "A resource that the provider was told to leave alone until a moment ago does not fail.",
			stage:  "creation/claims/5",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.ReplicationGroup), []any{
					map[string]any{"type": "Synced", "status": "False", "reason": "ReconcilePaused", "message": "Reconciliation is paused via the pause annotation"},
				}, "status", "conditions")
			},
			kind: "Provisioned", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Creating",
			want: []string{"replication-group is being created in AWS"},
			held: []string{resources.URLParameter},
		},
		"NoConnectionSecret": {
			reason: "Without writeConnectionSecretToRef the cache is made all the same, and URLPublished says what is missing.",
			stage:  "minimal/claims/settled",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "writeConnectionSecretToRef", nil)
				delete(req.GetObserved().GetResources(), resources.URLParameter)
			},
			kind: "URLPublished", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "NoConnectionSecret",
			want: []string{"writeConnectionSecretsToNamespace"},
			held: []string{resources.URLParameter},
		},
		"TLSUnknown": {
			reason: "A scheme that has to be guessed is no URL.",
			stage:  "creation/claims/6",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(atProvider(req, resources.ReplicationGroup), "transitEncryptionEnabled")
			},
			kind: "URLPublished", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
			want: []string{"TLS"},
			held: []string{resources.URLParameter},
		},
		"TokenUnknown": {
			reason: "A cache that wants a token gets no URL without one.",
			stage:  "production-tls-auth/namespaced/settled",
			change: func(req *fnv1.RunFunctionRequest) {
				delete(req.GetObserved().GetResources(), resources.ConnectionSecret)
				req.GetObserved().GetResources()[resources.ReplicationGroup].ConnectionDetails = nil
			},
			kind: "URLPublished", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
			want: []string{"token"},
		},
		"StaleParameter": {
			reason: "A parameter that was written before the URL changed is not published.",
			stage:  "minimal/claims/settled",
			change: func(req *fnv1.RunFunctionRequest) {
				set(observed(req, resources.URLParameter), "00000000.1", "metadata", "annotations", resources.AnnotationURLRevision)
			},
			kind: "URLPublished", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Waiting",
			want: []string{"being written to Parameter Store"},
		},
		"Downgrade": {
			reason: "A running cache keeps its version, and the claim is told.",
			stage:  "minimal/claims/settled",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "engineVersion", "6.2") },
			kind:   "Accepted", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "ChangeRefused",
			want: []string{"spec.engineVersion", `"6.2"`, `"7.1"`, "make a new claim", "All other changes are carried out"},
		},
		"Region": {
			reason: "A running cache can't move.",
			stage:  "creation/claims/5",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "region", "us-east-1") },
			kind:   "Accepted", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "ChangeRefused",
			want: []string{"spec.region", "us-east-1", "eu-central-1"},
			held: []string{resources.URLParameter},
		},
		"AppName": {
			reason: "The names in AWS stay, or the cache would be made a second time.",
			stage:  "minimal/claims/settled",
			change: func(req *fnv1.RunFunctionRequest) { spec(req, "appName", "other") },
			kind:   "Accepted", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "ChangeRefused",
			want: []string{"spec.appName", "backend-booking-dev-redis", "/backend-booking/dev/redis/url"},
		},
		"SecretName": {
			reason: "The composed Secret keeps its name, and the parameter reads the one that exists.",
			stage:  "minimal/namespaced/settled",
			change: func(req *fnv1.RunFunctionRequest) {
				spec(req, "writeConnectionSecretToRef", map[string]any{"name": "other"})
			},
			kind: "Accepted", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "ChangeRefused",
			want: []string{"spec.writeConnectionSecretToRef.name", `"other"`, `"redis"`},
		},
		"TokenOfAnotherSecret": {
			reason: "What Crossplane answers is held against what was asked: a Secret of another namespace is none.",
			stage:  "auth-token-secret/claims/5",
			change: func(req *fnv1.RunFunctionRequest) {
				set(req.GetRequiredResources()["auth-token"].GetItems()[0].GetResource(), "kube-system", "metadata", "namespace")
			},
			kind: "Provisioned", status: fnv1.Status_STATUS_CONDITION_FALSE, why: "Creating",
			want: []string{`waits for the Secret "redis-token" in the namespace "team-booking"`},
			held: []string{resources.ReplicationGroup, resources.URLParameter},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := stage(t, tc.stage)
			tc.change(req)
			rsp := run(t, req)
			c := conditionOf(rsp, tc.kind)
			if c.GetStatus() != tc.status || c.GetReason() != tc.why {
				t.Errorf("%s: %s is %s %s, want %s %s\n%s", tc.reason, tc.kind, c.GetStatus(), c.GetReason(), tc.status, tc.why, fatal(rsp))
			}
			for _, want := range tc.want {
				if !strings.Contains(c.GetMessage(), want) {
					t.Errorf("%s: %s does not say %q:\n%s", tc.reason, tc.kind, want, c.GetMessage())
				}
			}
			if diff := cmp.Diff(tc.held, held(rsp)); diff != "" {
				t.Errorf("%s: held: -want, +got:\n%s", tc.reason, diff)
			}
			if got := rsp.GetDesired().GetComposite().GetReady(); tc.kind != "Accepted" && got != fnv1.Ready_READY_FALSE {
				t.Errorf("%s: the composite must not be ready", tc.reason)
			}
		})
	}
}

// held resources of an answer, sorted.
func held(rsp *fnv1.RunFunctionResponse) []string {
	var out []string
	for name, r := range rsp.GetDesired().GetResources() {
		if (resources.Resource{Object: protocol.Object{Struct: r.GetResource()}}).OnlyObserved() {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// TestChangesInPlace: what AWS changes in place is simply asked for.
func TestChangesInPlace(t *testing.T) {
	req := stage(t, "minimal/claims/settled")
	changes := map[string]any{
		"nodeType": "cache.m7g.large", "numCacheNodes": 2, "multiAzEnabled": true, "subnetIds": []any{"subnet-def", "subnet-abc"},
		"snapshotRetentionLimit": 7, "maintenanceWindow": "mon:10:00-mon:11:00", "snapshotWindow": "01:00-02:00",
		"autoMinorVersionUpgrade": false, "securityGroupIds": []any{"sg-b", "sg-a"}, "maxmemoryPolicy": "noeviction", "timeoutSeconds": 0,
	}
	for key, value := range changes {
		spec(req, key, value)
	}
	rsp := run(t, req)
	if c := conditionOf(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
		t.Fatalf("Accepted: %s %s", c.GetMessage(), fatal(rsp))
	}
	forProvider := func(name string) map[string]any {
		return rsp.GetDesired().GetResources()[name].GetResource().AsMap()["spec"].(map[string]any)["forProvider"].(map[string]any)
	}
	want := map[string]any{
		"nodeType": "cache.m7g.large", "numCacheClusters": 2.0, "multiAzEnabled": true, "automaticFailoverEnabled": true,
		"snapshotRetentionLimit": 7.0, "maintenanceWindow": "mon:10:00-mon:11:00", "snapshotWindow": "01:00-02:00",
		"autoMinorVersionUpgrade": "false", "securityGroupIds": []any{"sg-a", "sg-b"},
	}
	got := forProvider(resources.ReplicationGroup)
	maps.DeleteFunc(got, func(key string, _ any) bool { _, ok := want[key]; return !ok })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("replication group: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]any{"subnet-abc", "subnet-def"}, forProvider(resources.SubnetGroup)["subnetIds"]); diff != "" {
		t.Errorf("subnets: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"name": "maxmemory-policy", "value": "noeviction"}, map[string]any{"name": "timeout", "value": "0"}},
		forProvider(resources.ParameterGroup("redis7"))["parameter"]); diff != "" {
		t.Errorf("parameters: -want, +got:\n%s", diff)
	}
	if h := held(rsp); len(h) > 0 {
		t.Errorf("a cache that runs must not be held: %v", h)
	}
}

// TestCreationRefused: a cache that AWS did not make is asked for as the claim is by
// now; one that AWS may be making stays as it was asked for.
func TestCreationRefused(t *testing.T) {
	for message, want := range map[string]string{
		"":                            "7.1",
		"describe failed: Throttling": "7.1",
		"create failed: creating ElastiCache Replication Group: operation error ElastiCache: CreateReplicationGroup, https response error StatusCode: 400, InvalidParameterCombination: Cannot find version 7.1": "7.0",
	} {
		req := stage(t, "creation/claims/5")
		if message != "" {
			set(observed(req, resources.ReplicationGroup), []any{map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": message}}, "status", "conditions")
		}
		spec(req, "engineVersion", "7.0")
		if got := cacheOf(run(t, req))["forProvider"].(map[string]any)["engineVersion"]; got != want {
			t.Errorf("%q: asks for %v, want %s", message, got, want)
		}
	}
}

// TestFieldOfAnotherCase: the API server drops nodetype as unknown, and a preview
// must not show what a cluster would not do.
func TestFieldOfAnotherCase(t *testing.T) {
	req := stage(t, "minimal/claims/nothing-yet")
	spec(req, "nodetype", "cache.m7g.large")
	rg := run(t, req).GetDesired().GetResources()[resources.ReplicationGroup].GetResource().AsMap()
	if got := rg["spec"].(map[string]any)["forProvider"].(map[string]any)["nodeType"]; got != "cache.t3.micro" {
		t.Errorf("nodetype was taken for nodeType: %v", got)
	}
}

// TestTokenChange: a changed token of the team's own is laid out for the provider
// first, beside the one that the cache has; AWS is asked only when it is there; and
// the URL follows only what the cache says that it accepts.
func TestTokenChange(t *testing.T) {
	const token = "another-token-of-the-team"
	req := stage(t, "production/claims/settled")
	before := run(t, clone(req))
	set(req.GetRequiredResources()["auth-token"].GetItems()[0].GetResource(), base64.StdEncoding.EncodeToString([]byte(token)), "data", "token")
	after := run(t, req)
	if diff := cmp.Diff(cacheOf(before), cacheOf(after)); diff != "" {
		t.Errorf("the cache is asked for a token that the provider can't read yet: -before, +after:\n%s", diff)
	}
	if diff := cmp.Diff(before.GetDesired().GetComposite().GetConnectionDetails(), after.GetDesired().GetComposite().GetConnectionDetails()); diff != "" {
		t.Errorf("the URL changed before the cache accepts the new token: -before, +after:\n%s", diff)
	}
	key := resources.TokenKey(redis.TokenOf(redis.NewSecret(token).Digest(uidOf(req))))
	tokens := after.GetDesired().GetResources()[resources.AuthTokens].GetResource().AsMap()["data"].(map[string]any)
	if got, ok := tokens[key]; !ok || got != base64.StdEncoding.EncodeToString([]byte(token)) || len(tokens) != 2 {
		t.Errorf("the provider finds %d tokens, the new one among them: %t", len(tokens), ok)
	}

	set(observed(req, resources.AuthTokens), tokens, "data")
	rg := cacheOf(run(t, req))["forProvider"].(map[string]any)
	if got := rg["authTokenSecretRef"].(map[string]any)["key"]; got != key || rg["authTokenUpdateStrategy"] != "ROTATE" {
		t.Errorf("AWS must be asked for the new token beside the old one: key %v, strategy %v", got, rg["authTokenUpdateStrategy"])
	}
}

func uidOf(req *fnv1.RunFunctionRequest) string {
	return protocol.Object{Struct: req.GetObserved().GetComposite().GetResource()}.UID()
}

// cacheOf an answer is the spec of its replication group.
func cacheOf(rsp *fnv1.RunFunctionResponse) map[string]any {
	return rsp.GetDesired().GetResources()[resources.ReplicationGroup].GetResource().AsMap()["spec"].(map[string]any)
}

// TestRequirementIsStable: what is asked of Crossplane is asked in every round.
func TestRequirementIsStable(t *testing.T) {
	for _, s := range []string{"1", "3", "4", "settled"} {
		got := run(t, stage(t, "auth-token-secret/claims/"+s)).GetRequirements().GetResources()["auth-token"]
		if got.GetMatchName() != "redis-token" || got.GetNamespace() != "team-booking" || got.GetApiVersion() != "v1" || got.GetKind() != "Secret" {
			t.Errorf("%s: requires %v", s, got)
		}
	}
}
