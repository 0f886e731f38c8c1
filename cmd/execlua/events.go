//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const eventsDescription = `Prints what happens to containers from now on, a line each, until it is
interrupted. Events are not kept, so there is no --since; what a container wrote
is in its logs. Filters of different names must all match; of several values of
one name one has to.

  event=KIND      created, started, paused, unpaused, updated, oom, exec, exec_exited, stopping,
                  exited, hook_failed, health, restarted, warning or removed
  container=ID    of that container`

func eventsCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "events", Usage: "print what happens to containers", Category: ofContainers, Description: eventsDescription,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "filter", Aliases: []string{"f"}, Usage: "only what matches `NAME=VALUE`; may be repeated"},
			&cli.StringFlag{Name: "since", Hidden: true},
			outputFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(eventsAction),
	}
}

func eventsAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.IsSet("since") {
		return usageError("events: --since: events are not kept; only those from now on can be seen")
	}
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	wanted := map[string][]string{}
	for _, text := range c.StringSlice("filter") {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name != "event" && name != "container" {
			return usageError(fmt.Sprintf("events: --filter %q: event=KIND or container=ID", text))
		}
		if name == "event" && !slices.Contains(eventKinds(), value) {
			return usageError(fmt.Sprintf("events: --filter %q: one of %s", text, strings.Join(eventKinds(), ", ")))
		}
		wanted[name] = append(wanted[name], value)
	}
	eventer, err := able[driver.Eventer](d, "events")
	if err != nil {
		return err
	}
	matches := func(name, value string) bool { return len(wanted[name]) == 0 || slices.Contains(wanted[name], value) }
	for e, err := range eventer.Events(ctx) {
		if err != nil {
			return err
		}
		if !matches("event", string(e.Kind)) || !matches("container", e.ID) {
			continue
		}
		if asJSON {
			err = writeLine(c.App.Writer, e)
		} else {
			_, err = fmt.Fprintln(c.App.Writer, eventLine(e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eventKinds lists what events=KIND may name.
func eventKinds() []string {
	var names []string
	for _, kind := range []driver.EventKind{
		driver.EventCreated, driver.EventStarted, driver.EventPaused, driver.EventUnpaused, driver.EventUpdated,
		driver.EventOOM, driver.EventExecuted, driver.EventExecDied, driver.EventStopping, driver.EventExited,
		driver.EventHookFailed, driver.EventHealth, driver.EventRestarted, driver.EventWarning, driver.EventRemoved,
	} {
		names = append(names, string(kind))
	}
	return names
}

// eventLine is an event for people.
func eventLine(e driver.Event) string {
	line := fmt.Sprintf("%s %s %s", e.Time.Format(time.RFC3339Nano), e.Kind, e.ID)
	if e.Pid != 0 {
		line += fmt.Sprintf(" pid=%d", e.Pid)
	}
	if s := e.Status; s != nil {
		line += fmt.Sprintf(" exit_code=%d", s.ExitCode)
		if s.OOMKilled {
			line += " oom_killed"
		}
	}
	if e.Stage != "" {
		line += fmt.Sprintf(" stage=%s", e.Stage)
	}
	if e.Message != "" {
		line += " " + printable(e.Message)
	}
	return line
}
