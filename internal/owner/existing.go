package owner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

var existingID = field.NewPath("spec", "existing", "replicationGroupId") //nolint:gochecknoglobals // A constant.

// Exists is an error of a cache that can't be made, because AWS has something under one
// of its names that this composite did not make.
type Exists struct{ message string }

// Error says what exists, and what to do.
func (e Exists) Error() string { return e.message }

// Existing are the resources, by their names in the pipeline, under whose names AWS has
// what something else made. Nothing of it is changed.
type Existing []string

// Adopt what AWS has, and was found under the composite's names, if it is the composite's
// own or the claim takes it over: a cache of which the composite knows the endpoint, the
// groups that AWS says it uses, and the parameter that has its URL. Nothing counts before
// the answer about the cache that the claim asks for.
func Adopt(xr *protocol.XR, o resources.Observed) Existing {
	if xr.Status.Endpoint != "" && o[resources.ReplicationGroup].TookBlindly() {
		o.Disbelieve()
	}
	rg := o[resources.ReplicationGroup]
	if !rg.InAWS() && (rg.Answer() == resources.Unknown || !isAsked(rg, xr)) {
		return nil
	}
	if rg.Answer() == resources.Found && rg.AuthIsKnown() && (isOwn(rg, xr) || isNamed(rg, xr)) {
		o.Adopt(resources.ReplicationGroup)
	}
	return adoptParts(xr, o)
}

// adoptParts of a cache: the groups that it uses and its parameter. What else was found is
// left.
func adoptParts(xr *protocol.XR, o resources.Observed) Existing {
	var out Existing
	for _, name := range slices.Sorted(maps.Keys(o)) {
		switch {
		case o[name].Answer() != resources.Found || o[name].Adopted():
		case name == resources.ForeignGroup && !o[resources.ReplicationGroup].Uses(o[name]): // It is used no longer.
		case name == resources.ReplicationGroup && (isOwn(o[name], xr) || isNamed(o[name], xr)): // Its AUTH is not known yet.
		case name != resources.ReplicationGroup && belongs(name, xr, o):
			o.Adopt(name)
		default:
			out = append(out, name)
		}
	}
	return out
}

// isOwn reports whether a cache is one that the composite has seen before: somebody
// deleted its managed resource, and left it in AWS.
func isOwn(rg resources.Resource, xr *protocol.XR) bool {
	return xr.Status.Endpoint != "" && xr.Status.Endpoint == rg.Endpoint()
}

// isAsked reports whether a cache is the one that the claim asks for now: the id can be
// another one from edit to edit.
func isAsked(rg resources.Resource, xr *protocol.XR) bool {
	if xr.Spec.Existing != nil {
		return isNamed(rg, xr)
	}
	return redis.IsClusterID(rg.ExternalName(), xr.Spec.AppName, xr.Spec.Environment)
}

// isNamed reports whether a cache is the one that the claim takes over.
func isNamed(rg resources.Resource, xr *protocol.XR) bool {
	return xr.Spec.Existing != nil && rg.ExternalName() == resources.ExistingID(&xr.XRedis)
}

// belongs reports whether what was found belongs to the cache.
func belongs(name string, xr *protocol.XR, o resources.Observed) bool {
	r, rg := o[name], o[resources.ReplicationGroup]
	switch {
	case !rg.InAWS():
		return false
	case name == resources.URLParameter:
		digest, _, _ := strings.Cut(r.WrittenRevision(), ".")
		url := connection.Published(xr, o).URL()
		return o.TakenOver() || (!url.IsEmpty() && digest == url.Digest(string(xr.GetUID())))
	}
	return rg.Uses(r)
}

// Refuse to make a cache while AWS has anything under its names.
func (e Existing) Refuse(xr *protocol.XR, o resources.Observed, cache redis.Fixed) error {
	rg := o[resources.ReplicationGroup]
	switch {
	case rg.InAWS():
		return nil
	case xr.Spec.Existing != nil && rg.Answer() == resources.Missing && rg.ExternalName() == cache.ClusterID:
		return field.Invalid(existingID, cache.ClusterID, fmt.Sprintf(
			"AWS has no replication group of this id in %s, in the account of the ProviderConfig %q: write the id of one that exists there (aws elasticache describe-replication-groups --region %s), or leave spec.existing out for a new cache. A Memcached or single-node cache cluster is not a replication group, and a replication group that AWS is deleting does not count",
			cache.Region, cache.Account.Name, cache.Region))
	case len(e) == 0:
		return nil
	}
	return Exists{strings.Join(e.Problems(o, cache), "\n")}
}

// Problems say what exists, and what to do about it. What exists beside a cache goes with
// the cache.
func (e Existing) Problems(o resources.Observed, cache redis.Fixed) []string {
	if slices.Contains(e, resources.ReplicationGroup) {
		return []string{e.cache(o, cache)}
	}
	var out []string
	for _, name := range e {
		out = append(out, fmt.Sprintf("The %s exists in %s, and was not made by this XRedis (tags: %s). Nothing of it is changed. Delete it in AWS (%s), or choose another appName or environment.",
			inWords(name, o), cache.Region, tagsInWords(o[name].ReportedTags()), deletion(name, o[name].ExternalName(), cache.Region)))
	}
	return out
}

// cache that exists, and the rest.
func (e Existing) cache(o resources.Observed, cache redis.Fixed) string {
	rg := o[resources.ReplicationGroup]
	out := fmt.Sprintf("The %s exists in %s, and was not made by this XRedis (%s %s, %s, nodes: %d; tags: %s).", inWords(resources.ReplicationGroup, o), cache.Region,
		rg.Text("status", "atProvider", "engine"), cmp.Or(rg.Text("status", "atProvider", "engineVersionActual"), rg.Text("status", "atProvider", "engineVersion")),
		rg.Text("status", "atProvider", "nodeType"), int(rg.Number("status", "atProvider", "numCacheClusters")), tagsInWords(rg.ReportedTags()))
	var others []string
	for _, name := range e {
		if name != resources.ReplicationGroup {
			others = append(others, "the "+inWords(name, o))
		}
	}
	if len(others) > 0 {
		out += " So does " + strings.Join(others, ", and ") + "."
	}
	return out + " Nothing in AWS is changed. To take the cache over, set spec.existing.mode to Preview, and read status.changes. For a new cache choose another appName or environment."
}

// inWords is a resource's kind and name in AWS.
func inWords(name string, o resources.Observed) string {
	return fmt.Sprintf("%s %q", kindInWords(name), o[name].ExternalName())
}

func kindInWords(name string) string {
	switch name {
	case resources.ReplicationGroup:
		return "replication group"
	case resources.URLParameter:
		return "parameter"
	}
	if strings.HasPrefix(name, resources.SubnetGroup) {
		return "subnet group"
	}
	return "parameter group"
}

// deletion is the command that deletes what exists.
func deletion(name, externalName, region string) string {
	command := map[string]string{
		"parameter":       "ssm delete-parameter --name",
		"subnet group":    "elasticache delete-cache-subnet-group --cache-subnet-group-name",
		"parameter group": "elasticache delete-cache-parameter-group --cache-parameter-group-name",
	}[kindInWords(name)]
	return fmt.Sprintf("aws %s %s --region %s", command, externalName, region)
}

// tagsInWords are at most some tags, those first that say who made a resource.
func tagsInWords(tags map[string]string) string {
	const most = 5
	keys := slices.SortedFunc(maps.Keys(tags), func(a, b string) int {
		return cmp.Or(cmp.Compare(saysWho(a), saysWho(b)), cmp.Compare(a, b))
	})
	var out []string
	for _, key := range keys[:min(most, len(keys))] {
		out = append(out, key+"="+v1alpha1.Shorten(tags[key]))
	}
	if len(keys) > most {
		out = append(out, fmt.Sprintf("and %d more", len(keys)-most))
	}
	return cmp.Or(strings.Join(out, ", "), "none")
}

// saysWho is 0 for a tag that says who made a resource, 1 for the others.
func saysWho(key string) int {
	if slices.Contains([]string{"ManagedBy", "crossplane-name", "crossplane-kind"}, key) {
		return 0
	}
	return 1
}
