//go:build unix

package wire

import (
	"context"
	"fmt"
	"time"

	"github.com/execlua/execlua/driver"
)

// performRun calls a verb that runs something.
func (r *request) performRun() (res result, err error) {
	hooks, err := r.hooks()
	if err != nil {
		return nothing, r.fail(err)
	}
	var p driver.Process
	m, ctx, pipes := &r.call, r.ctx, r.given()
	switch d := r.server.engine; m.Verb {
	case verbRun:
		res.Status, err = d.Run(ctx, m.Command, pipes, hooks)
		return res, err
	case verbExec:
		res.Code, err = d.Exec(ctx, m.Command, m.Process, pipes, hooks)
		return res, err
	case verbAttach:
		if d, ok := d.(driver.Attacher); ok {
			return res, d.Attach(ctx, m.Command, pipes)
		}
	case verbStart:
		if d, ok := d.(driver.Starter); ok {
			p, err = d.Start(ctx, m.Command, pipes, hooks)
			return r.started(p, ctx, err)
		}
	case verbStartExec:
		if d, ok := d.(driver.ExecStarter); ok {
			p, err = d.StartExec(ctx, m.Command, m.Process, pipes, hooks)
			return r.started(p, ctx, err)
		}
	case verbStartDetached:
		if d, ok := d.(driver.Detacher); ok {
			p, err = d.StartDetached(ctx, m.Command, hooks)
			return r.started(p, nil, err)
		}
	case verbRestart:
		if d, ok := d.(driver.Detacher); ok {
			p, err = d.Restart(ctx, m.ID)
			return r.started(p, nil, err)
		}
	}
	return nothing, r.lacking()
}

// started goes on with a process. One that belongs to its call ends with the call's
// context, and is waited for; a detached one is left when there is no client.
func (r *request) started(p driver.Process, owner context.Context, err error) (result, error) {
	if err != nil {
		return nothing, err
	}
	ctx := r.server.ctx
	if owner != nil {
		ctx = context.WithoutCancel(owner)
	}
	r.mu.Lock()
	r.process = p
	r.mu.Unlock()
	r.then = func() {
		status, err := p.Wait(ctx)
		r.pipes.close()
		r.reply(kindEnded, result{Status: status}, err)
	}
	_, planned := p.(driver.Planned)
	return result{Pid: p.Pid(), Planned: planned}, nil
}

// performProcess calls a verb about the process, or the terminal, of another call.
func (r *request) performProcess(other *request) error {
	var p driver.Process
	var t driver.Terminal
	if other != nil {
		other.mu.Lock()
		p, t = other.process, other.terminal
		other.mu.Unlock()
	}
	height, width := r.call.Size[0], r.call.Size[1]
	switch r.call.Verb {
	case verbSignal:
		if p != nil {
			return p.Signal(r.ctx, r.call.Signal)
		}
	case verbFinish:
		if p, ok := p.(driver.Planned); ok {
			p.Finish()
			return nil
		}
	case verbResize:
		if p, ok := p.(driver.Resizer); ok {
			return p.Resize(height, width)
		}
		if t != nil {
			return t.Resize(height, width)
		}
	case verbHangUp:
		if t != nil {
			return t.Close()
		}
	}
	if p != nil {
		return r.lacking()
	}
	return r.fail(driver.ErrNotRunning)
}

// maxHooks bounds what a client may announce.
const maxHooks = 1 << 16

// hooks are callbacks that call the client's.
func (r *request) hooks() (driver.Hooks, error) {
	list := r.call.Hooks
	if list == nil {
		return driver.Hooks{}, nil
	}
	if list.PreStart < 0 || list.PostStop < 0 || list.PreStart > maxHooks || list.PostStop > maxHooks {
		return driver.Hooks{}, fmt.Errorf("%w: more than %d hooks", driver.ErrInvalid, maxHooks)
	}
	h := driver.Hooks{Timeout: list.Timeout}
	for i := range list.PreStart {
		h.PreStart = append(h.PreStart, r.callback(i))
	}
	if list.Start {
		h.Start = r.callback(0)
	}
	for i := range list.PostStop {
		h.PostStop = append(h.PostStop, r.callback(i))
	}
	return h, nil
}

// lastWord is how long an answer is waited for after the context of a hook has
// ended. The engine has given the hook up by then.
const lastWord = time.Second

func (r *request) callback(index int) driver.DriverCallback {
	return func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		r.mu.Lock()
		r.terminal = process.Terminal
		r.mu.Unlock()
		if info.Stage == driver.StagePostStop {
			r.pipes.closeOutputs() // the client waits for the end of the output
		}
		s := r.server
		number, answer := s.newHook()
		defer s.forgetHook(number)
		timeout := driver.DefaultHookTimeout
		if end, ok := ctx.Deadline(); ok {
			timeout = time.Until(end)
		}
		h := hookCall{Call: r.number, Index: index, Timeout: timeout, Process: process, Pid: pid, Info: info}
		if err := s.link.send(kindHook, number, h); err != nil {
			return err
		}
		select {
		case f := <-answer:
			return f.decode(s.link, nil)
		case <-s.link.over:
			return s.link.err
		case <-ctx.Done():
		}
		_ = s.link.send(kindUnhook, number, why{encode(context.Cause(ctx), s.link)}) // an error has closed the link
		select {
		case f := <-answer:
			return f.decode(s.link, nil)
		case <-s.link.over:
			return s.link.err
		case <-time.After(lastWord):
			return context.Cause(ctx)
		}
	}
}

func (s *server) newHook() (uint64, chan *failure) {
	answer := make(chan *failure, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks++
	s.answers[s.hooks] = answer
	return s.hooks, answer
}

func (s *server) forgetHook(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.answers, number)
}
