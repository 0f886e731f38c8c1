package luabind_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/execlua/execlua/luabind"
)

type plan struct {
	Name   string         `json:"name"`
	Memory int64          `json:"memory" unit:"bytes"`
	Seats  map[string]int `json:"seats"`
	Secret string         `json:"-"`
}

// account is an object: nothing of it exists for scripts.
type account struct{ Cents int }

func TestPublishValue(t *testing.T) {
	h := newHost(t, nil)
	live := &plan{Name: "small", Memory: 1 << 20}
	copied := plan{Name: "large", Seats: map[string]int{"a": 1}, Secret: "s"}
	mine := &account{Cents: 500}
	for name, value := range map[string]any{
		"live": live, "copied": copied, "mine": mine, "acme.regions": map[string][]string{"eu": {"fra", "ams"}}, "answer": 42,
	} {
		if err := h.PublishValue(name, value); err != nil {
			t.Fatal(err)
		}
	}
	copied.Seats["a"] = 2
	if err := h.Publish("bank", luabind.Func{Name: "cents", Fn: func(a *account) int { return a.Cents }}); err != nil {
		t.Fatal(err)
	}
	_, err := h.run(`
		live.name, live.memory = "medium", "64m"
		print(pcall(function() live.memroy = 1 end))
		print(copied.name, copied.seats.a, pcall(function() copied.name = "x" end))
		print(pcall(function() return copied.secret end))
		print(acme, require("acme.regions").eu[2], answer, require("answer"))
		print(bank.cents(mine), pcall(function() return mine.Cents end))
		print(pcall(bank.cents, live))`)
	if err != nil {
		t.Fatal(err)
	}
	const want = `false	test.lua:3: no field "memroy" in live (did you mean "memory"?)
large	1	false	test.lua:4: copied: record is read-only
false	test.lua:5: no field "secret" in copied
nil	ams	42	42
500	false	test.lua:7: attempt to index a non-table object(userdata) with key 'Cents'
false	bad argument #1 to "cents" (arg1): account expected, got plan
`
	if got := h.out.String(); got != want {
		t.Errorf("printed:\n%s\nwant:\n%s", got, want)
	}
	if live.Name != "medium" || live.Memory != 64<<20 {
		t.Errorf("the published struct is %+v", live)
	}
}

func TestPublishAgain(t *testing.T) {
	h := newHost(t, nil)
	for _, want := range []string{"first", "second"} {
		if err := h.PublishValue("request", map[string]string{"path": want}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.run(`print(request.path, require("request").path)`); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.out.String(); got != "first\tfirst\nsecond\tsecond\n" {
		t.Errorf("printed %q", got)
	}
}

func TestPublishRefuses(t *testing.T) {
	h := newHost(t, nil)
	for _, row := range []struct {
		name  string
		value any
		want  string
	}{
		{"f", func() {}, "functions are published by Publish"},
		{"c", make(chan int), "scripts have no chan int"},
		{"", 1, `"" is no name for a module`},
		{"a..b", 1, `"a..b" is no name for a module`},
		{"a b", 1, `"a b" is no name for a module`},
	} {
		if err := h.PublishValue(row.name, row.value); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("PublishValue %q: %v, want %q", row.name, err, row.want)
		}
	}
	if err := h.Publish("a-b"); err == nil {
		t.Error("published a-b")
	}
}

// Scripts and their modules come out of one file system, and stay in it.
func TestSource(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) {
		o.Source = fstest.MapFS{
			"job.lua":           {Data: []byte(`local greet, shop = require("lib.greet"), require("shop") print(greet("you"), shop.name, ...) return 4`)},
			"lib/greet.lua":     {Data: []byte("local name = ...\nreturn function(who) return name .. ' ' .. who end")},
			"shop/init.lua":     {Data: []byte(`return { name = "shop" }`)},
			"broken.lua":        {Data: []byte("return {\n{")},
			"execlua/task.lua":  {Data: []byte(`error("found before the embedded module")`)},
			"task_is_ours.lua":  {Data: []byte(`assert(require("execlua.task").spawn)`)},
			"missing.lua":       {Data: []byte(`require("no.such")`)},
			"needs_broken.lua":  {Data: []byte(`require("broken")`)},
			"dir.lua/inner.lua": {},
		}
	})
	code, err := h.RunFile(context.Background(), "job.lua")
	if code != 4 || err != nil || h.out.String() != "lib.greet you\tshop\n" {
		t.Errorf("code %d, %v, printed %q", code, err, h.out)
	}
	if _, err := h.RunFile(context.Background(), "task_is_ours.lua"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{
		"missing.lua":      "no file 'no/such.lua' among the host's\n\tno file 'no/such/init.lua' among the host's",
		"needs_broken.lua": "cannot load module 'broken': broken.lua: syntax error",
		"no.lua":           "cannot open no.lua",
		"../no.lua":        "cannot open ../no.lua",
		"dir.lua":          "is a directory",
	} {
		var e *luabind.Error
		if _, err := h.RunFile(context.Background(), name); !errors.As(err, &e) || !strings.Contains(e.Message, want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// An os.Root keeps a script in its directory, symbolic links included.
func TestSourceIsConfined(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"secret.lua": `return "secret"`, "in/job.lua": `print(select(2, pcall(require, ...)))`} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.lua", filepath.Join(dir, "in/link.lua")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, module := range []string{"link", "../secret", "/etc/passwd", dir + "/secret", "..secret", "."} {
		h := newHost(t, func(o *luabind.Options) { o.Source, o.Args = root.FS(), []string{module} })
		if _, err := h.RunFile(context.Background(), "job.lua"); err != nil {
			t.Error(err)
		}
		if got := h.out.String(); strings.Contains(got, "secret\n") && !strings.Contains(got, "not found") {
			t.Errorf("require(%q) gave %q", module, got)
		}
	}
}

// What a published function is given ends with the script's context.
func TestPublishedFunctionsAreCancelled(t *testing.T) {
	h := newHost(t, nil)
	var cause error
	errStop := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(t.Context())
	waits := func(ctx context.Context) error {
		cancel(errStop)
		<-ctx.Done()
		cause = context.Cause(ctx)
		return ctx.Err()
	}
	if err := h.Publish("go", luabind.Func{Name: "waits", Fn: waits}); err != nil {
		t.Fatal(err)
	}
	_, err := h.RunString(ctx, "test.lua", `pcall(go.waits) go.waits()`)
	if !errors.Is(err, errStop) || !errors.Is(cause, errStop) {
		t.Errorf("failed with %v, cause %v", err, cause)
	}
}

// When a script has ended, so have its callbacks.
func TestTheEndWaitsForCallbacks(t *testing.T) {
	h := newHost(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var running atomic.Int32
	slow := func() {
		running.Add(1)
		cancel()
		time.Sleep(20 * time.Millisecond)
		running.Add(-1)
	}
	if err := h.Publish("go", luabind.Func{Name: "slow", Fn: func(context.Context) { slow() }}); err != nil {
		t.Fatal(err)
	}
	_, err := h.RunString(ctx, "test.lua", `
		local box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
		box:on("stats", { every = "1ms" }, function() go.slow() end)
		box:wait()`)
	if n := running.Load(); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d callbacks run, %v", n, err)
	}
	h.wantGone(t, "box")
}
