//go:build linux && cgo

package native

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver/wire"
)

// The process of an engine is this binary once more. What tells it: a name, an
// argument, an environment variable, and a socket as the first descriptor after
// stderr. A program's own sub-command of that name has not all of them.
const (
	ownName     = "execlua-engine" // argv[0]
	ownArgument = "engine"         // argv[1]; argv[2] are its options in JSON
	ownMark     = "_EXECLUA_ENGINE"
	ownSocket   = 3
)

// isOwnProcess tells whether this process is to be the engine of another.
func isOwnProcess() bool {
	if len(os.Args) != 3 || os.Args[0] != ownName || os.Args[1] != ownArgument || os.Getenv(ownMark) == "" {
		return false
	}
	var stat unix.Stat_t
	return unix.Fstat(ownSocket, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFSOCK
}

// ownMain is the main of an engine's process. It returns the exit code.
func ownMain() int {
	// It ends with its host: signals that ask for an end are the host's to handle, who gets
	// them as well when all of a service does. A line of the log that no host reads any
	// more must not end it, either. They are not ignored, since containers would inherit that.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP, unix.SIGINT, unix.SIGTERM, unix.SIGPIPE)
	unix.Umask(0o022)
	if err := serveHost(os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// serveHost serves an engine until the host has gone, and stops what it has left. A
// host that is stopped, as by a debugger, keeps its containers.
func serveHost(options string) error {
	closeInherited()
	conn, err := unixConn(ownSocket)
	if err != nil {
		return err
	}
	var o ownOptions
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		return errors.Join(err, conn.Close())
	}
	// None of the processes that it starts is an engine.
	if err := os.Unsetenv(ownMark); err != nil {
		return errors.Join(err, conn.Close())
	}
	o.Options.Logger = hclog.New(&hclog.LoggerOptions{
		Level: hclog.LevelFromString(o.Level), Output: os.Stderr, JSONFormat: true,
	})
	d, err := New(o.Options)
	if err != nil {
		return wire.Refuse(conn, err)
	}
	err = wire.Serve(context.Background(), conn, d, wire.ServerOptions{Timeout: -1})
	return errors.Join(err, d.Close(context.Background()))
}

// closeInherited closes what the host has handed down by accident: a socket that its C
// code listens on, say, would be held open after its end. All of Go's own are
// close-on-exec, so what is not has been inherited.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return // then nothing can be told about any
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= ownSocket {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
	}
}
