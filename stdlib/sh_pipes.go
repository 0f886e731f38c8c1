package stdlib

import (
	"io"
	"os"
	"sync"
)

// pipes connect a program with streams that are no files. They are ours and not
// those of os/exec, whose Wait cannot be told to give up.
type pipes struct {
	theirs, ours []*os.File
	sources      []io.Closer // what is read for its stdin
	in, out      []func()    // copy one stream each
	copied       chan struct{}
}

// connect gives the program its stdin, stdout and stderr. What is nil is /dev/null.
func (p *process) connect() (*pipes, error) {
	c := &pipes{copied: make(chan struct{})}
	stdin, stdout, stderr := p.streams.Pipes()
	if file, ok := stdin.(*os.File); ok {
		p.cmd.Stdin = file
	} else if stdin != nil {
		r, w, err := os.Pipe()
		if err != nil {
			return c, err
		}
		p.cmd.Stdin = r
		c.theirs, c.ours, c.sources = append(c.theirs, r), append(c.ours, w), append(c.sources, stdin)
		c.in = append(c.in, func() {
			_, _ = io.Copy(w, stdin) // a program may stop reading; what a function raised is told by Streams.End
			_ = w.Close()            // nothing was buffered
		})
	}
	for _, o := range []struct {
		w   io.Writer
		end *io.Writer
	}{{stdout, &p.cmd.Stdout}, {stderr, &p.cmd.Stderr}} {
		if o.w == nil {
			continue
		}
		r, w, err := os.Pipe()
		if err != nil {
			return c, err
		}
		*o.end = w
		c.theirs, c.ours = append(c.theirs, w), append(c.ours, r)
		c.out = append(c.out, func() { _, _ = io.Copy(o.w, r) }) // Streams.Watch hears of a writer that fails
	}
	return c, nil
}

// copy starts to copy. copied is closed when the output has come to its end.
func (c *pipes) copy() {
	for _, in := range c.in {
		go in() // nobody waits for input that a program has not asked for
	}
	var out sync.WaitGroup
	for _, f := range c.out {
		out.Go(f)
	}
	go func() {
		out.Wait()
		close(c.copied)
	}()
}

func (c *pipes) closeTheirs() { closeAll(c.theirs) }

func (c *pipes) closeOurs() {
	closeAll(c.ours)
	closeAll(c.sources)
}

func closeAll[T io.Closer](all []T) {
	for _, c := range all {
		_ = c.Close() // of a pipe: nothing is lost
	}
}
