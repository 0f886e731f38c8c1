//go:build linux

package keeper

import (
	"context"
	"iter"

	"github.com/execlua/execlua/driver"
)

// The verbs of one container go to the engine that has it.

// Info tells whether a container runs.
func (c *Client) Info(id string) driver.Info {
	e, err := c.of("info", id)
	if err != nil {
		return c.Local.Info(id)
	}
	return e.Info(id)
}

// Exec runs one more process in a container.
func (c *Client) Exec(ctx context.Context, cmd *driver.Command, p *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (int, error) {
	e, err := c.ofCommand("exec", cmd)
	if err != nil {
		return -1, err
	}
	return e.Exec(ctx, cmd, p, pipes, hooks)
}

// StartExec starts one more process in a container.
func (c *Client) StartExec(ctx context.Context, cmd *driver.Command, p *driver.ProcessConfig, pipes *driver.Pipes, hooks driver.Hooks) (driver.Process, error) {
	e, err := c.ofCommand("exec", cmd)
	if err != nil {
		return nil, err
	}
	return e.StartExec(ctx, cmd, p, pipes, hooks)
}

// Kill sends a signal to the init of a container.
func (c *Client) Kill(ctx context.Context, cmd *driver.Command, sig int) error {
	e, err := c.ofCommand("kill", cmd)
	if err != nil {
		return err
	}
	return e.Kill(ctx, cmd, sig)
}

// SignalAll sends a signal to every process of a container.
func (c *Client) SignalAll(ctx context.Context, cmd *driver.Command, sig int) error {
	e, err := c.ofCommand("signal_all", cmd)
	if err != nil {
		return err
	}
	return e.SignalAll(ctx, cmd, sig)
}

// Pause freezes a container.
func (c *Client) Pause(ctx context.Context, cmd *driver.Command) error {
	e, err := c.ofCommand("pause", cmd)
	if err != nil {
		return err
	}
	return e.Pause(ctx, cmd)
}

// Unpause thaws a container.
func (c *Client) Unpause(ctx context.Context, cmd *driver.Command) error {
	e, err := c.ofCommand("unpause", cmd)
	if err != nil {
		return err
	}
	return e.Unpause(ctx, cmd)
}

// GetPidsForContainer lists the processes of a container.
func (c *Client) GetPidsForContainer(ctx context.Context, id string) ([]int, error) {
	return persist(func() ([]int, error) {
		e, err := c.of("pids", id)
		if err != nil {
			return nil, err
		}
		return e.GetPidsForContainer(ctx, id)
	})
}

// Stop ends a container gracefully.
func (c *Client) Stop(ctx context.Context, cmd *driver.Command, o driver.StopOptions) (driver.ExitStatus, error) {
	e, err := c.ofCommand("stop", cmd)
	if err != nil {
		return driver.ExitStatus{ExitCode: -1}, err
	}
	return e.Stop(ctx, cmd, o)
}

// Terminate kills a container and removes everything of it.
func (c *Client) Terminate(ctx context.Context, cmd *driver.Command) error {
	e, err := c.ofCommand("terminate", cmd)
	if err != nil {
		return err
	}
	return e.Terminate(ctx, cmd)
}

// Clean removes what a container has left.
func (c *Client) Clean(ctx context.Context, id string) error {
	e, err := c.of("clean", id)
	if err != nil {
		return err
	}
	return e.Clean(ctx, id)
}

// Stats tells what a container uses.
func (c *Client) Stats(ctx context.Context, id string) (*driver.ResourceStats, error) {
	return persist(func() (*driver.ResourceStats, error) {
		e, err := c.of("stats", id)
		if err != nil {
			return nil, err
		}
		return e.Stats(ctx, id)
	})
}

// Update changes the limits of a container.
func (c *Client) Update(ctx context.Context, cmd *driver.Command, r *driver.Resources) error {
	e, err := c.ofCommand("update", cmd)
	if err != nil {
		return err
	}
	return e.Update(ctx, cmd, r)
}

// Attach joins the streams of a container.
func (c *Client) Attach(ctx context.Context, cmd *driver.Command, pipes *driver.Pipes) error {
	e, err := c.ofCommand("attach", cmd)
	if err != nil {
		return err
	}
	return e.Attach(ctx, cmd, pipes)
}

// Logs reads the lines of a container's output.
func (c *Client) Logs(ctx context.Context, id string, o driver.LogOptions) iter.Seq2[driver.LogLine, error] {
	e, err := c.of("logs", id)
	if err != nil {
		return func(yield func(driver.LogLine, error) bool) { yield(driver.LogLine{}, err) }
	}
	return e.Logs(ctx, id, o)
}
