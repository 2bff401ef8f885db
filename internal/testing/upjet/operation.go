package upjet

import (
	"errors"
	"fmt"
	"time"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

// Names of operations.
const (
	opCreate = "create"
	opUpdate = "update"
	opDelete = "delete"
)

// An operation runs in the background, over many reconciliations.
type operation struct {
	name    string
	started time.Time
	steps   []step
	called  bool      // The first of the steps has made its call, and waits for AWS.
	next    time.Time // When there is something to do.
}

// A step is a call of AWS, with a wait before and after.
type step struct {
	before wait // AWS is ready for the call.
	call   func() error
	delay  time.Duration // Before the first look whether AWS has done.
	after  wait

	// retry tells an error that is tried again, until the time is over.
	retry func(error) bool
	until time.Time
}

// start an operation; it begins at once.
func (c *call) start(name string, steps []step) {
	c.tracker.op = &operation{name: name, started: c.now, steps: steps, next: c.now}
	c.proceed()
}

// proceed with an operation as far as it goes by now, and report whether it failed.
func (c *call) proceed() (failed bool) {
	op := c.tracker.op
	if op == nil {
		return false
	}
	for len(op.steps) > 0 && !c.now.Before(op.next) {
		if err := c.advance(op); err != nil {
			c.finish(err)
			return true
		}
	}
	if len(op.steps) == 0 {
		c.finish(nil)
	}
	return false
}

// advance an operation by one look or one call.
func (c *call) advance(op *operation) error {
	s := op.steps[0]
	if !op.called {
		if ready, err := s.before.ready(); err != nil || !ready {
			op.next = c.now.Add(c.options.WaitInterval)
			return err
		}
		if err := s.call(); err != nil {
			if s.retry == nil || !s.retry(err) || !c.now.Before(s.until) {
				return err
			}
			op.next = c.now.Add(c.options.DeleteRetry)
			return nil
		}
		op.called, op.next = true, c.now.Add(s.delay)
		return nil
	}
	if ready, err := s.after.ready(); err != nil || !ready {
		op.next = c.now.Add(c.options.WaitInterval)
		return err
	}
	op.steps, op.called = op.steps[1:], false
	return nil
}

// finish an operation, as upjet's callback does: it tells how it ended, and asks
// for a reconciliation.
func (c *call) finish(err error) {
	op := c.tracker.op
	c.tracker.op = nil
	if err == nil {
		c.tracker.failures = 0
		c.tracker.deleted = op.name == opDelete
		if op.name == opUpdate && c.options.GoBack {
			c.tracker.goBack = goBackLooks
		}
		c.condition("LastAsyncOperation", true, "Success", "")
		c.condition("AsyncOperation", true, "Finished", "")
		return
	}
	c.tracker.failures++
	c.event(true, map[string]string{opCreate: "CannotCreateExternalResource", opUpdate: "CannotUpdateExternalResource", opDelete: "CannotDeleteExternalResource"}[op.name], err.Error())
	refusedAtOnce := op.name == opCreate && op.started.Equal(c.now)
	if refusedAtOnce && !c.options.TellCreateFailures {
		return
	}
	reason := map[string]xpv1.ConditionReason{opCreate: "AsyncCreateFailure", opUpdate: "AsyncUpdateFailure", opDelete: "AsyncDeleteFailure"}[op.name]
	err = fmt.Errorf("async %s failed: %w", op.name, err)
	c.condition("LastAsyncOperation", false, reason, err.Error())
	c.condition("AsyncOperation", true, "Finished", "")
	if refusedAtOnce {
		return
	}
	c.condition(xpv1.TypeSynced, false, xpv1.ReasonReconcileError, fmt.Sprintf("%s failed: %s", op.name, err))
}

// wait is a look whether something is ready; none is needed if it is nil.
type wait func() (bool, error)

func (w wait) ready() (bool, error) {
	if w == nil {
		return true, nil
	}
	return w()
}

// diagnose an error as Terraform's diagnostics are printed.
func diagnose(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: [{0 %w  []}]", what, err)
}

var errGone = errors.New("couldn't find resource")
