//go:build linux

package keeper

import (
	"context"
	"errors"
	"iter"

	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// Name is the engine's.
func (k *Keeper) Name() string { return k.engine.Name() }

// SupportsHooks is the engine's.
func (k *Keeper) SupportsHooks() bool { return k.engine.SupportsHooks() }

// Info tells whether the container runs.
func (k *Keeper) Info(id string) driver.Info { return k.engine.Info(id) }

// Run is driver.ErrUnsupported: a container that somebody waits for is not detached.
func (k *Keeper) Run(_ context.Context, c *driver.Command, _ *driver.Pipes, _ driver.Hooks) (driver.ExitStatus, error) {
	err := &driver.Error{Op: "run", Err: driver.ErrUnsupported, Hint: "a keeper has detached containers only"}
	if c != nil {
		err.ID = c.ID
	}
	return driver.ExitStatus{ExitCode: -1}, err
}

// runs is the container, which has to have a run.
func (k *Keeper) runs(op, id string) (*service, error) {
	s, err := k.find(op, id)
	if err != nil {
		return nil, err
	}
	if r, _, run, _ := s.state(); run == nil && r.Phase == exited {
		return nil, &driver.Error{Op: op, ID: id, Err: driver.ErrNotRunning}
	}
	return s, nil
}

func (k *Keeper) runsCommand(op string, c *driver.Command) (*service, error) {
	if c == nil {
		return nil, &driver.Error{Op: op, Err: driver.Validate(nil)}
	}
	return k.runs(op, c.ID)
}

// Exec runs one more process in a container.
func (k *Keeper) Exec(ctx context.Context, c *driver.Command, p *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	if _, err := k.runsCommand("exec", c); err != nil {
		return -1, err
	}
	return k.engine.Exec(ctx, c, p, pipes, hooks)
}

// StartExec starts one more process in a container.
func (k *Keeper) StartExec(ctx context.Context, c *driver.Command, p *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	if _, err := k.runsCommand("exec", c); err != nil {
		return nil, err
	}
	return k.engine.StartExec(ctx, c, p, pipes, hooks)
}

// Pause freezes a container.
func (k *Keeper) Pause(ctx context.Context, c *driver.Command) error {
	if _, err := k.runsCommand("pause", c); err != nil {
		return err
	}
	return k.engine.Pause(ctx, c)
}

// Unpause thaws a container.
func (k *Keeper) Unpause(ctx context.Context, c *driver.Command) error {
	if _, err := k.runsCommand("unpause", c); err != nil {
		return err
	}
	return k.engine.Unpause(ctx, c)
}

// GetPidsForContainer lists the processes of a container.
func (k *Keeper) GetPidsForContainer(ctx context.Context, id string) ([]int, error) {
	if _, err := k.runs("pids", id); err != nil {
		return nil, err
	}
	return k.engine.GetPidsForContainer(ctx, id)
}

// Stats tells what a container uses.
func (k *Keeper) Stats(ctx context.Context, id string) (*driver.ResourceStats, error) {
	if k.lookup(id) == nil { // which for this verb is the same class
		return nil, &driver.Error{Op: "stats", ID: id, Err: driver.ErrNotRunning}
	}
	return k.engine.Stats(ctx, id)
}

// Attach joins the output of a run. It ends with the run.
func (k *Keeper) Attach(ctx context.Context, c *driver.Command, pipes *driver.Pipes) error {
	if _, err := k.runsCommand("attach", c); err != nil {
		return err
	}
	return k.engine.Attach(ctx, c, pipes)
}

// Update changes the limits of a container, for its later runs too.
func (k *Keeper) Update(ctx context.Context, c *driver.Command, r *driver.Resources) error {
	s, err := k.runsCommand("update", c)
	if err != nil {
		return err
	}
	if err := k.engine.Update(ctx, c, r); err != nil {
		return err
	}
	_, cmd, _, _ := s.state()
	updated, err := cmd.Updated(r)
	if err != nil {
		return inOp("update", c.ID, err)
	}
	command, err := encodeCommand(updated)
	if err != nil {
		return inOp("update", c.ID, err)
	}
	s.try(func(r *record) { s.cmd, r.Command = updated, command })
	return nil
}

// Kill sends a signal to the init of a container. One that ends it has asked for
// the end.
func (k *Keeper) Kill(ctx context.Context, c *driver.Command, sig int) error {
	s, err := k.runsCommand("kill", c)
	if err != nil {
		return err
	}
	return s.signal(sig, func() error { return k.engine.Kill(ctx, c, sig) })
}

// SignalAll sends a signal to every process of a container, likewise.
func (k *Keeper) SignalAll(ctx context.Context, c *driver.Command, sig int) error {
	s, err := k.runsCommand("signal_all", c)
	if err != nil {
		return err
	}
	return s.signal(sig, func() error { return k.engine.SignalAll(ctx, c, sig) })
}

// signal notes a signal before it is sent, since the program may end of it at once.
func (s *service) signal(sig int, send func() error) error {
	if sig <= 0 || sig > 64 { // nothing to note; the engine knows the answer
		return send()
	}
	before := 0
	s.try(func(r *record) { before, r.Killed = r.Killed, sig })
	err := send()
	if err != nil {
		s.try(func(r *record) { r.Killed = before })
	}
	return err
}

// ask notes that the end of a container is asked for, and gives up a start of it.
func (s *service) ask() {
	s.try(func(r *record) {
		if s.live && !isClosed(s.asked) {
			r.Stopping = true
			close(s.asked)
		}
	})
}

// Stop ends a container gracefully, and for good.
func (k *Keeper) Stop(ctx context.Context, c *driver.Command, o driver.StopOptions) (driver.ExitStatus, error) {
	none := driver.ExitStatus{ExitCode: -1}
	if c == nil {
		return none, &driver.Error{Op: "stop", Err: driver.Validate(nil)}
	}
	s, err := k.find("stop", c.ID)
	if err != nil {
		return none, err
	}
	if hook.Inside(ctx, c.ID) {
		return k.engine.Stop(ctx, c, o) // which says that it cannot be
	}
	_, cmd, run, live := s.state()
	if _, _, err := cmd.StopWith(o); err != nil { // before anything is noted
		return none, &driver.Error{Op: "stop", ID: c.ID, Err: err}
	}
	if live {
		s.ask()
		if run != nil {
			if _, err := k.engine.Stop(ctx, c, o); err != nil && !over(err) && !errors.Is(err, driver.ErrWaitTimeoutReached) {
				return none, err
			}
		}
	}
	return s.wait(ctx, "stop")
}

// over: there is nothing to end any more.
func over(err error) bool {
	return errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrNotRunning)
}

// Terminate kills a container and removes everything of it.
func (k *Keeper) Terminate(ctx context.Context, c *driver.Command) error {
	if c == nil {
		return &driver.Error{Op: "terminate", Err: driver.Validate(nil)}
	}
	s := k.lookup(c.ID)
	if s == nil || hook.Inside(ctx, c.ID) {
		if s != nil {
			s.try(func(r *record) { r.Stopping = true })
		}
		return k.engine.Terminate(ctx, c)
	}
	s.ask()
	if _, _, run, _ := s.state(); run != nil {
		if _, err := k.engine.Stop(ctx, c, driver.StopOptions{Signal: int(unix.SIGKILL)}); err != nil && !over(err) {
			return inOp("terminate", c.ID, err)
		}
	}
	if _, err := s.wait(ctx, "terminate"); err != nil {
		return err
	}
	return s.discard("terminate")
}

// Clean removes a container that has ended.
func (k *Keeper) Clean(ctx context.Context, id string) error {
	s := k.lookup(id)
	if s == nil {
		return k.engine.Clean(ctx, id)
	}
	if err := s.giveUp(ctx, "clean"); err != nil {
		return err
	}
	return s.discard("clean")
}

// discard removes a container that has ended.
func (s *service) discard(op string) error {
	s.mu.Lock()
	live, removing := s.live, s.removing
	s.removing = !live
	s.mu.Unlock()
	switch {
	case live:
		return &driver.Error{Op: op, ID: s.id, Err: driver.ErrBusy, Hint: "stop or terminate it"}
	case removing: // somebody does
		return nil
	}
	if err := s.remove(); err != nil {
		s.mu.Lock()
		s.removing = false
		s.mu.Unlock()
		return &driver.Error{Op: op, ID: s.id, Err: err}
	}
	s.keeper.drop(s)
	s.emit(driver.Event{Kind: driver.EventRemoved})
	return nil
}

// Wait waits until a container has ended and is not to be started again.
func (k *Keeper) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	s, err := k.find("wait", id)
	if err == nil && hook.Inside(ctx, id) {
		err = &driver.Error{Op: "wait", ID: id, Err: driver.ErrBusy, Hint: "a hook cannot wait for the end of its own container"}
	}
	if err != nil {
		return driver.ExitStatus{ExitCode: -1}, err
	}
	return s.wait(ctx, "wait")
}

// Events subscribes to what happens to the containers.
func (k *Keeper) Events(ctx context.Context) iter.Seq2[driver.Event, error] {
	return k.engine.Events(ctx)
}

// Logs reads the lines of a container's output, those of all its runs.
func (k *Keeper) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	s, err := k.find("logs", id)
	if err != nil {
		return func(yield func(driver.LogLine, error) bool) { yield(driver.LogLine{}, err) }
	}
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	return s.log.lines(ctx, o, ended)
}
