package luabind

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/execlua/execlua/driver"
)

func (v *VM) buryAll() []error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for _, t := range v.owned() {
		wait.Go(func() {
			if err := v.bury(t); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, v.scriptError(err))
			}
		})
	}
	wait.Wait()
	return errs
}

// bury stops one container. One that outlives its own grace period and ours is
// terminated.
func (v *VM) bury(t *tracked) error {
	defer v.untrack(t)
	_, grace, err := t.cmd.StopWith(driver.StopOptions{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), grace+v.opts.Grace)
	defer cancel()
	err = v.tell(ctx, t)
	select {
	case <-t.over:
	case <-ctx.Done():
		return errors.Join(err, t.engine.Terminate(context.WithoutCancel(ctx), t.cmd))
	}
	if t.unheard() {
		return errors.Join(err, t.handle.err)
	}
	return err
}

// unheard tells whether a container that is over has left an error that the
// script must not miss: a hook failed and nobody has asked. An exit code that
// nobody asks for is nobody's business.
func (t *tracked) unheard() bool {
	var hook *driver.HookError
	return t.handle != nil && !t.handle.told.Load() && errors.As(t.handle.err, &hook)
}

// tell sends a container its stop signal, unless the end of the VM has done that.
func (v *VM) tell(ctx context.Context, t *tracked) (err error) {
	if v.life.Err() != nil || isClosed(t.over) {
		return nil
	}
	if stopper, ok := t.engine.(driver.Stopper); ok {
		_, err = stopper.Stop(ctx, t.cmd, driver.StopOptions{})
	} else {
		err = t.engine.Terminate(ctx, t.cmd)
	}
	if errors.Is(err, driver.ErrNotFound) || errors.Is(err, driver.ErrNotRunning) {
		return nil
	}
	return err
}

// track counts a container among the script's, unless it has enough of them.
func (v *VM) track(t *tracked) (*tracked, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if limit := v.opts.Limits.Containers; limit > 0 && v.running() >= limit {
		return nil, containerLimitError{limit}
	}
	v.live[t] = true
	return t, nil
}

// running counts the containers that are not over.
func (v *VM) running() (n int) {
	for t := range v.live {
		if !isClosed(t.over) {
			n++
		}
	}
	return n
}

func (v *VM) untrack(t *tracked) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.live, t)
}

// owned are the containers that end with the script.
func (v *VM) owned() []*tracked {
	return slices.DeleteFunc(v.tracked(), func(t *tracked) bool { return t.detached })
}

func (v *VM) tracked() []*tracked {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []*tracked
	for t := range v.live {
		all = append(all, t)
	}
	return all
}
