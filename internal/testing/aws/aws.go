// Package aws is a model of the part of AWS that a cache is made of:
// ElastiCache's replication groups, subnet groups, parameter groups and
// snapshots, and Parameter Store. It is deterministic: time is given, operations
// take as long as they are told to, and nothing is drawn at random.
//
// It is strict. Where AWS's documentation says that something is not allowed, it
// is refused here with AWS's error, whether or not anybody has seen AWS refuse it.
// Each rule names where it comes from. The model knows nothing of the function
// that is tested with it.
package aws

import (
	"fmt"
	"sync"
	"time"
)

// A Cloud is one account, in all its regions, as one caller has it.
type Cloud struct {
	*shared

	by string
}

// As is the same account, as another caller has it: its requests are logged under this
// name.
func (c *Cloud) As(by string) *Cloud { return &Cloud{shared: c.shared, by: by} }

// shared is what all callers share.
type shared struct {
	mu      sync.Mutex
	options Options
	now     time.Time

	groups          map[key]*group
	subnetGroups    map[key]*SubnetGroup
	parameterGroups map[key]*ParameterGroup
	snapshots       map[key]*Snapshot
	parameters      map[key]*Parameter
	memcached       map[key]string // Clusters that others have made, and the subnet group of each.

	log      []Request
	reads    map[string]int
	requests int
	faults   []*fault
	losses   []*loss
	slow     []*slowness
	failing  map[Step]int
}

// key of a resource: names are unique in a region.
type key struct{ region, name string }

// Options of a Cloud. The zero value is usable.
type Options struct {
	// Durations of the steps of operations; what is missing takes its default.
	Durations map[Step]time.Duration

	// Engine runs real servers behind the groups, if there is one.
	Engine Engine

	// VPC that a subnet is in, and whether there is such a subnet. By default
	// every subnet is in vpc-123.
	VPC func(subnet string) (vpc string, exists bool)

	// Zone that a subnet is in. By default each subnet is in one of its own.
	Zone func(subnet string) string

	// Versions that can be had, newest patch last. By default those of versions.go.
	Versions map[string][]Version

	// RefuseSubnetInUse refuses to take a subnet from a group whose nodes are in it,
	// as AWS does ("SubnetInUse"). The nodes of the model are spread over the
	// subnets in the order of their names.
	RefuseSubnetInUse bool

	// Account is the number in ARNs.
	Account string
}

// A Step is a part of an operation that takes time of its own. A modification of
// several things goes through several steps at once: in between some are done
// and some are not.
type Step string

// Steps of operations.
const (
	StepCreate   Step = "create"
	StepSettings Step = "settings" // Windows, retention, description, security groups, policies.
	StepGroup    Step = "parameter-group"
	StepNodeType Step = "node-type"
	StepScale    Step = "scale"
	StepFailover Step = "failover" // Failover and multi-AZ.
	StepTLS      Step = "tls"
	StepAuth     Step = "auth"
	StepUpgrade  Step = "upgrade"
	StepDelete   Step = "delete"
)

// defaultDurations are short beside AWS's own, which are minutes, but long
// beside a reconciliation, which is what matters.
var defaultDurations = map[Step]time.Duration{
	StepCreate:   20 * time.Second,
	StepSettings: time.Second,
	StepGroup:    5 * time.Second,
	StepNodeType: 20 * time.Second,
	StepScale:    15 * time.Second,
	StepFailover: 5 * time.Second,
	StepTLS:      10 * time.Second,
	StepAuth:     10 * time.Second,
	StepUpgrade:  20 * time.Second,
	StepDelete:   10 * time.Second,
}

// Engine runs servers behind the replication groups. The model calls it, under
// its lock, whenever what clients see has changed.
type Engine interface {
	// Apply what clients are to see of a group.
	Apply(id string, s Serving)

	// Delete the servers of a group.
	Delete(id string)
}

// Serving is what clients see of a group.
type Serving struct {
	Endpoints    []Endpoint // All that serve.
	Engine       string
	Version      string // In full, as in 7.1.0.
	TLS          TLSMode
	Tokens       []string // All that are accepted, oldest first.
	Passwordless bool     // Clients without a token are accepted.
	Parameters   map[string]string
	Nodes        int
	NodeType     string
}

// New is an empty account at a point in time.
func New(now time.Time, o Options) *Cloud {
	return &Cloud{shared: &shared{
		options:         o,
		now:             now,
		groups:          map[key]*group{},
		subnetGroups:    map[key]*SubnetGroup{},
		parameterGroups: map[key]*ParameterGroup{},
		snapshots:       map[key]*Snapshot{},
		parameters:      map[key]*Parameter{},
		memcached:       map[key]string{},
		reads:           map[string]int{},
		failing:         map[Step]int{},
	}}
}

// Now is the time that the model was last advanced to.
func (c *Cloud) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Cloud) vpc(subnet string) (string, bool) {
	if c.options.VPC == nil {
		return "vpc-123", true
	}
	return c.options.VPC(subnet)
}

func (c *Cloud) zone(subnet string) string {
	if c.options.Zone == nil {
		return subnet
	}
	return c.options.Zone(subnet)
}

// arn of a resource.
func (c *Cloud) arn(service, region, resource string) string {
	account := c.options.Account
	if account == "" {
		account = "111122223333"
	}
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, region, account, resource)
}
