package bind_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/execlua/execlua/luabind/bind"
)

func ptr[T any](v T) *T { return &v }

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		lua  string
		want box
	}{
		{`{}`, box{}},
		{
			`{id = "web", tty = true, size = {24, 80}, payload = "a\0b"}`,
			box{ID: "web", Tty: true, Size: [2]int{24, 80}, Payload: []byte("a\x00b")},
		},
		{
			`{limits = {memory = "64m", swap = "1.5g", shares = 255, cpus = 0.5, swappiness = 0}}`,
			box{Limits: &limits{Memory: 64 << 20, Swap: 3 << 29, Shares: 255, CPUs: 0.5, Swappiness: ptr(int64(0))}},
		},
		{`{limits = {memory = "512KiB", swap = 4096}}`, box{Limits: &limits{Memory: 512 << 10, Swap: 4096}}},
		{
			`{limits = {memory = "max", swap = "max", files = "max"}}`,
			box{Limits: &limits{Memory: -1, Swap: ^uint64(0), Files: ^uint64(0)}},
		},
		{`{limits = {memory = 2^53, weight = -2^31}}`, box{Limits: &limits{Memory: 1 << 53, Weight: -1 << 31}}},
		{
			`{grace = "1m30s", limits = {period = 0.25}}`,
			box{Grace: ptr(90 * time.Second), Limits: &limits{Period: 250 * time.Millisecond}},
		},
		{
			`{process = {args = {"sleep", 1, 1.5, 1e21}}}`,
			box{Process: process{Args: []string{"sleep", "1", "1.5", "1000000000000000000000"}}},
		},
		{
			`{labels = {app = "web", slot = 2, [7] = "x"}}`,
			box{Labels: map[string]string{"app": "web", "slot": "2", "7": "x"}},
		},
		{
			`{process = {env = {B = "2", A = 1, ["my.key"] = "a=b"}}}`,
			box{Process: process{Env: []string{"A=1", "B=2", "my.key=a=b"}}},
		},
		{`{process = {env = {"B=2", "A=", "B=3"}}}`, box{Process: process{Env: []string{"B=2", "A=", "B=3"}}}},
		{
			`{mounts = {{source = "/a"}, {source = "/b", writable = true}}, devices = {{path = "/dev/fuse"}}}`,
			box{Mounts: []mount{{Source: "/a"}, {Source: "/b", Writable: true}}, Devices: []*device{{Path: "/dev/fuse"}}},
		},
		{
			`{extra = {a = {1, "two", true}, b = {}}}`,
			box{Extra: map[string]any{"a": []any{1.0, "two", true}, "b": map[string]any{}}},
		},
	} {
		v := newVM(t)
		var got box
		if err := v.Decode(v.eval(t, test.lua), &got, "box"); err != nil {
			t.Errorf("%s: %v", test.lua, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.lua, diff)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, test := range []struct{ lua, want string }{
		{`5`, `box: table expected, got number`},
		{`{id = 5}`, `box.id: string expected, got number (write "5")`},
		{`{id = {}}`, `box.id: string expected, got table`},
		{`{tty = "yes"}`, `box.tty: boolean expected, got string`},
		{`{secret = "x"}`, `no field "secret" in box`},
		{`{Untold = "x"}`, `no field "Untold" in box`},
		{`{"sleep"}`, `box: a name expected for each entry, got the key [1]`},
		{`{[print] = 1}`, `box: a name expected for each entry, got the key a function`},
		{`{limits = {memroy = "64m"}}`, `no field "memroy" in box.limits (did you mean "memory"?)`},
		{`{name = "web"}`, `no field "name" in box (did you mean "id"?)`},
		{`{mem_limit = "1g"}`, `no field "mem_limit" in box (did you mean "limits.memory"?)`},
		{`{limits = {mem_limit = "1g"}}`, `no field "mem_limit" in box.limits`},

		{`{limits = {weight = 1.5}}`, `box.limits.weight: integer expected, got 1.5`},
		{`{limits = {weight = 0/0}}`, `box.limits.weight: integer expected, got NaN`},
		{`{limits = {weight = 1/0}}`, `box.limits.weight: integer expected, got +Inf`},
		{`{limits = {weight = 2^31}}`, `box.limits.weight: 2147483648 is out of range: -2147483648 to 2147483647`},
		{`{limits = {weight = "max"}}`, `box.limits.weight: integer expected, got string`},
		{`{limits = {shares = 256}}`, `box.limits.shares: 256 is out of range: 0 to 255`},
		{`{limits = {shares = -1}}`, `box.limits.shares: -1 is out of range: 0 to 255`},
		{`{limits = {files = 2^60}}`, `box.limits.files: 1152921504606847000 is out of range: 0 to 9007199254740992`},
		{`{limits = {memory = "64x"}}`, `box.limits.memory: "64x" is no size: write "64m", "1.5g", "max" or a number of bytes`},
		{`{limits = {memory = "-1"}}`, `box.limits.memory: "-1" is no size: write "64m", "1.5g", "max" or a number of bytes`},
		{`{limits = {memory = "99999p"}}`, `box.limits.memory: 99999p is out of range: -9007199254740992 to 9007199254740992`},
		{`{limits = {memory = {}}}`, `box.limits.memory: size expected, got table`},
		{`{limits = {cpus = "2"}}`, `box.limits.cpus: number expected, got string`},
		{`{limits = {cpus = 1/0}}`, `box.limits.cpus: number expected, got +Inf`},

		{`{grace = "5"}`, `box.grace: "5" is no duration: write "500ms", "1m30s" or a number of seconds`},
		{`{grace = "-5s"}`, `box.grace: "-5s" is negative`},
		{`{grace = -1}`, `box.grace: -1 is out of range: 0 to 9223372036 seconds`},
		{`{grace = 1e300}`, `box.grace: 1` + strings.Repeat("0", 300) + ` is out of range: 0 to 9223372036 seconds`},
		{`{grace = true}`, `box.grace: duration expected, got boolean`},

		{`{process = {args = "sleep 1"}}`, `box.process.args: list expected, got string (write { … })`},
		{`{process = {args = {"a", true}}}`, `box.process.args[2]: text or number expected, got boolean`},
		{`{process = {args = {"a", nil, "c"}}}`, `box.process.args: the list has a hole at [2]`},
		{`{process = {args = {"a", n = 1}}}`, `box.process.args: a list has the keys 1 to n only, got n`},
		{`{process = {args = {[0] = "a"}}}`, `box.process.args: a list has the keys 1 to n only, got [0]`},
		{`{process = {env = {"NAME"}}}`, `box.process.env[1]: KEY=value expected, got "NAME"`},
		{`{process = {env = {"A=1", B = 2}}}`, `box.process.env: a list has the keys 1 to n only, got B`},
		{`{process = {env = {["A=B"] = 1}}}`, `box.process.env["A=B"]: a name of the environment is not empty and has no =`},
		{`{process = {env = {A = true}}}`, `box.process.env.A: text or number expected, got boolean`},
		{`{process = {env = "A=1"}}`, `box.process.env: table expected, got string`},
		{`{labels = {["a b"] = {}}}`, `box.labels["a b"]: text or number expected, got table`},
		{`{labels = {[true] = "x"}}`, `box.labels: text or numbers expected for keys, got a boolean`},
		{`{mounts = {{source = "/a"}, {sourc = "/b"}}}`, `no field "sourc" in box.mounts[2] (did you mean "source"?)`},
		{`{mounts = {{writable = 1}}}`, `box.mounts[1].writable: boolean expected, got number`},
		{`{size = {1}}`, `box.size: 2 entries expected, got 1`},
		{`{payload = 1}`, `box.payload: string expected, got number`},
		{`{notify = "f"}`, `box.notify: function expected, got string`},
		{`{extra = {f = print}}`, `box.extra.f: data expected, got function`},
	} {
		v := newVM(t)
		err := v.Decode(v.eval(t, test.lua), &box{}, "box")
		var field *bind.FieldError
		if !errors.As(err, &field) || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.lua, err, test.want)
		}
	}
}

func TestDecodeRefusesBottomlessTables(t *testing.T) {
	for _, script := range []string{
		`local t = {}; t.t = t; return t`,
		`local t = {}; for _ = 1, 40 do t = {t = t} end; return t`,
		`local t = {}; for _ = 1, 30 do t = {t, t} end; return t`, // a billion entries
	} {
		v := newVM(t)
		v.run(t, script)
		var dst any
		err := v.Decode(v.Get(-1), &dst, "data")
		var field *bind.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%s: got %v", script, err)
		}
	}
}

// Decoding into a value that is there already is how a variant is derived:
// records, maps and environments merge, lists and scalars replace.
func TestDecodeMerges(t *testing.T) {
	base := box{
		ID: "web", Limits: &limits{Memory: 1, Shares: 2}, Labels: map[string]string{"a": "1", "b": "2"},
		Process: process{User: "root", Args: []string{"a", "b"}, Env: []string{"Z=1", "A=1"}},
	}
	v := newVM(t)
	got := bind.Clone(base)
	err := v.Decode(v.eval(t, `{limits = {shares = 3}, labels = {b = 3}, process = {args = {"c"}, env = {A = 2, B = 3}}}`), &got, "")
	want := box{
		ID: "web", Limits: &limits{Memory: 1, Shares: 3}, Labels: map[string]string{"a": "1", "b": "3"},
		Process: process{User: "root", Args: []string{"c"}, Env: []string{"Z=1", "A=2", "B=3"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if base.Limits.Shares != 2 || base.Labels["b"] != "2" || base.Process.Env[1] != "A=1" {
		t.Errorf("the original changed: %+v", base)
	}
}
