package drivertest

import (
	"context"

	"github.com/execlua/execlua/driver"
)

func hookVerbCases() []testCase {
	stages := []driver.Stage{driver.StagePreStart, driver.StageStart, driver.StagePostStop}
	var cases []testCase
	for i, stage := range stages {
		cases = append(cases,
			testCase{string(stage) + " on its own container", func(t *env) { ownVerbs(t, i, stage) }},
			testCase{string(stage) + " on another container", func(t *env) { otherVerbs(t, stage) }},
		)
	}
	return append(cases,
		testCase{"pre_start runs another container", runInHook},
	)
}

// HookVerb is a verb that a hook calls on its own container.
type HookVerb struct {
	Verb string
	Code [3]string // of the answer in pre_start, start and post_stop, see driver.Code
	Ends bool      // it ends the container; the table of misbehaving hooks calls it
}

// HookVerbs is what a hook may call on its own container. The order puts a frozen
// container right again. docs/hooks.md shows the same table.
var HookVerbs = []HookVerb{
	{"stats", [3]string{"", "", ""}, false},
	{"find", [3]string{"", "", ""}, false},
	{"logs", [3]string{"", "", ""}, false},
	{"events", [3]string{"", "", ""}, false},
	{"pids", [3]string{"", "", "not_running"}, false},
	{"kill", [3]string{"", "", "not_running"}, false},
	{"signal_all", [3]string{"", "", "not_running"}, false},
	{"update", [3]string{"", "", "not_running"}, false},
	{"exec", [3]string{"busy", "", "not_running"}, false},
	{"pause", [3]string{"busy", "", "not_running"}, false},
	{"unpause", [3]string{"busy", "", "not_running"}, false},
	{"terminate", [3]string{"", "", "not_running"}, true},
	{"attach", [3]string{"busy", "busy", "not_running"}, false},
	{"wait", [3]string{"busy", "busy", "busy"}, false},
	{"stop", [3]string{"busy", "busy", "busy"}, false},
	{"run", [3]string{"exists", "exists", "exists"}, false},
	{"clean", [3]string{"busy", "busy", "busy"}, false},
}

// call calls a verb on a container. Its signals are the probe, which harms nobody.
func (t *env) call(ctx context.Context, verb string, c *driver.Command) error {
	var err error
	switch verb {
	case "stats":
		_, err = t.engine.Stats(ctx, c.ID)
	case "pids":
		_, err = t.engine.GetPidsForContainer(ctx, c.ID)
	case "kill":
		err = t.engine.Kill(ctx, c, 0)
	case "exec":
		_, err = t.engine.Exec(ctx, c, t.Process(Exit{}), nil, driver.Hooks{})
	case "pause":
		err = t.engine.Pause(ctx, c)
	case "unpause":
		err = t.engine.Unpause(ctx, c)
	case "clean":
		err = t.engine.Clean(ctx, c.ID)
	case "terminate":
		err = t.engine.Terminate(ctx, c)
	case "run":
		_, err = t.engine.Run(ctx, c, nil, noHooks)
	default:
		return t.callMore(ctx, verb, c)
	}
	return err
}

// callMore calls a verb beyond those of driver.Driver.
func (t *env) callMore(ctx context.Context, name string, c *driver.Command) (err error) {
	switch name {
	case "stop":
		_, err = t.stopper().Stop(ctx, c, driver.StopOptions{})
	case "signal_all":
		err = verb[driver.AllSignaller](t).SignalAll(ctx, c, 0)
	case "update":
		err = verb[driver.Updater](t).Update(ctx, c, &driver.Resources{Pids: 1000})
	case "wait":
		_, err = verb[driver.Waiter](t).Wait(ctx, c.ID)
	case "attach":
		err = verb[driver.Attacher](t).Attach(ctx, c, nil)
	case "find":
		var found []driver.ContainerInfo
		found, err = verb[driver.Finder](t).Find(ctx, driver.Filter{ID: c.ID})
		if err == nil && len(found) != 1 {
			err = driver.ErrNotFound
		}
	case "events":
		ended, cancel := context.WithCancel(ctx)
		cancel()
		for _, err = range verb[driver.Eventer](t).Events(ended) {
			return err
		}
	case "logs":
		for _, err = range verb[driver.Logger](t).Logs(ctx, c.ID, driver.LogOptions{}) {
			if err != nil {
				return err
			}
		}
	default:
		t.Errorf("no verb %q", name)
	}
	return err
}

// at makes a hook of one stage.
func at(stage driver.Stage, cb driver.DriverCallback) driver.Hooks {
	switch stage {
	case driver.StagePreStart:
		return driver.Hooks{PreStart: []driver.DriverCallback{cb}}
	case driver.StageStart:
		return driver.Hooks{Start: cb}
	}
	return driver.Hooks{PostStop: []driver.DriverCallback{cb}}
}

func ownVerbs(t *env, column int, stage driver.Stage) {
	var program Program = Exit{}
	if stage == driver.StageStart {
		program = Sleep{}
	}
	c := t.command(program)
	var running bool
	h := at(stage, func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		running = t.engine.Info(c.ID).IsRunning()
		for _, v := range HookVerbs {
			if v.Ends {
				continue
			}
			t.wantCode(v.Verb, t.call(ctx, v.Verb, c), v.Code[column])
		}
		if stage == driver.StageStart {
			return t.engine.Kill(ctx, c, sigKILL)
		}
		return nil
	})
	r := t.run(t.Context(), c, "", h)
	if r.err != nil {
		t.Errorf("run: %v", r.err)
	}
	if want := stage != driver.StagePostStop; running != want {
		t.Errorf("info in the hook: running %v, want %v", running, want)
	}
	t.wantFree(c.ID)
}

func otherVerbs(t *env, stage driver.Stage) {
	other := t.start(t.Context(), t.command(IgnoreTERM{}), driver.Hooks{})
	r := t.run(t.Context(), t.command(Exit{}), "", at(stage, func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
		for _, verb := range []string{"stats", "pids", "kill", "signal_all", "update", "logs", "exec", "pause", "unpause", "terminate", "clean"} {
			t.wantCode(verb, t.call(ctx, verb, other.command), "")
		}
		return nil
	}))
	if r.err != nil {
		t.Errorf("run: %v", r.err)
	}
	t.wantStatus(other.wait(), 128+sigKILL, sigKILL, true)
}

func runInHook(t *env) {
	inner := t.command(Echo{"from within", ""})
	var got result
	r := t.run(t.Context(), t.command(Echo{"from without", ""}), "", driver.Hooks{PreStart: []driver.DriverCallback{
		func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			got = t.run(ctx, inner, "", driver.Hooks{})
			return got.err
		},
	}})
	if r.err != nil || r.stdout != "from without" || got.stdout != "from within" {
		t.Errorf("got %+v, and within %+v", r, got)
	}
}
