package render

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
)

// TestNetwork renders a claim of two fields whose network is the Input's, or that of an
// EnvironmentConfig: in the pipeline's context, looked up by name, or not there yet.
func TestNetwork(t *testing.T) {
	const (
		claim  = "apiVersion: platform.example.org/v1alpha1\nkind: Redis\nmetadata: {name: shop, namespace: team-shop}\nspec: {appName: shop, environment: dev}\n"
		config = "apiVersion: apiextensions.crossplane.io/v1beta1\nkind: EnvironmentConfig\nmetadata: {name: network-dev}\ndata:\n  region: eu-central-1\n  vpcId: vpc-1\n  subnetIds: [subnet-1]\n  securityGroupIds: [sg-1]\n"
		value  = `apiextensions.crossplane.io/environment={"region": "eu-central-1", "vpcId": "vpc-1", "subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}`
	)
	cases := map[string]struct {
		reason   string
		input    string
		required string
		rest     []string
		want     string // The subnets, empty where the cache waits.
	}{
		"Input":    {reason: "A network of the Input's.", input: "region: eu-central-1\nnetworks: [{match: {environment: [dev]}, vpcId: vpc-1, subnetIds: [subnet-1], securityGroupIds: [sg-1]}]\n", want: "subnet-1"},
		"Context":  {reason: "What an earlier step has found.", input: "environmentConfig: {}\n", rest: []string{"--context-values", value}, want: "subnet-1"},
		"Named":    {reason: "An EnvironmentConfig that is looked up.", input: "environmentConfig: {name: \"network-{environment}\"}\n", required: config, want: "subnet-1"},
		"NotThere": {reason: "And one that is not there.", input: "environmentConfig: {name: \"network-{environment}\"}\n"},
	}
	root := checkout(t)
	cli, address := start(t, root)
	composition, err := os.ReadFile(filepath.Join(root, "configuration", "claims", "composition.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := preview.Options{File: saved(t, "claim.yaml", claim), CLI: *version, Rest: tc.rest}
			indented := strings.ReplaceAll("\n"+strings.TrimSpace(tc.input), "\n", "\n        ")
			o.Composition = saved(t, "composition.yaml", string(composition)+strings.TrimPrefix(indented, "\n")+"\n")
			if tc.required != "" {
				o.Required = []string{saved(t, "required.yaml", tc.required)}
			}
			var stdout, stderr bytes.Buffer
			in, err := preview.Load(root, o, &stderr)
			if err != nil {
				t.Fatal(err)
			}
			if err := cli.Render(t.Context(), in, address, &stdout, &stderr); err != nil {
				t.Fatalf("%s: %v: %s", tc.reason, err, stderr.String())
			}
			docs := documents(t, stdout.Bytes())
			if tc.want == "" {
				if len(docs) != 1 || !renderers[*version].noConditions && !strings.Contains(stdout.String(), `The cache waits for the EnvironmentConfig "network-dev"`) {
					t.Errorf("%s: it does not say what it waits for:\n%s", tc.reason, stdout.String())
				}
				return
			}
			for _, d := range docs {
				subnets, found, _ := unstructured.NestedStringSlice(d.Object, "spec", "forProvider", "subnetIds")
				if d.GetKind() == "SubnetGroup" && (!found || strings.Join(subnets, " ") != tc.want) {
					t.Errorf("%s: it is placed in %s", tc.reason, subnets)
				}
			}
			if len(docs) != 5 {
				t.Errorf("%s: %d documents are rendered", tc.reason, len(docs))
			}
		})
	}
}
