package redis

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

const (
	// Port every cache listens on. The Terraform module fixed it, and so do we:
	// it can't be changed on a running cache.
	Port = 6379

	// maxClusterID is the longest replication group id that AWS accepts.
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
	maxClusterID = 40

	// hashLength is how many hexadecimal characters tell names apart that were
	// cut to the same prefix: 32 bits, for the handful of names that are cut.
	hashLength = 8
)

// ClusterID is the replication group's id: <app>-<environment>-redis. It has a hash
// at its end where the names alone would not make it one cache's own, because a
// hyphen in the environment could be the end of the app's name as well, and where
// AWS would find it too long, and it is cut.
func ClusterID(app, environment string) string {
	id := plainClusterID(app, environment)
	if len(id) <= maxClusterID && !strings.Contains(environment, "-") {
		return id
	}
	// The separator is one that neither name can hold.
	return cut(id, app+"/"+environment, maxClusterID)
}

// IsClusterID reports whether a cache was given its id for an app and environment:
// today's, or the one without a hash that a running cache may still have.
func IsClusterID(id, app, environment string) bool {
	return id == ClusterID(app, environment) || id == plainClusterID(app, environment)
}

func plainClusterID(app, environment string) string { return app + "-" + environment + "-redis" }

// ParameterGroupName is the name of the cache's parameter group of one family.
// The family is in it because a major upgrade needs the old and the new group
// side by side, and AWS allows no dot.
func ParameterGroupName(clusterID, family string) string {
	return clusterID + "-" + strings.ReplaceAll(family, ".", "-")
}

// SubnetGroupName is the name of the cache's subnet group: the cache's own id, and a
// digest for one that was made in place of another.
func SubnetGroupName(clusterID, digest string) string {
	if digest == "" {
		return clusterID
	}
	return clusterID + "-" + digest
}

// NetworkDigest tells one VPC and its subnets from another, whatever their order.
func NetworkDigest(vpc string, subnets []string) string {
	return Digest(vpc + "/" + strings.Join(slices.Sorted(slices.Values(subnets)), "/"))
}

// ParameterStorePath is where the URL is published: /<app>/<environment>/redis/url,
// below the platform's prefix if it has one.
func ParameterStorePath(prefix, app, environment string) string {
	return prefix + "/" + app + "/" + environment + "/redis/url"
}

// ReservedPath reports whether Parameter Store keeps a path to itself.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
func ReservedPath(path string) bool {
	first := strings.ToLower(strings.TrimPrefix(path, "/"))
	return strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm")
}

// FinalSnapshotName names the snapshot that is taken when the cache is deleted.
// AWS refuses a name that is in use, and would then not delete the cache, so the uid
// must be one that no other cache of that id has had.
func FinalSnapshotName(clusterID, uid string) string {
	short, _, _ := strings.Cut(uid, "-")
	if short == "" {
		return clusterID + "-final"
	}
	return clusterID + "-final-" + short
}

// SecretName is the name of a Secret that belongs to the composite, such as the
// one that holds a generated token.
func SecretName(composite, suffix string) string {
	const maxName = 253 // A DNS subdomain, https://www.rfc-editor.org/rfc/rfc1123.
	name := composite + "-" + suffix
	if len(name) <= maxName {
		return name
	}
	return cut(composite, composite, maxName-len(suffix)-1) + "-" + suffix
}

// Digest is a short fingerprint of a name, in hexadecimal. It is for noticing a
// change, and too short to tell anything of what it was made from. That of a secret
// is salted: see Secret.Digest.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:hashLength]
}

// IsDigest reports whether a text has the form of a Digest.
func IsDigest(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == hashLength && s == strings.ToLower(s)
}

// cut name to a length with a digest of unique at its end.
func cut(name, unique string, length int) string {
	return strings.TrimRight(name[:min(len(name), length-hashLength-1)], "-.") + "-" + Digest(unique)
}
