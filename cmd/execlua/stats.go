//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/internal/terminal"
)

const statsDescription = `Shows what containers use, again and again until it is interrupted or the
containers that were named have ended. Without a container it is all that run.
100% is one processor; the first figure is the average since the start, each
further one that since the figure before. MEM % is of the limit, or of the
machine's memory. What this kernel does not count is "--".

With --output json each round is one line, an array, and with --no-stream the
array is indented. Its entries have the fields of the reference and an id.`

func statsCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "stats", Usage: "show what containers use", ArgsUsage: "[CONTAINER…]", Category: ofContainers, Description: statsDescription,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "no-stream", Usage: "once", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-reset", Usage: "one table below the other, where a terminal would be cleared", DisableDefaultText: true},
			&cli.GenericFlag{Name: "interval", Aliases: []string{"i"}, Usage: "`SECONDS`, or a duration, from one round to the next (default: 1)", Value: &graceFlag{}},
			outputFlag(),
		},
		HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(statsAction),
	}
}

func statsAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	every := time.Second
	if given := c.Generic("interval").(*graceFlag).grace; given != nil && *given >= driver.MinStatsPeriod {
		every = *given
	}
	file, _ := c.App.Writer.(*os.File)
	m := meter{driver: d, last: map[string]*driver.ResourceStats{}}
	if c.Args().Present() {
		found, err := targets(ctx, c, d, nil)
		if err != nil {
			return err
		}
		for _, t := range found {
			if t.err != nil {
				return t.err
			}
			m.ids = append(m.ids, t.info.ID)
		}
	}
	for {
		rows, err := m.read(ctx)
		if err != nil {
			return err
		}
		switch {
		case asJSON && c.Bool("no-stream"):
			err = writeJSON(c.App.Writer, rows)
		case asJSON:
			err = writeLine(c.App.Writer, rows)
		default:
			err = statsTable(c.App.Writer, rows, file != nil && !c.Bool("no-stream") && !c.Bool("no-reset") && terminal.Is(file))
		}
		if err != nil || c.Bool("no-stream") || len(m.ids) > 0 && len(rows) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every):
		}
	}
}

// statsRow is what one container uses.
type statsRow struct {
	ID string `json:"id"`
	*driver.ResourceStats
}

// meter reads the same containers again and again.
type meter struct {
	driver driver.Driver
	ids    []string                         // empty: all that run
	last   map[string]*driver.ResourceStats // what they used in the round before
}

// read is one round. A container that was there and has ended has no row.
func (m *meter) read(ctx context.Context) ([]statsRow, error) {
	ids := m.ids
	if len(ids) == 0 {
		all, err := list(ctx, m.driver)
		if err != nil {
			return nil, err
		}
		for _, i := range all {
			if alive(&i) {
				ids = append(ids, i.ID)
			}
		}
	}
	rows := []statsRow{}
	for _, id := range ids {
		last := m.last[id]
		now, err := m.driver.Stats(ctx, id)
		switch {
		case ctx.Err() != nil:
			return rows, nil
		case errors.Is(err, driver.ErrNotRunning) && (last != nil || len(m.ids) == 0):
			continue
		case err != nil:
			return nil, err
		}
		if last != nil {
			now.CPUPercent = driver.CPUPercent(last, now)
		}
		m.last[id] = now
		rows = append(rows, statsRow{id, now})
	}
	return rows, nil
}

// statsTable writes one round, over the one before on a terminal.
func statsTable(w io.Writer, rows []statsRow, clear bool) error {
	var frame bytes.Buffer
	if clear {
		frame.WriteString("\x1b[H\x1b[J")
	}
	t := newTable(&frame)
	fmt.Fprintln(t, "CONTAINER ID\tCPU %\tMEM USAGE / LIMIT\tMEM %\tNET IO\tBLOCK IO\tPIDS")
	for _, r := range rows {
		var received, sent *uint64
		if len(r.Interfaces) > 0 {
			received, sent = new(uint64), new(uint64)
		}
		for _, i := range r.Interfaces {
			if i.Name != "lo" {
				*received += i.RxBytes
				*sent += i.TxBytes
			}
		}
		pids := "--"
		if r.Pids != nil {
			pids = fmt.Sprint(*r.Pids)
		}
		fmt.Fprintf(t, "%s\t%s\t%s / %s\t%s\t%s / %s\t%s / %s\t%s\n", r.ID,
			percent(r.CPUPercent), amount(r.MemoryUsage, units.BytesSize), units.BytesSize(float64(r.MemoryLimit)), percent(r.MemoryPercent),
			amount(received, units.HumanSize), amount(sent, units.HumanSize), amount(r.IORead, units.HumanSize), amount(r.IOWrite, units.HumanSize), pids)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := frame.WriteTo(w)
	return err
}

func percent(p *float64) string {
	if p == nil {
		return "--"
	}
	return fmt.Sprintf("%.2f%%", *p)
}

func amount(n *uint64, format func(float64) string) string {
	if n == nil {
		return "--"
	}
	return format(float64(*n))
}
