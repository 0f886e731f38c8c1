package drivertest

import (
	"context"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

func hookCases() []testCase {
	return []testCase{
		{"supported", hooksSupported},
		{"order", hookOrder},
		{"post_stop waits for start", postStopAfterStart},
		{"the program runs after pre_start", programAfterPreStart},
		{"arguments", hookArguments},
		{"they get copies", hookCopies},
		{"the context has the deadline", hookContext},
		{"status in post_stop", hookStatus},
		{"of a started container", hooksOfStart},
	}
}

func hooksSupported(t *env) {
	if !t.engine.SupportsHooks() {
		t.Error("SupportsHooks is false")
	}
}

func hookOrder(t *env) {
	var events []string
	event := func(name string) func() { return func() { events = append(events, name) } }
	r := t.run(t.Context(), t.command(Exit{}), "", driver.Hooks{
		PreStart: hooks(event("pre 1"), event("pre 2"), event("pre 3")),
		Start:    hook(event("start")),
		PostStop: hooks(event("post 1"), event("post 2")),
	})
	if r.err != nil {
		t.Error(r.err)
	}
	t.wantSame("the order of the hooks", events, []string{"pre 1", "pre 2", "pre 3", "start", "post 1", "post 2"})
}

// postStopAfterStart has a program that ends while its Start hook runs.
func postStopAfterStart(t *env) {
	var events []string
	r := t.run(t.Context(), t.command(Exit{}), "", driver.Hooks{
		Start: hook(func() {
			time.Sleep(aMoment)
			events = append(events, "start")
		}),
		PostStop: hooks(func() { events = append(events, "post") }),
	})
	if r.err != nil {
		t.Error(r.err)
	}
	t.wantSame("the order of the hooks", events, []string{"start", "post"})
}

func programAfterPreStart(t *env) {
	out := &screen{}
	before := ""
	_, err := t.engine.Run(t.Context(), t.command(Echo{"I run", ""}), &driver.Pipes{Stdout: out}, driver.Hooks{PreStart: hooks(func() {
		time.Sleep(aMoment)
		before = out.String()
	})})
	if err != nil || before != "" || out.String() != "I run" {
		t.Errorf("printed %q during pre_start and %q in all, %v", before, out, err)
	}
}

func hookArguments(t *env) {
	c := t.command(Exit{6})
	c.ProcessConfig.Env = append(c.ProcessConfig.Env, "MARK=init")
	c.Labels = map[string]string{"app": "shop"}
	var pre, start, post call
	t.run(t.Context(), c, "", driver.Hooks{
		PreStart: []driver.DriverCallback{pre.keep()},
		Start:    start.keep(),
		PostStop: []driver.DriverCallback{post.keep()},
	})
	for _, row := range []struct {
		call
		stage driver.Stage
	}{{pre, driver.StagePreStart}, {start, driver.StageStart}, {post, driver.StagePostStop}} {
		if row.process == nil || row.info == nil {
			t.Errorf("%s: not called, or without arguments", row.stage)
			continue
		}
		if row.pid <= 0 || row.pid != pre.pid {
			t.Errorf("%s: got pid %d, pre_start got %d", row.stage, row.pid, pre.pid)
		}
		if row.info.ID != c.ID || row.info.Stage != row.stage || row.info.Command == nil || row.info.Command.Labels["app"] != "shop" {
			t.Errorf("%s: got info %+v", row.stage, row.info)
		}
		if !slices.Equal(row.process.Argv(), c.ProcessConfig.Argv()) || !slices.Contains(row.process.Env, "MARK=init") {
			t.Errorf("%s: got process %+v", row.stage, row.process)
		}
	}
}

func hookCopies(t *env) {
	c := t.command(PrintEnv{"GREETING"})
	c.ProcessConfig.Env = append(c.ProcessConfig.Env, "GREETING=hello")
	before := c.Clone()
	last := len(c.ProcessConfig.Env) - 1
	vandal := func(_ context.Context, p *driver.ProcessConfig, _ int, info *driver.HookInfo) error {
		if p.Env[last] != "GREETING=hello" || info.ID != c.ID || info.Command.ProcessConfig.Env[last] != "GREETING=hello" {
			t.Errorf("%s: what another hook changed arrives", info.Stage)
		}
		p.Env[last], p.Arguments = "GREETING=changed", nil
		info.ID, info.Command.ID = "changed", "changed"
		info.Command.ProcessConfig.Env[last] = "GREETING=changed"
		return nil
	}
	r := t.run(t.Context(), c, "", driver.Hooks{
		PreStart: []driver.DriverCallback{vandal, vandal},
		Start:    vandal,
		PostStop: []driver.DriverCallback{vandal, vandal},
	})
	if r.err != nil || r.stdout != "hello\n" {
		t.Errorf("the program printed %q, %v", r.stdout, r.err)
	}
	c.ProcessConfig.Terminal = nil
	t.wantSame("the caller's Command", c, before)
}

func hookContext(t *env) {
	check := func(ctx context.Context, _ *driver.ProcessConfig, _ int, info *driver.HookInfo) error {
		end, ok := ctx.Deadline()
		if left := time.Until(end); !ok || left > time.Minute || left < time.Minute/2 {
			t.Errorf("%s: got a deadline in %v, want about a minute", info.Stage, left)
		}
		return ctx.Err()
	}
	list := []driver.DriverCallback{check}
	r := t.run(t.Context(), t.command(Exit{}), "", driver.Hooks{PreStart: list, Start: check, PostStop: list, Timeout: time.Minute})
	if r.err != nil {
		t.Error(r.err)
	}
}

func hookStatus(t *env) {
	var pre, start, post call
	t.run(t.Context(), t.command(Exit{6}), "", driver.Hooks{
		PreStart: []driver.DriverCallback{pre.keep()},
		Start:    start.keep(),
		PostStop: []driver.DriverCallback{post.keep()},
	})
	if pre.info.Status != nil || start.info.Status != nil {
		t.Errorf("a status before the end: %v, %v", pre.info.Status, start.info.Status)
	}
	if post.info.Status == nil {
		t.Fatal("no status in post_stop")
	}
	t.wantStatus(*post.info.Status, 6, 0, false)
}

func hooksOfStart(t *env) {
	var pre, start, post call
	b := t.start(t.Context(), t.command(Sleep{}), driver.Hooks{
		PreStart: []driver.DriverCallback{pre.keep()},
		Start:    start.keep(),
		PostStop: []driver.DriverCallback{post.keep()},
	})
	if pre.pid != b.Pid() || start.pid != b.Pid() {
		t.Errorf("the hooks got pids %d and %d, the handle says %d", pre.pid, start.pid, b.Pid())
	}
	t.wantCode("TERM", b.Signal(t.Context(), sigTERM), "")
	b.wait()
	if post.pid != b.Pid() || post.info == nil || post.info.Status == nil || post.info.Status.ExitCode != 7 {
		t.Errorf("post_stop got %+v", post)
	}
}
