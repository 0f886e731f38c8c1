package bind_test

import (
	"errors"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// tables builds Lua values out of bytes, with the names that box knows among the keys.
type tables struct {
	data  []byte
	depth int
}

func (g *tables) next() byte {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return b
}

func (g *tables) value() lua.LValue {
	numbers := []float64{0, 1, -1, 1.5, 1 << 53, 1 << 60, math.NaN(), math.Inf(1), -1e300, 255, 256}
	texts := []string{"", "max", "64m", "1.5g", "500ms", "A=1", "=", "1e999p", "NaN", "\x00", "9999999999999999999"}
	switch b := g.next(); b % 6 {
	case 1:
		return lua.LBool(b > 127)
	case 2:
		return lua.LNumber(numbers[int(g.next())%len(numbers)])
	case 3:
		return lua.LString(texts[int(g.next())%len(texts)])
	case 4:
		return &lua.LUserData{Value: int(b)}
	case 5:
		if g.depth < 40 {
			return g.table()
		}
	}
	return lua.LNil
}

func (g *tables) table() lua.LValue {
	names := []string{
		"id", "tty", "process", "limits", "mounts", "devices", "labels", "grace", "size", "payload", "extra",
		"notify", "secret", "user", "args", "env", "memory", "swap", "shares", "weight", "cpus", "period", "source", "path",
	}
	g.depth++
	defer func() { g.depth-- }()
	t := &lua.LTable{}
	for n := int(g.next()) % 8; n > 0 && len(g.data) > 0; n-- {
		switch b := g.next(); {
		case b < 160:
			t.RawSetString(names[int(b)%len(names)], g.value())
		case b < 240:
			t.RawSetInt(int(b-160)%5, g.value())
		case b < 250:
			t.RawSetH(lua.LNumber(0.5), g.value())
		default:
			t.RawSetH(lua.LTrue, t) // it contains itself
		}
	}
	return t
}

// Whatever a script passes, decoding answers with a value or a *FieldError, and
// what it accepted can be copied and read back.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{5, 3, 0, 3, 2, 3, 5, 1, 16, 3, 2, 7, 3, 4})
	f.Add([]byte{5, 2, 4, 5, 2, 161, 5, 1, 22, 3, 1, 162, 5, 1, 22, 3, 2})
	f.Add([]byte{5, 1, 10, 5, 2, 161, 2, 6, 250, 5, 1, 255})
	f.Add([]byte{5, 1, 2, 5, 1, 15, 5, 1, 161, 3, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		lv := (&tables{data: data}).value()
		var b box
		var field *bind.FieldError
		if err := (&bind.Binder{}).Decode(lv, &b, "box"); err != nil {
			if !errors.As(err, &field) || err.Error() == "" {
				t.Fatalf("got %#v", err)
			}
			return
		}
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		bind.Encode(L, bind.Clone(b))
	})
}
