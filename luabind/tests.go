package luabind

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/internal/clock"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// TestOptions say how RunTests runs a file.
type TestOptions struct {
	// Open gives the options for the test file, and for each script that it runs:
	// what a command line would. Engines, Engine, Force, Stdin, Stdout and Stderr
	// are replaced. Nil gives the machine: Host, Detach, and modules beside the file.
	Open func(script string, args []string) Options
	// Select says by their names which tests run; nil is all.
	Select func(name string) bool
	// Coverage counts the lines that run; nil counts none.
	Coverage *Coverage
}

// TestReport is how one test file went.
type TestReport struct {
	File     string
	Tests    []TestResult
	Err      error  // what went wrong outside of its tests; nil: nothing
	Output   string // what was printed outside of its tests
	Duration time.Duration
}

// TestResult is how one test went.
type TestResult struct {
	Name     string
	Err      error  // why it failed, an *Error in most cases; nil: it passed
	Output   string // what was printed meanwhile
	Duration time.Duration
}

// Failed tells whether anything did.
func (r *TestReport) Failed() bool {
	for _, t := range r.Tests {
		if t.Err != nil {
			return true
		}
	}
	return r.Err != nil
}

// RunTests runs a file of tests: a script with the module execlua.test, whose
// engine is one in memory whatever name it asks for. When ctx ends, blocking
// calls fail and the file ends.
func RunTests(ctx context.Context, file string, o TestOptions) *TestReport {
	began := time.Now()
	c := clock.New()
	c.Enter()
	defer c.Leave()
	r := &testRun{opts: o, file: file, clock: c, engine: fake.New(fake.Options{Clock: c}), report: &TestReport{File: file}}
	r.recorder = stdlib.NewRecorder(r.changed)
	code, err := r.script(clock.With(ctx, c), file, nil, &r.out, &r.out, r)
	r.report.Output += r.out.take()
	r.report.Duration = time.Since(began)
	switch {
	case r.told:
	case err != nil:
		r.report.Err = err
	case code != 0:
		r.report.Err = &Error{Code: "error", File: file, Message: fmt.Sprintf("the file ended with exit code %d", code)}
	}
	return r.report
}

// testRun is one file of tests while it runs. What is not the engine is guarded
// by the lock of the file's VM.
type testRun struct {
	opts    TestOptions
	file    string
	clock   *clock.Clock // virtual in tests that ask for the engine
	engine  *fake.Driver
	out     outputBuffer
	report  *TestReport
	servers []func(context.Context) error // those of the test, to stop them
	running bool                          // a test does

	recorder  *stdlib.Recorder // on from the first t.fake() to the end of the test
	recording sync.Mutex
	changes   []Change // guarded by recording

	told bool // a test has ended the file, and its result tells why
}

// script runs a script to its end in a VM of its own with the engine of the
// tests. self makes it a file of tests.
func (r *testRun) script(ctx context.Context, path string, args []string, stdout, stderr *outputBuffer, self *testRun) (int, error) {
	o := Options{Host: true, Detach: true, Path: []string{filepath.Join(filepath.Dir(path), "?.lua")}, Args: args}
	if r.opts.Open != nil {
		o = r.opts.Open(path, args)
	}
	o.Engines = map[string]Engine{"fake": func() (driver.Driver, error) { return r.engine, nil }}
	o.Engine, o.Force = "fake", "fake"
	o.Stdin, o.Stdout, o.Stderr = nil, stdout, stderr
	o.Coverage, o.tests, o.recorder, o.clock = r.opts.Coverage, self, r.recorder, r.clock
	v, err := New(o)
	if err != nil {
		return 1, err
	}
	code, err := v.RunFile(ctx, path)
	if err := errors.Join(err, v.Close()); err != nil {
		return 1, unjoin(err)
	}
	return code, nil
}

// test is execlua.test.test(name, fn). It runs at once, in a task of its own, so
// that what it defers runs at its end.
func (v *VM) test(L *lua.LState, name string, fn *lua.LFunction) error {
	r := v.opts.tests
	switch {
	case r.running:
		return errors.New("a test inside of a test")
	case r.opts.Select != nil && !r.opts.Select(name):
		return nil
	}
	r.running = true
	defer func() { r.running = false }()
	r.report.Output += r.out.take()
	began := time.Now()

	recorded := r.recorder.On() // from outside of a test: for all that follow
	r.begin(recorded)
	vm.Unlocked(L, r.engine.Reset)
	_, err := vm.Spawn(L, fn).Wait(L)
	r.clock.SetVirtual(recorded) // as recording: from outside of a test, for all that follow
	if closing := v.closeServers(L); err == nil {
		err = closing // else the test's own failure tells more
	}
	vm.Unlocked(L, r.engine.Reset)
	r.begin(recorded)

	result := TestResult{Name: name, Duration: time.Since(began), Output: r.out.take()}
	var exit *vm.ExitError
	switch {
	case errors.As(err, &exit):
		result.Err = &Error{Code: "error", Message: fmt.Sprintf("os.exit(%d) ended the whole file", exit.Code), cause: err}
	case err != nil:
		result.Err = v.scriptError(err)
	}
	r.report.Tests = append(r.report.Tests, result)
	// The file goes on after a test that failed, but not when it has to end itself.
	ended := vm.Block(L, func(context.Context) error { return nil })
	r.told = ended != nil && result.Err != nil
	return ended
}

// scriptResult is what execlua.test.script gives.
type scriptResult struct {
	ExitCode int        `json:"exit_code"` // as the command line would have it: 1 after an error
	Stdout   string     `json:"stdout"`    // what the script, and containers that inherit from it, have printed
	Stderr   string     `json:"stderr"`    // as stdout; the message of an error is not in it
	Error    lua.LValue `json:"error"`     // the error value that ended it, or nil
}

// testScript is execlua.test.script(path, args).
func (v *VM) testScript(L *lua.LState, path string, args []string) (*scriptResult, error) {
	r := v.opts.tests
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(r.file), path)
	}
	var stdout, stderr outputBuffer
	out := &scriptResult{Error: lua.LNil}
	err := vm.Block(L, func(ctx context.Context) error {
		var err error
		out.ExitCode, err = r.script(ctx, path, args, &stdout, &stderr, nil)
		if ctx.Err() != nil { // it was not the script that failed
			return context.Cause(ctx)
		}
		if err != nil {
			out.Error = v.object(carriedError(err), "error")
		}
		return nil
	})
	out.Stdout, out.Stderr = stdout.take(), stderr.take()
	return out, err
}

// carriedError is the error of another VM's script as a value of this one. Lua
// values in it belong to the other VM, and stay there.
func carriedError(err error) *raisedError {
	info := Error{Code: code(err), Message: err.Error(), cause: err}
	var script *Error
	where := ""
	if errors.As(err, &script) {
		info = *script
		if script.File != "" {
			where = fmt.Sprintf("%s:%d", script.File, script.Line)
		}
	}
	return &raisedError{info: info, where: where, hook: lua.LNil, value: lua.LNil, result: lua.LNil}
}

// outputBuffer collects output of many goroutines.
type outputBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *outputBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// take returns what has been written since the last time.
func (b *outputBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := b.text.String()
	b.text.Reset()
	return text
}
