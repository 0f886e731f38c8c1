//go:build linux && cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/lint"
)

const checkDescription = `Finds mistakes without running the scripts: syntax, names that nobody defines or
uses, unknown functions and fields, wrong numbers of arguments, and what the
tables of command{} and other calls must not hold. Of a directory all *.lua files
are checked; "-" is the standard input. A line with the comment
"-- execlua: ignore" has no mistakes.

The exit code is 1 when there are findings, 2 after wrong usage.`

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:        "check",
		Usage:       "find mistakes in scripts without running them",
		ArgsUsage:   "FILE…",
		Description: checkDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FORMAT` of the findings: text, json", Value: "text"},
			&cli.StringSliceFlag{Name: "global", Usage: "a global that the host of the scripts sets is `NAME`; may be repeated"},
		},
		OnUsageError: onUsageError,
		Action:       checkAction,
	}
}

func checkAction(c *cli.Context) error {
	format := c.String("output")
	switch {
	case format != "text" && format != "json":
		return usageError(fmt.Sprintf("check: --output %q: text or json", format))
	case c.NArg() == 0:
		return usageError("check: no script")
	}
	for _, arg := range c.Args().Slice() {
		if strings.HasPrefix(arg, "-") && arg != "-" {
			return usageError("check: flags stand before the files: " + arg)
		}
	}
	checker, err := lint.New(c.StringSlice("global")...)
	if err != nil {
		return err
	}
	found := []lint.Finding{} // [] in JSON, not null
	for _, arg := range c.Args().Slice() {
		files, err := scripts(arg)
		if err != nil {
			return err
		}
		for _, name := range files {
			source, err := readScript(name)
			if err != nil {
				return err
			}
			found = append(found, checker.Check(name, source)...)
		}
	}
	if err := writeFindings(c.App.Writer, format, found); err != nil {
		return err
	}
	if len(found) > 0 {
		return exit(exitError)
	}
	return nil
}

// scripts are the files that an argument means.
func scripts(arg string) ([]string, error) {
	if info, err := os.Stat(arg); err != nil || !info.IsDir() {
		return []string{arg}, nil // an error is that of reading it
	}
	var files []string
	err := filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && filepath.Ext(path) == ".lua" {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

func readScript(name string) (string, error) {
	if name == "-" {
		source, err := io.ReadAll(os.Stdin)
		return string(source), err
	}
	source, err := os.ReadFile(name)
	return string(source), err
}

func writeFindings(w io.Writer, format string, found []lint.Finding) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	var text strings.Builder
	for _, f := range found {
		text.WriteString(f.String() + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
