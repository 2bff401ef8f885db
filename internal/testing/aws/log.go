package aws

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A Request that changes something, as it was logged.
type Request struct {
	Time     time.Time
	Region   string
	Name     string   // As in ModifyReplicationGroup.
	Resource string   // The name of what it is about.
	Fields   []string // What it asks to change, sorted; no values, which may be secret.
	Error    *Error   // Nil if it was accepted.
	Injected bool     // The error was asked for by the test.
	By       string   // Who asked: the name that the caller gave to As.
	ByHand   bool     // It did not come from the provider.
}

// Refused reports whether AWS's rules do not allow a request of the provider.
func (r Request) Refused() bool { return r.Error != nil && !r.Injected && !r.ByHand }

// String is the request on one line.
func (r Request) String() string {
	s := fmt.Sprintf("%s %s %s/%s %s", r.Time.Format(time.TimeOnly), r.Name, r.Region, r.Resource, strings.Join(r.Fields, ","))
	if r.ByHand {
		s += " by hand"
	}
	if r.By != "" {
		s += " by " + r.By
	}
	if r.Error == nil {
		return s
	}
	return fmt.Sprintf("%s: %s: %s", s, r.Error.Code, r.Error.Message)
}

// Error is AWS's answer to a request that it does not carry out.
type Error struct {
	Service string
	Request string
	ID      string
	Code    string
	Message string

	lost string // What the SDK says in place of an answer.
}

// Error text, as AWS's SDK for Go writes it. The id differs from try to try.
func (e *Error) Error() string {
	return fmt.Sprintf("operation error %s: %s, %s", e.Service, e.Request, e.answer())
}

// answer of AWS, or what the SDK says where there was none. It tries again where AWS is
// busy, and gives up after as many attempts as Terraform's provider asks for.
func (e *Error) answer() string {
	switch {
	case e.lost != "":
		return e.lost
	case e.Code == CodeThrottling || e.Code == CodeServiceUnavailable:
		return fmt.Sprintf("exceeded maximum number of attempts, 25, https response error StatusCode: %d, RequestID: %s, api error %s: %s", e.status(), e.ID, e.Code, e.Message)
	}
	return fmt.Sprintf("https response error StatusCode: %d, RequestID: %s, %s: %s", e.status(), e.ID, e.Code, e.Message)
}

// status of the answer. API reference of both services, "Errors".
func (e *Error) status() int {
	switch e.Code {
	case CodeServiceUnavailable:
		return http.StatusServiceUnavailable
	case CodeClusterNotFound, CodeGroupNotFound, CodeParameterGroupNotFound, CodeSnapshotNotFound:
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// Is reports whether an error is AWS's of this code.
func Is(err error, code string) bool {
	e, ok := err.(*Error) //nolint:errorlint // It is never wrapped: the provider writes it into a text.
	return ok && e.Code == code
}

// Codes of AWS's errors.
const (
	CodeParameterValue       = "InvalidParameterValue"
	CodeParameterCombination = "InvalidParameterCombination"

	CodeClusterNotFound = "CacheClusterNotFound"

	CodeGroupNotFound = "ReplicationGroupNotFoundFault"
	CodeGroupExists   = "ReplicationGroupAlreadyExists"
	CodeGroupState    = "InvalidReplicationGroupState"
	CodeNodeQuota     = "NodeQuotaForClusterExceeded"

	CodeParameterGroupNotFound = "CacheParameterGroupNotFound"
	CodeParameterGroupExists   = "CacheParameterGroupAlreadyExists"
	CodeParameterGroupState    = "InvalidCacheParameterGroupState"

	CodeSubnetGroupNotFound = "CacheSubnetGroupNotFoundFault"
	CodeSubnetGroupExists   = "CacheSubnetGroupAlreadyExists"
	CodeSubnetGroupInUse    = "CacheSubnetGroupInUse"
	CodeInvalidSubnet       = "InvalidSubnet"
	CodeSubnetInUse         = "SubnetInUse"

	CodeSnapshotNotFound = "SnapshotNotFoundFault"
	CodeSnapshotExists   = "SnapshotAlreadyExistsFault"

	CodeParameterNotFound  = "ParameterNotFound"
	CodeParameterExists    = "ParameterAlreadyExists"
	CodeValidation         = "ValidationException"
	CodeHierarchyMismatch  = "HierarchyTypeMismatchException"
	CodeUnsupportedType    = "UnsupportedParameterType"
	CodeThrottling         = "Throttling"
	CodeServiceUnavailable = "ServiceUnavailable"
)

// refusal of a request, before it is known which.
type refusal struct{ code, message string }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

// write carries out a request that changes something, and logs it. A fault of
// the test's comes before AWS's own rules.
func (c *Cloud) write(service, name, region, resource string, fields []string, do func() *refusal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry := Request{Time: c.now, Region: region, Name: name, Resource: resource, Fields: slices.Sorted(slices.Values(fields)), By: c.by}
	if f := c.fault(name); f != nil {
		entry.Injected = true
		entry.Error = c.err(service, name, f)
	} else if r := do(); r != nil {
		entry.Error = c.err(service, name, r)
	} else if l := c.loss(name); l != nil {
		entry.Injected = true
		entry.Error = c.lost(service, name, region, l)
	}
	c.log = append(c.log, entry)
	if entry.Error == nil {
		return nil // Not a nil *Error, which would be an error.
	}
	return entry.Error
}

// read answers a request that changes nothing. It is only counted.
func (c *Cloud) read(service, name string, do func() *refusal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads[name]++
	if f := c.fault(name); f != nil {
		return c.err(service, name, f)
	}
	if r := do(); r != nil {
		return c.err(service, name, r)
	}
	return nil
}

func (c *Cloud) err(service, name string, r *refusal) *Error {
	c.requests++
	id := fmt.Sprintf("%08x-0000-4000-8000-%012x", c.requests, c.requests)
	return &Error{Service: service, Request: name, ID: id, Code: r.code, Message: r.message}
}

// Log of all requests that change something, oldest first.
func (c *Cloud) Log() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

// Written reports the requests of the provider from one on, by its number in the log:
// what was asked for by hand is not among them. None means that the provider left AWS
// alone.
func (c *Cloud) Written(from int) []Request {
	return slices.DeleteFunc(c.Log()[from:], func(r Request) bool { return r.ByHand })
}

// Refused requests: those that AWS's rules do not allow, whatever their time.
func (c *Cloud) Refused() []Request {
	return slices.DeleteFunc(c.Log(), func(r Request) bool { return !r.Refused() })
}

// Requests of a name since a time.
func (c *Cloud) Requests(name string, since time.Time) []Request {
	return slices.DeleteFunc(c.Log(), func(r Request) bool { return r.Name != name || r.Time.Before(since) })
}

// Reads that were made, by the request's name.
func (c *Cloud) Reads() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.reads)
}

// Inventory of all that there is, tags and parameters among it, with no secret in it:
// two that are the same prove that nothing was changed in between.
func (c *Cloud) Inventory() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out strings.Builder
	for _, k := range c.groupKeys() {
		g := c.groups[k]
		fmt.Fprintf(&out, "%+v, %d tokens, without one %t\n", g.ReplicationGroup, len(g.access.tokens), g.access.passwordless)
	}
	for _, k := range sortedKeys(c.subnetGroups) {
		fmt.Fprintf(&out, "%+v\n", *c.subnetGroups[k])
	}
	for _, k := range sortedKeys(c.parameterGroups) {
		fmt.Fprintf(&out, "%+v\n", *c.parameterGroups[k])
	}
	for _, k := range sortedKeys(c.parameters) {
		p := *c.parameters[k]
		p.Value = ""
		fmt.Fprintf(&out, "%+v\n", p)
	}
	return out.String()
}
