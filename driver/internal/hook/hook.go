// Package hook calls hooks on behalf of engines, so that all of them keep the
// contract of driver.Hooks in the same way: deadlines, panics, order and copies.
package hook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/clock"
)

// lastWord is how long a callback may take to return after its context ended.
// One that heeds its context gets to say why it failed; the deadline stays
// within 100 ms for one that does not.
const lastWord = 50 * time.Millisecond

// Call runs one callback on a goroutine of its own and returns nil or a
// *driver.HookError. The callback gets deep copies of process and info. It fails
// when it returns an error, panics, or has not returned when its deadline or the
// end of ctx is reached: it is abandoned then, since nothing can stop a
// goroutine. A timeout of 0 is driver.DefaultHookTimeout.
func Call(ctx context.Context, cb driver.DriverCallback, timeout time.Duration, process *driver.ProcessConfig, pid int, info *driver.HookInfo, index int) error {
	if timeout <= 0 {
		timeout = driver.DefaultHookTimeout
	}
	run := Mark(ctx, info.ID)
	ctx, cancel := clock.From(ctx).WithTimeout(run, timeout, nil)
	defer cancel()

	done := make(chan error, 1) // buffered: an abandoned callback still ends its goroutine
	Go(ctx, cb, process.Clone(), pid, cloneInfo(info), func(err error) { done <- err })

	err := await(ctx, done)
	own, ok := err.(*driver.HookError)
	switch {
	case err == nil:
		return nil
	case ok && own.Stage == info.Stage && own.ID == info.ID: // one of several that the callback stands for
		index, err = own.Index, own.Err
	case err == errAbandoned && run.Err() != nil:
		err = fmt.Errorf("abandoned when the run was cancelled; it may still be running: %w", context.Cause(run))
	case err == errAbandoned:
		err = fmt.Errorf("abandoned after %v; it may still be running: %w", timeout, context.DeadlineExceeded)
	}
	return &driver.HookError{ID: info.ID, Stage: info.Stage, Index: index, Err: err, Status: cloneStatus(info.Status)}
}

// Go calls a callback on a goroutine of its own and gives done what it returns, or
// why it did not: it panicked, or ended its goroutine.
func Go(ctx context.Context, cb driver.DriverCallback, process *driver.ProcessConfig, pid int, info *driver.HookInfo, done func(error)) {
	go func() {
		err := errors.New("ended its goroutine instead of returning")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			done(err)
		}()
		err = cb(ctx, process, pid, info)
	}()
}

var errAbandoned = errors.New("abandoned")

// await returns the callback's answer, or errAbandoned when none came in time.
func await(ctx context.Context, done <-chan error) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(lastWord):
		return errAbandoned
	}
}

// PreStart calls the PreStart hooks in order, up to the first that fails. When
// ctx ends between two hooks the rest is skipped and the error is its cause.
func PreStart(ctx context.Context, hooks driver.Hooks, c *driver.Command, pid int) error {
	info := &driver.HookInfo{ID: c.ID, Stage: driver.StagePreStart, Command: c}
	for i, cb := range hooks.PreStart {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := Call(ctx, cb, hooks.Timeout, &c.ProcessConfig, pid, info, i); err != nil {
			return err
		}
	}
	return nil
}

// Start calls the Start hook, if there is one, for the process that has just
// begun: the container's own or an exec's.
func Start(ctx context.Context, hooks driver.Hooks, c *driver.Command, process *driver.ProcessConfig, pid int) error {
	if hooks.Start == nil {
		return nil
	}
	info := &driver.HookInfo{ID: c.ID, Stage: driver.StageStart, Command: c}
	return Call(ctx, hooks.Start, hooks.Timeout, process, pid, info, 0)
}

// PostStop calls all PostStop hooks in order and joins their errors. The end of
// ctx does not reach them: what they put back has to be put back in any case.
func PostStop(ctx context.Context, hooks driver.Hooks, c *driver.Command, pid int, status driver.ExitStatus) error {
	ctx = context.WithoutCancel(ctx)
	info := &driver.HookInfo{ID: c.ID, Stage: driver.StagePostStop, Command: c, Status: &status}
	var errs []error
	for i, cb := range hooks.PostStop {
		errs = append(errs, Call(ctx, cb, hooks.Timeout, &c.ProcessConfig, pid, info, i))
	}
	return errors.Join(errs...)
}

type insideKey struct{}

// Mark makes ctx that of hooks of the containers ids, besides those it is of already.
func Mark(ctx context.Context, ids ...string) context.Context {
	outer := Marks(ctx)
	return context.WithValue(ctx, insideKey{}, append(outer[:len(outer):len(outer)], ids...))
}

// Marks are the containers of whose hooks ctx is.
func Marks(ctx context.Context) []string {
	ids, _ := ctx.Value(insideKey{}).([]string)
	return ids
}

// Inside tells whether ctx is that of a hook of container id, or derived from
// one. A verb that waits until the container is gone would wait for itself there.
func Inside(ctx context.Context, id string) bool {
	return slices.Contains(Marks(ctx), id)
}

func cloneInfo(info *driver.HookInfo) *driver.HookInfo {
	out := *info
	out.Command = info.Command.Clone()
	out.Status = cloneStatus(info.Status)
	return &out
}

func cloneStatus(s *driver.ExitStatus) *driver.ExitStatus {
	if s == nil {
		return nil
	}
	out := *s
	return &out
}
