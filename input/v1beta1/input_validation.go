package v1beta1

import (
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// Kinds of ProviderConfig that a namespaced resource may be made with.
const (
	ClusterProviderConfig = "ClusterProviderConfig"
	ProviderConfig        = "ProviderConfig"
)

// maxPath keeps the parameter's ARN below SSM's 1,011 characters, whatever the
// names behind the prefix.
const maxPath = 512

const (
	defaultTTL = 10 * time.Minute

	// minTTL is what caches have that are not settled.
	minTTL = time.Minute

	// maxTTL is how often Crossplane looks at everything anyhow. A TTL of 0 would leave it
	// at that, but for the other functions of a pipeline it means nothing, so it is
	// refused: 3600 says the same.
	maxTTL = time.Hour
)

var (
	prefixPattern   = regexp.MustCompile(`^(/[a-zA-Z0-9_.-]+){1,10}$`)
	versionsPattern = regexp.MustCompile(`^[0-9x.*?]+$`)
)

// Validate the Input on its own, but for its defaults and tags: no cache that runs
// may suffer from those. What is wrong here stops every cache.
func (in *Input) Validate() field.ErrorList {
	root := field.NewPath("input")
	var errs field.ErrorList
	if in.APIVersion != APIVersion || in.Kind != Kind {
		errs = append(errs, field.Invalid(root.Child("kind"), in.APIVersion+" "+in.Kind, fmt.Sprintf("must be %s %s", APIVersion, Kind)))
	}
	if in.Region != nil {
		errs = append(errs, v1alpha1.ValidateRegion(root.Child("region"), *in.Region)...)
	}
	errs = append(errs, in.ProviderConfigRef.validate(root.Child("providerConfigRef"))...)
	errs = append(errs, in.Limits.validate(root.Child("limits"))...)
	errs = append(errs, in.ParameterStore.validate(root.Child("parameterStore"))...)
	if ttl := in.RestTTL(); ttl < minTTL || ttl > maxTTL {
		errs = append(errs, field.Invalid(root.Child("ttl"), *in.TTL, fmt.Sprintf("must be %.0f to %.0f seconds: write %.0f for the longest, or leave it out for %.0f", minTTL.Seconds(), maxTTL.Seconds(), maxTTL.Seconds(), defaultTTL.Seconds())))
	}
	return errs
}

// RestTTL is how long Crossplane may leave a settled cache alone: 10 minutes unless the
// Input says otherwise.
func (in *Input) RestTTL() time.Duration {
	if in.TTL == nil {
		return defaultTTL
	}
	return time.Duration(min(*in.TTL, math.MaxInt32)) * time.Second
}

// Allow checks a complete spec against the platform's limits.
func (l *Limits) Allow(spec *v1alpha1.XRedisSpec, root *field.Path) field.ErrorList {
	if l == nil {
		return nil
	}
	var errs field.ErrorList
	errs = append(errs, allow(root.Child("nodeType"), spec.NodeType, "nodeTypes", l.NodeTypes)...)
	errs = append(errs, allow(root.Child("engine"), spec.Engine, "engines", l.Engines)...)
	errs = append(errs, allow(root.Child("engineVersion"), spec.EngineVersion, "engineVersions", l.EngineVersions)...)
	errs = append(errs, allow(root.Child("region"), spec.Region, "regions", l.Regions)...)
	errs = append(errs, allow(root.Child("deletionPolicy"), spec.DeletionPolicy, "deletionPolicies", l.DeletionPolicies)...)
	if l.MaxCacheNodes != nil && *spec.NumCacheNodes > *l.MaxCacheNodes {
		errs = append(errs, field.Invalid(root.Child("numCacheNodes"), *spec.NumCacheNodes, fmt.Sprintf("input.limits.maxCacheNodes of the platform allows at most %d: ask for fewer, or ask the platform team", *l.MaxCacheNodes)))
	}
	if l.MinSnapshotRetentionLimit != nil && *spec.SnapshotRetentionLimit < *l.MinSnapshotRetentionLimit {
		errs = append(errs, field.Invalid(root.Child("snapshotRetentionLimit"), *spec.SnapshotRetentionLimit, fmt.Sprintf("input.limits.minSnapshotRetentionLimit of the platform requires %d or more days of backups: set snapshotRetentionLimit to that, or ask the platform team", *l.MinSnapshotRetentionLimit)))
	}
	if ptr.Deref(l.RequireTransitEncryption, false) && *spec.TransitEncryption != v1alpha1.TransitEncryptionRequired {
		errs = append(errs, field.Invalid(root.Child("transitEncryption"), *spec.TransitEncryption, "input.limits.requireTransitEncryption of the platform requires TLS: set transitEncryption: Required"))
	}
	if ptr.Deref(l.RequireAuthToken, false) && !*spec.EnableAuthToken {
		errs = append(errs, field.Invalid(root.Child("enableAuthToken"), false, "input.limits.requireAuthToken of the platform requires AUTH: set enableAuthToken: true"))
	}
	if ptr.Deref(l.RequireDeletionProtection, false) && !*spec.DeletionProtection {
		errs = append(errs, field.Invalid(root.Child("deletionProtection"), false, "input.limits.requireDeletionProtection of the platform requires it: set deletionProtection: true, or ask the platform team"))
	}
	return errs
}

// allow a value that one of the globs of a limit matches. No globs allow all.
func allow(at *field.Path, value *string, limit string, globs []string) field.ErrorList {
	if value == nil || len(globs) == 0 || slices.ContainsFunc(globs, func(glob string) bool {
		ok, _ := path.Match(glob, *value)
		return ok
	}) {
		return nil
	}
	return field.ErrorList{field.Invalid(at, *value, fmt.Sprintf("input.limits.%s of the platform allows only %s: choose one of these, or ask the platform team", limit, strings.Join(globs, ", ")))}
}

func (l *Limits) validate(root *field.Path) field.ErrorList {
	if l == nil {
		return nil
	}
	var errs field.ErrorList
	for i, glob := range l.NodeTypes {
		if !isGlob(glob) || !strings.HasPrefix(glob, "cache.") {
			errs = append(errs, field.Invalid(root.Child("nodeTypes").Index(i), glob, "must be a node type or a glob of node types, such as cache.t4g.*"))
		}
	}
	for i, glob := range l.EngineVersions {
		if !versionsPattern.MatchString(glob) {
			errs = append(errs, field.Invalid(root.Child("engineVersions").Index(i), glob, "must be an engine version or a glob of engine versions, such as 7.*"))
		}
	}
	for i, region := range l.Regions {
		errs = append(errs, v1alpha1.ValidateRegion(root.Child("regions").Index(i), region)...)
	}
	errs = append(errs, known(root.Child("engines"), l.Engines, redis.Engines())...)
	errs = append(errs, known(root.Child("deletionPolicies"), l.DeletionPolicies, []string{v1alpha1.DeletionPolicyDelete, v1alpha1.DeletionPolicyOrphan})...)
	if nodes := ptr.Deref(l.MaxCacheNodes, 1); nodes < 1 || nodes > v1alpha1.MaxCacheNodes {
		errs = append(errs, field.Invalid(root.Child("maxCacheNodes"), nodes, fmt.Sprintf("must be 1 to %d nodes", v1alpha1.MaxCacheNodes)))
	}
	if days := ptr.Deref(l.MinSnapshotRetentionLimit, 0); days < 0 || days > v1alpha1.MaxSnapshotRetentionLimit {
		errs = append(errs, field.Invalid(root.Child("minSnapshotRetentionLimit"), days, fmt.Sprintf("must be 0 to %d days", v1alpha1.MaxSnapshotRetentionLimit)))
	}
	return errs
}

// known values, each of them.
func known[T ~string](at *field.Path, values []string, all []T) field.ErrorList {
	var errs field.ErrorList
	for i, v := range values {
		if !slices.Contains(all, T(v)) {
			errs = append(errs, field.NotSupported(at.Index(i), T(v), all))
		}
	}
	return errs
}

func (r *ProviderConfigReference) validate(root *field.Path) field.ErrorList {
	if r == nil {
		return nil
	}
	var errs field.ErrorList
	if len(validation.IsDNS1123Subdomain(r.Name)) > 0 {
		errs = append(errs, field.Invalid(root.Child("name"), r.Name, "must be the name of a ProviderConfig"))
	}
	if k := ptr.Deref(r.Kind, ClusterProviderConfig); k != ClusterProviderConfig && k != ProviderConfig {
		errs = append(errs, field.NotSupported(root.Child("kind"), k, []string{ClusterProviderConfig, ProviderConfig}))
	}
	return errs
}

func (p *ParameterStore) validate(root *field.Path) field.ErrorList {
	if p == nil {
		return nil
	}
	var errs field.ErrorList
	if p.KMSKeyID != nil && *p.KMSKeyID == "" {
		errs = append(errs, field.Required(root.Child("kmsKeyId"), "leave it out for AWS's own key"))
	}
	if p.PathPrefix != nil && (len(*p.PathPrefix) > maxPath || !prefixPattern.MatchString(*p.PathPrefix)) {
		errs = append(errs, field.Invalid(root.Child("pathPrefix"), *p.PathPrefix, "must be 1 to 10 levels such as /platform, of letters, digits and _.- and no slash at the end"))
	}
	if p.PathPrefix != nil && redis.ReservedPath(*p.PathPrefix) {
		errs = append(errs, field.Invalid(root.Child("pathPrefix"), *p.PathPrefix, "Parameter Store reserves names that begin with aws or ssm: choose another prefix"))
	}
	return errs
}
