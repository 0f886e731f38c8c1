package driver

import (
	"io"
	"os/exec"
)

// Pipes are the host's ends of a process's stdin, stdout and stderr. A nil end
// is /dev/null inside.
//
// Writers are called from one goroutine at a time each; the same writer for
// both stdout and stderr gets them in the order they were written. Stdin is
// read until it ends or the process does, and is closed then, so that a blocked
// Read returns; an *os.File is polled instead and left open.
type Pipes struct {
	Stdin          io.ReadCloser
	Stdout, Stderr io.Writer
}

// NewPipes returns Pipes of the given ends; stdin is dropped unless useStdin.
func NewPipes(stdin io.ReadCloser, stdout, stderr io.Writer, useStdin bool) *Pipes {
	p := &Pipes{Stdout: stdout, Stderr: stderr}
	if useStdin {
		p.Stdin = stdin
	}
	return p
}

// Terminal is a pseudo terminal, or what stands in its place.
type Terminal interface {
	io.Closer
	// Resize sets the size in characters.
	Resize(height, width int) error
}

// StdConsole is the Terminal of a process without a tty: plain pipes. Resize and
// Close do nothing.
type StdConsole struct{}

// NewStdConsole attaches pipes to the process and returns its console. The
// console becomes process.Terminal.
func NewStdConsole(process *ProcessConfig, pipes *Pipes) (*StdConsole, error) {
	if process == nil || pipes == nil {
		return nil, &FieldError{Path: "pipes", Reason: "a console needs a process and pipes"}
	}
	console := &StdConsole{}
	process.Terminal = console
	return console, nil
}

// AttachPipes makes the pipes the standard streams of a host command. Stdin is
// copied in the background and the command's end closed after it.
func (s *StdConsole) AttachPipes(command *exec.Cmd, pipes *Pipes) error {
	if command == nil || pipes == nil {
		return &FieldError{Path: "pipes", Reason: "attaching needs a command and pipes"}
	}
	command.Stdout, command.Stderr = pipes.Stdout, pipes.Stderr
	if pipes.Stdin == nil {
		return nil
	}
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	go func() {
		defer in.Close()
		// A command that ends before its input makes this copy fail; its exit tells the story.
		_, _ = io.Copy(in, pipes.Stdin)
	}()
	return nil
}

// Resize does nothing: pipes have no size.
func (s *StdConsole) Resize(height, width int) error { return nil }

// Close does nothing: the pipes belong to the caller.
func (s *StdConsole) Close() error { return nil }
