package drivertest

import "github.com/execlua/execlua/driver"

func updateCases() []testCase {
	return []testCase{
		{"new limits", updateLimits},
		{"no limits any more", updateUnlimited},
		{"nothing", updateNothing},
		{"a wrong limit changes nothing", updateInvalid},
		{"a paused container", updatePaused},
	}
}

// limited is a started container with limits.
func (t *env) limited() *box {
	t.Helper()
	c := t.command(Sleep{})
	c.Resources = &driver.Resources{Memory: 128 << 20, Pids: 100}
	return t.start(t.Context(), c, noHooks)
}

func (b *box) update(r driver.Resources) {
	b.t.Helper()
	if err := verb[driver.Updater](b.t).Update(b.t.Context(), b.command, &r); err != nil {
		b.t.Fatalf("update: %v", err)
	}
}

// wantLimits reads limits; 0 is none.
func (b *box) wantLimits(memory int64, pids uint64) {
	b.t.Helper()
	s, err := b.t.engine.Stats(b.t.Context(), b.ID())
	if err != nil {
		b.t.Fatal(err)
	}
	if got := s.PidsLimit; (got == nil) != (pids == 0) || got != nil && *got != pids {
		b.t.Errorf("got the pids limit %v, want %d", got, pids)
	}
	if memory != 0 && s.MemoryLimit != memory {
		b.t.Errorf("got the memory limit %d, want %d", s.MemoryLimit, memory)
	}
	if memory == 0 && s.MemoryLimit < 256<<20 {
		b.t.Errorf("got the memory limit %d, want the machine's memory", s.MemoryLimit)
	}
}

func updateLimits(t *env) {
	b := t.limited()
	for _, memory := range []int64{256 << 20, 64 << 20} { // up and down
		b.update(driver.Resources{Memory: memory})
		b.wantLimits(memory, 100)
	}
	b.update(driver.Resources{Pids: 200})
	b.wantLimits(64<<20, 200)
	found, err := verb[driver.Finder](t).Find(t.Context(), driver.Filter{ID: b.ID()})
	if err != nil || len(found) != 1 || found[0].Command.Resources.Memory != 64<<20 || found[0].Command.Resources.Pids != 200 {
		t.Errorf("find: got %+v, %v; want the limits of now", found, err)
	}
	if b.command.Resources.Memory != 128<<20 {
		t.Error("the caller's Command has changed")
	}
}

func updateUnlimited(t *env) {
	b := t.limited()
	b.update(driver.Resources{Memory: -1, Pids: -1})
	b.wantLimits(0, 0)
	b.update(driver.Resources{Memory: 64 << 20})
	b.wantLimits(64<<20, 0)
}

func updateNothing(t *env) {
	b := t.limited()
	b.update(driver.Resources{})
	b.wantLimits(128<<20, 100)
}

func updateInvalid(t *env) {
	b := t.limited()
	for _, row := range []struct {
		r    *driver.Resources
		code string
	}{
		{nil, "invalid"},
		{&driver.Resources{Memory: 1, Pids: 7}, "invalid"},
		{&driver.Resources{MemorySwap: 64 << 20, Pids: 7}, "invalid"}, // less than the memory
		{&driver.Resources{Rlimits: []*driver.Rlimit{{Type: "nofile", Soft: 7, Hard: 7}}, Pids: 7}, "unsupported"},
	} {
		t.wantCode("update", verb[driver.Updater](t).Update(t.Context(), b.command, row.r), row.code)
		b.wantLimits(128<<20, 100)
	}
}

func updatePaused(t *env) {
	b := t.limited()
	t.wantCode("pause", t.engine.Pause(t.Context(), b.command), "")
	b.update(driver.Resources{Pids: 50})
	b.wantLimits(128<<20, 50)
}
