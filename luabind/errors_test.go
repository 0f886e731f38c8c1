package luabind_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/bind"
)

// What Go code returned somewhere below a script, errors.Is and As find above it.
func TestGoErrorsPassThroughLua(t *testing.T) {
	errOwn := errors.New("own")
	for _, row := range []struct {
		name, script string
		is           error
		code         string
	}{
		{"an engine's error", `execlua.driver():kill("nobody")`, driver.ErrNotFound, "not_found"},
		{"caught and raised again", `local ok, err = pcall(own.fail) error(err)`, errOwn, "error"},
		{"asserted", `assert(pcall(error, nil) or assert(pcall(own.fail)))`, errOwn, "error"},
		{"out of a task", `require("execlua.task").spawn(own.fail):wait()`, errOwn, "error"},
		{"out of a coroutine", `coroutine.wrap(own.fail)()`, errOwn, "error"},
		{"out of a hook", `execlua.driver():run({ image = "host", "true" }, {}, { pre_start = function() own.fail() end })`, errOwn, "hook_failed"},
		{"out of a stream", `execlua.driver():run({ image = "host", "echo" }, { stdout = function() own.fail() end })`, errOwn, "error"},
		{"out of a stopped VM's cause", `own.cancel()`, context.Canceled, "cancelled"},
		{"of a wrong value", `execlua.command { image = "host", "true", initpath = "/x" }`, driver.ErrUnsupported, "unsupported"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := newHost(t, nil)
			err := h.Publish("own",
				luabind.Func{Name: "fail", Fn: func() error { return errOwn }},
				luabind.Func{Name: "cancel", Fn: func() error { return context.Canceled }})
			if err != nil {
				t.Fatal(err)
			}
			code, err := h.run(row.script)
			var e *luabind.Error
			if code != 1 || !errors.Is(err, row.is) || !errors.As(err, &e) || e.Code != row.code {
				t.Errorf("code %d, %v; want %v with code %q", code, err, row.is, row.code)
			}
		})
	}
}

func TestErrorFields(t *testing.T) {
	h := newHost(t, nil)
	code, err := h.RunString(context.Background(), "jobs/deploy.lua", `
local driver = execlua.driver()
local function deploy(id)
  driver:run({ id = id, image = "host", "true" }, {}, {
    pre_start = { function() end, function() error("not today") end },
  })
end
deploy("web")`)
	var e *luabind.Error
	if code != 1 || !errors.As(err, &e) {
		t.Fatalf("code %d, %v", code, err)
	}
	for _, field := range []struct{ name, got, want string }{
		{"File", e.File, "jobs/deploy.lua"},
		{"Code", e.Code, "hook_failed"},
		{"Op", e.Op, "run"},
		{"ID", e.ID, "web"},
		{"Stage", e.Stage, "pre_start"},
		{"Message", e.Message, `run "web": pre_start hook 2: jobs/deploy.lua:5: not today`},
		{"Error()", e.Error(), `jobs/deploy.lua:4: run "web": pre_start hook 2: jobs/deploy.lua:5: not today`},
	} {
		if field.got != field.want {
			t.Errorf("%s is %q, want %q", field.name, field.got, field.want)
		}
	}
	if e.Line != 4 {
		t.Errorf("Line is %d, want 4", e.Line)
	}
	for _, frame := range []string{"jobs/deploy.lua:4: in", "deploy", "jobs/deploy.lua:8: in "} {
		if !strings.Contains(e.Traceback, frame) {
			t.Errorf("no %q in the traceback:\n%s", frame, e.Traceback)
		}
	}
	var hook *driver.HookError
	if !errors.As(err, &hook) || hook.Stage != driver.StagePreStart || hook.Index != 1 {
		t.Errorf("no HookError of the second hook in %v", err)
	}

	_, err = h.run(`execlua.driver("docker")`)
	if !errors.As(err, &e) || e.Hint != "this host has: fake" || !errors.Is(err, driver.ErrDriverNotFound) {
		t.Errorf("%v with the hint %q", err, e.Hint)
	}
}

// A panic is a fault of the host. The script cannot go on as if nothing had happened.
func TestPanicInAPublishedFunction(t *testing.T) {
	for _, fn := range []any{
		func() { panic("a bug") },
		func(context.Context) { panic("a bug") },
	} {
		h := newHost(t, nil)
		if err := h.Publish("own", luabind.Func{Name: "f", Fn: fn}); err != nil {
			t.Fatal(err)
		}
		code, err := h.run(`
			execlua.defer(function() print("cleaned up") end)
			pcall(function() own.f() end)
			print("went on")`)
		var panicked *bind.PanicError
		if code != 1 || !errors.As(err, &panicked) || panicked.Value != "a bug" {
			t.Errorf("code %d, %v", code, err)
		}
		if want := "test.lua:3: panic in f: a bug"; err.Error() != want {
			t.Errorf("failed with %q, want %q", err, want)
		}
		if got := h.out.String(); got != "cleaned up\n" {
			t.Errorf("printed %q", got)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, row := range []struct {
		script string
		code   int
		fails  string // "": it does not
	}{
		{``, 0, ""},
		{`return nil`, 0, ""},
		{`return 3`, 3, ""},
		{`return 255`, 255, ""},
		{`return 3, "more"`, 3, ""},
		{`return "text"`, 0, ""},
		{`return true`, 0, ""},
		{`return 256`, 1, "an exit code is an integer from 0 to 255"},
		{`return -1`, 1, "an exit code is an integer from 0 to 255"},
		{`return 1.5`, 1, "an exit code is an integer from 0 to 255"},
		{`os.exit(4)`, 4, ""},
		{`os.exit()`, 0, ""},
		{`os.exit(true)`, 0, ""},
		{`os.exit(false)`, 1, ""},
		{`pcall(os.exit, 5) return 6`, 5, ""},
		{`require("execlua.task").spawn(os.exit, 7):wait()`, 7, ""},
		{`error("no")`, 1, "test.lua:1: no"},
		{`return driver:run(job).exit_code`, 1, "attempt to index"},
	} {
		t.Run(row.script, func(t *testing.T) {
			code, err := newHost(t, nil).run(row.script)
			if code != row.code || (err != nil) != (row.fails != "") || err != nil && !strings.Contains(err.Error(), row.fails) {
				t.Errorf("code %d, %v; want %d, %q", code, err, row.code, row.fails)
			}
		})
	}
}

// os.exit ends the VM, as it ends the process of lua(1): what is run afterwards ends in the same way.
func TestExitIsForGood(t *testing.T) {
	h := newHost(t, nil)
	for _, script := range []string{`os.exit(3)`, `print("ran") return 4`} {
		if code, err := h.run(script); code != 3 || err != nil {
			t.Errorf("%s: code %d, %v", script, code, err)
		}
	}
	if h.out.String() != "" {
		t.Errorf("printed %q", h.out)
	}
}

func TestRunFile(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) {
		o.Source = fstest.MapFS{
			"jobs/good.lua":   {Data: []byte("#!/usr/bin/env execlua\nprint(arg[0]) return 3")},
			"jobs/broken.lua": {Data: []byte("local x = 1\nlocal y = = 2\n")},
			"jobs/cut.lua":    {Data: []byte("if true then\n")},
		}
	})
	code, err := h.RunFile(context.Background(), "jobs/good.lua")
	if code != 3 || err != nil || h.out.String() != "jobs/good.lua\n" {
		t.Errorf("code %d, %v, printed %q", code, err, h.out)
	}
	for _, row := range []struct {
		path, file    string
		line          int
		code, message string
	}{
		{"jobs/broken.lua", "jobs/broken.lua", 2, "error", "syntax error near '='"},
		{"jobs/cut.lua", "", 0, "error", "jobs/cut.lua: syntax error near the end of the file"},
		{"jobs/absent.lua", "", 0, "not_found", "cannot open jobs/absent.lua: file does not exist"},
		{"jobs", "", 0, "invalid", "jobs is a directory, not a script"},
	} {
		code, err := h.RunFile(context.Background(), row.path)
		var e *luabind.Error
		if code != 1 || !errors.As(err, &e) {
			t.Errorf("%s: code %d, %v", row.path, code, err)
			continue
		}
		if e.File != row.file || e.Line != row.line || e.Code != row.code || e.Message != row.message {
			t.Errorf("%s: %q:%d %q %q; want %q:%d %q %q", row.path, e.File, e.Line, e.Code, e.Message, row.file, row.line, row.code, row.message)
		}
	}
}
