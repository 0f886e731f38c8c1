package bind_test

import (
	"errors"
	"math"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

func TestEncode(t *testing.T) {
	type stats struct {
		Read   time.Time     `json:"read"`
		Took   time.Duration `json:"took"`
		Usage  uint64        `json:"usage" unit:"bytes"`
		Limit  *uint64       `json:"limit" unit:"bytes"`
		Max    uint64        `json:"max"`
		Time   uint64        `json:"time" unit:"nanoseconds"`
		Signal string        `json:"signal,omitempty"`
		Err    error         `json:"err"`
		Box    *box          `json:"box"`
	}
	v := newVM(t)
	v.SetGlobal("s", bind.Encode(v.LState, &stats{
		Read: time.Unix(1700000000, 5e8), Took: 1500 * time.Millisecond, Usage: 4096,
		Limit: ptr(uint64(math.MaxInt64)), Max: math.MaxUint64, Time: 1 << 60, Err: errors.New("gone"),
		Box: &box{
			ID: "web", Payload: []byte("a\x00b"), Secret: "s", Mounts: []mount{{Source: "/a"}},
			Labels: map[string]string{"app": "web"}, Process: process{Args: []string{"a", "b"}, Env: []string{"A=1", "B=x=y"}},
		},
	}))
	v.SetGlobal("zero", bind.Encode(v.LState, stats{}))
	v.check(t, `
		s.read == 1700000000.5                 --> true
		s.took                                 --> 1.5
		s.usage                                --> 4096
		s.limit                                --> nil
		s.max                                  --> nil
		s.time == 2^60                         --> true
		s.signal                               --> nil
		s.err                                  --> gone
		s.box.id .. #s.box.payload             --> web3
		s.box.secret                           --> nil
		s.box.mounts[1].source                 --> /a
		s.box.mounts[1].writable               --> false
		#s.box.devices                         --> 0
		s.box.labels.app                       --> web
		table.concat(s.box.process.args, " ")  --> a b
		s.box.process.env.B                    --> x=y
		s.box.limits                           --> nil
		zero.read                              --> nil
		zero.box                               --> nil
		zero.usage                             --> 0
	`)
}

func TestEncodeValues(t *testing.T) {
	v := newVM(t)
	for _, test := range []struct {
		v    any
		want lua.LValue
	}{
		{nil, lua.LNil},
		{(*box)(nil), lua.LNil},
		{1, lua.LNumber(1)},
		{"a", lua.LString("a")},
		{true, lua.LTrue},
		{lua.LString("b"), lua.LString("b")},
		{uint8(200), lua.LNumber(200)},
		{ptr(2.5), lua.LNumber(2.5)},
	} {
		if got := bind.Encode(v.LState, test.v); got != test.want {
			t.Errorf("%#v: got %v, want %v", test.v, got, test.want)
		}
	}
	if ud, ok := bind.Encode(v.LState, make(chan int)).(*lua.LUserData); !ok || ud.Metatable != nil {
		t.Error("a channel is more than an opaque value")
	}
}
