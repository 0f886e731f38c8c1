//go:build linux && cgo

package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

func killCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "kill", Usage: "send a signal to the first process of containers", ArgsUsage: "CONTAINER…", Category: ofContainers,
		Flags: []cli.Flag{
			allFlag("all that run"),
			&cli.StringFlag{Name: "signal", Aliases: []string{"s"}, Usage: "`SIGNAL`, a name or a number", Value: "KILL"},
		},
		HideHelpCommand: true, OnUsageError: onUsageError,
		Action: s.onEach(alive, func(ctx context.Context, c *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
			sig, err := signalOf(c)
			if err != nil {
				return err
			}
			return d.Kill(ctx, info.Command, sig)
		}),
	}
}
