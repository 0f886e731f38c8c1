package drivertest

import (
	"context"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

// detach starts a Command without an owner. What is left of it when the case ends
// is removed.
func (t *env) detach(ctx context.Context, c *driver.Command, hooks driver.Hooks) *box {
	t.Helper()
	detacher := verb[driver.Detacher](t)
	t.Cleanup(func() { _ = t.engine.Terminate(context.Background(), c) })
	p, err := detacher.StartDetached(ctx, c, hooks)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return &box{Process: p, t: t, command: c}
}

// detached is a container without an owner that runs until SIGTERM. Its program is
// ready.
func (t *env) detached() *box {
	t.Helper()
	b := t.detach(t.Context(), t.command(Sleep{}), noHooks)
	b.printed("stdout: ready")
	return b
}

// printed waits until the log ends with these lines.
func (b *box) printed(want ...string) {
	b.t.Helper()
	var got []string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if got = b.t.lines(b.t.Context(), b.ID(), driver.LogOptions{}); slices.Equal(got, want) {
			return
		}
	}
	b.t.Fatalf("the log is %q, want %q", got, want)
}

// look is what Find tells of the container.
func (b *box) look() driver.ContainerInfo {
	b.t.Helper()
	found := b.t.find(driver.Filter{ID: b.ID()})
	if len(found) != 1 {
		b.t.Fatalf("found %+v, want one container %q", found, b.ID())
	}
	return found[0]
}

// until waits until Find tells something.
func (b *box) until(what string, is func(driver.ContainerInfo) bool) driver.ContainerInfo {
	b.t.Helper()
	var i driver.ContainerInfo
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if i = b.look(); is(i) {
			return i
		}
	}
	b.t.Fatalf("%s: not within %v: %+v", what, patience, i)
	return i
}

func exited(i driver.ContainerInfo) bool { return i.State == driver.StateExited && i.Status != nil }

// stays fails if a container that has ended starts again.
func (b *box) stays() driver.ContainerInfo {
	b.t.Helper()
	before := b.look()
	time.Sleep(aMoment)
	i := b.look()
	if i.State != driver.StateExited || i.Restarts != before.Restarts || !i.Started.Equal(before.Started) {
		b.t.Errorf("it has started again: %+v, then %+v", before, i)
	}
	return i
}
