//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const psDescription = `Lists the containers that run, and with --all those that have ended, oldest
first. Filters of different names must all match, and so must all labels; of
several values of another name one has to.

  id=PREFIX       ids that begin so
  name=TEXT       ids that contain it
  label=KEY       containers with the label; label=KEY=VALUE also compares it
  state=STATE     created, running, paused or exited, which implies --all; status= is the same
  health=HEALTH   none, starting, healthy or unhealthy`

func psCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "ps", Usage: "list containers", Category: ofContainers, Description: psDescription,
		Flags: []cli.Flag{
			allFlag("those that have ended, too"),
			&cli.StringSliceFlag{Name: "filter", Aliases: []string{"f"}, Usage: "only what matches `NAME=VALUE`; may be repeated"},
			&cli.IntFlag{Name: "last", Aliases: []string{"n"}, Usage: "only the last `N` that were made, ended or not", DefaultText: "all"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "only the ids", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-trunc", Usage: "whole commands", DisableDefaultText: true},
			outputFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(psAction),
	}
}

func psAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	if err := noArguments(c); err != nil {
		return err
	}
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	filters, err := parseFilters(c.StringSlice("filter"))
	if err != nil {
		return usageError("ps: --filter " + err.Error())
	}
	all, err := list(ctx, d)
	if err != nil {
		return err
	}
	ended := c.Bool("all") || c.IsSet("last") || len(filters["state"]) > 0
	found := []driver.ContainerInfo{} // [] in JSON, not null
	for _, i := range all {
		if (ended || alive(&i)) && filters.match(&i) {
			found = append(found, i)
		}
	}
	if n := c.Int("last"); c.IsSet("last") && n >= 0 && n < len(found) {
		found = found[len(found)-n:]
	}
	switch {
	case asJSON:
		return writeJSON(c.App.Writer, found)
	case c.Bool("quiet"):
		for _, i := range found {
			fmt.Fprintln(c.App.Writer, i.ID)
		}
		return nil
	}
	return psTable(c.App.Writer, found, time.Now(), c.Bool("no-trunc"))
}

func psTable(w io.Writer, found []driver.ContainerInfo, now time.Time, whole bool) error {
	t := newTable(w)
	fmt.Fprintln(t, "CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS")
	for _, i := range found {
		image := i.Command.Image
		if image == "" {
			image = i.Command.Rootfs
		}
		command := strings.Join(i.Command.ProcessConfig.Argv(), " ")
		if !whole {
			command = shortened(command, 30)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s ago\t%s\n", i.ID, printable(image), printable(command), units.HumanDuration(now.Sub(i.Created)), status(&i, now))
	}
	return t.Flush()
}

// newTable aligns columns as ps(1) does.
func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 8, 2, ' ', 0) }

// status is the state in words: "Up 5 minutes (healthy)".
func status(i *driver.ContainerInfo, now time.Time) string {
	since := func(t time.Time) string { return units.HumanDuration(now.Sub(t)) }
	started := i.Started
	if started.IsZero() { // of an attached one it is not kept
		started = i.Created
	}
	switch {
	case i.State == driver.StateCreated:
		return "Created"
	case i.State == driver.StatePaused:
		return "Up " + since(started) + " (Paused)"
	case i.State == driver.StateRunning && i.Health != driver.HealthNone:
		return fmt.Sprintf("Up %s (%s)", since(started), i.Health)
	case i.State == driver.StateRunning:
		return "Up " + since(started)
	case i.Status == nil:
		return "Exited"
	}
	code := fmt.Sprint(i.Status.ExitCode)
	if i.Status.Unknown {
		code = "unknown"
	}
	return fmt.Sprintf("Exited (%s) %s ago", code, since(i.Finished))
}

func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// printable keeps what a container's owner or programs have written from acting
// on a terminal, or on the columns of a table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
