//go:build linux && cgo

package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

func startCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "start", Usage: "start detached containers that have ended once more", ArgsUsage: "CONTAINER…", Category: ofContainers,
		Description:     "They get the Command that a script has started them with, and no hooks. One that\nruns is no error.",
		Flags:           []cli.Flag{allFlag("all that have ended")},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.onEach(hasState(driver.StateExited), startContainer),
	}
}

func startContainer(ctx context.Context, _ *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
	detacher, err := able[driver.Detacher](d, "start")
	if err != nil {
		return err
	}
	_, err = detacher.Restart(ctx, info.ID)
	if errors.Is(err, driver.ErrBusy) && d.Info(info.ID).IsRunning() {
		return nil
	}
	return err
}
