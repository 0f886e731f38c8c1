package luabind

import (
	"context"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// replyOptions is what a process does in the place of a program.
type replyOptions struct {
	ExitCode int           `json:"exit_code"`                   // from 0 to 255
	Stdout   string        `json:"stdout"`                      // printed at the start
	Stderr   string        `json:"stderr"`                      // as stdout
	Delay    time.Duration `json:"delay" unit:"seconds"`        // from the start to the end; a signal ends it earlier
	Signal   lua.LValue    `json:"signal" lua:"string|integer"` // the name or number of the one that ends the process; nil: none
	OOM      bool          `json:"oom"`                         // the kernel ends it for lack of memory
	Error    string        `json:"error"`                       // the process cannot be started: what the call raises
	Code     string        `json:"code"`                        // of error, as "busy"; "" is "error"
}

// callTable is one call of the engine.
type callTable struct {
	Verb      string                `json:"verb"`      // "run", "start", "restart" (a handle's start), "exec" (of exec_start, too), "kill", "stop", …
	ID        string                `json:"id"`        // of the container
	Argv      []string              `json:"argv"`      // of run, start and exec
	Command   *driver.Command       `json:"command"`   // the container; nil where the verb takes only an id
	Process   *driver.ProcessConfig `json:"process"`   // of exec
	Resources *driver.Resources     `json:"resources"` // of update
	Signal    *string               `json:"signal"`    // of kill, signal_all and stop, when one was given
	Detached  bool                  `json:"detached"`  // of start
	Opts      *callOptions          `json:"opts"`      // of run, start and exec: the options that the script gave; those it did not give are nil
}

// callOptions are the options of a call, see execlua.RunOptions. A stream is told by
// its name, or as "file", "function" or "sink".
type callOptions struct {
	Stdin       *string        `json:"stdin"`
	Stdout      *string        `json:"stdout"`
	Stderr      *string        `json:"stderr"`
	Input       *string        `json:"input"`
	Timeout     *time.Duration `json:"timeout" unit:"seconds"`
	Grace       *time.Duration `json:"grace" unit:"seconds"`
	Check       bool           `json:"check"`
	HookTimeout *time.Duration `json:"hook_timeout" unit:"seconds"`
	Detach      bool           `json:"detach"`
}

// noted is what a test may ask of the options. It holds no Lua values: a script
// under test has a VM of its own.
func (o *runOptions) noted() *callOptions {
	return &callOptions{
		Stdin: streamKind(o.Stdin), Stdout: streamKind(o.Stdout), Stderr: streamKind(o.Stderr), Input: o.Input,
		Timeout: o.Timeout, Grace: o.Grace, Check: o.Check, HookTimeout: o.HookTimeout, Detach: o.Detach,
	}
}

func streamKind(value lua.LValue) *string {
	kind := "sink"
	switch value := value.(type) {
	case nil, *lua.LNilType:
		return nil
	case lua.LString:
		kind = string(value)
	case *lua.LFunction:
		kind = "function"
	case *lua.LUserData:
		if _, ok := vm.Output(value); ok {
			kind = "file"
		} else if _, ok := vm.Input(value); ok {
			kind = "file"
		}
	}
	return &kind
}

// fakeReply is fake:reply(match, reply).
func (v *VM) fakeReply(L *lua.LState, r *testRun, match, reply lua.LValue) error {
	var selects func(fake.Call) bool
	if match != lua.LNil {
		pattern, err := v.pattern(L, match)
		if err != nil {
			return err
		}
		selects = fake.Like(pattern)
	}
	if fn, ok := reply.(*lua.LFunction); ok {
		r.engine.Reply(selects, v.askReply(fn))
		return nil
	}
	answer, err := v.reply(reply)
	if err != nil {
		return err
	}
	r.engine.Reply(selects, answer)
	return nil
}

// pattern reads a Command of which anything may be missing.
func (v *VM) pattern(L *lua.LState, match lua.LValue) (*driver.Command, error) {
	if _, ok := bind.RecordValue(match); ok {
		return v.command(L, match)
	}
	if _, ok := match.(*lua.LTable); !ok {
		return nil, &bind.FieldError{Path: "match", Message: "a Command or a table expected, got " + match.Type().String()}
	}
	return v.decodeCommand(L, match, &driver.Command{})
}

type answer = func(context.Context, fake.Call) (fake.Reply, error)

// askReply asks a Lua function, in a task of its own.
func (v *VM) askReply(fn *lua.LFunction) answer {
	return func(ctx context.Context, c fake.Call) (fake.Reply, error) {
		var given answer
		err := v.vm.Call(ctx, fn, func(L *lua.LState) []lua.LValue {
			return []lua.LValue{v.encodeCall(L, &c)}
		}, func(_ *lua.LState, results []lua.LValue) (err error) {
			var value lua.LValue = lua.LNil
			if len(results) > 0 {
				value = results[0]
			}
			given, err = v.reply(value)
			return err
		})
		if err != nil {
			return fake.Reply{}, err
		}
		return given(ctx, c)
	}
}

// reply reads what a process does.
func (v *VM) reply(value lua.LValue) (answer, error) {
	o := replyOptions{Signal: lua.LNil}
	if value != lua.LNil {
		if err := v.binder.Decode(value, &o, "reply"); err != nil {
			return nil, err
		}
	}
	signal, err := signalNumber(o.Signal, 0)
	if err != nil {
		return nil, err
	}
	class := driver.ErrorOf(o.Code)
	switch {
	case o.ExitCode < 0 || o.ExitCode > 255:
		return nil, &bind.FieldError{Path: "reply.exit_code", Message: fmt.Sprintf("%d: from 0 to 255", o.ExitCode)}
	case o.Delay < 0:
		return nil, &bind.FieldError{Path: "reply.delay", Message: "less than nothing"}
	case o.Code != "" && o.Error == "":
		return nil, &bind.FieldError{Path: "reply.code", Message: "it is that of error, which is missing"}
	case o.Code != "" && class == nil:
		return nil, &bind.FieldError{Path: "reply.code", Message: fmt.Sprintf("an engine has no error of code %q", o.Code)}
	case o.Error != "":
		return func(context.Context, fake.Call) (fake.Reply, error) {
			return fake.Reply{}, &replyError{o.Error, class}
		}, nil
	}
	return fake.Reply{
		ExitCode: o.ExitCode, Stdout: o.Stdout, Stderr: o.Stderr, Delay: o.Delay, Signal: signal, OOM: o.OOM,
	}.Always, nil
}

// replyError is why a process cannot be started, in the words of a test.
type replyError struct {
	text  string
	class error // nil: none
}

func (e *replyError) Error() string { return e.text }
func (e *replyError) Unwrap() error { return e.class }

// fakeCalls is fake:calls(verb).
func (v *VM) fakeCalls(L *lua.LState, r *testRun, verb string) lua.LValue {
	list := L.NewTable()
	for _, c := range r.engine.Calls("") {
		if name := scriptVerb(c.Verb); verb == "" || name == verb {
			list.Append(v.encodeCall(L, &c))
		}
	}
	return list
}

// scriptVerb is what a script calls a verb: its exec is the engine's exec_start, since that
// tells more of the end.
func scriptVerb(verb string) string {
	if verb == "exec_start" {
		return "exec"
	}
	return verb
}

func (v *VM) encodeCall(L *lua.LState, c *fake.Call) lua.LValue {
	t := L.NewTable()
	t.RawSetString("verb", lua.LString(scriptVerb(c.Verb)))
	t.RawSetString("id", lua.LString(c.ID))
	readOnly := bind.RecordOptions{ReadOnly: true}
	if c.Command != nil {
		t.RawSetString("command", v.record(L, c.Command, true))
	}
	if c.Process != nil {
		t.RawSetString("process", v.binder.Record(L, c.Process, "process", readOnly))
		t.RawSetString("argv", bind.Encode(L, c.Process.Argv()))
	} else if c.Command != nil && (c.Verb == "run" || c.Verb == "start") {
		t.RawSetString("argv", bind.Encode(L, c.Command.ProcessConfig.Argv()))
	}
	if c.Resources != nil {
		t.RawSetString("resources", v.binder.Record(L, c.Resources, "resources", readOnly))
	}
	if opts, ok := c.Options.(*callOptions); ok {
		t.RawSetString("opts", bind.Encode(L, opts))
	}
	if c.Verb == "start" {
		t.RawSetString("detached", lua.LBool(c.Detached))
	}
	if c.Signal != 0 {
		t.RawSetString("signal", lua.LString(driver.SignalName(c.Signal)))
	}
	return t
}
