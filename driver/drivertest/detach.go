package drivertest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/execlua/execlua/driver"
)

func detachCases() []testCase {
	return []testCase{
		{"it outlives the context of its start", detachOutlives},
		{"it stays after its end", detachStays},
		{"verbs after its end", detachVerbsAfterEnd},
		{"verbs while it runs", detachVerbs},
		{"the logs of both streams", detachLogs},
		{"hooks run at the start", detachHooks},
		{"a veto leaves nothing", detachVeto},
		{"what cannot be detached", detachRefused},
		{"events, up to clean", detachEvents},
		{"terminate removes it", detachTerminate},
		{"8 racers for one id", detachRace},
		{"restart", restartVerb},
		{"restart of what runs, or is not there", restartRefused},
	}
}

func detachOutlives(t *env) {
	ctx, cancel := context.WithCancel(t.Context())
	b := t.detach(ctx, t.command(Sleep{}), noHooks)
	cancel()
	time.Sleep(aMoment)
	if i := b.look(); i.State != driver.StateRunning || !i.Detached || i.Pid != b.Pid() || !t.engine.Info(b.ID()).IsRunning() {
		t.Errorf("got %+v", i)
	}
	if _, err := b.Wait(ctx); !errors.Is(err, driver.ErrWaitTimeoutReached) {
		t.Errorf("wait: got %v, want %v", err, driver.ErrWaitTimeoutReached)
	}
}

func detachStays(t *env) {
	before := time.Now()
	c := t.command(Exit{3})
	c.Labels = map[string]string{"app": "web"}
	b := t.detach(t.Context(), c, noHooks)
	t.wantStatus(b.wait(), 3, 0, false)
	i := b.look()
	if !i.Detached || i.State != driver.StateExited || i.Pid != 0 || i.Labels["app"] != "web" || i.Restarts != 0 || i.Health != driver.HealthNone {
		t.Errorf("got %+v", i)
	}
	if i.Created.Before(before) || i.Started.Before(i.Created) || i.Finished.Before(i.Started) || i.Finished.After(time.Now()) {
		t.Errorf("created %v, started %v, finished %v", i.Created, i.Started, i.Finished)
	}
	if i.Status == nil || i.Status.ExitCode != 3 || i.Status.Duration <= 0 {
		t.Errorf("the status is %+v", i.Status)
	}
	other := t.command(Exit{})
	other.ID = c.ID
	t.wantCode("run with its id", t.run(t.Context(), other, "", noHooks).err, "exists")
	_, err := verb[driver.Detacher](t).StartDetached(t.Context(), other, noHooks)
	t.wantCode("start with its id", err, "exists")
	t.wantCode("clean", t.engine.Clean(t.Context(), c.ID), "")
	if found := t.find(driver.Filter{}); len(found) != 0 {
		t.Errorf("found %+v after clean", found)
	}
	_, err = verb[driver.Waiter](t).Wait(t.Context(), c.ID)
	t.wantCode("wait after clean", err, "not_found")
	t.wantFree(c.ID)
}

// detachVerbsAfterEnd is the column of VerbsInStates for a detached container that
// has ended.
func detachVerbsAfterEnd(t *env) {
	b := t.detach(t.Context(), t.command(Exit{3}), noHooks)
	b.wait()
	for _, row := range []struct{ verb, code string }{
		{"stats", "not_running"},
		{"pids", "not_running"},
		{"kill", "not_running"},
		{"signal_all", "not_running"},
		{"update", "not_running"},
		{"logs", ""},
		{"attach", "not_running"},
		{"wait", ""},
		{"exec", "not_running"},
		{"pause", "not_running"},
		{"unpause", "not_running"},
		{"stop", ""},
		{"clean", ""},
		{"clean", ""},
		{"terminate", "not_found"},
	} {
		t.answers(b.command, row.verb, row.code)
	}
}

// detachVerbs reaches it by its id alone, as another process would.
func detachVerbs(t *env) {
	b := t.detached()
	c := &driver.Command{ID: b.ID()}
	for _, verb := range []string{"stats", "pids", "kill", "signal_all", "logs", "exec", "pause", "unpause"} {
		t.answers(c, verb, "")
	}
	t.wantCode("clean", t.engine.Clean(t.Context(), c.ID), "busy")
	t.wantCode("update", verb[driver.Updater](t).Update(t.Context(), c, &driver.Resources{Pids: 77}), "")
	if i := b.look(); i.Command.Resources == nil || i.Command.Resources.Pids != 77 {
		t.Errorf("the limits are %+v", i.Command.Resources)
	}
	t.answers(c, "attach", "") // which ends it not
	status, err := t.stopper().Stop(t.Context(), c, driver.StopOptions{})
	t.wantCode("stop", err, "")
	t.wantStatus(status, 7, 0, true)
	t.wantStatus(b.wait(), 7, 0, true)
}

func detachLogs(t *env) {
	b := t.detach(t.Context(), t.command(Echo{"o1\no2\npartial", "e1\n\n"}), noHooks)
	b.wait()
	all := t.lines(t.Context(), b.ID(), driver.LogOptions{Follow: true}) // nothing is to come
	t.wantSame("stdout", only(all, "stdout"), []string{"stdout: o1", "stdout: o2", "stdout: partial"})
	t.wantSame("stderr", only(all, "stderr"), []string{"stderr: e1", "stderr: "})
	t.wantSame("the last two", t.lines(t.Context(), b.ID(), driver.LogOptions{Tail: new(2)}), all[3:])
	if got := t.lines(t.Context(), b.ID(), driver.LogOptions{Since: time.Now().Add(time.Second)}); got != nil {
		t.Errorf("of later there are %q", got)
	}
}

// detachHooks has them called in this process, and not again for another life.
func detachHooks(t *env) {
	var pre, start call
	b := t.detach(t.Context(), t.command(Exit{}), driver.Hooks{PreStart: []driver.DriverCallback{pre.keep()}, Start: start.keep()})
	if pre.count != 1 || start.count != 1 || pre.pid != b.Pid() || start.pid != pre.pid || pre.info.ID != b.ID() {
		t.Errorf("got %+v and %+v", pre, start)
	}
	b.wait()
	_, err := verb[driver.Detacher](t).Restart(t.Context(), b.ID())
	t.wantCode("restart", err, "")
	b.wait()
	if pre.count != 1 || start.count != 1 {
		t.Errorf("%d and %d calls", pre.count, start.count)
	}
}

func detachVeto(t *env) {
	errNo := errors.New("no")
	for stage, hooks := range map[driver.Stage]driver.Hooks{
		driver.StagePreStart: {PreStart: []driver.DriverCallback{failing(errNo)}},
		driver.StageStart:    {Start: failing(errNo)},
	} {
		c := t.command(Sleep{})
		_, err := verb[driver.Detacher](t).StartDetached(t.Context(), c, hooks)
		t.wantHookError(err, stage, 0, errNo)
		t.wantFree(c.ID)
	}
}

func detachRefused(t *env) {
	detacher := verb[driver.Detacher](t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, row := range []struct {
		name   string
		ctx    context.Context
		change func(*driver.Command)
		hooks  driver.Hooks
		code   string
	}{
		{"post_stop hooks", t.Context(), func(*driver.Command) {}, driver.Hooks{PostStop: hooks(func() {})}, "unsupported"},
		{"a terminal", t.Context(), func(c *driver.Command) { c.ProcessConfig.Tty = true }, noHooks, "unsupported"},
		{"no policy in a policy", t.Context(), func(c *driver.Command) { c.Restart = &driver.RestartPolicy{} }, noHooks, "invalid"},
		{"an ended context", ended, func(*driver.Command) {}, noHooks, "cancelled"},
	} {
		c := t.command(Sleep{})
		row.change(c)
		_, err := detacher.StartDetached(row.ctx, c, row.hooks)
		t.wantCode(row.name, err, row.code)
	}
	_, err := detacher.StartDetached(t.Context(), nil, noHooks)
	t.wantCode("nothing", err, "invalid")
	for name, change := range map[string]func(*driver.Command){
		"restart":      func(c *driver.Command) { c.Restart = &driver.RestartPolicy{Always: true} },
		"health_check": func(c *driver.Command) { c.HealthCheck = &driver.HealthCheck{TCP: "localhost:80"} },
		"log_files":    func(c *driver.Command) { c.LogFiles = &driver.LogFiles{} },
	} {
		c := t.command(Sleep{})
		change(c)
		t.wantCode(name+" of an attached one", t.run(t.Context(), c, "", noHooks).err, "invalid")
	}
	if found := t.find(driver.Filter{}); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

func detachEvents(t *env) {
	r := t.record(1)
	b := t.detach(t.Context(), t.command(Exit{3}), noHooks)
	b.wait()
	t.wantCode("clean", t.engine.Clean(t.Context(), b.ID()), "")
	events := r.wantKinds("created started exited removed")
	if s := events[2].Status; s == nil || s.ExitCode != 3 {
		t.Errorf("the status is %+v", s)
	}
}

func detachTerminate(t *env) {
	running, ended := t.detached(), t.detach(t.Context(), t.command(Exit{3}), noHooks)
	ended.wait()
	for _, b := range []*box{running, ended} {
		t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
		if found := t.find(driver.Filter{ID: b.ID()}); len(found) != 0 {
			t.Errorf("found %+v", found)
		}
		t.wantFree(b.ID())
	}
	t.wantStatus(running.wait(), 128+sigKILL, sigKILL, true)
}

func detachRace(t *env) {
	detacher := verb[driver.Detacher](t)
	c := t.command(Sleep{})
	t.Cleanup(func() { _ = t.engine.Terminate(context.Background(), c) })
	var winners atomic.Int64
	var racers sync.WaitGroup
	for range 8 {
		racers.Go(func() {
			switch _, err := detacher.StartDetached(t.Context(), c, noHooks); driver.Code(err) {
			case "":
				winners.Add(1)
			case "exists":
			default:
				t.Error(err)
			}
		})
	}
	racers.Wait()
	if n := winners.Load(); n != 1 {
		t.Errorf("%d winners", n)
	}
}

func restartVerb(t *env) {
	b := t.detached()
	first := b.look()
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	b.stays()
	p, err := verb[driver.Detacher](t).Restart(t.Context(), b.ID())
	if err != nil {
		t.Fatalf("restart: %v", err)
	}
	b.printed("stdout: ready", "stdout: ready") // what it printed before is kept
	i := b.look()
	if i.State != driver.StateRunning || p.ID() != b.ID() || p.Pid() != i.Pid || i.Pid == first.Pid || !i.Detached {
		t.Errorf("got %+v, and a handle of pid %d", i, p.Pid())
	}
	if !i.Created.Equal(first.Created) || !i.Started.After(first.Started) || !i.Finished.IsZero() || i.Status != nil || i.Restarts != 0 {
		t.Errorf("got %+v after %+v", i, first)
	}
	t.wantCode("TERM", p.Signal(t.Context(), sigTERM), "")
	status, err := p.Wait(t.Context())
	t.wantCode("wait", err, "")
	t.wantStatus(status, 7, 0, false)
}

func restartRefused(t *env) {
	restart := func(id string) error {
		_, err := verb[driver.Detacher](t).Restart(t.Context(), id)
		return err
	}
	t.wantCode("of what runs", restart(t.detached().ID()), "busy")
	t.wantCode("of an attached one", restart(t.sleeper().ID()), "busy")
	t.wantCode("of nobody", restart("nobody"), "not_found")
}
