package render

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/hack/preview"
	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// TestScript runs hack/render from another folder, as people would.
func TestScript(t *testing.T) {
	root := checkout(t)
	built(t, root, preview.DefaultCLI) // So that the script finds all there.
	cases := map[string]struct {
		reason string
		args   []string
		code   int
		kinds  string
		stderr string // What it contains.
	}{
		"Claim": {
			reason: "A preview shows all that a claim would create.",
			args:   []string{"minimal/claim.yaml"},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter",
		},
		"PassedThrough": {
			reason: "Options of the CLI are handed on.",
			args:   []string{"minimal/xr.yaml", "--include-context"},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter Context",
		},
		"Refused": {
			reason: "What the API server would refuse is not rendered.",
			args:   []string{edited(t, "  region:", "  numCacheNodes: 9\n  region:")},
			code:   1,
			stderr: "  spec.numCacheNodes: 9: ",
		},
		"RefusedByTheFunction": {
			reason: "Neither is what only the function knows.",
			args:   []string{edited(t, "  region: eu-central-1\n", "")},
			code:   1,
			stderr: "is fixed:\n  spec.region: Required value",
		},
		"TopOfTheFolder": {
			reason: "A claim may have the Composition of the other flavour beside it.",
			args:   []string{"claim.yaml"},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter",
		},
		"Development": {
			reason: "A claim of two fields has what its tier gives, which it chooses by a label.",
			args:   []string{"platform/development.yaml"},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter",
			stderr: "The Composition is development.platform.example.org of platform/compositions.",
		},
		"Production": {
			reason: "So does one of the other tier.",
			args:   []string{"platform/production.yaml"},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter",
			stderr: "The Composition is production.platform.example.org of platform/compositions.",
		},
		"NoTier": {
			reason: "A claim that chooses none gets a list of them.",
			args:   []string{"minimal/claim.yaml", "--composition", "platform/compositions"},
			code:   1,
			stderr: "Redis team-booking/backend-booking chooses none of the Compositions development.platform.example.org (tier=development), production",
		},
		"Existing": {
			reason: "The Terraform module's own cache is taken over without a change, but for the claim's tag.",
			args:   []string{edited(t, "  tags:", "  existing: {mode: TakeOver}\n  tags:"), "--existing", ofTheModule(t)},
			kinds:  "XRedis ParameterGroup ReplicationGroup SubnetGroup Parameter",
			stderr: "Taking the cache over makes 1 change, listed in status.changes. To do so, apply the claim: its spec.existing.mode is TakeOver.\n" +
				"  add tag Environment=dev (no interruption, seconds)\n" +
				"  keep description Redis for backend-booking dev\n" +
				"  keep parameter group backend-booking-dev-redis-params (only observed: other caches may use it)\n" +
				"  keep subnet group backend-booking-dev-redis-subnet-group (only observed: other caches may use it)\n" +
				"  keep tag ManagedBy=Terraform\n  keep tag Name=backend-booking-dev-redis\n" +
				"Not known, so that lines about it may be missing or wrong; add what these commands print:\n" +
				"  type of the parameter /backend-booking/dev/redis/url: aws ssm describe-parameters --parameter-filters Key=Name,Values=/backend-booking/dev/redis/url --region eu-central-1\n",
		},
		"ExistsUnasked": {
			reason: "A claim that does not name what exists is refused, as in a cluster.",
			args:   []string{"minimal/claim.yaml", "--existing", ofTheModule(t)},
			code:   1,
			stderr: "To take the cache over, set spec.existing.mode to Preview",
		},
		"NoFile": {
			reason: "A file may be misspelt.",
			args:   []string{"claim.yml"},
			code:   1,
			stderr: "there is no file claim.yml",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			cmd := exec.CommandContext(t.Context(), filepath.Join(root, "hack", "render"), tc.args...)
			cmd.Dir = filepath.Join(root, "example")
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.code, cmd.ProcessState.ExitCode()); diff != "" {
				t.Errorf("%s: exit code: -want, +got:\n%s\n%s", tc.reason, diff, stderr.String())
			}
			if diff := cmp.Diff(tc.kinds, kinds(stdout.String())); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if !strings.Contains(stderr.String(), tc.stderr) {
				t.Errorf("%s: want an error that contains\n%s\ngot\n%s", tc.reason, tc.stderr, stderr.String())
			}
		})
	}
}

// edited is a file with the claim of example/minimal in which a text is another.
func edited(t *testing.T, from, to string) string {
	t.Helper()
	claim, err := os.ReadFile(filepath.Join(checkout(t), "example", "minimal", "claim.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "claim.yaml")
	if err := os.WriteFile(file, bytes.Replace(claim, []byte(from), []byte(to), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// ofTheModule is a file with what the AWS CLI prints of a cache of the Terraform module,
// without what is in Parameter Store.
func ofTheModule(t *testing.T) string {
	t.Helper()
	c := aws.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), aws.Options{})
	c.Add(aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-abc"}, SecurityGroupIDs: []string{"sg-xyz"}}.Stack())
	var out strings.Builder
	for _, command := range []string{
		"describe-replication-groups", "describe-cache-clusters", "describe-cache-subnet-groups",
		"describe-cache-parameters --source user --cache-parameter-group-name backend-booking-dev-redis-params",
		"list-tags-for-resource --resource-name arn:aws:elasticache:eu-central-1:111122223333:replicationgroup:backend-booking-dev-redis",
	} {
		answer, err := c.CLI("eu-central-1", strings.Fields("elasticache "+command)...)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(answer)
	}
	file := filepath.Join(t.TempDir(), "existing.json")
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func kinds(stream string) string {
	var out []string
	for line := range strings.Lines(stream) {
		if kind, found := strings.CutPrefix(line, "kind: "); found {
			out = append(out, strings.TrimSpace(kind))
		}
	}
	return strings.Join(out, " ")
}
