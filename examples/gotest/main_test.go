//go:build linux && cgo

package main

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/native"
	"github.com/execlua/execlua/internal/testenv"
)

// TestInContainers runs the program where things go wrong. It needs root; outside
// of this repository, skip by os.Geteuid() in the place of testenv.Root.
func TestInContainers(t *testing.T) {
	testenv.Root(t)
	program := t.TempDir()
	build := exec.Command("go", "build", "-o", program+"/gotest", ".")
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	engine, err := native.New(native.Options{Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name         string
		change       func(*driver.Command)
		code         int
		stdout, says string
	}{
		{"a small machine", func(c *driver.Command) {}, 0, "6\n", ""},
		{"a read-only disk", func(c *driver.Command) { c.ReadonlyRootfs = true }, 1, "", "read-only file system"},
		{"a full disk", func(c *driver.Command) { c.ProcessConfig.Env = []string{"TOTALS=/dev/full"} }, 1, "", "no space left on device"},
		{"nobody's user", func(c *driver.Command) { c.ProcessConfig.User = "65534:65534" }, 1, "", "permission denied"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd := &driver.Command{
				ID: "gotest", Image: "host",
				Mounts:    []driver.Mount{{Source: program, Destination: "/program"}},
				Resources: &driver.Resources{Memory: 32 << 20, Pids: 32},
				ProcessConfig: driver.ProcessConfig{
					Entrypoint: "/program/gotest", Env: []string{"TOTALS=/totals"},
				},
			}
			row.change(cmd)
			var stdout, stderr bytes.Buffer
			pipes := &driver.Pipes{Stdin: io.NopCloser(strings.NewReader("1\n2\n3\n")), Stdout: &stdout, Stderr: &stderr}
			status, err := engine.Run(t.Context(), cmd, pipes, driver.Hooks{})
			if err != nil {
				t.Fatal(err)
			}
			if status.ExitCode != row.code || stdout.String() != row.stdout || !strings.Contains(stderr.String(), row.says) {
				t.Errorf("code %d, printed %q and %q; want %d, %q and %q", status.ExitCode, stdout.String(), stderr.String(), row.code, row.stdout, row.says)
			}
		})
	}
}
