local template = require("execlua.template")
print(template.render("server {{.name}}:{{.port}};", { name = "web", port = 8080 })) --> server web:8080;
local t = template.compile [[
{{- range $i, $p := .ports}}{{if $i}}, {{end}}{{$p}}{{end}} {{.names | join "+"}} {{upper .who | printf "%-6s|"}}
{{- range $k, $v := .labels}} {{$k}}={{$v}}{{end}}]]
print(t:render { ports = { 80, 443 }, names = { "a", "b" }, who = "me", labels = { b = 2, a = 1.5 } }) --> 80, 443 a+b ME    | a=1.5 b=2
print(template.render([[{{if has "x" .}}has{{else}}lacks{{end}} {{index . "x" | default "none"}}]], { y = 1 })) --> lacks none
print(template.render([[{{json .}} {{shell .a}} {{keys . | join ","}} {{replace "b" "c" .a | trim}}]], { a = "b c", n = 10000000 })) --> {"a":"b c","n":10000000} 'b c' a,n c c
print(template.render([[{{define "row"}}<{{.}}>{{end}}{{range .}}{{template "row" .}}{{end}}]], { 1, 2 })) --> <1><2>
print(template.render("{{.}}", "text"), template.render("plain")) --> text	plain
print(template.render([[{{indent 2 "a\nb"}}]])) -->   a
-->   b
---
-- A field that is missing is an error, with its place.
local template = require("execlua.template")
template.render("a\n{{.nope}}", { x = 1 }) --! template: text:2:2: executing "text" at <.nope>: map has no entry for key "nope"
---
require("execlua.template").compile("{{if}}") --! template: text:1: missing value for if
---
require("execlua.template").render("{{.}}", { print }) --! data[1]: data expected, got function
---
-- Templates that would not end.
local template = require("execlua.template")
local function fails(text, data) return (select(2, pcall(template.render, text, data)).message) end
print(fails("{{range 1000000000}}" .. ("x"):rep(1e5) .. "{{end}}")) --> result: 16800000 bytes are too many, the limit is 16777216
print(fails([[{{$x := "ab"}}{{range 100}}{{$x = print $x $x}}{{end}}]]):match("result: %d+ bytes are too many")) --> result: 33554432 bytes are too many
print(fails([[{{printf "%999999d" 1}}]]):match("a width.*")) --> a width is a number of up to three digits
print(fails([[{{printf "%*d" 9999 1}}]]):match("a width.*")) --> a width is a number of up to three digits
print(fails([[{{print .}}]], { 1 }):match("text or a number expected")) --> text or a number expected
print((pcall(template.render, [[{{call .}}]], { 1 }))) --> false
local task = require("execlua.task")
for _, text in ipairs { "{{range 1000000000}}{{end}}", [[{{define "a"}}{{template "a"}}{{template "a"}}{{end}}{{template "a"}}]] } do
  local endless = task.spawn(template.render, text)
  task.sleep("1ms")
  endless:cancel()
  print((pcall(endless.wait, endless)))
end
--> false
--> false
