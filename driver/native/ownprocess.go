//go:build linux && cgo

package native

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	osexec "os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sys/unix"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/internal/hook"
	"github.com/execlua/execlua/driver/wire"
)

// ownProcess is an engine in a child process, and the connection to it.
type ownProcess struct {
	*wire.Client
	cmd     *osexec.Cmd
	closing atomic.Bool   // the connection ends because Close was called
	ended   chan struct{} // closed when the child is reaped; err is valid then
	err     error
}

// ownOptions is what the child is told.
type ownOptions struct {
	Options Options
	Level   string // of what it logs
}

// startOwnProcess returns when the engine of the child is ready.
func startOwnProcess(o Options) (*ownProcess, error) {
	log := o.Logger
	if log == nil {
		log = hclog.NewNullLogger()
	}
	near, far, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("native: %w", err)
	}
	defer far.Close()
	cmd, err := ownCommand(o, log, far)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("native: start the engine's process: %w", errors.Join(err, near.Close()))
	}
	p := &ownProcess{cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		if err := cmd.Wait(); err != nil {
			p.err = fmt.Errorf("native: the engine's process: %w", err)
			log.Error("the engine's process has ended", "error", err)
		}
	}()
	_ = far.Close() // or its end would not be seen
	if p.Client, err = wire.New(near); err != nil {
		p.kill()
		return nil, fmt.Errorf("native: the engine's process: %w", err)
	}
	go p.watch()
	return p, nil
}

// ownCommand is this binary as an engine at the other end of socket.
//
// It has a session of its own: ctrl-c and the end of the terminal are for the host
// to see to, and job control does not stop it when it reads the host's terminal for
// a container. It has no death signal, since it has to clean up.
func ownCommand(o Options, log hclog.Logger, socket *os.File) (*osexec.Cmd, error) {
	root, scratch, err := o.directories()
	if err != nil {
		return nil, err
	}
	if scratch, err = filepath.Abs(scratch); err != nil { // it works in another directory
		return nil, err
	}
	o.Root, o.Scratch, o.Logger, o.OwnProcess = root, scratch, nil, false
	data, err := json.Marshal(ownOptions{o, log.GetLevel().String()})
	if err != nil {
		return nil, err
	}
	cmd := osexec.Command("/proc/self/exe", ownArgument, string(data))
	cmd.Args[0] = ownName
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), ownMark+"=1")
	cmd.ExtraFiles = []*os.File{socket}
	cmd.Stderr = &relay{log: log}
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second
	return cmd, nil
}

// socketPair is a connection: one end for us, one for a child.
func socketPair() (near *net.UnixConn, far *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	far = os.NewFile(uintptr(fds[1]), "socket")
	if near, err = unixConn(fds[0]); err != nil {
		return nil, nil, errors.Join(err, far.Close())
	}
	return near, far, nil
}

// unixConn makes a connection of a descriptor, which it takes.
func unixConn(fd int) (*net.UnixConn, error) {
	file := os.NewFile(uintptr(fd), "socket")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	if conn, ok := conn.(*net.UnixConn); ok {
		return conn, nil
	}
	return nil, errors.Join(errors.New("not a unix socket"), conn.Close())
}

// watch ends a child that is silent, as one that is stopped is: nobody can ask it
// for anything any more.
func (p *ownProcess) watch() {
	<-p.Gone()
	if !p.closing.Load() {
		p.kill()
	}
}

func (p *ownProcess) kill() {
	_ = p.cmd.Process.Kill() // fails when it has ended
	<-p.ended
}

// close is Driver.Close. The child ends with the connection; one that has nothing
// left to stop and does not end within the timeout of the connection is killed.
func (p *ownProcess) close(ctx context.Context) error {
	var errs []error
	if p.Err() == nil {
		errs = append(errs, p.terminateAll(ctx))
	}
	p.closing.Store(true)
	errs = append(errs, p.Client.Close())
	select {
	case <-p.ended:
		return errors.Join(append(errs, p.err)...)
	case <-ctx.Done():
		errs = append(errs, context.Cause(ctx))
	case <-time.After(wire.DefaultTimeout):
	}
	p.kill()
	return errors.Join(append(errs, p.err)...)
}

// terminateAll terminates the containers and lets those who wait for them know.
func (p *ownProcess) terminateAll(ctx context.Context) error {
	found, err := p.Find(ctx, driver.Filter{})
	errs := []error{err}
	for _, c := range found {
		if err := p.Terminate(ctx, c.Command); !errors.Is(err, driver.ErrNotFound) { // it has just ended
			errs = append(errs, err)
		}
	}
	if len(hook.Marks(ctx)) == 0 { // a hook would wait for its own return
		errs = append(errs, p.Settle(ctx))
	}
	return errors.Join(errs...)
}
