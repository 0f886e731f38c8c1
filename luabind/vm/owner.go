package vm

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"sync"
	"weak"
)

// owner holds what the script has open outside of the VM.
type owner struct {
	closing sync.Mutex // held while things are closed: who is told that all is gone can rely on it

	mu     sync.Mutex
	owned  []*ownership // in the order of their beginning
	closed bool

	hurry context.Context // ends the time that closing may take
	kill  context.CancelFunc
}

// ownership is one thing that is open.
type ownership struct {
	close func(ctx context.Context) error
}

// VMOf returns the VM of a context that Block has given to a Go function.
func VMOf(ctx context.Context) *VM { return ctx.Value(taskKey{}).(*Task).vm }

// Within tells whether ctx is that of a task of this VM: who has it runs while
// the task waits.
func (v *VM) Within(ctx context.Context) bool {
	t, _ := ctx.Value(taskKey{}).(*Task)
	return t != nil && t.vm == v
}

// Own has close called when the script ends in any way, for what a Go function
// leaves open for it: a server, a process, a directory. What was owned last is
// closed first. The context of close ends with the grace period.
//
// disown is for what is closed sooner: it takes the duty back and tells whether
// it was still there. What is owned in a closed VM is closed at once. Own may be
// called with the lock or without it.
func (v *VM) Own(close func(ctx context.Context) error) (disown func() bool) {
	o := &v.owner
	it := &ownership{close}
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		ended, end := context.WithCancel(context.Background())
		end()
		_ = close(ended) // nobody is left to be told
		return func() bool { return false }
	}
	defer o.mu.Unlock()
	o.owned = append(o.owned, it)
	return func() bool { return o.take(it) }
}

// take removes an ownership and tells whether it was there.
func (o *owner) take(it *ownership) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.Index(o.owned, it)
	if i >= 0 {
		o.owned = slices.Delete(o.owned, i, i+1)
	}
	return i >= 0
}

// last takes the youngest, nil when nothing is left.
func (o *owner) last() *ownership {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(o.owned)
	if n == 0 {
		return nil
	}
	it := o.owned[n-1]
	o.owned = o.owned[:n-1]
	return it
}

// Release closes what the script owns and returns what went wrong. It waits up
// to the grace period, so call it without the lock, when the tasks have ended.
func (v *VM) Release() error {
	ctx, cancel := context.WithTimeout(v.owner.hurry, v.opts.Grace)
	defer cancel()
	v.owner.closing.Lock()
	defer v.owner.closing.Unlock()
	var errs []error
	for it := v.owner.last(); it != nil; it = v.owner.last() {
		errs = append(errs, it.close(ctx))
	}
	return errors.Join(errs...)
}

// Kill ends the time that closing may take, now and later: a process that is
// asked to end is killed.
func (v *VM) Kill() { v.owner.kill() }

// Killed is closed by Kill and Close.
func (v *VM) Killed() <-chan struct{} { return v.owner.hurry.Done() }

// close releases without patience, and for ever.
func (o *owner) close() {
	o.kill()
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.closing.Lock()
	defer o.closing.Unlock()
	for it := o.last(); it != nil; it = o.last() {
		_ = it.close(o.hurry) // nobody is left to be told
	}
}

// ownFile closes a file with the script unless the collector is faster: a
// script may open many and close none.
func (v *VM) ownFile(f *os.File) {
	file := weak.Make(f)
	disown := v.Own(func(context.Context) error {
		if f := file.Value(); f != nil {
			_ = f.Close() // it may be closed already
		}
		return nil
	})
	runtime.AddCleanup(f, func(disown func() bool) { disown() }, disown)
}
