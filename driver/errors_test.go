package driver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	field := &FieldError{Path: "id", Reason: "missing"}
	hook := &HookError{ID: "c", Stage: StageStart, Err: ErrNotFound}
	for _, row := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("x"), "error"},
		{ErrInvalid, "invalid"},
		{field, "invalid"},
		{&FieldError{Path: "tty", Class: ErrUnsupported}, "unsupported"},
		{ErrNotFound, "not_found"},
		{ErrExists, "exists"},
		{ErrNotRunning, "not_running"},
		{ErrBusy, "busy"},
		{ErrUnsupported, "unsupported"},
		{ErrDenied, "denied"},
		{ErrWaitTimeoutReached, "wait_timeout"},
		{ErrDriverAlreadyRegistered, "driver_exists"},
		{ErrDriverNotFound, "driver_not_found"},
		{context.Canceled, "cancelled"},
		{context.DeadlineExceeded, "cancelled"},
		{hook, "hook_failed"}, // whatever the hook returned
		{&Error{Op: "run", ID: "c", Err: fmt.Errorf("deeper: %w", ErrBusy)}, "busy"},
		{errors.Join(errors.New("x"), hook), "hook_failed"},
		{fmt.Errorf("%w: %w", ErrWaitTimeoutReached, context.Canceled), "wait_timeout"},
	} {
		if got := Code(row.err); got != row.want {
			t.Errorf("%v: got %q, want %q", row.err, got, row.want)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{&Error{Op: "run", ID: "c", Err: ErrBusy, Hint: "later"}, `run "c": busy`},
		{&Error{Op: "run", Err: ErrBusy}, "run: busy"},
		{&HookError{ID: "c", Stage: StagePreStart, Index: 1, Err: ErrDenied}, "pre_start hook 2: denied"},
		{&FieldError{Path: "id", Reason: "missing"}, "id: missing"},
		{&FieldError{Path: "id", Value: "a\nb", Reason: "no"}, `id = "a\nb": no`},
		{&FieldError{Path: "resources.memory", Value: int64(-5), Reason: "no"}, "resources.memory = -5: no"},
		{&FieldError{Path: "id", Value: strings.Repeat("a", 1000), Reason: "no"}, `id = "` + strings.Repeat("a", 80) + `"… (1000 bytes): no`},
		{&FieldError{Path: "x", Value: []string{strings.Repeat("b", 1000)}, Reason: "no"}, "x = [" + strings.Repeat("b", 79) + "…: no"},
	} {
		if got := row.err.Error(); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

// What an error was about is found through every layer.
func TestErrorsUnwrap(t *testing.T) {
	err := error(&Error{Op: "run", ID: "c", Err: &HookError{Stage: StagePostStop, Err: &FieldError{Path: "image", Class: ErrNotFound}}})
	var field *FieldError
	if !errors.As(err, &field) || field.Path != "image" || !errors.Is(err, ErrNotFound) || errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestErrorOf(t *testing.T) {
	for _, code := range []string{"invalid", "not_found", "exists", "not_running", "busy", "unsupported", "denied", "wait_timeout", "cancelled"} {
		if got := Code(ErrorOf(code)); got != code {
			t.Errorf("%s: got %q", code, got)
		}
	}
	if err := ErrorOf("error"); err != nil {
		t.Errorf("error: got %v", err)
	}
}
