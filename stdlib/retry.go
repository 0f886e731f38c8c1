package stdlib

import (
	"context"
	"errors"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

func retryFunc() bind.Func {
	return bind.Func{
		Name: "retry", Doc: "Calls fn(attempt) until it returns without an error. Raises the last error, and at once what another attempt would not mend: cancelled, interrupted, invalid.",
		Params:  []bind.Param{{Name: "opts"}, {Name: "fn", Type: "fun(attempt: integer): ...any"}},
		Returns: []bind.Return{{Name: "...", Type: "any", Doc: "What fn returned."}},
		Fn:      retry,
	}
}

// RetryOptions are those of time.retry.
type RetryOptions struct {
	Attempts int           `json:"attempts"`  // how often fn is called at most; 0 is no limit
	Every    time.Duration `json:"every"`     // the wait between two calls; 0 is 1s
	Factor   float64       `json:"factor"`    // what each wait is multiplied by for the next one, from 1 on; 0 is 1
	MaxEvery time.Duration `json:"max_every"` // the longest wait; 0 is no limit
	Timeout  time.Duration `json:"timeout"`   // when to give up; a call that runs is not ended; 0 is never
}

func (o *RetryOptions) check() error {
	wrong := func(field, message string) error { return &bind.FieldError{Path: field, Message: message} }
	switch {
	case o.Attempts < 0:
		return wrong("attempts", "a number from 0 on expected")
	case o.Factor != 0 && o.Factor < 1:
		return wrong("factor", "a number from 1 on expected")
	case o.Attempts == 0 && o.Timeout == 0:
		return wrong("attempts", "missing: set attempts or timeout")
	}
	if o.Every == 0 {
		o.Every = time.Second
	}
	if o.Factor == 0 {
		o.Factor = 1
	}
	return nil
}

func retry(L *lua.LState, o RetryOptions, fn *lua.LFunction) (results bind.Results, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	c := vm.ClockOf(L)
	start := c.Now()
	for attempt := 1; ; attempt++ {
		results, err = vm.PCall(L, fn, lua.LNumber(attempt))
		if err == nil || final(err) || attempt == o.Attempts {
			return results, err
		}
		if o.Timeout > 0 && c.Now().Sub(start)+o.Every > o.Timeout {
			return nil, err
		}
		if err := sleep(L, o.Every); err != nil {
			return nil, err
		}
		o.Every = longer(o.Every, o.Factor, o.MaxEvery)
	}
}

func longer(wait time.Duration, factor float64, most time.Duration) time.Duration {
	if most == 0 {
		most = math.MaxInt64
	}
	if next := float64(wait) * factor; next < float64(most) {
		return time.Duration(next)
	}
	return most
}

// final tells an error that another attempt would not mend.
func final(err error) bool {
	if errors.Is(err, context.Canceled) {
		return true
	}
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		switch coded.Code() {
		case "cancelled", "interrupted", "invalid":
			return true
		}
	}
	return bind.Misused(err)
}
