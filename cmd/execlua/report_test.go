//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/execlua/execlua/luabind"
)

func TestReport(t *testing.T) {
	script := &luabind.Error{
		File: "web.lua", Line: 12, Message: "no such image",
		Traceback: "stack traceback:\n\tweb.lua:12: in main chunk", Hint: "image.pull",
	}
	interrupt := fmt.Errorf("wait: %w", luabind.ErrInterrupted)
	for _, row := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"nothing", nil, 0, ""},
		{"a code of its own", exit(7), 7, ""},
		{"usage", usageError("no such flag"), 2, "execlua: no such flag\ntry: execlua --help\n"},
		{
			"script", script, 1,
			"execlua: web.lua:12: no such image\nstack traceback:\n\tweb.lua:12: in main chunk\nhint: image.pull\n",
		},
		{"several", errors.Join(errors.New("one"), errors.Join(errors.New("two"))), 1, "execlua: one\nexeclua: two\n"},
		{"closed stdout", fmt.Errorf("print: %w", syscall.EPIPE), 1, ""},
		{"INT", &interruptedError{signalError{syscall.SIGINT}, interrupt}, 130, "execlua: wait: interrupted\n"},
		{
			"TERM, and cleaning up fails",
			&interruptedError{signalError{syscall.SIGTERM}, errors.Join(interrupt, errors.New("busy"))},
			143, "execlua: wait: interrupted\nexeclua: busy\n",
		},
		{"panic", &panicError{"index out of range", []byte("goroutine 1")}, 1, "execlua: internal error: index out of range\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out strings.Builder
			code := (&reporter{out: &out}).report(row.err)
			if code != row.code || out.String() != row.want {
				t.Errorf("code %d, %q; want %d, %q", code, &out, row.code, row.want)
			}
		})
	}
}

func TestReportDebug(t *testing.T) {
	var out strings.Builder
	r := &reporter{out: &out, debug: true}
	r.report(fmt.Errorf("outer: %w", &panicError{"oops", []byte("goroutine 1")}))
	const want = "execlua: outer: internal error: oops\n" +
		"go: *fmt.wrapError: outer: internal error: oops\n" +
		"go: *main.panicError: internal error: oops\n" +
		"goroutine 1\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestReportIsRedOnATerminal(t *testing.T) {
	var out strings.Builder
	(&reporter{out: &out, red: true}).report(errors.New("no"))
	if want := "\x1b[31mexeclua:\x1b[0m no\n"; out.String() != want {
		t.Errorf("got %q, want %q", &out, want)
	}
}
