package bind_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/luabind/bind"
)

// record publishes b as the global "cmd".
func (v *vm) record(b *box, options bind.RecordOptions) {
	v.SetGlobal("cmd", v.Record(v.LState, b, "cmd", options))
}

func TestRecordReads(t *testing.T) {
	v := newVM(t)
	b := &box{
		ID: "web", Process: process{Args: []string{"sleep", "1"}, Env: []string{"B=2", "A=1"}},
		Limits: &limits{Memory: 64 << 20, Period: 1500 * time.Millisecond, Files: ^uint64(0)},
		Labels: map[string]string{"b": "2", "a": "1"}, Mounts: []mount{{Source: "/a"}}, Grace: ptr(time.Second),
	}
	v.record(b, bind.RecordOptions{Aliases: map[string]string{"user": "process.user", "env": "process.env"}})
	v.check(t, `
		cmd                       --> cmd "web"
		cmd.limits                --> cmd.limits
		cmd.mounts[1]             --> cmd.mounts[1]
		type(cmd)                 --> userdata
		getmetatable(cmd)         --> false
		cmd.id                    --> web
		cmd.tty                   --> false
		cmd.grace                 --> 1
		cmd.limits.memory         --> 67108864
		cmd.limits.period         --> 1.5
		cmd.limits.files          --> nil
		cmd.limits.swappiness     --> nil
		cmd.process.args[2]       --> 1
		cmd.process.args[3]       --> nil
		cmd.process.args[0]       --> nil
		#cmd.process.args         --> 2
		show(cmd.process.args)    --> 1=sleep 2=1
		cmd.process.env.A         --> 1
		cmd.process.env.C         --> nil
		show(cmd.process.env)     --> A=1 B=2
		#cmd.process.env          --> 2
		cmd.env.B                 --> 2
		show(cmd.labels)          --> a=1 b=2
		cmd.labels.c              --> nil
		cmd.size[1]               --> 0
		#cmd.devices              --> 0
		show(cmd)                 --> id=web process=cmd.process limits=cmd.limits mounts=cmd.mounts labels=cmd.labels grace=1
		cmd.process == cmd.process         --> true
		cmd.process == cmd.limits          --> false
		cmd.env == cmd.process.env         --> true

		return cmd.secret             --! no field "secret" in cmd
		return cmd.limits.memroy      --! no field "memroy" in cmd.limits (did you mean "memory"?)
		return cmd.usr                --! no field "usr" in cmd (did you mean "user"?)
		return cmd.process.user.x.y   --! attempt to index a non-table object(nil)
		return cmd[1]                 --! cmd: a name expected, got [1]
		return cmd.mounts.source      --! cmd.mounts: a list has entries by number, got source
		return cmd.mounts[1.5]        --! cmd.mounts: a list has entries by number, got [1.5]
		return cmd.labels[true]       --! cmd.labels: text or numbers expected for keys, got a boolean
		return cmd.env["A=1"]         --! cmd.process.env: a name of the environment is not empty and has no =
		return #cmd                   --! cmd: a record has no length
	`)
}

func TestRecordAssigns(t *testing.T) {
	for _, test := range []struct {
		lua  string
		want box
	}{
		{`cmd.id = "db"; cmd.tty = true; cmd.grace = "2s"`, box{ID: "db", Tty: true, Grace: ptr(2 * time.Second)}},
		{`cmd.limits.memory = "64m"`, box{Limits: &limits{Memory: 64 << 20}}},
		{`local l = cmd.limits; l.memory = 1; l.shares = 2`, box{Limits: &limits{Memory: 1, Shares: 2}}},
		{`local l = cmd.limits; cmd.limits = {shares = 2}; l.memory = 1`, box{Limits: &limits{Memory: 1, Shares: 2}}},
		{`local l = cmd.limits; local m = l.memory, l.swappiness; assert(m == 0)`, box{}},
		{`cmd.limits = {memory = 1}; cmd.limits = nil`, box{}},
		{`cmd.limits = {memory = 1}; cmd.limits = {shares = 2}`, box{Limits: &limits{Shares: 2}}},
		{`cmd.limits.swappiness = 0`, box{Limits: &limits{Swappiness: ptr(int64(0))}}},
		{`cmd.user = "root"`, box{Process: process{User: "root"}}},

		{
			`cmd.mounts[1] = {source = "/a"}; cmd.mounts[2] = {source = "/b"}; cmd.mounts[1].writable = true`,
			box{Mounts: []mount{{Source: "/a", Writable: true}, {Source: "/b"}}},
		},
		// A view stays live when the list it points into grows.
		{
			`cmd.mounts = {{source = "/a"}}; local m = cmd.mounts[1]; cmd.mounts[2] = {}; m.writable = true`,
			box{Mounts: []mount{{Source: "/a", Writable: true}, {}}},
		},
		{`cmd.mounts = {{source = "/a"}, {}}; cmd.mounts[2] = nil`, box{Mounts: []mount{{Source: "/a"}}}},
		{`cmd.devices[1] = {}; cmd.devices[1].path = "/dev/fuse"`, box{Devices: []*device{{Path: "/dev/fuse"}}}},
		{`cmd.process.args[1] = "a"; cmd.process.args[2] = 2`, box{Process: process{Args: []string{"a", "2"}}}},
		{`cmd.size[2] = 80`, box{Size: [2]int{0, 80}}},

		{`cmd.labels.a = 1; cmd.labels.b = "2"; cmd.labels.a = nil`, box{Labels: map[string]string{"b": "2"}}},
		{
			`cmd.process.env = {B = 1, A = 2}; cmd.process.env.B = 3; cmd.process.env.C = 4; cmd.process.env.A = nil`,
			box{Process: process{Env: []string{"B=3", "C=4"}}},
		},
		{
			`cmd.process.env = {"A=1", "B=1", "A=2"}; assert(cmd.process.env.A == "2"); cmd.process.env.A = 3`,
			box{Process: process{Env: []string{"A=3", "B=1"}}},
		},

		// What is assigned is copied.
		{
			`cmd.limits.memory = 1; local other = new(); other.limits = cmd.limits; other.limits.memory = 2`,
			box{Limits: &limits{Memory: 1}},
		},
		{
			`local o = new(); o.process.args = {"a"}; cmd.process = o.process; o.process.args[1] = "b"`,
			box{Process: process{Args: []string{"a"}}},
		},
		{`local o = new(); o.labels.a = 1; cmd.labels = o.labels; o.labels.a = 2`, box{Labels: map[string]string{"a": "1"}}},
		{`cmd.extra = {cmd.labels, {1}}`, box{Extra: []any{map[string]string(nil), []any{1.0}}}},
	} {
		v := newVM(t)
		var got box
		v.record(&got, bind.RecordOptions{Aliases: map[string]string{"user": "process.user"}})
		v.publish(t, bind.Func{Name: "new", Fn: func() any { return v.Record(v.LState, &box{}, "other", bind.RecordOptions{}) }})
		v.run(t, test.lua)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.lua, diff)
		}
	}
}

func TestRecordRefusals(t *testing.T) {
	sample := func() *box {
		return &box{ID: "web", Process: process{Args: []string{"a"}}, Mounts: []mount{{Source: "/a"}, {Source: "/b"}}}
	}
	v := newVM(t)
	b := sample()
	v.record(b, bind.RecordOptions{})
	v.run(t, `cmd.mounts[3] = {}; gone = cmd.mounts[3]; cmd.mounts[3] = nil`)
	v.check(t, `
		cmd.limits.memroy = "64m"         --! no field "memroy" in cmd.limits (did you mean "memory"?)
		cmd.mem_limit = "64m"             --! no field "mem_limit" in cmd (did you mean "limits.memory"?)
		cmd.limits.memory = "64x"         --! cmd.limits.memory: "64x" is no size
		cmd.limits.weight = 1.5           --! cmd.limits.weight: integer expected, got 1.5
		cmd.limits = {shares = 1, x = 2}  --! no field "x" in cmd.limits
		cmd.limits = cmd.process          --! cmd.limits: limits expected, got process
		cmd.process = cmd.mounts          --! cmd.process: process expected, got mount[]
		cmd.process.env = cmd.process.args  --! cmd.process.env: table expected, got string[]
		cmd.process.args = "a"            --! cmd.process.args: list expected, got string (write { … })
		cmd.process.args[3] = "x"         --! cmd.process.args[3]: out of range: the list has 1 entries
		cmd.process.args[0] = "x"         --! cmd.process.args[0]: out of range: the list has 1 entries
		cmd.process.args[1] = {}          --! cmd.process.args[1]: text or number expected, got table
		cmd.mounts[1] = nil               --! cmd.mounts[1]: only the last entry of a list can be removed
		cmd.size[1] = nil                 --! cmd.size[1]: only the last entry of a list can be removed
		cmd.size[3] = 1                   --! cmd.size[3]: out of range: the list has 2 entries
		cmd.mounts[2].sourc = "/"         --! no field "sourc" in cmd.mounts[2] (did you mean "source"?)
		cmd.labels.a = {}                 --! cmd.labels.a: text or number expected, got table
		cmd.process.env["A=B"] = 1        --! cmd.process.env: a name of the environment is not empty and has no =
		gone.source = "/"                 --! cmd.mounts[3]: is gone
	`)
	if diff := cmp.Diff(sample(), b); diff != "" {
		t.Errorf("a refused assignment changed the record:\n%s", diff)
	}
}

func TestReadOnlyRecord(t *testing.T) {
	v := newVM(t)
	v.record(&box{ID: "web", Mounts: []mount{{}}}, bind.RecordOptions{ReadOnly: true})
	v.check(t, `
		cmd.id                         --> web
		cmd.id = "x"                   --! cmd: record is read-only
		cmd.limits.memory = 1          --! cmd.limits: record is read-only
		cmd.mounts[1].source = "/"     --! cmd.mounts[1]: record is read-only
		cmd.mounts[2] = {}             --! cmd.mounts: record is read-only
		cmd.labels.a = 1               --! cmd.labels: record is read-only
	`)
}

func TestRecordValue(t *testing.T) {
	v := newVM(t)
	b := &box{ID: "web"}
	v.record(b, bind.RecordOptions{})
	if got, ok := bind.RecordValue(v.eval(t, "cmd")); !ok || got != any(b) {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := bind.RecordValue(v.eval(t, "cmd.process")); !ok || got != any(&b.Process) {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := bind.RecordValue(v.eval(t, "cmd.limits")); !ok || got != any((*limits)(nil)) {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, ok := bind.RecordValue(v.eval(t, "{}")); ok {
		t.Error("a table is a record")
	}
}

// A record, a table and a missing argument all do for a parameter that is a record.
func TestRecordAsArgument(t *testing.T) {
	v := newVM(t)
	v.record(&box{ID: "web"}, bind.RecordOptions{})
	v.publish(t, bind.Func{Name: "start", Params: []bind.Param{{Name: "command", Optional: true}}, Fn: func(b *box) string {
		if b == nil {
			return "nothing"
		}
		id := b.ID
		b.ID = "changed"
		return id
	}})
	v.check(t, `
		start(cmd)           --> web
		cmd.id               --> web
		start({id = "db"})   --> db
		start()              --> nothing
		start(cmd.process)   --! bad argument #1 to "start" (command): box expected, got process
	`)
}

func TestClone(t *testing.T) {
	b := &box{
		Process: process{Args: []string{"a"}}, Limits: &limits{Swappiness: ptr(int64(1))}, Mounts: []mount{{}},
		Devices: []*device{{}}, Labels: map[string]string{"a": "1"}, Untold: "kept",
	}
	type embedding struct{ process }
	e := embedding{process{Args: []string{"a"}}}
	if bind.Clone(e).Args[0] = "b"; e.Args[0] != "a" {
		t.Errorf("the original changed: %+v", e)
	}
	if eng := (struct{ E *engine }{&engine{}}); bind.Clone(eng).E != eng.E {
		t.Error("an object was copied")
	}
	c := bind.Clone(b)
	if diff := cmp.Diff(b, c); diff != "" {
		t.Fatal(diff)
	}
	c.Process.Args[0], *c.Limits.Swappiness, c.Mounts[0].Source, c.Devices[0].Path, c.Labels["a"] = "b", 2, "/", "/", "2"
	if b.Process.Args[0] != "a" || *b.Limits.Swappiness != 1 || b.Mounts[0].Source != "" || b.Devices[0].Path != "" || b.Labels["a"] != "1" {
		t.Errorf("the original changed: %+v", b)
	}
	if got := bind.Clone[any](nil); got != nil {
		t.Errorf("got %v", got)
	}
}
