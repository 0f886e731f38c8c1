package luabind_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// TestScripts runs testdata/*.lua. A line "---" ends one script and begins the
// next, which gets a VM and an engine of its own. What a script prints must be
// the text after each "-->", in order. A script with "--! text" must fail on
// that line with a message that contains the text.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, script := range split(string(source)) {
				runScript(t, filepath.Base(file), script)
			}
		})
	}
}

// split takes a file apart. Empty lines in front keep the line numbers.
func split(source string) []string {
	var scripts []string
	line := 0
	for _, part := range strings.Split(source, "\n---\n") {
		scripts = append(scripts, strings.Repeat("\n", line)+part)
		line += strings.Count(part, "\n") + 2
	}
	return scripts
}

func runScript(t *testing.T, name, source string) {
	t.Helper()
	h := newHost(t, func(o *luabind.Options) { o.Host = name == "loadspec.lua" }) // which reads files
	_, err := h.RunString(context.Background(), name, source)

	want := expectations(source)
	if got := h.out.String(); got != want.printed {
		t.Errorf("the script before line %d printed:\n%s\nwant:\n%s", want.lines, got, want.printed)
	}
	var raised *luabind.Error
	switch {
	case want.failure == "" && err != nil:
		t.Errorf("failed: %v", err)
	case want.failure == "":
	case !errors.As(err, &raised) || raised.File != name || raised.Line != want.line || !strings.Contains(raised.Message, want.failure):
		t.Errorf("failed with: %v\nwant: %s:%d: %s", err, name, want.line, want.failure)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// expectation is what the comments of a script promise.
type expectation struct {
	printed string
	failure string // "": none
	line    int    // of the failure
	lines   int
}

func expectations(source string) (want expectation) {
	lines := strings.Split(source, "\n")
	want.lines = len(lines)
	for i, line := range lines {
		if _, text, ok := strings.Cut(line, "-->"); ok {
			want.printed += strings.TrimPrefix(text, " ") + "\n"
		}
		if _, text, ok := strings.Cut(line, "--! "); ok {
			want.failure, want.line = text, i+1
		}
	}
	return want
}
