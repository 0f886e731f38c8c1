package bind_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

func TestTypes(t *testing.T) {
	for _, row := range []struct {
		f    bind.Func
		want string
	}{
		{bind.Func{Fn: func(context.Context, string, ...int) (bool, error) { return false, nil }}, "[string int] [bool]"},
		{bind.Func{Fn: func(*lua.LState, lua.LValue) {}}, "[lua.LValue] []"},
		{bind.Func{Fn: func(e *engine, n int) *engine { return e }, Method: true}, "[int] [*bind_test.engine]"},
		{bind.Func{Fn: func(*lua.LState) int { return 0 }}, "[] []"},
		{bind.Func{}, "[] []"},
	} {
		in, out := row.f.Types()
		if got := fmt.Sprint(in, " ", out); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
	}
}

type described struct {
	Any   lua.LValue `json:"any"`
	Named lua.LValue `json:"named" lua:"string|function"`
}

func TestTypeTag(t *testing.T) {
	fields := bind.Fields(reflect.TypeFor[described]())
	if fields[0].Type != "any" || fields[1].Type != "string|function" {
		t.Errorf("got %s and %s", fields[0].Type, fields[1].Type)
	}
}
