//go:build linux && cgo

package main

import (
	"path/filepath"
	"strings"
)

// modulePath is package.path: patterns in which ? stands for the module. The
// directory of the script comes first, "" is none; EXECLUA_PATH and LUA_PATH hold patterns
// as lua(1) wants them, separated by semicolons. Rocks in pure Lua are found
// where luarocks puts them.
func modulePath(scriptDir string, getenv func(string) string) []string {
	var path []string
	if scriptDir != "" {
		path = in(scriptDir)
	}
	for _, name := range []string{"EXECLUA_PATH", "LUA_PATH"} {
		for pattern := range strings.SplitSeq(getenv(name), ";") {
			if pattern != "" { // ";;" is where lua puts its default path; ours follows anyway
				path = append(path, pattern)
			}
		}
	}
	if data := dataHome(getenv); data != "" {
		path = append(path, in(filepath.Join(data, "execlua", "lua"))...)
	}
	path = append(path, in("/usr/local/share/execlua/lua")...)
	path = append(path, in("/usr/local/share/lua/5.1")...)
	return append(path, in("/usr/share/lua/5.1")...)
}

func in(dir string) []string {
	return []string{filepath.Join(dir, "?.lua"), filepath.Join(dir, "?", "init.lua")}
}

// dataHome is XDG_DATA_HOME. A relative one is invalid and to be ignored, says
// the XDG Base Directory Specification.
func dataHome(getenv func(string) string) string {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share")
	}
	return ""
}
