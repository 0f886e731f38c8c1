package luatest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// The files in the guide are those of a project whose tests pass.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, block := range strings.Split(string(guide), "\n```lua\n-- ")[1:] {
		name, _, _ := strings.Cut(block, "\n")
		source, _, _ := strings.Cut(block, "\n```\n")
		if err := os.WriteFile(filepath.Join(dir, name), []byte("-- "+source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, tests := range map[string]int{"backup_test.lua": 3, "notify_test.lua": 1} {
		report := luabind.RunTests(t.Context(), filepath.Join(dir, file), luabind.TestOptions{})
		if report.Failed() || len(report.Tests) != tests {
			t.Errorf("%s: %d tests, %v", file, len(report.Tests), report)
		}
	}
}
