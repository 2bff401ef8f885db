package v1alpha1

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// TestDocumentedDefaults pins the defaults to the Terraform module's. A change
// here would change caches that exist: it takes a new API version.
func TestDocumentedDefaults(t *testing.T) {
	want := Settings{
		NodeType:                ptr.To("cache.t3.micro"),
		NumCacheNodes:           ptr.To[int32](1),
		Engine:                  ptr.To("redis"),
		EngineVersion:           ptr.To("7.1"),
		MultiAZEnabled:          ptr.To(false),
		SnapshotRetentionLimit:  ptr.To[int32](0),
		EnableAuthToken:         ptr.To(false),
		AuthTokenUpdateStrategy: ptr.To("SET"),
		TransitEncryption:       ptr.To("Disabled"),
		MaxmemoryPolicy:         ptr.To("allkeys-lru"),
		TimeoutSeconds:          ptr.To[int32](300),
		AutoMinorVersionUpgrade: ptr.To(true),
		MaintenanceWindow:       ptr.To("sun:05:00-sun:07:00"),
		SnapshotWindow:          ptr.To("03:00-05:00"),
		DeletionPolicy:          ptr.To("Delete"),
		SkipFinalSnapshot:       ptr.To(false),
		DeletionProtection:      ptr.To(false),
	}
	if diff := cmp.Diff(want, Settings{}.WithDefaults(Settings{})); diff != "" {
		t.Errorf("documented defaults: -want, +got:\n%s", diff)
	}
}

// TestDocumentedDefaultsAreValid checks that a claim that leaves everything open
// is not refused for what it was given.
func TestDocumentedDefaultsAreValid(t *testing.T) {
	for _, engine := range redis.Engines() {
		for _, auth := range []bool{false, true} {
			spec := XRedisSpec{Network: Network{SubnetIDs: []string{"subnet-1"}}, Settings: Settings{Engine: ptr.To(string(engine)), EnableAuthToken: &auth}}
			spec.Settings = spec.WithDefaults(Settings{})
			path := field.NewPath("spec")
			if errs := append(spec.Settings.Validate(path), spec.ValidateCombination(path)...); len(errs) > 0 {
				t.Errorf("engine %s, AUTH %t: %v", engine, auth, errs)
			}
		}
	}
}

// TestOr checks every field of Settings, so that a new one is not forgotten.
func TestOr(t *testing.T) {
	for i := range reflect.TypeFor[Settings]().NumField() {
		name := reflect.TypeFor[Settings]().Field(i).Name
		t.Run(name, func(t *testing.T) {
			own, fallback := settingsWith(t, i, 1), settingsWith(t, i, 2)
			if diff := cmp.Diff(own, own.Or(fallback)); diff != "" {
				t.Errorf("an own value comes before a default: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(fallback, Settings{}.Or(fallback)); diff != "" {
				t.Errorf("a default fills in what is open: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(own, own.Or(Settings{})); diff != "" {
				t.Errorf("an own value needs no default: -want, +got:\n%s", diff)
			}
		})
	}
}

// TestOrKeepsZero checks that what is set to nothing is set.
func TestOrKeepsZero(t *testing.T) {
	for i := range reflect.TypeFor[Settings]().NumField() {
		name := reflect.TypeFor[Settings]().Field(i).Name
		t.Run(name, func(t *testing.T) {
			zero := Settings{}
			f := reflect.ValueOf(&zero).Elem().Field(i)
			f.Set(reflect.New(f.Type().Elem()))
			if diff := cmp.Diff(zero, zero.Or(settingsWith(t, i, 2))); diff != "" {
				t.Errorf("false, 0 and an empty text are values: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestWithDefaults(t *testing.T) {
	token := &AuthTokenSecretReference{Name: "token", Key: "token"}
	cases := map[string]struct {
		reason   string
		claim    Settings
		platform Settings
		want     Settings // Only what the case is about: nil fields are not compared.
		without  string   // A field that must stay open.
	}{
		"Claim": {
			reason:   "The claim's own value comes first.",
			claim:    Settings{NodeType: ptr.To("cache.t4g.small")},
			platform: Settings{NodeType: ptr.To("cache.m7g.large")},
			want:     Settings{NodeType: ptr.To("cache.t4g.small")},
		},
		"Platform": {
			reason:   "The platform's value comes before the documented one.",
			platform: Settings{NodeType: ptr.To("cache.m7g.large"), SkipFinalSnapshot: ptr.To(true)},
			want:     Settings{NodeType: ptr.To("cache.m7g.large"), SkipFinalSnapshot: ptr.To(true), NumCacheNodes: ptr.To[int32](1)},
		},
		"ClaimTurnsOff": {
			reason:   "A claim can turn off what the platform turned on.",
			claim:    Settings{EnableAuthToken: ptr.To(false), SnapshotRetentionLimit: ptr.To[int32](0)},
			platform: Settings{EnableAuthToken: ptr.To(true), SnapshotRetentionLimit: ptr.To[int32](5)},
			want:     Settings{EnableAuthToken: ptr.To(false), SnapshotRetentionLimit: ptr.To[int32](0), TransitEncryption: ptr.To("Disabled")},
		},
		"Valkey": {
			reason: "Each engine has its own default version.",
			claim:  Settings{Engine: ptr.To("valkey")},
			want:   Settings{EngineVersion: ptr.To("8.0")},
		},
		"PlatformValkey": {
			reason:   "The platform's engine has its own default version too.",
			platform: Settings{Engine: ptr.To("valkey")},
			want:     Settings{Engine: ptr.To("valkey"), EngineVersion: ptr.To("8.0")},
		},
		"PlatformVersionOfOtherEngine": {
			reason:   "A claim that chooses an engine need not know the platform's version of the other.",
			claim:    Settings{Engine: ptr.To("valkey")},
			platform: Settings{EngineVersion: ptr.To("7.0")},
			want:     Settings{Engine: ptr.To("valkey"), EngineVersion: ptr.To("8.0")},
		},
		"PlatformVersionOfSameEngine": {
			reason:   "The platform's version holds where it is one of the claim's engine.",
			claim:    Settings{Engine: ptr.To("redis")},
			platform: Settings{EngineVersion: ptr.To("7.0")},
			want:     Settings{EngineVersion: ptr.To("7.0")},
		},
		"ClaimVersion": {
			reason:   "The claim's own version is never replaced: if it is wrong, the claim must be told.",
			claim:    Settings{Engine: ptr.To("valkey"), EngineVersion: ptr.To("7.1")},
			platform: Settings{EngineVersion: ptr.To("8.1")},
			want:     Settings{EngineVersion: ptr.To("7.1")},
		},
		"UnknownEngine": {
			reason: "An engine that is not known has some version, and is refused for what it is.",
			claim:  Settings{Engine: ptr.To("memcached")},
			want:   Settings{Engine: ptr.To("memcached"), EngineVersion: ptr.To("7.1")},
		},
		"Auth": {
			reason: "AUTH turns TLS on.",
			claim:  Settings{EnableAuthToken: ptr.To(true)},
			want:   Settings{TransitEncryption: ptr.To("Required")},
		},
		"PlatformAuth": {
			reason:   "The platform's AUTH turns TLS on too.",
			platform: Settings{EnableAuthToken: ptr.To(true)},
			want:     Settings{EnableAuthToken: ptr.To(true), TransitEncryption: ptr.To("Required")},
		},
		"AuthUnderPlatformTLS": {
			reason:   "A claim that asks for AUTH need not know that the platform leaves TLS off.",
			claim:    Settings{EnableAuthToken: ptr.To(true)},
			platform: Settings{TransitEncryption: ptr.To("Preferred")},
			want:     Settings{TransitEncryption: ptr.To("Required")},
		},
		"PlatformTLS": {
			reason:   "The platform's TLS holds without AUTH.",
			platform: Settings{TransitEncryption: ptr.To("Required")},
			want:     Settings{TransitEncryption: ptr.To("Required"), EnableAuthToken: ptr.To(false)},
		},
		"PlatformToken": {
			reason:   "The platform may say what a token's Secret is called.",
			claim:    Settings{EnableAuthToken: ptr.To(true)},
			platform: Settings{AuthTokenSecretRef: token},
			want:     Settings{AuthTokenSecretRef: token},
		},
		"PlatformTokenWithoutAuth": {
			reason:   "A claim that turns AUTH off need not know of the platform's token.",
			claim:    Settings{EnableAuthToken: ptr.To(false)},
			platform: Settings{EnableAuthToken: ptr.To(true), AuthTokenSecretRef: token},
			want:     Settings{EnableAuthToken: ptr.To(false)},
			without:  "AuthTokenSecretRef",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			platform := *tc.platform.DeepCopy()
			got := tc.claim.WithDefaults(tc.platform)
			if diff := cmp.Diff(tc.want.Or(got), got); diff != "" {
				t.Errorf("%s\nWithDefaults(): -want, +got:\n%s", tc.reason, diff)
			}
			if tc.without != "" && !reflect.ValueOf(got).FieldByName(tc.without).IsNil() {
				t.Errorf("%s\nWithDefaults(): %s is set", tc.reason, tc.without)
			}
			if diff := cmp.Diff(platform, tc.platform); diff != "" {
				t.Errorf("%s\nWithDefaults() changed the platform's settings, which other claims use: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestWithDefaultsIsComplete checks that nothing stays open but what has no
// default, so that the rest of the function may read it without looking.
func TestWithDefaultsIsComplete(t *testing.T) {
	optional := map[string]bool{"AuthTokenSecretRef": true, "KMSKeyID": true, "SnapshotName": true}
	got := reflect.ValueOf(Settings{}.WithDefaults(Settings{}))
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		if got.Field(i).IsNil() != optional[name] {
			t.Errorf("%s: WithDefaults leaves it open: %t, and this test's list of fields without a default has it: %t. "+
				"Give it a default in xredis_defaults.go, or add it to the list", name, got.Field(i).IsNil(), optional[name])
		}
	}
}

// settingsWith one field set, to a value that tells n.
func settingsWith(t *testing.T, i, n int) Settings {
	t.Helper()
	s := Settings{}
	f := reflect.ValueOf(&s).Elem().Field(i)
	value := reflect.New(f.Type().Elem())
	switch v := value.Interface().(type) {
	case *string:
		*v = string(rune('a' + n))
	case *int32:
		*v = int32(n)
	case *bool:
		*v = n == 1
	case *AuthTokenSecretReference:
		v.Name = string(rune('a' + n))
	default:
		t.Fatalf("Settings has a field of type %T, which this test does not know", v)
	}
	f.Set(value)
	return s
}
