package v1alpha1

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// The rules below are those of the markers in xredis_types.go. They are written
// twice because the function must not rely on the XRD: a preview has none, and a
// platform's Input never passes one. A test holds every rule against the
// generated schema, so that the two can't drift apart.

const (
	maxName     = 63
	maxSubnets  = 20
	maxGroups   = 16
	maxTagKey   = 128
	maxTagValue = 256

	// MaxTags is what AWS allows a resource, less the three that the provider
	// adds: crossplane-kind, crossplane-name and crossplane-providerconfig.
	MaxTags = 47

	// MaxSnapshotRetentionLimit is the days for which AWS keeps a backup at most.
	MaxSnapshotRetentionLimit = 35

	// MaxCacheNodes of a cache, the primary counted.
	MaxCacheNodes = 6

	minTimeout = 20

	exampleVPC    = "vpc-0123456789abcdef0"
	exampleSubnet = "subnet-0123456789abcdef0"
	exampleGroup  = "sg-0123456789abcdef0"

	// maxShown is how much of a refused value is repeated.
	maxShown = 80
)

//nolint:gochecknoglobals // Compiled once; a test compares them to the schema's.
var (
	appNamePattern      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	environmentPattern  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	vpcPattern          = regexp.MustCompile(`^vpc-[a-z0-9]+$`)
	subnetPattern       = regexp.MustCompile(`^subnet-[a-z0-9]+$`)
	groupPattern        = regexp.MustCompile(`^sg-[a-z0-9]+$`)
	regionPattern       = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
	nodeTypePattern     = regexp.MustCompile(`^cache[.][a-z][a-z0-9]*[.][a-z0-9]+$`)
	kmsKeyPattern       = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)
	snapshotNamePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]*$`)
	tagPattern          = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

	// providerTags are set by the provider on all that it makes.
	providerTags = []string{"crossplane-kind", "crossplane-name", "crossplane-providerconfig"}

	maxmemoryPolicies = []string{
		"allkeys-lfu", "allkeys-lru", "allkeys-random", "noeviction",
		"volatile-lfu", "volatile-lru", "volatile-random", "volatile-ttl",
	}
	transitEncryptions = []string{TransitEncryptionDisabled, TransitEncryptionPreferred, TransitEncryptionRequired}
	updateStrategies   = []string{AuthTokenUpdateStrategySet, AuthTokenUpdateStrategyRotate}
	deletionPolicies   = []string{DeletionPolicyDelete, DeletionPolicyOrphan}
	existingModes      = []string{ExistingModePreview, ExistingModeTakeOver}
	existingTags       = []string{ExistingTagsKeep, ExistingTagsReplace}
)

// Validate what the claim itself says, field by field. Every problem is found,
// each with its path, its value and the way out.
func (s *XRedisSpec) Validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, validateName(path.Child("appName"), s.AppName, appNamePattern, "a letter first")...)
	errs = append(errs, validateName(path.Child("environment"), s.Environment, environmentPattern, "a letter or digit first")...)
	errs = append(errs, s.Network.Validate(path.Child)...)
	errs = append(errs, optional(path.Child("region"), s.Region, ValidateRegion)...)
	errs = append(errs, ValidateTags(path.Child("tags"), s.Tags)...)
	errs = append(errs, s.Settings.Validate(path)...)
	errs = append(errs, optional(path.Child("existing"), s.Existing, validateExisting)...)
	errs = append(errs, optional(path.Child("authTokenGeneration"), s.AuthTokenGeneration, between[int32](1, redis.MaxGeneration, "(a number higher than before makes a new token)"))...)
	if s.WriteConnectionSecretToRef != nil {
		errs = append(errs, validateObjectName(path.Child("writeConnectionSecretToRef", "name"), s.WriteConnectionSecretToRef.Name)...)
	}
	return errs
}

// Validate what is given of a network, whoever gives it: at names the place of a field.
func (n Network) Validate(at func(field string, more ...string) *field.Path) field.ErrorList {
	var errs field.ErrorList
	if n.VPCID != "" {
		errs = append(errs, validateID(at("vpcId"), n.VPCID, vpcPattern, exampleVPC)...)
	}
	errs = append(errs, validateIDs(at("subnetIds"), n.SubnetIDs, maxSubnets, subnetPattern, exampleSubnet)...)
	return append(errs, validateIDs(at("securityGroupIds"), n.SecurityGroupIDs, maxGroups, groupPattern, exampleGroup)...)
}

// Missing are the names of the fields that a network lacks.
func (n Network) Missing() []string {
	var out []string
	if n.VPCID == "" {
		out = append(out, "vpcId")
	}
	if n.SubnetIDs == nil {
		out = append(out, "subnetIds")
	}
	if n.SecurityGroupIDs == nil {
		out = append(out, "securityGroupIds")
	}
	return out
}

// ExampleOf the value of a field of a network.
func ExampleOf(name string) string {
	return map[string]string{"vpcId": exampleVPC, "subnetIds": exampleSubnet, "securityGroupIds": exampleGroup}[name]
}

// Validate the settings that are given, field by field. It serves the claim and
// the platform's defaults alike; path tells whose they are.
func (s Settings) Validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, optional(path.Child("nodeType"), s.NodeType, validateNodeType)...)
	errs = append(errs, optional(path.Child("numCacheNodes"), s.NumCacheNodes, between[int32](1, MaxCacheNodes, "nodes, the primary counted"))...)
	errs = append(errs, optional(path.Child("engine"), s.Engine, oneOf(redis.Engines()))...)
	errs = append(errs, optional(path.Child("engineVersion"), s.EngineVersion, validateEngineVersion)...)
	errs = append(errs, optional(path.Child("snapshotRetentionLimit"), s.SnapshotRetentionLimit, between[int32](0, MaxSnapshotRetentionLimit, "days, 0 for no backups"))...)
	errs = append(errs, optional(path.Child("authTokenSecretRef"), s.AuthTokenSecretRef, validateAuthTokenSecretRef)...)
	errs = append(errs, optional(path.Child("authTokenUpdateStrategy"), s.AuthTokenUpdateStrategy, oneOf(updateStrategies))...)
	errs = append(errs, optional(path.Child("transitEncryption"), s.TransitEncryption, oneOf(transitEncryptions))...)
	errs = append(errs, optional(path.Child("maxmemoryPolicy"), s.MaxmemoryPolicy, oneOf(maxmemoryPolicies))...)
	errs = append(errs, optional(path.Child("timeoutSeconds"), s.TimeoutSeconds, validateTimeout)...)
	errs = append(errs, optional(path.Child("kmsKeyId"), s.KMSKeyID, ValidateKMSKey)...)
	errs = append(errs, optional(path.Child("maintenanceWindow"), s.MaintenanceWindow, validateWindow(redis.ParseMaintenanceWindow))...)
	errs = append(errs, optional(path.Child("snapshotWindow"), s.SnapshotWindow, validateWindow(redis.ParseSnapshotWindow))...)
	errs = append(errs, optional(path.Child("snapshotName"), s.SnapshotName, validateSnapshotName)...)
	errs = append(errs, optional(path.Child("deletionPolicy"), s.DeletionPolicy, oneOf(deletionPolicies))...)
	return errs
}

// ValidateCombination checks what must fit together, once every default is
// filled in. Fields that are wrong in themselves are skipped: Validate has
// named them.
func (s *XRedisSpec) ValidateCombination(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if *s.MultiAZEnabled && *s.NumCacheNodes < 2 {
		errs = append(errs, invalid(path.Child("multiAzEnabled"), true, "multiAzEnabled needs a replica to fail over to: set numCacheNodes to 2 or more"))
	}
	if *s.MultiAZEnabled && len(s.SubnetIDs) == 1 {
		errs = append(errs, invalid(path.Child("multiAzEnabled"), true, "multiAzEnabled needs subnets in two availability zones: name 2 or more in subnetIds"))
	}
	if s.AuthTokenSecretRef != nil && !*s.EnableAuthToken {
		errs = append(errs, invalid(path.Child("authTokenSecretRef"), s.AuthTokenSecretRef.Name, "authTokenSecretRef needs enableAuthToken: true, or the token would not be used"))
	}
	if s.AuthTokenGeneration != nil && !*s.EnableAuthToken {
		errs = append(errs, invalid(path.Child("authTokenGeneration"), *s.AuthTokenGeneration, "authTokenGeneration needs enableAuthToken: true, or there is no token"))
	}
	if s.AuthTokenGeneration != nil && s.AuthTokenSecretRef != nil {
		errs = append(errs, invalid(path.Child("authTokenGeneration"), *s.AuthTokenGeneration, "the token is the team's own: change it in the Secret of authTokenSecretRef, and leave authTokenGeneration out"))
	}
	if *s.EnableAuthToken && *s.TransitEncryption != TransitEncryptionRequired {
		errs = append(errs, invalid(path.Child("transitEncryption"), *s.TransitEncryption, "AUTH needs TLS for every client: leave transitEncryption out or set it to Required"))
	}
	if s.WriteConnectionSecretToRef != nil && s.AuthTokenSecretRef != nil && s.WriteConnectionSecretToRef.Name == s.AuthTokenSecretRef.Name {
		errs = append(errs, invalid(path.Child("writeConnectionSecretToRef", "name"), s.WriteConnectionSecretToRef.Name, "the Secret of authTokenSecretRef is the team's own and is not written to: name another"))
	}
	errs = append(errs, s.validateEngine(path)...)
	errs = append(errs, s.validateNodeType(path)...)
	errs = append(errs, s.validateKeyRegion(path)...)
	errs = append(errs, s.validateWindows(path)...)
	return errs
}

func (s *XRedisSpec) validateEngine(path *field.Path) field.ErrorList {
	if !slices.Contains(redis.Engines(), redis.Engine(*s.Engine)) || validateEngineVersion(path, *s.EngineVersion) != nil {
		return nil
	}
	if _, ok := redis.Family(redis.Engine(*s.Engine), *s.EngineVersion); !ok {
		return field.ErrorList{invalid(path.Child("engineVersion"), *s.EngineVersion, fmt.Sprintf("engineVersion is not a version of this engine: %s; the engine is %s", knownVersions(), *s.Engine))}
	}
	if *s.TransitEncryption == TransitEncryptionPreferred && !redis.HasTLSMode(redis.Engine(*s.Engine), *s.EngineVersion) {
		return field.ErrorList{invalid(path.Child("transitEncryption"), *s.TransitEncryption, "transitEncryption Preferred needs engineVersion 7.0 or later: before it TLS is Required or Disabled, and stays so")}
	}
	return nil
}

// validateNodeType against the engine. AWS refuses one for the other. What a version needs
// that is newer than those that are known is not known.
func (s *XRedisSpec) validateNodeType(path *field.Path) field.ErrorList {
	engine, version := redis.Engine(*s.Engine), *s.EngineVersion
	needs := redis.NodeTypeNeeds(*s.NodeType, engine, version)
	if _, known := redis.Family(engine, version); needs == "" || (!known && !redis.IsOld(engine, version)) {
		return nil
	}
	return field.ErrorList{invalid(path.Child("nodeType"), *s.NodeType,
		fmt.Sprintf("this node type needs %s: set that, or choose another node type (engine is %s %s)", needs, *s.Engine, *s.EngineVersion))}
}

// validateKeyRegion against the cache's: AWS takes no key of another region.
func (s *XRedisSpec) validateKeyRegion(path *field.Path) field.ErrorList {
	if s.KMSKeyID == nil || s.Region == nil || !kmsKeyPattern.MatchString(*s.KMSKeyID) {
		return nil
	}
	if region := strings.Split(*s.KMSKeyID, ":")[3]; region != *s.Region {
		return field.ErrorList{invalid(path.Child("kmsKeyId"), *s.KMSKeyID,
			fmt.Sprintf("the key must be of the cache's own region: name a key of that region (the key is of %s, the cache of %s)", region, *s.Region))}
	}
	return nil
}

func (s *XRedisSpec) validateWindows(path *field.Path) field.ErrorList {
	maintenance, merr := redis.ParseMaintenanceWindow(*s.MaintenanceWindow)
	snapshot, serr := redis.ParseSnapshotWindow(*s.SnapshotWindow)
	if merr != nil || serr != nil || !redis.Overlaps(maintenance, snapshot) {
		return nil
	}
	return field.ErrorList{invalid(path.Child("snapshotWindow"), *s.SnapshotWindow,
		fmt.Sprintf("snapshotWindow overlaps maintenanceWindow, which AWS refuses even with backups off: move one of them (maintenanceWindow is %s)", *s.MaintenanceWindow))}
}

// ValidateRegion checks the form of a region's name.
func ValidateRegion(path *field.Path, region string) field.ErrorList {
	return matches(path, region, 32, regionPattern, "must be an AWS region, such as eu-central-1")
}

// ValidateKMSKey checks that a key is named by its ARN. AWS answers with the
// ARN whatever was asked, and a key that seems to have changed can't be applied.
func ValidateKMSKey(path *field.Path, key string) field.ErrorList {
	return matches(path, key, 256, kmsKeyPattern, "must be the key's ARN, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab; an id or alias would come back as the ARN and look like a change")
}

// ValidateTags checks tags against AWS's rules.
// https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
func ValidateTags(path *field.Path, tags map[string]string) field.ErrorList {
	var errs field.ErrorList
	if len(tags) > MaxTags {
		errs = append(errs, field.TooMany(path, len(tags), MaxTags))
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey:
			errs = append(errs, invalid(path.Key(Shorten(key)), value, fmt.Sprintf("a tag's key must have 1 to %d characters", maxTagKey)))
		case strings.TrimSpace(key) == "":
			errs = append(errs, invalid(path.Key(key), value, "a tag's key must not be blank"))
		case slices.Contains(providerTags, key):
			errs = append(errs, invalid(path.Key(key), value, "the provider sets crossplane-kind, crossplane-name and crossplane-providerconfig itself: choose another key"))
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			errs = append(errs, invalid(path.Key(Shorten(key)), value, "keys that begin with aws: are reserved for AWS: choose another key"))
		case utf8.RuneCountInString(value) > maxTagValue:
			errs = append(errs, invalid(path.Key(key), value, fmt.Sprintf("a tag's value must have at most %d characters", maxTagValue)))
		case !tagPattern.MatchString(key) || !tagPattern.MatchString(value):
			errs = append(errs, invalid(path.Key(Shorten(key)), value, "tags may hold letters, digits, spaces and _.:/=+-@ only"))
		}
	}
	return errs
}

// ValidateParameterStorePath checks the path that the URL is published at, which
// an application's name begins where the platform sets no prefix.
func ValidateParameterStorePath(path *field.Path, app, parameterStorePath string) field.ErrorList {
	if app == "" || !redis.ReservedPath(parameterStorePath) {
		return nil
	}
	return field.ErrorList{invalid(path, app, "Parameter Store reserves names that begin with aws or ssm: choose another name, or ask the platform team for a pathPrefix")}
}

func validateName(path *field.Path, name string, pattern *regexp.Regexp, first string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(path, "AWS names and the path in Parameter Store are made from it")}
	}
	return matches(path, name, maxName, pattern, "must be lower-case letters, digits and single hyphens between them, "+first)
}

func validateID(path *field.Path, id string, pattern *regexp.Regexp, example string) field.ErrorList {
	if id == "" {
		return field.ErrorList{field.Required(path, "must be an id such as "+example)}
	}
	return matches(path, id, 64, pattern, "must be an id such as "+example)
}

func validateIDs(path *field.Path, ids []string, most int, pattern *regexp.Regexp, example string) field.ErrorList {
	if ids != nil && len(ids) == 0 {
		return field.ErrorList{field.Required(path, "at least one, such as "+example)}
	}
	if len(ids) > most {
		return field.ErrorList{field.TooMany(path, len(ids), most)}
	}
	var errs field.ErrorList
	for i, id := range ids {
		errs = append(errs, validateID(path.Index(i), id, pattern, example)...)
		if slices.Contains(ids[:i], id) {
			errs = append(errs, field.Duplicate(path.Index(i), Shorten(id)))
		}
	}
	return errs
}

func validateNodeType(path *field.Path, nodeType string) field.ErrorList {
	if errs := matches(path, nodeType, 64, nodeTypePattern, "must be an ElastiCache node type, such as cache.t3.micro"); len(errs) > 0 {
		return errs
	}
	if redis.PreviousGeneration(nodeType) {
		return field.ErrorList{invalid(path, nodeType, "AWS makes no new caches of this previous generation: choose a current one, such as cache.t4g.micro or cache.m7g.large")}
	}
	if redis.NeedsDataTiering(nodeType) {
		return field.ErrorList{invalid(path, nodeType, "r6gd keeps data on disk (data tiering), which is not offered: use cache.r6g or cache.r7g")}
	}
	return nil
}

func validateEngineVersion(path *field.Path, version string) field.ErrorList {
	for _, engine := range redis.Engines() {
		if _, ok := redis.Family(engine, version); ok {
			return nil
		}
	}
	return field.ErrorList{invalid(path, version, "write a version that AWS offers, from 6 on without the patch level: "+knownVersions())}
}

func knownVersions() string {
	return fmt.Sprintf("redis has %s; valkey has %s",
		strings.Join(redis.Versions(redis.EngineRedis), ", "), strings.Join(redis.Versions(redis.EngineValkey), ", "))
}

func validateAuthTokenSecretRef(path *field.Path, ref AuthTokenSecretReference) field.ErrorList {
	errs := validateObjectName(path.Child("name"), ref.Name)
	if ref.Key == "" {
		errs = append(errs, field.Required(path.Child("key"), "the key of the Secret that holds the token"))
	}
	if ref.Key != "" && len(validation.IsConfigMapKey(ref.Key)) > 0 {
		errs = append(errs, invalid(path.Child("key"), ref.Key, "must be a Secret's key: letters, digits, '-', '_' and '.'"))
	}
	if ref.Namespace != nil {
		errs = append(errs, invalid(path.Child("namespace"), *ref.Namespace, "the token is always read from the claim's own namespace: leave namespace out"))
	}
	return errs
}

func validateExisting(path *field.Path, e ExistingCache) field.ErrorList {
	errs := optional(path.Child("replicationGroupId"), e.ReplicationGroupID, validateReplicationGroupID)
	errs = append(errs, optional(path.Child("mode"), e.Mode, oneOf(existingModes))...)
	return append(errs, optional(path.Child("tags"), e.Tags, oneOf(existingTags))...)
}

func validateReplicationGroupID(path *field.Path, id string) field.ErrorList {
	return matches(path, id, 40, appNamePattern, "must be the id of a replication group: lower-case letters, digits and single hyphens between them, a letter first")
}

func validateObjectName(path *field.Path, name string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(path, "the name of a Secret")}
	}
	if len(validation.IsDNS1123Subdomain(name)) > 0 {
		return field.ErrorList{invalid(path, name, "must be a Secret's name: lower-case letters, digits, '-' and '.', at most 253 characters")}
	}
	return nil
}

func validateTimeout(path *field.Path, seconds int32) field.ErrorList {
	if seconds == 0 || seconds >= minTimeout {
		return nil
	}
	return field.ErrorList{invalid(path, seconds, "must be 0 (never close) or at least 20 seconds")}
}

func validateSnapshotName(path *field.Path, name string) field.ErrorList {
	return matches(path, name, 255, snapshotNamePattern, "must be a snapshot's name: letters, digits, '.' and hyphens, a letter first")
}

func validateWindow(parse func(string) (redis.Window, error)) func(*field.Path, string) field.ErrorList {
	return func(path *field.Path, s string) field.ErrorList {
		w, err := parse(s)
		if err != nil {
			return field.ErrorList{invalid(path, s, err.Error())}
		}
		if w.Length() < redis.MinWindow {
			return field.ErrorList{invalid(path, s, "must be at least 60 minutes long")}
		}
		return nil
	}
}

// optional runs a check on a value that may be missing.
func optional[T any](path *field.Path, value *T, check func(*field.Path, T) field.ErrorList) field.ErrorList {
	if value == nil {
		return nil
	}
	return check(path, *value)
}

func between[T cmp.Ordered](least, most T, what string) func(*field.Path, T) field.ErrorList {
	return func(path *field.Path, value T) field.ErrorList {
		if value >= least && value <= most {
			return nil
		}
		return field.ErrorList{invalid(path, value, fmt.Sprintf("must be %v to %v %s", least, most, what))}
	}
}

func oneOf[T ~string](allowed []T) func(*field.Path, string) field.ErrorList {
	return func(path *field.Path, value string) field.ErrorList {
		if slices.Contains(allowed, T(value)) {
			return nil
		}
		return field.ErrorList{field.NotSupported(path, Shorten(value), allowed)}
	}
}

func matches(path *field.Path, value string, most int, pattern *regexp.Regexp, remedy string) field.ErrorList {
	if len(value) > most {
		return field.ErrorList{invalid(path, value, fmt.Sprintf("must have at most %d characters", most))}
	}
	if !pattern.MatchString(value) {
		return field.ErrorList{invalid(path, value, remedy)}
	}
	return nil
}

// invalid is field.Invalid with a long value cut short.
func invalid(path *field.Path, value any, detail string) *field.Error {
	if s, ok := value.(string); ok {
		value = Shorten(s)
	}
	return field.Invalid(path, value, detail)
}

// Shorten a text to what a message can hold, at a whole character, and make
// what is not UTF-8 printable: a message that isn't can't be sent.
func Shorten(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= maxShown {
		return s
	}
	end := maxShown
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
