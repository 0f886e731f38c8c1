package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/vm"
)

// crossings is how often a sample goes from one language to the other.
const crossings = 200000

// border are the ways between Go and Lua, timed in this process around a loop in
// Lua. Beside them stands what somebody writes by hand for a plain gopher-lua.
func (b *bench) border() []*benchCase {
	const loop = "function loop(n) for _ = 1, n do %s end end"
	inLua := func(name, about, body, plainBody string) *benchCase {
		return between(name, about,
			perCrossing(hostLoop(fmt.Sprintf(`cmd = execlua.command { image = "host", hostname = "box", "true" } `+loop, body))),
			perCrossing(plainLoop(fmt.Sprintf(loop, plainBody))))
	}
	return []*benchCase{
		between("call-lua", "a hook of nothing: Go calls a Lua function, errors caught", perCrossing(hostCall), perCrossing(plainCall)),
		inLua("call-go", "Lua calls a Go function of two integers, which knows nothing of Lua", "host.add(1, 2)", "add(1, 2)"),
		inLua("field-read", "a field of a Command, beside a userdata with __index", "local _ = cmd.hostname", "local _ = object.hostname"),
		inLua("field-write", "the same, assigned, beside __newindex", `cmd.hostname = "box"`, `object.hostname = "box"`),
		between("task-switch", "two tasks take turns, beside two coroutines", perCrossing(hostLoop(`
			local task = require("execlua.task")
			local function turns(n) for _ = 1, n do host.yield() end end
			function loop(n)
				local other = task.spawn(turns, n / 2)
				turns(n / 2)
				other:wait()
			end`)), perCrossing(plainLoop(`
			local co = coroutine.wrap(function() while true do coroutine.yield() end end)
			function loop(n) for _ = 1, n / 2 do co() end end`))),
	}
}

func between(name, about string, ours, plain sampler) *benchCase {
	return &benchCase{name: name, about: about, metrics: []string{"ns"}, contenders: []*contender{
		{name: "execlua", sample: ours}, {name: "gopher-lua", sample: plain},
	}}
}

// perCrossing makes nanoseconds of what f took for that many.
func perCrossing(f func(ctx context.Context, n int) (time.Duration, error)) sampler {
	return func(ctx context.Context) ([]float64, error) {
		runtime.GC() // of what the last sample left
		elapsed, err := f(ctx, crossings)
		return []float64{float64(elapsed.Nanoseconds()) / crossings}, err
	}
}

// hostLoop times the global function loop of a script. Host: as on the command
// line, loops can then not be interrupted, as in a plain gopher-lua.
func hostLoop(source string) func(ctx context.Context, n int) (time.Duration, error) {
	return func(ctx context.Context, n int) (time.Duration, error) {
		host, err := luabind.New(luabind.Options{Host: true})
		if err != nil {
			return 0, err
		}
		defer host.Close()
		err = host.Publish("host",
			luabind.Func{Name: "add", Fn: func(a, b int) int { return a + b }},
			luabind.Func{Name: "yield", Fn: func(context.Context) { runtime.Gosched() }})
		if err != nil {
			return 0, err
		}
		if _, err := host.RunString(ctx, "bench", source); err != nil {
			return 0, err
		}
		begin := time.Now()
		_, err = host.Call(ctx, "loop", n)
		return time.Since(begin), err
	}
}

func plainLoop(source string) func(ctx context.Context, n int) (time.Duration, error) {
	return func(_ context.Context, n int) (time.Duration, error) {
		L := lua.NewState()
		defer L.Close()
		L.SetGlobal("add", L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LNumber(L.CheckInt(1) + L.CheckInt(2)))
			return 1
		}))
		L.SetGlobal("object", byHand(L))
		if err := L.DoString(source); err != nil {
			return 0, err
		}
		begin := time.Now()
		err := L.CallByParam(lua.P{Fn: L.GetGlobal("loop"), Protect: true}, lua.LNumber(n))
		return time.Since(begin), err
	}
}

// byHand binds one field of a Go struct.
func byHand(L *lua.LState) *lua.LUserData {
	type command struct{ hostname string }
	of := func(L *lua.LState) *command {
		c, _ := L.CheckUserData(1).Value.(*command)
		if c == nil || L.CheckString(2) != "hostname" {
			L.ArgError(2, "no such field")
		}
		return c
	}
	mt := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"__index":    func(L *lua.LState) int { L.Push(lua.LString(of(L).hostname)); return 1 },
		"__newindex": func(L *lua.LState) int { of(L).hostname = L.CheckString(3); return 0 },
	})
	return &lua.LUserData{Value: &command{"box"}, Metatable: mt}
}

// hostCall is the way that hooks and callbacks take.
func hostCall(ctx context.Context, n int) (elapsed time.Duration, err error) {
	v := vm.New(vm.Options{})
	defer v.Close()
	err = v.Run(ctx, "bench", func(L *lua.LState) error {
		chunk, err := v.Load(L, strings.NewReader("return function() end"), "bench")
		if err != nil {
			return err
		}
		made, err := vm.PCall(L, chunk)
		if err != nil {
			return err
		}
		hook := made[0].(*lua.LFunction)
		return vm.Block(L, func(ctx context.Context) error {
			begin := time.Now()
			for range n {
				if err := v.Call(ctx, hook, nil, nil); err != nil {
					return err
				}
			}
			elapsed = time.Since(begin)
			return nil
		})
	})
	return elapsed, err
}

func plainCall(_ context.Context, n int) (time.Duration, error) {
	L := lua.NewState()
	defer L.Close()
	if err := L.DoString("return function() end"); err != nil {
		return 0, err
	}
	call := lua.P{Fn: L.Get(-1), Protect: true}
	begin := time.Now()
	for range n {
		if err := L.CallByParam(call); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}
