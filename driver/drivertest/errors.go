package drivertest

import (
	"errors"

	"github.com/execlua/execlua/driver"
)

func errorCases() []testCase {
	return []testCase{
		{"an id never seen", unknownID},
		{"an id that has been", removedID},
		{"a refused Command", invalidCommand},
		{"no Command", noCommand},
	}
}

// unknown is what each verb answers about an id that no container has.
var unknown = []struct{ verb, code string }{
	{"exec", "not_found"},
	{"kill", "not_found"},
	{"pause", "not_found"},
	{"unpause", "not_found"},
	{"pids", "not_found"},
	{"stop", "not_found"},
	{"terminate", "not_found"},
	{"stats", "not_running"}, // the seed's answer, by which a collector knows to skip it
	{"clean", ""},
	{"signal_all", "not_found"},
	{"update", "not_found"},
	{"wait", "not_found"},
	{"logs", "not_found"},
	{"attach", "not_found"},
}

func wantUnknown(t *env, c *driver.Command) {
	t.Helper()
	for _, row := range unknown {
		err := t.call(t.Context(), row.verb, c)
		t.wantCode(row.verb, err, row.code)
		var named *driver.Error
		if err != nil && (!errors.As(err, &named) || named.ID != c.ID || named.Op == "") {
			t.Errorf("%s: the error does not name the verb and the container: %#v", row.verb, err)
		}
	}
}

func unknownID(t *env) { wantUnknown(t, t.command(Exit{})) }

func removedID(t *env) {
	c := t.command(Exit{})
	if r := t.run(t.Context(), c, "", noHooks); r.err != nil {
		t.Fatal(r.err)
	}
	wantUnknown(t, c)
}

func invalidCommand(t *env) {
	for name, spoil := range map[string]func(c *driver.Command){
		"no id":      func(c *driver.Command) { c.ID = "" },
		"path in id": func(c *driver.Command) { c.ID = "../up" },
		"no program": func(c *driver.Command) { c.ProcessConfig.Entrypoint, c.ProcessConfig.Arguments = "", nil },
		"no root":    func(c *driver.Command) { c.Image, c.Rootfs = "", "" },
		"signal":     func(c *driver.Command) { c.StopSignal = "NOPE" },
	} {
		c := t.command(Exit{})
		spoil(c)
		called := false
		mark := hooks(func() { called = true })
		r := t.run(t.Context(), c, "", driver.Hooks{PreStart: mark, Start: mark[0], PostStop: mark})
		t.wantCode(name, r.err, "invalid")
		var field *driver.FieldError
		if !errors.As(r.err, &field) {
			t.Errorf("%s: the error names no field: %v", name, r.err)
		}
		if r.ExitCode != -1 || called {
			t.Errorf("%s: got code %d, hooks called: %v; want -1 and none", name, r.ExitCode, called)
		}
	}
}

func noCommand(t *env) {
	r := t.run(t.Context(), nil, "", noHooks)
	t.wantCode("run", r.err, "invalid")
	t.wantCode("exec", t.exec(nil, t.Process(Exit{}), "").err, "invalid")
	t.wantCode("kill", t.engine.Kill(t.Context(), nil, 0), "invalid")
	t.wantCode("pause", t.engine.Pause(t.Context(), nil), "invalid")
	t.wantCode("unpause", t.engine.Unpause(t.Context(), nil), "invalid")
	t.wantCode("terminate", t.engine.Terminate(t.Context(), nil), "invalid")
	for _, name := range []string{"signal_all", "update", "attach"} {
		t.wantCode(name, t.call(t.Context(), name, nil), "invalid")
	}
}
