package drivertest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/execlua/execlua/driver"
)

func concurrencyCases() []testCase {
	return []testCase{
		{"8 containers at once", eightAtOnce},
		{"20 racers for one id", racers},
		{"8 execs in one container", eightExecs},
		{"verbs from many goroutines", manyVerbs},
		{"stopped by many at once", manyStops},
	}
}

func eightAtOnce(t *env) {
	var runs sync.WaitGroup
	for i := range 8 {
		text := fmt.Sprintf("container %d", i)
		c := t.command(Echo{text, ""})
		runs.Go(func() {
			var pre, start, post call
			r := t.run(t.Context(), c, "", driver.Hooks{
				PreStart: []driver.DriverCallback{pre.keep()},
				Start:    start.keep(),
				PostStop: []driver.DriverCallback{post.keep()},
			})
			if r.err != nil || r.stdout != text {
				t.Errorf("%s: got %+v", text, r)
			}
			for _, k := range []call{pre, start, post} {
				if k.count != 1 || k.info.ID != c.ID {
					t.Errorf("%s: a hook got %+v", text, k)
				}
			}
		})
	}
	runs.Wait()
}

func racers(t *env) {
	starter := t.starter()
	first := t.command(Sleep{})
	var winners atomic.Int32
	var race sync.WaitGroup
	for range 20 {
		c := first.Clone()
		race.Go(func() {
			p, err := starter.Start(t.Context(), c, nil, noHooks)
			if err != nil {
				t.wantCode("a loser", err, "exists")
				return
			}
			winners.Add(1)
			t.Cleanup(func() { _, _ = p.Wait(context.Background()) })
		})
	}
	race.Wait()
	if n := winners.Load(); n != 1 {
		t.Errorf("%d winners, want 1", n)
	}
	t.wantCode("terminate", t.engine.Terminate(t.Context(), first), "")
}

func eightExecs(t *env) {
	b := t.sleeper()
	var execs sync.WaitGroup
	for i := range 8 {
		text := fmt.Sprintf("exec %d", i)
		process := t.Process(Echo{text, ""})
		execs.Go(func() {
			if r := t.exec(b.command, process, ""); r.err != nil || r.stdout != text {
				t.Errorf("%s: got %+v", text, r)
			}
		})
	}
	execs.Wait()
}

func manyVerbs(t *env) {
	b := t.sleeper()
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 3 {
				for _, verb := range []string{"stats", "pids", "kill", "exec"} {
					t.wantCode(verb, t.call(t.Context(), verb, b.command), "")
				}
			}
		})
	}
	callers.Wait()
	t.wantCode("TERM", b.Signal(t.Context(), sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
}

// manyStops: each either ends the container or finds it gone.
func manyStops(t *env) {
	b := t.sleeper()
	stopper := t.stopper()
	var ended atomic.Int32
	var stops sync.WaitGroup
	for range 8 {
		stops.Go(func() {
			status, err := stopper.Stop(t.Context(), b.command, driver.StopOptions{})
			if err == nil {
				ended.Add(1)
				t.wantStatus(status, 7, 0, true)
			} else if code := driver.Code(err); code != "not_found" && code != "not_running" {
				t.Errorf("stop: %v", err)
			}
		})
	}
	stops.Wait()
	if ended.Load() == 0 {
		t.Error("no stop succeeded")
	}
	t.wantStatus(b.wait(), 7, 0, true)
}
