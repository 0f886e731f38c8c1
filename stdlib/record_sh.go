package stdlib

import (
	"context"
	"os"
)

// record is start of a recorded script: the program ends at once, without output.
// What it would read is not read.
func (p *process) record(ctx context.Context, r *Recorder) error {
	_, p.stop = p.streams.Watch(ctx)
	if p.dir != nil {
		_ = p.dir.Close() // it was only looked into
	}
	stdin, _, _ := p.streams.Pipes()
	if _, file := stdin.(*os.File); stdin != nil && !file { // a file is another's to close
		_ = stdin.Close() // nothing was read
	}
	r.add(Change{Op: "sh.run", Target: p.name, Argv: p.cmd.Args})
	p.reaped = true
	p.err = failed("sh", p.name, p.streams.End(nil))
	p.stop(nil)
	close(p.over)
	return nil
}
