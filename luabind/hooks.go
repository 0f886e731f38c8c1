package luabind

import (
	"context"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
)

// hookOptions are the third argument of run and start, and of exec, where there
// is start only. A hook is function(process_config, pid, info) and gets copies;
// the pid is the host's number. One that raises ends the container: the call
// raises hook_failed.
type hookOptions struct {
	PreStart lua.LValue     `json:"pre_start" lua:"execlua.Hook|execlua.Hook[]"` // namespaces and cgroup exist, the program does not run yet
	Start    *lua.LFunction `json:"start" lua:"execlua.Hook"`                    // the program runs
	PostStop lua.LValue     `json:"post_stop" lua:"execlua.Hook|execlua.Hook[]"` // the process has ended; all of them, exactly once
}

// registration is a hook for every container that a driver starts.
type registration struct {
	driver *scriptDriver
	stage  driver.Stage
	fn     *lua.LFunction
}

// hooks makes the engine's hooks of the driver's registered ones and the call's.
// It is called with the lock held.
func (d *scriptDriver) hooks(o *hookOptions, timeout *time.Duration) (driver.Hooks, error) {
	if o == nil {
		o = &hookOptions{}
	}
	var out driver.Hooks
	if timeout != nil {
		out.Timeout = *timeout
	}
	pre, err := functions(o.PreStart, "pre_start")
	if err != nil {
		return out, err
	}
	post, err := functions(o.PostStop, "post_stop")
	if err != nil {
		return out, err
	}
	var starts []*lua.LFunction
	if o.Start != nil {
		starts = []*lua.LFunction{o.Start}
	}
	out.PreStart = d.callbacks(append(d.registered(driver.StagePreStart), pre...))
	out.PostStop = d.callbacks(append(d.registered(driver.StagePostStop), post...))
	if list := d.callbacks(append(d.registered(driver.StageStart), starts...)); len(list) > 0 {
		out.Start = inOrder(list)
	}
	return out, nil
}

// functions reads a function or a list of functions.
func functions(value lua.LValue, field string) ([]*lua.LFunction, error) {
	wrong := func(value lua.LValue, path string) error {
		return &bind.FieldError{Path: path, Message: "a function or a list of functions expected, got " + value.Type().String()}
	}
	switch value := value.(type) {
	case nil, *lua.LNilType:
		return nil, nil
	case *lua.LFunction:
		return []*lua.LFunction{value}, nil
	case *lua.LTable:
		var list []*lua.LFunction
		for i := 1; i <= value.Len(); i++ {
			fn, ok := value.RawGetInt(i).(*lua.LFunction)
			if !ok {
				return nil, wrong(value.RawGetInt(i), field)
			}
			list = append(list, fn)
		}
		if !empty(value) && len(list) == 0 {
			return nil, wrong(value, field)
		}
		return list, nil
	}
	return nil, wrong(value, field)
}

func (d *scriptDriver) registered(stage driver.Stage) []*lua.LFunction {
	var list []*lua.LFunction
	for _, r := range d.registrations {
		if r.stage == stage {
			list = append(list, r.fn)
		}
	}
	return list
}

func (d *scriptDriver) callbacks(list []*lua.LFunction) []driver.DriverCallback {
	var out []driver.DriverCallback
	for _, fn := range list {
		out = append(out, d.callback(fn))
	}
	return out
}

// callback calls a Lua function as a hook: with copies, in a task of its own.
func (d *scriptDriver) callback(fn *lua.LFunction) driver.DriverCallback {
	return func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		return d.host.vm.Call(ctx, fn, func(L *lua.LState) []lua.LValue {
			return []lua.LValue{bind.Encode(L, process), lua.LNumber(pid), encodeInfo(L, info)}
		}, nil)
	}
}

// hookInfo is the circumstances of a hook's call. In post_stop the fields of a
// result stand beside these.
type hookInfo struct {
	ID      string          `json:"id"`      // of the container
	Stage   driver.Stage    `json:"stage"`   // "pre_start", "start" or "post_stop"
	Command *driver.Command `json:"command"` // a copy
}

func encodeInfo(L *lua.LState, info *driver.HookInfo) lua.LValue {
	t := bind.Encode(L, hookInfo{info.ID, info.Stage, info.Command}).(*lua.LTable)
	if info.Status != nil {
		end := bind.Encode(L, newResult(info.ID, *info.Status, false, &streams{})).(*lua.LTable)
		end.ForEach(t.RawSet)
	}
	return t
}

// inOrder makes one callback of several, up to the first that fails.
func inOrder(list []driver.DriverCallback) driver.DriverCallback {
	if len(list) == 1 {
		return list[0]
	}
	return func(ctx context.Context, process *driver.ProcessConfig, pid int, info *driver.HookInfo) error {
		for i, cb := range list {
			if err := cb(ctx, process, pid, info); err != nil {
				return &driver.HookError{ID: info.ID, Stage: info.Stage, Index: i, Err: err}
			}
		}
		return nil
	}
}

// hookStages are what driver:hook takes.
func hookStages() []string {
	return []string{string(driver.StagePreStart), string(driver.StageStart), string(driver.StagePostStop)}
}

// hook is driver:hook(stage, fn).
func (d *scriptDriver) hook(stage string, fn *lua.LFunction) (*registration, error) {
	if !slices.Contains(hookStages(), stage) {
		message := `"pre_start", "start" or "post_stop" expected, got "` + stage + `"`
		if meant := bind.Suggest(stage, hookStages(), nil); meant != "" {
			message += ` (did you mean "` + meant + `"?)`
		}
		return nil, &bind.FieldError{Path: "stage", Message: message}
	}
	r := &registration{driver: d, stage: driver.Stage(stage), fn: fn}
	d.registrations = append(d.registrations, r)
	return r, nil
}

func (r *registration) remove() {
	r.driver.registrations = slices.DeleteFunc(r.driver.registrations, func(other *registration) bool { return other == r })
}

func (v *VM) registrationClass() bind.Class {
	return bind.Class{Name: "registration", Doc: "A hook that driver:hook has registered.", Methods: []bind.Func{
		{Name: "remove", Doc: "Takes the hook back; containers that have started keep it.", Method: true, Fn: (*registration).remove},
	}}
}
