package luabind_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
	"github.com/execlua/execlua/luabind"
)

func TestCall(t *testing.T) {
	h := newHost(t, nil)
	if _, err := h.run(`
		function price(item, count) return #item * 100 * count, item .. "!" end
		handlers = { on_order = function(order) return { total = order.cents * 2, lines = { order.note } } end }`); err != nil {
		t.Fatal(err)
	}

	results, err := h.Call(t.Context(), "price", "tea", 2)
	var cents int
	var note string
	var more *int
	if err == nil {
		err = results.Decode(&cents, &note, &more)
	}
	if err != nil || results.Len() != 2 || cents != 600 || note != "tea!" || more != nil {
		t.Errorf("price: %d %q %v, %v", cents, note, more, err)
	}

	type order struct {
		Cents int    `json:"cents"`
		Note  string `json:"note"`
	}
	var bill struct {
		Total int64    `json:"total"`
		Lines []string `json:"lines"`
	}
	results, err = h.Call(t.Context(), "handlers.on_order", &order{Cents: 5, Note: "thanks"})
	if err == nil {
		err = results.Decode(&bill)
	}
	if err != nil || bill.Total != 10 || !reflect.DeepEqual(bill.Lines, []string{"thanks"}) {
		t.Errorf("on_order: %+v, %v", bill, err)
	}
	if err := results.Decode(&cents); err == nil || err.Error() != "results[1]: integer expected, got table" {
		t.Errorf("Decode: %v", err)
	}
}

func TestCallFails(t *testing.T) {
	h := newHost(t, nil)
	if _, err := h.run(`
		function fails() error { code = 1 } end
		function exits() os.exit(3) end
		function waits() execlua.driver():run { id = "box", image = "host", "sleep", "infinity" } end
		function missing() execlua.driver():exec("nobody", { "true" }) end`); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"no", "", "execlua.nothing.there", "_VERSION.x"} {
		if _, err := h.Call(t.Context(), name); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("Call %q: %v", name, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := h.Call(ctx, "waits"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waits: %v", err)
	}
	h.wantGone(t, "box")
	var e *luabind.Error
	if _, err := h.Call(t.Context(), "missing"); !errors.Is(err, driver.ErrNotFound) || !errors.As(err, &e) || e.Line != 5 {
		t.Errorf("missing: %v", err)
	}
	if _, err := h.Call(t.Context(), "fails"); !errors.As(err, &e) || e.Code != "error" {
		t.Errorf("fails: %v", err)
	}
	var exit *luabind.ExitError
	if _, err := h.Call(t.Context(), "exits"); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("exits: %v", err)
	}
	if _, err := h.Call(t.Context(), "fails"); !errors.As(err, &exit) {
		t.Errorf("os.exit has ended the VM, and still: %v", err)
	}
}

// A function leaves no container behind, nor a task.
func TestCallCleansUp(t *testing.T) {
	h := newHost(t, nil)
	if _, err := h.run(`
		function leave()
			execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
			require("execlua.task").spawn(function() print("task") end)
			execlua.defer(function() print("deferred", test.state("box")) end)
		end`); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Call(t.Context(), "leave"); err != nil {
		t.Fatal(err)
	}
	h.wantGone(t, "box")
	if got := h.out.String(); !strings.Contains(got, "task\n") || !strings.Contains(got, "deferred\trunning\n") {
		t.Errorf("printed %q", got)
	}
}

// A published function may call back into the script that has called it.
func TestCallFromAPublishedFunction(t *testing.T) {
	h := newHost(t, nil)
	each := func(ctx context.Context, n int) error {
		for i := range n {
			if _, err := h.Call(ctx, "visit", i); err != nil {
				return err
			}
		}
		return nil
	}
	if err := h.Publish("go", luabind.Func{Name: "each", Fn: each}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(`
		local box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }
		function visit(i) print(i, test.state("box")) end
		go.each(2)
		function visit(i) error({ i }) end
		print(pcall(go.each, 1))
		function visit() go.each(1) end
		print(select(2, pcall(go.each, 1)))`); err != nil {
		t.Fatal(err)
	}
	got := h.out.String()
	if !strings.HasPrefix(got, "0\trunning\n1\trunning\nfalse\t") || !strings.Contains(got, "stack overflow") {
		t.Errorf("printed:\n%s", got)
	}
}

// A VM runs one script at a time, and says so.
func TestBusy(t *testing.T) {
	h := newHost(t, nil)
	wait := h.start(`test.meet("here") test.meet("there")`)
	h.ready(t, "here")
	if _, err := h.run(`return 1`); !errors.Is(err, driver.ErrBusy) {
		t.Errorf("a second script: %v", err)
	}
	if _, err := h.Call(context.Background(), "print"); !errors.Is(err, driver.ErrBusy) {
		t.Errorf("a call: %v", err)
	}
	h.ready(t, "there")
	if code, err := wait(); code != 0 || err != nil {
		t.Errorf("the first script: code %d, %v", code, err)
	}
}

// The table of the package comment: Go to Lua and back.
func TestNumbers(t *testing.T) {
	h := newHost(t, nil)
	const big = int64(1) << 53
	for _, row := range []struct {
		give any
		lua  string // what a script sees
		back any    // a pointer; what comes back must be what was given
	}{
		{int64(1), "number 1", new(int64)},
		{big, "number 9007199254740992", new(int64)},
		{-big, "number -9007199254740992", new(int64)},
		{uint8(255), "number 255", new(uint8)},
		{1.5, "number 1.5", new(float64)},
		{"text", "string text", new(string)},
		{[]byte("a\x00b"), "string a\x00b", new([]byte)},
		{1500 * time.Millisecond, "number 1.5", new(time.Duration)},
		{time.Unix(1700000000, 0), "number 1700000000", new(time.Time)},
		{true, "boolean true", new(bool)},
		{(*int)(nil), "nil nil", new(*int)},
		{nil, "nil nil", new(any)},
		{map[string]any{"a": 1.0}, "table", new(any)},
	} {
		if _, err := h.run(`function echo(v) seen = type(v) .. " " .. tostring(v) return v end function last() return seen end`); err != nil {
			t.Fatal(err)
		}
		results, err := h.Call(t.Context(), "echo", row.give)
		if err == nil {
			err = results.Decode(row.back)
		}
		if back := reflect.ValueOf(row.back).Elem().Interface(); err != nil || !reflect.DeepEqual(back, row.give) {
			t.Errorf("%#v came back as %#v, %v", row.give, back, err)
		}
		var text string
		if results, err = h.Call(t.Context(), "last"); err == nil {
			err = results.Decode(&text)
		}
		if err != nil || !strings.HasPrefix(text, row.lua) {
			t.Errorf("%#v: a script sees %q, %v; want %q", row.give, text, err, row.lua)
		}
	}
}

// What has no exact form on the other side is refused, never rounded into something else.
func TestNumbersThatDoNotFit(t *testing.T) {
	h := newHost(t, nil)
	if _, err := h.run(`function give(v) return loadstring("return " .. v)() end`); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		lua  string
		into any
		want string
	}{
		{"1.5", new(int), "integer expected, got 1.5"},
		{"2^53 + 2", new(int64), "out of range"},
		{"300", new(uint8), "300 is out of range: 0 to 255"},
		{"-1", new(uint), "out of range"},
		{"0/0", new(float64), "number expected, got NaN"},
		{"-1", new(time.Duration), "out of range"},
		{"'soon'", new(time.Duration), "is no duration"},
		{"1", new(string), "string expected, got number"},
		{"nil", new(int), "integer expected, got nil"},
		{"print", new(any), "got function"},
	} {
		results, err := h.Call(t.Context(), "give", row.lua)
		if err != nil {
			t.Fatal(err)
		}
		if err := results.Decode(row.into); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s into %T: %v, want %q", row.lua, row.into, err, row.want)
		}
	}
	if results, err := h.Call(t.Context(), "give", "0"); err != nil || results.Decode(nil) == nil {
		t.Errorf("decoded into nil, %v", err)
	}
	// Go's largest uint64 is the word for no limit.
	if results, err := h.Call(t.Context(), "type", uint64(math.MaxUint64)); err != nil || fmt.Sprint(decodeString(t, results)) != "nil" {
		t.Errorf("the largest uint64: %v", err)
	}
}

func decodeString(t *testing.T, r luabind.Results) (s string) {
	t.Helper()
	if err := r.Decode(&s); err != nil {
		t.Error(err)
	}
	return s
}

// VMs of one process do not wait for each other.
func TestOneVMCallsAnother(t *testing.T) {
	inner := newHost(t, nil)
	outer := newHost(t, func(o *luabind.Options) {
		o.Engines = map[string]luabind.Engine{"fake": func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }}
	})
	if _, err := inner.run(`function double(n) return 2 * n end`); err != nil {
		t.Fatal(err)
	}
	double := func(ctx context.Context, n int) (out int, err error) {
		results, err := inner.Call(ctx, "double", n)
		if err != nil {
			return 0, err
		}
		return out, results.Decode(&out)
	}
	if err := outer.Publish("inner", luabind.Func{Name: "double", Fn: double}); err != nil {
		t.Fatal(err)
	}
	if code, err := outer.run(`return inner.double(21)`); code != 42 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
}
