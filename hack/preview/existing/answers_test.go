package existing

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const (
	group = `{"ReplicationGroups": [{"ReplicationGroupId": "a", "Status": "available", "CacheNodeType": "cache.t3.micro", "MemberClusters": ["a-001"], "AutoMinorVersionUpgrade": true, "ARN": "arn:aws:elasticache:eu-central-1:1:replicationgroup:a"}]}`
	nodes = `{"CacheClusters": [{"ReplicationGroupId": "a", "Engine": "redis", "EngineVersion": "7.1.0", "CacheSubnetGroupName": "s", "CacheParameterGroup": {"CacheParameterGroupName": "p"}}]}`
)

func saved(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "existing.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestReadRefuses: a file that is no answer of the AWS CLI says what to write.
func TestReadRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		says   string
	}{
		"Empty":      {"Nothing was gathered.", "", "no answer has ReplicationGroups: add what aws elasticache describe-replication-groups prints"},
		"YAML":       {"The AWS CLI can print YAML.", "ReplicationGroups:\n- ReplicationGroupId: a\n", "not the JSON that the AWS CLI prints with --output json"},
		"List":       {"--query leaves the key out.", "[]", "not the JSON that the AWS CLI prints"},
		"NoGroup":    {"Another region or account.", `{"ReplicationGroups": []}`, "ReplicationGroups is empty: AWS has no replication group in that region"},
		"OtherKey":   {"Another command.", `{"Events": []}`, `"Events" begins no answer that is read`},
		"OtherType":  {"Another shape.", `{"ReplicationGroups": [{"Description": 1}]}`, "not what the AWS CLI prints"},
		"TwoTagList": {"Tags do not say of which cache they are.", group + `{"TagList": []}{"TagList": []}`, "there twice"},
		"Page":       {"A page is not all there is.", group + `{"CacheClusters": [], "NextToken": "x"}`, `"NextToken": this is one page of an answer: print all of it, without --max-items`},
		"Null":       {"Nothing is no replication group.", `{"ReplicationGroups": [null]}`, "ReplicationGroups is empty"},
		"UTF16":      {"PowerShell writes it.", "\xff\xfe{\x00", "in UTF-8"},
		"Truncated":  {"The disk was full.", group[:20], "not the JSON"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(saved(t, tc.text)); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.says)
			}
		})
	}
	if _, err := Read("none.json"); err == nil || err.Error() != "there is no file none.json" {
		t.Errorf("a file that is missing: %v", err)
	}
}

// TestRunFunction: what a claim asks for and the answers lack is named.
func TestRunFunction(t *testing.T) {
	const other = `{"ReplicationGroups": [{"ReplicationGroupId": "b"}, {"ReplicationGroupId": "c"}]}`
	cases := map[string]struct {
		reason string
		text   string
		says   string
		lacks  []string
	}{
		"NoNodes":  {reason: "The version is indispensable.", text: group, says: "add what this prints: aws elasticache describe-cache-clusters --region eu-central-1"},
		"OtherIDs": {reason: "Another cache is none.", text: other, says: `spec.existing.replicationGroupId: "a": the files of --existing have other replication groups: write the id of one of them: b, c`},
		"OtherRegion": {
			reason: "The cache of another region is another.",
			text:   strings.ReplaceAll(group, "eu-central-1", "eu-west-1") + nodes,
			says:   `spec.existing.replicationGroupId: "a": the files of --existing have it in eu-west-1, and the claim is for eu-central-1: set spec.region to eu-west-1, or gather what AWS has in eu-central-1 (aws elasticache describe-replication-groups --region eu-central-1)`,
		},
		"NodesOfOtherRegion": {
			reason: "So are its nodes.",
			text:   group + strings.Replace(nodes, `"Engine"`, `"ARN": "arn:aws:elasticache:eu-west-1:1:cluster:a-001", "Engine"`, 1),
			says:   "lack the nodes of a",
		},
		"NoNode": {
			reason: "A node that is missing is named.",
			text: strings.Replace(group, `"ARN"`, `"MemberClusters": ["a-001", "a-002"], "ARN"`, 1) + strings.Replace(nodes, `"Engine"`, `"CacheClusterId": "a-001", "Engine"`, 1) +
				`{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s"}]}{"Parameters": [{"ParameterName": "timeout"}]}{"Parameters": []}`,
			lacks: []string{"node a-002: aws elasticache describe-cache-clusters --cache-cluster-id a-002 --region eu-central-1"},
		},
		"GroupsOfOtherRegion": {
			reason: "Neither does another region tell of the groups and the parameter.",
			text: group + nodes + `{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s", "ARN": "arn:aws:elasticache:eu-west-1:1:subnetgroup:s"}]}
				{"Parameters": [{"ParameterName": "timeout"}]}{"Parameters": [{"Name": "/url", "ARN": "arn:aws:ssm:eu-west-1:1:parameter/url"}]}`,
			lacks: []string{
				"subnets of s: aws elasticache describe-cache-subnet-groups --cache-subnet-group-name s --region eu-central-1",
				"type of the parameter /url: aws ssm describe-parameters --parameter-filters Key=Name,Values=/url --region eu-central-1",
			},
		},
		"Bare": {
			reason: "The rest is not known.", text: group + other + nodes,
			lacks: []string{
				"tags of the cache: aws elasticache list-tags-for-resource --resource-name arn:aws:elasticache:eu-central-1:1:replicationgroup:a --region eu-central-1",
				"parameters of p: aws elasticache describe-cache-parameters --source user --cache-parameter-group-name p --region eu-central-1",
				"subnets of s: aws elasticache describe-cache-subnet-groups --cache-subnet-group-name s --region eu-central-1",
				"type of the parameter /url: aws ssm describe-parameters --parameter-filters Key=Name,Values=/url --region eu-central-1",
			},
		},
		"LeftOut": {
			reason: "So are fields that a query leaves out.",
			text: `{"ReplicationGroups": [{"ReplicationGroupId": "a", "TransitEncryptionEnabled": true}]}` + nodes +
				`{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s"}]}{"Parameters": [{"ParameterName": "timeout"}]}{"Parameters": []}`,
			lacks: []string{"Status, CacheNodeType, MemberClusters, AutoMinorVersionUpgrade, TransitEncryptionMode of the cache: aws elasticache describe-replication-groups --replication-group-id a --region eu-central-1"},
		},
		"NoParameters": {
			reason: "An answer without parameters may be either.", text: group + nodes + `{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s"}]}{"Parameters": []}`,
			lacks: []string{
				"parameters of p: aws elasticache describe-cache-parameters --source user --cache-parameter-group-name p --region eu-central-1",
				"type of the parameter /url: aws ssm describe-parameters --parameter-filters Key=Name,Values=/url --region eu-central-1",
			},
		},
		"OtherParameter": {
			reason: "What Parameter Store has under other names says nothing of this one.",
			text:   group + nodes + `{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s"}]}{"Parameters": [{"ParameterName": "timeout"}]}{"Parameters": [{"Name": "/other"}]}`,
			lacks:  []string{"type of the parameter /url: aws ssm describe-parameters --parameter-filters Key=Name,Values=/url --region eu-central-1"},
		},
		"NoParameter": {
			reason: "Beside parameters of the group it is Parameter Store's.",
			text:   group + nodes + `{"TagList": []}{"CacheSubnetGroups": [{"CacheSubnetGroupName": "s"}]}{"Parameters": [{"ParameterName": "timeout"}]}{"Parameters": []}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			answers, err := Read(saved(t, tc.text))
			if err != nil {
				t.Fatal(err)
			}
			f := Function{Answers: answers, Run: func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				return &fnv1.RunFunctionResponse{Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{
					"cache": probe("ReplicationGroup", "a"), "url": probe("Parameter", "/url"),
				}}}, nil
			}}
			rsp, err := f.RunFunction(t.Context(), &fnv1.RunFunctionRequest{})
			if err != nil {
				t.Fatal(err)
			}
			says := ""
			if len(rsp.GetResults()) > 0 {
				says = rsp.GetResults()[0].GetMessage()
			}
			if diff := cmp.Diff(tc.lacks, f.NotKnown); tc.says == "" && diff != "" || !strings.Contains(says, tc.says) || (says == "") != (tc.says == "") {
				t.Errorf("%s: got %q, not known: -want, +got:\n%s", tc.reason, says, diff)
			}
		})
	}
}

// TestState reports what AWS is doing with a cache, which the provider does not see.
func TestState(t *testing.T) {
	const (
		byNow = ": AWS is at work on it; wait until the cache is available (aws elasticache wait replication-group-available --replication-group-id a --region eu-central-1), and gather the answers again"
		later = ": AWS has yet to apply it, at the latest in the maintenance window; wait until PendingModifiedValues is empty, and gather the answers again"
	)
	cases := map[string]struct {
		reason string
		group  string
		nodes  []string
		want   Findings
	}{
		"Available":    {reason: "AWS does nothing.", group: `"Status": "available", "PendingModifiedValues": {}`, nodes: []string{`"CacheClusterStatus": "available", "PendingModifiedValues": {"CacheNodeIdsToRemove": []}`}},
		"NotTold":      {reason: "What --query leaves out is not made up.", group: `"ARN": ""`},
		"Modifying":    {reason: "A change is waited for, and is said once.", group: `"Status": "modifying"`, nodes: []string{`"CacheClusterStatus": "modifying"`, `"CacheClusterStatus": "modifying"`}, want: Findings{Waits: []string{"status modifying" + byNow}}},
		"Snapshotting": {reason: "So is a backup.", group: `"Status": "snapshotting"`, want: Findings{Waits: []string{"status snapshotting" + byNow}}},
		"LosesReplica": {reason: "A node that goes is not the cache.", group: `"Status": "modifying"`, nodes: []string{`"CacheClusterId": "a-002", "CacheClusterStatus": "deleting"`}, want: Findings{Waits: []string{"status modifying" + byNow, "node a-002: status deleting" + byNow}}},
		"Rebooting":    {reason: "So is a node.", group: `"Status": "available"`, nodes: []string{`"CacheClusterId": "a-001", "CacheClusterStatus": "rebooting cluster nodes"`}, want: Findings{Waits: []string{"node a-001: status rebooting cluster nodes" + byNow}}},
		"Rotating": {
			reason: "So is a token, which AWS tells of the cache and of each node.", group: `"Status": "available", "PendingModifiedValues": {"AuthTokenStatus": "ROTATING"}`,
			nodes: []string{`"PendingModifiedValues": {"AuthTokenStatus": "ROTATING"}`, `"PendingModifiedValues": {"AuthTokenStatus": "ROTATING"}`},
			want:  Findings{Waits: []string{"pending AuthTokenStatus ROTATING" + later}},
		},
		"Scheduled": {
			reason: "What waits for the maintenance window is named.", group: `"Status": "available"`,
			nodes: []string{`"PendingModifiedValues": {"NumCacheNodes": null, "EngineVersion": "7.1", "TransitEncryptionEnabled": true, "Resharding": {"SlotMigration": {"ProgressPercentage": 5}}}`},
			want:  Findings{Waits: []string{"pending EngineVersion 7.1" + later, `pending Resharding {"SlotMigration":{"ProgressPercentage":5}}` + later, "pending TransitEncryptionEnabled true" + later}},
		},
		"Deleting":     {reason: "What AWS deletes can't be kept.", group: `"Status": "deleting"`, want: Findings{Cannot: []string{"status deleting: AWS is deleting it; make a new cache, and restore its last snapshot with snapshotName, if it has one"}}},
		"CreateFailed": {reason: "What AWS could not make is nothing.", group: `"Status": "create-failed"`, want: Findings{Cannot: []string{"status create-failed: AWS could not make it; delete it in AWS, and make a new cache"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			const node = `{"CacheClusters": [{"ReplicationGroupId": "a", `
			nodes := strings.Join(append(tc.nodes, `"CacheClusterStatus": ""`), "}]}"+node)
			answers, err := Read(saved(t, `{"ReplicationGroups": [{"ReplicationGroupId": "a", `+tc.group+"}]}"+node+nodes+"}]}"))
			if err != nil {
				t.Fatal(err)
			}
			got := answers.find("a", "eu-central-1", "/url")
			got.NotKnown = nil
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestTags: those of AWS itself are none that anybody can change.
func TestTags(t *testing.T) {
	answers, err := Read(saved(t, group+`{"TagList": [{"Key": "aws:cloudformation:stack-name", "Value": "redis"}, {"Key": "Owner", "Value": "others"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"Owner": "others"}, answers.tags()); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// probe is a managed resource that only observes.
func probe(kind, externalName string) *fnv1.Resource {
	s, err := structpb.NewStruct(map[string]any{
		"kind":     kind,
		"metadata": map[string]any{"annotations": map[string]any{"crossplane.io/external-name": externalName}},
		"spec":     map[string]any{"managementPolicies": []any{"Observe"}, "forProvider": map[string]any{"region": "eu-central-1"}},
	})
	if err != nil {
		panic(err) // The values above are fine.
	}
	return &fnv1.Resource{Resource: s}
}
