package stdlib

import (
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/go-hclog"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// logger is what log.named and log.with give.
type logger struct{ to hclog.Logger }

var logLevels = []string{"trace", "debug", "info", "warn", "error"}

// logModule is execlua.log. Which levels are written, where and how is the
// host's to say.
func logModule(h Host) Module {
	root := &logger{h.Logger}
	if root.to == nil {
		root.to = hclog.NewNullLogger()
	}
	m := Module{
		Outside: true,
		Module:  bind.Module{Name: "execlua.log", Doc: "The host's log. --log-level and --log-format say what is written."},
		Classes: []bind.Class{{Name: "logger", Doc: "A log with a name or with fields that stand in each line."}},
	}
	for _, f := range logFuncs() {
		method := f.of
		f.Func.Fn = method
		f.Func.Method = true
		m.Classes[0].Methods = append(m.Classes[0].Methods, f.Func)

		f.Func.Fn = f.on(root)
		f.Func.Method = false
		m.Funcs = append(m.Funcs, f.Func)
	}
	return m
}

// logFunc is a function of the module and a method of its class.
type logFunc struct {
	bind.Func
	of any                 // as a method
	on func(l *logger) any // as a function, which is the method of one logger
}

func logFuncs() []logFunc {
	var funcs []logFunc
	for _, name := range logLevels {
		level := hclog.LevelFromString(name)
		write := func(L *lua.LState, l *logger, message lua.LValue, fields *lua.LTable) error {
			return l.write(L, level, message, fields)
		}
		funcs = append(funcs, logFunc{
			Func: bind.Func{
				Name: name, Doc: "Writes a line of level " + name + ".",
				Params: []bind.Param{
					{Name: "message", Type: "string", Doc: "What happened; the same words each time, what differs belongs into fields."},
					{Name: "fields", Type: "table<string, any>", Optional: true, Doc: "With what: text, numbers, booleans, errors, tables of these."},
				},
			},
			of: write,
			on: func(l *logger) any {
				return func(L *lua.LState, message lua.LValue, fields *lua.LTable) error { return write(L, l, message, fields) }
			},
		})
	}
	enabled := func(l *logger, level string) (bool, error) { return l.enabled(level) }
	named := func(L *lua.LState, l *logger, name string) lua.LValue {
		return object(L, &logger{l.to.Named(name)}, "logger")
	}
	with := func(L *lua.LState, l *logger, fields *lua.LTable) (lua.LValue, error) {
		pairs, err := logPairs(L, fields)
		return object(L, &logger{l.to.With(pairs...)}, "logger"), err
	}
	return append(funcs,
		logFunc{
			Func: bind.Func{Name: "enabled", Doc: "Tells whether lines of a level are written.", Params: []bind.Param{{Name: "level"}}},
			of:   enabled,
			on:   func(l *logger) any { return l.enabled },
		},
		logFunc{
			Func: bind.Func{
				Name: "named", Doc: "Gives a log whose lines bear a name, behind the names that it has.",
				Params: []bind.Param{{Name: "name"}}, Returns: []bind.Return{{Type: "execlua.Logger"}},
			},
			of: named,
			on: func(l *logger) any { return func(L *lua.LState, name string) lua.LValue { return named(L, l, name) } },
		},
		logFunc{
			Func: bind.Func{
				Name: "with", Doc: "Gives a log whose lines all have these fields.",
				Params: []bind.Param{{Name: "fields", Type: "table<string, any>"}}, Returns: []bind.Return{{Type: "execlua.Logger"}},
			},
			of: with,
			on: func(l *logger) any {
				return func(L *lua.LState, fields *lua.LTable) (lua.LValue, error) { return with(L, l, fields) }
			},
		},
	)
}

func (l *logger) enabled(level string) (bool, error) {
	if !slices.Contains(logLevels, level) {
		return false, invalid("level", fmt.Sprintf("%q is none of trace, debug, info, warn, error", level))
	}
	return l.writes(hclog.LevelFromString(level)), nil
}

// writes asks as hclog means it: a logger that drops all has no level to compare with.
func (l *logger) writes(level hclog.Level) bool {
	switch level {
	case hclog.Trace:
		return l.to.IsTrace()
	case hclog.Debug:
		return l.to.IsDebug()
	case hclog.Info:
		return l.to.IsInfo()
	case hclog.Warn:
		return l.to.IsWarn()
	}
	return l.to.IsError()
}

// write works in a cancelled task, too: what goes wrong there is worth a line.
func (l *logger) write(L *lua.LState, level hclog.Level, message lua.LValue, fields *lua.LTable) error {
	if !l.writes(level) {
		return nil
	}
	pairs, err := logPairs(L, fields)
	if err != nil {
		return err
	}
	text := fmt.Sprint(logValue(L, message, 0))
	vm.Unlocked(L, func() { l.to.Log(level, text, pairs...) })
	return nil
}

// logPairs are fields as hclog takes them, sorted by name.
func logPairs(L *lua.LState, fields *lua.LTable) ([]any, error) {
	if fields == nil {
		return nil, nil
	}
	values, ok := logValue(L, fields, 0).(map[string]any)
	if !ok {
		return nil, invalid("fields", "names expected: { name = value, … }")
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var pairs []any
	for _, name := range names {
		pairs = append(pairs, name, values[name])
	}
	return pairs, nil
}

// A table in a line of a log is small. What is deeper or longer is cut.
const (
	logDepth   = 4
	logEntries = 100
)

// logValue makes something to be logged of any value: an error of a script must
// not be hidden by another one about how it was logged.
func logValue(L *lua.LState, value lua.LValue, depth int) any {
	switch v := value.(type) {
	case lua.LString:
		return string(v)
	case lua.LBool:
		return bool(v)
	case lua.LNumber:
		if f := float64(v); f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return f
		}
		return int64(v)
	case *lua.LTable:
		if depth == logDepth {
			return "…"
		}
		return logTable(L, v, depth)
	case *lua.LUserData:
		if s, ok := v.Value.(fmt.Stringer); ok {
			return s.String()
		}
	}
	return value.Type().String()
}

func logTable(L *lua.LState, table *lua.LTable, depth int) any {
	if n := table.Len(); n > 0 {
		list := make([]any, 0, min(n, logEntries))
		for i := range min(n, logEntries) {
			list = append(list, logValue(L, table.RawGetInt(i+1), depth+1))
		}
		return list
	}
	values := map[string]any{}
	for k, v := table.Next(lua.LNil); k != lua.LNil && len(values) < logEntries; k, v = table.Next(k) {
		values[fmt.Sprint(logValue(L, k, logDepth))] = logValue(L, v, depth+1)
	}
	return values
}
