//go:build linux && cgo

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/execlua/execlua/internal/testenv"
)

func TestMain(m *testing.M) {
	testscript.Main(removeShared{m}, map[string]func(){"execlua": main, besideWeb: mainBesideWeb})
}

// removeShared runs the tests and removes what they share.
type removeShared struct{ *testing.M }

// shared is a directory for all tests of the process.
var shared string

func (m removeShared) Run() int {
	dir, err := os.MkdirTemp("", "execlua-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared = dir
	return m.M.Run()
}

// binary is the program as `make build` makes it: static, and without what a test
// binary brings along.
func binary(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	if built := os.Getenv("EXECLUA_BINARY"); built != "" { // where there is no Go, as in test/vm
		return built, nil
	}
	path := filepath.Join(shared, "execlua")
	return path, testenv.Build(path)
})
