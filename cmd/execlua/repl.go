//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/execlua/execlua/internal/lint"
	"github.com/execlua/execlua/internal/repl"
	"github.com/execlua/execlua/internal/terminal"
	"github.com/execlua/execlua/luabind"
)

// replAction is execlua at a terminal without a script, or with -i behind one.
func replAction(s *settings, chunks []chunk, args []string) error {
	checker, err := lint.New()
	if err != nil {
		return err
	}
	options := s.options(chunks, args)
	options.Preempt = true // Ctrl-C ends a line whatever it does
	signals := catchSignals()
	vm, err := luabind.New(options)
	if err != nil {
		return err
	}
	followWindow(vm)
	session := repl.New(repl.Options{
		VM: vm, Out: os.Stdout, Lint: checker.Session(),
		Report: func(err error) { newReporter(os.Stderr, s.debug).report(err) },
	})
	return supervise(vm, endingSignals(signals, session), func(context.Context) (int, error) {
		return converse(session, chunks)
	})
}

// endingSignals are those that end the session: Ctrl-C is for the line that runs.
func endingSignals(signals <-chan os.Signal, session *repl.Session) <-chan os.Signal {
	ending := make(chan os.Signal, 2)
	go func() {
		for sig := range signals {
			if sig == syscall.SIGINT {
				session.Interrupt()
				continue
			}
			ending <- sig
			session.End()
		}
	}()
	return ending
}

// converse runs what the command line says, and then what is typed.
func converse(session *repl.Session, chunks []chunk) (code int, err error) {
	for _, c := range chunks {
		source := c.source
		if c.file != "" {
			text, err := os.ReadFile(c.file)
			if err != nil {
				return exitError, err
			}
			c.name, source = c.file, string(text)
		}
		if code, done := session.Script(c.name, source); done {
			return code, nil
		}
	}
	lines := openLines(session)
	defer func() { err = errors.Join(err, lines.Close()) }()
	return session.Run(lines)
}

// openLines edits lines where both ends are a terminal that can.
func openLines(session *repl.Session) closingLines {
	if terminal.Is(os.Stdin) {
		repl.Banner(os.Stdout, version)
		if terminal.Is(os.Stdout) {
			return repl.Open(session.Lint, historyFile(os.Getenv))
		}
	}
	return repl.NewPlain(os.Stdin, os.Stdout)
}

type closingLines interface {
	repl.Lines
	io.Closer
}

// historyFile is in XDG_STATE_HOME, see the XDG Base Directory Specification; ""
// when there is no place for it.
func historyFile(getenv func(string) string) string {
	dir := getenv("XDG_STATE_HOME")
	if home := getenv("HOME"); !filepath.IsAbs(dir) && home != "" {
		dir = filepath.Join(home, ".local", "state")
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "execlua", "history")
}
