package drivertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

func logCases() []testCase {
	return []testCase{
		{"lines of both streams", logLines},
		{"what is still there after the program", logsInPostStop},
		{"followed to the end", logsFollowed},
		{"followed until the context ends", logsFollowEnds},
		{"one writer for both", logsOfOneWriter},
		{"dropped output", logsOfNothing},
	}
}

// lines reads lines as "stdout: text".
func (t *env) lines(ctx context.Context, id string, o driver.LogOptions) []string {
	t.Helper()
	var lines []string
	before := time.Time{}
	for line, err := range verb[driver.Logger](t).Logs(ctx, id, o) {
		if err != nil {
			t.Errorf("logs: %v", err)
			break
		}
		if line.Time.Before(before) || time.Since(line.Time) > time.Hour {
			t.Errorf("%q is of %v, after one of %v", line.Line, line.Time, before)
		}
		before = line.Time
		lines = append(lines, line.Stream+": "+line.Line)
	}
	return lines
}

func logLines(t *env) {
	b := t.sleeper()
	if got, want := t.lines(t.Context(), b.ID(), driver.LogOptions{}), []string{"stdout: ready"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	t.exec(b.command, t.Process(Echo{"of an exec\n", ""}), "")
	if got := t.lines(t.Context(), b.ID(), driver.LogOptions{Tail: new(0)}); got != nil {
		t.Errorf("the last none are %q", got)
	}
	if got := t.lines(t.Context(), b.ID(), driver.LogOptions{Since: time.Now()}); got != nil {
		t.Errorf("since now there are %q", got)
	}
}

// inPostStop looks at a container whose output is complete.
func (t *env) inPostStop(p Program, look func(ctx context.Context, c *driver.Command)) {
	t.Helper()
	c := t.command(p)
	r := t.run(t.Context(), c, "", driver.Hooks{PostStop: []driver.DriverCallback{
		func(ctx context.Context, _ *driver.ProcessConfig, _ int, _ *driver.HookInfo) error {
			look(ctx, c)
			return nil
		},
	}})
	if r.err != nil {
		t.Error(r.err)
	}
}

func logsInPostStop(t *env) {
	t.inPostStop(Echo{"o1\no2\npartial", "e1\n\n"}, func(ctx context.Context, c *driver.Command) {
		all := t.lines(ctx, c.ID, driver.LogOptions{Follow: true}) // nothing is to come
		if got, want := only(all, "stdout"), []string{"stdout: o1", "stdout: o2", "stdout: partial"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := only(all, "stderr"), []string{"stderr: e1", "stderr: "}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := t.lines(ctx, c.ID, driver.LogOptions{Tail: new(2)}); !slices.Equal(got, all[3:]) {
			t.Errorf("the last two of %q: got %q", all, got)
		}
	})
	t.inPostStop(Flood{1 << 20}, func(ctx context.Context, c *driver.Command) {
		all := t.lines(ctx, c.ID, driver.LogOptions{})
		if n := len(strings.Join(all, "")); n < 32<<10 || n > 66<<10 || !strings.HasSuffix(all[len(all)-1], "eee") {
			t.Errorf("of 2 MiB %d bytes in %d lines are kept", n, len(all))
		}
	})
}

func only(lines []string, stream string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.HasPrefix(l, stream) })
}

func logsFollowed(t *env) {
	b := t.start(t.Context(), t.command(Tick{}), noHooks)
	n := 0
	for line, err := range verb[driver.Logger](t).Logs(t.Context(), b.ID(), driver.LogOptions{Follow: true}) {
		want := "tick"
		if n == 0 {
			want = "ready"
		}
		if err != nil || line.Line != want {
			t.Errorf("got %+v, %v", line, err)
		}
		if n++; n == 4 {
			t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
		}
	}
	if n < 4 {
		t.Errorf("got %d lines", n)
	}
	b.wait()
}

func logsFollowEnds(t *env) {
	b := t.sleeper()
	ctx, cancel := context.WithTimeout(t.Context(), aMoment)
	defer cancel()
	if got := t.lines(ctx, b.ID(), driver.LogOptions{Follow: true}); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

func logsOfOneWriter(t *env) {
	var got []string
	c := t.command(Alternate{3})
	out := &screen{}
	_, err := t.engine.Run(t.Context(), c, &driver.Pipes{Stdout: out, Stderr: out}, driver.Hooks{PostStop: hooks(func() {
		got = t.lines(context.Background(), c.ID, driver.LogOptions{})
	})})
	want := []string{"stdout: o1", "stdout: e1", "stdout: o2", "stdout: e2", "stdout: o3", "stdout: e3"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func logsOfNothing(t *env) {
	for i, pipes := range []*driver.Pipes{nil, {}} {
		var got []string
		c := t.command(Echo{"o\n", "e\n"})
		_, err := t.engine.Run(t.Context(), c, pipes, driver.Hooks{PostStop: hooks(func() {
			got = t.lines(context.Background(), c.ID, driver.LogOptions{})
		})})
		if err != nil || got != nil {
			t.Error(fmt.Sprint("pipes ", i), got, err)
		}
	}
}
