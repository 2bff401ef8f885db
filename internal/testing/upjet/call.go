package upjet

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
)

// Kinds that the provider reconciles.
const (
	kindReplicationGroup = "ReplicationGroup"
	kindSubnetGroup      = "SubnetGroup"
	kindParameterGroup   = "ParameterGroup"
	kindParameter        = "Parameter"
)

// A call is one reconciliation.
type call struct {
	provider *Provider
	cloud    *aws.Cloud
	options  Options
	tracker  *tracker
	key      string
	kind     string
	external external

	now       time.Time
	mr        *unstructured.Unstructured
	secrets   Secrets
	generated *GeneratedSecret
	events    []Event
	hot       bool // What fails is tried again at once.
}

// external is one kind of resource, as Terraform's provider handles it.
type external interface {
	// read what AWS has, if anything.
	read() (found bool, err error)

	// diff between what was asked and what was read, or with nothing.
	diff(found bool) ([]change, error)

	create() []step
	update(changes []change) []step
	delete() []step

	// atProvider and connection are what was read.
	atProvider() map[string]any
	connection() map[string][]byte
}

// A change of an argument, by Terraform's name.
type change struct {
	argument, from, to string
	forceNew           bool
}

func (p *Provider) call(now time.Time, mr *unstructured.Unstructured, secrets Secrets) *call {
	c := &call{provider: p, options: p.options, now: now, mr: mr, secrets: secrets, kind: kindOf(mr)}
	c.cloud = p.cloud.As(c.kind + " " + strings.TrimPrefix(mr.GetNamespace()+"/"+mr.GetName(), "/"))
	c.key = strings.Join([]string{mr.GroupVersionKind().Group, c.kind, mr.GetNamespace(), mr.GetName(), string(mr.GetUID())}, "/")
	if p.trackers[c.key] == nil {
		p.trackers[c.key] = &tracker{}
	}
	c.tracker = p.trackers[c.key]
	c.external = c.newExternal()
	return c
}

func (c *call) newExternal() external { //nolint:ireturn // One of four kinds.
	switch c.kind {
	case kindReplicationGroup:
		return &replicationGroup{call: c}
	case kindSubnetGroup:
		return &subnetGroup{call: c}
	case kindParameterGroup:
		return &parameterGroup{call: c}
	case kindParameter:
		return &parameter{call: c}
	}
	panic("upjet: not a kind of the provider's: " + c.mr.GroupVersionKind().String())
}

// reconstruct what the provider remembers where it remembers nothing, as upjet
// does (pkg/controller/external_tfpluginsdk.go, Connect and copyParameters). Arguments
// are taken from atProvider, or from the spec while there is none. The token is taken
// from its Secret as it is now. That it was all applied is believed without being known,
// so a token that changed before a restart is never applied, and is published all the
// same. It is no other while a resource is only observed: what AWS does not tell is what
// the spec said at the first look, and is a difference later only where the spec, or the
// Secret, says something else by then.
func (c *call) reconstruct() {
	if c.tracker.known {
		return
	}
	c.tracker.known = true
	from := []string{"status", "atProvider"}
	if m, _, _ := unstructured.NestedMap(c.mr.Object, from...); len(m) == 0 {
		from = []string{"spec", "forProvider"}
	}
	at := func(field string) []string { return append(slices.Clone(from), field) }
	a := &c.tracker.applied
	a.strategy = c.text(at("authTokenUpdateStrategy")...)
	a.finalSnapshot = c.text(at("finalSnapshotIdentifier")...)
	a.snapshotName = c.text(at("snapshotName")...)
	a.applyImmediately = c.boolText(at("applyImmediately")...)
	a.token = c.tokenNow()
}

// tokenNow in the Secret that the spec refers to, nil without a reference. A Secret, or
// its key, that is missing counts as an empty token: upjet, pkg/resource/sensitive.go.
func (c *call) tokenNow() *string {
	namespace, name, key := c.tokenRef()
	if name == "" {
		return nil
	}
	return ptr(c.secretValue(namespace, name, key))
}

// boolText at a path: true, false, or nothing.
func (c *call) boolText(path ...string) string {
	b, found, _ := unstructured.NestedBool(c.mr.Object, path...)
	if !found {
		return ""
	}
	return strconv.FormatBool(b)
}

// text at a path, or nothing.
func (c *call) text(path ...string) string {
	s, _, _ := unstructured.NestedString(c.mr.Object, path...)
	return s
}

// namespaceOf a reference to a Secret: a namespaced resource refers to its own.
func (c *call) namespaceOf(ref ...string) string {
	if ns := c.mr.GetNamespace(); ns != "" {
		return ns
	}
	return c.text(append(ref, "namespace")...)
}

// initialize names the resource, and makes up a token where one is asked for.
func (c *call) initialize() {
	if c.wasDeleted() {
		return
	}
	// The ParameterGroup's name is in its spec; the others' is that of the object.
	if meta.GetExternalName(c.mr) == "" && c.kind != kindParameterGroup {
		meta.SetExternalName(c.mr, c.mr.GetName())
	}
	c.tagItself()
	c.generateToken()
}

// tagItself puts three tags into the spec, unless the resource is only observed: upjet,
// pkg/config/resource.go, Tagger; crossplane-runtime, GetExternalTags. It is one of the
// four kinds, all of which have tags.
func (c *call) tagItself() {
	if c.onlyObserves() {
		return
	}
	gk := c.mr.GroupVersionKind().GroupKind()
	for tag, value := range map[string]string{
		"crossplane-kind": strings.ToLower(gk.String()), "crossplane-name": c.mr.GetName(),
		"crossplane-providerconfig": cmp.Or(c.text("spec", "providerConfigRef", "name"), "default"),
	} {
		_ = unstructured.SetNestedField(c.mr.Object, value, "spec", "forProvider", "tags", tag)
	}
}

// generateToken is provider-aws's PasswordGenerator: 27 letters and digits, and
// only where the key has nothing, whatever other keys of the Secret have. They stay:
// config/namespaced/common and config/cluster/common of provider-aws v2.5.0.
func (c *call) generateToken() {
	on, _, _ := unstructured.NestedBool(c.mr.Object, "spec", "forProvider", "autoGenerateAuthToken")
	namespace, name, key := c.tokenRef()
	if c.kind != kindReplicationGroup || !on || name == "" {
		return
	}
	data := c.secrets(namespace, name)
	if len(data[key]) > 0 {
		return
	}
	c.generated = &GeneratedSecret{Namespace: namespace, Name: name, Key: key, Value: c.newToken(key), Owned: data == nil}
}

func (c *call) newToken(key string) []byte {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(c.options.Seed + "/" + c.key + "/" + key))
	n := new(big.Int).SetBytes(sum[:])
	out := make([]byte, 27)
	for i := range out {
		var digit big.Int
		n.DivMod(n, big.NewInt(int64(len(alphabet))), &digit)
		out[i] = alphabet[digit.Int64()]
	}
	return out
}

func (c *call) tokenRef() (namespace, name, key string) {
	ref := []string{"spec", "forProvider", "authTokenSecretRef"}
	return c.namespaceOf(ref...), c.text(append(ref, "name")...), c.text(append(ref, "key")...)
}

// secretValue that a reference names. One that is missing is empty, and no error.
func (c *call) secretValue(namespace, name, key string) string {
	if g := c.generated; g != nil && g.Namespace == namespace && g.Name == name && g.Key == key {
		return string(g.Value)
	}
	return string(c.secrets(namespace, name)[key])
}

// observe what AWS has, and how it differs from what is asked.
func (c *call) observe() (bool, []change, error) {
	// A state that was found is kept, whatever the name becomes: upjet
	// external_tfpluginsdk.go, Connect and Observe.
	if name := meta.GetExternalName(c.mr); c.tracker.id == "" || (!c.tracker.known && name != "") {
		c.tracker.id = name
	}
	found := false
	if c.tracker.id != "" {
		var err error
		if found, err = c.external.read(); err != nil {
			return false, nil, diagnose("failed to observe the resource", err)
		}
	}
	c.tracker.known = found // What is not there has no state.
	if c.onlyObserves() {
		return found, nil, nil // Nothing is validated or compared.
	}
	changes, err := c.external.diff(found)
	if err != nil {
		return found, nil, fmt.Errorf("cannot compute the instance diff: failed to get *terraform.InstanceDiff: %w", err)
	}
	if found && c.allows(xpv1.ManagementActionLateInitialize) {
		meta.SetExternalName(c.mr, c.tracker.id)
	}
	return found, changes, nil
}

func (c *call) setAtProvider() {
	// It is all of JSON's types, so that it can be set.
	_ = unstructured.SetNestedMap(c.mr.Object, c.external.atProvider(), "status", "atProvider")
}

// spec is the forProvider.
func (c *call) spec(field string) string { return c.text("spec", "forProvider", field) }

func (c *call) region() string { return c.spec("region") }

func (c *call) has(field string) bool {
	_, found, _ := unstructured.NestedFieldNoCopy(c.mr.Object, "spec", "forProvider", field)
	return found
}

func (c *call) bool(field string) bool {
	b, _, _ := unstructured.NestedBool(c.mr.Object, "spec", "forProvider", field)
	return b
}

// int of a number, which JSON may have read as either type.
func (c *call) int(field string) int {
	v, _, _ := unstructured.NestedFieldNoCopy(c.mr.Object, "spec", "forProvider", field)
	switch n := v.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 0
}

func (c *call) list(field string) []string {
	l, _, _ := unstructured.NestedStringSlice(c.mr.Object, "spec", "forProvider", field)
	return l
}

func (c *call) tags() map[string]string {
	m, _, _ := unstructured.NestedStringMap(c.mr.Object, "spec", "forProvider", "tags")
	return m
}
