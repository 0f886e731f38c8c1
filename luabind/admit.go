package luabind

import (
	"context"

	"github.com/execlua/execlua/driver"
)

// deniedError is what Options.Admit has against a request. It is an
// ErrDenied, and what Admit has returned.
type deniedError struct{ err error }

func (e *deniedError) Error() string   { return e.err.Error() }
func (e *deniedError) Unwrap() []error { return []error{driver.ErrDenied, e.err} }

// admit asks the host about a Command as it would run. Admit gets a copy: what
// it has seen is what happens.
func (v *VM) admit(ctx context.Context, verb string, cmd *driver.Command) error {
	if v.opts.Admit == nil {
		return nil
	}
	if err := v.opts.Admit(ctx, cmd.Clone()); err != nil {
		return &driver.Error{Op: verb, ID: cmd.ID, Err: &deniedError{err}}
	}
	return nil
}

// admitStart asks about a new container, once it is known to be well formed.
func (v *VM) admitStart(ctx context.Context, verb string, cmd *driver.Command) error {
	if v.opts.Admit == nil {
		return nil
	}
	if err := driver.Validate(cmd); err != nil {
		return &driver.Error{Op: verb, ID: cmd.ID, Err: err}
	}
	return v.admit(ctx, verb, cmd)
}

// admitExec asks about a further process in a container.
func (v *VM) admitExec(ctx context.Context, verb string, target *driver.Command, process *driver.ProcessConfig) error {
	if v.opts.Admit == nil {
		return nil
	}
	cmd := v.started(target).Clone()
	cmd.ProcessConfig = *process
	return v.admit(ctx, verb, cmd)
}

// admitUpdate asks about other limits for a container.
func (v *VM) admitUpdate(ctx context.Context, target *driver.Command, r *driver.Resources) error {
	if v.opts.Admit == nil {
		return nil
	}
	cmd := v.started(target)
	if isBare(cmd) { // not of this VM: of its Command nothing but the change is known
		return v.admit(ctx, "update", &driver.Command{ID: cmd.ID, Resources: r})
	}
	updated, err := cmd.Updated(r)
	if err != nil {
		return &driver.Error{Op: "update", ID: cmd.ID, Err: err}
	}
	return v.admit(ctx, "update", updated)
}

// started finds the Command that a container of this VM was started with. A
// target that is an id, or the container of somebody else, stays as it is.
func (v *VM) started(target *driver.Command) *driver.Command {
	if !isBare(target) {
		return target
	}
	for _, t := range v.tracked() {
		if t.cmd.ID == target.ID && !isClosed(t.over) {
			return t.cmd
		}
	}
	return target
}

// isBare tells a Command that stands for an id only.
func isBare(c *driver.Command) bool { return c.Image == "" && c.Rootfs == "" }
