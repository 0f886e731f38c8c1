//go:build unix

package wire

import (
	"context"
	"fmt"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
)

// handleHook runs a hook of one of the calls.
func (c *Client) handleHook(f frame) error {
	var h hookCall
	if err := decode(f, &h); err != nil {
		return err
	}
	if h.Info == nil || h.Process == nil {
		return fmt.Errorf("%w: a hook without its arguments", errProtocol)
	}
	c.mu.Lock()
	o := c.ops[h.Call]
	c.mu.Unlock()
	cb := o.callback(h.Info.Stage, h.Index)
	if o == nil || cb == nil {
		return fmt.Errorf("%w: there is no such %s hook", errProtocol, h.Info.Stage)
	}
	// The values are those of the caller's context. Its end reaches the hook by way
	// of the engine, which knows the hooks that go on.
	ctx := hook.Mark(context.WithoutCancel(o.ctx), h.Info.ID)
	ctx, cancel := context.WithCancelCause(ctx)
	ctx, stop := context.WithTimeout(ctx, h.Timeout)
	c.mu.Lock()
	c.hooks[f.id] = cancel
	c.mu.Unlock()
	o.lendTerminal(h.Process)
	if h.Info.Command != nil {
		o.lendTerminal(&h.Info.Command.ProcessConfig)
	}
	hook.Go(ctx, o.afterOutput(cb), h.Process, h.Pid, h.Info, func(err error) {
		stop()
		c.mu.Lock()
		delete(c.hooks, f.id)
		c.mu.Unlock()
		cancel(nil)
		if o.ctx.Err() != nil { // the engine asks about it before the next hook
			o.sendCancel()
		}
		_ = c.link.send(kindAnswer, f.id, why{o.tellHook(err)}) // an error has closed the link
	})
	return nil
}

func (o *op) callback(stage driver.Stage, index int) driver.DriverCallback {
	var list []driver.DriverCallback
	switch {
	case o == nil || index < 0:
	case stage == driver.StagePreStart:
		list = o.hooks.PreStart
	case stage == driver.StageStart:
		list = []driver.DriverCallback{o.hooks.Start}
	case stage == driver.StagePostStop:
		list = o.hooks.PostStop
	}
	if index >= len(list) {
		return nil
	}
	return list[index]
}

// afterOutput is cb, which in post_stop finds the output delivered and stdin closed.
func (o *op) afterOutput(cb driver.DriverCallback) driver.DriverCallback {
	return func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		if info.Stage == driver.StagePostStop {
			o.streams.closeStdin()
			o.streams.drain(ctx.Done())
		}
		return cb(ctx, process, pid, info)
	}
}

// tellHook describes what a hook has returned. A HookError of its own names the
// hook that failed; the engine makes one of it that wraps the same cause.
func (o *op) tellHook(err error) *failure {
	own, ok := err.(*driver.HookError)
	if !ok || own.Err == nil {
		return o.tell(err)
	}
	f := encode(own, o.client.link)
	f.Errs = []*failure{o.tell(own.Err)}
	return f
}

// handleUnhook ends the context of a hook.
func (c *Client) handleUnhook(f frame) error {
	var w why
	if err := decode(f, &w); err != nil {
		return err
	}
	c.mu.Lock()
	cancel := c.hooks[f.id]
	c.mu.Unlock()
	if cancel != nil { // else it has returned meanwhile
		cancel(w.Failure.decode(c.link, c.find))
	}
	return nil
}

// terminal stands for that of the call's process, in its hooks.
type terminal struct{ op *op }

func (o *op) lendTerminal(p *driver.ProcessConfig) {
	p.Terminal = &driver.StdConsole{}
	if p.Tty {
		p.Terminal = &terminal{o}
	}
}

// Resize implements driver.Terminal.
func (t *terminal) Resize(height, width int) error {
	_, err := t.op.client.do(context.Background(), call{
		Verb: verbResize, Target: t.op.number, ID: t.op.id(), Size: [2]int{height, width},
	})
	return err
}

// Close implements driver.Terminal.
func (t *terminal) Close() error {
	_, err := t.op.client.do(context.Background(), call{Verb: verbHangUp, Target: t.op.number, ID: t.op.id()})
	return err
}
