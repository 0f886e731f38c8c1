//go:build linux && cgo

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/driver/plan"
	"github.com/execlua/execlua/luabind"
)

// settings are the flags before the script; what stands after it is the script's own.
type settings struct {
	chunks      []chunk // of -e and -l, in their order
	code        bool    // there was an -e
	interactive bool    // -i
	version     bool
	debug       bool
	logLevel    string
	logFormat   string
	root        string
	cgroups     string
	engine      string
	planFormat  string
	limits      luabind.Limits

	open luabind.Engine // of the commands on containers; nil: the engine that --engine names
}

const description = `A script stands for itself: what follows its name are its arguments. "-" reads it
from the standard input. The names of commands win over files: ./doctor is a file.
Without a script a terminal gets a prompt.

The exit code is the integer that the script returns, 1 after an error, 2 after
wrong usage, 128+n when signal n has ended it. exec and attach have those of podman.`

// commands in the order of --help within each group.
func commands(s *settings) []*cli.Command {
	scripts := []*cli.Command{
		checkCommand(), testCommand(s), docCommand(), specCommand(s), bundleCommand(), initCommand(), typesCommand(),
	}
	for _, c := range scripts {
		c.Category = ofScripts
	}
	machine := []*cli.Command{doctorCommand(s), gcCommand(s), completionCommand(), completeCommand(s), manCommand()}
	for _, c := range machine {
		c.Category = ofMachine
	}
	return slices.Concat(scripts, machine, []*cli.Command{
		psCommand(s), logsCommand(s), statsCommand(s), topCommand(s), execCommand(s), attachCommand(s),
		startCommand(s), stopCommand(s), killCommand(s), pauseCommand(s), unpauseCommand(s), updateCommand(s),
		waitCommand(s), inspectCommand(s), eventsCommand(s), rmCommand(s),
	})
}

func newApp(s *settings) *cli.App {
	return &cli.App{
		Name:            "execlua",
		Usage:           "a scripting host for Linux containers",
		UsageText:       "execlua [flags] script.lua [args…]\nexeclua [flags] -e CODE [script.lua [args…]]\nexeclua [flags] - [args…] < script.lua\nexeclua [-i]\nexeclua [flags] COMMAND [flags] [args…]",
		Description:     description,
		Version:         version,
		HideVersion:     true, // -v is a flag of our own: the library's prints another text
		HideHelpCommand: true, // a script may have the name help
		Flags:           s.flags(),
		Commands:        commands(s),
		Before:          func(*cli.Context) error { return s.check() },
		Action:          func(c *cli.Context) error { return scriptAction(c, s) },
		OnUsageError:    onUsageError,
		// The library would exit by itself; report decides.
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

func (s *settings) flags() []cli.Flag {
	root, _ := native.DefaultDirectories()
	return append([]cli.Flag{
		&cli.GenericFlag{Name: "e", Usage: "run `CODE`; may be repeated", Value: &chunkFlag{s, s.addCode}},
		&cli.GenericFlag{Name: "l", Usage: "require `MODULE` into a global of its name; NAME=MODULE chooses the name", Value: &chunkFlag{s, s.addModule}},
		&cli.BoolFlag{Name: "i", Usage: "prompt for more after the script", Destination: &s.interactive, DisableDefaultText: true},
		&cli.BoolFlag{Name: "v", Aliases: []string{"version"}, Usage: "print the version", Destination: &s.version, DisableDefaultText: true},
		&cli.StringFlag{Name: "engine", Usage: "use the engine `NAME`, whatever the script says: " + strings.Join(engineNames(), ", "), Destination: &s.engine},
		&cli.StringFlag{Name: "plan-format", Usage: "`FORMAT` of what the engine plan prints: " + strings.Join(plan.Formats(), ", "), Value: plan.Formats()[0], Destination: &s.planFormat},
		&cli.StringFlag{Name: "root", Usage: "keep the state of containers in `DIR`", Value: root, Destination: &s.root},
		&cli.StringFlag{
			Name: "cgroup-driver", Usage: "make cgroups with `DRIVER`: systemd (the default where it runs, with cgroup v2) or cgroupfs",
			EnvVars: []string{"EXECLUA_CGROUP_DRIVER"}, Destination: &s.cgroups,
		},
		&cli.StringFlag{Name: "log-level", Usage: "log to stderr from `LEVEL` on: trace, debug, info, warn, error, off", Value: "info", Destination: &s.logLevel},
		&cli.StringFlag{Name: "log-format", Usage: "`FORMAT` of the log: text, json", Value: "text", Destination: &s.logFormat},
		&cli.BoolFlag{Name: "debug", Usage: "show Go's side of errors too", Destination: &s.debug, DisableDefaultText: true},
	}, limitFlags(&s.limits)...)
}

// check finds what the flag types let through.
func (s *settings) check() error {
	if hclog.LevelFromString(s.logLevel) == hclog.NoLevel {
		return usageError(fmt.Sprintf("--log-level %q: one of trace, debug, info, warn, error, off", s.logLevel))
	}
	if s.logFormat != "text" && s.logFormat != "json" {
		return usageError(fmt.Sprintf("--log-format %q: text or json", s.logFormat))
	}
	if drivers := []string{"", native.CgroupfsDriver, native.SystemdDriver}; !slices.Contains(drivers, s.cgroups) {
		return usageError(fmt.Sprintf("--cgroup-driver %q: one of %s", s.cgroups, strings.Join(drivers[1:], ", ")))
	}
	if s.engine != "" && !slices.Contains(engineNames(), s.engine) {
		return usageError(fmt.Sprintf("--engine %q: one of %s", s.engine, strings.Join(engineNames(), ", ")))
	}
	if !slices.Contains(plan.Formats(), s.planFormat) {
		return usageError(fmt.Sprintf("--plan-format %q: one of %s", s.planFormat, strings.Join(plan.Formats(), ", ")))
	}
	return nil
}

func onUsageError(_ *cli.Context, err error, _ bool) error { return usageError(err.Error()) }

// chunkFlag adds to one list from several flags, so that their order is kept.
type chunkFlag struct {
	s   *settings
	add func(value string)
}

func (f *chunkFlag) Set(value string) error {
	f.add(value)
	return nil
}

func (f *chunkFlag) String() string { return "" }

func (s *settings) addCode(code string) {
	s.code = true
	s.chunks = append(s.chunks, chunk{name: "(command line)", source: code})
}

// addModule makes the chunk that requires a module. Its global has the last part
// of the module's name, as a path of parts is no name.
func (s *settings) addModule(value string) {
	global, module, named := strings.Cut(value, "=")
	if !named {
		module = value
		global = value[strings.LastIndexByte(value, '.')+1:]
	}
	s.chunks = append(s.chunks, chunk{name: "(command line)", source: fmt.Sprintf("_G[%q] = require(%q)", global, module)})
}
