package stdlib_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// TestOutside runs testdata/outside/*.lua, each in an empty working directory of
// its own. A line "---" ends one script and begins the next. What a script prints
// must be the text after each "-->", in order. A script with "--! text" must fail
// on that line with a message that contains the text.
func TestOutside(t *testing.T) {
	for _, g := range goldens(t, "testdata/outside/*.lua") {
		t.Run(g.name, func(t *testing.T) {
			for _, script := range g.scripts {
				runGolden(t, g.name, script, nil)
			}
		})
	}
}

// golden is a file of scripts, with empty lines in front that keep the line numbers.
type golden struct {
	name    string
	scripts []string
}

func goldens(t *testing.T, pattern string) []golden {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all []golden
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g, line := golden{name: filepath.Base(file)}, 0
		for _, script := range strings.Split(string(source), "\n---\n") {
			g.scripts = append(g.scripts, strings.Repeat("\n", line)+script)
			line += strings.Count(script, "\n") + 2
		}
		all = append(all, g)
	}
	return all
}

func runGolden(t *testing.T, name, source string, change func(*luabind.Options)) {
	t.Helper()
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	_, err := runOutside(t, name, source, func(o *luabind.Options) {
		o.Stdout = &out
		if change != nil {
			change(o)
		}
	})

	var printed strings.Builder
	failure, line := "", 0
	for i, text := range strings.Split(source, "\n") {
		if _, want, ok := strings.Cut(text, "-->"); ok {
			printed.WriteString(strings.TrimPrefix(want, " ") + "\n")
		}
		if _, want, ok := strings.Cut(text, "--! "); ok {
			failure, line = want, i+1
		}
	}
	if out.String() != printed.String() {
		t.Errorf("printed:\n%s\nwant:\n%s", &out, &printed)
	}
	var raised *luabind.Error
	switch {
	case failure == "" && err != nil:
		t.Errorf("failed: %v", err)
	case failure == "":
	case !errors.As(err, &raised) || raised.Line != line || !strings.Contains(raised.Message, failure):
		t.Errorf("failed with: %v\nwant: %s:%d: %s", err, name, line, failure)
	}
}

// runOutside runs a script that the machine is open to.
func runOutside(t *testing.T, name, source string, change func(*luabind.Options)) (int, error) {
	t.Helper()
	o := luabind.Options{
		Host: true, Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=/home/someone", "EMPTY="},
		Args: []string{"in.txt", "--n", "5"}, Stdin: strings.NewReader("typed"),
	}
	if change != nil {
		change(&o)
	}
	vm, err := luabind.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := vm.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	return vm.RunString(context.Background(), name, source)
}
