//go:build linux && cgo

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
)

const gcDescription = `Finishes what hosts that were killed have left in the state directory: processes,
cgroups, mounts, scratch directories and state, of containers whose host is gone
and of starts that got nowhere. Containers that live, and those of other programs,
are left alone. A start does the same for its id.`

func gcCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "gc", Usage: "remove what killed hosts have left", Description: gcDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Usage: "only tell what would be removed", DisableDefaultText: true},
			outputFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError,
		Action: func(c *cli.Context) error { return gcAction(c, s) },
	}
}

func gcAction(c *cli.Context, s *settings) error {
	if err := noArguments(c); err != nil {
		return err
	}
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	if own := engineNames()[0]; s.engine != "" && s.engine != own {
		return &driver.Error{Op: "gc", Err: fmt.Errorf("%w by the engine %s", driver.ErrUnsupported, s.engine)}
	}
	found, sweepErr := native.Sweep(s.native(s.logger(os.Stderr)), c.Bool("dry-run"))
	if asJSON {
		err = writeJSON(c.App.Writer, append([]native.Left{}, found...))
	} else {
		verb := "removed"
		if c.Bool("dry-run") {
			verb = "would remove"
		}
		for _, left := range found {
			fmt.Fprintf(c.App.Writer, "%s %s: %s\n", verb, left.ID, describeLeft(left))
		}
	}
	if sweepErr != nil {
		return sweepErr
	}
	return err
}

// describeLeft counts what there is.
func describeLeft(l native.Left) string {
	var parts []string
	for _, each := range []struct {
		n    int
		name string
	}{{len(l.Pids), "process(es)"}, {len(l.Cgroups), "cgroup(s)"}, {len(l.Mounts), "mount(s)"}} {
		if each.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", each.n, each.name))
		}
	}
	for _, dir := range []string{l.Scratch, l.State} {
		if dir != "" {
			parts = append(parts, dir)
		}
	}
	if len(parts) == 0 {
		return "its id"
	}
	return strings.Join(parts, ", ")
}
