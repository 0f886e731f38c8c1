//go:build linux && cgo

package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/driver/plan"
)

// complete finds what the last of the words may become.
func (s *settings) complete(app *cli.App, words []string) completions {
	var found completions
	typed, before := words[len(words)-1], words[:len(words)-1]
	args := append([]string{app.Name}, before...)
	at := commandAt(app, args)
	if at == len(args) { // no command yet
		if f := flagBefore(app.Flags, before); f != nil {
			found.values("", f, typed)
			return found
		}
		if strings.HasPrefix(typed, "-") {
			found.flags("", app.Flags, typed)
			return found
		}
		for _, c := range app.VisibleCommands() {
			found.add(typed, c.Name, c.Usage)
		}
		found.files = true // a script
		return found
	}
	s.global(args[1:at])
	cmd := app.Command(args[at])
	if cmd == nil { // a script, and what it takes only the script knows
		found.files = true
		return found
	}
	s.completeCommand(&found, cmd, args[at+1:], typed)
	return found
}

// completeCommand is complete behind the name of a command.
func (s *settings) completeCommand(found *completions, cmd *cli.Command, before []string, typed string) {
	words := 0
	for i := 0; i < len(before); i++ {
		name, _, joined := strings.Cut(before[i], "=")
		switch {
		case !strings.HasPrefix(name, "-"):
			words++
		case !joined && takesValue(cmd.Flags, name):
			i++
		}
	}
	switch f := flagBefore(cmd.Flags, before); {
	case cmd.Name == "exec" && words > 0:
		found.files = true // of the container, but paths are alike
	case f != nil:
		found.values(cmd.Name, f, typed)
	case strings.HasPrefix(typed, "-"):
		found.flags(cmd.Name, cmd.Flags, typed)
	case cmd.Name == "completion":
		for _, shell := range shells() {
			found.add(typed, shell, "")
		}
	case cmd.Category == ofContainers:
		s.completeIDs(found, cmd, before, typed)
	default:
		found.files = cmd.Category == ofScripts
	}
}

// global takes over the flags that say where the containers are.
func (s *settings) global(args []string) {
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		switch strings.TrimLeft(name, "-") {
		case "root":
			s.root = value
		case "engine":
			s.engine = value
		}
	}
}

// completeIDs offers the containers that the command can act on. Whatever goes
// wrong, there are none to offer.
func (s *settings) completeIDs(found *completions, cmd *cli.Command, before []string, typed string) {
	if cmd.ArgsUsage == "" || s.engine != "" && !slices.Contains(engineNames(), s.engine) {
		return
	}
	s.logLevel = "off"
	d, err := s.openEngine()
	if err != nil {
		return
	}
	all, err := list(context.Background(), d)
	if err != nil {
		return
	}
	for _, i := range all {
		if suits(cmd.Name, &i) && !slices.Contains(before, i.ID) {
			found.add(typed, i.ID, string(i.State))
		}
	}
}

// suits tells whether a command makes sense for a container now.
func suits(command string, i *driver.ContainerInfo) bool {
	switch command {
	case "start":
		return i.State == driver.StateExited
	case "unpause":
		return i.State == driver.StatePaused
	case "pause", "exec", "attach":
		return i.State == driver.StateRunning
	case "stop", "kill", "stats", "top", "update":
		return alive(i)
	}
	return true
}

// flagBefore is the flag whose value the next word is.
func flagBefore(flags []cli.Flag, before []string) cli.Flag {
	if len(before) == 0 {
		return nil
	}
	parts := splitFlag(flags, before[len(before)-1])
	last := parts[len(parts)-1]
	if !strings.HasPrefix(last, "-") || strings.Contains(last, "=") || !takesValue(flags, last) {
		return nil
	}
	return flagOf(flags, last)
}

// flags offers flags, and of --name=VALUE the values.
func (f *completions) flags(command string, flags []cli.Flag, typed string) {
	if name, value, joined := strings.Cut(typed, "="); joined {
		var values completions
		if flag := flagOf(flags, name); flag != nil {
			values.values(command, flag, value)
		}
		for _, line := range values.lines {
			f.lines = append(f.lines, name+"="+line)
		}
		return
	}
	for _, flag := range flags {
		doc, ok := flag.(cli.DocGenerationFlag)
		if hidden, can := flag.(cli.VisibleFlag); !ok || can && !hidden.IsVisible() {
			continue
		}
		for _, name := range flag.Names() {
			f.add(typed, cliPrefix(name)+name, strings.ReplaceAll(doc.GetUsage(), "`", ""))
		}
	}
}

// values offers what a flag may be set to; of a path, files.
func (f *completions) values(command string, flag cli.Flag, typed string) {
	var words []string
	switch name := flag.Names()[0]; name {
	case "engine":
		words = engineNames()
	case "cgroup-driver":
		words = []string{native.CgroupfsDriver, native.SystemdDriver}
	case "log-level":
		words = []string{"trace", "debug", "info", "warn", "error", "off"}
	case "log-format":
		words = []string{"text", "json"}
	case "plan-format":
		words = plan.Formats()
	case "output", "format":
		words = outputs()
		if command == "check" || command == "doctor" {
			words = []string{"text", "json"}
		}
	case "signal":
		words = []string{"TERM", "KILL", "INT", "HUP", "QUIT", "USR1", "USR2", "STOP", "CONT", "WINCH"}
	case "filter":
		for _, name := range filterNames() {
			words = append(words, name+"=")
		}
		if command == "events" {
			words = []string{"container="}
			for _, kind := range eventKinds() {
				words = append(words, "event="+kind)
			}
		}
	default:
		f.files = true
	}
	for _, word := range words {
		f.add(typed, word, "")
	}
}
