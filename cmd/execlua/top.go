//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
)

const topDescription = `Lists the processes of a container as the machine sees them: its pids, and the
names that its users have here. TIME is processor time, ELAPSED the time since
the start.`

func topCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "top", Usage: "list the processes of a container", ArgsUsage: "CONTAINER", Category: ofContainers, Description: topDescription,
		Flags: []cli.Flag{outputFlag()}, HideHelpCommand: true, OnUsageError: onUsageError, Action: s.on(topAction),
	}
}

// processRow is one process of a container.
type processRow struct {
	Pid     int           `json:"pid"`
	Parent  int           `json:"ppid"`
	UID     int           `json:"uid"`
	User    string        `json:"user"` // the number when this machine has no name for it
	State   string        `json:"state"`
	CPUTime time.Duration `json:"cpu_time"` // nanoseconds
	Elapsed time.Duration `json:"elapsed"`  // nanoseconds
	Command string        `json:"command"`
}

func topAction(ctx context.Context, c *cli.Context, d driver.Driver) error {
	asJSON, err := wantsJSON(c)
	if err != nil {
		return err
	}
	info, err := one(ctx, c, d)
	if err != nil {
		return err
	}
	pids, err := d.GetPidsForContainer(ctx, info.ID)
	if err != nil {
		return err
	}
	proc := os.DirFS("/proc")
	rows := []processRow{}
	for _, pid := range pids {
		row, err := readProcess(proc, pid)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has just ended
		}
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if asJSON {
		return writeJSON(c.App.Writer, rows)
	}
	t := newTable(c.App.Writer)
	fmt.Fprintln(t, "USER\tPID\tPPID\tSTATE\tELAPSED\tTIME\tCOMMAND")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\t%s\n", r.User, r.Pid, r.Parent, r.State,
			r.Elapsed.Truncate(time.Second), clock(r.CPUTime), printable(r.Command))
	}
	return t.Flush()
}

// clock is a time as ps(1) has it: 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// tick is what times in /proc are counted in, USER_HZ: 100 a second on all
// architectures that Go has.
const tick = time.Second / 100

// readProcess reads one process, see proc_pid_stat(5).
func readProcess(proc fs.FS, pid int) (processRow, error) {
	row := processRow{Pid: pid}
	read := func(name string) (string, error) {
		data, err := fs.ReadFile(proc, name)
		return string(data), err
	}
	dir := strconv.Itoa(pid) + "/"
	stat, err := read(dir + "stat")
	if err != nil {
		return row, err
	}
	// "pid (name) state ppid …", where the name may hold anything, ")" too.
	begin, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if begin < 0 || end < begin {
		return row, fmt.Errorf("%sstat: no process: %q", dir, stat)
	}
	fields := strings.Fields(stat[end+1:])
	if len(fields) < 20 {
		return row, fmt.Errorf("%sstat: %d fields", dir, len(fields))
	}
	number := func(i int) int { n, _ := strconv.Atoi(fields[i]); return n }
	row.State, row.Parent = fields[0], number(1)
	row.CPUTime = time.Duration(number(11)+number(12)) * tick // utime, stime
	uptime, err := read("uptime")
	if err != nil {
		return row, err
	}
	up, _, _ := strings.Cut(uptime, " ")
	if seconds, err := strconv.ParseFloat(up, 64); err == nil {
		row.Elapsed = max(time.Duration(seconds*float64(time.Second))-time.Duration(number(19))*tick, 0)
	}
	argv, err := read(dir + "cmdline")
	if err != nil {
		return row, err
	}
	row.Command = strings.ReplaceAll(strings.TrimRight(argv, "\x00"), "\x00", " ")
	if row.Command == "" { // a zombie, or a thread of the kernel
		row.Command = "[" + stat[begin+1:end] + "]"
	}
	text, err := read(dir + "status")
	if err != nil {
		return row, err
	}
	row.UID, row.User = owner(text)
	return row, nil
}

// owner is the real user of a process and its name, see proc_pid_status(5).
func owner(text string) (uid int, name string) {
	_, rest, _ := strings.Cut(text, "\nUid:\t")
	id, _, _ := strings.Cut(rest, "\t")
	if u, err := user.LookupId(id); err == nil {
		id, name = u.Uid, u.Username
	} else {
		name = id
	}
	uid, _ = strconv.Atoi(id)
	return uid, name
}
