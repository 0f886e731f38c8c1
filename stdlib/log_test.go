package stdlib_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/execlua/execlua/luabind"
)

// newLogger writes lines without their time from level info on.
func newLogger(out *bytes.Buffer) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Name: "host", Level: hclog.Info, Output: out, DisableTime: true})
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	_, err := runOutside(t, "log.lua", `
		local log, task = require("execlua.log"), require("execlua.task")
		log.debug("below the level")
		log.info("plain")
		log.warn("with fields", { pid = 5, ratio = 0.5, ok = true, name = "a b", list = { 1, "x" } })
		local ok, err = pcall(require("execlua.fs").read, "/none")
		log.error("an error", { err = err, fn = print })
		log.named("web"):with({ slot = 1 }):info("named", { more = 2 })
		log.named("web"):named("db"):info("deeper")
		local loop = {}
		loop.loop = loop
		log.info("a loop", { loop = loop })
		log.info(12)
		assert(select(2, pcall(log.info, "x", { 1, 2 })).message == "fields: names expected: { name = value, … }")
		local t = task.spawn(function() pcall(task.sleep, "1h") log.info("after cancel") end)
		t:cancel()
		t:wait()`, func(o *luabind.Options) { o.Logger = newLogger(&out) })
	if err != nil {
		t.Fatal(err)
	}
	const want = `[INFO]  host: plain
[WARN]  host: with fields: list=[1, x] name="a b" ok=true pid=5 ratio=0.5
[ERROR] host: an error: err="fs.read \"/none\": no such file or directory" fn=function
[INFO]  host.web: named: slot=1 more=2
[INFO]  host.web.db: deeper
[INFO]  host: a loop: loop="map[loop:map[loop:map[loop:…]]]"
[INFO]  host: 12
[INFO]  host: after cancel
`
	if out.String() != want {
		t.Errorf("logged:\n%s\nwant:\n%s", &out, want)
	}
}

// Where there is no terminal a bar is a line at its end, and one that the script
// leaves is done with it.
func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	start := time.Now()
	_, err := runOutside(t, "bar.lua", `
		local progress = require("execlua.progress")
		local bar = progress.bar { total = 4, label = "encode", unit = "files" }
		for _ = 1, 5 do bar:add(1) end
		progress.bar { total = 3e6, label = "copy\27[2J", unit = "bytes" }:add(1e6)
		progress.bar { label = "count" }:add(7)`, func(o *luabind.Options) { o.Stderr = &out })
	if err != nil {
		t.Fatal(err)
	}
	const want = `encode 100% 4/4 files 0s
count 7 0s
copy[2J  33% 976.6KiB/2.861MiB 0s
`
	if got := out.String(); got != want && time.Since(start) < 500*time.Millisecond {
		t.Errorf("shown:\n%s\nwant:\n%s", got, want)
	}
}
