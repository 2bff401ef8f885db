package policy

import (
	"k8s.io/utils/ptr"

	"github.com/crossplane-contrib/function-xredis/input/v1beta1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// defaultProviderConfig is the name that the provider itself falls back to.
const defaultProviderConfig = "default"

// Asked is what a claim and its platform ask for, beside the completed spec.
type Asked struct {
	redis.Fixed

	// Config but for the token, which may have to be looked up.
	Config redis.Config

	// ParameterKMSKeyID encrypts the URL's parameter, nil for AWS's own key.
	ParameterKMSKeyID *string

	// ClaimTags are those of the claim alone.
	ClaimTags map[string]string

	// Refused is what a running cache can't be given.
	Refused []redis.Refusal

	// Cannot is what of the claim keeps a cache from being taken over, and OfAWS are the
	// fields that have a value of AWS's as long as it is not, by their names.
	Cannot, OfAWS []string

	// Keeps are the fields of such a cache with a value that a new one would not have.
	Keeps []string

	// Origins are the places that fields of the spec are from, by their names, where the
	// claim leaves them out.
	Origins map[string]string

	// Waits is what a new cache waits for, before anything of it is made.
	Waits []string

	// Notes on what the claim leaves out.
	Notes []string
}

// asked by a spec that is complete and valid.
func (c *completion) asked(refused []redis.Refusal) Asked {
	xr, in := c.xr, c.in
	return Asked{
		Fixed: redis.Fixed{
			ClusterID:          clusterID(xr, c.observed),
			ParameterStorePath: parameterStorePath(xr, in),
			Region:             ptr.Deref(xr.Spec.Region, ""),
			VPCID:              xr.Spec.VPCID,
			KMSKeyID:           ptr.Deref(xr.Spec.KMSKeyID, ""),
			SnapshotName:       snapshotName(xr, c.observed),
			Port:               redis.Port,
			Account:            account(xr, in),
		},
		Config: redis.Config{
			Engine:        redis.Engine(*xr.Spec.Engine),
			EngineVersion: *xr.Spec.EngineVersion,
			TLS:           redis.TLS(*xr.Spec.TransitEncryption),
		},
		ClaimTags:         c.claimTags(),
		ParameterKMSKeyID: ptr.Deref(in.ParameterStore, v1beta1.ParameterStore{}).KMSKeyID,
		Refused:           refused,
		Cannot:            c.cannot,
		OfAWS:             c.ofAWS(),
		Keeps:             c.keepings(),
		Origins:           c.origins,
		Waits:             c.waits,
		Notes:             c.notes,
	}
}

// claimTags are those of the claim, none where they are wrong and the cache keeps its own.
func (c *completion) claimTags() map[string]string {
	if c.kept["tags"] {
		return nil
	}
	return c.claim.Tags
}

// clusterID is the id that exists if it is one of this app and environment, in whatever
// form, or was taken over; else the one that the claim names, or that it is given.
func clusterID(xr *protocol.XR, o resources.Observed) string {
	id := o.ClusterID()
	switch {
	case o.TakenOver():
		return id
	case xr.Spec.Existing != nil && !o[resources.ReplicationGroup].InAWS():
		return resources.ExistingID(&xr.XRedis)
	}
	if redis.IsClusterID(id, xr.Spec.AppName, xr.Spec.Environment) {
		return id
	}
	return redis.ClusterID(xr.Spec.AppName, xr.Spec.Environment)
}

// snapshotName that a new cache is restored from, empty for one that is taken over.
func snapshotName(xr *protocol.XR, o resources.Observed) string {
	if o.TakenOver() || (xr.Spec.Existing != nil && !o[resources.ReplicationGroup].InAWS()) {
		return ""
	}
	return ptr.Deref(xr.Spec.SnapshotName, "")
}

// parameterStorePath that the claim's URL is published at.
func parameterStorePath(xr *protocol.XR, in *v1beta1.Input) string {
	prefix := ptr.Deref(in.ParameterStore, v1beta1.ParameterStore{}).PathPrefix
	return redis.ParameterStorePath(ptr.Deref(prefix, ""), xr.Spec.AppName, xr.Spec.Environment)
}

// account of all resources, in which a ProviderConfig of a cluster-scoped resource has
// no kind.
func account(xr *protocol.XR, in *v1beta1.Input) redis.Account {
	ref := ptr.Deref(in.ProviderConfigRef, v1beta1.ProviderConfigReference{Name: defaultProviderConfig})
	if !xr.Namespaced() {
		return redis.Account{Name: ref.Name}
	}
	return redis.Account{Kind: ptr.Deref(ref.Kind, v1beta1.ClusterProviderConfig), Name: ref.Name}
}
