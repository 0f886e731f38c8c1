package luabind_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

const detached = `execlua.driver():start({ id = "box", image = "host", "sleep", "infinity" }, { detach = true }) `

// However a script ends, and its VM after it, what it has detached goes on.
func TestDetachedContainersGoOn(t *testing.T) {
	for name, row := range map[string]struct {
		source string
		limits luabind.Limits
	}{
		"returns":        {source: `return 3`},
		"fails":          {source: `error("no")`},
		"exits":          {source: `os.exit(3)`},
		"is out of time": {`while true do end`, luabind.Limits{Time: 50 * time.Millisecond}},
		"listens":        {source: `execlua.driver():find()[1]:on("log", print)`},
		"starts again":   {source: `local box = execlua.driver():find()[1] box:stop() box:start()`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, func(o *luabind.Options) { o.Limits = row.limits })
			defer h.engine.Reset()
			_, _ = h.run(detached + row.source)
			h.Kill()
			h.wantRunning(t, "box")
			if err := h.Close(); err != nil {
				t.Error(err)
			}
			h.wantRunning(t, "box")
		})
	}
}

func (h *host) wantRunning(t *testing.T, id string) {
	t.Helper()
	if s := h.engine.State(id); s != fake.Running {
		t.Errorf("container %q is %s, want it to run", id, s)
	}
}

// A first Ctrl-C and a second end what is the script's, and nothing else.
func TestInterruptSparesDetachedContainers(t *testing.T) {
	h := newHost(t, nil)
	defer h.engine.Reset()
	wait := h.start(detached + `
		local driver = execlua.driver()
		driver:start { id = "own", image = "host", "ignore-term" }
		driver:wait("box")`)
	h.ready(t, "own")
	h.Interrupt(nil)
	h.Kill()
	if _, err := wait(); !errors.Is(err, luabind.ErrInterrupted) {
		t.Errorf("ended with %v", err)
	}
	h.wantGone(t, "own")
	h.wantRunning(t, "box")
}

// A script that comes later, in another VM, finds it and its end.
func TestALaterScriptFindsIt(t *testing.T) {
	first := newHost(t, nil)
	if _, err := first.run(detached); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := newHost(t, func(o *luabind.Options) {
		o.Engines = map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return first.engine, nil }}
		o.Detach = false // is about starting, not about what runs already
	})
	_, err := second.run(`
		local box = execlua.driver():find({ id = "box" })[1]
		print(box:exec({ "exit", 3 }).exit_code, box:stop().signal, box:wait().signal)
		print(select(2, pcall(box.start, box)).code)
		box:clean()`)
	if got := second.out.String(); err != nil || got != "3\tTERM\tTERM\ndenied\n" {
		t.Errorf("printed %q, %v", got, err)
	}
	first.wantGone(t, "box")
}

// The zero Options let nothing outlive a script.
func TestDetachIsDeniedUnlessAllowed(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Detach = false })
	_, err := h.run(detached)
	if !errors.Is(err, driver.ErrDenied) || !strings.Contains(err.Error(), "detach = true: no container may outlive a script here") {
		t.Errorf("ended with %v", err)
	}
	h.wantGone(t, "box")
}

func TestDetachNeedsAnEngineThatCan(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) {
		o.Engines = map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return plainEngine{fake.New(fake.Options{})}, nil }}
	})
	if _, err := h.run(detached); !errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("ended with %v", err)
	}
}

// Admit is asked about a detached start, and each time it is started again.
func TestAdmitDetached(t *testing.T) {
	var s seen
	closed := false
	h := newHost(t, func(o *luabind.Options) {
		o.Admit = func(ctx context.Context, c *driver.Command) error {
			if closed {
				return errors.New("closed for today")
			}
			return s.admit(ctx, c)
		}
	})
	defer h.engine.Reset()
	if err := h.Publish("shop", luabind.Func{Name: "close", Fn: func() { closed = true }}); err != nil {
		t.Fatal(err)
	}
	_, err := h.run(`
		local driver = execlua.driver()
		local cmd = { id = "box", image = "host", "exit", 3, resources = { memory = "65m" } }
		print(select(2, pcall(driver.start, driver, cmd, { detach = true })).code, test.state("box"))
		cmd.resources = nil
		local box = driver:start(cmd, { detach = true })
		box:wait()
		shop.close()
		print(pcall(box.start, box))
		print(test.calls("restart"))`)
	want := "denied\tgone\nfalse\tstart \"box\": closed for today\n0\n"
	if got := h.out.String(); err != nil || got != want {
		t.Errorf("printed %q, %v; want %q", got, err, want)
	}
	if len(s.commands) != 2 {
		t.Errorf("Admit saw %q", s.commands)
	}
}

// The limit counts those that run, also what was started again.
func TestContainerLimitCountsDetached(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Limits.Containers = 1 })
	defer h.engine.Reset()
	_, err := h.run(`
		local driver = execlua.driver()
		local function code(f, ...)
			local ok, err = pcall(f, ...)
			return ok or err.code
		end
		local function free() -- the end is told a moment later
			while code(driver.run, driver, { image = "host", "true" }) == "limit" do end
		end
		local cmd = { image = "host", "sleep", "infinity" }
		local box = driver:start(cmd, { detach = true })
		print(code(driver.start, driver, cmd, { detach = true }), code(driver.run, driver, cmd))
		box:stop()
		free()
		box:start()
		print(code(driver.start, driver, cmd))
		box:terminate()
		free()`)
	if got := h.out.String(); err != nil || got != "limit\tlimit\nlimit\n" {
		t.Errorf("printed %q, %v", got, err)
	}
}

// How a container ended whose keeper was killed may be known to nobody.
func TestUnknownEnd(t *testing.T) {
	engine := amnesiac{fake.New(fake.Options{})}
	h := newHost(t, func(o *luabind.Options) {
		o.Engines = map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return engine, nil }}
	})
	_, err := h.run(`
		local driver = execlua.driver()
		local box = driver:start({ id = "box", image = "host", "true" }, { detach = true, check = true })
		print(select(2, pcall(box.wait, box)))
		local r = driver:wait("box")
		print(r.ok, r.unknown, r.exit_code)
		box:clean()`)
	want := "\"box\" has ended, and nobody has seen how\nfalse\ttrue\t-1\n"
	if got := h.out.String(); err != nil || got != want {
		t.Errorf("printed %q, %v; want %q", got, err, want)
	}
}

// amnesiac is an engine that sees no ends.
type amnesiac struct{ *fake.Driver }

func (a amnesiac) Wait(ctx context.Context, id string) (driver.ExitStatus, error) {
	_, err := a.Driver.Wait(ctx, id)
	return driver.ExitStatus{ExitCode: -1, Unknown: true}, err
}
