//go:build linux && cgo

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/bundle"
	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/stdlib"
)

const bundleDescription = `Writes one executable file: this program, the script and its modules. They are the
modules that it requires by a name in the source, found as at run time, and those that
are named here: files and directories, those below the directory of the script by their
path from there, others by their last name. What is not in the bundle is looked for on
the machine, but not in the working directory.

All arguments of the file are the script's, --help too. EXECLUA_CGROUP_DRIVER counts.
The same input makes the same bytes.`

func bundleCommand() *cli.Command {
	return &cli.Command{
		Name:        "bundle",
		Usage:       "put a script, its modules and this program into one executable file",
		ArgsUsage:   "script.lua [module…]",
		Description: bundleDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "o", Usage: "write to `FILE`; one that exists is replaced"},
			&cli.StringSliceFlag{Name: "include", Usage: "bundle the module at `PATH`, too, as one that follows the script; may be repeated"},
		},
		OnUsageError: onUsageError,
		Action:       bundleAction,
	}
}

func bundleAction(c *cli.Context) error {
	out, args := c.String("o"), c.Args().Slice()
	switch {
	case out == "":
		return usageError("bundle: -o FILE is missing")
	case len(args) == 0:
		return usageError("bundle: no script")
	case sameFile(out, args[0]):
		return usageError("bundle: -o names the script itself")
	}
	files, script, err := bundle.Collect(bundle.Sources{
		Script:  args[0],
		Include: slices.Concat(args[1:], c.StringSlice("include")),
		Path:    modulePath(filepath.Dir(args[0]), os.Getenv),
		Known:   isEmbedded,
	})
	if err != nil {
		return err
	}
	program, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer program.Close()
	return replaceFile(out, func(file *os.File) error { return bundle.Write(file, program, script, files) })
}

// sameFile tells whether two names are of one file that exists.
func sameFile(a, b string) bool {
	first, errFirst := os.Stat(a)
	second, errSecond := os.Stat(b)
	return errFirst == nil && errSecond == nil && os.SameFile(first, second)
}

// isEmbedded tells the modules that every script has.
func isEmbedded(module string) bool {
	return slices.ContainsFunc(luabind.Declare().Modules, func(m stdlib.Module) bool { return m.Name == module })
}

// replaceFile writes an executable file under another name and renames it: one
// that runs is not written to, and half a file is never seen.
func replaceFile(path string, write func(*os.File) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it exists, and is no file")}
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Chmod(0o755)
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// runBundle runs the script that this binary carries. All arguments are its own,
// so the flags have their defaults.
func runBundle(s *settings, b *bundle.Bundle, args []string) error {
	app := newApp(s)
	app.HideHelp, app.Commands = true, nil
	app.Action = func(c *cli.Context) error {
		chunks := []chunk{{file: b.Script}}
		options := s.options(chunks, c.Args().Slice())
		options.Source, options.Path = b.Files, modulePath("", os.Getenv)
		return s.execute(c.App.Writer, options, chunks)
	}
	return app.Run(append([]string{args[0], "--"}, args[1:]...))
}
