//go:build linux && cgo

package main

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completionScripts ask the hidden command __complete about every word.
//
//go:embed completion
var completionScripts embed.FS

const completionDescription = `Prints a script that completes commands, flags, the values of flags and the ids of
containers. To have it in every shell:

  bash   execlua completion bash > /etc/bash_completion.d/execlua
  zsh    execlua completion zsh > "${fpath[1]}/_execlua"
  fish   execlua completion fish > ~/.config/fish/completions/execlua.fish`

func shells() []string { return []string{"bash", "zsh", "fish"} }

func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print a script that completes words in a shell", ArgsUsage: strings.Join(shells(), "|"), Description: completionDescription,
		HideHelpCommand: true, OnUsageError: onUsageError,
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if c.NArg() != 1 || !slices.Contains(shells(), shell) {
				return usageError("completion: one of " + strings.Join(shells(), ", ") + " expected")
			}
			script, err := completionScripts.ReadFile("completion/execlua." + shell)
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(script)
			return err
		},
	}
}

// completeCommand answers those scripts. Its arguments are the words after the
// program's name, up to the one that is typed, which may be empty. Each line is a
// word and, after a tab, what it means; the line ":files" stands for file names.
func completeCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name: "__complete", Hidden: true, SkipFlagParsing: true, HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) == 0 {
				return nil
			}
			found := s.complete(c.App, joinEquals(words))
			return found.write(c.App.Writer)
		},
	}
}

// joinEquals undoes what bash does to --name=value: it makes three words of it, and
// wants the third completed.
func joinEquals(words []string) []string {
	var out []string
	for i, word := range words {
		last := i == len(words)-1
		switch {
		case word == "=" && last:
			out = append(out, "")
		case word == "=" && len(out) > 0 && strings.HasPrefix(out[len(out)-1], "-"):
		default:
			out = append(out, word)
		}
	}
	return out
}

// completions are what a word may become.
type completions struct {
	lines []string
	files bool
}

func (f *completions) add(typed, word, meaning string) {
	if strings.HasPrefix(word, typed) {
		f.lines = append(f.lines, word+"\t"+meaning)
	}
}

func (f *completions) write(w io.Writer) error {
	lines := f.lines
	if f.files {
		lines = append(lines, ":files")
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
