//go:build linux && cgo

package main

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/project"
)

const typesDescription = `Writes types/*.lua for the Lua language server (LuaLS), as this release has them,
and a .luarc.json that names them unless there is one. Without DIR it is the
working directory.`

func typesCommand() *cli.Command {
	return &cli.Command{
		Name:         "types",
		Usage:        "write annotations for editors into a project",
		ArgsUsage:    "[DIR]",
		Description:  typesDescription,
		OnUsageError: onUsageError,
		Action:       func(c *cli.Context) error { return writeAction(c, project.Types) },
	}
}

// writeAction tells what was written.
func writeAction(c *cli.Context, write func(dir string) ([]string, error)) error {
	if c.NArg() > 1 {
		return usageError(c.Command.Name + ": one directory at most")
	}
	dir := cmp.Or(c.Args().First(), ".")
	written, err := write(dir)
	for _, path := range written {
		fmt.Fprintln(c.App.Writer, path)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.Command.Name, err)
	}
	if !project.Linked(dir) {
		fmt.Fprintln(c.App.ErrWriter, `.luarc.json stays as it is; its "workspace.library" needs "types"`)
	}
	return nil
}
