package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// driverListeners declares the verbs of a driver that not every engine has.
func (v *VM) driverListeners() []bind.Func {
	method := func(name, doc string, fn any, params ...bind.Param) bind.Func {
		return bind.Func{Name: name, Doc: doc, Params: params, Method: true, Fn: fn}
	}
	return []bind.Func{
		method("update", "Changes limits of a running container, all or none.", driverUpdate, targetParam, resourcesParam),
		giving("execlua.Container[]", method("find", "Lists the engine's containers, the oldest first, as handles.", driverFind, filterParam)),
		method("signal_all", "Sends a signal to every process of the container.", driverSignalAll, targetParam, signalParam),
		giving("fun(): execlua.Event?", method("events", "Iterates over what happens from now on: for e in driver:events() do … end.", driverEvents, eventsParam)),
		giving("fun(): execlua.LogLine?", method("logs", "Iterates over the lines of the container's output: for l in driver:logs(id) do … end.", driverLogs, targetParam, logsParam)),
		giving("fun(): execlua.ResourceStats?", method("stats_stream", "Iterates over what the container uses, now and then once each period, until it ends.", driverStatsStream, targetParam, statsParam)),
		method("attach", "Joins the container's streams until it ends, or ctrl-p ctrl-q is typed on a terminal.", driverAttach, targetParam, attachParam),
	}
}

// handleListeners declares the same for one container, and on.
func (v *VM) handleListeners() []bind.Func {
	method := func(name, doc string, fn any, params ...bind.Param) bind.Func {
		return bind.Func{Name: name, Doc: doc, Params: params, Method: true, Fn: fn}
	}
	return []bind.Func{
		method("update", "Changes limits of the running container, all or none.",
			func(L *lua.LState, h *handle, r *driver.Resources) error {
				return driverUpdate(L, h.driver, h.target(), r)
			}, resourcesParam),
		method("signal_all", "Sends a signal to every process of the container.",
			func(L *lua.LState, h *handle, signal lua.LValue) error {
				return driverSignalAll(L, h.driver, h.target(), signal)
			}, signalParam),
		giving("fun(): execlua.Event?", method("events", "Iterates over what happens to the container from now on, until it is gone.", handleEvents)),
		giving("fun(): execlua.LogLine?", method("logs", "Iterates over the lines of the container's output.",
			func(L *lua.LState, h *handle, o *driver.LogOptions) (*lua.LFunction, error) {
				return driverLogs(L, h.driver, h.target(), o)
			}, logsParam)),
		giving("fun(): execlua.ResourceStats?", method("stats_stream", "Iterates over what it uses, now and then once each period, until it ends: for s in box:stats_stream { every = \"5s\" } do … end.", handleStatsStream, statsParam)),
		method("attach", "Joins the container's streams until it ends, or ctrl-p ctrl-q is typed on a terminal.",
			func(L *lua.LState, h *handle, o *attachOptions) error {
				return driverAttach(L, h.driver, h.target(), o)
			}, attachParam),
		giving("execlua.Subscription", method("on", "Calls fn at each event of a kind, never twice at once. What it raises is raised by wait, or fails the script in the end.", handleOn,
			bind.Param{Name: "event", Type: bind.Words("stats", "oom", "log", "exit", "health")},
			bind.Param{Name: "opts", Type: "execlua.OnOptions", Optional: true, Doc: "every (of stats), tail (of log); may be left out."},
			bind.Param{Name: "fn", Type: "fun(it: execlua.ResourceStats|execlua.Event|execlua.LogLine|execlua.Result)", Optional: true, Doc: "Gets the stats, the event, the line, or the result."})),
	}
}
