//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const logsDescription = `Prints what the container has written: its standard output on ours, its standard
error on ours.`

func logsCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "logs", Usage: "print the output of a container", ArgsUsage: "CONTAINER", Category: ofContainers, Description: logsDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with what comes, until the container has ended", DisableDefaultText: true},
			&cli.StringFlag{Name: "since", Usage: "only lines since `TIME`: 10m (ago), 2026-01-02T15:04:05Z, or seconds since 1970"},
			&cli.StringFlag{Name: "tail", Aliases: []string{"n"}, Usage: "only the last `N` lines, or all", Value: "all"},
			&cli.BoolFlag{Name: "timestamps", Aliases: []string{"t"}, Usage: "the time before each line", DisableDefaultText: true},
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(logsAction),
	}
}

func logsAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	o := driver.LogOptions{Follow: c.Bool("follow")}
	var err error
	if text := c.String("tail"); text != "all" && text != "-1" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return usageError(fmt.Sprintf("logs: --tail %q: a number of lines, or all", text))
		}
		o.Tail = &n
	}
	if o.Since, err = parseTime(c.String("since"), time.Now()); err != nil {
		return usageError("logs: --since " + err.Error())
	}
	info, err := one(ctx, c, d)
	if err != nil {
		return err
	}
	logger, err := able[driver.Logger](d, "logs")
	if err != nil {
		return err
	}
	for line, err := range logger.Logs(ctx, info.ID, o) {
		if err != nil {
			return err
		}
		out := c.App.Writer
		if line.Stream == "stderr" {
			out = c.App.ErrWriter
		}
		text := line.Line + "\n"
		if c.Bool("timestamps") {
			text = line.Time.Format(time.RFC3339Nano) + " " + text
		}
		if _, err := fmt.Fprint(out, text); err != nil {
			return err
		}
	}
	return nil
}

// parseTime reads a moment: so long ago, a time of RFC 3339, a date, or seconds
// since 1970. "" is the zero time.
func parseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds < 1<<33 {
		return time.UnixMicro(int64(seconds * 1e6)), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New(strconv.Quote(text) + ": a time is 10m (ago), 2026-01-02T15:04:05Z, 2026-01-02, or seconds since 1970")
}
