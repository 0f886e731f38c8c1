//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const stopDescription = `Sends the stop signal, and SIGKILL to what has not ended after the grace period.
Without flags both are the container's own: TERM and 10 seconds unless it says
otherwise. Nothing that was stopped is restarted by its policy. One that has ended
already is no error.`

func stopCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "stop", Usage: "end containers gracefully", ArgsUsage: "CONTAINER…", Category: ofContainers, Description: stopDescription,
		Flags: []cli.Flag{
			allFlag("all that run"),
			&cli.GenericFlag{Name: "time", Aliases: []string{"t"}, Usage: "`SECONDS`, or a duration, from the signal to SIGKILL", Value: &graceFlag{}},
			&cli.StringFlag{Name: "signal", Aliases: []string{"s"}, Usage: "`SIGNAL` to send first, a name or a number"},
			ignoreFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.onEach(alive, stopContainer),
	}
}

func stopContainer(ctx context.Context, c *cli.Context, d driver.Driver, info *driver.ContainerInfo) error {
	stopper, err := able[driver.Stopper](d, "stop")
	if err != nil {
		return err
	}
	o := driver.StopOptions{Grace: c.Generic("time").(*graceFlag).grace}
	if o.Signal, err = signalOf(c); err != nil {
		return err
	}
	if _, err = stopper.Stop(ctx, info.Command, o); errors.Is(err, driver.ErrNotRunning) {
		return nil
	}
	return err
}

// signalOf reads --signal; 0 when there is none.
func signalOf(c *cli.Context) (int, error) {
	text := c.String("signal")
	if text == "" {
		return 0, nil
	}
	sig, err := driver.ParseSignal(text)
	if err != nil {
		return 0, usageError(c.Command.Name + ": " + err.Error())
	}
	return sig, nil
}

// graceFlag is a grace period; nil when it is not given.
type graceFlag struct{ grace *time.Duration }

func (f *graceFlag) Set(text string) error {
	d := time.Duration(0)
	if text != "0" {
		var err error
		if d, err = parseDuration(text); err != nil {
			return err
		}
	}
	f.grace = &d
	return nil
}

func (f *graceFlag) String() string {
	if f.grace == nil {
		return ""
	}
	return fmt.Sprint(*f.grace)
}

// ignoreFlag makes containers that are not there no error.
func ignoreFlag() cli.Flag {
	return &cli.BoolFlag{Name: "ignore", Aliases: []string{"i"}, Usage: "say nothing of containers that there are not", DisableDefaultText: true}
}
