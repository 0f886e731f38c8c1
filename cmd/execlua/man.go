//go:build linux && cgo

package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/man"
)

// manCommand writes the manual pages, for make man and make install.
func manCommand() *cli.Command {
	return &cli.Command{
		Name: "__man", Hidden: true, ArgsUsage: "DIR", HideHelpCommand: true, OnUsageError: onUsageError,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usageError("__man: one directory expected")
			}
			dir := c.Args().First()
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			for _, p := range manPages(c.App) {
				var b strings.Builder
				if err := p.Write(&b, version); err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(dir, p.File()), []byte(b.String()), 0o644); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// manPages are those of the program and of each command that --help shows.
func manPages(app *cli.App) []man.Page {
	all := man.Page{
		Name: app.Name, Summary: app.Usage, Synopsis: strings.Split(app.UsageText, "\n"),
		Description: app.Description, Groups: []man.Group{{Title: "options", Entries: options(app.Flags)}},
	}
	pages := []man.Page{all}
	for _, category := range app.VisibleCategories() {
		g := man.Group{Title: category.Name()}
		for _, c := range category.VisibleCommands() {
			name := app.Name + "-" + c.Name
			usage := app.Name + " " + c.Name + " [flags] " + c.ArgsUsage
			g.Entries = append(g.Entries, man.Entry{Term: c.Name, Argument: c.ArgsUsage, Text: c.Usage})
			pages[0].SeeAlso = append(pages[0].SeeAlso, name)
			pages = append(pages, man.Page{
				Name: name, Summary: c.Usage, Synopsis: []string{strings.TrimSpace(usage)}, Description: c.Description,
				Groups: []man.Group{{Title: "options", Entries: options(c.Flags)}}, SeeAlso: []string{app.Name},
			})
		}
		pages[0].Groups = append(pages[0].Groups, g)
	}
	return pages
}

// options are the flags that --help shows. The part of a usage in backquotes is
// the name of the value.
func options(flags []cli.Flag) []man.Entry {
	var entries []man.Entry
	for _, flag := range flags {
		doc, ok := flag.(cli.DocGenerationFlag)
		if hidden, can := flag.(cli.VisibleFlag); !ok || can && !hidden.IsVisible() {
			continue
		}
		var names []string
		for _, name := range flag.Names() {
			names = append(names, cliPrefix(name)+name)
		}
		e := man.Entry{Term: strings.Join(names, ", "), Text: strings.ReplaceAll(doc.GetUsage(), "`", "")}
		if _, rest, quoted := strings.Cut(doc.GetUsage(), "`"); quoted {
			e.Argument, _, _ = strings.Cut(rest, "`")
		}
		if value := doc.GetValue(); doc.TakesValue() && value != "" {
			e.Text += " (default: " + value + ")"
		}
		entries = append(entries, e)
	}
	return entries
}

func cliPrefix(name string) string {
	if len(name) == 1 {
		return "-"
	}
	return "--"
}
