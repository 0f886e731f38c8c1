//go:build linux && cgo

package main

import (
	"slices"
	"testing"
)

func TestModulePath(t *testing.T) {
	fixed := []string{
		"/usr/local/share/execlua/lua/?.lua", "/usr/local/share/execlua/lua/?/init.lua",
		"/usr/local/share/lua/5.1/?.lua", "/usr/local/share/lua/5.1/?/init.lua",
		"/usr/share/lua/5.1/?.lua", "/usr/share/lua/5.1/?/init.lua",
	}
	for _, row := range []struct {
		name, dir string
		env       map[string]string
		want      []string // before the fixed ones
	}{
		{"the script's directory is first", "/srv/jobs", nil, []string{"/srv/jobs/?.lua", "/srv/jobs/?/init.lua"}},
		{"a script here", ".", nil, []string{"?.lua", "?/init.lua"}},
		{
			"the environment, ours first", ".",
			map[string]string{"LUA_PATH": "/l/?.lua;;", "EXECLUA_PATH": "/e/?.lua;/f/?.lua"},
			[]string{"?.lua", "?/init.lua", "/e/?.lua", "/f/?.lua", "/l/?.lua"},
		},
		{
			"home", ".",
			map[string]string{"HOME": "/home/ada"},
			[]string{"?.lua", "?/init.lua", "/home/ada/.local/share/execlua/lua/?.lua", "/home/ada/.local/share/execlua/lua/?/init.lua"},
		},
		{
			"XDG_DATA_HOME", ".",
			map[string]string{"HOME": "/home/ada", "XDG_DATA_HOME": "/data"},
			[]string{"?.lua", "?/init.lua", "/data/execlua/lua/?.lua", "/data/execlua/lua/?/init.lua"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := modulePath(row.dir, func(name string) string { return row.env[name] })
			if want := slices.Concat(row.want, fixed); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}
