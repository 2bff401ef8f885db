package aws

import "time"

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
