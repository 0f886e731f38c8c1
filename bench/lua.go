package main

import (
	"context"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

// plainLua, as the first argument, makes this program a plain gopher-lua that
// runs the file in the second: what the host is built on, without the host.
const plainLua = "gopher-lua"

func runPlainLua(file string) error {
	L := lua.NewState()
	defer L.Close()
	return L.DoFile(file)
}

// program runs one Lua file by each implementation.
func (b *bench) program(file, about string) *benchCase {
	script := b.script(file + ".lua")
	self := sampler(func(ctx context.Context) ([]float64, error) {
		program, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return timed(program, plainLua, script)(ctx)
	})
	return &benchCase{
		name: file, about: about + ", whole process", metrics: []string{"ms"},
		contenders: []*contender{
			{name: "execlua", sample: timed(b.execlua, script)},
			{name: "gopher-lua", sample: self},
			{name: "lua5.4", sample: timed("lua5.4", script)},
		},
	}
}

// programs are the classics.
func (b *bench) programs() []*benchCase {
	return []*benchCase{
		b.program("fib", "recursive calls and arithmetic"),
		b.program("strings", "format, rep, concat, gmatch, gsub"),
		b.program("sort", fmt.Sprintf("table.sort of %d numbers, with a comparator too", 60000)),
	}
}
