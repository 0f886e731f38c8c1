package stdlib

import (
	"context"
	"io"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"
)

// Host is what modules that reach outside need of the program around the VM. The
// zero Host is enough to declare them.
type Host struct {
	Args   []string               // the script's arguments
	Script func() string          // the name of the running script
	Env    *Environment           // the environment as the script sees it
	Getwd  func() (string, error) // nil: the script has no working directory
	Access *Access                // what of the machine may be touched; nil is nothing
	Logger hclog.Logger

	Stdout, Stderr io.Writer
	Width          func() int // of the terminal behind Stderr, in columns; 0 when it is none

	// Streams opens what the options of a process name. It is called with the lock held.
	Streams func(o StreamOptions) (Streams, error)
}

// StreamOptions are the streams of a process as a script gives them; see the
// options of driver:run.
type StreamOptions struct {
	Stdin, Stdout, Stderr lua.LValue
	Input                 *string
}

// Streams are the streams of one process.
type Streams interface {
	// Pipes are its ends; stdin and what is discarded may be nil.
	Pipes() (stdin io.ReadCloser, stdout, stderr io.Writer)
	// Watch gives ctx an end when a destination fails.
	Watch(ctx context.Context) (context.Context, context.CancelCauseFunc)
	// End delivers what is held back when the process has ended, and adds to err
	// what functions of the script have raised.
	End(err error) error
	// Output is what was kept of stdout and stderr, nil where nothing was.
	Output() (stdout, stderr *Kept)
}

// Kept is the end of an output.
type Kept struct {
	Text      string
	Truncated bool // there was more before it
}
