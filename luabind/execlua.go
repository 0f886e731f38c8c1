package luabind

import (
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	tty "github.com/execlua/execlua/internal/terminal"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// rootModule is the table execlua.
func (v *VM) rootModule(L *lua.LState) (*lua.LTable, error) {
	return v.binder.Module(L, v.rootDeclaration())
}

func (v *VM) rootDeclaration() bind.Module {
	return bind.Module{
		Name: "execlua", Doc: "Containers for scripts.",
		Funcs: append([]bind.Func{
			{
				Name: "command", Doc: "Describes a container. Wrong names and values raise here.",
				Params:  []bind.Param{{Name: "fields", Type: "execlua.Command", Doc: "The fields of a Command; entries without a key are the argv."}},
				Returns: []bind.Return{{Type: "execlua.Command", Doc: "A live record; start copies it."}},
				Errors:  []string{"invalid", "not_found", "unsupported"},
				Fn:      v.newCommand,
			},
			{
				Name: "load_spec", Doc: loadSpecDoc,
				Params:  []bind.Param{{Name: "path", Doc: "A config.json, relative to the working directory of the program."}},
				Returns: []bind.Return{{Type: "execlua.Command", Doc: "Without an id unless the file has a cgroupsPath."}},
				Fn:      v.loadSpec,
			},
			{
				Name: "driver", Doc: "Gives an engine.",
				Params:  []bind.Param{{Name: "name", Optional: true, Doc: "The engine; nil is the host's default."}},
				Returns: []bind.Return{{Type: "execlua.Driver"}},
				Errors:  []string{"driver_not_found", "unsupported", "denied"},
				Fn:      v.openDriver,
			},
			{
				Name: "defer", Doc: "Calls fn when the current task ends in any way, the last registered first.",
				Params: []bind.Param{{Name: "fn"}},
				Fn:     func(L *lua.LState, fn *lua.LFunction) { vm.Defer(L, fn) },
			},
			{
				Name: "isatty", Doc: "Tells whether a descriptor is a terminal; false in an embedded VM without one.", Errors: []string{"invalid"},
				Params:  []bind.Param{{Name: "fd", Doc: "0, 1 or 2."}},
				Returns: []bind.Return{{}},
				Fn:      v.isatty,
			},
			{
				Name: "lines", Doc: "As stdout or stderr: calls fn for each line, without its newline.",
				Params:  []bind.Param{{Name: "fn"}},
				Returns: []bind.Return{{Type: "execlua.Sink"}},
				Fn:      func(L *lua.LState, fn *lua.LFunction) lua.LValue { return v.object(&sink{lines: fn}, "sink") },
			},
			{
				Name: "buffer", Doc: "As stdout or stderr: captures up to max bytes, the last ones.",
				Params:  []bind.Param{{Name: "opts", Optional: true, Type: "execlua.BufferOptions"}},
				Returns: []bind.Return{{Type: "execlua.Sink"}},
				Fn: func(L *lua.LState, o *bufferOptions) lua.LValue {
					max := int64(captureMax)
					if o != nil && o.Max > 0 {
						max = o.Max
					}
					return v.object(&sink{buffer: max}, "sink")
				},
			},
			stdlib.ArgsFunc("args", v.host),
		}, v.parts()...),
	}
}

// bufferOptions are those of execlua.buffer.
type bufferOptions struct {
	Max int64 `json:"max" unit:"bytes"` // how much is kept, the last bytes; 0 is 1 MiB
}

// parts make the records of a Command on their own, to be shared by several.
func (v *VM) parts() []bind.Func {
	return []bind.Func{
		part[driver.ProcessConfig](v, "process_config", "execlua.ProcessConfig"),
		part[driver.Resources](v, "resources", "execlua.Resources"),
		part[driver.Network](v, "network", "execlua.Network"),
		part[driver.Ipc](v, "ipc", "execlua.Ipc"),
		part[driver.Pid](v, "pid", "execlua.Pid"),
		part[driver.UTS](v, "uts", "execlua.UTS"),
		part[driver.Mount](v, "mount", "execlua.Mount"),
		part[driver.Device](v, "device", "execlua.Device"),
		part[driver.Rlimit](v, "rlimit", "execlua.Rlimit"),
		part[driver.RestartPolicy](v, "restart_policy", "execlua.RestartPolicy"),
		part[driver.HealthCheck](v, "health_check", "execlua.HealthCheck"),
	}
}

func part[T any](v *VM, name, typ string) bind.Func {
	return bind.Func{
		Name: name, Doc: "Makes a part of a Command as a strict record, to be shared by several.",
		Params:  []bind.Param{{Name: "fields", Type: typ}},
		Returns: []bind.Return{{Type: typ}},
		Errors:  []string{"invalid"},
		Fn: func(L *lua.LState, fields lua.LValue) (lua.LValue, error) {
			out := new(T)
			if err := v.binder.Decode(fields, out, name); err != nil {
				return nil, err
			}
			return v.binder.Record(L, out, name, bind.RecordOptions{}), nil
		},
	}
}

// isatty looks at the streams that the host gave to the VM, never at its own.
func (v *VM) isatty(fd int) (bool, error) {
	var stream any
	switch fd {
	case 0:
		stream = v.opts.Stdin
	case 1:
		stream = v.opts.Stdout
	case 2:
		stream = v.opts.Stderr
	default:
		return false, &bind.FieldError{Path: "fd", Message: "0, 1 or 2 expected"}
	}
	file, ok := stream.(*os.File)
	return ok && file != nil && tty.Is(file), nil
}

// openClasses makes the metatables of the objects that scripts get.
func (v *VM) openClasses(L *lua.LState) error {
	for _, class := range v.objects() {
		mt, err := v.binder.Class(L, class)
		if err != nil {
			return err
		}
		v.classes[class.Name] = mt
	}
	return v.openCommandMethods(L)
}

// objects declares what scripts hold and cannot look into.
func (v *VM) objects() []bind.Class {
	return []bind.Class{v.driverClass(), v.handleClass(), v.registrationClass(), v.subscriptionClass(), v.sinkClass(), v.errorClass()}
}

// object makes a value of a class.
func (v *VM) object(value any, class string) *lua.LUserData {
	return &lua.LUserData{Value: value, Metatable: v.classes[class]}
}

// trimSignal accepts what ParseSignal does, as text or number.
func signalNumber(value lua.LValue, def int) (int, error) {
	switch value.Type() {
	case lua.LTNil:
		return def, nil
	case lua.LTNumber, lua.LTString:
		text := value.String()
		if text == "0" {
			return 0, nil
		}
		return driver.ParseSignal(strings.TrimSpace(text))
	}
	return 0, &bind.FieldError{Path: "signal", Message: "a name or number expected, got " + value.Type().String()}
}
