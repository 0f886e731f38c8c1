package drivertest

import (
	"context"
	"errors"
	"slices"

	"github.com/execlua/execlua/driver"
)

func execCases() []testCase {
	return []testCase{
		{"exit code", execCode},
		{"death by a signal", execSignalled},
		{"its own pipes", execPipes},
		{"environment over the container's", execEnvironment},
		{"working directory", execWorkingDir},
		{"a handle", execHandle},
		{"it ends with its container", execEndsWithContainer},
		{"into a paused container", execPaused},
		{"a process without a program", execInvalid},
		{"only the Start hook applies", execHooks},
		{"an error of Start kills the process only", execStartError},
		{"cancelling ends the process only", execCancel},
	}
}

func execCode(t *env) {
	b := t.sleeper()
	for _, code := range []int{0, 3, 255} {
		if r := t.exec(b.command, t.Process(Exit{code}), ""); r.err != nil || r.ExitCode != code {
			t.Errorf("got %d, %v; want %d", r.ExitCode, r.err, code)
		}
	}
}

func execSignalled(t *env) {
	b := t.sleeper()
	if r := t.exec(b.command, t.Process(KillSelf{sigKILL}), ""); r.err != nil || r.ExitCode != 128+sigKILL {
		t.Errorf("got %d, %v; want %d", r.ExitCode, r.err, 128+sigKILL)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container ended with the process")
	}
}

func execPipes(t *env) {
	b := t.sleeper()
	if r := t.exec(b.command, t.Process(Echo{"out", "err"}), ""); r.err != nil || r.stdout != "out" || r.stderr != "err" {
		t.Errorf("echo: got %+v", r)
	}
	if r := t.exec(b.command, t.Process(Cat{}), "input"); r.err != nil || r.stdout != "input" {
		t.Errorf("cat: got %+v", r)
	}
	if code, err := t.engine.Exec(t.Context(), b.command, t.Process(Cat{}), nil, driver.Hooks{}); err != nil || code != 0 {
		t.Errorf("cat without pipes: got %d, %v", code, err)
	}
	if got := b.out.String(); got != "ready\n" {
		t.Errorf("the container's stdout got %q", got)
	}
}

func execEnvironment(t *env) {
	c := t.command(Sleep{})
	c.ProcessConfig.Env = append(c.ProcessConfig.Env, "COLOUR=red", "SHAPE=round")
	b := t.start(t.Context(), c, driver.Hooks{})
	for name, want := range map[string]string{"COLOUR": "blue\n", "SHAPE": "round\n", "SIZE": "big\n"} {
		process := t.Process(PrintEnv{name})
		process.Env = append(process.Env, "COLOUR=blue", "SIZE=big")
		if r := t.exec(b.command, process, ""); r.err != nil || r.stdout != want {
			t.Errorf("%s: got %q, %v; want %q", name, r.stdout, r.err, want)
		}
	}
}

func execWorkingDir(t *env) {
	c := t.command(Sleep{})
	c.WorkingDir = "/dev"
	b := t.start(t.Context(), c, driver.Hooks{})
	for dir, want := range map[string]string{"": "/dev\n", "/sys": "/sys\n"} {
		process := t.Process(PrintDir{})
		process.WorkingDir = dir
		if r := t.exec(b.command, process, ""); r.err != nil || r.stdout != want {
			t.Errorf("%q: got %q, %v; want %q", dir, r.stdout, r.err, want)
		}
	}
}

func execHandle(t *env) {
	b := t.sleeper()
	x := t.startExec(t.Context(), b.command, Sleep{})
	if x.ID() != b.ID() || x.Pid() <= 0 || x.Pid() == b.Pid() {
		t.Errorf("got id %q, pid %d beside init's %d", x.ID(), x.Pid(), b.Pid())
	}
	pids, err := t.engine.GetPidsForContainer(t.Context(), b.ID())
	if err != nil || !slices.Contains(pids, x.Pid()) || !slices.Contains(pids, b.Pid()) {
		t.Errorf("pids: got %v, %v; want %d and %d among them", pids, err, b.Pid(), x.Pid())
	}
	t.wantCode("TERM", x.Signal(t.Context(), sigTERM), "")
	t.wantStatus(x.wait(), 7, 0, false)
	t.wantCode("TERM after the end", x.Signal(t.Context(), sigTERM), "not_running")
	t.wantCode("TERM to the container", b.Signal(t.Context(), sigTERM), "")
	t.wantStatus(b.wait(), 7, 0, false)
}

func execEndsWithContainer(t *env) {
	b := t.sleeper()
	x := t.startExec(t.Context(), b.command, IgnoreTERM{})
	t.wantCode("TERM to the container", b.Signal(t.Context(), sigTERM), "")
	b.wait()
	t.wantStatus(x.wait(), 128+sigKILL, sigKILL, false)
}

func execPaused(t *env) {
	b := t.sleeper()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	r := t.exec(b.command, t.Process(Exit{}), "")
	t.wantCode("exec while paused", r.err, "busy")
	if r.ExitCode != -1 {
		t.Errorf("got code %d, want -1", r.ExitCode)
	}
	t.wantCode("unpause", t.engine.Unpause(t.Context(), b.command), "")
	t.wantCode("exec afterwards", t.exec(b.command, t.Process(Exit{}), "").err, "")
}

func execInvalid(t *env) {
	b := t.sleeper()
	for name, process := range map[string]*driver.ProcessConfig{"nil": nil, "empty": {}} {
		r := t.exec(b.command, process, "")
		t.wantCode(name, r.err, "invalid")
		if r.ExitCode != -1 {
			t.Errorf("%s: got code %d, want -1", name, r.ExitCode)
		}
	}
}

func execHooks(t *env) {
	b := t.sleeper()
	process := t.Process(Exit{5})
	process.Env = append(process.Env, "MARK=exec")
	var got call
	wrong := hooks(func() { t.Error("a PreStart or PostStop hook was called") })
	code, err := t.engine.Exec(t.Context(), b.command, process, nil, driver.Hooks{PreStart: wrong, Start: got.keep(), PostStop: wrong})
	if err != nil || code != 5 {
		t.Errorf("got %d, %v", code, err)
	}
	if got.process == nil {
		t.Fatal("the Start hook was not called")
	}
	if !slices.Contains(got.process.Env, "MARK=exec") || got.pid <= 0 || got.pid == b.Pid() {
		t.Errorf("the Start hook got process %+v, pid %d; want the exec's, and not init's %d", got.process, got.pid, b.Pid())
	}
	if got.info.ID != b.ID() || got.info.Stage != driver.StageStart || got.info.Command.ID != b.ID() {
		t.Errorf("the Start hook got info %+v", got.info)
	}
}

func execStartError(t *env) {
	b := t.sleeper()
	code, err := t.engine.Exec(t.Context(), b.command, t.Process(IgnoreTERM{}), nil, driver.Hooks{Start: failing(errVeto)})
	t.wantHookError(err, driver.StageStart, 0, errVeto)
	if code != 128+sigKILL {
		t.Errorf("got code %d, want %d", code, 128+sigKILL)
	}
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container ended with the process")
	}
}

func execCancel(t *env) {
	b := t.sleeper()
	ctx, cancel := context.WithCancelCause(t.Context())
	x := t.startExec(ctx, b.command, Sleep{})
	cancel(errUserLeft)
	status, err := x.waitErr()
	if !errors.Is(err, errUserLeft) {
		t.Errorf("got %v, want the cause %v", err, errUserLeft)
	}
	t.wantStatus(status, 7, 0, true)
	if !t.engine.Info(b.ID()).IsRunning() {
		t.Error("the container ended with the process")
	}
}
