package vm_test

import (
	"github.com/execlua/execlua/luabind/vm"
	"os"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	for _, src := range []string{
		`local x = 0 local function inc() x = x + 1 end inc() pcall(error, "e") inc() print("want 2", x) x = 10 inc() print("want 11", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() pcall(function() error("e") end) inc() print("want 2", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() pcall(function() local y = nil; return y.z end) inc() print("want 2", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() pcall(function() error({}) end) inc() print("want 2", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() xpcall(function() error("e") end, function(e) return e end) inc() print("want 2", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() coroutine.wrap(function() pcall(error) end)() inc() print("want 2", x)`,
		`local x = 0 local function inc() x = x + 1 end inc() coroutine.resume(coroutine.create(function() error("e") end)) inc() print("want 2", x)`,
	} {
		v := vm.New(vm.Options{Stdout: os.Stdout, Host: true})
		s := time.Now()
		err := runText(v, src, "t")
		e := ""
		if err != nil {
			e = err.Error()
			if len(e) > 150 {
				e = e[:150]
			}
		}
		t.Log(time.Since(s), e, src)
		v.Close()
	}
}
