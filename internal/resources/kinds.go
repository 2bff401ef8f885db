package resources

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// The names of the composed resources in the pipeline, and the beginning of the
// parameter groups'. They are API: Crossplane deletes and recreates a resource
// whose name changes.
const (
	SubnetGroup          = "subnet-group"
	ReplicationGroup     = "replication-group"
	URLParameter         = "url-parameter"
	ConnectionSecret     = "connection-secret"
	AuthTokens           = "auth-tokens"
	DeletionProtection   = "deletion-protection"
	ForeignGroup         = "foreign-parameter-group"
	subnetGroupPrefix    = SubnetGroup + "-"
	parameterGroupPrefix = "parameter-group-"
)

// ParameterGroup is the name of the parameter group of a family. A cache that
// moves to a new family has two for a while.
func ParameterGroup(family string) string { return parameterGroupPrefix + family }

// SubnetGroupOf is the name of a subnet group, by the digest that sets it apart. The
// first has none. Another is made beside it, under another name in AWS too, where the
// first is in the wrong VPC: AWS does not move a subnet group.
func SubnetGroupOf(digest string) string {
	if digest == "" {
		return SubnetGroup
	}
	return subnetGroupPrefix + digest
}

// subnetGroupDigest of the name of a subnet group, and whether it is one.
func subnetGroupDigest(name string) (digest string, ok bool) {
	if name == SubnetGroup {
		return "", true
	}
	digest, ok = strings.CutPrefix(name, subnetGroupPrefix)
	return digest, ok && redis.IsDigest(digest)
}

// Kind of the resource of a name, in a flavour, and whether this function makes one
// of such a name.
func Kind(name string, flavour v1alpha1.Flavour) (kind schema.GroupVersionKind, ours bool) {
	if strings.HasPrefix(name, parameterGroupPrefix) || name == ForeignGroup {
		return parameterGroupKinds[flavour], true
	}
	if _, is := subnetGroupDigest(name); is {
		return subnetGroupKinds[flavour], true
	}
	switch name {
	case ReplicationGroup:
		return replicationGroupKinds[flavour], true
	case URLParameter:
		return parameterKinds[flavour], true
	case ConnectionSecret, AuthTokens:
		return corev1.SchemeGroupVersion.WithKind("Secret"), true
	case DeletionProtection:
		return usageKind, true
	}
	return schema.GroupVersionKind{}, false
}

// ManagedKinds are those of all resources that AWS knows, the replication group's first.
func ManagedKinds(flavour v1alpha1.Flavour) []schema.GroupVersionKind {
	var out []schema.GroupVersionKind
	for _, name := range []string{ReplicationGroup, SubnetGroup, ParameterGroup(""), URLParameter} {
		kind, _ := Kind(name, flavour)
		out = append(out, kind)
	}
	return out
}

// known reports whether a name is one that this function makes, whatever there is. A
// parameter group of a family that it does not know may be anybody's.
func known(name string) bool {
	family, isGroup := strings.CutPrefix(name, parameterGroupPrefix)
	_, ours := Kind(name, v1alpha1.Claims)
	return ours && (!isGroup || slices.Contains(redis.Families(), family))
}
