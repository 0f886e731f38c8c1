//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/execlua/execlua/internal/luatest"
	"github.com/execlua/execlua/luabind"
)

const testDescription = `Runs files of tests, those that are named and all *_test.lua in directories; without
a PATH, in the working directory. Tests need no root and no image: their engine is one
in memory, which they tell what programs do. See execlua.test in the reference.

The exit code is 1 when a test failed.`

func testCommand(s *settings) *cli.Command {
	return &cli.Command{
		Name:        "test",
		Usage:       "run tests of scripts",
		ArgsUsage:   "[PATH…]",
		Description: testDescription,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "only tests whose name has a match of `PATTERN`, a regular expression"},
			&cli.IntFlag{Name: "j", Usage: "run `N` files at the same time", Value: runtime.NumCPU()},
			&cli.StringFlag{Name: "format", Usage: "`FORMAT` of the report: text, tap, junit", Value: "text"},
			&cli.StringFlag{Name: "coverage", Usage: "write to `FILE` which lines have run: as text when it ends with .txt, else for lcov"},
			&cli.DurationFlag{Name: "timeout", Usage: "interrupt a file after `DURATION`; 0 is never", Value: time.Minute},
		},
		OnUsageError: onUsageError,
		Action:       func(c *cli.Context) error { return testAction(c, s) },
	}
}

func testAction(c *cli.Context, s *settings) error {
	pattern, err := regexp.Compile(c.String("run"))
	if err != nil {
		return usageError("test: --run: " + err.Error())
	}
	reporter, err := luatest.NewReporter(c.String("format"), c.App.Writer)
	if err != nil {
		return usageError("test: --format: " + err.Error())
	}
	if c.Int("j") < 1 || c.Duration("timeout") < 0 {
		return usageError(fmt.Sprintf("test: -j %d, --timeout %v: too small", c.Int("j"), c.Duration("timeout")))
	}
	paths := c.Args().Slice()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	files, err := luatest.Find(paths)
	if err != nil {
		return usageError("test: " + err.Error())
	}
	o := luatest.Options{Jobs: c.Int("j"), Timeout: c.Duration("timeout")}
	o.Select = pattern.MatchString
	o.Open = func(script string, args []string) luabind.Options {
		return s.options([]chunk{{file: script}}, args)
	}
	if c.String("coverage") != "" {
		o.Coverage = &luabind.Coverage{}
	}
	return runTests(files, o, reporter, c.String("coverage"))
}

// runTests ends the tests with the first signal, and us with the second.
func runTests(files []string, o luatest.Options, reporter luatest.Reporter, coverage string) error {
	received := catchSignals()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- report(ctx, files, o, reporter) }()

	var why *signalError
	for {
		select {
		case err := <-done:
			if coverage != "" {
				if writing := luatest.WriteFile(coverage, o.Coverage); writing != nil {
					return writing
				}
			}
			if why != nil {
				return exit(why.code())
			}
			return err
		case sig := <-received:
			if why != nil {
				return exit(why.code())
			}
			why = &signalError{sig.(syscall.Signal)}
			cancel(why)
		}
	}
}

// report runs the tests and reports on them.
func report(ctx context.Context, files []string, o luatest.Options, reporter luatest.Reporter) error {
	var failed bool
	var broken error
	luatest.Run(ctx, files, o, func(r *luabind.TestReport) {
		failed = failed || r.Failed()
		if broken == nil {
			broken = reporter.File(r)
		}
	})
	if broken == nil {
		broken = reporter.End()
	}
	if broken == nil && failed {
		return exit(exitError)
	}
	return broken
}
