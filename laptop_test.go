package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/resource"

	"github.com/crossplane-contrib/function-xredis/hack/preview/existing"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// gathered answers of the AWS CLI about a cache, in one file, as the page says.
func (c cluster) gathered(t *testing.T, region, id, group, subnets, path string) string {
	t.Helper()
	var out strings.Builder
	for _, command := range []string{
		"elasticache describe-replication-groups",
		"elasticache describe-cache-clusters",
		"elasticache list-tags-for-resource --resource-name arn:aws:elasticache:" + region + ":111122223333:replicationgroup:" + id,
		"elasticache describe-cache-subnet-groups --cache-subnet-group-name " + subnets,
		"elasticache describe-cache-parameters --source user --cache-parameter-group-name " + group,
		"ssm describe-parameters --parameter-filters Key=Name,Values=" + path,
	} {
		if strings.HasSuffix(command, "-name ") {
			continue // AWS's own group.
		}
		json, err := c.AWS.CLI(region, strings.Fields(command)...)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(json)
	}
	file := filepath.Join(t.TempDir(), "existing.json")
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// onLaptop is what the function answers where the AWS CLI's answers stand for AWS.
func (c cluster) onLaptop(t *testing.T, input *structpb.Struct, files ...string) (*fnv1.RunFunctionResponse, []string) {
	t.Helper()
	answers, err := existing.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	xr := c.Manifest()
	xr.SetName(c.XR().GetName())
	xr.SetUID(c.XR().GetUID())
	xr.SetLabels(c.XR().GetLabels())
	s, err := resource.AsStruct(xr)
	if err != nil {
		t.Fatal(err)
	}
	f := existing.Function{Answers: answers, Run: (&Function{log: logging.NewNopLogger()}).RunFunction}
	rsp, err := f.RunFunction(t.Context(), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Capabilities: crossplane.AllCapabilities()}, Input: input, Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: s}}})
	if err != nil {
		t.Fatal(err)
	}
	return rsp, f.NotKnown
}

// listed are status.changes and the text of Accepted.
func listed(rsp *fnv1.RunFunctionResponse) ([]string, string) {
	var changes []string
	for _, v := range rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue().GetFields()["changes"].GetListValue().GetValues() {
		changes = append(changes, v.GetStringValue())
	}
	for _, c := range rsp.GetConditions() {
		if c.GetType() == "Accepted" {
			return changes, c.GetMessage()
		}
	}
	return changes, ""
}

// TestLaptop: what a preview without a cluster says of each variant is what the claim
// says on a control plane.
func TestLaptop(t *testing.T) {
	const id, region, path = "legacy-cache-001", "eu-central-1", "/backend-booking/dev/redis/url"
	for name, vary := range aws.Variants() {
		for _, flavour := range []string{flavourClaims, flavourNamespaced} {
			t.Run(name+"/"+flavour, func(t *testing.T) {
				stack := legacy(vary)
				c := create(t, flavour, map[string]any{"existing": map[string]any{"replicationGroupId": id}, "nodeType": "cache.t3.medium", "timeoutSeconds": int64(60)})
				c.AWS.Add(stack)
				rsp, notKnown := c.onLaptop(t, nil, c.gathered(t, region, id, stack.Parameters.Name, id+"-subnets", path))
				changes, accepted := listed(rsp)
				c.run(time.Hour)
				if diff := cmp.Diff(c.changes(), changes); diff != "" || len(changes) == 0 {
					t.Errorf("status.changes: -cluster, +laptop:\n%s", diff)
				}
				if _, _, message := c.Condition("Accepted"); message != accepted {
					t.Errorf("Accepted: cluster: %s\nlaptop: %s", message, accepted)
				}
				if len(notKnown) > 0 {
					t.Errorf("not known: %v", notKnown)
				}
			})
		}
	}
}

// TestLaptopTellsOfAWS: what answers have that do not fit one another is AWS's, and no
// field of the claim.
func TestLaptopTellsOfAWS(t *testing.T) {
	const id, region, path = "legacy-cache-001", "eu-central-1", "/backend-booking/dev/redis/url"
	stack := aws.Stack{Cache: aws.ReplicationGroup{Region: region, ID: id}, URL: aws.Parameter{Name: path}}
	aws.Variants()["UserGroups"](&stack)
	c := create(t, flavourClaims, map[string]any{"existing": map[string]any{"replicationGroupId": id}, "subnetIds": nil, "vpcId": nil})
	c.AWS.Add(stack)
	file := c.gathered(t, region, id, "", id+"-subnets", path)
	answers, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	odd := strings.NewReplacer(`"AuthTokenEnabled": false`, `"AuthTokenEnabled": true`, `"TransitEncryptionMode": "required"`, `"TransitEncryptionMode": "preferred"`)
	if err := os.WriteFile(file, []byte(odd.Replace(string(answers))), 0o600); err != nil {
		t.Fatal(err)
	}
	rsp, _ := c.onLaptop(t, nil, file)
	changes, _ := listed(rsp)
	want := []string{
		"cannot: user groups: only AUTH with one token is offered; remove them first",
		`cannot: AWS has transitEncryption "Preferred", which the claim leaves open: AWS takes a token over TLS only, and can't switch AUTH off again; set spec.transitEncryption to "Required"`,
	}
	if diff := cmp.Diff(want, slices.DeleteFunc(changes, func(line string) bool { return !strings.HasPrefix(line, "cannot") })); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
