package drivertest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/execlua/execlua/driver"
)

func statsCases() []testCase {
	return []testCase{
		{"of a running container", statsRunning},
		{"the limits of the Command", statsLimits},
		{"interfaces are the container's own", statsInterfaces},
		{"reading changes nothing", statsAreIndependent},
		{"after the end", statsAfterEnd},
		{"a stream", statsStream},
		{"a stream ends with its container", statsStreamEnds},
		{"a stream of nothing", statsStreamErrors},
	}
}

func (b *box) stats() *driver.ResourceStats {
	b.t.Helper()
	s, err := b.t.engine.Stats(b.t.Context(), b.ID())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// statsRunning accepts figures that a machine does not have, but no zero for one.
func statsRunning(t *env) {
	b := t.sleeper()
	before := time.Now()
	s := b.stats()
	if s.Read.Before(before) || s.Read.After(time.Now()) {
		t.Errorf("read at %v, want between %v and now", s.Read, before)
	}
	for name, n := range map[string]*uint64{"memory_usage": s.MemoryUsage, "memory_max": s.MemoryMax, "cpu_usage": s.CPUUsage, "pids": s.Pids} {
		if n != nil && *n == 0 {
			t.Errorf("%s is a zero", name)
		}
	}
	if s.MemoryLimit <= 0 || s.SystemUsage == 0 {
		t.Errorf("memory limit %d, system usage %d", s.MemoryLimit, s.SystemUsage)
	}
	if p := s.MemoryPercent; (p == nil) != (s.MemoryUsage == nil) || p != nil && (*p <= 0 || *p > 100) {
		t.Errorf("memory: %v %% of %d", p, s.MemoryLimit)
	}
}

func statsLimits(t *env) {
	c := t.command(Sleep{})
	c.Resources = &driver.Resources{Memory: 64 << 20, Pids: 100}
	s := t.start(t.Context(), c, noHooks).stats()
	if s.MemoryLimit != 64<<20 || s.PidsLimit == nil || *s.PidsLimit != 100 {
		t.Errorf("got memory limit %d, pids limit %v; want %d and 100", s.MemoryLimit, s.PidsLimit, 64<<20)
	}
}

func statsInterfaces(t *env) {
	own := t.sleeper()
	s := own.stats()
	if !slices.ContainsFunc(s.Interfaces, func(i driver.InterfaceStats) bool { return i.Name == "lo" }) {
		t.Errorf("got %+v, want loopback among them", s.Interfaces)
	}
	for _, shared := range []driver.Network{{HostNetworking: true}, {ContainerID: own.ID()}} {
		c := t.command(Sleep{})
		c.Network = &shared
		if s := t.start(t.Context(), c, noHooks).stats(); s.Interfaces != nil {
			t.Errorf("%+v: got %+v, want none", shared, s.Interfaces)
		}
	}
}

// statsAreIndependent reads twice at once: the second figure is that of the same
// time, not of the moment since the first.
func statsAreIndependent(t *env) {
	b := t.sleeper()
	time.Sleep(aMoment) // beside which the time between the two is short
	first, second := b.stats(), b.stats()
	if first.CPUPercent == nil || second.CPUPercent == nil {
		t.Skip("the engine does not count processor time")
	}
	if *second.CPUPercent < *first.CPUPercent/2 {
		t.Errorf("got %v %%, then %v %%", *first.CPUPercent, *second.CPUPercent)
	}
}

func statsAfterEnd(t *env) {
	b := t.sleeper()
	t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	b.wait()
	_, err := t.engine.Stats(t.Context(), b.ID())
	t.wantCode("stats", err, "not_running")
}

func statsStream(t *env) {
	b := t.sleeper()
	const every = 20 * time.Millisecond
	begun := time.Now()
	var reads []time.Time
	for s, err := range driver.StatsStream(t.Context(), t.engine, b.ID(), every) {
		if err != nil {
			t.Fatal(err)
		}
		if reads = append(reads, s.Read); len(reads) == 3 {
			break
		}
	}
	if took := reads[2].Sub(begun); took < 2*every {
		t.Errorf("three samples within %v, want at least two periods of %v", took, every)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range driver.StatsStream(ctx, t.engine, b.ID(), time.Hour) { // the first comes at once
		if err != nil {
			t.Fatal(err)
		}
		cancel() // which is no error of the stream
	}
}

func statsStreamEnds(t *env) {
	verb[driver.Waiter](t)
	b := t.sleeper()
	samples := 0
	for _, err := range driver.StatsStream(t.Context(), t.engine, b.ID(), time.Hour) {
		if samples++; err != nil {
			t.Errorf("got %v", err)
		}
		t.wantCode("KILL", b.Signal(t.Context(), sigKILL), "")
	}
	if samples != 1 {
		t.Errorf("got %d samples, want 1", samples)
	}
	b.wait()
}

func statsStreamErrors(t *env) {
	for _, row := range []struct {
		every      time.Duration
		code, text string
	}{
		{time.Second, "not_running", "nobody"},
		{0, "invalid", "every = 0s: at least 1ms"},
	} {
		var got []error
		for s, err := range driver.StatsStream(t.Context(), t.engine, "nobody", row.every) {
			if got = append(got, err); s != nil {
				t.Errorf("got %+v", s)
			}
		}
		if len(got) != 1 || driver.Code(got[0]) != row.code || !strings.Contains(got[0].Error(), row.text) {
			t.Errorf("every %v: got %v", row.every, got)
		}
	}
}
