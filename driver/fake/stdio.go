package fake

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/execlua/execlua/driver"
)

// attach gives the process its standard streams.
func (p *Process) attach(pipes *driver.Pipes) {
	in, input, closeIn := pump(pipes.Stdin)
	if pipes.Stdin != nil {
		p.input = input
	}
	p.Stdin, p.closeIn = gatedReader{p, in}, sync.OnceFunc(closeIn)
	p.Stdout, p.Stderr = gatedWriter{p, pipes.Stdout}, gatedWriter{p, pipes.Stderr}
}

// gatedReader gives data to its process only while it is not frozen.
type gatedReader struct {
	p *Process
	r io.Reader
}

func (g gatedReader) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	if gateErr := g.p.gate(); gateErr != nil {
		return 0, gateErr
	}
	return n, err
}

// gatedWriter writes one call at a time, stdout and stderr together, so that one
// writer may serve as both.
type gatedWriter struct {
	p *Process
	w io.Writer // nil is /dev/null
}

func (g gatedWriter) Write(b []byte) (int, error) {
	if err := g.p.gate(); err != nil {
		return 0, err
	}
	if g.w == nil {
		return len(b), nil
	}
	g.p.writing.Lock()
	defer g.p.writing.Unlock()
	return g.w.Write(b)
}

// pump copies a caller's stdin into a pipe, of which it returns both ends: others
// may write to it, too. The returned function ends it: the
// caller's end is closed so that a blocked Read returns, except a file, which
// may be the caller's own terminal.
func pump(stdin io.ReadCloser) (io.Reader, *io.PipeWriter, func()) {
	read, write := io.Pipe()
	if stdin == nil {
		write.Close()
		return read, write, func() {}
	}
	closeCaller := sync.OnceFunc(func() { stdin.Close() })
	file, isFile := stdin.(*os.File)
	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		_, err := io.Copy(write, stdin)
		write.CloseWithError(err)
		if !isFile {
			closeCaller()
		}
	}()
	return read, write, func() {
		read.Close()
		if !isFile {
			closeCaller()
			return
		}
		// A file that has no deadlines is a regular one, which never blocks, or a
		// terminal, whose next line is lost to the pump.
		if file.SetReadDeadline(time.Now()) == nil {
			<-pumped
			file.SetReadDeadline(time.Time{})
		}
	}
}
