package upjet

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// adopted is the world of a stack that others have made, and of a replication group of
// its id, with all policies from the first second. Its subnet group is left open.
func adopted(t *testing.T, s aws.Stack, fields map[string]any) *world {
	t.Helper()
	w := newWorld(t, Options{}, replicationGroupYAML)
	s.Cache.Region, s.Cache.ID = region, "app-dev-redis"
	w.cloud.Add(s)
	rg := w.objects["rg"]
	set(rg, map[string]any{"parameterGroupName": "default.redis7", "nodeType": "cache.t3.small"})
	set(rg, fields)
	unstructured.RemoveNestedField(rg.Object, "spec", "forProvider", "subnetGroupName")
	return w
}

// TestAdopt: what exists is taken over without a word. Whatever differs is changed, and
// what the spec leaves out is removed; but a token is believed to be AWS's, and never
// sent.
func TestAdopt(t *testing.T) {
	// requests there are: for the tags, and for what a Stack differs in from the manifest.
	requests := func(more ...string) []string {
		return []string{"Tags", join(append(more, "AutoMinorVersionUpgrade", "PreferredMaintenanceWindow", "ReplicationGroupDescription", "SnapshotWindow"))}
	}
	cases := map[string]struct {
		reason  string
		variant string
		fields  map[string]any
		want    []string
	}{
		"Plain":             {reason: "What differs is one request, and tags another.", want: requests()},
		"Tags":              {reason: "Others' tags are removed.", variant: "Tags", want: requests()},
		"LogDelivery":       {reason: "So is log delivery.", variant: "LogDelivery", want: requests("LogDeliveryConfigurations")},
		"NotificationTopic": {reason: "And a topic.", variant: "NotificationTopic", want: requests("NotificationTopicArn")},
		"UserGroups": {
			reason: "And user groups.", variant: "UserGroups", fields: map[string]any{"transitEncryptionEnabled": true},
			want: requests("UserGroupIdsToRemove"),
		},
		"Kept": {
			reason: "What the spec names is kept.", variant: "NotificationTopic",
			fields: map[string]any{"notificationTopicArn": "arn:aws:sns:eu-central-1:111122223333:redis"}, want: requests(),
		},
		"KeptLogs": {
			reason: "Also in lists.", variant: "LogDelivery",
			fields: map[string]any{"logDeliveryConfiguration": []any{map[string]any{"logType": "slow-log", "destinationType": "cloudwatch-logs", "destination": "redis", "logFormat": "json"}}},
			want:   requests(),
		},
		"Auth": {
			reason: "A token is believed, and SET is not sent.", variant: "Auth", fields: auth,
			want: requests(),
		},
		"GlobalDatastore": {
			reason: "The engine is the global datastore's.", variant: "GlobalDatastore", fields: map[string]any{"engineVersion": "7.0", "nodeType": "cache.m7g.large"},
			want: requests(),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var s aws.Stack
			s.Cache.Region = region
			if tc.variant != "" {
				aws.Variants()[tc.variant](&s)
			}
			s.Cache.AtRestEncryption = true
			w := adopted(t, s, tc.fields)
			w.secrets["team/token"] = map[string][]byte{"t": []byte("a-token-of-the-team")}
			w.run(30 * time.Minute)
			w.want("rg", "Ready", "True Available")
			w.want("rg", "Synced", "True ReconcileSuccess")
			w.noRefusal()
			var got []string
			for _, r := range w.cloud.Written(0) {
				got = append(got, join(r.Fields))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			tags := w.cloud.ReplicationGroups()[0].Tags
			if got := slices.Sorted(maps.Keys(tags)); !slices.Equal(got, []string{"crossplane-kind", "crossplane-name", "crossplane-providerconfig"}) {
				t.Errorf("%s: tags %v", tc.reason, tags)
			}
			if tc.variant != "Auth" {
				return
			}
			if got := string(w.secrets["team/rg-conn"]["attribute.auth_token"]); got != "a-token-of-the-team" {
				t.Errorf("%s: published: %q", tc.reason, got)
			}
			if tokens, _ := w.cloud.Access(region, "app-dev-redis"); slices.Contains(tokens, "a-token-of-the-team") {
				t.Errorf("%s: AWS takes it", tc.reason)
			}
		})
	}
}

// TestAdoptForceNew: what can't be changed holds up all else, and each message names
// one argument, not always the same.
func TestAdoptForceNew(t *testing.T) {
	named := regexp.MustCompile(`argument "([a-z_]+)"`)
	s := aws.Stack{Cache: aws.ReplicationGroup{Port: 6380}}
	w := adopted(t, s, map[string]any{"kmsKeyId": "k"})
	set(w.objects["rg"], map[string]any{"subnetGroupName": "ours"})
	seen := map[string]bool{}
	for range 20 {
		w.run(time.Second)
		w.want("rg", "Synced", "False ReconcileError")
		_, _, message := Condition(w.objects["rg"], "Synced")
		if m := named.FindAllStringSubmatch(message, -1); len(m) == 1 {
			seen[m[0][1]] = true
		}
	}
	want := []string{"at_rest_encryption_enabled", "kms_key_id", "port", "subnet_group_name"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("named: -want, +got:\n%s", diff)
	}
	if log := w.cloud.Written(0); len(log) > 0 {
		t.Errorf("AWS was asked for %v", log)
	}
	if !slices.ContainsFunc(w.events["rg"], func(e Event) bool { return e.Warning && e.Reason == "CannotUpdateExternalResource" }) {
		t.Errorf("events: %v", w.events["rg"])
	}
}

// TestAdoptPort: a port that is left out is 6379.
func TestAdoptPort(t *testing.T) {
	for port, want := range map[int]string{6379: "True ReconcileSuccess", 6380: "False ReconcileError"} {
		w := adopted(t, aws.Stack{Cache: aws.ReplicationGroup{Port: port, AtRestEncryption: true}}, nil)
		unstructured.RemoveNestedField(w.objects["rg"].Object, "spec", "forProvider", "port")
		w.run(5 * time.Minute)
		w.want("rg", "Synced", want)
	}
}

// TestAdoptGroups: a subnet group is modified; a parameter group with another
// description, which is ours where the spec has none, is refused as a whole.
func TestAdoptGroups(t *testing.T) {
	cases := map[string]struct {
		reason  string
		object  string
		url     string // Its type in Parameter Store.
		fields  map[string]any
		synced  string
		message string
		want    []string
	}{
		"Subnets":     {reason: "It gets our subnets.", object: subnetGroupYAML, synced: "True ReconcileSuccess", want: []string{"AddTagsToResource(Tags)", "ModifyCacheSubnetGroup(CacheSubnetGroupDescription,SubnetIds)"}},
		"OtherVPC":    {reason: "But not of another VPC.", object: subnetGroupYAML, fields: map[string]any{"subnetIds": []any{"other-a"}}, synced: "False ReconcileError", message: "InvalidSubnet"},
		"Parameters":  {reason: "A description is for life.", object: parameterGroupYAML, synced: "False ReconcileError", message: `"description" from "theirs" to "Parameters"`},
		"Family":      {reason: "So is a family.", object: parameterGroupYAML, fields: map[string]any{"description": "theirs", "family": "valkey8"}, synced: "False ReconcileError", message: `"family"`},
		"Name":        {reason: "And a name.", object: parameterGroupYAML, fields: map[string]any{"description": "theirs", "name": "ours"}, synced: "False ReconcileError", message: `"name"`},
		"SameText":    {reason: "With all three, others' parameters are reset, and ours set.", object: parameterGroupYAML, fields: map[string]any{"description": "theirs"}, synced: "True ReconcileSuccess", want: []string{"AddTagsToResource(Tags)", "ResetCacheParameterGroup(notify-keyspace-events)", "ModifyCacheParameterGroup(maxmemory-policy,timeout)"}},
		"NoText":      {reason: "No description is one, too.", object: parameterGroupYAML, fields: map[string]any{"description": ""}, synced: "False ReconcileError", message: `"description" from "theirs" to "Managed by Terraform"`},
		"URL":         {reason: "A SecureString is overwritten.", object: parameterYAML, synced: "True ReconcileSuccess", want: []string{"AddTagsToResource(Tags)", "PutParameter(Value)"}},
		"URLAsString": {reason: "A String is not.", object: parameterYAML, url: aws.TypeString, synced: "False ReconcileError", message: "HierarchyTypeMismatch"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{}, tc.object)
			w.cloud = aws.New(start, aws.Options{VPC: func(subnet string) (string, bool) { return "vpc-" + subnet[:5], true }})
			w.provider = New(w.cloud, Options{})
			s := aws.Stack{
				Cache:      aws.ReplicationGroup{Region: region, ID: "legacy"},
				Subnets:    aws.SubnetGroup{Name: "app-dev-redis", Description: "theirs", SubnetIDs: []string{"subnet-z"}},
				Parameters: aws.ParameterGroup{Name: "app-dev-redis-redis7", Description: "theirs", Parameters: map[string]string{"notify-keyspace-events": "Ex", "timeout": "600"}},
				URL:        aws.Parameter{Name: "/app/dev/redis/url", Type: tc.url},
			}
			w.cloud.Add(s)
			w.secrets["team/redis"] = urlSecret("redis://a:6379")
			var object string
			for name, o := range w.objects {
				object = name
				set(o, tc.fields)
			}
			w.run(10 * time.Second)
			w.want(object, "Ready", "True Available")
			w.want(object, "Synced", tc.synced)
			_, _, message := Condition(w.objects[object], "Synced")
			if !strings.Contains(message, tc.message) {
				t.Errorf("%s: %s", tc.reason, message)
			}
			var got []string
			for _, r := range w.cloud.Written(0) {
				got = append(got, fmt.Sprintf("%s(%s)", r.Name, join(r.Fields)))
			}
			if tc.want != nil && !slices.Equal(got, tc.want) {
				t.Errorf("%s: asked for %v", tc.reason, got)
			}
		})
	}
}

// TestPolicies: which sets of policies there are, and what each leaves of a cache that
// was taken over, and is deleted.
func TestPolicies(t *testing.T) {
	cases := map[string]struct {
		reason   string
		family   string
		policies []string
		deletion string
		synced   string
		left     bool
	}{
		"All":           {reason: "All is all.", family: "Namespaced", policies: []string{"*"}, synced: "True ReconcileSuccess"},
		"NotLate":       {reason: "So it is without LateInitialize.", family: "Cluster", policies: []string{"Observe", "Create", "Update", "Delete"}, deletion: "Delete", synced: "True ReconcileSuccess"},
		"Any order":     {reason: "In any order.", family: "Namespaced", policies: []string{"Delete", "Update", "Create", "Observe"}, synced: "True ReconcileSuccess"},
		"NoDelete":      {reason: "Without Delete it stays.", family: "Namespaced", policies: []string{"Observe", "Create", "Update"}, synced: "True ReconcileSuccess", left: true},
		"NoDeleteLate":  {reason: "Also with LateInitialize.", family: "Namespaced", policies: []string{"Observe", "Create", "Update", "LateInitialize"}, synced: "True ReconcileSuccess", left: true},
		"DeleteInVain":  {reason: "A deletion policy does not delete what the policies don't.", family: "Cluster", policies: []string{"Observe", "Create", "Update"}, deletion: "Delete", synced: "True ReconcileSuccess", left: true},
		"Orphan":        {reason: "It counts where the policies are the default.", family: "Cluster", policies: []string{"*"}, deletion: "Orphan", synced: "True ReconcileSuccess", left: true},
		"OrphanInVain":  {reason: "And where they are not, it doesn't.", family: "Cluster", policies: []string{"Observe", "Create", "Update", "Delete"}, deletion: "Orphan", synced: "True ReconcileSuccess"},
		"ObserveDelete": {reason: "What is only observed can be deleted, if told so.", family: "Namespaced", policies: []string{"Observe", "Delete"}, synced: "True ReconcileSuccess"},
		"Unsupported":   {reason: "Not all sets are supported.", family: "Namespaced", policies: []string{"Observe", "Update", "Delete"}, synced: "False ReconcileError"},
		"Blind":         {reason: "None without Observe.", family: "Namespaced", policies: []string{"Create"}, synced: "False ReconcileError", left: true},
		"None":          {reason: "None at all is a pause.", family: "Namespaced", policies: []string{}, synced: "False ReconcilePaused", left: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := adopted(t, aws.Stack{Cache: aws.ReplicationGroup{AtRestEncryption: true}}, nil)
			rg := w.objects["rg"]
			families[tc.family](rg)
			policies(rg, "Observe", "Create", "Update", "Delete")
			w.run(5 * time.Minute)
			w.want("rg", "Synced", "True ReconcileSuccess")
			rg = w.objects["rg"]
			policies(rg, tc.policies...)
			if tc.deletion != "" {
				_ = unstructured.SetNestedField(rg.Object, tc.deletion, "spec", "deletionPolicy")
			}
			w.changed("rg")
			w.run(time.Second)
			w.want("rg", "Synced", tc.synced)
			if warned := slices.ContainsFunc(w.events["rg"], func(e Event) bool { return e.Reason == "CannotUseInvalidManagementPolicy" }); warned != (tc.synced == "False ReconcileError") {
				t.Errorf("%s: events %v", tc.reason, w.events["rg"])
			}
			policies(w.objects["rg"], tc.policies...)
			w.delete("rg")
			w.run(5 * time.Minute)
			if left := len(w.cloud.ReplicationGroups()) == 1; left != tc.left && tc.synced == "True ReconcileSuccess" {
				t.Errorf("%s: left in AWS: %t", tc.reason, left)
			}
			if stuck := w.objects["rg"] != nil; stuck != (tc.synced != "True ReconcileSuccess") {
				t.Errorf("%s: the object stays: %t", tc.reason, stuck)
			}
		})
	}
}

// TestDeleteGlobal: a member of a global datastore leaves it first.
func TestDeleteGlobal(t *testing.T) {
	var s aws.Stack
	aws.Variants()["GlobalDatastore"](&s)
	s.Cache.AtRestEncryption = true
	w := adopted(t, s, map[string]any{"nodeType": "cache.m7g.large"})
	w.run(5 * time.Minute)
	w.delete("rg")
	since := w.now
	w.run(5 * time.Minute)
	if got := w.requests(since); !slices.Equal(got, []string{"DisassociateGlobalReplicationGroup()", "DeleteReplicationGroup()"}) {
		t.Errorf("AWS was asked for %v", got)
	}
}
