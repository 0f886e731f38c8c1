package bind_test

import (
	"context"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// box is shaped like what this package is for: nested data with every kind of field.
type box struct {
	ID      string            `json:"id"`
	Tty     bool              `json:"tty"`
	Process process           `json:"process"`
	Limits  *limits           `json:"limits"`
	Mounts  []mount           `json:"mounts"`
	Devices []*device         `json:"devices"`
	Labels  map[string]string `json:"labels"`
	Grace   *time.Duration    `json:"grace" unit:"seconds"`
	Size    [2]int            `json:"size"`
	Payload []byte            `json:"payload"`
	Extra   any               `json:"extra"`
	Notify  *lua.LFunction    `json:"notify"`
	Secret  string            `json:"-"`
	Untold  string
}

type process struct {
	User string   `json:"user"`
	Args []string `json:"args"`
	Env  []string `json:"env" form:"environ"`
}

type limits struct {
	Memory     int64         `json:"memory" unit:"bytes"`
	Swap       uint64        `json:"swap" unit:"bytes"`
	Shares     uint8         `json:"shares"`
	Weight     int32         `json:"weight"`
	Files      uint64        `json:"files"`
	CPUs       float64       `json:"cpus"`
	Swappiness *int64        `json:"swappiness"`
	Period     time.Duration `json:"period"`
}

type mount struct {
	Source   string `json:"source"`
	Writable bool   `json:"writable"`
}

type device struct {
	Path string `json:"path"`
}

// words are other tools' names for our fields.
func words(name string) string {
	switch name {
	case "name":
		return "id"
	case "mem_limit":
		return "limits.memory"
	}
	return ""
}

// vm is a Lua state whose lock is a flag, so that a test can ask who holds it.
type vm struct {
	*lua.LState
	*bind.Binder
	locked bool
	raised error // the last one
}

func newVM(t testing.TB) *vm {
	v := &vm{LState: lua.NewState(), locked: true}
	t.Cleanup(v.LState.Close)
	v.Binder = &bind.Binder{
		Block: func(_ *lua.LState, f func(context.Context) error) error {
			v.locked = false
			defer func() { v.locked = true }()
			return f(context.Background())
		},
		Raise: func(L *lua.LState, err error) {
			v.raised = err
			L.RaiseError("%s", err)
		},
		Words: words,
	}
	// The VM's pairs honours __pairs; gopher-lua's own does not.
	plain := v.GetGlobal("pairs")
	v.SetGlobal("pairs", v.NewFunction(func(L *lua.LState) int {
		fn := L.GetMetaField(L.CheckAny(1), "__pairs")
		if fn == lua.LNil {
			fn = plain
		}
		L.Push(fn)
		L.Push(L.Get(1))
		L.Call(1, 3)
		return 3
	}))
	v.run(t, `
		function show(v)
			local words = {}
			for k, item in pairs(v) do words[#words + 1] = tostring(k) .. "=" .. tostring(item) end
			return table.concat(words, " ")
		end`)
	return v
}

func (v *vm) run(t testing.TB, script string) {
	t.Helper()
	if err := v.DoString(script); err != nil {
		t.Fatal(err)
	}
}

// eval is the value of a Lua expression.
func (v *vm) eval(t testing.TB, expr string) lua.LValue {
	t.Helper()
	v.run(t, "return "+expr)
	result := v.Get(-1)
	v.Pop(1)
	return result
}

// publish makes f a global function.
func (v *vm) publish(t testing.TB, f bind.Func) {
	t.Helper()
	fn, err := v.Func(v.LState, f)
	if err != nil {
		t.Fatal(err)
	}
	v.SetGlobal(f.Name, fn)
}

// check runs a script line by line. A line that ends in --! text must raise an
// error that contains it, after its own position; one that ends in --> text
// must return that text.
func (v *vm) check(t *testing.T, script string) {
	t.Helper()
	for line := range strings.Lines(script) {
		code, want, raises := strings.Cut(strings.TrimSpace(line), "--! ")
		code, text, returns := strings.Cut(code, "--> ")
		if returns {
			code = "return tostring(" + code + ")"
		}
		v.SetTop(0)
		err := v.DoString(code)
		switch {
		case raises && (err == nil || !strings.Contains(err.Error(), "<string>:1: "+want)):
			t.Errorf("%s\n got error %v\nwant error %s", code, err, want)
		case !raises && err != nil:
			t.Errorf("%s\n got error %v", code, err)
		case returns && v.Get(-1).String() != text:
			t.Errorf("%s\n got %s\nwant %s", code, v.Get(-1), text)
		}
	}
}
