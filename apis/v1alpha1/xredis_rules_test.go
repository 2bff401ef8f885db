package v1alpha1

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A rule of a new XRedis, and a spec that keeps or breaks it.
type rule struct {
	reason string
	spec   string // YAML laid over the valid spec; null takes a field away.
	want   string // The field that is wrong, and part of what is said of it.

	// only is the one flavour that has the field, empty for all.
	only string

	// functionOnly is why the XRDs let it pass.
	functionOnly string
}

func rules() map[string]rule {
	const (
		needsDefaults = "depends on a default, which a platform may have changed"
		tooCostly     = "matching a text of any length costs the API server more than it allows a rule"
		tooLong       = "a rule that does this arithmetic has more than a thousand characters"
	)
	return map[string]rule{
		"Valid": {reason: "Five values are enough."},
		"ValidEverything": {
			reason: "All fields can be set together.",
			spec: `
region: cn-north-1
tags: {Team: booking, "Cost Center": "42", Ünit: "", e@x.y_z:/=+-: "a.b:/=+-@_ ü"}
nodeType: cache.m7g.2xlarge
numCacheNodes: 6
engine: valkey
engineVersion: "8.0"
multiAzEnabled: true
snapshotRetentionLimit: 35
enableAuthToken: true
authTokenSecretRef: {name: booking.token, key: .token_1-a}
authTokenUpdateStrategy: ROTATE
transitEncryption: Required
maxmemoryPolicy: noeviction
timeoutSeconds: 2147483647
kmsKeyId: arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd
autoMinorVersionUpgrade: false
maintenanceWindow: sun:23:30-mon:01:00
snapshotWindow: 22:00-23:30
snapshotName: booking-2024.01
deletionPolicy: Orphan
skipFinalSnapshot: true
`,
		},

		"AppNameMissing":        {reason: "All names are made from the application's.", spec: `appName: null`, want: "appName: AWS names"},
		"AppNameEmpty":          {reason: "An empty name is no name.", spec: `appName: ""`, want: "appName: AWS names"},
		"AppNameUpperCase":      {reason: "AWS would turn it to lower case, and it would come back changed.", spec: `appName: Booking`, want: "appName: lower-case"},
		"AppNameDigitFirst":     {reason: "A replication group's id begins with a letter.", spec: `appName: 1booking`, want: "appName: a letter first"},
		"AppNameDoubleHyphen":   {reason: "A replication group's id has no two hyphens in a row.", spec: `appName: back--end`, want: "appName: single hyphens"},
		"AppNameHyphenLast":     {reason: "With a hyphen at the end there would be two in the id.", spec: `appName: booking-`, want: "appName: hyphens between"},
		"AppNameNotASCII":       {reason: "AWS takes ASCII letters only.", spec: `appName: büro`, want: "appName: lower-case"},
		"AppNameTooLong":        {reason: "A name has at most 63 characters.", spec: `appName: ` + strings.Repeat("a", 64), want: "appName: at most 63"},
		"AppNameLongest":        {reason: "A name of 63 characters is fine.", spec: `appName: ` + strings.Repeat("a", 63)},
		"EnvironmentMissing":    {reason: "All names are made from the environment's too.", spec: `environment: null`, want: "environment: AWS names"},
		"EnvironmentDigitFirst": {reason: "An environment stands behind the application and may begin with a digit.", spec: `environment: 2nd-stage`},
		"EnvironmentUnderscore": {reason: "A replication group's id has no underscore.", spec: `environment: pre_prod`, want: "environment: lower-case"},
		"EnvironmentTooLong":    {reason: "A name has at most 63 characters.", spec: `environment: ` + strings.Repeat("a", 64), want: "environment: at most 63"},
		"VPCMissing":            {reason: "The platform may give it.", spec: `vpcId: null`},
		"VPCWrong":              {reason: "A VPC is named by its id.", spec: `vpcId: main`, want: "vpcId: must be an id such as vpc-"},
		"VPCTooLong":            {reason: "An id is short.", spec: `vpcId: vpc-` + strings.Repeat("a", 61), want: "vpcId: at most 64"},
		"SubnetsMissing":        {reason: "The platform may give them, and how many is not known then.", spec: `{subnetIds: null, multiAzEnabled: true, numCacheNodes: 2}`},
		"SubnetsEmpty":          {reason: "An empty list is no list.", spec: `subnetIds: []`, want: "subnetIds: at least one"},
		"SubnetWrong":           {reason: "Each subnet is named by its id, and the message names the wrong one.", spec: `subnetIds: [subnet-0a1b2c3d, subnet_b]`, want: "subnetIds[1]: must be an id such as subnet-"},
		"SubnetEmpty":           {reason: "An empty id is wrong.", spec: `subnetIds: [""]`, want: "subnetIds[0]: such as subnet-"},
		"SubnetTwice":           {reason: "The provider keeps a set, so a subnet named twice would look like a change.", spec: `subnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d, subnet-0a1b2c3d]`, want: "subnetIds[2]: "},
		"SubnetsTooMany":        {reason: "A subnet group has at most 20.", spec: `subnetIds: ` + list("subnet-", 21), want: "subnetIds: 20"},
		"SubnetsMost":           {reason: "20 subnets are fine.", spec: `subnetIds: ` + list("subnet-", 20)},
		"SubnetTooLong":         {reason: "An id is short.", spec: `subnetIds: [subnet-` + strings.Repeat("a", 58) + `]`, want: "subnetIds[0]: at most 64"},
		"SecurityGroupsMissing": {reason: "The platform may give them.", spec: `securityGroupIds: null`},
		"SecurityGroupsEmpty":   {reason: "Without a security group nobody gets in.", spec: `securityGroupIds: []`, want: "securityGroupIds: at least one"},
		"SecurityGroupWrong":    {reason: "A security group is named by its id.", spec: `securityGroupIds: [default]`, want: "securityGroupIds[0]: must be an id such as sg-"},
		"SecurityGroupTwice":    {reason: "The provider keeps a set.", spec: `securityGroupIds: [sg-0a1b2c3d, sg-0a1b2c3d]`, want: "securityGroupIds[1]: "},
		"SecurityGroupsTooMany": {reason: "A network interface has at most 16.", spec: `securityGroupIds: ` + list("sg-", 17), want: "securityGroupIds: 16"},
		"SecurityGroupTooLong":  {reason: "An id is short.", spec: `securityGroupIds: [sg-` + strings.Repeat("a", 62) + `]`, want: "securityGroupIds[0]: at most 64"},
		"RegionWrong":           {reason: "A zone is no region.", spec: `region: eu-central-1a`, want: "region: must be an AWS region"},
		"RegionTooLong":         {reason: "A region's name is short.", spec: `region: eu-` + strings.Repeat("a", 28) + `-1`, want: "region: at most 32"},
		"RegionGov":             {reason: "Regions of the other partitions have more parts.", spec: `region: us-gov-west-1`},

		"TagsTooMany":    {reason: "AWS allows 50 tags, and the provider adds three.", spec: `tags: ` + tags(48), want: "tags: 47"},
		"TagsMost":       {reason: "47 tags are fine.", spec: `tags: ` + tags(47)},
		"TagKeyEmpty":    {reason: "A tag has a key.", spec: `tags: {"": x}`, want: "tags: 1 to 128"},
		"TagKeyTooLong":  {reason: "A tag's key has at most 128 characters, however many bytes that is.", spec: `tags: {` + strings.Repeat("ü", 129) + `: x}`, want: "tags: 1 to 128"},
		"TagKeyLongest":  {reason: "128 characters are fine, however many bytes that is.", spec: `tags: {` + strings.Repeat("ü", 128) + `: x}`},
		"TagKeyReserved": {reason: "AWS keeps keys with this beginning to itself, in either case.", spec: `tags: {"Aws:team": x}`, want: "tags: reserved for AWS"},
		"TagKeyBlank":    {reason: "Spaces alone are no key.", spec: `tags: {"  ": x}`, want: "tags: must not be blank"},
		"TagKeyOfProvider": {
			reason: "The provider writes its own over it, and the function its own over that, without end.",
			spec:   `tags: {crossplane-name: shop, crossplane-kind: cache, crossplane-providerconfig: x}`,
			want:   "tags: the provider sets",
		},
		"TagKeyLikeProvider": {reason: "Others that begin alike are the team's.", spec: `tags: {crossplane: shop, crossplane-names: shop}`},
		"TagValueTooLong":    {reason: "A tag's value has at most 256 characters.", spec: `tags: {Team: ` + strings.Repeat("ü", 257) + `}`, want: "tags: at most 256"},
		"TagValueLongest":    {reason: "256 characters are fine.", spec: `tags: {Team: ` + strings.Repeat("ü", 256) + `}`},
		"TagKeyCharacters":   {reason: "AWS takes few special characters in a tag's key.", spec: `tags: {"Team#": x}`, want: "tags: letters, digits", functionOnly: tooCostly},
		"TagValueCharacters": {reason: "AWS takes few special characters in a tag's value.", spec: `tags: {Team: "a,b"}`, want: "tags: letters, digits", functionOnly: tooCostly},

		"NodeTypeWrong":                 {reason: "An EC2 instance type is no node type.", spec: `nodeType: t3.micro`, want: "nodeType: cache.t3.micro"},
		"NodeTypeEmpty":                 {reason: "An empty node type is not the default.", spec: `nodeType: ""`, want: "nodeType: cache.t3.micro"},
		"NodeTypeUpperCase":             {reason: "Node types are lower case.", spec: `nodeType: cache.T3.micro`, want: "nodeType: cache.t3.micro"},
		"NodeTypeTooLong":               {reason: "A node type is short.", spec: `nodeType: cache.t3.` + strings.Repeat("a", 56), want: "nodeType: at most 64"},
		"NodeTypePrevious":              {reason: "AWS makes no new caches of previous generations.", spec: `nodeType: cache.t1.micro`, want: "nodeType: previous generation"},
		"NodeTypePreviousT2":            {reason: "t2 is one by now.", spec: `nodeType: cache.t2.micro`, want: "nodeType: choose a current one, such as cache.t4g.micro"},
		"NodeTypeOfValkey":              {reason: "AWS offers r8g for valkey only.", spec: `{nodeType: cache.r8g.large, engine: redis}`, want: "nodeType: needs engine valkey"},
		"NodeTypeOfValkeyDefaultEngine": {reason: "The documented default is redis.", spec: `nodeType: cache.c8gn.large`, want: "nodeType: needs engine valkey", functionOnly: needsDefaults},
		"NodeTypeValkey":                {reason: "With valkey it can be had.", spec: `{nodeType: cache.r8g.large, engine: valkey}`},
		"NodeTypeOfNewerRedis":          {reason: "m7g came with redis 6.2.", spec: `{nodeType: cache.m7g.large, engineVersion: "6.0"}`, want: "nodeType: needs engineVersion 6.2 or later"},
		"NodeTypeOfOldestRedis":         {reason: "5.0.6 is older still.", spec: `{nodeType: cache.c7gn.large, engine: redis, engineVersion: 5.0.6}`, want: "nodeType: needs engineVersion 6.2 or later"},
		"NodeTypeOfNewestRedis6":        {reason: "6.x is the newest 6 that there is.", spec: `{nodeType: cache.r7g.large, engineVersion: 6.x}`},
		"NodeTypeDataTiering":           {reason: "Data tiering is not offered.", spec: `nodeType: cache.r6gd.xlarge`, want: "nodeType: data tiering"},
		"NodesNone":                     {reason: "There is a primary at least.", spec: `numCacheNodes: 0`, want: "numCacheNodes: 1 to 6"},
		"NodesTooMany":                  {reason: "A primary has at most five replicas.", spec: `numCacheNodes: 7`, want: "numCacheNodes: 1 to 6"},
		"EngineUnknown":                 {reason: "There are two engines.", spec: `engine: memcached`, want: "engine: redis"},
		"EngineVersionUnknown":          {reason: "A version that neither engine has is refused by its form alone.", spec: `engineVersion: 7.1.0`, want: "engineVersion: without the patch level"},
		"EngineVersionOfOther":          {reason: "A version must be one of the engine's.", spec: `{engine: redis, engineVersion: "8.0"}`, want: "engineVersion: not a version of this engine"},
		"EngineVersionOfOtherValkey":    {reason: "Valkey began at 7.2.", spec: `{engine: valkey, engineVersion: "7.1"}`, want: "engineVersion: not a version of this engine"},
		"EngineVersionWithoutEngine": {
			reason:       "Without an engine the version must be one of the default's.",
			spec:         `engineVersion: "8.0"`,
			want:         "engineVersion: not a version of this engine",
			functionOnly: needsDefaults,
		},
		"SnapshotsNegative": {reason: "Backups can't be kept for less than no time.", spec: `snapshotRetentionLimit: -1`, want: "snapshotRetentionLimit: 0 to 35"},
		"SnapshotsTooLong":  {reason: "AWS keeps backups for 35 days.", spec: `snapshotRetentionLimit: 36`, want: "snapshotRetentionLimit: 0 to 35"},

		"MultiAZOneNode":      {reason: "There must be a replica to fail over to.", spec: `{multiAzEnabled: true, numCacheNodes: 1}`, want: "multiAzEnabled: needs a replica"},
		"MultiAZDefaultNodes": {reason: "The documented default is one node.", spec: `multiAzEnabled: true`, want: "multiAzEnabled: needs a replica", functionOnly: needsDefaults},
		"MultiAZOneSubnet":    {reason: "One subnet is in one zone.", spec: `{multiAzEnabled: true, numCacheNodes: 2, subnetIds: [subnet-0a1b2c3d]}`, want: "multiAzEnabled: two availability zones"},
		"MultiAZ":             {reason: "Two nodes in two subnets are fine.", spec: `{multiAzEnabled: true, numCacheNodes: 2}`},

		"TokenWithoutAuth": {reason: "A token that would not be used is a mistake.", spec: `{enableAuthToken: false, authTokenSecretRef: {name: token, key: token}}`, want: "authTokenSecretRef: needs enableAuthToken"},
		"TokenDefaultAuth": {reason: "The documented default is no AUTH.", spec: `authTokenSecretRef: {name: token, key: token}`, want: "authTokenSecretRef: needs enableAuthToken", functionOnly: needsDefaults},
		"TokenNameMissing": {reason: "A Secret has a name.", spec: `{enableAuthToken: true, authTokenSecretRef: {key: token}}`, want: "authTokenSecretRef.name: the name of a Secret"},
		"TokenNameWrong":   {reason: "A Secret's name has no underscore.", spec: `{enableAuthToken: true, authTokenSecretRef: {name: my_token, key: token}}`, want: "authTokenSecretRef.name: must be a Secret's name"},
		"TokenNameTooLong": {
			reason: "A Secret's name has at most 253 characters.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: ` + strings.Repeat("a", 254) + `, key: token}}`,
			want:   "authTokenSecretRef.name: at most 253",
		},
		"TokenKeyMissing": {reason: "A Secret has more than one key.", spec: `{enableAuthToken: true, authTokenSecretRef: {name: token}}`, want: "authTokenSecretRef.key: the key of the Secret"},
		"TokenKeyWrong":   {reason: "A Secret's key has no space.", spec: `{enableAuthToken: true, authTokenSecretRef: {name: token, key: my token}}`, want: "authTokenSecretRef.key: must be a Secret's key"},
		"TokenKeyDots":    {reason: "A Secret's key is no way up.", spec: `{enableAuthToken: true, authTokenSecretRef: {name: token, key: ..}}`, want: "authTokenSecretRef.key: must be a Secret's key"},
		"TokenNamespace": {
			reason: "Nobody may read a token of another namespace.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token, namespace: other}}`,
			want:   "authTokenSecretRef.namespace: leave namespace out",
		},
		"TokenNamespaceEmpty": {
			reason: "Not even an empty one, or people would ask what it means.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token, namespace: ""}}`,
			want:   "authTokenSecretRef.namespace: leave namespace out",
		},
		"GenerationZero":        {reason: "The first is 1.", spec: `{enableAuthToken: true, authTokenGeneration: 0}`, want: "authTokenGeneration: 1"},
		"GenerationHigh":        {reason: "There is a highest number.", spec: `{enableAuthToken: true, authTokenGeneration: 1000001}`, want: "authTokenGeneration: 1000000"},
		"GenerationWithoutAuth": {reason: "There is no token.", spec: `{enableAuthToken: false, authTokenGeneration: 2}`, want: "authTokenGeneration: authTokenGeneration needs enableAuthToken: true"},
		"GenerationOfTheTeams":  {reason: "The team's own token is in its Secret.", spec: `{enableAuthToken: true, authTokenGeneration: 2, authTokenSecretRef: {name: token, key: token}}`, want: "authTokenGeneration: the token is the team's own"},
		"UpdateStrategyUnknown": {reason: "A token is never deleted.", spec: `authTokenUpdateStrategy: DELETE`, want: "authTokenUpdateStrategy: ROTATE"},
		"TLSUnknown":            {reason: "There are three modes.", spec: `transitEncryption: "true"`, want: "transitEncryption: Preferred"},
		"TLSOffUnderAuth":       {reason: "A token must not cross the network in the open.", spec: `{enableAuthToken: true, transitEncryption: Disabled}`, want: "transitEncryption: AUTH needs TLS"},
		"TLSPreferredUnderAuth": {reason: "Nor may some clients send it in the open.", spec: `{enableAuthToken: true, transitEncryption: Preferred}`, want: "transitEncryption: AUTH needs TLS"},
		"TLSOffDefaultAuth":     {reason: "Without AUTH, TLS may be off, preferred or required.", spec: `transitEncryption: Preferred`},
		"TLSPreferredOld":       {reason: "The modes came with redis 7.0.5.", spec: `{engineVersion: "6.2", transitEncryption: Preferred}`, want: "transitEncryption: needs engineVersion 7.0 or later"},
		"TLSRequiredOld":        {reason: "Older versions have TLS from the beginning or never.", spec: `{engineVersion: "6.2", transitEncryption: Required}`},
		"TLSPreferredFirst":     {reason: "AWS runs the newest patch of 7.0, which has the modes.", spec: `{engineVersion: "7.0", transitEncryption: Preferred}`},

		"MaxmemoryPolicyUnknown": {reason: "Redis has eight policies.", spec: `maxmemoryPolicy: lru`, want: "maxmemoryPolicy: allkeys-lru"},
		"TimeoutShort":           {reason: "AWS closes no connection after less than 20 seconds.", spec: `timeoutSeconds: 19`, want: "timeoutSeconds: 0 (never close) or at least 20"},
		"TimeoutNegative":        {reason: "Time does not run backwards.", spec: `timeoutSeconds: -1`, want: "timeoutSeconds: 0 (never close) or at least 20"},
		"TimeoutNever":           {reason: "0 closes no connection.", spec: `timeoutSeconds: 0`},
		"TimeoutShortest":        {reason: "20 seconds are fine.", spec: `timeoutSeconds: 20`},
		"KMSAlias":               {reason: "AWS answers with the ARN, so anything else would look like a change.", spec: `kmsKeyId: alias/booking`, want: "kmsKeyId: must be the key's ARN"},
		"KMSOtherRegion": {
			reason: "AWS takes no key of another region, and the key can't be changed afterwards.",
			spec:   `{region: eu-central-1, kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/1234abcd"}`,
			want:   "kmsKeyId: the key must be of the cache's own region",
		},
		"KMSEmpty":   {reason: "An empty key is not the default.", spec: `kmsKeyId: ""`, want: "kmsKeyId: must be the key's ARN"},
		"KMSTooLong": {reason: "An ARN is short.", spec: `kmsKeyId: arn:aws:kms:eu-central-1:111122223333:key/` + strings.Repeat("a", 256), want: "kmsKeyId: at most 256"},
		"MaintenanceWindowForm": {
			reason: "A maintenance window has days, and what has another form is not measured.",
			spec:   `{maintenanceWindow: "05:00-07:00", snapshotWindow: "03:00-05:00"}`,
			want:   "maintenanceWindow: must have the form",
		},
		"MaintenanceWindowUpperCase": {reason: "AWS answers in lower case, so anything else would look like a change.", spec: `maintenanceWindow: Sun:05:00-Sun:07:00`, want: "maintenanceWindow: lower case"},
		"MaintenanceWindowHour":      {reason: "A day ends before 24:00.", spec: `maintenanceWindow: sun:23:00-sun:24:00`, want: "maintenanceWindow: must have the form"},
		"MaintenanceWindowLetters": {
			reason: "A time has digits, and what has none is not measured.",
			spec:   `{maintenanceWindow: "sun:aa:00-sun:07:00", snapshotWindow: "03:00-05:00"}`,
			want:   "maintenanceWindow: must have the form",
		},
		"MaintenanceWindowLong":         {reason: "What is too long is no window.", spec: `maintenanceWindow: sun:05:00-sun:07:00 UTC`, want: "maintenanceWindow: must have the form"},
		"MaintenanceWindowShort":        {reason: "An hour is the least.", spec: `maintenanceWindow: sun:05:00-sun:05:59`, want: "maintenanceWindow: at least 60 minutes"},
		"MaintenanceWindowShortWrapped": {reason: "An hour is the least around the end of the week too.", spec: `maintenanceWindow: sun:23:45-mon:00:15`, want: "maintenanceWindow: at least 60 minutes"},
		"MaintenanceWindowNone":         {reason: "A window that ends when it begins is none, rather than a week.", spec: `maintenanceWindow: sun:05:00-sun:05:00`, want: "maintenanceWindow: at least 60 minutes"},
		"SnapshotWindowForm": {
			reason: "A snapshot window has no days, and what has another form is not measured.",
			spec:   `{snapshotWindow: "sun:03:00-sun:05:00", maintenanceWindow: "sun:05:00-sun:07:00"}`,
			want:   "snapshotWindow: must have the form",
		},
		"SnapshotWindowLetters": {reason: "A time has digits.", spec: `snapshotWindow: aa:bb-cc:dd`, want: "snapshotWindow: must have the form"},
		"SnapshotWindowShort":   {reason: "An hour is the least around midnight too.", spec: `snapshotWindow: 23:30-00:29`, want: "snapshotWindow: at least 60 minutes"},
		"WindowsOverlap": {
			reason:       "AWS refuses windows that overlap.",
			spec:         `{maintenanceWindow: "sun:04:00-sun:06:00", snapshotWindow: "03:00-05:00"}`,
			want:         "snapshotWindow: overlaps maintenanceWindow",
			functionOnly: tooLong,
		},
		"WindowsOverlapMidnight": {
			reason:       "A window may go around midnight.",
			spec:         `{maintenanceWindow: "sat:23:30-sun:00:30", snapshotWindow: "22:00-23:45"}`,
			want:         "snapshotWindow: overlaps maintenanceWindow",
			functionOnly: tooLong,
		},
		"WindowsOverlapDefault": {
			reason:       "The other window has a default, which this one may overlap.",
			spec:         `maintenanceWindow: sun:04:00-sun:06:00`,
			want:         "snapshotWindow: overlaps maintenanceWindow",
			functionOnly: needsDefaults,
		},
		"SnapshotNameWrong":     {reason: "An ARN is no name.", spec: `snapshotName: arn:aws:elasticache`, want: "snapshotName: must be a snapshot's name"},
		"SnapshotNameEmpty":     {reason: "An empty name is not the default.", spec: `snapshotName: ""`, want: "snapshotName: must be a snapshot's name"},
		"SnapshotNameTooLong":   {reason: "A snapshot's name has at most 255 characters.", spec: `snapshotName: ` + strings.Repeat("a", 256), want: "snapshotName: at most 255"},
		"DeletionPolicyUnknown": {reason: "There are two policies.", spec: `deletionPolicy: Retain`, want: "deletionPolicy: Orphan"},
		"ExistingID":            {reason: "AWS's ids are lower-case.", spec: `existing: {replicationGroupId: Legacy_Cache}`, want: "existing.replicationGroupId: must be the id of a replication group"},
		"ExistingIDTooLong":     {reason: "AWS's ids have at most 40 characters.", spec: `existing: {replicationGroupId: ` + strings.Repeat("a", 41) + `}`, want: "existing.replicationGroupId: at most 40"},
		"ExistingMode":          {reason: "There are two modes.", spec: `existing: {mode: Now}`, want: "existing.mode: TakeOver"},
		"ExistingTags":          {reason: "Tags stay or go.", spec: `existing: {tags: Merge}`, want: "existing.tags: Keep"},
		"SecretNameMissing":     {reason: "A Secret has a name.", only: flavourNamespaced, spec: `writeConnectionSecretToRef: {}`, want: "writeConnectionSecretToRef.name: the name of a Secret"},
		"ConnectionSecretOfToken": {
			reason: "The team's own Secret is not written to.",
			only:   flavourNamespaced,
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token}, writeConnectionSecretToRef: {name: token}}`,
			want:   "writeConnectionSecretToRef.name: name another",
		},
		"ConnectionSecretOfTokenOfClaim": {
			reason: "A claim's is written by Crossplane, and only the XRD can tell.",
			only:   flavourClaim,
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token}, writeConnectionSecretToRef: {name: token}}`,
			want:   "writeConnectionSecretToRef.name: name another",
		},
		"SecretNameWrong": {reason: "A Secret's name has no underscore.", only: flavourNamespaced, spec: `writeConnectionSecretToRef: {name: my_redis}`, want: "writeConnectionSecretToRef.name: must be a Secret's name"},
		"SecretNameTooLong": {
			reason: "A Secret's name has at most 253 characters.",
			only:   flavourNamespaced,
			spec:   `writeConnectionSecretToRef: {name: ` + strings.Repeat("a", 254) + `}`,
			want:   "writeConnectionSecretToRef.name: at most 253",
		},
	}
}

// TestRules checks that the function finds what is wrong, and that both XRDs refuse it
// already, in the same place and, where the words are ours, in the same words.
func TestRules(t *testing.T) {
	all := flavours(t)
	for name, tc := range rules() {
		t.Run(name, func(t *testing.T) {
			var want []string
			wrong, says, _ := strings.Cut(tc.want, ": ")
			if wrong != "" {
				want = []string{"spec." + wrong}
			}
			found := check(t, tc.spec)
			if diff := cmp.Diff(want, fields(found)); diff != "" {
				t.Errorf("%s\nfields that the function finds wrong: -want, +got:\n%s\n%v", tc.reason, diff, found)
			}
			for _, err := range found {
				if !strings.Contains(err.ErrorBody(), says) {
					t.Errorf("%s\n%s: want %q in what the function says, got %q", tc.reason, err.Field, says, err.ErrorBody())
				}
			}
			for _, f := range all {
				if tc.only != "" && tc.only != f.name {
					continue
				}
				refused := f.schema.Validate(object(t, tc.spec), nil)
				if tc.functionOnly == "" {
					agree(t, f, found, refused)
				} else if len(refused) > 0 {
					t.Errorf("%s\n%s: the XRD is said to let it pass, because it %s; it says %v", tc.reason, f.name, tc.functionOnly, refused)
				}
			}
		})
	}
}

// TestEveryRuleIsBroken checks that there is a case for each rule of the XRD.
func TestEveryRuleIsBroken(t *testing.T) {
	f := namespaced(t)
	unbroken := maps.Clone(f.ours)
	broken := func(refused field.ErrorList) {
		for _, err := range refused {
			delete(unbroken, err.Detail)
		}
	}
	for _, tc := range rules() {
		broken(f.schema.Validate(object(t, tc.spec), nil))
	}
	for _, tc := range updates() {
		broken(f.schema.Validate(object(t, tc.spec), object(t, tc.old)))
	}
	for message := range unbroken {
		t.Errorf("no case breaks the XRD's rule %q", message)
	}
}

func list(prefix string, n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d", prefix, i))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func tags(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("k%d: v", i))
	}
	return "{" + strings.Join(out, ", ") + "}"
}
