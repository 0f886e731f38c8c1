package fake

import (
	"context"
	"fmt"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

// Builtins is the program of an engine without one: true, false, echo, cat (of
// stdin, /proc/self/uid_map or gid_map), sleep, printenv, pwd, exit N, and sh -c
// of one of these, by the last element of argv[0]. Anything else exits 127, as a shell does. Words are split at blanks;
// there is no quoting.
func Builtins(ctx context.Context, p *Process) int { return builtin(ctx, p, p.Argv) }

func builtin(ctx context.Context, p *Process, argv []string) int {
	if len(argv) == 0 {
		return 0
	}
	name, args := path.Base(argv[0]), argv[1:]
	switch {
	case name == "true":
		return 0
	case name == "false":
		return 1
	case name == "echo":
		return exitCode(fmt.Fprintln(p.Stdout, strings.Join(args, " ")))
	case name == "cat" && len(args) == 0:
		return exitCode(io.Copy(p.Stdout, p.Stdin))
	case name == "cat" && len(args) == 1 && (args[0] == "/proc/self/uid_map" || args[0] == "/proc/self/gid_map"):
		return catMap(p, args[0])
	case name == "pwd":
		return exitCode(fmt.Fprintln(p.Stdout, p.Dir))
	case name == "printenv" && len(args) == 1:
		value, ok := p.LookupEnv(args[0])
		if !ok {
			return 1
		}
		return exitCode(fmt.Fprintln(p.Stdout, value))
	case name == "sleep" && len(args) == 1:
		return sleep(p, args[0])
	case name == "exit" && len(args) == 1:
		code, err := strconv.Atoi(args[0])
		if err != nil {
			return usage(p, "exit: %q is no number", args[0])
		}
		return code
	case name == "sh" && len(args) == 2 && args[0] == "-c":
		return builtin(ctx, p, strings.Fields(args[1]))
	}
	fmt.Fprintf(p.Stderr, "fake: %s: no such program here\n", strings.Join(argv, " "))
	return 127
}

// sleep takes seconds, "1.5", or "infinity".
func sleep(p *Process, arg string) int {
	seconds, err := strconv.ParseFloat(arg, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 {
		return usage(p, "sleep: %q is no number of seconds", arg)
	}
	d := time.Duration(math.MaxInt64)
	if limit := d.Seconds(); seconds < limit {
		d = time.Duration(seconds * float64(time.Second))
	}
	return exitCode(0, p.Sleep(d))
}

// catMap shows the ids of the process as user_namespaces(7) describes the file.
func catMap(p *Process, file string) int {
	mappings := []driver.IDMapping{{Size: 1<<32 - 1}}
	if users := p.Command.UserNamespace; users != nil {
		mappings = users.UIDMappings
		if path.Base(file) == "gid_map" {
			mappings = users.Groups()
		}
	}
	for _, m := range mappings {
		fmt.Fprintf(p.Stdout, "%10d %10d %10d\n", m.ContainerID, m.HostID, m.Size)
	}
	return 0
}

func usage(p *Process, format string, args ...any) int {
	fmt.Fprintf(p.Stderr, "fake: "+format+"\n", args...)
	return 2
}

// exitCode takes what a copy or a print returns.
func exitCode[N int | int64](_ N, err error) int {
	if err != nil {
		return 1
	}
	return 0
}
