package luabind_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

// Two containers, a run and a started one, that exit with 5 and 6 when SIGTERM
// arrives. They meet under their ids when they are ready for it.
const twoContainers = `
	local driver = execlua.driver()
	local function gone(name) return { post_stop = function(_, _, info) print(name, info.exit_code) end } end
	execlua.defer(function() print("deferred") end)
	driver:start({ id = "started", image = "host", "on-term", 6 }, {}, gone("started"))
	local ok, err = pcall(driver.run, driver, { id = "run", image = "host", "on-term", 5 }, {}, gone("run"))
	print(err.code, err.result.exit_code, err.result.stopped)
	print(select(2, pcall(driver.run, driver, { image = "host", "true" })).code)
	error(err)`

// wantGone fails for a container that the engine still has.
func (h *host) wantGone(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if s := h.engine.State(id); s != fake.Gone {
			t.Errorf("container %q is %s, want it gone", id, s)
		}
	}
}

// ready waits until containers are ready for their signal.
func (h *host) ready(t *testing.T, ids ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, id := range ids {
		if err := h.meet(ctx, id); err != nil {
			t.Fatalf("container %q: %v", id, err)
		}
	}
}

func TestInterrupt(t *testing.T) {
	h := newHost(t, nil)
	wait := h.start(twoContainers)
	h.ready(t, "run", "started")
	cause := errors.New("Ctrl-C")
	h.Interrupt(cause)
	code, err := wait()

	var e *luabind.Error
	if code != 1 || !errors.Is(err, luabind.ErrInterrupted) || !errors.Is(err, cause) || !errors.As(err, &e) || e.Code != "interrupted" {
		t.Errorf("code %d, %v", code, err)
	}
	h.wantGone(t, "run", "started")
	if n := len(h.engine.Calls("stop")); n != 0 {
		t.Errorf("%d calls of stop: the stop signal was sent twice", n)
	}
	// The two end in any order.
	for _, line := range []string{"run\t5\n", "started\t6\n", "interrupted\t5\ttrue\n", "\ninterrupted\n", "deferred\n"} {
		if got := h.out.String(); !strings.Contains(got, line) {
			t.Errorf("printed:\n%s\nwithout %q", got, line)
		}
	}
}

func TestContextEndsTheScript(t *testing.T) {
	h := newHost(t, nil)
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		h.ready(t, "run", "started")
		cancel(nil)
	}()
	code, err := h.RunString(ctx, "test.lua", twoContainers)
	if code != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("code %d, %v", code, err)
	}
	h.wantGone(t, "run", "started")
	const want = "run\t5\ncancelled\t5\ttrue\ncancelled\ndeferred\nstarted\t6\n"
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}

	// The next script is free of it.
	if code, err := h.run(`return execlua.driver():run({ image = "host", "exit", 9 }).exit_code`); code != 9 || err != nil {
		t.Errorf("the next script: code %d, %v", code, err)
	}
}

// A deadline ends a script with an error of its own.
func TestDeadline(t *testing.T) {
	h := newHost(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := h.RunString(ctx, "test.lua", `execlua.driver():run { id = "box", image = "host", "sleep", "infinity" }`)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("failed with %v", err)
	}
	h.wantGone(t, "box")
}

// Kill is for containers that take their time.
func TestKill(t *testing.T) {
	h := newHost(t, nil)
	wait := h.start(`
		local driver = execlua.driver()
		local cmd = execlua.command { image = "host", "ignore-term", stop_grace = "1h" }
		driver:start(cmd:with { id = "started" })
		driver:run(cmd:with { id = "run" }, {}, { post_stop = function(_, _, info) print(info.signal) end })
		driver:run { image = "host", "true" } -- the interrupt is not over
		print("went on")`)
	h.ready(t, "run", "started")
	h.Interrupt(nil)
	h.Kill()
	h.wantGone(t, "run", "started")
	if _, err := wait(); !errors.Is(err, luabind.ErrInterrupted) {
		t.Errorf("failed with %v", err)
	}
	if got := h.out.String(); got != "KILL\n" {
		t.Errorf("printed %q", got)
	}
}

// Close waits for what it ends, and so may be called while a script runs.
func TestCloseEndsAScript(t *testing.T) {
	h := newHost(t, nil)
	wait := h.start(twoContainers)
	h.ready(t, "run", "started")
	if err := h.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	h.wantGone(t, "run", "started")
	if code, err := wait(); code != 1 || err == nil {
		t.Errorf("code %d, %v", code, err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	h.Interrupt(nil)
	h.Kill()
	if code, err := h.run(`return 0`); code != 1 || err == nil {
		t.Errorf("a closed VM ran a script: code %d, %v", code, err)
	}
}

// However a script ends, its containers do.
func TestScriptEndStopsContainers(t *testing.T) {
	for name, end := range map[string]string{
		"returns":  `return 3`,
		"fails":    `error("no")`,
		"exits":    `os.exit(3)`,
		"is freed": `box = nil collectgarbage() return 3`,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, nil)
			code, err := h.run(`
				local box = execlua.driver():start({ id = "box", image = "host", "on-term", 5 }, {}, {
					post_stop = function(_, _, info) print("gone", info.exit_code) end,
				})
				execlua.defer(function() print("deferred", test.state("box")) end)
				test.meet("box") ` + end)
			if want := 3; name != "fails" && (code != want || err != nil) {
				t.Errorf("code %d, %v; want %d", code, err, want)
			}
			if got, want := h.out.String(), "deferred\trunning\ngone\t5\n"; got != want {
				t.Errorf("printed %q, want %q", got, want)
			}
			h.wantGone(t, "box")
		})
	}
}

// A container that has ended is the script's no more, nor is its id.
func TestScriptEndSparesTheIDsOfOthers(t *testing.T) {
	h := newHost(t, nil)
	engine := h.engine
	start := func() error {
		c := &driver.Command{ID: "box", Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "sleep", Arguments: []string{"60"}}}
		_, err := engine.Start(context.Background(), c, nil, driver.Hooks{})
		return err
	}
	if err := h.Publish("other", luabind.Func{Name: "start", Fn: start}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(`
		execlua.driver():start({ id = "box", image = "host", "true" }):wait()
		other.start()`); err != nil {
		t.Fatal(err)
	}
	h.Kill()
	if s := engine.State("box"); s != fake.Running {
		t.Errorf("the other's container is %s", s)
	}
	if err := engine.Terminate(context.Background(), &driver.Command{ID: "box"}); err != nil {
		t.Error(err)
	}
}

// The end of a container may fail, too: a hook that raises then fails the script.
func TestFailingPostStopAtTheEnd(t *testing.T) {
	h := newHost(t, nil)
	code, err := h.run(`
		execlua.driver():start({ image = "host", "sleep", "infinity" }, {}, {
			post_stop = function() error("could not put it back") end,
		})
		return 3`)
	var hook *driver.HookError
	if !errors.As(err, &hook) || hook.Stage != driver.StagePostStop || !strings.Contains(err.Error(), "could not put it back") {
		t.Errorf("code %d, %v", code, err)
	}
}

// A container that survives its signal, its grace period and the VM's is killed.
func TestGraceIsBounded(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Grace = 50 * time.Millisecond })
	_, err := h.run(`
		execlua.driver():start { id = "box", image = "host", "ignore-term", stop_grace = "50ms" }
		test.meet("box")`)
	if err != nil {
		t.Error(err)
	}
	h.wantGone(t, "box")
}

// VMs of one process share nothing but what the host gives to both.
func TestManyVMs(t *testing.T) {
	engine := fake.New(fake.Options{})
	var jobs sync.WaitGroup
	for range 8 {
		h := newHost(t, func(o *luabind.Options) {
			o.Engines = map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return engine, nil }}
		})
		jobs.Go(func() {
			code, err := h.run(`
				local driver, n = execlua.driver(), 0
				driver:hook("pre_start", function() n = n + 1 end)
				for i = 1, 10 do assert(driver:run({ image = "host", "true" }).ok) end
				return n`)
			if code != 10 || err != nil {
				t.Errorf("code %d, %v", code, err)
			}
		})
	}
	jobs.Wait()
}
