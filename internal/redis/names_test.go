package redis

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClusterID(t *testing.T) {
	cases := map[string]struct {
		reason           string
		app, environment string
		want             string
	}{
		"Short": {
			reason: "The id is made of what people know.",
			app:    "backend-booking", environment: "dev",
			want: "backend-booking-dev-redis",
		},
		"Just": {
			reason: "Forty characters are allowed.",
			app:    strings.Repeat("a", 30), environment: "dev",
			want: strings.Repeat("a", 30) + "-dev-redis",
		},
		"Long": {
			reason: "What is longer is cut and given a hash of the whole.",
			app:    "customer-recommendations-engine", environment: "integration-testing",
			want: "customer-recommendations-engine-cbae80da",
		},
		"CutAtAHyphen": {
			reason: "AWS allows no two hyphens in a row.",
			app:    strings.Repeat("a", 30), environment: "integration",
			want: strings.Repeat("a", 30) + "-" + Digest(strings.Repeat("a", 30)+"/integration"),
		},
	}
	legal := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ClusterID(tc.app, tc.environment)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if len(got) > 40 || !legal.MatchString(got) {
				t.Errorf("%s: AWS would refuse %q", tc.reason, got)
			}
		})
	}
}

func TestCutIDsDiffer(t *testing.T) {
	long := strings.Repeat("a", 40)
	ids := map[string]string{}
	for _, names := range [][2]string{{long, "dev"}, {long, "prod"}, {long + "-b", "c"}, {long, "b-c"}} {
		id := ClusterID(names[0], names[1])
		if other, ok := ids[id]; ok {
			t.Errorf("%v and %s have the same id %q", names, other, id)
		}
		ids[id] = names[0] + " in " + names[1]
	}
}

func TestOtherNames(t *testing.T) {
	got := []string{
		ParameterGroupName("a-dev-redis", "redis6.x"),
		ParameterStorePath("", "a", "dev"),
		ParameterStorePath("/platform", "a", "dev"),
		FinalSnapshotName("a-dev-redis", "67eeba6e-7cc8-5d0c-b69d-b632397e0f2d"),
		FinalSnapshotName("a-dev-redis", ""),
		SecretName("a", "auth-token"),
		SubnetGroupName("a-dev-redis", ""),
		SubnetGroupName("a-dev-redis", NetworkDigest("vpc-1", []string{"subnet-1", "subnet-2"})),
	}
	want := []string{
		"a-dev-redis-redis6-x",
		"/a/dev/redis/url",
		"/platform/a/dev/redis/url",
		"a-dev-redis-final-67eeba6e",
		"a-dev-redis-final",
		"a-auth-token",
		"a-dev-redis",
		"a-dev-redis-" + NetworkDigest("vpc-1", []string{"subnet-2", "subnet-1"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if n := len(SecretName(strings.Repeat("a", 253), "auth-token")); n > 253 {
		t.Errorf("a Secret's name of %d characters is refused", n)
	}
}

func TestReservedPath(t *testing.T) {
	for path, want := range map[string]bool{"/awsome/dev": true, "/AWS/x": true, "/ssm": true, "/a/aws": false, "/my-aws/x": false} {
		if got := ReservedPath(path); got != want {
			t.Errorf("ReservedPath(%q) is %t", path, got)
		}
	}
}
