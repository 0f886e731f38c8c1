//go:build linux && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/execlua/execlua/internal/testenv"
)

// Every example ends with the output that it has on a real engine:
//
//	-- output:
//	-- pre_start: pid *
//
// One comment stands for one line, and * for any text within it.
func TestExamples(t *testing.T) {
	testenv.Containers(t)
	program := binary(t)
	files, err := filepath.Glob("../../scripts/examples/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("examples: %q, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			want := expectation(t, file)
			out, err := exec.Command(program, "--root", t.TempDir(), file).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			for i := range max(len(got), len(want)) {
				switch {
				case i >= len(want):
					t.Errorf("line %d is one too many: %q", i+1, got[i])
				case i >= len(got):
					t.Errorf("line %d is missing: %q", i+1, want[i])
				case !matches(want[i], got[i]):
					t.Errorf("line %d: got %q, want %q", i+1, got[i], want[i])
				}
			}
		})
	}
}

func expectation(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), "\n-- output:\n")
	if !found {
		t.Fatal(`no "-- output:" at the end`)
	}
	var lines []string
	for line := range strings.Lines(block) {
		text, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "-- ")
		if !found {
			t.Fatalf("%q stands after the output", line)
		}
		lines = append(lines, text)
	}
	return lines
}

func matches(pattern, line string) bool {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	return regexp.MustCompile("^" + quoted + "$").MatchString(line)
}

// The shell of the example at a terminal, and at the end of a pipe.
func TestShellExample(t *testing.T) {
	testenv.Root(t)
	const example = "../../scripts/examples/shell.lua"
	t.Run("terminal", func(t *testing.T) {
		s := sitDown(t, `return dofile("`+example+`")`)
		s.sees("# ")
		s.becomesRaw()
		s.types("stty size; tty; cat /proc/sys/kernel/hostname; echo en''d\r")
		s.sees("40 100\r\n/dev/pts/0\r\nbox\r\nend\r\n")
		s.types("exit 7\r")
		s.sees("the shell exited with code 7\r\n")
		s.ends(7)
	})
	t.Run("pipe", func(t *testing.T) {
		cmd := exec.Command(binary(t), "--root", t.TempDir(), example)
		cmd.Stdin = strings.NewReader("tty; echo in $(cat /proc/sys/kernel/hostname); exit 4\n")
		out, _ := cmd.CombinedOutput()
		if got, want := string(out), "not a tty\nin box\nthe shell exited with code 4\n"; got != want || cmd.ProcessState.ExitCode() != 4 {
			t.Errorf("exit code %d, output %q; want 4 and %q", cmd.ProcessState.ExitCode(), got, want)
		}
	})
}
