//go:build linux && cgo

package main

import (
	"io"
	"os"
	"sync/atomic"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/plan"
	"github.com/execlua/execlua/luabind"
)

// planEngine is the engine that prints what a script would do.
const planEngine = "plan"

// planning is the plan of one script.
type planning struct {
	engine *plan.Driver
	opened atomic.Bool // the script, or --engine, asked for it
}

// planned puts an engine whose plan is printed in the end among those of a script.
// With --engine plan the plan has the standard output for itself, and tells of what
// the script would do beside its containers, too.
func (s *settings) planned(o *luabind.Options) *planning {
	p := &planning{engine: plan.New()}
	p.opened.Store(s.engine == planEngine)
	o.Engines[planEngine] = func() (driver.Driver, error) {
		p.opened.Store(true)
		return p.engine, nil
	}
	if p.opened.Load() {
		o.Stdout = os.Stderr
		o.Record = func(c luabind.Change) {
			p.engine.Add(plan.Step{Verb: c.Op, Target: c.Target, To: c.To, Size: c.Size, Argv: c.Argv})
		}
	}
	return p
}

// write prints the plan, that of a script that failed up to there.
func (p *planning) write(w io.Writer, format string) error {
	if !p.opened.Load() {
		return nil
	}
	return p.engine.Write(w, format)
}
