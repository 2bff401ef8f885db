package aws

import (
	"fmt"
	"strings"
	"time"
)

// fault is an error that a test asked for.
type fault struct {
	request string // Any, if empty.
	times   int
	until   time.Time
	refusal refusal
}

// Fail the next requests of a name, or of any with an empty one.
func (c *Cloud) Fail(request string, times int, code, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &fault{request: request, times: times, refusal: refusal{code: code, message: message}})
}

// Throttle all requests of a name, reading ones too, or of any with an empty one,
// until a time.
func (c *Cloud) Throttle(request string, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, &fault{request: request, until: until, refusal: refusal{code: CodeThrottling, message: "Rate exceeded"}})
}

// fault that meets a request now, if any does.
func (c *Cloud) fault(request string) *refusal {
	for _, f := range c.faults {
		if f.request != "" && f.request != request {
			continue
		}
		if c.now.Before(f.until) {
			return &f.refusal
		}
		if f.times > 0 {
			f.times--
			return &f.refusal
		}
	}
	return nil
}

// A Loss is how an answer gets lost.
type Loss string

// Losses.
const (
	LossTimeout    Loss = "time-out"
	LossConnection Loss = "connection"
	LossRetried    Loss = "retried" // The SDK asks again, and is told of what it has done itself.
)

type loss struct {
	request string
	times   int
	how     Loss
}

// Lose the answers to the next requests of a name: AWS carries them out, and whoever
// asked is told otherwise.
func (c *Cloud) Lose(request string, times int, how Loss) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.losses = append(c.losses, &loss{request: request, times: times, how: how})
}

func (c *Cloud) loss(request string) *loss {
	for _, l := range c.losses {
		if l.request == request && l.times > 0 {
			l.times--
			return l
		}
	}
	return nil
}

// lost answer, as AWS's SDK for Go writes it: without an id, and with a port that
// differs from try to try.
func (c *Cloud) lost(service, request, region string, l *loss) *Error {
	second := map[string]*refusal{
		"CreateReplicationGroup": refuse(CodeGroupExists, "Replication group already exists."),
		"PutParameter":           refuse(CodeParameterExists, "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."),
	}[request]
	if second == nil {
		second = refuse(CodeGroupState, "Replication group must be in available state to modify.")
	}
	out := c.err(service, request, second)
	switch l.how {
	case LossTimeout:
		out.lost = "https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded"
	case LossConnection:
		host := strings.ToLower(service) + "." + region + ".amazonaws.com"
		out.lost = fmt.Sprintf(`https response error StatusCode: 0, RequestID: , request send failed, Post "https://%s/": read tcp 10.0.7.21:%d->52.94.140.12:443: read: connection reset by peer`, host, 32768+c.requests%28000)
	case LossRetried:
	}
	return out
}

// slowness that a test asked for.
type slowness struct {
	step  Step
	times int
	takes time.Duration
}

// Slow makes the next operations take as long as this in a step.
func (c *Cloud) Slow(step Step, times int, takes time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slow = append(c.slow, &slowness{step: step, times: times, takes: takes})
}

// Abort has the next operations end without the step: AWS accepts the request,
// takes its time, and leaves things as they were. A creation ends create-failed.
// The provider can't tell that of a token, which AWS does not show: it goes on to
// believe that the new one is accepted.
func (c *Cloud) Abort(step Step, times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failing[step] += times
}

// Calm ends all that a test asked for and that has not come yet.
func (c *Cloud) Calm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults, c.losses, c.slow, c.failing = nil, nil, nil, map[Step]int{}
}

func (c *Cloud) duration(step Step) time.Duration {
	for _, s := range c.slow {
		if s.step == step && s.times > 0 {
			s.times--
			return s.takes
		}
	}
	if d, ok := c.options.Durations[step]; ok {
		return d
	}
	return defaultDurations[step]
}

// aborts reports whether a step that starts now comes to nothing.
func (c *Cloud) aborts(step Step) bool {
	if c.failing[step] == 0 {
		return false
	}
	c.failing[step]--
	return true
}
