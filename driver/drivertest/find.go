package drivertest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

func findCases() []testCase {
	return []testCase{
		{"by id, labels and state", findFilters},
		{"what it tells", findTells},
		{"the states of a life", findStates},
		{"no such state", findInvalid},
	}
}

func (t *env) find(f driver.Filter) []driver.ContainerInfo {
	t.Helper()
	found, err := verb[driver.Finder](t).Find(t.Context(), f)
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	return found
}

func findFilters(t *env) {
	if found := t.find(driver.Filter{}); len(found) != 0 {
		t.Errorf("got %+v before anything was started", found)
	}
	var boxes []*box
	for i := range 4 {
		c := t.command(Sleep{})
		c.Labels = map[string]string{"app": "web", "slot": fmt.Sprint(i), "empty": ""}
		boxes = append(boxes, t.start(t.Context(), c, noHooks))
		time.Sleep(2 * time.Millisecond) // clocks have steps
	}
	t.wantCode("pause", t.engine.Pause(t.Context(), boxes[2].command), "")
	for _, row := range []struct {
		filter driver.Filter
		want   []int
	}{
		{driver.Filter{}, []int{0, 1, 2, 3}}, // the oldest first
		{driver.Filter{ID: boxes[1].ID()}, []int{1}},
		{driver.Filter{ID: "nobody"}, nil},
		{driver.Filter{Labels: map[string]string{"app": "web", "slot": "3"}}, []int{3}},
		{driver.Filter{Labels: map[string]string{"app": "web", "empty": ""}}, []int{0, 1, 2, 3}},
		{driver.Filter{Labels: map[string]string{"absent": ""}}, nil},
		{driver.Filter{State: driver.StatePaused}, []int{2}},
		{driver.Filter{State: driver.StateRunning}, []int{0, 1, 3}},
		{driver.Filter{ID: boxes[0].ID(), State: driver.StatePaused}, nil},
	} {
		var want, got []string
		for _, i := range row.want {
			want = append(want, boxes[i].ID())
		}
		for _, i := range t.find(row.filter) {
			got = append(got, i.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: got %v, want %v", row.filter, got, want)
		}
	}
}

func findTells(t *env) {
	before := time.Now()
	c := t.command(Sleep{})
	c.Labels = map[string]string{"app": "web"}
	b := t.start(t.Context(), c, noHooks)
	found := t.find(driver.Filter{})
	if len(found) != 1 {
		t.Fatalf("got %+v, want one container", found)
	}
	i := found[0]
	if i.ID != b.ID() || i.State != driver.StateRunning || i.Pid != b.Pid() || i.Labels["app"] != "web" || i.Command.ID != b.ID() {
		t.Errorf("got %+v", i)
	}
	if i.Created.Before(before) || i.Created.After(time.Now()) {
		t.Errorf("created at %v, want between %v and now", i.Created, before)
	}
	i.Labels["app"], i.Command.Labels["app"] = "changed", "changed"
	if again := t.find(driver.Filter{})[0]; again.Labels["app"] != "web" || again.Command.Labels["app"] != "web" {
		t.Error("what is told is no copy")
	}
}

func findStates(t *env) {
	var got []string
	c := t.command(Exit{})
	look := func(ctx context.Context, _ *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		found, err := verb[driver.Finder](t).Find(ctx, driver.Filter{ID: c.ID})
		if err != nil || len(found) != 1 {
			return fmt.Errorf("%s: got %+v, %w", info.Stage, found, err)
		}
		got = append(got, string(found[0].State))
		if want := map[bool]int{true: 0, false: pid}[found[0].State == driver.StateExited]; found[0].Pid != want {
			t.Errorf("%s: got pid %d, want %d", info.Stage, found[0].Pid, want)
		}
		return nil
	}
	list := []driver.DriverCallback{look}
	if r := t.run(t.Context(), c, "", driver.Hooks{PreStart: list, PostStop: list}); r.err != nil {
		t.Error(r.err)
	}
	if want := []string{"created", "exited"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if found := t.find(driver.Filter{}); len(found) != 0 {
		t.Errorf("got %+v after the end", found)
	}
}

func findInvalid(t *env) {
	_, err := verb[driver.Finder](t).Find(t.Context(), driver.Filter{State: "stopped"})
	t.wantCode("find", err, "invalid")
}
