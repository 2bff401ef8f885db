package aws

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const region = "eu-central-1"

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// account with the groups that a cache needs, and a snapshot.
func account(t *testing.T) *Cloud {
	t.Helper()
	c := New(start, Options{
		VPC: func(subnet string) (string, bool) {
			vpc, _, ok := strings.Cut(strings.TrimPrefix(subnet, "subnet-"), "-")
			return "vpc-" + vpc, ok
		},
	})
	must(t, c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "two", SubnetIDs: []string{"subnet-1-b", "subnet-1-a"}}))
	must(t, c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "one", SubnetIDs: []string{"subnet-1-a"}}))
	for _, family := range []string{"redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9"} {
		must(t, c.CreateParameterGroup(ParameterGroup{Region: region, Name: groupOf(family), Family: family, Description: "d"}))
	}
	c.AddSnapshot(Snapshot{Region: region, Name: "old", Engine: Redis, EngineVersion: "6.2.6"})
	return c
}

func groupOf(family string) string { return "pg-" + strings.ReplaceAll(family, ".", "-") }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cache that AWS accepts.
func cache() CreateReplicationGroup {
	return CreateReplicationGroup{
		Region: region, ID: "app", Description: "d", Engine: Redis, EngineVersion: "7.1", NodeType: "cache.t3.micro", Nodes: 1,
		ParameterGroup: groupOf("redis7"), SubnetGroup: "two", SecurityGroupIDs: []string{"sg-1"}, AtRestEncryption: true,
		MaintenanceWindow: "sun:05:00-sun:07:00", SnapshotWindow: "03:00-05:00",
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if !errors.As(err, &e) {
		return "not AWS's: " + err.Error()
	}
	return e.Code
}

const goodToken = "abcdefgh12345678!&#$^<>-"

func TestCreateReplicationGroup(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*CreateReplicationGroup)
		want   string
	}{
		"Plain":           {reason: "A plain cache is accepted.", change: func(*CreateReplicationGroup) {}},
		"ID40":            {reason: "40 characters are.", change: func(in *CreateReplicationGroup) { in.ID = strings.Repeat("a", 40) }},
		"ID41":            {reason: "41 are not.", change: func(in *CreateReplicationGroup) { in.ID = strings.Repeat("a", 41) }, want: CodeParameterValue},
		"IDNoLetter":      {reason: "It begins with a letter.", change: func(in *CreateReplicationGroup) { in.ID = "1app" }, want: CodeParameterValue},
		"IDDouble":        {reason: "No two hyphens.", change: func(in *CreateReplicationGroup) { in.ID = "a--b" }, want: CodeParameterValue},
		"IDTrailing":      {reason: "None at the end.", change: func(in *CreateReplicationGroup) { in.ID = "a-" }, want: CodeParameterValue},
		"NoDescription":   {reason: "It is described.", change: func(in *CreateReplicationGroup) { in.Description = "" }, want: CodeParameterValue},
		"LongDescription": {reason: "In 255 characters.", change: func(in *CreateReplicationGroup) { in.Description = strings.Repeat("d", 256) }, want: CodeParameterValue},
		"NoEngine":        {reason: "There are two engines.", change: func(in *CreateReplicationGroup) { in.Engine = "memcached" }, want: CodeParameterValue},
		"PatchLevel":      {reason: "7.1.0 is refused.", change: func(in *CreateReplicationGroup) { in.EngineVersion = "7.1.0" }, want: CodeParameterCombination},
		"Redis72":         {reason: "Redis ends at 7.1.", change: func(in *CreateReplicationGroup) { in.EngineVersion = "7.2" }, want: CodeParameterCombination},
		"Redis6x":         {reason: "6.x is the newest 6.", change: func(in *CreateReplicationGroup) { in.EngineVersion, in.ParameterGroup = "6.x", groupOf("redis6.x") }},
		"Redis5":          {reason: "5.0.6 is in full.", change: func(in *CreateReplicationGroup) { in.EngineVersion, in.ParameterGroup = "5.0.6", groupOf("redis5.0") }},
		"Valkey8": {
			reason: "Valkey has its own families.",
			change: func(in *CreateReplicationGroup) {
				in.Engine, in.EngineVersion, in.ParameterGroup = Valkey, "8.0", groupOf("valkey8")
			},
		},
		"OtherFamily":      {reason: "The group is of the version's family.", change: func(in *CreateReplicationGroup) { in.ParameterGroup = groupOf("redis6.x") }, want: CodeParameterCombination},
		"DefaultGroup":     {reason: "AWS's own group will do.", change: func(in *CreateReplicationGroup) { in.ParameterGroup = "" }},
		"NoParameterGroup": {reason: "It exists.", change: func(in *CreateReplicationGroup) { in.ParameterGroup = "none" }, want: CodeParameterGroupNotFound},
		"NoSubnetGroup":    {reason: "It exists.", change: func(in *CreateReplicationGroup) { in.SubnetGroup = "none" }, want: CodeSubnetGroupNotFound},
		"NodeType":         {reason: "There is such a node.", change: func(in *CreateReplicationGroup) { in.NodeType = "t3.micro" }, want: CodeParameterValue},
		"OldNodeType":      {reason: "Not of a previous generation.", change: func(in *CreateReplicationGroup) { in.NodeType = "cache.m3.large" }, want: CodeParameterValue},
		"OldNodeTypeT2":    {reason: "Such as t2.", change: func(in *CreateReplicationGroup) { in.NodeType = "cache.t2.micro" }, want: CodeParameterValue},
		"NodeTypeOfValkey": {reason: "r8g runs Valkey only.", change: func(in *CreateReplicationGroup) { in.NodeType = "cache.r8g.large" }, want: CodeParameterCombination},
		"NodeTypeOnValkey": {reason: "And Valkey it does.", change: func(in *CreateReplicationGroup) { valkey(in); in.NodeType = "cache.c8gn.large" }},
		"NodeTypeOfRedis6": {reason: "m7g runs Redis from 6.2 on.", change: func(in *CreateReplicationGroup) { old(in); in.NodeType = "cache.m7g.large" }},
		"NodeTypeOfRedis7": {
			reason: "And not before.",
			change: func(in *CreateReplicationGroup) {
				in.EngineVersion, in.ParameterGroup, in.NodeType = "6.0", groupOf("redis6.x"), "cache.m7g.large"
			},
			want: CodeParameterCombination,
		},
		"DataTiering":   {reason: "r6gd needs it.", change: func(in *CreateReplicationGroup) { in.NodeType = "cache.r6gd.xlarge" }, want: CodeParameterCombination},
		"NoNodes":       {reason: "One at least.", change: func(in *CreateReplicationGroup) { in.Nodes = 0 }, want: CodeParameterValue},
		"SevenNodes":    {reason: "Six at most.", change: func(in *CreateReplicationGroup) { in.Nodes = 7 }, want: CodeParameterValue},
		"FailoverAlone": {reason: "It needs two nodes.", change: func(in *CreateReplicationGroup) { in.AutomaticFailover = true }, want: CodeParameterCombination},
		"MultiAZ": {
			reason: "Two nodes, failover, two zones.",
			change: func(in *CreateReplicationGroup) { in.Nodes, in.AutomaticFailover, in.MultiAZ = 2, true, true },
		},
		"MultiAZNoFailover": {reason: "It needs failover.", change: func(in *CreateReplicationGroup) { in.Nodes, in.MultiAZ = 2, true }, want: CodeParameterCombination},
		"MultiAZOneZone": {
			reason: "It needs two zones.",
			change: func(in *CreateReplicationGroup) {
				in.Nodes, in.AutomaticFailover, in.MultiAZ, in.SubnetGroup = 2, true, true, "one"
			},
			want: CodeParameterCombination,
		},
		"Retention35": {reason: "35 days are.", change: func(in *CreateReplicationGroup) { in.SnapshotRetentionLimit = 35 }},
		"Retention36": {reason: "36 are not.", change: func(in *CreateReplicationGroup) { in.SnapshotRetentionLimit = 36 }, want: CodeParameterValue},
		"ShortWindow": {reason: "60 minutes at least.", change: func(in *CreateReplicationGroup) { in.MaintenanceWindow = "sun:05:00-sun:05:59" }, want: CodeParameterValue},
		"NoWindow":    {reason: "It is a window.", change: func(in *CreateReplicationGroup) { in.SnapshotWindow = "3-5" }, want: CodeParameterValue},
		"Overlap":     {reason: "Windows don't overlap, backups or not.", change: func(in *CreateReplicationGroup) { in.SnapshotWindow = "06:59-08:00" }, want: CodeParameterValue},
		"Touch":       {reason: "They may touch.", change: func(in *CreateReplicationGroup) { in.SnapshotWindow = "07:00-08:00" }},
		"OverlapWeek": {reason: "Nor over the end of the week.", change: func(in *CreateReplicationGroup) {
			in.MaintenanceWindow, in.SnapshotWindow = "sat:23:00-sun:01:00", "00:30-01:30"
		}, want: CodeParameterValue},
		"OverlapMidnight": {reason: "Nor over midnight.", change: func(in *CreateReplicationGroup) {
			in.MaintenanceWindow, in.SnapshotWindow = "sun:00:00-sun:01:00", "23:30-00:30"
		}, want: CodeParameterValue},
		"KeyAlone":  {reason: "A key is for encrypting.", change: func(in *CreateReplicationGroup) { in.AtRestEncryption, in.KMSKeyID = false, "k" }, want: CodeParameterCombination},
		"TLS":       {reason: "A new group may require TLS at once.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.TransitEncryptionMode = true, TLSRequired }},
		"ModeAlone": {reason: "A mode is for TLS.", change: func(in *CreateReplicationGroup) { in.TransitEncryptionMode = TLSRequired }, want: CodeParameterCombination},
		"ModeTooSoon": {
			reason: "Old engines have no modes.",
			change: func(in *CreateReplicationGroup) {
				in.TransitEncryption, in.TransitEncryptionMode, in.EngineVersion, in.ParameterGroup = true, TLSRequired, "6.2", groupOf("redis6.x")
			},
			want: CodeParameterCombination,
		},
		"OldTLS": {
			reason: "But TLS.",
			change: func(in *CreateReplicationGroup) {
				in.TransitEncryption, in.EngineVersion, in.ParameterGroup = true, "6.2", groupOf("redis6.x")
			},
		},
		"Auth":       {reason: "AUTH goes with TLS.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, goodToken }},
		"AuthNoTLS":  {reason: "And not without.", change: func(in *CreateReplicationGroup) { in.AuthToken = goodToken }, want: CodeParameterCombination},
		"Token15":    {reason: "16 characters at least.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, strings.Repeat("a", 15) }, want: CodeParameterValue},
		"Token129":   {reason: "128 at most.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, strings.Repeat("a", 129) }, want: CodeParameterValue},
		"TokenAt":    {reason: "No other specials.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, goodToken+"@" }, want: CodeParameterValue},
		"TokenBreak": {reason: "No line break.", change: func(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, goodToken+"\n" }, want: CodeParameterValue},
		"Restore":    {reason: "A snapshot is restored.", change: func(in *CreateReplicationGroup) { in.SnapshotName = "old" }},
		"NoSnapshot": {reason: "One that exists.", change: func(in *CreateReplicationGroup) { in.SnapshotName = "none" }, want: CodeSnapshotNotFound},
		"NewSnapshot": {reason: "And not to an older engine.", change: func(in *CreateReplicationGroup) {
			in.SnapshotName, in.EngineVersion, in.ParameterGroup = "old", "5.0.6", groupOf("redis5.0")
		}, want: CodeParameterCombination},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := account(t)
			in := cache()
			tc.change(&in)
			err := c.CreateReplicationGroup(in)
			if code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
			if refused := len(c.Refused()) == 1; refused != (tc.want != "") {
				t.Errorf("%s: the log tells: %v", tc.reason, c.Refused())
			}
			if err == nil && code(c.CreateReplicationGroup(in)) != CodeGroupExists {
				t.Error("a second of the name must be refused")
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

// made is an account with a cache that is available.
func made(t *testing.T, change func(*CreateReplicationGroup)) *Cloud {
	t.Helper()
	c := account(t)
	in := cache()
	if change != nil {
		change(&in)
	}
	must(t, c.CreateReplicationGroup(in))
	c.Advance(start.Add(time.Minute))
	return c
}

func (c *Cloud) settle() { c.Advance(c.Now().Add(time.Minute)) }

func withTLS(in *CreateReplicationGroup)  { in.TransitEncryption = true }
func withAuth(in *CreateReplicationGroup) { in.TransitEncryption, in.AuthToken = true, goodToken }
func withReplica(in *CreateReplicationGroup) {
	in.Nodes, in.AutomaticFailover = 2, true
}
func old(in *CreateReplicationGroup) {
	in.EngineVersion, in.ParameterGroup = "6.2", groupOf("redis6.x")
}
func valkey(in *CreateReplicationGroup) {
	in.Engine, in.EngineVersion, in.ParameterGroup = Valkey, "8.0", groupOf("valkey8")
}

// TestModifyReplicationGroup makes requests one after another; the last is what
// is tested.
func TestModifyReplicationGroup(t *testing.T) {
	type m = ModifyReplicationGroup
	preferred := m{TransitEncryption: ptr(true), TransitEncryptionMode: ptr(TLSPreferred)}
	required := m{TransitEncryptionMode: ptr(TLSRequired)}
	token := func(s Strategy, token string) m { return m{AuthToken: &token, AuthTokenUpdateStrategy: s} }
	cases := map[string]struct {
		reason   string
		from     func(*CreateReplicationGroup)
		requests []m
		want     string
	}{
		"Nothing":       {reason: "A request asks for something.", requests: []m{{}}, want: CodeParameterCombination},
		"NodeType":      {reason: "Another node type.", requests: []m{{NodeType: ptr("cache.m7g.large")}}},
		"WrongNodeType": {reason: "That exists.", requests: []m{{NodeType: ptr("cache.huge")}}, want: CodeParameterValue},
		"FailoverAlone": {reason: "Failover needs two nodes.", requests: []m{{AutomaticFailover: ptr(true)}}, want: CodeParameterCombination},
		"MultiAZ":       {reason: "Multi-AZ and failover at once.", from: func(in *CreateReplicationGroup) { in.Nodes = 2 }, requests: []m{{AutomaticFailover: ptr(true), MultiAZ: ptr(true)}}},
		"MultiAZOneZone": {
			reason: "In two zones.", from: func(in *CreateReplicationGroup) { in.Nodes, in.SubnetGroup = 2, "one" },
			requests: []m{{AutomaticFailover: ptr(true), MultiAZ: ptr(true)}}, want: CodeParameterCombination,
		},
		"Overlap":           {reason: "Windows don't overlap.", requests: []m{{SnapshotWindow: ptr("05:00-06:00"), MaintenanceWindow: ptr("mon:05:30-mon:06:30")}}, want: CodeParameterValue},
		"TLSPreferred":      {reason: "TLS begins with preferred.", requests: []m{preferred}},
		"TLSRequiredAtOnce": {reason: "Not with required.", requests: []m{{TransitEncryption: ptr(true), TransitEncryptionMode: ptr(TLSRequired)}}, want: CodeParameterCombination},
		"TLSNoMode":         {reason: "Nor without a mode.", requests: []m{{TransitEncryption: ptr(true)}}, want: CodeParameterCombination},
		"TLSRequired":       {reason: "Required comes after preferred.", requests: []m{preferred, required}},
		"TLSModeAlone":      {reason: "A mode is for TLS.", requests: []m{required}, want: CodeParameterCombination},
		"TLSOld":            {reason: "TLS on a live cache needs 7.0.5.", from: old, requests: []m{preferred}, want: CodeParameterCombination},
		"TLSAfterUpgrade":   {reason: "After the upgrade it goes.", from: old, requests: []m{{EngineVersion: ptr("7.1"), ParameterGroup: ptr(groupOf("redis7"))}, preferred}},
		"TLSBack":           {reason: "Back to preferred.", from: withTLS, requests: []m{{TransitEncryptionMode: ptr(TLSPreferred)}}},
		"TLSBackWithAuth":   {reason: "Not while AUTH is on.", from: withAuth, requests: []m{{TransitEncryptionMode: ptr(TLSPreferred)}}, want: CodeParameterCombination},
		"TLSOff":            {reason: "Off comes after preferred.", from: withTLS, requests: []m{{TransitEncryptionMode: ptr(TLSPreferred)}, {TransitEncryption: ptr(false)}}},
		"TLSOffAtOnce":      {reason: "Not after required.", from: withTLS, requests: []m{{TransitEncryption: ptr(false)}}, want: CodeParameterCombination},
		"AuthNoTLS":         {reason: "AUTH needs TLS.", requests: []m{token(StrategyRotate, goodToken)}, want: CodeParameterCombination},
		"AuthPreferred":     {reason: "And that it is required.", requests: []m{preferred, token(StrategyRotate, goodToken)}, want: CodeParameterCombination},
		"AuthRotate":        {reason: "Then it goes.", requests: []m{preferred, required, token(StrategyRotate, goodToken)}},
		"AuthSet":           {reason: "SET sets a first token.", from: withTLS, requests: []m{token(StrategySet, goodToken)}},
		"RotateThenSet":     {reason: "SET comes after ROTATE.", from: withAuth, requests: []m{token(StrategyRotate, "b"+goodToken), token(StrategySet, "b"+goodToken)}},
		"SetAtOnce":         {reason: "Not before.", from: withAuth, requests: []m{token(StrategySet, "b"+goodToken)}, want: CodeParameterCombination},
		"SetSame":           {reason: "The token that there is can be set.", from: withAuth, requests: []m{token(StrategySet, goodToken)}},
		"NoStrategy":        {reason: "A token has a strategy.", from: withAuth, requests: []m{token("", "b"+goodToken)}, want: CodeParameterCombination},
		"NoToken":           {reason: "A strategy has a token.", from: withAuth, requests: []m{{AuthTokenUpdateStrategy: StrategySet}}, want: CodeParameterCombination},
		"Delete":            {reason: "AUTH never goes off.", from: withAuth, requests: []m{token(StrategyDelete, goodToken)}, want: CodeParameterCombination},
		"EmptyToken":        {reason: "Nor with an empty token.", from: withAuth, requests: []m{token(StrategySet, "")}, want: CodeParameterValue},
		"BadToken":          {reason: "A token has AWS's characters.", from: withAuth, requests: []m{token(StrategyRotate, goodToken+"/")}, want: CodeParameterValue},
		"Minor":             {reason: "A version of the same family.", from: func(in *CreateReplicationGroup) { in.EngineVersion = "7.0" }, requests: []m{{EngineVersion: ptr("7.1")}}},
		"Downgrade":         {reason: "Nothing goes back.", requests: []m{{EngineVersion: ptr("7.0")}}, want: CodeParameterCombination},
		"Major":             {reason: "Another family takes its group with it.", from: old, requests: []m{{EngineVersion: ptr("7.1"), ParameterGroup: ptr(groupOf("redis7"))}}},
		"MajorAlone":        {reason: "And not without.", from: old, requests: []m{{EngineVersion: ptr("7.1")}}, want: CodeParameterCombination},
		"MajorDefault":      {reason: "AWS's own group follows by itself.", from: func(in *CreateReplicationGroup) { old(in); in.ParameterGroup = "" }, requests: []m{{EngineVersion: ptr("7.1")}}},
		"GroupAlone":        {reason: "Nor the group alone.", from: old, requests: []m{{ParameterGroup: ptr(groupOf("redis7"))}}, want: CodeParameterCombination},
		"Valkey":            {reason: "From redis to valkey.", requests: []m{{Engine: ptr(Valkey), EngineVersion: ptr("8.0"), ParameterGroup: ptr(groupOf("valkey8"))}}},
		"ValkeyNoVersion":   {reason: "With a version.", requests: []m{{Engine: ptr(Valkey), ParameterGroup: ptr(groupOf("valkey8"))}}, want: CodeParameterCombination},
		"BackToRedis":       {reason: "And not back.", from: valkey, requests: []m{{Engine: ptr(Redis), EngineVersion: ptr("7.1"), ParameterGroup: ptr(groupOf("redis7"))}}, want: CodeParameterCombination},
		"RollBack": {
			reason: "But Valkey 7.2.", from: func(in *CreateReplicationGroup) {
				in.Engine, in.EngineVersion, in.ParameterGroup = Valkey, "7.2", groupOf("valkey7")
			},
			requests: []m{{Engine: ptr(Redis), EngineVersion: ptr("7.1"), ParameterGroup: ptr(groupOf("redis7"))}},
		},
		"NodeTypeOfValkey": {reason: "A node type of another engine.", requests: []m{{NodeType: ptr("cache.r8g.large")}}, want: CodeParameterCombination},
		"NodeTypeTooSoon": {
			reason: "Also where the engine comes with it.", want: CodeParameterCombination,
			requests: []m{{NodeType: ptr("cache.r8g.large"), Engine: ptr(Valkey), EngineVersion: ptr("8.0"), ParameterGroup: ptr(groupOf("valkey8"))}},
		},
		"NodeTypeAfter": {
			reason:   "But not after it.",
			requests: []m{{Engine: ptr(Valkey), EngineVersion: ptr("8.0"), ParameterGroup: ptr(groupOf("valkey8"))}, {NodeType: ptr("cache.r8g.large")}},
		},
		"Backups":         {reason: "Of one node.", requests: []m{{SnapshotRetentionLimit: ptr(1), SnapshottingCluster: "app-001"}}},
		"BackupsOfNone":   {reason: "That is named.", requests: []m{{SnapshotRetentionLimit: ptr(1)}}, want: CodeParameterCombination},
		"BackupsOfOther":  {reason: "That there is.", requests: []m{{SnapshotRetentionLimit: ptr(1), SnapshottingCluster: "app-002"}}, want: CodeClusterNotFound},
		"BackupsLonger":   {reason: "More days need no name.", from: func(in *CreateReplicationGroup) { in.SnapshotRetentionLimit = 1 }, requests: []m{{SnapshotRetentionLimit: ptr(2)}}},
		"NoSecurityGroup": {reason: "One security group stays.", requests: []m{{SecurityGroupIDs: []string{}}}, want: CodeParameterValue},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := made(t, tc.from)
			for i, in := range tc.requests {
				in.Region, in.ID, in.ApplyImmediately = region, "app", true
				err := c.ModifyReplicationGroup(in)
				want := ""
				if i == len(tc.requests)-1 {
					want = tc.want
				}
				if code(err) != want {
					t.Fatalf("%s: request %d: got %v, want %q", tc.reason, i, err, want)
				}
				c.settle()
			}
			if g, _ := c.DescribeReplicationGroup(region, "app"); g.Status != StatusAvailable {
				t.Errorf("%s: it must be available again: %s", tc.reason, g.Status)
			}
		})
	}
}

func TestScale(t *testing.T) {
	cases := map[string]struct {
		reason   string
		from     func(*CreateReplicationGroup)
		increase bool
		replicas int
		want     string
	}{
		"Up":           {reason: "More nodes.", increase: true, replicas: 2},
		"UpNone":       {reason: "More means more.", increase: true, replicas: 0, want: CodeParameterValue},
		"UpTooFar":     {reason: "Five replicas at most.", increase: true, replicas: 6, want: CodeParameterValue},
		"Down":         {reason: "Fewer nodes.", from: func(in *CreateReplicationGroup) { in.Nodes = 3 }, replicas: 0},
		"DownNone":     {reason: "Fewer means fewer.", replicas: 0, want: CodeParameterValue},
		"DownFailover": {reason: "Failover keeps a replica.", from: withReplica, replicas: 0, want: CodeParameterCombination},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := made(t, tc.from)
			scale := c.DecreaseReplicaCount
			if tc.increase {
				scale = c.IncreaseReplicaCount
			}
			if err := scale(region, "app", tc.replicas); code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
			c.settle()
			if g, _ := c.DescribeReplicationGroup(region, "app"); tc.want == "" && (g.Nodes != tc.replicas+1 || len(g.MemberClusters) != g.Nodes) {
				t.Errorf("%s: %d nodes", tc.reason, g.Nodes)
			}
		})
	}
}

func TestDeleteReplicationGroup(t *testing.T) {
	cases := map[string]struct {
		reason   string
		before   func(*Cloud) error
		id       string
		snapshot string
		want     string
	}{
		"Plain":        {reason: "It goes.", id: "app"},
		"Unknown":      {reason: "What is not there doesn't.", id: "other", want: CodeGroupNotFound},
		"Snapshot":     {reason: "With a last snapshot.", id: "app", snapshot: "last"},
		"SnapshotUsed": {reason: "Of a new name.", id: "app", snapshot: "old", want: CodeSnapshotExists},
		"SnapshotName": {reason: "Of a good name.", id: "app", snapshot: "a--b", want: CodeParameterValue},
		"Modifying": {
			reason: "Not while it changes.", id: "app", want: CodeGroupState,
			before: func(c *Cloud) error { return c.IncreaseReplicaCount(region, "app", 1) },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := made(t, nil)
			if tc.before != nil {
				must(t, tc.before(c))
			}
			if err := c.DeleteReplicationGroup(region, tc.id, tc.snapshot); code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
			inUse := code(c.DeleteParameterGroup(region, groupOf("redis7")))
			if inUse != CodeParameterGroupState {
				t.Errorf("its parameter group is in use to the last: %q", inUse)
			}
			if inUse := code(c.DeleteSubnetGroup(region, "two")); inUse != CodeSubnetGroupInUse {
				t.Errorf("its subnet group is in use to the last: %q", inUse)
			}
			c.settle()
			if gone := len(c.ReplicationGroups()) == 0; gone != (tc.want == "") {
				t.Errorf("%s: gone: %t", tc.reason, gone)
			}
			if tc.want == "" {
				must(t, c.DeleteParameterGroup(region, groupOf("redis7")))
				must(t, c.DeleteSubnetGroup(region, "two"))
			}
		})
	}
}

func TestGroups(t *testing.T) {
	cases := map[string]struct {
		reason string
		do     func(*Cloud) error
		want   string
	}{
		"ParameterGroupDot": {reason: "A name has no dots.", do: func(c *Cloud) error {
			return c.CreateParameterGroup(ParameterGroup{Region: region, Name: "a.b", Family: "redis7", Description: "d"})
		}, want: CodeParameterValue},
		"ParameterGroupFamily": {reason: "The family is known.", do: func(c *Cloud) error {
			return c.CreateParameterGroup(ParameterGroup{Region: region, Name: "a", Family: "redis8", Description: "d"})
		}, want: CodeParameterValue},
		"ParameterGroupExists": {reason: "Once.", do: func(c *Cloud) error {
			return c.CreateParameterGroup(ParameterGroup{Region: region, Name: groupOf("redis7"), Family: "redis7", Description: "d"})
		}, want: CodeParameterGroupExists},
		"OtherRegion": {reason: "In each region.", do: func(c *Cloud) error {
			return c.CreateParameterGroup(ParameterGroup{Region: "us-east-1", Name: groupOf("redis7"), Family: "redis7", Description: "d"})
		}},
		"Policy":           {reason: "A policy that there is.", do: parameterOf("maxmemory-policy", "allkeys-lfu")},
		"WrongPolicy":      {reason: "No other.", do: parameterOf("maxmemory-policy", "lru"), want: CodeParameterValue},
		"Timeout0":         {reason: "No timeout.", do: parameterOf("timeout", "0")},
		"Timeout19":        {reason: "20 s at least.", do: parameterOf("timeout", "19"), want: CodeParameterValue},
		"UnknownParameter": {reason: "What the model does not know it refuses.", do: parameterOf("maxmemory", "1"), want: CodeParameterValue},
		"NoParameterGroup": {reason: "That exists.", do: func(c *Cloud) error { return c.DeleteParameterGroup(region, "none") }, want: CodeParameterGroupNotFound},
		"SubnetGroupEmpty": {reason: "A subnet at least.", do: func(c *Cloud) error { return c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "a"}) }, want: CodeParameterValue},
		"SubnetGroupTwoVPCs": {reason: "Of one VPC.", do: func(c *Cloud) error {
			return c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "a", SubnetIDs: []string{"subnet-1-a", "subnet-2-a"}})
		}, want: CodeInvalidSubnet},
		"SubnetUnknown": {reason: "That exists.", do: func(c *Cloud) error {
			return c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "a", SubnetIDs: []string{"none"}})
		}, want: CodeInvalidSubnet},
		"SubnetGroupExists": {reason: "Once.", do: func(c *Cloud) error {
			return c.CreateSubnetGroup(SubnetGroup{Region: region, Name: "two", SubnetIDs: []string{"subnet-1-a"}})
		}, want: CodeSubnetGroupExists},
		"SubnetGroupModify": {reason: "Other subnets.", do: func(c *Cloud) error {
			return c.ModifySubnetGroup(region, "two", "d", []string{"subnet-1-c", "subnet-1-a"})
		}},
		"SubnetGroupAnotherVPC": {reason: "Of the same VPC, whether or not a cache is in it.", do: func(c *Cloud) error { return c.ModifySubnetGroup(region, "two", "d", []string{"subnet-2-a"}) }, want: CodeInvalidSubnet},
		"Tag": {reason: "What exists can be tagged.", do: func(c *Cloud) error {
			return c.Tag(region, c.arn("elasticache", region, "subnetgroup:two"), map[string]string{"a": "b"})
		}},
		"TagUnknown": {reason: "What does not can't.", do: func(c *Cloud) error { return c.Tag(region, "arn:none", nil) }, want: CodeParameterValue},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if err := tc.do(made(t, nil)); code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
		})
	}
}

func parameterOf(name, value string) func(*Cloud) error {
	return func(c *Cloud) error {
		return c.ModifyParameterGroup(region, groupOf("redis7"), map[string]string{name: value})
	}
}

func TestPutParameter(t *testing.T) {
	good := PutParameter{Region: region, Name: "/app/dev/redis/url", Type: TypeSecureString, Tier: TierStandard, Value: "v"}
	cases := map[string]struct {
		reason string
		before *PutParameter
		change func(*PutParameter)
		want   string
	}{
		"Plain":       {reason: "It is written."},
		"Empty":       {reason: "There is a value.", change: func(in *PutParameter) { in.Value = "" }, want: CodeValidation},
		"4096":        {reason: "Of 4 KB.", change: func(in *PutParameter) { in.Value = strings.Repeat("v", 4096) }},
		"4097":        {reason: "And no more.", change: func(in *PutParameter) { in.Value = strings.Repeat("v", 4097) }, want: CodeValidation},
		"Type":        {reason: "There are three types.", change: func(in *PutParameter) { in.Type = "Secret" }, want: CodeUnsupportedType},
		"Tier":        {reason: "There are three tiers.", change: func(in *PutParameter) { in.Tier = "Free" }, want: CodeValidation},
		"KeyOfString": {reason: "A key is for what is secure.", change: func(in *PutParameter) { in.Type, in.KeyID = TypeString, "k" }, want: CodeValidation},
		"NameAWS":     {reason: "AWS's names are AWS's.", change: func(in *PutParameter) { in.Name = "/awsome/url" }, want: CodeValidation},
		"NameSSM":     {reason: "In any case.", change: func(in *PutParameter) { in.Name = "/SSM/url" }, want: CodeValidation},
		"NameSpace":   {reason: "No other characters.", change: func(in *PutParameter) { in.Name = "/a b" }, want: CodeValidation},
		"Levels15":    {reason: "15 levels.", change: func(in *PutParameter) { in.Name = strings.Repeat("/a", 15) }},
		"Levels16":    {reason: "And no more.", change: func(in *PutParameter) { in.Name = strings.Repeat("/a", 16) }, want: CodeValidation},
		"NameLong":    {reason: "1011 characters with the ARN.", change: func(in *PutParameter) { in.Name = "/" + strings.Repeat("a", 1000) }, want: CodeValidation},
		"Exists":      {reason: "What is there is not written over.", before: &good, want: CodeParameterExists},
		"Overwrite":   {reason: "Unless it is told to.", before: &good, change: func(in *PutParameter) { in.Overwrite = true }},
		"OtherType": {
			reason: "A type stays.", before: &PutParameter{Region: region, Name: good.Name, Type: TypeString, Value: "v"},
			change: func(in *PutParameter) { in.Overwrite = true }, want: CodeHierarchyMismatch,
		},
		"OtherTier": {
			reason: "A tier does not go down.", before: &PutParameter{Region: region, Name: good.Name, Type: TypeSecureString, Tier: TierAdvanced, Value: "v"},
			change: func(in *PutParameter) { in.Overwrite = true }, want: CodeValidation,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := New(start, Options{})
			if tc.before != nil {
				must(t, c.PutParameter(*tc.before))
			}
			in := good
			if tc.change != nil {
				tc.change(&in)
			}
			if err := c.PutParameter(in); code(err) != tc.want {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.want)
			}
			if p, err := c.GetParameter(region, in.Name); tc.want == "" && (err != nil || p.Value != in.Value) {
				t.Errorf("%s: it holds %q, %v", tc.reason, p.Value, err)
			}
		})
	}
}

// TestErrorText is what AWS's SDK for Go makes of an error.
func TestErrorText(t *testing.T) {
	c := New(start, Options{})
	_, err := c.DescribeReplicationGroup(region, "app")
	want := "operation error ElastiCache: DescribeReplicationGroups, https response error StatusCode: 404, RequestID: 00000001-0000-4000-8000-000000000001, ReplicationGroupNotFoundFault: ReplicationGroup app not found."
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if got := c.Reads()["DescribeReplicationGroups"]; got != 1 {
		t.Errorf("it was counted %d times", got)
	}
}
