package execlua_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// TestDocs runs every block of Lua in the README and below docs, each as a script
// named guide.lua, on the engine in memory. Where a block has "--> text" it
// must print just these texts, in order; where it has "--! text" it must fail on that
// line with a message that contains the text.
//
// driver and cmd are there for blocks that show a detail.
func TestDocs(t *testing.T) {
	for _, file := range documents(t) {
		for _, b := range blocks(t, file, "lua") {
			t.Run(fmt.Sprintf("%s:%d", file, b.line), func(t *testing.T) { b.run(t) })
		}
	}
}

// TestGoDocs: every block of Go in the guide is a piece of a program or an example that runs.
func TestGoDocs(t *testing.T) {
	var sources string
	for _, pattern := range []string{"*_test.go", "luabind/example*_test.go", "examples/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %q, %v", pattern, files, err)
		}
		for _, file := range files {
			sources += outdented(read(t, file))
		}
	}
	files, err := filepath.Glob("docs/guide/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("the guide: %q, %v", files, err)
	}
	for _, file := range append(files, "README.md") {
		for _, b := range blocks(t, file, "go") {
			if !strings.Contains(sources, outdented(b.text)) {
				t.Errorf("%s:%d: no Go file has this:\n%s", file, b.line, b.text)
			}
		}
	}
}

// block is a piece of code in a document.
type block struct {
	text string
	line int // of its first line
}

func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"README.md"}
	err := filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" && path != "docs/testing.md" { // whose blocks internal/luatest runs together
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func blocks(t *testing.T, file, language string) []block {
	t.Helper()
	var found []block
	var open *block
	line := 0
	for text := range strings.Lines(read(t, file)) {
		line++
		switch {
		case open == nil && strings.TrimSpace(text) == "```"+language:
			open = &block{line: line + 1}
		case open != nil && strings.TrimSpace(text) == "```":
			found = append(found, *open)
			open = nil
		case open != nil:
			open.text += text
		}
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// outdented takes the indentation and the empty lines away.
func outdented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func (b block) run(t *testing.T) {
	var out bytes.Buffer
	engine := fake.New(fake.Options{})
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{
			"native": func() (driver.Driver, error) { return engine, nil },
			"fake":   func() (driver.Driver, error) { return engine, nil },
		},
		Host: true, Detach: true, Stdout: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	ctx := context.Background()
	if _, err := vm.RunString(ctx, "detail.lua", `driver, cmd = execlua.driver(), { image = "host", "true" }`); err != nil {
		t.Fatal(err)
	}
	_, err = vm.RunString(ctx, "guide.lua", b.text)

	var printed, failure string
	failing := 0
	for i, line := range strings.Split(b.text, "\n") {
		if _, text, ok := strings.Cut(line, "--> "); ok {
			printed += text + "\n"
		}
		if _, text, ok := strings.Cut(line, "--! "); ok {
			failure, failing = text, i+1
		}
	}
	if printed != "" && out.String() != printed {
		t.Errorf("printed:\n%s\nwant:\n%s", out.String(), printed)
	}
	var raised *luabind.Error
	switch {
	case failing == 0 && err != nil:
		t.Errorf("failed: %v", err)
	case failing > 0 && (!errors.As(err, &raised) || raised.Line != failing || !strings.Contains(raised.Message, failure)):
		t.Errorf("failed with %v, want line %d: %s", err, failing, failure)
	}
}
