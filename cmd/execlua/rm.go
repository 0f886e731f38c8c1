//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const rmDescription = `Removes containers that have ended, with their logs. With --force one that runs
is killed before, what a killed host has left of the id goes, too, and a container
that is not there is no error.`

func rmCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "rm", Usage: "remove containers", ArgsUsage: "CONTAINER…", Category: ofContainers, Description: rmDescription,
		Flags: []cli.Flag{
			allFlag("all that have ended, with --force all"),
			&cli.BoolFlag{Name: "force", Aliases: []string{"f"}, Usage: "kill those that run", DisableDefaultText: true},
			ignoreFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(rmAction),
	}
}

func rmAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	force := c.Bool("force")
	found, err := targets(ctx, c, d, func(i *driver.ContainerInfo) bool { return force || !alive(i) })
	if err != nil {
		return err
	}
	return each(c.App.Writer, found, func(t target) (string, error) {
		unknown := errors.Is(t.err, driver.ErrNotFound)
		switch {
		case unknown && force && driver.ValidID(t.word):
			err := d.Terminate(ctx, &driver.Command{ID: t.word})
			if errors.Is(err, driver.ErrNotFound) {
				return "", nil
			}
			return t.word, err
		case unknown && c.Bool("ignore"):
			return "", nil
		case t.err != nil:
			return "", t.err
		case force:
			return t.info.ID, d.Terminate(ctx, t.info.Command)
		case alive(t.info):
			return "", &driver.Error{Op: "rm", ID: t.info.ID, Err: fmt.Errorf("%w: it is %s", driver.ErrBusy, t.info.State), Hint: "stop it, or rm --force"}
		}
		return t.info.ID, d.Clean(ctx, t.info.ID)
	})
}
