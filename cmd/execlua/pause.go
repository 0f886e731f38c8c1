//go:build linux && cgo

package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

func pauseCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "pause", Usage: "freeze all processes of containers", ArgsUsage: "CONTAINER…", Category: ofContainers,
		Flags:           []cli.Flag{allFlag("all that run")},
		HideHelpCommand: true, OnUsageError: onUsageError,
		Action: s.onEach(hasState(driver.StateRunning), func(ctx context.Context, _ *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
			return d.Pause(ctx, info.Command)
		}),
	}
}

func unpauseCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "unpause", Usage: "let paused containers go on", ArgsUsage: "CONTAINER…", Category: ofContainers,
		Flags:           []cli.Flag{allFlag("all that are paused")},
		HideHelpCommand: true, OnUsageError: onUsageError,
		Action: s.onEach(hasState(driver.StatePaused), func(ctx context.Context, _ *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
			return d.Unpause(ctx, info.Command)
		}),
	}
}
