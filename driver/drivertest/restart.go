package drivertest

import (
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

func restartCases() []testCase {
	return []testCase{
		{"on_failure counts, and waits twice as long each time", restartOnFailure},
		{"on_failure leaves success alone", restartNotOnSuccess},
		{"always", restartAlways},
		{"nothing without a policy", restartNever},
		{"what was asked to end stays so", restartNotAsked},
		{"stop between two lives", restartStopped},
		{"terminate and clean between two lives", restartRemoved},
		{"restart does not wait for the delay", restartAtOnce},
		{"the limits of an update stay", restartLimits},
	}
}

// restarting is a Command with a policy of short delays.
func (t *env) restarting(p Program, policy driver.RestartPolicy) *driver.Command {
	t.Helper()
	c := t.command(p)
	if policy.Delay == nil {
		policy.Delay = new(10 * time.Millisecond)
	}
	c.Restart = &policy
	return c
}

func always() driver.RestartPolicy { return driver.RestartPolicy{Always: true} }

func restartOnFailure(t *env) {
	const delay = 100 * time.Millisecond
	r := t.record(1)
	b := t.detach(t.Context(), t.restarting(Exit{4}, driver.RestartPolicy{OnFailure: 2, Delay: new(delay)}), noHooks)
	t.wantStatus(b.wait(), 4, 0, false) // after the last life
	if i := b.stays(); i.Restarts != 2 {
		t.Errorf("%d restarts, want 2", i.Restarts)
	}
	t.wantCode("clean", t.engine.Clean(t.Context(), b.ID()), "")
	events := ofKind(r.events(), driver.EventStarted, driver.EventExited, driver.EventRemoved)
	if got := kinds(events); got != "started exited started exited started exited removed" {
		t.Fatalf("got %s", got)
	}
	for i, least := range map[int]time.Duration{1: delay, 3: 2 * delay} {
		if pause := events[i+1].Time.Sub(events[i].Time); pause < least {
			t.Errorf("started again after %v, want %v or more", pause, least)
		}
	}
	if restarted := ofKind(r.events(), driver.EventRestarted); len(restarted) != 2 {
		t.Errorf("events of restarts: %+v", restarted)
	}
}

// ofKind leaves out the events of other kinds.
func ofKind(events []driver.Event, kinds ...driver.EventKind) []driver.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e driver.Event) bool { return !slices.Contains(kinds, e.Kind) })
}

func restartNotOnSuccess(t *env) {
	b := t.detach(t.Context(), t.restarting(Exit{}, driver.RestartPolicy{OnFailure: 2}), noHooks)
	t.wantStatus(b.wait(), 0, 0, false)
	b.stays()
}

func restartAlways(t *env) {
	b := t.detach(t.Context(), t.restarting(Exit{}, always()), noHooks)
	b.until("two restarts", func(i driver.ContainerInfo) bool { return i.Restarts >= 2 })
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	b.wait()
	b.stays()
}

func restartNever(t *env) {
	b := t.detach(t.Context(), t.command(Exit{4}), noHooks)
	b.wait()
	b.stays()
}

// restartNotAsked ends what is always restarted, in each of the ways there are.
func restartNotAsked(t *env) {
	for name, end := range map[string]func(b *box) error{
		"stop": func(b *box) error {
			_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
			return err
		},
		"kill":       func(b *box) error { return t.engine.Kill(t.Context(), b.command, sigKILL) },
		"signal":     func(b *box) error { return b.Signal(t.Context(), sigKILL) },
		"signal_all": func(b *box) error { return verb[driver.AllSignaller](t).SignalAll(t.Context(), b.command, sigKILL) },
	} {
		b := t.detach(t.Context(), t.restarting(Sleep{}, always()), noHooks)
		b.printed("stdout: ready")
		t.wantCode(name, end(b), "")
		b.wait()
		if i := b.stays(); i.Restarts != 0 {
			t.Errorf("%s: %d restarts", name, i.Restarts)
		}
	}
}

// between is a container that has ended and is to start again in an hour.
func (t *env) between() *box {
	t.Helper()
	b := t.detach(t.Context(), t.restarting(Exit{5}, driver.RestartPolicy{Always: true, Delay: new(time.Hour)}), noHooks)
	b.until("the end", exited)
	return b
}

func restartStopped(t *env) {
	b := t.between()
	status, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	t.wantStatus(status, 5, 0, false) // it had ended by itself
	t.wantStatus(b.wait(), 5, 0, false)
	t.wantCode("clean", t.engine.Clean(t.Context(), b.ID()), "")
}

func restartRemoved(t *env) {
	terminated, cleaned := t.between(), t.between()
	t.wantCode("terminate", t.engine.Terminate(t.Context(), terminated.command), "")
	t.wantCode("clean", t.engine.Clean(t.Context(), cleaned.ID()), "")
	for _, b := range []*box{terminated, cleaned} {
		t.wantStatus(b.wait(), 5, 0, false)
		t.wantFree(b.ID())
	}
}

func restartAtOnce(t *env) {
	b := t.between()
	first := b.look()
	_, err := verb[driver.Detacher](t).Restart(t.Context(), b.ID())
	t.wantCode("restart", err, "")
	b.until("another life", func(i driver.ContainerInfo) bool { return exited(i) && i.Started.After(first.Started) })
}

func restartLimits(t *env) {
	b := t.detached()
	t.wantCode("update", verb[driver.Updater](t).Update(t.Context(), b.command, &driver.Resources{Pids: 77}), "")
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	_, err = verb[driver.Detacher](t).Restart(t.Context(), b.ID())
	t.wantCode("restart", err, "")
	if s := b.stats(); s.PidsLimit == nil || *s.PidsLimit != 77 {
		t.Errorf("the limit of processes is %v", s.PidsLimit)
	}
}
