//go:build linux && cgo

package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const inspectDescription = `Prints a JSON array with all that is known of each container: its state, and the
Command that it was started with, in the names of the reference, with the limits of
now. Durations are in nanoseconds.

With --spec it is the OCI runtime specification that a start would work from now.`

func inspectCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "inspect", Usage: "print all about containers as JSON", ArgsUsage: "CONTAINER…", Category: ofContainers, Description: inspectDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "spec", Usage: "their OCI specifications", DisableDefaultText: true},
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(inspectAction),
	}
}

func inspectAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	found, err := targets(ctx, c, d, nil)
	if err != nil {
		return err
	}
	out := []any{}
	var errs []error
	for _, t := range found {
		switch {
		case t.err != nil:
			errs = append(errs, t.err)
		case c.Bool("spec"):
			speccer, err := able[driver.Speccer](d, "spec")
			if err != nil {
				return err
			}
			spec, err := speccer.Spec(ctx, t.info.Command)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			out = append(out, json.RawMessage(spec))
		default:
			out = append(out, t.info)
		}
	}
	return errors.Join(append(errs, writeJSON(c.App.Writer, out))...)
}
