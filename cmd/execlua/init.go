//go:build linux && cgo

package main

import (
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/project"
)

const initDescription = `Writes a first script, its test, .gitignore, .luarc.json and the annotations for
editors into DIR, the working directory without it. When one of the files is
there already, nothing is written.`

func initCommand() *cli.Command {
	return &cli.Command{
		Name:         "init",
		Usage:        "make a project",
		ArgsUsage:    "[DIR]",
		Description:  initDescription,
		OnUsageError: onUsageError,
		Action:       func(c *cli.Context) error { return writeAction(c, project.Init) },
	}
}
