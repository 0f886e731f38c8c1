package drivertest

import (
	"slices"
	"time"

	"github.com/execlua/execlua/driver"
)

func healthCases() []testCase {
	return []testCase{
		{"healthy", healthGood},
		{"starting, before the first check", healthStarting},
		{"failures in the start period do not count", healthStartPeriod},
		{"unhealthy after so many failures", healthBad},
		{"unhealthy: restart", healthRestarts},
		{"unhealthy: stop", healthStops},
		{"a check that takes too long", healthTimeout},
		{"an address where nobody answers", healthTCP},
	}
}

// checked is a detached container that runs, and is looked at by a program.
func (t *env) checked(p Program, h driver.HealthCheck) *box {
	t.Helper()
	if p != nil {
		h.Exec = t.Process(p).Argv()
	}
	if h.Every == nil {
		h.Every = new(20 * time.Millisecond)
	}
	c := t.command(Sleep{})
	c.HealthCheck = &h
	return t.detach(t.Context(), c, noHooks)
}

func isHealth(want driver.Health) func(driver.ContainerInfo) bool {
	return func(i driver.ContainerInfo) bool { return i.Health == want }
}

// health are the messages of the health events.
func health(events []driver.Event) []string {
	var out []string
	for _, e := range ofKind(events, driver.EventHealth) {
		out = append(out, e.Message)
	}
	return out
}

func healthGood(t *env) {
	r := t.record(1)
	b := t.checked(Exit{}, driver.HealthCheck{})
	b.until("health", isHealth(driver.HealthHealthy))
	time.Sleep(aMoment) // more checks change nothing
	t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
	t.wantSame("health", health(r.events()), []string{"healthy"})
}

func healthStarting(t *env) {
	b := t.checked(Exit{}, driver.HealthCheck{Every: new(time.Hour), StartPeriod: new(time.Hour)})
	if i := b.look(); i.Health != driver.HealthStarting && i.Health != driver.HealthHealthy { // an engine may look at once
		t.Errorf("got %+v", i)
	}
}

func healthStartPeriod(t *env) {
	b := t.checked(Exit{1}, driver.HealthCheck{StartPeriod: new(time.Hour), Retries: 1, OnFailure: "stop"})
	time.Sleep(2 * aMoment)
	if i := b.look(); i.Health != driver.HealthStarting || i.State != driver.StateRunning {
		t.Errorf("got %+v", i)
	}
}

func healthBad(t *env) {
	r := t.record(1)
	b := t.checked(Exit{1}, driver.HealthCheck{Retries: 2, OnFailure: "none"})
	b.until("illness", isHealth(driver.HealthUnhealthy))
	time.Sleep(aMoment)
	if i := b.look(); i.State != driver.StateRunning || i.Restarts != 0 {
		t.Errorf("got %+v", i)
	}
	t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
	t.wantSame("health", health(r.events()), []string{"unhealthy"})
}

// healthRestarts needs no restart policy.
func healthRestarts(t *env) {
	r := t.record(1)
	b := t.checked(Exit{1}, driver.HealthCheck{Retries: 1, OnFailure: "restart"})
	b.until("a restart", func(i driver.ContainerInfo) bool { return i.Restarts >= 1 })
	t.wantCode("terminate", t.engine.Terminate(t.Context(), b.command), "")
	events := r.events()
	order := ofKind(events, driver.EventStarted, driver.EventHealth, driver.EventExited)
	if len(order) < 4 || kinds(order[:4]) != "started health exited started" || order[1].Message != "unhealthy" {
		t.Errorf("got %s", kinds(events))
	}
}

// healthStops stops for good what is always restarted otherwise.
func healthStops(t *env) {
	c := t.restarting(Sleep{}, always())
	c.HealthCheck = &driver.HealthCheck{Exec: t.Process(Exit{1}).Argv(), Every: new(20 * time.Millisecond), Retries: 1, OnFailure: "stop"}
	b := t.detach(t.Context(), c, noHooks)
	if status := b.wait(); !status.Stopped {
		t.Errorf("got %+v", status)
	}
	if i := b.stays(); i.Restarts != 0 {
		t.Errorf("%d restarts", i.Restarts)
	}
}

func healthTimeout(t *env) {
	b := t.checked(IgnoreTERM{}, driver.HealthCheck{Timeout: new(50 * time.Millisecond), Retries: 1})
	b.until("illness", isHealth(driver.HealthUnhealthy))
	b.until("the end of the check", func(driver.ContainerInfo) bool {
		pids, err := t.engine.GetPidsForContainer(t.Context(), b.ID())
		t.wantCode("pids", err, "")
		return slices.Contains(pids, b.Pid())
	})
}

// healthTCP looks at a port of the container's own loopback interface. An engine
// without networks finds all addresses well.
func healthTCP(t *env) {
	b := t.checked(nil, driver.HealthCheck{TCP: "127.0.0.1:9", Retries: 1})
	i := b.until("an answer", func(i driver.ContainerInfo) bool { return i.Health != driver.HealthStarting })
	if i.Health != driver.HealthUnhealthy && t.engine.Name() != "fake" {
		t.Errorf("got %+v", i)
	}
}
