package v1alpha1

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

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
		"Nothing": {reason: "An XRedis may stay as it is.", old: `{region: eu-central-1, kmsKeyId: ` + key + `, snapshotName: last}`, spec: `{region: eu-central-1, kmsKeyId: ` + key + `, snapshotName: last}`},
		"Mutable": {
			reason: "All that AWS changes in place may be changed.",
			old:    `{nodeType: cache.t3.micro, numCacheNodes: 1, engineVersion: "7.0"}`,
			spec: `{nodeType: cache.t3.small, numCacheNodes: 2, engineVersion: "7.1", multiAzEnabled: true, subnetIds: [subnet-3, subnet-4],
				securityGroupIds: [sg-2], tags: {a: b}, enableAuthToken: true, deletionPolicy: Orphan}`,
		},
		"GenerationUp": {reason: "A higher number is a new token.", old: `{enableAuthToken: true, authTokenGeneration: 2}`, spec: `{enableAuthToken: true, authTokenGeneration: 3}`},
		"GenerationDown": {
			reason: "The old token is gone.", old: `{enableAuthToken: true, authTokenGeneration: 2}`, spec: `{enableAuthToken: true, authTokenGeneration: 1}`,
			want: []string{"spec.authTokenGeneration: a token that was replaced does not come back: write a higher number than before for a new one"},
		},
		"AppName":     {reason: "Every AWS name is made from it.", spec: `appName: other`, want: []string{"spec.appName: appName is immutable: every AWS name is made from it; make a new claim"}},
		"Environment": {reason: "Every AWS name is made from it.", spec: `environment: prod`, want: []string{"spec.environment: environment is immutable: every AWS name is made from it; make a new claim"}},
		"FixedAtCreation": {
			reason: "Until AWS has the cache these can be corrected; the function keeps what a cache has.",
			old:    `{vpcId: vpc-1, kmsKeyId: ` + key + `, snapshotName: last}`,
			spec:   `{vpcId: vpc-2, kmsKeyId: ` + other + `, snapshotName: first}`,
		},
		"NetworkAdded":         {reason: "What the platform gave may be written down; the function checks that the VPC is the same.", old: `{vpcId: null, subnetIds: null, securityGroupIds: null}`},
		"NetworkTaken":         {reason: "What a claim leaves out stays as the cache has it.", spec: `{vpcId: null, subnetIds: null, securityGroupIds: null}`},
		"FixedAtCreationAdded": {reason: "They can be added.", spec: `{kmsKeyId: ` + key + `, snapshotName: last}`},
		"FixedAtCreationTaken": {reason: "And taken away.", old: `{kmsKeyId: ` + key + `, snapshotName: last}`},
		"Region":               {reason: "A cache can't move.", old: `region: eu-central-1`, spec: `region: eu-west-1`, want: []string{noRegion}},
		"RegionTaken":          {reason: "The platform's region may be another.", old: `region: eu-central-1`, want: []string{noRegion}},
		"RegionAdded":          {reason: "What the platform chose may be written down; the function checks that it is the same.", spec: `region: eu-central-1`},
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
		"SecretOfClaim": {reason: "Crossplane lets a claim name another Secret.", only: flavourClaim, spec: `writeConnectionSecretToRef: {name: a}`},
	}
}

func TestUpdates(t *testing.T) {
	all := flavours(t)
	for name, tc := range updates() {
		t.Run(name, func(t *testing.T) {
			for _, f := range all {
				if tc.only != "" && tc.only != f.name {
					continue
				}
				refused := f.schema.Validate(object(t, tc.spec), object(t, tc.old))
				if diff := cmp.Diff(tc.want, texts(refused)); diff != "" {
					t.Errorf("%s\n%s: what the XRD refuses: -want, +got:\n%s", tc.reason, f.name, diff)
				}
			}
		})
	}
}

func texts(errs field.ErrorList) []string {
	var out []string
	for _, err := range errs {
		out = append(out, err.Field+": "+err.Detail)
	}
	return out
}
