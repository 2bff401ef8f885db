package v1alpha1

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/testing/schema"
)

// The rules stand in the markers, which become the XRDs, and in the function.
// These tests hold the one against the other.

// valid is what the cases change.
const valid = `
appName: booking
environment: dev
vpcId: vpc-0a1b2c3d
subnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d]
securityGroupIds: [sg-0a1b2c3d]
`

// A flavour is a kind that people write, as Crossplane serves it.
type flavour struct {
	name   string
	schema *schema.Schema
	ours   map[string]bool // Messages of all its rules.
}

const (
	flavourClaim      = "claim"
	flavourComposite  = "composite of a claim"
	flavourNamespaced = "namespaced"
)

func flavours(t testing.TB) []flavour {
	t.Helper()
	claims := filepath.Join("..", "..", "configuration", "claims", "definition.yaml")
	namespaced := filepath.Join("..", "..", "configuration", "namespaced", "definition.yaml")
	return []flavour{
		newFlavour(t, flavourClaim, schema.Claim, claims),
		newFlavour(t, flavourComposite, schema.Composite, claims),
		newFlavour(t, flavourNamespaced, schema.Composite, namespaced),
	}
}

func newFlavour(t testing.TB, name string, load func(file, version string) (*schema.Schema, error), file string) flavour {
	t.Helper()
	s, err := load(file, "v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	f := flavour{name: name, schema: s, ours: map[string]bool{}}
	addMessages(f.ours, *s.OpenAPI())
	return f
}

func addMessages(to map[string]bool, p extv1.JSONSchemaProps) {
	for _, rule := range p.XValidations {
		to[rule.Message] = true
	}
	for _, child := range p.Properties {
		addMessages(to, child)
	}
	if p.Items != nil {
		addMessages(to, *p.Items.Schema)
	}
}

// namespaced is the flavour that has every field and every rule.
func namespaced(t testing.TB) flavour {
	t.Helper()
	return flavours(t)[2]
}

// TestRules checks every rule for a new XRedis: that the function finds what is
// wrong, and that both XRDs refuse it already, in the same place and, where the
// words are ours, in the same words.
func TestRules(t *testing.T) {
	type problems map[string]string // Field, and part of what is said of it.

	const (
		needsDefaults = "depends on a default, which a platform may have changed"
		tooCostly     = "matching a text of any length costs the API server more than it allows a rule"
		tooLong       = "a rule that does this arithmetic has more than a thousand characters"
	)

	cases := map[string]struct {
		reason string
		spec   string // YAML laid over the valid spec; null takes a field away.
		want   problems

		// only is the one flavour that has the field, empty for all.
		only string

		// functionOnly is why the XRDs let it pass.
		functionOnly string
	}{
		"Valid": {
			reason: "Five values are enough.",
		},
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

		"AppNameMissing": {
			reason: "All names are made from the application's.",
			spec:   `appName: null`,
			want:   problems{"spec.appName": "AWS names"},
		},
		"AppNameEmpty": {
			reason: "An empty name is no name.",
			spec:   `appName: ""`,
			want:   problems{"spec.appName": "AWS names"},
		},
		"AppNameUpperCase": {
			reason: "AWS would turn it to lower case, and it would come back changed.",
			spec:   `appName: Booking`,
			want:   problems{"spec.appName": "lower-case"},
		},
		"AppNameDigitFirst": {
			reason: "A replication group's id begins with a letter.",
			spec:   `appName: 1booking`,
			want:   problems{"spec.appName": "a letter first"},
		},
		"AppNameDoubleHyphen": {
			reason: "A replication group's id has no two hyphens in a row.",
			spec:   `appName: back--end`,
			want:   problems{"spec.appName": "single hyphens"},
		},
		"AppNameHyphenLast": {
			reason: "With a hyphen at the end there would be two in the id.",
			spec:   `appName: booking-`,
			want:   problems{"spec.appName": "hyphens between"},
		},
		"AppNameNotASCII": {
			reason: "AWS takes ASCII letters only.",
			spec:   `appName: büro`,
			want:   problems{"spec.appName": "lower-case"},
		},
		"AppNameTooLong": {
			reason: "A name has at most 63 characters.",
			spec:   `appName: ` + strings.Repeat("a", 64),
			want:   problems{"spec.appName": "at most 63"},
		},
		"AppNameLongest": {
			reason: "A name of 63 characters is fine.",
			spec:   `appName: ` + strings.Repeat("a", 63),
		},
		"EnvironmentMissing": {
			reason: "All names are made from the environment's too.",
			spec:   `environment: null`,
			want:   problems{"spec.environment": "AWS names"},
		},
		"EnvironmentDigitFirst": {
			reason: "An environment stands behind the application and may begin with a digit.",
			spec:   `environment: 2nd-stage`,
		},
		"EnvironmentUnderscore": {
			reason: "A replication group's id has no underscore.",
			spec:   `environment: pre_prod`,
			want:   problems{"spec.environment": "lower-case"},
		},
		"EnvironmentTooLong": {
			reason: "A name has at most 63 characters.",
			spec:   `environment: ` + strings.Repeat("a", 64),
			want:   problems{"spec.environment": "at most 63"},
		},
		"VPCMissing": {
			reason: "The VPC is what the subnets are checked against.",
			spec:   `vpcId: null`,
			want:   problems{"spec.vpcId": "vpc-"},
		},
		"VPCWrong": {
			reason: "A VPC is named by its id.",
			spec:   `vpcId: main`,
			want:   problems{"spec.vpcId": "must be an id such as vpc-"},
		},
		"VPCTooLong": {
			reason: "An id is short.",
			spec:   `vpcId: vpc-` + strings.Repeat("a", 61),
			want:   problems{"spec.vpcId": "at most 64"},
		},
		"SubnetsMissing": {
			reason: "A cache lies in subnets.",
			spec:   `subnetIds: null`,
			want:   problems{"spec.subnetIds": "at least one"},
		},
		"SubnetsEmpty": {
			reason: "An empty list is no list.",
			spec:   `subnetIds: []`,
			want:   problems{"spec.subnetIds": "at least one"},
		},
		"SubnetWrong": {
			reason: "Each subnet is named by its id, and the wrong one is told.",
			spec:   `subnetIds: [subnet-0a1b2c3d, subnet_b]`,
			want:   problems{"spec.subnetIds[1]": "must be an id such as subnet-"},
		},
		"SubnetEmpty": {
			reason: "An empty id is wrong.",
			spec:   `subnetIds: [""]`,
			want:   problems{"spec.subnetIds[0]": "such as subnet-"},
		},
		"SubnetTwice": {
			reason: "The provider keeps a set, so a subnet named twice would look like a change.",
			spec:   `subnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d, subnet-0a1b2c3d]`,
			want:   problems{"spec.subnetIds[2]": ""},
		},
		"SubnetsTooMany": {
			reason: "A subnet group has at most 20.",
			spec:   `subnetIds: ` + list("subnet-", 21),
			want:   problems{"spec.subnetIds": "20"},
		},
		"SubnetsMost": {
			reason: "20 subnets are fine.",
			spec:   `subnetIds: ` + list("subnet-", 20),
		},
		"SubnetTooLong": {
			reason: "An id is short.",
			spec:   `subnetIds: [subnet-` + strings.Repeat("a", 58) + `]`,
			want:   problems{"spec.subnetIds[0]": "at most 64"},
		},
		"SecurityGroupsMissing": {
			reason: "Without a security group nobody gets in.",
			spec:   `securityGroupIds: null`,
			want:   problems{"spec.securityGroupIds": "at least one"},
		},
		"SecurityGroupWrong": {
			reason: "A security group is named by its id.",
			spec:   `securityGroupIds: [default]`,
			want:   problems{"spec.securityGroupIds[0]": "must be an id such as sg-"},
		},
		"SecurityGroupTwice": {
			reason: "The provider keeps a set.",
			spec:   `securityGroupIds: [sg-0a1b2c3d, sg-0a1b2c3d]`,
			want:   problems{"spec.securityGroupIds[1]": ""},
		},
		"SecurityGroupsTooMany": {
			reason: "A network interface has at most 16.",
			spec:   `securityGroupIds: ` + list("sg-", 17),
			want:   problems{"spec.securityGroupIds": "16"},
		},
		"SecurityGroupTooLong": {
			reason: "An id is short.",
			spec:   `securityGroupIds: [sg-` + strings.Repeat("a", 62) + `]`,
			want:   problems{"spec.securityGroupIds[0]": "at most 64"},
		},
		"RegionWrong": {
			reason: "A zone is no region.",
			spec:   `region: eu-central-1a`,
			want:   problems{"spec.region": "must be an AWS region"},
		},
		"RegionTooLong": {
			reason: "A region's name is short.",
			spec:   `region: eu-` + strings.Repeat("a", 28) + `-1`,
			want:   problems{"spec.region": "at most 32"},
		},
		"RegionGov": {
			reason: "Regions of the other partitions have more parts.",
			spec:   `region: us-gov-west-1`,
		},

		"TagsTooMany": {
			reason: "AWS allows 50 tags, and the provider adds three.",
			spec:   `tags: ` + tags(48),
			want:   problems{"spec.tags": "47"},
		},
		"TagsMost": {
			reason: "47 tags are fine.",
			spec:   `tags: ` + tags(47),
		},
		"TagKeyEmpty": {
			reason: "A tag has a key.",
			spec:   `tags: {"": x}`,
			want:   problems{"spec.tags": "1 to 128"},
		},
		"TagKeyTooLong": {
			reason: "A tag's key has at most 128 characters, however many bytes that is.",
			spec:   `tags: {` + strings.Repeat("ü", 129) + `: x}`,
			want:   problems{"spec.tags": "1 to 128"},
		},
		"TagKeyLongest": {
			reason: "128 characters are fine, however many bytes that is.",
			spec:   `tags: {` + strings.Repeat("ü", 128) + `: x}`,
		},
		"TagKeyReserved": {
			reason: "AWS keeps keys with this beginning to itself, in either case.",
			spec:   `tags: {"Aws:team": x}`,
			want:   problems{"spec.tags": "reserved for AWS"},
		},
		"TagKeyBlank": {
			reason: "Spaces alone are no key.",
			spec:   `tags: {"  ": x}`,
			want:   problems{"spec.tags": "must not be blank"},
		},
		"TagKeyOfProvider": {
			reason: "The provider writes its own over it, and the function its own over that, without end.",
			spec:   `tags: {crossplane-name: shop, crossplane-kind: cache, crossplane-providerconfig: x}`,
			want:   problems{"spec.tags": "the provider sets"},
		},
		"TagKeyLikeProvider": {
			reason: "Others that begin alike are the team's.",
			spec:   `tags: {crossplane: shop, crossplane-names: shop}`,
		},
		"TagValueTooLong": {
			reason: "A tag's value has at most 256 characters.",
			spec:   `tags: {Team: ` + strings.Repeat("ü", 257) + `}`,
			want:   problems{"spec.tags": "at most 256"},
		},
		"TagValueLongest": {
			reason: "256 characters are fine.",
			spec:   `tags: {Team: ` + strings.Repeat("ü", 256) + `}`,
		},
		"TagKeyCharacters": {
			reason:       "AWS takes few special characters in a tag's key.",
			spec:         `tags: {"Team#": x}`,
			want:         problems{"spec.tags": "letters, digits"},
			functionOnly: tooCostly,
		},
		"TagValueCharacters": {
			reason:       "AWS takes few special characters in a tag's value.",
			spec:         `tags: {Team: "a,b"}`,
			want:         problems{"spec.tags": "letters, digits"},
			functionOnly: tooCostly,
		},

		"NodeTypeWrong": {
			reason: "An EC2 instance type is no node type.",
			spec:   `nodeType: t3.micro`,
			want:   problems{"spec.nodeType": "cache.t3.micro"},
		},
		"NodeTypeEmpty": {
			reason: "An empty node type is not the default.",
			spec:   `nodeType: ""`,
			want:   problems{"spec.nodeType": "cache.t3.micro"},
		},
		"NodeTypeUpperCase": {
			reason: "Node types are lower case.",
			spec:   `nodeType: cache.T3.micro`,
			want:   problems{"spec.nodeType": "cache.t3.micro"},
		},
		"NodeTypeTooLong": {
			reason: "A node type is short.",
			spec:   `nodeType: cache.t3.` + strings.Repeat("a", 56),
			want:   problems{"spec.nodeType": "at most 64"},
		},
		"NodeTypePrevious": {
			reason: "AWS makes no new caches of previous generations.",
			spec:   `nodeType: cache.t1.micro`,
			want:   problems{"spec.nodeType": "previous generation"},
		},
		"NodeTypePreviousT2": {
			reason: "t2 is one by now.",
			spec:   `nodeType: cache.t2.micro`,
			want:   problems{"spec.nodeType": "choose a current one, such as cache.t4g.micro"},
		},
		"NodeTypeOfValkey": {
			reason: "AWS offers r8g for valkey only.",
			spec:   `{nodeType: cache.r8g.large, engine: redis}`,
			want:   problems{"spec.nodeType": "needs engine valkey"},
		},
		"NodeTypeOfValkeyDefaultEngine": {
			reason:       "The documented default is redis.",
			spec:         `nodeType: cache.c8gn.large`,
			want:         problems{"spec.nodeType": "needs engine valkey"},
			functionOnly: needsDefaults,
		},
		"NodeTypeValkey": {
			reason: "With valkey it can be had.",
			spec:   `{nodeType: cache.r8g.large, engine: valkey}`,
		},
		"NodeTypeOfNewerRedis": {
			reason: "m7g came with redis 6.2.",
			spec:   `{nodeType: cache.m7g.large, engineVersion: "6.0"}`,
			want:   problems{"spec.nodeType": "needs engineVersion 6.2 or later"},
		},
		"NodeTypeOfOldestRedis": {
			reason: "5.0.6 is older still.",
			spec:   `{nodeType: cache.c7gn.large, engine: redis, engineVersion: 5.0.6}`,
			want:   problems{"spec.nodeType": "needs engineVersion 6.2 or later"},
		},
		"NodeTypeOfNewestRedis6": {
			reason: "6.x is the newest 6 that there is.",
			spec:   `{nodeType: cache.r7g.large, engineVersion: 6.x}`,
		},
		"NodeTypeDataTiering": {
			reason: "Data tiering is not offered.",
			spec:   `nodeType: cache.r6gd.xlarge`,
			want:   problems{"spec.nodeType": "data tiering"},
		},
		"NodesNone": {
			reason: "There is a primary at least.",
			spec:   `numCacheNodes: 0`,
			want:   problems{"spec.numCacheNodes": "1 to 6"},
		},
		"NodesTooMany": {
			reason: "A primary has at most five replicas.",
			spec:   `numCacheNodes: 7`,
			want:   problems{"spec.numCacheNodes": "1 to 6"},
		},
		"EngineUnknown": {
			reason: "There are two engines.",
			spec:   `engine: memcached`,
			want:   problems{"spec.engine": "redis"},
		},
		"EngineVersionUnknown": {
			reason: "A version that neither engine has is told from the form alone.",
			spec:   `engineVersion: 7.1.0`,
			want:   problems{"spec.engineVersion": "without the patch level"},
		},
		"EngineVersionOfOther": {
			reason: "A version must be one of the engine's.",
			spec:   `{engine: redis, engineVersion: "8.0"}`,
			want:   problems{"spec.engineVersion": "not a version of this engine"},
		},
		"EngineVersionOfOtherValkey": {
			reason: "Valkey began at 7.2.",
			spec:   `{engine: valkey, engineVersion: "7.1"}`,
			want:   problems{"spec.engineVersion": "not a version of this engine"},
		},
		"EngineVersionWithoutEngine": {
			reason:       "Without an engine the version must be one of the default's.",
			spec:         `engineVersion: "8.0"`,
			want:         problems{"spec.engineVersion": "not a version of this engine"},
			functionOnly: needsDefaults,
		},
		"SnapshotsNegative": {
			reason: "Backups can't be kept for less than no time.",
			spec:   `snapshotRetentionLimit: -1`,
			want:   problems{"spec.snapshotRetentionLimit": "0 to 35"},
		},
		"SnapshotsTooLong": {
			reason: "AWS keeps backups for 35 days.",
			spec:   `snapshotRetentionLimit: 36`,
			want:   problems{"spec.snapshotRetentionLimit": "0 to 35"},
		},

		"MultiAZOneNode": {
			reason: "There must be a replica to fail over to.",
			spec:   `{multiAzEnabled: true, numCacheNodes: 1}`,
			want:   problems{"spec.multiAzEnabled": "needs a replica"},
		},
		"MultiAZDefaultNodes": {
			reason:       "The documented default is one node.",
			spec:         `multiAzEnabled: true`,
			want:         problems{"spec.multiAzEnabled": "needs a replica"},
			functionOnly: needsDefaults,
		},
		"MultiAZOneSubnet": {
			reason: "One subnet lies in one zone.",
			spec:   `{multiAzEnabled: true, numCacheNodes: 2, subnetIds: [subnet-0a1b2c3d]}`,
			want:   problems{"spec.multiAzEnabled": "two availability zones"},
		},
		"MultiAZ": {
			reason: "Two nodes in two subnets are fine.",
			spec:   `{multiAzEnabled: true, numCacheNodes: 2}`,
		},

		"TokenWithoutAuth": {
			reason: "A token that would not be used is a mistake.",
			spec:   `{enableAuthToken: false, authTokenSecretRef: {name: token, key: token}}`,
			want:   problems{"spec.authTokenSecretRef": "needs enableAuthToken"},
		},
		"TokenDefaultAuth": {
			reason:       "The documented default is no AUTH.",
			spec:         `authTokenSecretRef: {name: token, key: token}`,
			want:         problems{"spec.authTokenSecretRef": "needs enableAuthToken"},
			functionOnly: needsDefaults,
		},
		"TokenNameMissing": {
			reason: "A Secret has a name.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {key: token}}`,
			want:   problems{"spec.authTokenSecretRef.name": "the name of a Secret"},
		},
		"TokenNameWrong": {
			reason: "A Secret's name has no underscore.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: my_token, key: token}}`,
			want:   problems{"spec.authTokenSecretRef.name": "must be a Secret's name"},
		},
		"TokenNameTooLong": {
			reason: "A Secret's name has at most 253 characters.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: ` + strings.Repeat("a", 254) + `, key: token}}`,
			want:   problems{"spec.authTokenSecretRef.name": "at most 253"},
		},
		"TokenKeyMissing": {
			reason: "A Secret has more than one key.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token}}`,
			want:   problems{"spec.authTokenSecretRef.key": "the key of the Secret"},
		},
		"TokenKeyWrong": {
			reason: "A Secret's key has no space.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: my token}}`,
			want:   problems{"spec.authTokenSecretRef.key": "must be a Secret's key"},
		},
		"TokenKeyDots": {
			reason: "A Secret's key is no way up.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: ..}}`,
			want:   problems{"spec.authTokenSecretRef.key": "must be a Secret's key"},
		},
		"TokenNamespace": {
			reason: "Nobody may read a token of another namespace.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token, namespace: other}}`,
			want:   problems{"spec.authTokenSecretRef.namespace": "leave namespace out"},
		},
		"TokenNamespaceEmpty": {
			reason: "Not even an empty one, or people would ask what it means.",
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token, namespace: ""}}`,
			want:   problems{"spec.authTokenSecretRef.namespace": "leave namespace out"},
		},
		"UpdateStrategyUnknown": {
			reason: "A token is never deleted.",
			spec:   `authTokenUpdateStrategy: DELETE`,
			want:   problems{"spec.authTokenUpdateStrategy": "ROTATE"},
		},
		"TLSUnknown": {
			reason: "There are three modes.",
			spec:   `transitEncryption: "true"`,
			want:   problems{"spec.transitEncryption": "Preferred"},
		},
		"TLSOffUnderAuth": {
			reason: "A token must not cross the network in the open.",
			spec:   `{enableAuthToken: true, transitEncryption: Disabled}`,
			want:   problems{"spec.transitEncryption": "AUTH needs TLS"},
		},
		"TLSPreferredUnderAuth": {
			reason: "Nor may some clients send it in the open.",
			spec:   `{enableAuthToken: true, transitEncryption: Preferred}`,
			want:   problems{"spec.transitEncryption": "AUTH needs TLS"},
		},
		"TLSOffDefaultAuth": {
			reason: "Without AUTH, TLS may be off, preferred or required.",
			spec:   `transitEncryption: Preferred`,
		},
		"TLSPreferredOld": {
			reason: "The modes came with redis 7.0.5.",
			spec:   `{engineVersion: "6.2", transitEncryption: Preferred}`,
			want:   problems{"spec.transitEncryption": "needs engineVersion 7.0 or later"},
		},
		"TLSRequiredOld": {
			reason: "Older versions have TLS from the beginning or never.",
			spec:   `{engineVersion: "6.2", transitEncryption: Required}`,
		},
		"TLSPreferredFirst": {
			reason: "AWS runs the newest patch of 7.0, which has the modes.",
			spec:   `{engineVersion: "7.0", transitEncryption: Preferred}`,
		},

		"MaxmemoryPolicyUnknown": {
			reason: "Redis has eight policies.",
			spec:   `maxmemoryPolicy: lru`,
			want:   problems{"spec.maxmemoryPolicy": "allkeys-lru"},
		},
		"TimeoutShort": {
			reason: "AWS closes no connection after less than 20 seconds.",
			spec:   `timeoutSeconds: 19`,
			want:   problems{"spec.timeoutSeconds": "0 (never close) or at least 20"},
		},
		"TimeoutNegative": {
			reason: "Time does not run backwards.",
			spec:   `timeoutSeconds: -1`,
			want:   problems{"spec.timeoutSeconds": "0 (never close) or at least 20"},
		},
		"TimeoutNever": {
			reason: "0 closes no connection.",
			spec:   `timeoutSeconds: 0`,
		},
		"TimeoutShortest": {
			reason: "20 seconds are fine.",
			spec:   `timeoutSeconds: 20`,
		},
		"KMSAlias": {
			reason: "AWS answers with the ARN, so anything else would look like a change.",
			spec:   `kmsKeyId: alias/booking`,
			want:   problems{"spec.kmsKeyId": "must be the key's ARN"},
		},
		"KMSOtherRegion": {
			reason: "AWS takes no key of another region, and the key can't be changed afterwards.",
			spec:   `{region: eu-central-1, kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/1234abcd"}`,
			want:   problems{"spec.kmsKeyId": "the key must be of the cache's own region"},
		},
		"KMSEmpty": {
			reason: "An empty key is not the default.",
			spec:   `kmsKeyId: ""`,
			want:   problems{"spec.kmsKeyId": "must be the key's ARN"},
		},
		"KMSTooLong": {
			reason: "An ARN is short.",
			spec:   `kmsKeyId: arn:aws:kms:eu-central-1:111122223333:key/` + strings.Repeat("a", 256),
			want:   problems{"spec.kmsKeyId": "at most 256"},
		},
		"MaintenanceWindowForm": {
			reason: "A maintenance window has days, and what has another form is not measured.",
			spec:   `{maintenanceWindow: "05:00-07:00", snapshotWindow: "03:00-05:00"}`,
			want:   problems{"spec.maintenanceWindow": "must have the form"},
		},
		"MaintenanceWindowUpperCase": {
			reason: "AWS answers in lower case, so anything else would look like a change.",
			spec:   `maintenanceWindow: Sun:05:00-Sun:07:00`,
			want:   problems{"spec.maintenanceWindow": "lower case"},
		},
		"MaintenanceWindowHour": {
			reason: "A day ends before 24:00.",
			spec:   `maintenanceWindow: sun:23:00-sun:24:00`,
			want:   problems{"spec.maintenanceWindow": "must have the form"},
		},
		"MaintenanceWindowLetters": {
			reason: "A time has digits, and what has none is not measured.",
			spec:   `{maintenanceWindow: "sun:aa:00-sun:07:00", snapshotWindow: "03:00-05:00"}`,
			want:   problems{"spec.maintenanceWindow": "must have the form"},
		},
		"MaintenanceWindowLong": {
			reason: "What is too long is no window.",
			spec:   `maintenanceWindow: sun:05:00-sun:07:00 UTC`,
			want:   problems{"spec.maintenanceWindow": "must have the form"},
		},
		"MaintenanceWindowShort": {
			reason: "An hour is the least.",
			spec:   `maintenanceWindow: sun:05:00-sun:05:59`,
			want:   problems{"spec.maintenanceWindow": "at least 60 minutes"},
		},
		"MaintenanceWindowShortWrapped": {
			reason: "An hour is the least around the end of the week too.",
			spec:   `maintenanceWindow: sun:23:45-mon:00:15`,
			want:   problems{"spec.maintenanceWindow": "at least 60 minutes"},
		},
		"MaintenanceWindowNone": {
			reason: "A window that ends when it begins is none, rather than a week.",
			spec:   `maintenanceWindow: sun:05:00-sun:05:00`,
			want:   problems{"spec.maintenanceWindow": "at least 60 minutes"},
		},
		"SnapshotWindowForm": {
			reason: "A snapshot window has no days, and what has another form is not measured.",
			spec:   `{snapshotWindow: "sun:03:00-sun:05:00", maintenanceWindow: "sun:05:00-sun:07:00"}`,
			want:   problems{"spec.snapshotWindow": "must have the form"},
		},
		"SnapshotWindowLetters": {
			reason: "A time has digits.",
			spec:   `snapshotWindow: aa:bb-cc:dd`,
			want:   problems{"spec.snapshotWindow": "must have the form"},
		},
		"SnapshotWindowShort": {
			reason: "An hour is the least around midnight too.",
			spec:   `snapshotWindow: 23:30-00:29`,
			want:   problems{"spec.snapshotWindow": "at least 60 minutes"},
		},
		"WindowsOverlap": {
			reason:       "AWS refuses windows that overlap.",
			spec:         `{maintenanceWindow: "sun:04:00-sun:06:00", snapshotWindow: "03:00-05:00"}`,
			want:         problems{"spec.snapshotWindow": "overlaps maintenanceWindow"},
			functionOnly: tooLong,
		},
		"WindowsOverlapMidnight": {
			reason:       "A window may go around midnight.",
			spec:         `{maintenanceWindow: "sat:23:30-sun:00:30", snapshotWindow: "22:00-23:45"}`,
			want:         problems{"spec.snapshotWindow": "overlaps maintenanceWindow"},
			functionOnly: tooLong,
		},
		"WindowsOverlapDefault": {
			reason:       "The other window has a default, which this one may overlap.",
			spec:         `maintenanceWindow: sun:04:00-sun:06:00`,
			want:         problems{"spec.snapshotWindow": "overlaps maintenanceWindow"},
			functionOnly: needsDefaults,
		},
		"SnapshotNameWrong": {
			reason: "An ARN is no name.",
			spec:   `snapshotName: arn:aws:elasticache`,
			want:   problems{"spec.snapshotName": "must be a snapshot's name"},
		},
		"SnapshotNameEmpty": {
			reason: "An empty name is not the default.",
			spec:   `snapshotName: ""`,
			want:   problems{"spec.snapshotName": "must be a snapshot's name"},
		},
		"SnapshotNameTooLong": {
			reason: "A snapshot's name has at most 255 characters.",
			spec:   `snapshotName: ` + strings.Repeat("a", 256),
			want:   problems{"spec.snapshotName": "at most 255"},
		},
		"DeletionPolicyUnknown": {
			reason: "There are two policies.",
			spec:   `deletionPolicy: Retain`,
			want:   problems{"spec.deletionPolicy": "Orphan"},
		},
		"SecretNameMissing": {
			reason: "A Secret has a name.",
			only:   flavourNamespaced,
			spec:   `writeConnectionSecretToRef: {}`,
			want:   problems{"spec.writeConnectionSecretToRef.name": "the name of a Secret"},
		},
		"ConnectionSecretOfToken": {
			reason: "The team's own Secret is not written to.",
			only:   flavourNamespaced,
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token}, writeConnectionSecretToRef: {name: token}}`,
			want:   problems{"spec.writeConnectionSecretToRef.name": "name another"},
		},
		"ConnectionSecretOfTokenOfClaim": {
			reason: "A claim's is written by Crossplane, and only the XRD can tell.",
			only:   flavourClaim,
			spec:   `{enableAuthToken: true, authTokenSecretRef: {name: token, key: token}, writeConnectionSecretToRef: {name: token}}`,
			want:   problems{"spec.writeConnectionSecretToRef.name": "name another"},
		},
		"SecretNameWrong": {
			reason: "A Secret's name has no underscore.",
			only:   flavourNamespaced,
			spec:   `writeConnectionSecretToRef: {name: my_redis}`,
			want:   problems{"spec.writeConnectionSecretToRef.name": "must be a Secret's name"},
		},
		"SecretNameTooLong": {
			reason: "A Secret's name has at most 253 characters.",
			only:   flavourNamespaced,
			spec:   `writeConnectionSecretToRef: {name: ` + strings.Repeat("a", 254) + `}`,
			want:   problems{"spec.writeConnectionSecretToRef.name": "at most 253"},
		},
	}

	all := flavours(t)
	unbroken := maps.Clone(namespaced(t).ours)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			found := check(t, tc.spec)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(tc.want)), fields(found)); diff != "" {
				t.Errorf("%s\nfields that the function finds wrong: -want, +got:\n%s\n%v", tc.reason, diff, found)
			}
			for _, err := range found {
				if !strings.Contains(err.ErrorBody(), tc.want[place(err)]) {
					t.Errorf("%s\n%s: want %q in what the function says, got %q", tc.reason, err.Field, tc.want[place(err)], err.ErrorBody())
				}
			}
			for _, f := range all {
				if tc.only != "" && tc.only != f.name {
					continue
				}
				refused := f.schema.Validate(object(t, tc.spec), nil)
				if tc.functionOnly != "" {
					if len(refused) > 0 {
						t.Errorf("%s\n%s: the XRD is said to let it pass, because it %s; it says %v", tc.reason, f.name, tc.functionOnly, refused)
					}
					continue
				}
				agree(t, f, found, refused)
				for _, err := range refused {
					delete(unbroken, err.Detail)
				}
			}
		})
	}

	for name, tc := range updates() {
		t.Run("Update"+name, func(t *testing.T) {
			for _, f := range all {
				if tc.only != "" && tc.only != f.name {
					continue
				}
				refused := f.schema.Validate(object(t, tc.spec), object(t, tc.old))
				if diff := cmp.Diff(tc.want, texts(refused)); diff != "" {
					t.Errorf("%s\n%s: what the XRD refuses: -want, +got:\n%s", tc.reason, f.name, diff)
				}
				for _, err := range refused {
					delete(unbroken, err.Detail)
				}
			}
		})
	}

	for message := range unbroken {
		t.Errorf("no case breaks the XRD's rule %q", message)
	}
}

type update struct {
	reason string
	old    string
	spec   string
	only   string
	want   []string
}

// updates of an XRedis that exists. The function keeps what the cache has; the
// XRDs refuse the change before it comes to that.
func updates() map[string]update {
	const (
		key   = "arn:aws:kms:eu-central-1:111122223333:key/1"
		other = "arn:aws:kms:eu-central-1:111122223333:key/2"

		noRegion = "spec.region: region is immutable: a cache can't move; make a new claim in the other region"
	)
	return map[string]update{
		"Nothing": {
			reason: "An XRedis may stay as it is.",
			old:    `{region: eu-central-1, kmsKeyId: ` + key + `, snapshotName: last}`,
			spec:   `{region: eu-central-1, kmsKeyId: ` + key + `, snapshotName: last}`,
		},
		"Mutable": {
			reason: "All that AWS changes in place may be changed.",
			old:    `{nodeType: cache.t3.micro, numCacheNodes: 1, engineVersion: "7.0"}`,
			spec: `{nodeType: cache.t3.small, numCacheNodes: 2, engineVersion: "7.1", multiAzEnabled: true, subnetIds: [subnet-3, subnet-4],
				securityGroupIds: [sg-2], tags: {a: b}, enableAuthToken: true, deletionPolicy: Orphan}`,
		},
		"AppName": {
			reason: "Every AWS name is made from it.",
			spec:   `appName: other`,
			want:   []string{"spec.appName: appName is immutable: every AWS name is made from it; make a new claim"},
		},
		"Environment": {
			reason: "Every AWS name is made from it.",
			spec:   `environment: prod`,
			want:   []string{"spec.environment: environment is immutable: every AWS name is made from it; make a new claim"},
		},
		"FixedAtCreation": {
			reason: "Until AWS has the cache these can be corrected; the function keeps what a cache has.",
			old:    `{vpcId: vpc-1, kmsKeyId: ` + key + `, snapshotName: last}`,
			spec:   `{vpcId: vpc-2, kmsKeyId: ` + other + `, snapshotName: first}`,
		},
		"FixedAtCreationAdded": {
			reason: "They can be added.",
			spec:   `{kmsKeyId: ` + key + `, snapshotName: last}`,
		},
		"FixedAtCreationTaken": {
			reason: "And taken away.",
			old:    `{kmsKeyId: ` + key + `, snapshotName: last}`,
		},
		"Region": {
			reason: "A cache can't move.",
			old:    `region: eu-central-1`,
			spec:   `region: eu-west-1`,
			want:   []string{noRegion},
		},
		"RegionTaken": {
			reason: "The platform's region may be another.",
			old:    `region: eu-central-1`,
			want:   []string{noRegion},
		},
		"RegionAdded": {
			reason: "What the platform chose may be written down; the function checks that it is the same.",
			spec:   `region: eu-central-1`,
		},
		"Secret": {
			reason: "Pods read the Secret by its name.",
			only:   flavourNamespaced,
			old:    `writeConnectionSecretToRef: {name: redis}`,
			spec:   `writeConnectionSecretToRef: {name: cache}`,
			want:   []string{"spec.writeConnectionSecretToRef.name: the Secret's name is immutable: pods read it by this name"},
		},
		"SecretAdded": {
			reason: "Without a name the Secret has the XRedis's own, which pods read it by.",
			only:   flavourNamespaced,
			spec:   `writeConnectionSecretToRef: {name: cache}`,
			want:   []string{"spec.writeConnectionSecretToRef: the Secret's name is immutable: pods read it by this name"},
		},
		"SecretOfComposite": {
			reason: "Crossplane names the Secret of a claim's composite itself, after the composite was made.",
			only:   flavourComposite,
			spec:   `writeConnectionSecretToRef: {name: a, namespace: crossplane-system}`,
		},
		"SecretOfClaim": {
			reason: "Crossplane lets a claim name another Secret.",
			only:   flavourClaim,
			spec:   `writeConnectionSecretToRef: {name: a}`,
		},
	}
}

// TestEngineVersions compares the table of engines and versions with the XRD's
// rules, for all that looks like a version.
func TestEngineVersions(t *testing.T) {
	versions := []string{"", "x", "6.x", "7.x", "8.x", "x.0", "7", "8", "7.", ".1", "8.*", "*", "v7.1", "07.1", "7.01", "8.00", "7.1 ", " 8.0", "7.1\n", "7,1", "８.0", "5.0.6", "5.0.5", "6.0.5", "6.2.6", "7.0.7", "7.1.0", "8.0.0"}
	for major := range 12 {
		for _, minor := range append(slices.Collect(count(14)), 98, 99, 100, 101, 255, 256, 1000) {
			versions = append(versions, fmt.Sprintf("%d.%d", major, minor))
		}
	}
	f := namespaced(t)
	for _, version := range versions {
		agree(t, f, validateEngineVersion(field.NewPath("spec", "engineVersion"), version), f.schema.Validate(object(t, text("engineVersion", version)), nil))
		for _, engine := range redis.Engines() {
			spec := text("engine", engine) + text("engineVersion", version) + text("transitEncryption", TransitEncryptionPreferred)
			agree(t, f, check(t, spec), f.schema.Validate(object(t, spec), nil))
		}
	}
}

// TestWindows compares the function's arithmetic with the XRD's, for windows of
// all lengths anywhere in the week. That two overlap, only the function finds.
func TestWindows(t *testing.T) {
	const day = 24 * 60
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute%day/60, minute%60) }
	weekday := func(minute int) string { return days[minute/day%7] + ":" + clock(minute) }

	lengths := []int{0, 60, 61, 90, 119, 120, 121, 240, day + 59, day + 60}

	f, refused := namespaced(t), 0
	random := rand.New(rand.NewPCG(1, 2)) // The same windows in every run.
	const pairs = 1000
	for range pairs {
		maintenance, snapshot := random.IntN(7*48)*30, random.IntN(48)*30
		spec := text("maintenanceWindow", weekday(maintenance)+"-"+weekday(maintenance+lengths[random.IntN(len(lengths))])) +
			text("snapshotWindow", clock(snapshot)+"-"+clock(snapshot+lengths[random.IntN(len(lengths))]))
		found := check(t, spec)
		if len(found) > 0 {
			refused++
		}
		found = slices.DeleteFunc(found, func(err *field.Error) bool { return strings.Contains(err.Detail, "overlaps") })
		agree(t, f, found, f.schema.Validate(object(t, spec), nil))
	}
	if refused < pairs/5 || refused > pairs*4/5 {
		t.Errorf("%d of %d pairs of windows were refused: want a fair number of both", refused, pairs)
	}
}

// TestNodeTypes compares the function's lists of node families with the XRD's.
func TestNodeTypes(t *testing.T) {
	f := namespaced(t)
	for _, family := range []string{"c1", "m1", "m2", "m3", "r3", "t1", "c10", "m11", "t2", "t21", "t3", "t4g", "m4", "m5", "m6g", "m7g", "r4", "r5", "r6g", "r6gd", "r6gdx", "r7g", "c7gn", "x2gd", "r8g", "c8gn"} {
		spec := text("nodeType", "cache."+family+".large") + text("engine", redis.EngineRedis)
		agree(t, f, check(t, spec), f.schema.Validate(object(t, spec), nil))
	}
}

// TestLimits compares every limit in the schema with the function's: patterns,
// enums, lengths, numbers.
func TestLimits(t *testing.T) {
	const subdomain = `^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` // validation.IsDNS1123Subdomain

	want := map[string]any{
		"appName.matches":                           appNamePattern.String(),
		"appName.minLength":                         1,
		"appName.maxLength":                         maxName,
		"environment.matches":                       environmentPattern.String(),
		"environment.minLength":                     1,
		"environment.maxLength":                     maxName,
		"vpcId.matches":                             vpcPattern.String(),
		"vpcId.maxLength":                           64,
		"subnetIds.minItems":                        1,
		"subnetIds.maxItems":                        maxSubnets,
		"subnetIds[].matches":                       subnetPattern.String(),
		"subnetIds[].maxLength":                     64,
		"securityGroupIds.minItems":                 1,
		"securityGroupIds.maxItems":                 maxGroups,
		"securityGroupIds[].matches":                groupPattern.String(),
		"securityGroupIds[].maxLength":              64,
		"region.matches":                            regionPattern.String(),
		"region.maxLength":                          32,
		"tags.maxProperties":                        MaxTags,
		"nodeType.matches":                          nodeTypePattern.String(),
		"nodeType.maxLength":                        64,
		"numCacheNodes.minimum":                     1,
		"numCacheNodes.maximum":                     maxNodes,
		"engine.enum":                               redis.Engines(),
		"engineVersion.matches":                     engineVersionPattern(t), // Compared by TestEngineVersions.
		"engineVersion.maxLength":                   8,
		"snapshotRetentionLimit.minimum":            0,
		"snapshotRetentionLimit.maximum":            maxDays,
		"authTokenSecretRef.name.pattern":           subdomain,
		"authTokenSecretRef.name.minLength":         1,
		"authTokenSecretRef.name.maxLength":         253,
		"authTokenSecretRef.key.pattern":            `^[.]?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$`, // validation.IsConfigMapKey
		"authTokenSecretRef.key.minLength":          1,
		"authTokenSecretRef.key.maxLength":          253,
		"authTokenSecretRef.namespace.maxLength":    63,
		"authTokenUpdateStrategy.enum":              updateStrategies,
		"transitEncryption.enum":                    transitEncryptions,
		"maxmemoryPolicy.enum":                      maxmemoryPolicies,
		"timeoutSeconds.minimum":                    0,
		"timeoutSeconds.maximum":                    1<<31 - 1,
		"kmsKeyId.pattern":                          kmsKeyPattern.String(),
		"kmsKeyId.maxLength":                        256,
		"maintenanceWindow.matches":                 redis.MaintenanceWindowPattern,
		"maintenanceWindow.maxLength":               len("sun:05:00-sun:07:00"),
		"snapshotWindow.matches":                    redis.SnapshotWindowPattern,
		"snapshotWindow.maxLength":                  len("03:00-05:00"),
		"snapshotName.pattern":                      snapshotNamePattern.String(),
		"snapshotName.minLength":                    1,
		"snapshotName.maxLength":                    255,
		"deletionPolicy.enum":                       deletionPolicies,
		"writeConnectionSecretToRef.name.pattern":   subdomain,
		"writeConnectionSecretToRef.name.minLength": 1,
		"writeConnectionSecretToRef.name.maxLength": 253,
	}
	got := map[string]any{}
	for name, p := range ownProperties(namespaced(t)) {
		limits(got, name, p)
	}
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
		t.Errorf("limits differ: -function (this test's list, and the constants and patterns that it names), +XRD (the markers in xredis_types.go). "+
			"Edit the one that is wrong; of a new field, add each limit to the list. -function, +XRD:\n%s", diff)
	}
}

// TestFlavours checks that the flavours differ in the Secret's name only, so
// that what holds for one holds for the other.
func TestFlavours(t *testing.T) {
	want := ownProperties(namespaced(t))
	delete(want, "writeConnectionSecretToRef")
	for _, f := range flavours(t)[:2] {
		if diff := cmp.Diff(want, ownProperties(f)); diff != "" {
			t.Errorf("%s: -namespaced, +%s:\n%s", f.name, f.name, diff)
		}
	}
}

// TestProperties checks that the XRDs have the fields of the Go types, and so
// that they were generated since the types changed.
func TestProperties(t *testing.T) {
	spec := namespaced(t).schema.OpenAPI().Properties["spec"]
	want, required := jsonFields(reflect.TypeFor[XRedisSpec]())
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(ownProperties(namespaced(t))))); diff != "" {
		t.Errorf("fields of the spec: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
	slices.Sort(spec.Required)
	if diff := cmp.Diff(required, spec.Required); diff != "" {
		t.Errorf("required fields of the spec: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
	want, _ = jsonFields(reflect.TypeFor[XRedisStatus]())
	status := namespaced(t).schema.OpenAPI().Properties["status"].Properties
	delete(status, "conditions")
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(status))); diff != "" {
		t.Errorf("fields of the status: -types, +XRD (go generate ./... rewrites it):\n%s", diff)
	}
}

// TestDefaultsAreDescribed checks that the schema names each documented default,
// and leaves filling it in to the function, where a platform can change it.
func TestDefaultsAreDescribed(t *testing.T) {
	defaults := map[string]any{}
	if err := json.Unmarshal(asJSON(t, DocumentedDefaults()), &defaults); err != nil {
		t.Fatal(err)
	}
	for name, p := range ownProperties(namespaced(t)) {
		if p.Default != nil {
			t.Errorf("%s: has a default in the schema, which a platform could not change", name)
		}
		said := strings.Join(strings.Fields(p.Description), " ")
		value, ok := defaults[name]
		if want := fmt.Sprintf("Default: %v", value); ok && !strings.Contains(said, want) {
			t.Errorf("%s: want %q in the description, got %q", name, want, said)
		}
	}
}

// check a spec as the function does.
func check(t *testing.T, overlay string) field.ErrorList {
	t.Helper()
	var spec XRedisSpec
	if err := json.Unmarshal(asJSON(t, laidOver(t, overlay)), &spec); err != nil {
		t.Fatal(err)
	}
	path := field.NewPath("spec")
	errs := spec.Validate(path)
	spec.Settings = spec.WithDefaults(Settings{})
	return append(errs, spec.ValidateCombination(path)...)
}

// agree checks that the XRD refuses what the function finds wrong, and that it
// uses the function's words where they are ours.
func agree(t *testing.T, f flavour, found, refused field.ErrorList) {
	t.Helper()
	if diff := cmp.Diff(fields(found), fields(refused)); diff != "" {
		t.Errorf("%s: fields that are wrong: -function, +XRD:\n%s\nfunction: %v\nXRD: %v", f.name, diff, found, refused)
	}
	for _, err := range refused {
		if strings.Contains(err.Detail, "evaluating rule") {
			t.Errorf("%s: %s: a rule breaks off, and its text is no help: %s", f.name, err.Field, err.Detail)
		}
		same := func(other *field.Error) bool {
			return place(other) == place(err) && strings.HasPrefix(other.Detail, err.Detail)
		}
		if f.ours[err.Detail] && !slices.ContainsFunc(found, same) {
			t.Errorf("%s: %s: the XRD says %q, the function says %v", f.name, err.Field, err.Detail, found)
		}
	}
}

// place is an error's field. The XRD tells that a tag is wrong, but not which.
func place(err *field.Error) string {
	if strings.HasPrefix(err.Field, "spec.tags[") {
		return "spec.tags"
	}
	return err.Field
}

func fields(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, place(err))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func texts(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Field+": "+err.Detail)
	}
	return out
}

// ownProperties of the spec, without those that Crossplane adds.
func ownProperties(f flavour) map[string]extv1.JSONSchemaProps {
	props := f.schema.OpenAPI().Properties["spec"].Properties
	if f.name != flavourNamespaced {
		delete(props, "writeConnectionSecretToRef")
	}
	for _, name := range []string{
		"crossplane", "claimRef", "resourceRef", "resourceRefs", "compositeDeletePolicy", "compositionRef", "compositionRevisionRef",
		"compositionRevisionSelector", "compositionSelector", "compositionUpdatePolicy",
	} {
		delete(props, name)
	}
	return props
}

// limits of a property and those below it, by path and keyword. Of the CEL rules it
// has the patterns; TestRules breaks each of the others.
func limits(out map[string]any, path string, p extv1.JSONSchemaProps) {
	set := func(keyword string, value any) {
		if !reflect.ValueOf(value).IsZero() {
			out[path+"."+keyword] = value
		}
	}
	set("pattern", p.Pattern)
	set("matches", formOf(p))
	set("enum", p.Enum)
	set("minLength", p.MinLength)
	set("maxLength", p.MaxLength)
	set("minItems", p.MinItems)
	set("maxItems", p.MaxItems)
	set("minProperties", p.MinProperties)
	set("maxProperties", p.MaxProperties)
	set("minimum", p.Minimum)
	set("maximum", p.Maximum)
	set("multipleOf", p.MultipleOf)
	for name, child := range p.Properties {
		limits(out, path+"."+name, child)
	}
	if p.Items != nil {
		limits(out, path+"[]", *p.Items.Schema)
	}
}

// formOf a text, empty if no rule gives one. It is a rule and no pattern where people
// often get it wrong: the API server then says what is wrong in our words.
func formOf(p extv1.JSONSchemaProps) string {
	for _, rule := range p.XValidations {
		if form, ok := strings.CutPrefix(strings.TrimPrefix(rule.Rule, "self.size() == 0 || "), "self.matches('"); ok {
			return strings.TrimSuffix(form, "')")
		}
	}
	return ""
}

func engineVersionPattern(t *testing.T) string {
	t.Helper()
	return formOf(ownProperties(namespaced(t))["engineVersion"])
}

// jsonFields of a struct and those that are required, both sorted.
func jsonFields(typ reflect.Type) (all, required []string) {
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			inner, innerRequired := jsonFields(f.Type)
			all, required = append(all, inner...), append(required, innerRequired...)
			continue
		}
		all = append(all, name)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}

// object of any flavour: what it is called does not matter to its spec.
func object(t testing.TB, overlay string) *unstructured.Unstructured {
	t.Helper()
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "platform.example.org/v1alpha1",
		"kind":       "XRedis",
		"metadata":   map[string]any{"name": "booking"},
		"spec":       laidOver(t, overlay),
	}}
}

// laidOver the valid spec.
func laidOver(t testing.TB, overlay string) map[string]any {
	t.Helper()
	out, over := map[string]any{}, map[string]any{}
	if err := yaml.Unmarshal([]byte(valid), &out); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(overlay), &over); err != nil {
		t.Fatal(err)
	}
	maps.Copy(out, over)
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

// text is a line of YAML.
func text(name, value string) string {
	quoted, _ := json.Marshal(value)
	return name + ": " + string(quoted) + "\n"
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
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

func count(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
