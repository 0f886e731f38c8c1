package luabind_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

const embedderEnv = "EXECLUA_TEST_EMBEDDER"

// TestEmbedder is a Go program with a VM, in a process of its own for TestTheProcessIsTheEmbedders.
func TestEmbedder(t *testing.T) {
	if os.Getenv(embedderEnv) == "" {
		t.Skip("runs as a child")
	}
	vm, err := luabind.New(luabind.Options{
		Engines: map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }},
		Engine:  "fake",
	})
	if err != nil {
		t.Fatal(err)
	}
	ready := func() { fmt.Println("ready") }
	if err := vm.Publish("host", luabind.Func{Name: "ready", Fn: ready}); err != nil {
		t.Fatal(err)
	}
	_, err = vm.RunString(context.Background(), "test.lua", `
		print("to no stdout")
		local driver = execlua.driver()
		driver:run { image = "host", "echo", "nor this" }
		host.ready()
		driver:run { image = "host", "sleep", "infinity" }`)
	t.Errorf("the script has ended: %v", err)
}

// Signals and file descriptors of the process belong to the program around the
// VM: it dies of a signal that it does not handle, and nothing that a script
// prints reaches a stream that it was not given.
func TestTheProcessIsTheEmbedders(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		child := exec.Command(os.Args[0], "-test.run=^TestEmbedder$")
		child.Env = append(os.Environ(), embedderEnv+"=1")
		out := &buffer{}
		signal := writerFunc(func(p []byte) (int, error) {
			if bytes.Contains(p, []byte("ready")) {
				_ = child.Process.Signal(sig)
			}
			return out.Write(p)
		})
		child.Stdout, child.Stderr = signal, signal
		var exit *exec.ExitError
		err := child.Run()
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != sig {
			t.Errorf("%v: %v, want the death by it", sig, err)
		}
		if got := out.String(); got != "ready\n" {
			t.Errorf("printed %q", got)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
