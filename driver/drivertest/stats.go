package drivertest

import (
	"time"

	"github.com/execlua/execlua/driver"
)

func statsCases() []testCase {
	return []testCase{
		{"of a running container", statsRunning},
		{"the limits of the Command", statsLimits},
		{"after the end", statsAfterEnd},
	}
}

func statsRunning(t *env) {
	b := t.sleeper()
	before := time.Now()
	s, err := t.engine.Stats(t.Context(), b.ID())
	if err != nil {
		t.Fatal(err)
	}
	if s.Read.Before(before) || s.Read.After(time.Now()) {
		t.Errorf("read at %v, want between %v and now", s.Read, before)
	}
	if s.MemoryUsage == 0 || s.MemoryLimit <= 0 || s.MemoryPercent <= 0 || s.MemoryPercent > 100 {
		t.Errorf("memory: usage %d, limit %d, %v %%", s.MemoryUsage, s.MemoryLimit, s.MemoryPercent)
	}
	if s.Pids == 0 {
		t.Error("no pids")
	}
}

func statsLimits(t *env) {
	c := t.command(Sleep{})
	c.Resources = &driver.Resources{Memory: 64 << 20, Pids: 100}
	b := t.start(t.Context(), c, noHooks)
	s, err := t.engine.Stats(t.Context(), b.ID())
	if err != nil {
		t.Fatal(err)
	}
	if s.MemoryLimit != 64<<20 || s.PidsLimit == nil || *s.PidsLimit != 100 {
		t.Errorf("got memory limit %d, pids limit %v; want %d and 100", s.MemoryLimit, s.PidsLimit, 64<<20)
	}
}

func statsAfterEnd(t *env) {
	b := t.sleeper()
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	b.wait()
	_, err := t.engine.Stats(t.Context(), b.ID())
	t.wantCode("stats", err, "not_running")
}
