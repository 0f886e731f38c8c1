package luabind

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// testFake is execlua.test.fake().
func (v *VM) testFake() lua.LValue {
	r := v.opts.tests
	if !r.recorder.On() {
		r.recorder.Switch(true)
	}
	r.clock.SetVirtual(true)
	return v.object(r, "fake")
}

// begin forgets what was recorded.
func (r *testRun) begin(recorded bool) {
	r.recorder.Switch(false)
	r.recorder.Switch(recorded)
	r.recording.Lock()
	defer r.recording.Unlock()
	r.changes = nil
}

func (r *testRun) changed(c Change) {
	r.recording.Lock()
	defer r.recording.Unlock()
	r.changes = append(r.changes, c)
}

// fakeChanges is fake:changes(module).
func (v *VM) fakeChanges(L *lua.LState, r *testRun, module string) lua.LValue {
	r.recording.Lock()
	changes := slices.Clone(r.changes)
	r.recording.Unlock()
	list := L.NewTable()
	for _, c := range changes {
		if of, _, _ := strings.Cut(c.Op, "."); module == "" || of == module {
			t := bind.Encode(L, &c).(*lua.LTable)
			if c.Argv == nil {
				t.RawSetString("argv", lua.LNil) // not a list of nothing
			}
			list.Append(t)
		}
	}
	return list
}
