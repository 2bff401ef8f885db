package upjet

import (
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

func urlSecret(url string) map[string][]byte { return map[string][]byte{"REDIS_URL": []byte(url)} }

// TestParameterWithoutSecret: it fails without a word, and heals half a minute
// after the Secret is there.
func TestParameterWithoutSecret(t *testing.T) {
	w := newWorld(t, Options{}, parameterYAML)
	w.run(5 * time.Second)
	w.want("url", "Synced", "True ReconcileSuccess")
	w.want("url", "Ready", "False Creating")
	if r := w.cloud.Refused(); len(r) != 1 || r[0].Error.Code != aws.CodeValidation {
		t.Errorf("AWS refuses an empty value: %v", r)
	}
	w.secrets["team/redis"] = urlSecret("redis://host:6379")
	w.run(20 * time.Second)
	w.want("url", "Ready", "False Creating")
	w.run(40 * time.Second)
	w.want("url", "Ready", "True Available")
	if p, _ := w.cloud.GetParameter(region, "/app/dev/redis/url"); p.Value != "redis://host:6379" {
		t.Errorf("the value is %q", p.Value)
	}
}

func TestParameterFollows(t *testing.T) {
	cases := map[string]struct {
		reason   string
		annotate bool
		after    time.Duration
		want     string
	}{
		"NotBeforePoll": {reason: "A changed value is not noticed before the poll.", after: 9 * time.Minute, want: "redis://a:6379"},
		"AtPoll":        {reason: "It is at the poll.", after: 11 * time.Minute, want: "redis://b:6379"},
		"AtAnnotation":  {reason: "It is at once when an annotation changes.", annotate: true, after: 1300 * time.Millisecond, want: "redis://b:6379"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{}, parameterYAML)
			w.secrets["team/redis"] = urlSecret("redis://a:6379")
			w.run(5 * time.Second)
			w.secrets["team/redis"] = urlSecret("redis://b:6379")
			if tc.annotate {
				w.changed("url")
			}
			w.run(tc.after)
			if p, _ := w.cloud.GetParameter(region, "/app/dev/redis/url"); p.Value != tc.want {
				t.Errorf("%s: the value is %q", tc.reason, p.Value)
			}
			w.noRefusal()
		})
	}
}

// TestParameterHotLoop is a trap: the Secret, its key or its value gone under a
// Parameter that is ready makes the provider ask again and again.
func TestParameterHotLoop(t *testing.T) {
	cases := map[string]struct {
		reason string
		secret map[string][]byte
	}{
		"SecretGone": {reason: "The Secret is gone."},
		"KeyGone":    {reason: "The key is gone.", secret: map[string][]byte{"other": []byte("x")}},
		"Empty":      {reason: "The value is empty.", secret: urlSecret("")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Options{}, parameterYAML)
			w.secrets["team/redis"] = urlSecret("redis://a:6379")
			w.run(5 * time.Second)
			since := w.now
			w.secrets["team/redis"] = tc.secret
			w.changed("url")
			w.run(10 * time.Second)
			if n := len(w.cloud.Requests("PutParameter", since)); n < 100 || n > 280 {
				t.Errorf("%s: %d requests in 10 s, want 10 to 28 a second", tc.reason, n)
			}
			w.secrets["team/redis"] = urlSecret("redis://b:6379")
			w.run(5 * time.Second)
			if p, _ := w.cloud.GetParameter(region, "/app/dev/redis/url"); p.Value != "redis://b:6379" {
				t.Errorf("%s: it must heal: %q", tc.reason, p.Value)
			}
		})
	}
}

// TestFamilies: the cluster-scoped family reads Secrets where its references say.
func TestFamilies(t *testing.T) {
	w := newWorld(t, Options{}, parameterYAML)
	o := w.objects["url"]
	o.SetAPIVersion("ssm.aws.upbound.io/v1beta1")
	o.SetNamespace("")
	set(o, map[string]any{"valueSecretRef": map[string]any{"namespace": "crossplane-system", "name": "redis", "key": "REDIS_URL"}})
	w.secrets["crossplane-system/redis"] = urlSecret("redis://a:6379")
	w.run(5 * time.Second)
	w.want("url", "Ready", "True Available")
}
