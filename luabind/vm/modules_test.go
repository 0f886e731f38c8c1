package vm_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/execlua/execlua/luabind/vm"
)

func TestRequireFromFS(t *testing.T) {
	modules := fstest.MapFS{
		"greet.lua":          {Data: []byte(`return { hello = "hello " .. require("names.best") }`)},
		"names/best.lua":     {Data: []byte(`return (...)`)},
		"deep/er/init.lua":   {Data: []byte(`#!/usr/bin/env execlua` + "\nerror('on line 2')")},
		"broken.lua":         {Data: []byte(`return =`)},
		"directory.lua/x.md": {},
	}
	for _, host := range []bool{false, true} {
		s := newScript(t, vm.Options{Source: modules, Host: host})
		err := s.run(`
			print(require("greet").hello, require("greet") == require("greet"))
			for _, name in ipairs { "deep.er", "broken", "missing", "../greet", "directory" } do
				print((select(2, pcall(require, name)):gsub("\n.*", "")))
			end
			print((select(2, pcall(require, "missing")):match("no file 'missing/init.lua' among the host's")))`)
		if err != nil {
			t.Fatal(err)
		}
		s.printed(t, strings.Split(`hello names.best	true
deep/er/init.lua:2: on line 2
script:4: cannot load module 'broken': broken.lua:1: syntax error near '='
script:4: module 'missing' not found:
script:4: module '../greet' not found:
script:4: module 'directory' not found:
no file 'missing/init.lua' among the host's`, "\n")...)
	}
}
