//go:build linux && cgo

package execlua_test

import (
	"os"
	"strings"
	"testing"
)

// TestREADME: the Go program of the README is Example, which compiles and runs.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```go\n")
	block, _, found := strings.Cut(rest, "```")
	if !found || block == "" {
		t.Fatal("README.md has no Go block")
	}
	_, body, _ := strings.Cut(string(example), "func Example() {\n")
	indented := "\t" + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n\t")
	if strings.ReplaceAll(indented, "\t\n", "\n") != strings.TrimSuffix(body, "\n}\n") {
		t.Errorf("README.md and example_test.go differ; the README has:\n%s", block)
	}
}
