package spec

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/execlua/execlua/driver"
)

const (
	byEngine   = "the engine's: it is resolved into the Place"
	byWait     = "the engine's: it takes effect after the start"
	byValidate = "refused by driver.Validate"
	byKeeper   = "of a detached container: it takes effect beside the program"
	aRule      = "a rule has no node, driver.Validate refuses a path"
)

// elsewhere lists the fields that do not show in a spec, and who honours or
// refuses them. A field of a Command is in here or changes what Build returns.
var elsewhere = map[string]string{
	"image":                       byEngine,
	"rootfs":                      byEngine,
	"cgroup_parent":               byEngine,
	"group_add":                   byEngine,
	"process_config.user":         byEngine,
	"stop_signal":                 byWait,
	"stop_grace":                  byWait,
	"process_config.Terminal":     byWait,
	"initpath":                    byValidate,
	"config_path":                 byValidate,
	"container_pid":               byValidate,
	"lxc_config":                  byValidate,
	"first_start":                 byValidate,
	"layer_paths":                 byValidate,
	"layer_folder":                byValidate,
	"process_config.Console":      byValidate,
	"network.mtu":                 byValidate,
	"restart.always":              byKeeper,
	"restart.on_failure":          byKeeper,
	"restart.delay":               byKeeper,
	"health_check.exec":           byKeeper,
	"health_check.tcp":            byKeeper,
	"health_check.http":           byKeeper,
	"health_check.every":          byKeeper,
	"health_check.timeout":        byKeeper,
	"health_check.start_period":   byKeeper,
	"health_check.retries":        byKeeper,
	"health_check.on_failure":     byKeeper,
	"log_files.max_size":          byKeeper,
	"log_files.files":             byKeeper,
	"resources.kernel_memory":     "no machine keeps it: a warning says so",
	"mounts[].private":            "the default",
	"allowed_devices[].path":      aRule,
	"allowed_devices[].file_mode": aRule,
	"allowed_devices[].uid":       aRule,
	"allowed_devices[].gid":       aRule,
	"resources.io[].major":        "the number of a device shows with a rate",
	"resources.io[].minor":        "the number of a device shows with a rate",
}

// values are for fields where not any text will do.
var values = map[string]any{
	"cap_add":                     []string{"SYS_TIME"},
	"cap_drop":                    []string{"KILL"},
	"process_config.cap_add":      []string{"SYS_TIME"},
	"process_config.cap_drop":     []string{"KILL"},
	"mounts[].type":               "tmpfs",
	"mounts[].propagation":        "rshared",
	"process_config.no_new_privs": new(false),
	"seccomp.architectures":       []string{"x86"},
	"seccomp.syscalls[].action":   "kill",
	"seccomp.syscalls[].errno":    new(uint(38)),
	"seccomp.default_action":      "allow",
	"process_config.env":          []string{"KEY=value"},
}

// with makes the ground for fields that mean something beside others only.
var with = map[string]func(*driver.Command){
	"mounts[].exec":             onTmpfs,
	"mounts[].size":             onTmpfs,
	"mounts[].mode":             onTmpfs,
	"seccomp.syscalls[].action": onMkdir,
	"seccomp.syscalls[].errno":  onMkdir,

	"user_namespace.uid_mappings[].container_id": mapRoot,
	"user_namespace.uid_mappings[].host_id":      mapRoot,
	"user_namespace.uid_mappings[].size":         mapRoot,
	"user_namespace.gid_mappings[].container_id": mapRoot,
	"user_namespace.gid_mappings[].host_id":      mapRoot,
	"user_namespace.gid_mappings[].size":         mapRoot,

	"resources.unified": func(c *driver.Command) { // so that both are built for v2, see build
		if c.Resources.Unified == nil {
			c.Resources.Unified = map[string]string{}
		}
	},
}

func onMkdir(c *driver.Command) { c.Seccomp.Syscalls[0].Names = []string{"mkdir"} }

func mapRoot(c *driver.Command) {
	root := driver.IDMapping{Size: 1}
	c.UserNamespace.UIDMappings = append(c.UserNamespace.UIDMappings, root)
	c.UserNamespace.GIDMappings = append(c.UserNamespace.GIDMappings, root)
}

func onTmpfs(c *driver.Command) { c.Mounts[0].Type = "tmpfs" }

// joined is a Place with all that a Command can name.
func joined(p *Place) {
	p.Seccomp = []byte(`{"defaultAction": "SCMP_ACT_LOG"}`)
	p.Namespaces = map[specs.LinuxNamespaceType]string{
		specs.NetworkNamespace: "/proc/1/ns/net", specs.IPCNamespace: "/proc/1/ns/ipc",
	}
}

// hostFor is a machine on which the Command can have all its limits.
func hostFor(c *driver.Command) Host {
	h := secured()
	h.CgroupV2 = c.Resources != nil && c.Resources.Unified != nil // the one limit that v1 has not
	return h
}

// TestEveryFieldIsHonoured sets one field after the other, of the Command and of
// all its parts, and looks whether the spec changes.
func TestEveryFieldIsHonoured(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range fields(reflect.TypeFor[driver.Command](), "", nil) {
		seen[f.path] = true
		before, after := web(nil), web(nil)
		f.reach(before)
		f.set(f.reach(after))
		if prepare := with[f.path]; prepare != nil {
			prepare(before)
			prepare(after)
		}
		changed := !cmp.Equal(build(t, before, hostFor(before), joined), build(t, after, hostFor(after), joined))
		switch reason, listed := elsewhere[f.path]; {
		case !changed && !listed:
			t.Errorf("%s: neither in the spec nor in elsewhere", f.path)
		case changed && listed:
			t.Errorf("%s: changes the spec, but elsewhere says %q", f.path, reason)
		}
	}
	for path := range elsewhere {
		if !seen[path] {
			t.Errorf("elsewhere: a Command has no field %s", path)
		}
	}
}

// field is a leaf of a struct: a value that has no parts of its own.
type field struct {
	path  string // in JSON names, the Go name where there is none; [] for an element
	index []int  // of each struct on the way; between them pointers and lists are made
}

// fields lists the leaves of a struct type.
func fields(t reflect.Type, prefix string, index []int) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name := strings.Split(sf.Tag.Get("json"), ",")[0]
		if name == "" || name == "-" {
			name = sf.Name
		}
		path := prefix + name
		at := append(append([]int{}, index...), i)
		part := sf.Type
		if part.Kind() == reflect.Slice && isStruct(part.Elem()) {
			part, path = part.Elem(), path+"[]"
		}
		if !isStruct(part) {
			out = append(out, field{path, at})
			continue
		}
		if part.Kind() == reflect.Pointer {
			part = part.Elem()
		}
		out = append(out, fields(part, path+".", at)...)
	}
	return out
}

func isStruct(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

// reach makes the parts of what root points at that lead to the field and returns
// the field itself.
func (f field) reach(root any) reflect.Value {
	v := reflect.ValueOf(root).Elem()
	for i, n := range f.index {
		v = v.Field(n)
		if i == len(f.index)-1 {
			break
		}
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			v = v.Index(0)
		}
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
	}
	return v
}

// set gives the field a value that it does not have yet.
func (f field) set(v reflect.Value) {
	if special, ok := values[f.path]; ok {
		v.Set(reflect.ValueOf(special))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.Array:
		f.set(v.Index(0))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.set(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.set(v.Elem())
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		element := reflect.New(v.Type().Elem()).Elem()
		if element.Kind() == reflect.String {
			element.SetString("x")
		}
		v.SetMapIndex(reflect.ValueOf("x"), element)
	case reflect.Interface:
		v.Set(reflect.ValueOf(&driver.StdConsole{}))
	default:
		panic(fmt.Sprintf("%s: no value for a %s", f.path, v.Type()))
	}
}
