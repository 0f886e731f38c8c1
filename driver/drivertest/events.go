package drivertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/execlua/execlua/driver"
)

func eventCases() []testCase {
	return []testCase{
		{"a life", eventsOfALife},
		{"from now on", eventsFromNowOn},
		{"a veto", eventsOfAVeto},
		{"failed hooks", eventsOfHooks},
		{"warnings", eventsOfWarnings},
		{"a paused container is stopped", eventsOfPaused},
		{"the same for all, in order, each once", eventsForAll},
		{"one id, again and again", eventsOfOneID},
		{"the end of the context", eventsEnd},
	}
}

// recorder keeps events from its making on.
type recorder struct {
	t    *env
	done chan struct{}
	got  []driver.Event
}

// record keeps events until that many containers are removed.
func (t *env) record(removed int) *recorder {
	r := &recorder{t: t, done: make(chan struct{})}
	events := verb[driver.Eventer](t).Events(t.Context())
	go func() {
		defer close(r.done)
		for e, err := range events {
			if err != nil {
				t.Errorf("events: %v", err)
			}
			r.got = append(r.got, e)
			if e.Kind == driver.EventRemoved {
				removed--
			}
			if removed == 0 {
				return
			}
		}
	}()
	return r
}

// events waits for what was to be recorded.
func (r *recorder) events() []driver.Event {
	<-r.done
	for i, e := range r.got {
		if i > 0 && (e.Seq != r.got[i-1].Seq+1 || e.Time.Before(r.got[i-1].Time)) {
			r.t.Errorf("%+v follows %+v", e, r.got[i-1])
		}
	}
	return r.got
}

func kinds(events []driver.Event) string {
	var words []string
	for _, e := range events {
		words = append(words, string(e.Kind))
	}
	return strings.Join(words, " ")
}

func (r *recorder) wantKinds(want string) []driver.Event {
	r.t.Helper()
	events := r.events()
	if got := kinds(events); got != want {
		r.t.Fatalf("got  %s\nwant %s", got, want)
	}
	return events
}

func eventsOfALife(t *env) {
	r := t.record(1)
	b := t.sleeper()
	other := t.startExec(t.Context(), b.command, Sleep{})
	t.wantCode("TERM", other.Signal(t.Context(), sigTERM), "")
	other.wait()
	for range 2 { // the second time nothing happens
		t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	}
	for range 2 {
		t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	}
	b.update(driver.Resources{Pids: 100})
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	for _, e := range r.wantKinds("created started exec exec_exited paused unpaused updated stopping exited removed") {
		if e.ID != b.ID() {
			t.Errorf("%s: the id is %q", e.Kind, e.ID)
		}
		switch e.Kind {
		case driver.EventExecuted, driver.EventExecDied:
			if e.Pid != other.Pid() {
				t.Errorf("%s: got pid %d, want %d", e.Kind, e.Pid, other.Pid())
			}
		case driver.EventCreated, driver.EventStarted, driver.EventExited:
			if e.Pid != b.Pid() {
				t.Errorf("%s: got pid %d, want %d", e.Kind, e.Pid, b.Pid())
			}
		}
		switch {
		case e.Kind == driver.EventExited && e.Status != nil:
			t.wantStatus(*e.Status, 7, 0, true)
		case e.Kind == driver.EventExecDied && e.Status != nil:
			t.wantStatus(*e.Status, 7, 0, false)
		case e.Kind == driver.EventExited, e.Kind == driver.EventExecDied, e.Status != nil:
			t.Errorf("%s: the status is %v", e.Kind, e.Status)
		}
	}
}

func eventsFromNowOn(t *env) {
	if r := t.run(t.Context(), t.command(Exit{}), "", noHooks); r.err != nil {
		t.Fatal(r.err)
	}
	events := verb[driver.Eventer](t).Events(t.Context())
	c := t.command(Exit{})
	if r := t.run(t.Context(), c, "", noHooks); r.err != nil {
		t.Fatal(r.err)
	}
	for e := range events { // after all has happened
		if e.ID != c.ID || e.Kind != driver.EventCreated {
			t.Errorf("the first event is %+v, want that %s was created", e, c.ID)
		}
		break
	}
}

func eventsOfAVeto(t *env) {
	r := t.record(1)
	got := t.run(t.Context(), t.command(Exit{}), "", driver.Hooks{PreStart: []driver.DriverCallback{failing(errors.New("not today"))}})
	t.wantCode("run", got.err, "hook_failed")
	events := r.wantKinds("created hook_failed removed")
	if e := events[1]; e.Stage != driver.StagePreStart || !strings.Contains(e.Message, "not today") {
		t.Errorf("got %+v", e)
	}
}

func eventsOfHooks(t *env) {
	r := t.record(1)
	bad := failing(errors.New("bad"))
	t.run(t.Context(), t.command(IgnoreTERM{}), "", driver.Hooks{Start: bad, PostStop: []driver.DriverCallback{bad, bad}})
	events := r.wantKinds("created started hook_failed exited hook_failed hook_failed removed")
	if events[2].Stage != driver.StageStart || events[4].Stage != driver.StagePostStop || events[4].Message == events[5].Message {
		t.Errorf("got %+v", events)
	}
}

// eventsOfWarnings asks for a hint that no machine keeps any more.
func eventsOfWarnings(t *env) {
	r := t.record(1)
	c := t.command(Sleep{})
	c.Resources = &driver.Resources{KernelMemory: 64 << 20}
	b := t.start(t.Context(), c, noHooks)
	b.update(driver.Resources{KernelMemory: 32 << 20})
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	b.wait()
	events := r.wantKinds("created warning started updated warning exited removed")
	for i, value := range map[int]string{1: "67108864", 4: "33554432"} {
		if want := "resources.kernel_memory = " + value + ": ignored: "; !strings.HasPrefix(events[i].Message, want) {
			t.Errorf("got %q, want %q and why", events[i].Message, want)
		}
	}
}

func eventsOfPaused(t *env) {
	r := t.record(1)
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	_, err := t.stopper().Stop(t.Context(), b.command, driver.StopOptions{})
	t.wantCode("stop", err, "")
	r.wantKinds("created started paused stopping unpaused exited removed")
}

func eventsForAll(t *env) {
	const boxes, readers = 6, 3
	var recorders []*recorder
	for range readers {
		recorders = append(recorders, t.record(boxes))
	}
	var all sync.WaitGroup
	for range boxes {
		c := t.command(Exit{})
		all.Go(func() {
			if r := t.run(t.Context(), c, "", noHooks); r.err != nil {
				t.Error(r.err)
			}
		})
	}
	all.Wait()
	first := fmt.Sprintf("%+v", withoutStatus(recorders[0].events()))
	byID := map[string][]driver.Event{}
	for _, e := range recorders[0].events() {
		byID[e.ID] = append(byID[e.ID], e)
	}
	for id, events := range byID {
		if got := kinds(events); got != "created started exited removed" {
			t.Errorf("%s: got %s", id, got)
		}
	}
	for i, r := range recorders {
		if got := fmt.Sprintf("%+v", withoutStatus(r.events())); got != first {
			t.Errorf("reader %d got %s\nreader 0 %s", i, got, first)
		}
	}
}

// withoutStatus leaves out what prints as an address.
func withoutStatus(events []driver.Event) []driver.Event {
	out := slices.Clone(events)
	for i := range out {
		out[i].Status = nil
	}
	return out
}

func eventsOfOneID(t *env) {
	const times = 5
	r := t.record(times)
	id := t.command(Exit{}).ID
	for range times {
		t.wantFree(id)
	}
	r.wantKinds(strings.TrimSpace(strings.Repeat("created started exited removed ", times)))
}

func eventsEnd(t *env) {
	ctx, cancel := context.WithCancel(t.Context())
	events := verb[driver.Eventer](t).Events(ctx)
	cancel()
	for e, err := range events {
		t.Errorf("got %+v, %v", e, err)
	}
}
