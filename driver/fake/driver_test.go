package fake

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
)

func TestStates(t *testing.T) {
	var seen []State
	d := New(Options{})
	note := func(context.Context, *driver.ProcessConfig, int, *driver.HookInfo) error {
		seen = append(seen, d.State("b"))
		return nil
	}
	list := []driver.DriverCallback{note}
	c := box("b", "sleep", "infinity")
	process, err := d.Start(t.Context(), c, nil, driver.Hooks{PreStart: list, Start: note, PostStop: list})
	must(t, err)
	must(t, d.Pause(t.Context(), c))
	seen = append(seen, d.State("b"))
	must(t, d.Unpause(t.Context(), c))
	must(t, d.Terminate(t.Context(), c))
	_, err = process.Wait(t.Context())
	must(t, err)
	seen = append(seen, d.State("b"))
	if want := []State{PreStart, Running, Paused, Exited, Gone}; !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}

// What is about to end is not frozen: the grace period could not be kept.
func TestStoppingIsNotPaused(t *testing.T) {
	ready := make(chan struct{})
	d, c, process := start(t, nil, func(ctx context.Context, p *Process) int {
		p.Trap(15)
		close(ready)
		<-ctx.Done()
		return 0
	})
	<-ready
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	grace := time.Second
	_, err := d.Stop(ctx, c, driver.StopOptions{Grace: &grace})
	if !errors.Is(err, driver.ErrWaitTimeoutReached) {
		t.Errorf("stop: got %v, want %v", err, driver.ErrWaitTimeoutReached)
	}
	if s := d.State("b"); s != Stopping {
		t.Errorf("state %s, want %s", s, Stopping)
	}
	err = d.Pause(t.Context(), c)
	if want := `pause "b": busy: it is stopping`; err == nil || err.Error() != want || !errors.Is(err, driver.ErrBusy) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	must(t, d.Unpause(t.Context(), c))
	if status, err := process.Wait(t.Context()); err != nil || status.Signal != 9 || !status.Stopped {
		t.Errorf("got %+v, %v", status, err)
	}
}

func TestCalls(t *testing.T) {
	d := New(Options{})
	c := box("b", "sleep", "infinity")
	_, err := d.Start(t.Context(), c, nil, driver.Hooks{})
	must(t, err)
	process := &driver.ProcessConfig{Entrypoint: "echo", Arguments: []string{"hi"}}
	_, err = d.Exec(t.Context(), c, process, nil, driver.Hooks{})
	must(t, err)
	must(t, d.Kill(t.Context(), c, 0))
	must(t, d.Terminate(t.Context(), c))
	_, _ = d.Run(t.Context(), &driver.Command{ID: "refused"}, nil, driver.Hooks{})
	process.Arguments[0], c.ProcessConfig.Arguments[0] = "changed", "changed"

	var verbs []string
	for _, call := range d.Calls("") {
		verbs = append(verbs, call.Verb+" "+call.ID)
	}
	if want := []string{"start b", "exec b", "kill b", "terminate b", "run refused"}; !slices.Equal(verbs, want) {
		t.Errorf("got %q, want %q", verbs, want)
	}
	if calls := d.Calls("exec"); len(calls) != 1 || calls[0].Process.Arguments[0] != "hi" || calls[0].Command.ProcessConfig.Arguments[0] != "infinity" {
		t.Errorf("exec: got %+v", calls)
	}
	if calls := d.Calls("pause"); len(calls) != 0 {
		t.Errorf("pause: got %+v", calls)
	}
}

// A pid that a script hands to the host's tools must not be somebody's.
func TestPidsAreNobodys(t *testing.T) {
	d := New(Options{})
	var pids []int
	keep := func(_ context.Context, _ *driver.ProcessConfig, pid int, _ *driver.HookInfo) error {
		pids = append(pids, pid)
		return nil
	}
	for range 3 {
		_, err := d.Run(t.Context(), box("b", "true"), nil, driver.Hooks{PreStart: []driver.DriverCallback{keep}})
		must(t, err)
	}
	if !slices.Equal(pids, []int{4194305, 4194306, 4194307}) {
		t.Errorf("got %v", pids)
	}
}

func TestStats(t *testing.T) {
	d := New(Options{})
	c := box("b", "sleep", "infinity")
	_, err := d.Start(t.Context(), c, nil, driver.Hooks{})
	must(t, err)
	_, err = d.StartExec(t.Context(), c, &driver.ProcessConfig{Entrypoint: "sleep", Arguments: []string{"infinity"}}, nil, driver.Hooks{})
	must(t, err)
	s, err := d.Stats(t.Context(), "b")
	must(t, err)
	if *s.Pids != 2 || *s.MemoryUsage != 2*MemoryUsage || s.MemoryLimit != MemoryTotal || *s.MemoryPercent != 1.5625 || *s.CPUUsage != *s.CPUUser+*s.CPUSystem {
		t.Errorf("got %+v", s)
	}
	must(t, d.Terminate(t.Context(), c))
}

func TestJoins(t *testing.T) {
	d := New(Options{})
	for _, c := range []*driver.Command{box("net", "true"), box("ipc", "true")} {
		path := c.ID
		if c.ID == "net" {
			c.Network, path = &driver.Network{ContainerID: "b"}, "network"
		} else {
			c.Ipc = &driver.Ipc{ContainerID: "b"}
		}
		_, err := d.Run(t.Context(), c, nil, driver.Hooks{})
		var field *driver.FieldError
		if !errors.As(err, &field) || field.Path != path+".container_id" || !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("%s, nobody to join: got %v", c.ID, err)
		}
		other := box("b", "sleep", "infinity")
		_, err = d.Start(t.Context(), other, nil, driver.Hooks{})
		must(t, err)
		_, err = d.Run(t.Context(), c, nil, driver.Hooks{})
		must(t, err)
		must(t, d.Terminate(t.Context(), other))
	}
}
