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
		"HyphenInTheApp": {
			reason: "All before the last hyphen is the app's.",
			app:    "shop-eu", environment: "prod",
			want: "shop-eu-prod-redis",
		},
		"HyphenInTheEnvironment": {
			reason: "A hash tells it from shop-eu in prod.",
			app:    "shop", environment: "eu-prod",
			want: "shop-eu-prod-redis-" + Digest("shop/eu-prod"),
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

// TestNamesDiffer: no two pairs of app and environment share a name in AWS. The parts
// are those that pairs of them can be told apart by only with care: what ends one name
// and what begins the next, what looks like the suffix, like a family, and like a hash.
func TestNamesDiffer(t *testing.T) {
	parts := []string{"a", "b", "redis", "redis7", "redis6", "x", Digest("a/a-b"), strings.Repeat("a", 27), strings.Repeat("a", 40)}
	var names []string
	for _, p := range parts {
		names = append(names, p)
		for _, q := range parts {
			names = append(names, p+"-"+q, p+"-"+q+"-b")
		}
	}
	seen := map[string]string{}
	check := func(name, owner string) {
		if other, ok := seen[name]; ok && other != owner {
			t.Fatalf("%s and %s have the same name %q", other, owner, name)
		}
		seen[name] = owner
	}
	for _, app := range names {
		for _, environment := range names {
			owner := app + " in " + environment
			id := ClusterID(app, environment)
			check(id, owner)
			check(ParameterStorePath("", app, environment), owner)
			check(ParameterStorePath("/"+app, app, environment), "the prefix of "+owner)
			for _, family := range []string{"redis5.0", "redis6.x", "redis7", "valkey7", "valkey8"} {
				check("group "+ParameterGroupName(id, family), owner+" "+family)
			}
			if !IsClusterID(id, app, environment) {
				t.Errorf("%q is not known as the id of %s", id, owner)
			}
		}
	}
}

// TestIsClusterID: a cache that runs keeps the id that it was made with.
func TestIsClusterID(t *testing.T) {
	if !IsClusterID("shop-eu-prod-redis", "shop", "eu-prod") {
		t.Error("an id from before there were hashes is not known")
	}
	if IsClusterID("shop-eu-prod-redis", "shop", "eu-test") {
		t.Error("the id of another environment is taken for its own")
	}
}

// FuzzClusterID tries pairs that nobody thought of.
func FuzzClusterID(f *testing.F) {
	f.Add("shop", "eu-prod", "shop-eu", "prod")
	f.Add("a", "b-redis", "a-b", "redis")
	name := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	f.Fuzz(func(t *testing.T, app, environment, otherApp, otherEnvironment string) {
		for _, n := range []string{app, environment, otherApp, otherEnvironment} {
			if len(n) > 63 || !name.MatchString(n) {
				t.Skip("not a name that is accepted")
			}
		}
		same := app == otherApp && environment == otherEnvironment
		if got := ClusterID(app, environment) == ClusterID(otherApp, otherEnvironment); got != same {
			t.Errorf("%s in %s and %s in %s: the same id is %t", app, environment, otherApp, otherEnvironment, got)
		}
	})
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
