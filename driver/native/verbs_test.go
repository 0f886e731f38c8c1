//go:build linux && cgo

package native

import (
	"context"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

// Terminate returns when everything is gone, also when the process has ended
// before and a PostStop hook is still at work.
func TestTerminateWaitsForPostStop(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "exit 3")
	inHook, done := make(chan bool), false
	p, err := d.Start(t.Context(), c, nil, driver.Hooks{PostStop: []driver.DriverCallback{
		func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
			close(inHook)
			time.Sleep(100 * time.Millisecond)
			done = true
			return nil
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	<-inHook
	if err := d.Terminate(t.Context(), c); err != nil || !done {
		t.Errorf("terminate: %v, the hook had returned: %v", err, done)
	}
	wantEmpty(t, d.root)
	if status, err := p.Wait(t.Context()); err != nil || status.ExitCode != 3 || status.Stopped {
		t.Errorf("got %+v, %v; want exit code 3, which nobody asked for", status, err)
	}
}

// A stop that was refused has stopped nothing.
func TestRefusedStop(t *testing.T) {
	d := newEngine(t)
	c := shell(t, "trap 'exit 0' USR1; echo ready; while :; do sleep 0.05; done")
	p := start(t, d, c, nil)
	if _, err := d.Stop(t.Context(), c, driver.StopOptions{Signal: 99}); driver.Code(err) != "invalid" {
		t.Errorf("stop: %v", err)
	}
	eventually(t, "the program ends at USR1", func() bool { return d.Kill(t.Context(), c, 10) != nil })
	if status, err := p.Wait(t.Context()); err != nil || status.Stopped {
		t.Errorf("got %+v, %v", status, err)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	d := newEngine(t)
	for range 3 {
		sleeper(t, d, shell(t, ""))
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wantEmpty(t, d.root)
}
