//go:build linux && cgo

package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange rewrites the arguments of a command on containers, which people type as
// getopt_long(3) reads them, for the flag package: flags may stand after the
// containers (stop web -t 5), short ones together (-it), and their values without
// a blank (-t5). Of exec only what stands before the container is its own.
func arrange(app *cli.App, args []string) []string {
	at := commandAt(app, args)
	if at == len(args) {
		return args
	}
	cmd := app.Command(args[at])
	if cmd == nil || cmd.Category != ofContainers {
		return args
	}
	var flags, words []string
	for rest := args[at+1:]; len(rest) > 0; {
		arg := rest[0]
		rest = rest[1:]
		switch {
		case arg == "--":
			words, rest = append(words, rest...), nil
		case !strings.HasPrefix(arg, "-") || arg == "-":
			words = append(words, arg)
			if cmd.Name == "exec" {
				words, rest = append(words, rest...), nil
			}
		default:
			parts := splitFlag(cmd.Flags, arg)
			last, _, joined := strings.Cut(parts[len(parts)-1], "=")
			if !joined && len(rest) > 0 && takesValue(cmd.Flags, last) {
				parts, rest = append(parts, rest[0]), rest[1:]
			}
			flags = append(flags, parts...)
		}
	}
	return slices.Concat(args[:at+1], flags, []string{"--"}, words)
}

// commandAt is the place of the first argument that is no flag before it, which
// names a command or a script; their number when there is none.
func commandAt(app *cli.App, args []string) int {
	for i := 1; i < len(args); i++ {
		name, _, joined := strings.Cut(args[i], "=")
		switch {
		case args[i] == "--":
			return len(args) // what follows is a script
		case !strings.HasPrefix(args[i], "-") || args[i] == "-":
			return i
		case !joined && takesValue(app.Flags, name):
			i++
		}
	}
	return len(args)
}

// splitFlag takes apart what was written together: -it is -i -t, and -t5 is -t=5.
// What cannot be is left for the flag package to refuse.
func splitFlag(flags []cli.Flag, arg string) []string {
	name, _, _ := strings.Cut(arg, "=")
	if strings.HasPrefix(arg, "--") || flagOf(flags, name) != nil {
		return []string{arg}
	}
	var parts []string
	for i, letter := range arg[1:] {
		name := "-" + string(letter)
		switch rest := arg[1+i+len(string(letter)):]; {
		case flagOf(flags, name) == nil && letter != 'h':
			return []string{arg}
		case takesValue(flags, name) && rest != "":
			return append(parts, name+"="+strings.TrimPrefix(rest, "="))
		}
		parts = append(parts, name)
	}
	return parts
}

// flagOf is the flag of a name with its dashes, nil when there is none.
func flagOf(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), strings.TrimLeft(name, "-")) {
			return f
		}
	}
	return nil
}

func takesValue(flags []cli.Flag, name string) bool {
	f, ok := flagOf(flags, name).(cli.DocGenerationFlag)
	return ok && f.TakesValue()
}
