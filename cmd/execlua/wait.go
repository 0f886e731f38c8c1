//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const waitDescription = `Waits until the containers have ended, and prints their exit codes in the order of
the arguments, one a line; -1 is one that nobody has seen. Of a container that has
ended already it is the code of its last run.`

func waitCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "wait", Usage: "wait for the end of containers", ArgsUsage: "CONTAINER…", Category: ofContainers, Description: waitDescription,
		Flags: []cli.Flag{
			&cli.GenericFlag{Name: "timeout", Usage: "give up after `SECONDS`, or a duration", Value: &graceFlag{}},
			ignoreFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(waitAction),
	}
}

func waitAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	waiter, err := able[driver.Waiter](d, "wait")
	if err != nil {
		return err
	}
	found, err := targets(ctx, c, d, nil)
	if err != nil {
		return err
	}
	timeout := c.Generic("timeout").(*graceFlag).grace
	if timeout != nil {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, *timeout)
		defer cancel()
	}
	return each(c.App.Writer, found, func(t target) (string, error) {
		switch {
		case c.Bool("ignore") && errors.Is(t.err, driver.ErrNotFound):
			return "-1", nil
		case t.err != nil:
			return "", t.err
		}
		status, err := waiter.Wait(ctx, t.info.ID)
		if errors.Is(err, driver.ErrWaitTimeoutReached) && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = &driver.Error{Op: "wait", ID: t.info.ID, Err: fmt.Errorf("%w: it has not ended after %v", driver.ErrWaitTimeoutReached, *timeout)}
		}
		if status.ExitCode == -1 && err != nil {
			return "", err
		}
		return strconv.Itoa(status.ExitCode), err
	})
}
