package drivertest

import (
	"context"
	"time"

	"github.com/execlua/execlua/driver"
)

// VerbInState is what a verb answers about a container in each state, to a caller
// that is none of its hooks: the code of its error, "" for none, or Waits.
type VerbInState struct {
	Verb                                   string
	Created, Running, Paused, Exited, Gone string
}

// Waits is the answer of a verb that returns when the container is gone.
const Waits = "waits"

// VerbsInStates is the table that every engine keeps. Created is while a pre_start
// hook runs, Exited while a post_stop hook does. The order of the verbs leaves the
// container as it was, but for the last two. A signal is 0 here, which asks.
func VerbsInStates() []VerbInState {
	return []VerbInState{
		{"stats", "", "", "", "", "not_running"},
		{"pids", "", "", "", "not_running", "not_found"},
		{"kill", "", "", "", "not_running", "not_found"},
		{"signal_all", "", "", "", "not_running", "not_found"},
		{"update", "", "", "", "not_running", "not_found"},
		{"logs", "", "", "", "", "not_found"},
		{"attach", "busy", "", "", "not_running", "not_found"},
		{"wait", Waits, Waits, Waits, Waits, "not_found"},
		{"exec", "busy", "", "busy", "not_running", "not_found"},
		{"pause", "busy", "", "", "not_running", "not_found"},
		{"unpause", "busy", "", "", "not_running", "not_found"},
		{"clean", "busy", "busy", "busy", "busy", ""},
		{"stop", Waits, "", "", Waits, "not_found"},
		{"terminate", Waits, "", "", Waits, "not_found"},
	}
}

func verbStateCases() []testCase {
	return []testCase{
		{"created", func(t *env) { t.inHook(driver.StagePreStart, func(v VerbInState) string { return v.Created }) }},
		{"running", func(t *env) { t.whileItRuns(false, func(v VerbInState) string { return v.Running }) }},
		{"paused", func(t *env) { t.whileItRuns(true, func(v VerbInState) string { return v.Paused }) }},
		{"exited", func(t *env) { t.inHook(driver.StagePostStop, func(v VerbInState) string { return v.Exited }) }},
		{"gone", func(t *env) {
			c := t.command(Exit{})
			for _, v := range VerbsInStates() {
				t.answers(c, v.Verb, v.Gone)
			}
		}},
	}
}

// answers wants an answer. Whoever waits, or is attached, is called back after a moment.
func (t *env) answers(c *driver.Command, verb, want string) {
	t.Helper()
	patient := patience
	if want == Waits || verb == "attach" {
		patient = aMoment
	}
	if want == Waits {
		want = "wait_timeout"
	}
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	t.wantCode(verb, t.call(ctx, verb, c), want)
}

// ends tells the verbs that change the state.
func (v VerbInState) ends() bool { return v.Verb == "stop" || v.Verb == "terminate" }

func (t *env) whileItRuns(paused bool, cell func(VerbInState) string) {
	var b *box
	for _, v := range VerbsInStates() {
		if b == nil || v.ends() {
			b = t.start(t.Context(), t.command(Sleep{}), noHooks)
		}
		if paused {
			t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
		}
		t.answers(b.command, v.Verb, cell(v))
	}
}

// inHook looks from outside at a container whose hook waits. The verbs that end a
// container come to one whose hook is still waiting, and so wait too.
func (t *env) inHook(stage driver.Stage, cell func(VerbInState) string) {
	reached, release := make(chan struct{}), make(chan struct{})
	hook := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		close(reached)
		<-release
		return nil
	}
	c := t.command(Exit{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.run(context.Background(), c, "", at(stage, hook)) // ended by stop, in pre_start with an error
	}()
	defer func() {
		close(release)
		<-done
	}()
	select {
	case <-reached:
	case <-time.After(patience):
		t.Fatal("the hook was not called")
	}
	for _, v := range VerbsInStates() {
		t.answers(c, v.Verb, cell(v))
	}
}
