package luabind

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/execlua/execlua/driver"
	tty "github.com/execlua/execlua/internal/terminal"
	"github.com/execlua/execlua/stdlib"
)

// stdlibHost is what the modules need of this VM.
func (v *VM) stdlibHost() stdlib.Host {
	h := stdlib.Host{
		Args: v.opts.Args, Script: v.scriptName, Env: v.env, Access: v.access, Logger: v.opts.Logger,
		Stdout: v.vm.Stdout(), Stderr: v.vm.Stderr(), Width: v.stderrWidth,
		Streams: func(o stdlib.StreamOptions) (stdlib.Streams, error) {
			s, err := v.streams(&runOptions{Stdin: o.Stdin, Stdout: o.Stdout, Stderr: o.Stderr, Input: o.Input}, &driver.ProcessConfig{})
			return hostStreams{s}, err
		},
	}
	if v.opts.Host {
		h.Getwd = os.Getwd
	}
	return h
}

// access is what modules may touch. With Host that is everything, and a list would
// promise a limit that is none.
func access(o Options) (*stdlib.Access, error) {
	grant := stdlib.Grant{FS: o.FS, Programs: o.Programs, Hosts: o.Hosts, Listen: o.Listen, Env: o.Env}
	if !o.Host {
		a, err := stdlib.NewAccess(grant)
		if err != nil {
			return nil, fmt.Errorf("luabind: %w", err)
		}
		return a, nil
	}
	for name, given := range map[string]int{"FS": len(o.FS), "Programs": len(o.Programs), "Hosts": len(o.Hosts), "Listen": len(o.Listen)} {
		if given > 0 {
			return nil, fmt.Errorf("luabind: Options.%s limits scripts without Host; Host is the whole machine", name)
		}
	}
	return stdlib.FullAccess(), nil
}

// Change is a call that would change the world beyond containers.
type Change = stdlib.Change

// recorder is nil for scripts whose calls are done.
func recorder(o Options) *stdlib.Recorder {
	if o.Record == nil || o.recorder != nil {
		return o.recorder
	}
	r := stdlib.NewRecorder(o.Record)
	r.Switch(true)
	return r
}

// environment is what the script sees of the host's.
func environment(o Options) *stdlib.Environment {
	if o.Env == nil && o.Host {
		return stdlib.NewEnvironment(os.Environ())
	}
	return stdlib.NewEnvironment(o.Env)
}

// scriptName is the name that the running script was given.
func (v *VM) scriptName() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return cmp.Or(v.name, "script")
}

// stderrWidth is the width of the terminal that Options.Stderr is, else 0.
func (v *VM) stderrWidth() int {
	file, ok := v.opts.Stderr.(*os.File)
	if !ok || file == nil || !tty.Is(file) {
		return 0
	}
	if width := (&terminal{file: file}).size()[1]; width > 0 {
		return width
	}
	return 80
}

// hostStreams are the streams of a process that is in no container.
type hostStreams struct{ s *streams }

func (h hostStreams) Pipes() (stdin io.ReadCloser, stdout, stderr io.Writer) {
	return h.s.pipes.Stdin, h.s.pipes.Stdout, h.s.pipes.Stderr
}

func (h hostStreams) Watch(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	return h.s.watch(ctx)
}

func (h hostStreams) End(err error) error { return h.s.end(err) }

func (h hostStreams) Output() (stdout, stderr *stdlib.Kept) {
	return kept(h.s.stdout), kept(h.s.stderr)
}

func kept(o *output) *stdlib.Kept {
	text, truncated := o.text()
	if text == nil {
		return nil
	}
	return &stdlib.Kept{Text: *text, Truncated: truncated}
}
