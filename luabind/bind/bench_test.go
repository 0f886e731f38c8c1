package bind_test

import (
	"context"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// loop runs a script b.N times in one call.
func (v *vm) loop(b *testing.B, body string) {
	fn, err := v.LoadString("for _ = 1, ... do " + body + " end")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	v.Push(fn)
	v.Push(lua.LNumber(b.N))
	v.Call(1, 0)
}

func BenchmarkCall(b *testing.B) {
	v := newVM(b)
	v.publish(b, bind.Func{Name: "f", Params: []bind.Param{{Name: "a"}, {Name: "b"}}, Fn: func(a, b int) int { return a + b }})
	v.loop(b, "f(1, 2)")
}

func BenchmarkBlockingCall(b *testing.B) {
	v := newVM(b)
	v.publish(b, bind.Func{Name: "f", Params: []bind.Param{{Name: "a"}}, Fn: func(_ context.Context, a string) error { return nil }})
	v.loop(b, `f("a")`)
}

func BenchmarkLeafRead(b *testing.B) {
	v := newVM(b)
	v.record(&box{ID: "web"}, bind.RecordOptions{})
	v.loop(b, "local _ = cmd.id")
}

func BenchmarkNestedRead(b *testing.B) {
	v := newVM(b)
	v.record(&box{Limits: &limits{Memory: 1}}, bind.RecordOptions{})
	v.loop(b, "local _ = cmd.limits.memory")
}

func BenchmarkAssign(b *testing.B) {
	v := newVM(b)
	v.record(&box{}, bind.RecordOptions{})
	v.loop(b, `cmd.limits.memory = "64m"`)
}

func BenchmarkDecode(b *testing.B) {
	v := newVM(b)
	lv := v.eval(b, `{id = "web", process = {args = {"sleep", "1"}, env = {A = 1}}, limits = {memory = "64m", cpus = 0.5}}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Decode(lv, &box{}, "box"); err != nil {
			b.Fatal(err)
		}
	}
}
