package stdlib

import (
	"fmt"
	"math"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// timeModule is execlua.time. A moment is a number: seconds since 1970, as of os.time.
func timeModule() Module {
	return Module{
		Module: bind.Module{
			Name: "execlua.time", Doc: "Moments, which are seconds since 1970, and waiting. execlua.units reads and writes durations.",
			Funcs: slices.Concat(clockFuncs(), timerFuncs(), []bind.Func{retryFunc()}),
		},
		Classes: []bind.Class{timerClass()},
	}
}

func clockFuncs() []bind.Func {
	return []bind.Func{
		{
			Name: "now", Doc: "Gives the time of day, which somebody may set meanwhile.",
			Returns: []bind.Return{{Type: "number", Doc: "Seconds since 1970, with fractions."}},
			Fn:      func(L *lua.LState) time.Time { return vm.ClockOf(L).Now() },
		},
		{
			Name: "elapsed", Doc: "Gives the time since the module was first required, which runs evenly: for measuring.",
			Returns: []bind.Return{{Doc: "Seconds."}},
			Fn:      elapsed(),
		},
		{
			Name: "format", Doc: "Writes a moment as of RFC 3339: 2026-05-17T12:30:00Z.",
			Params: []bind.Param{
				{Name: "seconds", Type: "number", Optional: true, Doc: "Now when nil."},
				{Name: "zone", Optional: true, Doc: `"UTC" when nil, "local", or an offset such as "+02:00".`},
			},
			Returns: []bind.Return{{}},
			Fn:      formatTime,
		},
		{
			Name: "parse", Doc: "Reads a moment as of RFC 3339.",
			Params:  []bind.Param{{Name: "text"}},
			Returns: []bind.Return{{Type: "number", Doc: "Seconds since 1970."}},
			Fn:      parseTime,
		},
		{
			Name: "sleep", Doc: "Waits; other tasks run meanwhile.",
			Params: []bind.Param{{Name: "duration", Type: "execlua.Duration"}},
			Fn:     taskSleep,
		},
	}
}

func elapsed() func(L *lua.LState) float64 {
	start := time.Now()
	return func(L *lua.LState) float64 { return vm.ClockOf(L).Now().Sub(start).Seconds() }
}

func formatTime(L *lua.LState, seconds *float64, zone string) (string, error) {
	moment := vm.ClockOf(L).Now()
	if seconds != nil {
		if math.Abs(*seconds) >= 1<<33 {
			return "", &bind.FieldError{Path: "seconds", Message: fmt.Sprintf("%v is out of range: seconds since 1970", *seconds)}
		}
		whole, fraction := math.Modf(*seconds)
		// A number of today has no more than six digits behind the point.
		moment = time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1e3)
	}
	switch zone {
	case "", "UTC":
		moment = moment.UTC()
	case "local":
		moment = moment.Local()
	default:
		offset, err := time.Parse("-07:00", zone)
		if err != nil {
			return "", &bind.FieldError{Path: "zone", Message: fmt.Sprintf(`"UTC", "local" or an offset such as "+02:00" expected, got %q`, zone)}
		}
		moment = moment.In(offset.Location())
	}
	return moment.Format("2006-01-02T15:04:05.999999Z07:00"), nil
}

func parseTime(text string) (time.Time, error) {
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return moment, &bind.FieldError{Path: "text", Message: fmt.Sprintf("%.40q is no moment: write 2026-05-17T12:30:00Z", text)}
	}
	return moment, nil
}
