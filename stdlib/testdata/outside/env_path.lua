-- The environment is the script's own view.
local env = require("execlua.env")
print(env.get("HOME"), env.get("NOWHERE"), env.get("NOWHERE", "default")) --> /home/someone	nil	default
env.set("COLOUR", "blue")
print(env.get("COLOUR"), env.all().COLOUR, os.getenv("COLOUR")) --> blue	blue	blue
env.set("COLOUR", nil)
print(env.get("COLOUR"), os.getenv("COLOUR")) --> nil	nil
print(env.require("HOME")) --> /home/someone
local ok, err = pcall(env.require, "NOWHERE")
print(err.code, err.op, err.message) --> not_found	env.require	env.require "NOWHERE": not found: the environment has no such variable
print(select(2, pcall(env.require, "EMPTY")).code) --> not_found
print(select(2, pcall(env.set, "A=B", "c")).message) --> name: "A=B" is no name for a variable
print(select(2, pcall(env.set, "A", "b\0c")).message) --> name: the value of A has a zero byte
print(select(2, pcall(env.set, "N", 5)).message) --> bad argument #2 to "set" (value): string expected, got number (write "5")
env.require("NOWHERE") --! the environment has no such variable
---
-- Names of files, without a look at them.
local path = require("execlua.path")
print(path.join("a", "", "../b", "/c"), path.join()) --> b/c	
print(path.base("/a/b.tar.gz"), path.dir("/a/b.tar.gz"), path.ext("/a/b.tar.gz")) --> b.tar.gz	/a	.gz
print(path.dir("b"), path.ext("b") == "", path.clean("a//b/./../c/")) --> .	true	a/c
print(path.is_abs("/a"), path.is_abs("a")) --> true	false
print(path.abs("/a/../b"), path.abs("c", "/a/b"), path.abs("../c", "/a/b")) --> /b	/a/b/c	/a/c
print(path.is_abs(path.abs("x")), path.base(path.abs("x"))) --> true	x
print(path.rel("/a/b/c", "/a/d"), path.rel("a", "a")) --> ../b/c	.
print(select(2, pcall(path.rel, "a", "/b")).code) --> invalid
print(path.match("*.lua", "a.lua"), path.match("*.lua", "b/a.lua")) --> true	false
print(select(2, pcall(path.match, "[", "a")).message) --> pattern: an unfinished [ or \
