package stdlib

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// shModule is execlua.sh.
func shModule(h Host) Module {
	s := &shell{h}
	argv := bind.Param{Name: "argv", Type: "string[]", Doc: `The program and its arguments; { "sh", "-c", "…" } is a line for the shell.`}
	opts := bind.Param{Name: "opts", Type: "execlua.ShellOptions", Optional: true}
	return Module{
		Outside: true,
		Module: bind.Module{
			Name: "execlua.sh", Doc: "Programs of the host, outside of any container. Each has a process group of its own, which ends with it, with its timeout, with the task that waits for it, or with the script.",
			Funcs: []bind.Func{
				{Name: "run", Doc: "Runs a program to its end. An exit code other than 0 is a result; with check it raises exit_status.", Params: []bind.Param{argv, opts}, Fn: s.run},
				{
					Name: "output", Doc: "Runs a program and gives its stdout without the last newline, up to 1 MiB; raises exit_status when it fails.",
					Params: []bind.Param{argv, opts}, Fn: s.output,
				},
				{
					Name: "start", Doc: "Starts a program and returns at once.",
					Params: []bind.Param{argv, opts}, Returns: []bind.Return{{Type: "execlua.Process"}}, Fn: s.start,
				},
				{
					Name: "which", Doc: "Finds a program in the PATH of the script's environment.",
					Params: []bind.Param{{Name: "name"}}, Returns: []bind.Return{{Type: "string?", Doc: "Its path; nil when there is none."}},
					Fn: func(_ context.Context, name string) *string {
						if path, err := s.which(name); err == nil && s.host.Access.program(path) == nil {
							return &path
						}
						return nil
					},
				},
			},
		},
		Classes: []bind.Class{processClass()},
	}
}

func processClass() bind.Class {
	return bind.Class{
		Name: "process", Doc: "A program of the host that was started.",
		Fields: []bind.Func{{Name: "pid", Doc: "Its number, which is that of its process group, too.", Method: true, Fn: func(p *process) int { return p.pid }}},
		Methods: []bind.Func{
			{
				Name: "wait", Doc: "Waits for its end.", Method: true,
				Params: []bind.Param{{Name: "opts", Type: "execlua.ProcessWaitOptions", Optional: true}}, Fn: processWait,
			},
			{
				Name: "kill", Doc: "Sends a signal to its process group; none is sent when it has ended.", Method: true,
				Params: []bind.Param{{Name: "signal", Type: "string|integer", Optional: true, Doc: `A name or number; "KILL" when nil.`}},
				Fn: func(p *process, signal lua.LValue) error {
					if signal == lua.LNil {
						signal = lua.LString("KILL")
					}
					number, err := driver.ParseSignal(signal.String())
					if err != nil {
						return err
					}
					return failed("sh.kill", p.name, p.signal(syscall.Signal(number)))
				},
			},
			{
				Name: "stop", Doc: "Sends it SIGTERM, after the grace period SIGKILL, and waits for its end.", Method: true,
				Fn: func(L *lua.LState, p *process) (*ShellResult, error) {
					err := vm.BlockCleanup(L, func(ctx context.Context) error {
						p.stop(errStopped)
						<-p.over // within the grace period
						return nil
					})
					if err != nil {
						return nil, err
					}
					return p.conclude()
				},
			},
			{Name: "done", Doc: "Tells whether it has ended.", Method: true, Fn: func(p *process) bool { return isDone(p.over) }},
		},
	}
}

// ShellOptions are the second argument of sh.run, sh.output and sh.start.
type ShellOptions struct {
	Env     map[string]string `json:"env"`                                             // besides the script's environment, see execlua.env
	Cwd     *string           `json:"cwd"`                                             // where it starts; nil is the script's working directory
	Stdin   lua.LValue        `json:"stdin" lua:"string|file*|function"`               // as for driver:run. With "inherit" the program stays in the script's process group, so that it may read the terminal, and is stopped alone
	Stdout  lua.LValue        `json:"stdout" lua:"string|file*|function|execlua.Sink"` // as for driver:run: "inherit" (nil too), "discard", "capture", an open file, a function, execlua.lines, execlua.buffer
	Stderr  lua.LValue        `json:"stderr" lua:"string|file*|function|execlua.Sink"` // as stdout
	Input   *string           `json:"input"`                                           // what the program reads from its stdin; excludes stdin
	Timeout *time.Duration    `json:"timeout" unit:"seconds"`                          // from then on it is stopped, and its result says timed_out; nil: none
	Grace   *time.Duration    `json:"grace" unit:"seconds"`                            // from SIGTERM to SIGKILL; nil is 10 s
	Check   bool              `json:"check"`                                           // raise exit_status when the result is not ok
}

// ProcessWaitOptions are those of process:wait.
type ProcessWaitOptions struct {
	Timeout *time.Duration `json:"timeout" unit:"seconds"` // then wait_timeout is raised, and the program runs on; nil: none
}

// ShellResult is how a program of the host has ended.
type ShellResult struct {
	OK              bool          `json:"ok"`        // exit 0, and not timed out
	ExitCode        int           `json:"exit_code"` // 128+n when signal n ended it
	Signal          *string       `json:"signal"`    // "SEGV"; nil when the program exited by itself
	TimedOut        bool          `json:"timed_out"` // it ran out of its timeout
	Duration        time.Duration `json:"duration" unit:"seconds"`
	Stdout          *string       `json:"stdout"`           // the end of it, where it was captured
	StdoutTruncated bool          `json:"stdout_truncated"` // there was more before it
	Stderr          *string       `json:"stderr"`           // as stdout
	StderrTruncated bool          `json:"stderr_truncated"` // as stdout_truncated
}

// ExitError is a result that is not ok where ok was asked for.
type ExitError struct {
	Name   string
	Result *ShellResult
}

func (e *ExitError) Error() string {
	r := e.Result
	switch {
	case r.TimedOut:
		return fmt.Sprintf("%q timed out after %v", e.Name, r.Duration.Round(time.Millisecond))
	case r.Signal != nil:
		return fmt.Sprintf("%q was killed by signal %s", e.Name, *r.Signal)
	}
	return fmt.Sprintf("%q exited with code %d", e.Name, r.ExitCode)
}

var (
	errTimeout = errors.New("timed out")
	errStopped = errors.New("stopped")
)

// shell runs programs for one script.
type shell struct{ host Host }

func (s *shell) run(L *lua.LState, argv []string, o *ShellOptions) (*ShellResult, error) {
	p, err := s.prepare(argv, o)
	if err != nil {
		return nil, err
	}
	err = vm.Block(L, func(ctx context.Context) error {
		if err := p.start(ctx); err != nil {
			return err
		}
		<-p.over // within the grace period when ctx ends
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.conclude()
}

func (s *shell) output(L *lua.LState, argv []string, o *ShellOptions) (string, error) {
	opts := ShellOptions{}
	if o != nil {
		opts = *o
	}
	if opts.Stdout != nil && opts.Stdout != lua.LNil {
		return "", invalid("opts.stdout", "it is what is given back: use run")
	}
	opts.Stdout, opts.Check = lua.LString("capture"), true
	result, err := s.run(L, argv, &opts)
	switch {
	case err != nil:
		return "", err
	case result.StdoutTruncated:
		return "", failed("sh.output", argv[0], fmt.Errorf("%w: more than %d bytes", errTooLarge, len(*result.Stdout)))
	}
	text := *result.Stdout
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	return text, nil
}

func (s *shell) start(L *lua.LState, argv []string, o *ShellOptions) (lua.LValue, error) {
	p, err := s.prepare(argv, o)
	if err != nil {
		return nil, err
	}
	err = vm.Block(L, func(ctx context.Context) error {
		// It outlives the call, and the task: it is the script's.
		if err := p.start(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		disown := vm.VMOf(ctx).Own(p.release)
		go func() {
			<-p.over
			disown()
		}()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object(L, p, "process"), nil
}

func processWait(L *lua.LState, p *process, o *ProcessWaitOptions) (*ShellResult, error) {
	err := vm.Block(L, func(ctx context.Context) error {
		if o != nil && o.Timeout != nil {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, *o.Timeout, driver.ErrWaitTimeoutReached)
			defer cancel()
		}
		select {
		case <-p.over:
			return nil
		case <-ctx.Done():
			if cause := context.Cause(ctx); cause == driver.ErrWaitTimeoutReached {
				return failed("sh.wait", p.name, cause)
			}
			return ctx.Err()
		}
	})
	if err != nil {
		return nil, err
	}
	return p.conclude()
}

func isDone(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
