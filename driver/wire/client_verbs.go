//go:build unix

package wire

import (
	"context"

	"github.com/execlua/execlua/driver"
)

// command is a call about a Command.
func command(verb string, c *driver.Command) call {
	m := call{Verb: verb, Command: c}
	if c != nil {
		m.Consoles[0] = c.ProcessConfig.Console
	}
	return m
}

// Kill implements driver.Driver.
func (c *Client) Kill(ctx context.Context, cmd *driver.Command, sig int) error {
	m := command(verbKill, cmd)
	m.Signal = sig
	_, err := c.do(ctx, m)
	return err
}

// Pause implements driver.Driver.
func (c *Client) Pause(ctx context.Context, cmd *driver.Command) error {
	_, err := c.do(ctx, command(verbPause, cmd))
	return err
}

// Unpause implements driver.Driver.
func (c *Client) Unpause(ctx context.Context, cmd *driver.Command) error {
	_, err := c.do(ctx, command(verbUnpause, cmd))
	return err
}

type running bool

func (r running) IsRunning() bool { return bool(r) }

// Info implements driver.Driver. Nothing runs that there is no peer to ask about.
func (c *Client) Info(id string) driver.Info {
	r, err := c.do(context.Background(), call{Verb: verbInfo, ID: id})
	return running(err == nil && r.Running)
}

// GetPidsForContainer implements driver.Driver.
func (c *Client) GetPidsForContainer(ctx context.Context, id string) ([]int, error) {
	r, err := c.do(ctx, call{Verb: verbPids, ID: id})
	return r.Pids, err
}

// Terminate implements driver.Driver.
func (c *Client) Terminate(ctx context.Context, cmd *driver.Command) error {
	_, err := c.do(ctx, command(verbTerminate, cmd))
	return err
}

// Clean implements driver.Driver.
func (c *Client) Clean(ctx context.Context, id string) error {
	_, err := c.do(ctx, call{Verb: verbClean, ID: id})
	return err
}

// Stats implements driver.Driver.
func (c *Client) Stats(ctx context.Context, id string) (*driver.ResourceStats, error) {
	r, err := c.do(ctx, call{Verb: verbStats, ID: id})
	return r.Stats, err
}

// Stop implements driver.Stopper.
func (c *Client) Stop(ctx context.Context, cmd *driver.Command, opts driver.StopOptions) (driver.ExitStatus, error) {
	m := command(verbStop, cmd)
	m.Stop = opts
	r, err := c.do(ctx, m)
	return r.Status, err
}

// Wait implements driver.Waiter.
func (c *Client) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	r, err := c.do(ctx, call{Verb: verbWait, ID: id})
	return r.Status, err
}

// Update implements driver.Updater.
func (c *Client) Update(ctx context.Context, cmd *driver.Command, r *driver.Resources) error {
	m := command(verbUpdate, cmd)
	m.Resources = r
	_, err := c.do(ctx, m)
	return err
}

// SignalAll implements driver.AllSignaller.
func (c *Client) SignalAll(ctx context.Context, cmd *driver.Command, sig int) error {
	m := command(verbSignalAll, cmd)
	m.Signal = sig
	_, err := c.do(ctx, m)
	return err
}

// Find implements driver.Finder.
func (c *Client) Find(ctx context.Context, f driver.Filter) ([]driver.ContainerInfo, error) {
	r, err := c.do(ctx, call{Verb: verbFind, Filter: f})
	return r.Found, err
}

// Spec implements driver.Speccer.
func (c *Client) Spec(ctx context.Context, cmd *driver.Command) ([]byte, error) {
	r, err := c.do(ctx, command(verbSpec, cmd))
	return r.Spec, err
}
