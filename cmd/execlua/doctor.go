//go:build linux && cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver/native"
)

// Verdicts of a check.
const (
	statusOK   = "ok"
	statusWarn = "warn" // containers run, and something is missing
	statusFail = "fail" // no container can run
)

// finding is what doctor says of one thing.
type finding struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn or fail
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"` // what to do about a lack
}

// diagnosis is what `doctor --format json` prints.
type diagnosis struct {
	OK     bool      `json:"ok"` // containers can run as this user
	Checks []finding `json:"checks"`
}

// patient is the machine to look at.
type patient struct {
	files fs.FS  // from the root directory
	state string // state directory of the native engine
	uid   int

	// unprivileged is native.LookUnprivileged, for everybody but root.
	unprivileged func() (native.Unprivileged, error)
}

// check looks at one thing and leaves nothing behind. It does not fill in the name.
type check struct {
	name string
	look func(*patient) finding
}

// checks in the order of the report. To add one: write its function in a file
// doctor_*.go, and its line here.
func checks() []check {
	return []check{
		{"kernel", (*patient).kernel},
		{"user", (*patient).user},
		{"capabilities", (*patient).capabilities},
		{"cgroups", (*patient).cgroups},
		{"controllers", (*patient).controllers},
		{"cgroup driver", (*patient).cgroupDriver},
		{"cgroup write", (*patient).cgroupWrite},
		{"delegation", (*patient).delegation},
		{"cgroup.kill", (*patient).cgroupKill},
		{"clone3", (*patient).clone3},
		{"pidfd_open", (*patient).pidfd},
		{"openat2", (*patient).openat2},
		{"user namespaces", (*patient).userNamespaces},
		{"time namespaces", (*patient).timeNamespaces},
		{"newuidmap", (*patient).newuidmap},
		{"subordinate ids", (*patient).subordinateIDs},
		{"seccomp", (*patient).seccomp},
		{"apparmor", (*patient).appArmor},
		{"selinux", (*patient).seLinux},
		{"overlay", (*patient).overlay},
		{"state", (*patient).stateDir},
		{"scratch", (*patient).scratch},
		{"swap limit", (*patient).swap},
		{"pressure", (*patient).pressure},
	}
}

func doctorCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name:         "doctor",
		Usage:        "report what this machine can do",
		Description:  "Changes nothing. The exit code is 0 when containers can run as this user, else 1.",
		Flags:        []cli.Flag{&cli.StringFlag{Name: "format", Usage: "`FORMAT` of the report: text, json", Value: "text"}},
		OnUsageError: onUsageError,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError(fmt.Sprintf("doctor: takes no argument, got %q", c.Args().First()))
			}
			d := diagnose(&patient{files: os.DirFS("/"), state: s.root, uid: os.Geteuid(), unprivileged: sync.OnceValues(
				func() (native.Unprivileged, error) { return native.LookUnprivileged(s.cgroups) },
			)})
			if err := d.write(c.App.Writer, c.String("format")); err != nil {
				return err
			}
			if !d.OK {
				return exit(exitError)
			}
			return nil
		},
	}
}

func diagnose(p *patient) diagnosis {
	d := diagnosis{OK: true}
	for _, c := range checks() {
		f := c.look(p)
		f.Name = c.name
		d.OK = d.OK && f.Status != statusFail
		d.Checks = append(d.Checks, f)
	}
	return d
}

func (d diagnosis) write(w io.Writer, format string) error {
	switch format {
	case "json":
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(d)
	case "text":
		_, err := io.WriteString(w, d.text())
		return err
	}
	return usageError(fmt.Sprintf("doctor: --format %q: text or json", format))
}

func (d diagnosis) text() string {
	var b strings.Builder
	for _, f := range d.Checks {
		fmt.Fprintf(&b, "%-4s  %-15s  %s\n", f.Status, f.Name, f.Detail)
		if f.Hint != "" {
			fmt.Fprintf(&b, "%-4s  %-15s  hint: %s\n", "", "", f.Hint)
		}
	}
	if d.OK {
		b.WriteString("\ncontainers can run as this user\n")
	} else {
		b.WriteString("\ncontainers cannot run as this user: see the lines with fail\n")
	}
	return b.String()
}

func fine(format string, args ...any) finding {
	return finding{Status: statusOK, Detail: fmt.Sprintf(format, args...)}
}

func lack(status, detail, hint string) finding {
	return finding{Status: status, Detail: detail, Hint: hint}
}

// read returns the text of a file of the kernel's, "" when there is none.
func (p *patient) read(name string) string {
	data, err := fs.ReadFile(p.files, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func (p *patient) exists(name string) bool {
	_, err := fs.Stat(p.files, name)
	return err == nil
}
