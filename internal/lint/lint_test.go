package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func checker(t testing.TB, extra ...string) *Checker {
	t.Helper()
	c, err := New(extra...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMistakes checks testdata/*.lua: a line has exactly the findings that stand
// behind it, each as "--! column message", where the message may be the beginning
// of it and the column may be left out.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	total := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := map[int][]string{}
		for _, x := range checker(t).Check(file, string(source)) {
			found[x.Line] = append(found[x.Line], fmt.Sprintf("%d %s", x.Column, x.Message))
		}
		for i, line := range strings.Split(string(source), "\n") {
			expected := strings.Split(line, " --! ")[1:]
			total += len(expected)
			matches := func(want, got string) bool {
				_, message, _ := strings.Cut(got, " ")
				return strings.HasPrefix(got, want) || strings.HasPrefix(message, want)
			}
			if !slices.EqualFunc(expected, found[i+1], matches) {
				t.Errorf("%s:%d: found %q, want %q", file, i+1, found[i+1], expected)
			}
		}
	}
	if total < 40 {
		t.Errorf("only %d mistakes", total)
	}
}

func TestSyntax(t *testing.T) {
	for source, want := range map[string]string{
		"x = = 1":                     `x.lua:1: syntax error near '='`,
		"#!/usr/bin/execlua\nfor":     `x.lua:1: syntax error near the end of the file`,
		"print('a\nb')":               `x.lua:2: unterminated string near 'a'`,
		"\n\nbreak":                   `x.lua:3: no loop to break`,
		"goto away":                   `x.lua:1: no visible label 'away' for <goto> at line 1`,
		"\n\x1bLua":                   `x.lua:2: Invalid token near`,
		"local x <const> = 1":         `x.lua:1: syntax error near '<'`,
		"return 1 print(2)":           `x.lua:1: syntax error near 'print'`,
		"local t = {\n  a = 1\n  b }": `x.lua:3: syntax error near 'b'`,
	} {
		found := checker(t).Check("x.lua", source)
		if len(found) != 1 || found[0].Code != Syntax || !strings.HasPrefix(found[0].String(), want) {
			t.Errorf("%q: %v, want %s", source, found, want)
		}
	}
}

// Scripts that are right have no findings. Those that fail on purpose say "--!" at
// the line.
func TestScriptsAreSilent(t *testing.T) {
	for _, pattern := range []string{"../../scripts/examples/*.lua", "../../luabind/testdata/*.lua", "../../stdlib/meta/*.lua", "../../stdlib/meta/*/*.lua"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no scripts: %v", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			line, between := 0, "\n---\n" // the scripts of a golden file
			if !strings.Contains(file, "testdata") {
				between = "\x00"
			}
			for _, part := range strings.Split(string(source), between) {
				silent(t, file, strings.Repeat("\n", line)+part, "test") // the tests' host publishes it
				line += strings.Count(part, "\n") + 2
			}
		}
	}
}

func silent(t *testing.T, file, source string, globals ...string) {
	t.Helper()
	lines := strings.Split(source, "\n")
	for _, x := range checker(t, globals...).Check(file, source) {
		if !strings.Contains(lines[x.Line-1], "--!") {
			t.Error(x)
		}
	}
}

// What the documents show is parts of scripts: a driver and a command are there.
func TestDocumentsAreSilent(t *testing.T) {
	block := regexp.MustCompile("(?s)```lua\n(.*?)```")
	var files []string
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../../docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	blocks := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			blocks++
			lines := strings.Split(m[1], "\n")
			for _, x := range checker(t, "driver", "cmd").Check(file, m[1]) {
				line := lines[x.Line-1]
				if x.Code != Unused && !strings.Contains(line, "--!") && !strings.Contains(line, "pcall(") { // which show mistakes
					t.Error(x)
				}
			}
		}
	}
	if blocks == 0 {
		t.Error("no document has a script")
	}
}

// What is found in the mistakes of luabind's tests is what their host says.
func TestMistakesOfRunTime(t *testing.T) {
	source, err := os.ReadFile("../../luabind/testdata/mistakes.lua")
	if err != nil {
		t.Fatal(err)
	}
	known, all := 0, 0
	for _, part := range strings.Split(string(source), "\n---\n") {
		all++
		if len(checker(t, "test").Check("mistakes.lua", part)) > 0 {
			known++
		}
	}
	if known*3 < all*2 {
		t.Errorf("%d of %d mistakes are found", known, all)
	}
}

func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"testdata/*.lua", "../../scripts/examples/*.lua"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if source, err := os.ReadFile(file); err == nil {
				f.Add(string(source))
			}
		}
	}
	f.Add("local a = a; a = a.b; a = a:b(a)(a){a}.c['d'][1]; for a in a do return a end")
	f.Add("#\nlocal function f(x) return f(f) end return f(f(f)).x")
	f.Add("execlua.command{[1]=1,[''] = 2, process={process={}}, mounts={{}}, env={1,2,{}}, resources=-1, network={host=1}}")
	c := checker(f)
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 1<<12 {
			t.Skip() // the parser's bounds are tested where they are
		}
		lines := strings.Count(source, "\n") + strings.Count(source, "\r") + 1
		for _, x := range c.Check("fuzz.lua", source) {
			if x.Line < 1 || x.Line > lines || x.Column < 0 || x.Message == "" || x.Code == "" {
				t.Errorf("%+v", x)
			}
		}
	})
}
