//go:build unix

package wire

import (
	"fmt"

	"github.com/execlua/execlua/driver"
)

// serve answers the call, and goes on with what it has started.
func (r *request) serve() {
	res, err := r.perform()
	if err != nil || r.then == nil {
		r.pipes.close() // the client waits for the end of the output
		r.reply(kindResult, res, err)
		return
	}
	r.reply(kindResult, res, nil)
	r.then()
}

// reply sends a result; one that cannot be sent is an error.
func (r *request) reply(k kind, res result, err error) {
	link := r.server.link
	res.Failure = encode(err, link)
	if err := link.send(k, r.number, res); err != nil {
		res = nothing
		res.Failure = encode(r.fail(err), link)
		_ = link.send(k, r.number, res) // the link is closed, and the client knows
	}
}

func (r *request) fail(err error) error {
	id := r.call.ID
	if r.call.Command != nil {
		id = r.call.Command.ID
	}
	return &driver.Error{Op: r.call.Verb, ID: id, Err: err}
}

// perform calls the engine. A panic in it is an answer, too: the other calls go on.
func (r *request) perform() (res result, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			res, err = nothing, r.fail(fmt.Errorf("panic: %v", fault))
		}
	}()
	r.restoreConsoles()
	if r.refusal != nil {
		return nothing, r.refusal
	}
	d, m, ctx := r.server.engine, &r.call, r.ctx
	switch m.Verb {
	case verbRun, verbExec, verbAttach, verbStart, verbStartExec, verbStartDetached, verbRestart:
		return r.performRun()
	case verbKill:
		err = d.Kill(ctx, m.Command, m.Signal)
	case verbPause:
		err = d.Pause(ctx, m.Command)
	case verbUnpause:
		err = d.Unpause(ctx, m.Command)
	case verbInfo:
		res.Running = d.Info(m.ID).IsRunning()
	case verbPids:
		res.Pids, err = d.GetPidsForContainer(ctx, m.ID)
	case verbTerminate:
		err = d.Terminate(ctx, m.Command)
	case verbClean:
		err = d.Clean(ctx, m.ID)
	case verbStats:
		res.Stats, err = d.Stats(ctx, m.ID)
	default:
		return r.performOptional()
	}
	return res, err
}

// restoreConsoles sets the fields that the JSON of a process leaves out.
func (r *request) restoreConsoles() {
	if r.call.Command != nil {
		r.call.Command.ProcessConfig.Console = r.call.Consoles[0]
	}
	if r.call.Process != nil {
		r.call.Process.Console = r.call.Consoles[1]
	}
}

// performOptional calls a verb of the small interfaces, or one about a process.
func (r *request) performOptional() (res result, err error) {
	m, ctx := &r.call, r.ctx
	switch d := r.server.engine; m.Verb {
	case verbStop:
		if d, ok := d.(driver.Stopper); ok {
			res.Status, err = d.Stop(ctx, m.Command, m.Stop)
			return res, err
		}
	case verbUpdate:
		if d, ok := d.(driver.Updater); ok {
			return res, d.Update(ctx, m.Command, m.Resources)
		}
	case verbFind:
		if d, ok := d.(driver.Finder); ok {
			res.Found, err = d.Find(ctx, m.Filter)
			return res, err
		}
	case verbWait:
		if d, ok := d.(driver.Waiter); ok {
			res.Status, err = d.Wait(ctx, m.ID)
			return res, err
		}
	case verbSignalAll:
		if d, ok := d.(driver.AllSignaller); ok {
			return res, d.SignalAll(ctx, m.Command, m.Signal)
		}
	case verbSpec:
		if d, ok := d.(driver.Speccer); ok {
			res.Spec, err = d.Spec(ctx, m.Command)
			return res, err
		}
	case verbEvents:
		if d, ok := d.(driver.Eventer); ok {
			events := d.Events(ctx) // from now on, whenever they are read
			r.then = func() { stream(r, events, func(e driver.Event) item { return item{Event: &e} }) }
			return res, nil
		}
	case verbLogs:
		if d, ok := d.(driver.Logger); ok {
			lines := d.Logs(ctx, m.ID, m.Logs)
			r.then = func() {
				stream(r, lines, func(l driver.LogLine) item { return item{Line: &logLine{l.Time, l.Stream, []byte(l.Line)}} })
			}
			return res, nil
		}
	case verbSignal, verbResize, verbHangUp, verbFinish:
		return res, r.performProcess(r.target())
	}
	return nothing, r.lacking()
}

func (r *request) lacking() error {
	return r.fail(fmt.Errorf("%w: the engine has no such verb", driver.ErrUnsupported))
}
