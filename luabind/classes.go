package luabind

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// Parameters that many verbs share.
var (
	targetParam  = bind.Param{Name: "target", Type: "execlua.Container|execlua.Command|string", Doc: "A handle, a Command with an id, or an id."}
	commandParam = bind.Param{Name: "command", Type: "execlua.Command", Doc: "A Command, or a table that stands for one."}
	processParam = bind.Param{Name: "process", Type: "execlua.ProcessConfig|string[]", Doc: "A list of words, with the process's fields beside them."}
	optsParam    = bind.Param{Name: "opts", Type: "execlua.RunOptions", Optional: true, Doc: "stdin, stdout, stderr, input, timeout, grace, check, hook_timeout."}
	startParam   = bind.Param{Name: "opts", Type: "execlua.RunOptions", Optional: true, Doc: "detach, stdin, stdout, stderr, input, timeout, grace, check, hook_timeout."}
	hooksParam   = bind.Param{Name: "hooks", Type: "execlua.Hooks", Optional: true, Doc: "pre_start, start, post_stop."}
	signalParam  = bind.Param{Name: "signal", Type: "string|integer", Optional: true, Doc: `A name or number; "KILL" when nil.`}
	stopParam    = bind.Param{Name: "opts", Type: "execlua.StopOptions", Optional: true, Doc: "signal, grace."}
	waitParam    = bind.Param{Name: "opts", Type: "execlua.WaitOptions", Optional: true, Doc: "timeout: raises wait_timeout, the process runs on."}
)

// giving declares the type of a function's result where Go's says too little.
func giving(typ string, f bind.Func) bind.Func {
	f.Returns = []bind.Return{{Type: typ}}
	return f
}

// driverClass declares what execlua.driver() gives.
func (v *VM) driverClass() bind.Class {
	method := func(name, doc string, fn any, params ...bind.Param) bind.Func {
		return bind.Func{Name: name, Doc: doc, Params: params, Method: true, Fn: fn}
	}
	return bind.Class{Name: "driver", Doc: "An engine that runs containers.", Methods: withErrors(append([]bind.Func{
		method("run", "Runs a container to its end and removes it.", driverRun, commandParam, optsParam, hooksParam),
		giving("execlua.Container", method("start", "Starts a container and returns its handle. With detach the container is not the script's: it goes on, and stays after its end until clean or terminate.", driverStart, commandParam, startParam, hooksParam)),
		method("exec", "Runs one more process in a running container.", driverExec, targetParam, processParam, optsParam, hooksParam),
		giving("execlua.Container", method("exec_start", "Starts one more process and returns its handle.", driverExecStart, targetParam, processParam, optsParam, hooksParam)),
		method("wait", "Waits for the end of a process that was started.", driverWait, targetParam, waitParam),
		method("stop", "Sends the stop signal, then SIGKILL after the grace period.", driverStop, targetParam, stopParam),
		method("kill", "Sends a signal to the container's init.", driverKill, targetParam, signalParam),
		method("pause", "Freezes the container.", driverPause, targetParam),
		method("unpause", "Thaws the container.", driverUnpause, targetParam),
		method("terminate", "Kills the container and removes it.", driverTerminate, targetParam),
		method("clean", "Removes what a stopped container left.", driverClean, targetParam),
		method("stats", "Tells what the container uses.", driverStats, targetParam),
		method("get_pids_for_container", "Lists the processes, as the host numbers them.", driverPids, targetParam),
		method("info", "Tells whether the container runs: {running}.", driverInfo, targetParam),
		method("name", "The engine's name.", func(d *scriptDriver) string { return d.engine.Name() }),
		method("supports_hooks", "Tells whether hooks are honoured.", func(d *scriptDriver) bool { return d.engine.SupportsHooks() }),
		giving("execlua.Registration", method("hook", "Registers a hook for every container that this driver starts from now on.", v.registerHook,
			bind.Param{Name: "stage", Type: bind.Words(hookStages()...)}, bind.Param{Name: "fn", Type: "execlua.Hook", Doc: "What to call."})),
	}, v.driverListeners()...))}
}

func (v *VM) registerHook(d *scriptDriver, stage string, fn *lua.LFunction) (lua.LValue, error) {
	r, err := d.hook(stage, fn)
	if err != nil {
		return nil, err
	}
	return v.object(r, "registration"), nil
}

// handleClass declares what start and exec_start give: the driver's verbs, for one process.
func (v *VM) handleClass() bind.Class {
	method := func(name, doc string, fn any, params ...bind.Param) bind.Func {
		return bind.Func{Name: name, Doc: doc, Params: params, Method: true, Fn: fn}
	}
	// verb binds one of the driver's verbs to the handle's container.
	verb := func(name, doc string, fn func(*lua.LState, *scriptDriver, lua.LValue) error) bind.Func {
		return method(name, doc, func(L *lua.LState, h *handle) error { return fn(L, h.driver, h.target()) })
	}
	return bind.Class{
		Name: "container", Doc: "A process that was started, or a container that was found. pairs visits its fields.",
		Methods: withErrors(append([]bind.Func{
			method("wait", "Waits for its end and returns the result.", func(L *lua.LState, h *handle, o *waitOptions) (*result, error) { return h.wait(L, o) }, waitParam),
			method("kill", "Sends it a signal.", handleKill, signalParam),
			method("stop", "Sends the stop signal, then SIGKILL after the grace period.", handleStop, stopParam),
			method("exec", "Runs one more process in the container.",
				func(L *lua.LState, h *handle, process, opts lua.LValue, hooks *hookOptions) (*result, error) {
					return driverExec(L, h.driver, h.target(), process, opts, hooks)
				}, processParam, optsParam, hooksParam),
			giving("execlua.Container", method("exec_start", "Starts one more process in the container.",
				func(L *lua.LState, h *handle, process, opts lua.LValue, hooks *hookOptions) (lua.LValue, error) {
					return driverExecStart(L, h.driver, h.target(), process, opts, hooks)
				}, processParam, optsParam, hooksParam)),
			method("start", "Starts a detached container that has ended once more, with the Command that it had, and without hooks.", handleStart),
			verb("pause", "Freezes the container.", driverPause),
			verb("unpause", "Thaws the container.", driverUnpause),
			verb("terminate", "Kills the container and removes it.", driverTerminate),
			verb("clean", "Removes what a stopped container left.", driverClean),
			method("stats", "Tells what the container uses.", func(L *lua.LState, h *handle) (*driver.ResourceStats, error) {
				return driverStats(L, h.driver, h.target())
			}),
			method("pids", "Lists the container's processes, as the host numbers them.", func(L *lua.LState, h *handle) ([]int, error) { return driverPids(L, h.driver, h.target()) }),
			method("info", "Tells whether the container runs: {running}.", func(L *lua.LState, h *handle) (*infoTable, error) { return driverInfo(L, h.driver, h.target()) }),
		}, v.handleListeners()...)),
		Fields: withErrors(append([]bind.Func{
			method("id", "The container's id.", func(h *handle) string { return h.cmd.ID }),
			giving("integer?", method("pid", "The process's number on the host; nil of a container that had exited when it was found, and of a detached one that does not run.", func(L *lua.LState, h *handle) (*int, error) { return h.pid(L) })),
			giving("string", method("state", `What the container does now: "created", "running", "paused", "exited" while its post_stop hooks run or, of a detached one, after its end, or "gone".`,
				func(L *lua.LState, h *handle) (string, error) { return h.state(L) })),
			giving("table<string, string>", method("labels", "The Command's labels, a copy.", func(L *lua.LState, h *handle) lua.LValue { return h.labels(L) })),
			giving("number?", method("created", "When it was made, in seconds since the epoch; nil once it is gone, unless it was found.",
				func(L *lua.LState, h *handle) (*time.Time, error) { return h.created(L) })),
			giving("execlua.Command", method("command", "What was started, or, of a container that was found, what it had become by then; read-only.",
				func(L *lua.LState, h *handle) lua.LValue { return v.record(L, h.cmd, true) })),
		}, detachedFields()...)),
	}
}

// target is the handle as the driver's verbs take it.
func (h *handle) target() lua.LValue { return &lua.LUserData{Value: h} }
