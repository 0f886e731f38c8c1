// Package luatest runs files of Lua tests and reports on them. What a test can
// say is the module execlua.test, in luabind.
package luatest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/execlua/execlua/luabind"
)

// suffix is how the name of a file of tests ends.
const suffix = "_test.lua"

// Find lists the files of tests: a file that is named is one, and of a directory
// all *_test.lua at any depth, but for directories whose names begin with a dot.
func Find(paths []string) ([]string, error) {
	var files []string
	for _, root := range paths {
		before := len(files)
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			hidden := strings.HasPrefix(entryName(entry), ".") && path != root
			switch {
			case err != nil:
				return err
			case entry.IsDir() && hidden:
				return fs.SkipDir
			case !entry.IsDir() && (path == root || strings.HasSuffix(path, suffix)):
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("no *%s in %s", suffix, root)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func entryName(entry fs.DirEntry) string {
	if entry == nil { // the root, when there is none
		return ""
	}
	return entry.Name()
}

// Options say how Run runs files.
type Options struct {
	luabind.TestOptions
	Jobs    int           // files that run at the same time; 1 when less
	Timeout time.Duration // for each file; 0 is none
}

// timeoutError is why a file is interrupted.
type timeoutError time.Duration

func (e timeoutError) Error() string { return "the file took longer than " + time.Duration(e).String() }

// Run runs the files, several at a time, and gives the report of each to each, in
// the order of the files.
func Run(ctx context.Context, files []string, o Options, each func(*luabind.TestReport)) {
	reports := make([]chan *luabind.TestReport, len(files))
	slots := make(chan struct{}, max(o.Jobs, 1))
	for i := range files {
		reports[i] = make(chan *luabind.TestReport, 1)
	}
	go func() {
		for i, file := range files {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				reports[i] <- o.run(ctx, file)
			}()
		}
	}()
	for _, report := range reports {
		each(<-report)
	}
}

func (o Options) run(ctx context.Context, file string) *luabind.TestReport {
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Timeout, timeoutError(o.Timeout))
		defer cancel()
	}
	return luabind.RunTests(ctx, file, o.TestOptions)
}

// WriteFile writes the coverage into a file: as text when its name ends with
// .txt, else in the format of lcov. Files of tests are left out.
func WriteFile(name string, coverage *luabind.Coverage) error {
	files := coverage.Files()
	for file := range files {
		if strings.HasSuffix(file, suffix) {
			delete(files, file)
		}
	}
	write := lcov
	if strings.HasSuffix(name, ".txt") {
		write = coverageText
	}
	return os.WriteFile(name, []byte(write(files)), 0o666)
}
