package vm_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// inTask runs fn with the function that source returns, as the main task.
func inTask(b *testing.B, source string, fn func(v *vm.VM, L *lua.LState, f *lua.LFunction)) {
	v := vm.New(vm.Options{})
	defer v.Close()
	preloadTestFunctions(v)
	err := v.Join(v.Run(context.Background(), "main", func(L *lua.LState) error {
		chunk, err := v.Load(L, strings.NewReader(source), "bench")
		if err != nil {
			return err
		}
		L.Push(chunk)
		L.Call(0, 1)
		fn(v, L, L.CheckFunction(-1))
		return nil
	}))
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm.New(vm.Options{}).Close()
	}
}

func BenchmarkBlock(b *testing.B) {
	inTask(b, "return function() end", func(_ *vm.VM, L *lua.LState, _ *lua.LFunction) {
		b.ReportAllocs()
		for b.Loop() {
			_ = vm.Block(L, func(context.Context) error { return nil })
		}
	})
}

func BenchmarkCall(b *testing.B) {
	inTask(b, "return function() end", func(v *vm.VM, L *lua.LState, f *lua.LFunction) {
		_ = vm.Block(L, func(context.Context) error {
			b.ReportAllocs()
			for b.Loop() {
				_ = v.Call(context.Background(), f, nil, nil)
			}
			return nil
		})
	})
}

func BenchmarkScript(b *testing.B) {
	for name, body := range map[string]string{
		"pcall":        "local f = function() end return function(n) for _ = 1, n do pcall(f) end end",
		"pcall, error": "return function(n) for _ = 1, n do pcall(error) end end",
		"coroutine":    "local f = function() end return function(n) for _ = 1, n do coroutine.wrap(f)() end end",
		"yield":        "return function(n) local co = coroutine.wrap(function() while true do coroutine.yield() end end) for _ = 1, n do co() end end",
	} {
		b.Run(name, func(b *testing.B) {
			inTask(b, body, func(_ *vm.VM, L *lua.LState, f *lua.LFunction) {
				b.ReportAllocs()
				b.ResetTimer()
				L.Push(f)
				L.Push(lua.LNumber(b.N))
				L.Call(1, 0)
			})
		})
	}
}

// BenchmarkWaitingTask reports what a task costs that waits, in bytes.
func BenchmarkWaitingTask(b *testing.B) {
	inTask(b, "local test = require('test') return function(i) test.meet(i) end", func(_ *vm.VM, L *lua.LState, f *lua.LFunction) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		tasks := make([]*vm.Task, b.N)
		for i := range tasks {
			tasks[i] = vm.Spawn(L, f, lua.LNumber(i))
		}
		_ = vm.Block(L, func(context.Context) error { runtime.Gosched(); return nil })
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(b.N), "heap-B/task")
		b.ReportMetric(float64(after.StackInuse-before.StackInuse)/float64(b.N), "stack-B/task")
		for _, task := range tasks {
			task.Cancel()
		}
	})
}

// BenchmarkPlainCall is what gopher-lua itself takes for a protected call from
// Go: what BenchmarkCall takes beyond that is ours.
func BenchmarkPlainCall(b *testing.B) {
	L := lua.NewState()
	defer L.Close()
	if err := L.DoString("return function() end"); err != nil {
		b.Fatal(err)
	}
	f := L.CheckFunction(-1)
	b.ReportAllocs()
	for b.Loop() {
		if err := L.CallByParam(lua.P{Fn: f, Protect: true}); err != nil {
			b.Fatal(err)
		}
	}
}
