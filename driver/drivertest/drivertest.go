// Package drivertest is the conformance suite of engines: what the docstrings of
// package driver promise, said in test cases. An engine passes it by giving a
// Harness to Run in a test of its own:
//
//	func TestConformance(t *testing.T) {
//		drivertest.Run(t, drivertest.Harness{
//			New:     func(t *testing.T) driver.Driver { return newEngine(t) },
//			Command: func(t *testing.T, p drivertest.Program) *driver.Command { … p.Shell() … },
//			Process: func(p drivertest.Program) *driver.ProcessConfig { … p.Shell() … },
//			Leaks:   func(t *testing.T) { … },
//		})
//	}
//
// To add a case: write a func(*env) in the file of its subject and name it in
// that file's list. It may use whatever a Program can do on every engine; signals
// with a default action do not reach the init process of a pid namespace, see
// pid_namespaces(7), so a program that is to be ended by one traps it.
package drivertest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/execlua/execlua/driver"
)

// Harness fits the suite to one engine.
type Harness struct {
	// New returns the engine of one case.
	New func(t *testing.T) driver.Driver
	// Command returns a new Command, with an id never used before, that runs p.
	Command func(t *testing.T, p Program) *driver.Command
	// Process returns a process that runs p in such a container.
	Process func(p Program) *driver.ProcessConfig
	// Users are mappings that the engine can make, of the users 0 to 999 but not of
	// 1000; nil for some that root can.
	Users *driver.UserNamespace
	// OOM makes the memory of a container run out, at which the kernel kills its
	// init. The Commands that it is called for have a limit of OOMLimit. It may be nil.
	OOM func(t *testing.T, engine driver.Driver, c *driver.Command)
	// Leaks is called after each case and fails it if anything is left: a
	// process, a cgroup, a mount, a file, a goroutine. It may be nil.
	Leaks func(t *testing.T)
	// Only are the subjects to run, "exec" for one; all when empty.
	Only []string
}

type testCase struct {
	name string
	run  func(t *env)
}

type subject struct {
	name  string
	cases []testCase
}

// subjects are all cases.
func subjects() []subject {
	return []subject{
		{"run", runCases()},
		{"start", startCases()},
		{"cancel", cancelCases()},
		{"exec", execCases()},
		{"users", userCases()},
		{"hooks", hookCases()},
		{"hook failures", hookFailureCases()},
		{"hooks that misbehave", misbehavingCases()},
		{"hook verbs", hookVerbCases()},
		{"signals", signalCases()},
		{"stop", stopCases()},
		{"wait", waitCases()},
		{"state", stateCases()},
		{"verbs by state", verbStateCases()},
		{"stats", statsCases()},
		{"update", updateCases()},
		{"find", findCases()},
		{"events", eventCases()},
		{"logs", logCases()},
		{"attach", attachCases()},
		{"detach", detachCases()},
		{"restart", restartCases()},
		{"health", healthCases()},
		{"errors", errorCases()},
		{"concurrency", concurrencyCases()},
	}
}

// Run runs all cases, one after the other.
func Run(t *testing.T, h Harness) {
	run, skipped := 0, 0
	passed := map[string]bool{}
	for _, subject := range subjects() {
		if len(h.Only) > 0 && !slices.Contains(h.Only, subject.name) {
			continue
		}
		t.Run(subject.name, func(t *testing.T) {
			for _, c := range subject.cases {
				ok := t.Run(c.name, func(t *testing.T) {
					defer func() {
						if t.Skipped() {
							skipped++
						} else {
							run++
							passed[subject.name+"/"+c.name] = true
						}
					}()
					if h.Leaks != nil {
						t.Cleanup(func() { h.Leaks(t) }) // the first registered runs last
					}
					c.run(&env{T: t, Harness: h, engine: h.New(t)})
				})
				if !ok {
					delete(passed, subject.name+"/"+c.name)
				}
			}
		})
	}
	rows, shared := covered(passed)
	line := fmt.Sprintf("%d cases run, %d skipped; they keep %d of the %d rows of the contract that engines share, of %d in all",
		run, skipped, rows, shared, len(contract()))
	t.Log(line)
	if err := report(fmt.Sprintf("%s: conformance suite: %s\n", driverName(h, t), line)); err != nil {
		t.Error(err)
	}
}

// ReportTo is the environment variable that names a file for one line about each
// suite that has run: go test shows nothing of what passes.
const ReportTo = "EXECLUA_CONFORMANCE"

func report(line string) error {
	path := os.Getenv(ReportTo)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	return errors.Join(err, file.Close())
}

func driverName(h Harness, t *testing.T) string { return h.New(t).Name() }
