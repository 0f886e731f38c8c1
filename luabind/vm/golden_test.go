package vm_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"github.com/execlua/execlua/luabind/vm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestScripts runs testdata/*.lua. What a script prints must be the text after
// each "-->", in order. A script with "--! text" must fail on that line with an
// error that contains the text. Scripts in testdata/sandbox run without Host.
func TestScripts(t *testing.T) {
	for _, dir := range []string{"testdata", "testdata/sandbox"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.lua"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no scripts in %s: %v", dir, err)
		}
		for _, file := range files {
			t.Run(strings.TrimPrefix(file, "testdata/"), func(t *testing.T) {
				t.Parallel()
				runScript(t, file, dir == "testdata")
			})
		}
	}
}

func runScript(t *testing.T, file string, host bool) {
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	v := vm.New(vm.Options{
		Stdout: &out,
		Stdin:  strings.NewReader("first line\n12 0x10 rest\nlast"),
		Host:   host,
		Path:   []string{"testdata/modules/?.lua"},
	})
	defer v.Close()
	preloadTestFunctions(v)
	err = v.Join(runText(v, string(source), filepath.Base(file)))

	want, failure := expectations(string(source), filepath.Base(file))
	if got := out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
	switch {
	case failure == nil && err != nil:
		t.Errorf("failed: %v", err)
	case failure != nil && err == nil:
		t.Errorf("did not fail; want %q at %s", failure.text, failure.where)
	case failure != nil:
		var script *vm.ScriptError
		if errors.As(err, &script); script == nil || script.Where != failure.where || !strings.Contains(err.Error(), failure.text) {
			t.Errorf("failed with %v; want %q at %s", err, failure.text, failure.where)
		}
	}
}

type expectedFailure struct{ where, text string }

func expectations(source, name string) (printed string, failure *expectedFailure) {
	for i, line := range strings.Split(source, "\n") {
		if _, text, ok := strings.Cut(line, "-->"); ok {
			printed += strings.TrimPrefix(text, " ") + "\n"
		}
		if _, text, ok := strings.Cut(line, "--! "); ok {
			failure = &expectedFailure{lineOf(name, i+1), text}
		}
	}
	return printed, failure
}

func lineOf(name string, line int) string {
	return name + ":" + lua.LNumber(line).String()
}

// runText runs a script as the main task.
func runText(v *vm.VM, source, name string) error {
	return v.Run(context.Background(), "main", func(L *lua.LState) error {
		fn, err := v.Load(L, strings.NewReader(source), name)
		if err != nil {
			return err
		}
		L.Push(fn)
		L.Call(0, 0)
		return nil
	})
}

// errTest is a Go error that reaches scripts.
var errTest = errors.New("sentinel")

// preloadTestFunctions gives scripts the module "test":
//
//	spawn(fn, ...), wait(task), cancel(task): tasks
//	defer(fn)
//	meet(name): blocks until two tasks have called it with the same name
//	callback(fn, ...): calls fn from a goroutine while the task blocks
//	fail(): raises a Go error;  panic(), panic_unlocked()
func preloadTestFunctions(v *vm.VM) {
	meetings := newMeetings()
	v.Preload("test", func(L *lua.LState) int {
		L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"spawn":          testSpawn,
			"wait":           testWait,
			"cancel":         func(L *lua.LState) int { L.CheckUserData(1).Value.(*vm.Task).Cancel(); return 0 },
			"defer":          func(L *lua.LState) int { vm.Defer(L, L.CheckFunction(1)); return 0 },
			"meet":           func(L *lua.LState) int { return meetings.meet(L, vm.Block) },
			"meet_cleanup":   func(L *lua.LState) int { return meetings.meet(L, vm.BlockCleanup) },
			"callback":       testCallback,
			"fail":           func(L *lua.LState) int { vm.Raise(L, errTest); return 0 },
			"panic":          func(*lua.LState) int { panic("a bug") },
			"panic_unlocked": func(L *lua.LState) int { _ = vm.Block(L, func(context.Context) error { panic("a bug") }); return 0 },
		}))
		return 1
	})
}

func arguments(L *lua.LState, first int) (args []lua.LValue) {
	for i := first; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	return args
}

func testSpawn(L *lua.LState) int {
	handle := L.NewUserData()
	handle.Value = vm.Spawn(L, L.CheckFunction(1), arguments(L, 2)...)
	L.Push(handle)
	return 1
}

func testWait(L *lua.LState) int {
	results, err := L.CheckUserData(1).Value.(*vm.Task).Wait(L)
	if err != nil {
		vm.Raise(L, err)
	}
	for _, result := range results {
		L.Push(result)
	}
	return len(results)
}

// testCallback calls its first argument as an engine calls a hook.
func testCallback(L *lua.LState) int {
	v, fn, args := vm.Of(L), L.CheckFunction(1), arguments(L, 2)
	var results []lua.LValue
	err := vm.Block(L, func(ctx context.Context) error {
		done := make(chan error)
		go func() {
			done <- v.Call(ctx, fn, func(*lua.LState) []lua.LValue { return args },
				func(_ *lua.LState, out []lua.LValue) error { results = out; return nil })
		}()
		return <-done
	})
	if err != nil {
		vm.Raise(L, err)
	}
	for _, result := range results {
		L.Push(result)
	}
	return len(results)
}
