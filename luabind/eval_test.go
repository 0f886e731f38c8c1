package luabind_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
	"github.com/execlua/execlua/luabind/vm"
)

// Chunks follow each other in one state: what one has started lives on when
// another fails.
func TestEval(t *testing.T) {
	h := newHost(t, nil)
	eval := func(source string) ([]string, error) { return h.Eval(t.Context(), "stdin", source) }

	if _, err := eval(`box = execlua.driver():start { id = "box", image = "host", "sleep", "infinity" }`); err != nil {
		t.Fatal(err)
	}
	_, err := eval("\nbox:info().running.x = 1")
	var script *luabind.Error
	if !errors.As(err, &script) || script.File != "stdin" || script.Line != 2 || script.Traceback == "" {
		t.Errorf("the error of a chunk: %#v", err)
	}
	if values, err := eval(`return box:info().running, "text", nil, { 1, a = "b" }`); err != nil ||
		!slices.Equal(values, []string{"true", "text", "nil", `{ 1, a = "b" }`}) {
		t.Errorf("%q, %v", values, err)
	}
	if _, err := eval(`return 3 +`); !errors.As(err, &script) || !strings.Contains(script.Message, "syntax error") {
		t.Errorf("a syntax error: %v", err)
	}
	var exit *vm.ExitError
	if _, err := eval(`os.exit(3)`); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("os.exit: %v", err)
	}
	if code, err := h.RunString(t.Context(), "after", `return 4`); code != 3 || err != nil {
		t.Errorf("a script runs after os.exit: %d, %v", code, err)
	}
}

// The end of the context ends the chunk and nothing else.
func TestEvalInterrupted(t *testing.T) {
	h := newHost(t, func(o *luabind.Options) { o.Preempt = true })
	if _, err := h.Eval(t.Context(), "stdin", `box = execlua.driver():start { image = "host", "sleep", "infinity" }
		task = require("execlua.task"); ticks = 0
		ticker = task.spawn(function() while true do ticks = ticks + 1; task.sleep("1ms") end end)`); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		`while true do end`,
		`while true do pcall(function() while true do end end) end`,
		`task.sleep("1h")`,
		`box:wait()`,
		`ticker:wait()`,
		`execlua.driver():run { image = "host", "sleep", "infinity" }`,
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(luabind.ErrInterrupted) })
		_, err := h.Eval(ctx, "stdin", source)
		var script *luabind.Error
		if !errors.Is(err, luabind.ErrInterrupted) || !errors.As(err, &script) || script.Code != "interrupted" {
			t.Errorf("%s: %v", source, err)
		}
	}
	values, err := h.Eval(t.Context(), "stdin", `local before = ticks; task.sleep("50ms"); return box:info().running, ticks > before`)
	if err != nil || !slices.Equal(values, []string{"true", "true"}) {
		t.Errorf("%q, %v", values, err)
	}
}

// A task that fails unheard is told of once.
func TestEvalTellsOfTasks(t *testing.T) {
	h := newHost(t, nil)
	_, err := h.Eval(t.Context(), "stdin", `require("execlua.task").spawn(error, "unheard")`)
	for range 100 {
		if err != nil {
			break
		}
		time.Sleep(time.Millisecond)
		_, err = h.Eval(t.Context(), "stdin", `return`)
	}
	if err == nil || !strings.Contains(err.Error(), "unheard") {
		t.Errorf("a task failed: %v", err)
	}
	if _, err := h.Eval(t.Context(), "stdin", `return`); err != nil {
		t.Errorf("told twice: %v", err)
	}
}
