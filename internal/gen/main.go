// Command gen writes the generated files of the module. Its argument is the
// module's directory, the working directory when there is none:
//
//	go run ./internal/gen
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/execlua/execlua/internal/apidoc"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := write(root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// write leaves files alone that are as they should be.
func write(root string) error {
	files, err := apidoc.Files(os.DirFS(root))
	if err != nil {
		return err
	}
	for name, want := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, want) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			return err
		}
	}
	return nil
}
