//go:build linux && cgo

package main

import (
	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/api"
)

const docDescription = `Prints what is declared of a module, function, object, table or field, as in
"task.map", "driver:run", "resources.memory"; without a name, a list of them.`

func docCommand() *cli.Command {
	return &cli.Command{
		Name:         "doc",
		Usage:        "print the reference of a name",
		ArgsUsage:    "[NAME]",
		Description:  docDescription,
		OnUsageError: onUsageError,
		Action:       docAction,
	}
}

func docAction(c *cli.Context) error {
	switch c.NArg() {
	case 0:
		return api.Load().Index(c.App.Writer)
	case 1:
		return api.Load().Doc(c.App.Writer, c.Args().First())
	}
	return usageError("doc: one name at most")
}
