//go:build linux && cgo

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/execlua/execlua/internal/testenv"
)

// atPrompt sits somebody down at a prompt with the engine in memory.
func atPrompt(t *testing.T, args ...string) (s *seat, state string) {
	t.Helper()
	state = t.TempDir()
	s = sitDownTo(t, []string{"TERM=xterm", "XDG_STATE_HOME=" + state, "NO_COLOR="}, append([]string{"--engine", "fake"}, args...)...)
	s.sees("help() tells what there is")
	s.sees("> ")
	return s, state
}

// says types a line and waits for what it gives, and for the next prompt.
func (s *seat) says(line, answer string) {
	s.t.Helper()
	s.types(line + "\r")
	s.sees("\r\n") // the line has been read
	s.sees(answer)
	s.sees("> ")
}

func TestPrompt(t *testing.T) {
	s, state := atPrompt(t)
	s.says("= 6 * 7", "42")
	s.says(`("x"):rep(3)`, "xxx")
	s.says("{ 1, 2, deep = { a = 'b' } }", `{ 1, 2, deep = { a = "b" } }`)
	s.says("nothing, 1", "nil\t1")
	s.types("for i = 1, 2 do\r")
	s.sees(">> ")
	s.says("print('line', i) end", "line\t1\r\nline\t2\r\n")
	s.says("help(execlua.driver)", "Gives an engine.")
	s.says("help('resources.memory')", "512 KiB")

	// Tab completes from the declarations.
	s.says("d = execlua.dri\t()", "")
	s.types("d:ru\t")
	s.sees("d:run")
	s.types("\x03") // Ctrl-C forgets the line
	s.sees("> ")

	s.types("\x04") // Ctrl-D
	s.ends(0)
	file := filepath.Join(state, "execlua", "history")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the history: %v, %v", info, err)
	}
	history, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(history), "= 6 * 7\n") || !strings.Contains(string(history), "for i = 1, 2 do print('line', i) end\n") {
		t.Errorf("the history: %q, %v", history, err)
	}
}

// A mistake costs a message: containers and tasks live on until Ctrl-D.
func TestPromptSurvivesMistakes(t *testing.T) {
	s, _ := atPrompt(t)
	s.says(`d = execlua.driver()`, "")
	s.says(`box = d:start({ id = "box", image = "host", "sleep", "infinity" }, {}, { post_stop = function() print("bur" .. "ied") end })`, "")
	s.says(`error("a mistake")`, "\x1b[31mexeclua:\x1b[0m stdin:1: a mistake")
	s.says(`x = = 1`, "syntax error")
	s.says(`d:start { image = "host", resources = { memroy = 1 } }`, `did you mean "memory"?`)
	s.says(`box:info().running`, "true")
	s.types("\x04")
	s.sees("buried")
	s.ends(0)
}

// Ctrl-C ends the line that runs, whatever it does, and nothing else.
func TestPromptInterrupt(t *testing.T) {
	s, _ := atPrompt(t)
	s.says(`d, task = execlua.driver(), require("execlua.task")`, "")
	s.says(`box = d:start { id = "box", image = "host", "sleep", "infinity" }`, "")
	for _, line := range []string{
		`print("go") while true do end`,
		`print("go") while true do pcall(function() while true do end end) end`,
		`print("go") task.sleep("1h")`,
		`print("go") d:run { image = "host", "sleep", "infinity" }`,
		`print("go") box:wait()`,
	} {
		s.types(line + "\r")
		s.sees("\r\ngo\r\n")
		s.types("\x03")
		s.sees("interrupted")
		s.sees("> ")
	}
	s.says(`box:info().running, "still"`, "true\tstill")
	s.types("os.exit(7)\r")
	s.ends(7)
}

// However the session ends, the terminal is back and what it started is gone.
func TestPromptEnds(t *testing.T) {
	for _, row := range []struct {
		name   string
		signal syscall.Signal
		line   string
		code   int
	}{
		{"TERM at the prompt", syscall.SIGTERM, "", 143},
		{"HUP while a line runs", syscall.SIGHUP, `print("go") require("execlua.task").sleep("1h")`, 129},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := atPrompt(t)
			s.says(`execlua.driver():start({ image = "host", "sleep", "infinity" }, {}, { post_stop = function() print("bur" .. "ied") end })`, "container")
			if row.line != "" {
				s.types(row.line + "\r")
				s.sees("\r\ngo\r\n")
			}
			if err := s.cmd.Process.Signal(row.signal); err != nil {
				t.Fatal(err)
			}
			s.sees("buried")
			s.ends(row.code)
		})
	}
}

// -i asks for more after a script, in its globals, whether it failed or not.
func TestPromptAfterScript(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.lua")
	if err := os.WriteFile(script, []byte("#!/usr/bin/env execlua\nbox = execlua.driver():start { image = 'host', 'sleep', 'infinity' }\nfirst = arg[1]\nerror('no')\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sitDownTo(t, []string{"TERM=xterm", "XDG_STATE_HOME=" + t.TempDir()}, "--engine", "fake", "-i", script, "one")
	s.sees("script.lua:4: no")
	s.sees("> ")
	s.says("first, box:info().running", "one\ttrue")
	s.types("box:ter\t")
	s.sees("box:terminate")
	s.types("()\r")
	s.sees("> ")
	s.types("\x04")
	s.ends(0)
}

// Containers and the prompt take turns at the terminal.
func TestPromptSharesTheTerminal(t *testing.T) {
	testenv.Root(t)
	t.Cleanup(testenv.Leaks(t, "prompt-test"))
	s := sitDownTo(t, []string{"TERM=xterm", "XDG_STATE_HOME=" + t.TempDir()}, "--root", t.TempDir())
	s.sees("> ")
	s.types(`execlua.driver():run({ id = "prompt-test", image = "host", "/bin/sh", env = { PS1 = "in" .. "$ " }, tty = true }, { stdin = "inherit" }).exit_code` + "\r")
	s.sees("in$ ")
	s.types("echo in''side\r")
	s.sees("inside\r\n")
	time.Sleep(50 * time.Millisecond)
	s.types("exit 3\r")
	s.sees("3\r\n> ")
	s.says("1 + 1", "2")
	s.types("\x04")
	s.ends(0)
}
