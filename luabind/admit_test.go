package luabind_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind"
)

// seen are the Commands that Admit was asked about, as a policy looks at them.
type seen struct {
	mu       sync.Mutex
	commands []string
}

func (s *seen) admit(_ context.Context, c *driver.Command) error {
	memory := int64(0)
	if c.Resources != nil {
		memory = c.Resources.Memory
	}
	s.mu.Lock()
	s.commands = append(s.commands, fmt.Sprintf("%s %s %s %d", c.ID, c.Image, c.ProcessConfig.Entrypoint, memory))
	s.mu.Unlock()
	c.ProcessConfig.Entrypoint = "changed" // a copy
	switch {
	case c.ProcessConfig.Privileged:
		return errors.New("privileged is not for customers")
	case memory > 64<<20:
		return &driver.FieldError{Path: "resources.memory", Value: memory, Reason: "at most 64 MiB"}
	}
	return nil
}

// One policy over Commands holds for every way to start something or to widen a limit.
func TestAdmit(t *testing.T) {
	var s seen
	h := newHost(t, func(o *luabind.Options) { o.Admit = s.admit })
	_, err := h.run(`
		local driver = execlua.driver()
		local function try(f, ...)
			local ok, err = pcall(f, driver, ...)
			print(ok or err.code, ok or err.op, ok or err.message)
		end
		local cmd = execlua.command { id = "box", image = "host", "sleep", "infinity", resources = { memory = "32m" } }
		try(driver.run, cmd:with { id = "other", privileged = true })
		try(driver.start, cmd:with { resources = { memory = "1g" } })
		try(driver.run, { id = "bad", image = "host", hostname = "a b", "true" })
		local box = driver:start(cmd)
		try(driver.exec, box, { "id", privileged = true })
		try(driver.exec_start, "box", { "id", privileged = true })
		try(driver.update, "box", { memory = "65m" })
		try(driver.update, box, { memory = "64m" })
		try(driver.exec, box, { "true" })
		print(test.calls("run"), test.calls("start"), test.calls("exec_start"), test.calls("update"))`)
	if err != nil {
		t.Fatal(err)
	}
	const want = `denied	run	run "other": privileged is not for customers
denied	start	start "box": resources.memory = 1073741824: at most 64 MiB
invalid	run	run "bad": hostname = "a b": 1 to 64 characters of A-Z a-z 0-9 - . _
denied	exec	exec "box": privileged is not for customers
denied	exec_start	exec_start "box": privileged is not for customers
denied	update	update "box": resources.memory = 68157440: at most 64 MiB
true	true	true
true	true	true
0	1	1	1
`
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
	wantSeen := []string{
		"other host sleep 33554432", "box host sleep 1073741824", "box host sleep 33554432",
		"box host id 33554432", "box host id 33554432", "box host sleep 68157440", "box host sleep 67108864", "box host true 33554432",
	}
	if !slices.Equal(s.commands, wantSeen) {
		t.Errorf("Admit saw:\n%s\nwant:\n%s", strings.Join(s.commands, "\n"), strings.Join(wantSeen, "\n"))
	}
}

// Of a container that somebody else has started Admit sees the id and what is new.
func TestAdmitTheContainersOfOthers(t *testing.T) {
	var s seen
	h := newHost(t, func(o *luabind.Options) { o.Admit = s.admit })
	c := &driver.Command{ID: "theirs", Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "sleep", Arguments: []string{"60"}}}
	if _, err := h.engine.Start(t.Context(), c, nil, driver.Hooks{}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.engine.Terminate(context.Background(), c) }()
	if _, err := h.run(`
		execlua.driver():exec("theirs", { "true" })
		execlua.driver():update("theirs", { memory = "1m" })`); err != nil {
		t.Fatal(err)
	}
	if want := []string{"theirs  true 0", "theirs   1048576"}; !slices.Equal(s.commands, want) {
		t.Errorf("Admit saw %q, want %q", s.commands, want)
	}
}

// A denial is the host's own error above the script, too. A policy may be a
// script's function, and one that panics lets nothing through.
func TestAdmitErrors(t *testing.T) {
	errQuota := errors.New("quota used up")
	var h *host
	for _, row := range []struct {
		admit func(context.Context, *driver.Command) error
		is    error
		text  string
	}{
		{func(context.Context, *driver.Command) error { return errQuota }, errQuota, `run "box": quota used up`},
		{func(context.Context, *driver.Command) error { return errQuota }, driver.ErrDenied, `run "box": quota used up`},
		{func(ctx context.Context, c *driver.Command) error {
			_, err := h.Call(ctx, "policy", c)
			return err
		}, driver.ErrDenied, "no box today"},
		{func(context.Context, *driver.Command) error { panic(errQuota) }, errQuota, "panic in run"},
	} {
		h = newHost(t, func(o *luabind.Options) { o.Admit = row.admit })
		_, err := h.run(`
			function policy(cmd) error("no " .. cmd.id .. " today") end
			execlua.driver():run { id = "box", image = "host", "true" }`)
		if !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.text) {
			t.Errorf("failed with %v, want %q", err, row.text)
		}
		if n := len(h.engine.Calls("run")); n != 0 {
			t.Errorf("%d containers were run", n)
		}
	}
}

// A policy may be a function of the script's own VM, whatever asks for it.
func TestAdmitInLua(t *testing.T) {
	var h *host
	h = newHost(t, func(o *luabind.Options) {
		o.Admit = func(ctx context.Context, c *driver.Command) error {
			_, err := h.Call(ctx, "policy", c)
			return err
		}
	})
	if _, err := h.run(`
		local driver, asked = execlua.driver(), {}
		function policy(cmd) asked[#asked + 1] = cmd.process_config.entrypoint end
		driver:run { image = "host", "true" }
		local box = driver:start { image = "host", "sleep", "infinity" }
		box:exec { "echo" }
		box:exec_start({ "cat" }):wait()
		box:update { memory = "1m" }
		print(table.concat(asked, " "))`); err != nil {
		t.Fatal(err)
	}
	if got, want := h.out.String(), "\ntrue sleep echo cat sleep\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
