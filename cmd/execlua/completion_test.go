//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Real shells complete with the real program.
func TestCompletionInShells(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(binary(t), filepath.Join(dir, "execlua")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "story.lua"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// Each prints a candidate a line for the words of "$@", of which the last is typed.
	const (
		bash = `source <(execlua completion bash)
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
			_execlua; printf '%s\n' "${COMPREPLY[@]}"`
		fish = `execlua completion fish | source
			complete -C (string join ' ' -- $argv) | string replace -r '\t.*' ''`
		zsh = `autoload -Uz compinit; compinit -D; source <(execlua completion zsh)
			_describe() { print -l -- "${(@)${(@P)2}%%:*}" }; _files() { print -l -- "${words[CURRENT]}"*(N) }
			words=("$@"); CURRENT=$#; _execlua`
	)
	for _, shell := range []struct{ name, script string }{{"bash", bash}, {"zsh", zsh}, {"fish", fish}} {
		t.Run(shell.name, func(t *testing.T) {
			if _, err := exec.LookPath(shell.name); err != nil {
				t.Skipf("there is no %s here", shell.name)
			}
			for line, want := range map[string]string{
				"execlua sto":         "stop story.lua",
				"execlua ps --no":     "--no-trunc",
				"execlua --log-for":   "--log-format",
				"execlua completion ": "bash zsh fish",
			} {
				args := append([]string{"-c", shell.script}, strings.Split(line, " ")...)
				if shell.name != "fish" {
					args = append([]string{"-c", shell.script, "-"}, strings.Split(line, " ")...)
				}
				cmd := exec.Command(shell.name, args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir)
				var errs strings.Builder
				cmd.Stderr = &errs
				out, err := cmd.Output()
				got := strings.Fields(string(out))
				if err != nil || !sameWords(got, strings.Fields(want)) {
					t.Errorf("%q: got %q, %v; want %s\n%s", line, got, err, want, &errs)
				}
			}
		})
	}
}

func sameWords(a, b []string) bool {
	count := map[string]int{}
	for _, w := range a {
		count[w]++
	}
	for _, w := range b {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}
