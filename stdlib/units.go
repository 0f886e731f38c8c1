package stdlib

import (
	"time"

	units "github.com/docker/go-units"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// unitsModule is execlua.units. It reads what the fields of a Command do, with
// the same parser.
func unitsModule() Module {
	return Module{Module: bind.Module{Name: "execlua.units", Doc: "Sizes and durations, as the fields of a Command take them.", Funcs: []bind.Func{
		{
			Name: "size", Doc: "Reads a size.",
			Params:  []bind.Param{{Name: "size", Doc: `"64m", "1.5g", or a number. 1k is 1024.`}},
			Returns: []bind.Return{{Type: "integer?", Doc: `Bytes; nil of "max", which is no limit.`}},
			Fn: func(size bind.Size) lua.LValue {
				if size < 0 {
					return lua.LNil
				}
				return lua.LNumber(size)
			},
		},
		{
			Name: "format_size", Doc: "Writes a size for people, with up to four digits: 1.5GiB.",
			Params:  []bind.Param{{Name: "bytes"}},
			Returns: []bind.Return{{}},
			Fn: func(bytes bind.Size) string {
				if bytes < 0 {
					return "max"
				}
				return units.BytesSize(float64(bytes))
			},
		},
		{
			Name: "duration", Doc: "Reads a duration.",
			Params:  []bind.Param{{Name: "duration", Doc: `"500ms", "1m30s", "1.5h", or a number of seconds.`}},
			Returns: []bind.Return{{Doc: "Seconds."}},
			Fn:      func(duration time.Duration) float64 { return duration.Seconds() },
		},
		{
			Name: "format_duration", Doc: "Writes a duration exactly: 1m30.5s.",
			Params:  []bind.Param{{Name: "duration"}},
			Returns: []bind.Return{{}},
			Fn:      func(duration time.Duration) string { return duration.String() },
		},
	}}}
}
