package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const tracebackHeader = "stack traceback:\n"

// JoinTracebacks makes one of the traceback of Lua code that another task, or Go
// for it, has called, and of the caller's.
func JoinTracebacks(inner, relation, outer string) string {
	outer = strings.TrimPrefix(outer, tracebackHeader)
	switch {
	case inner == "":
		return tracebackHeader + outer
	case outer == "":
		return inner
	}
	return inner + "\n\t(" + relation + ")\n" + outer
}

// bottomFunction names the function at the bottom of the traceback of a thread
// that a protected call has made: for gopher-lua it is the main chunk.
func bottomFunction(trace string, fn *lua.LFunction) string {
	rest, found := strings.CutSuffix(trace, " in main chunk\n\t[G]: ?")
	if !found || fn == nil || fn.IsG || fn.Proto.LineDefined == 0 {
		return trace
	}
	return rest + fmt.Sprintf(" in function <%s:%d>", fn.Proto.SourceName, fn.Proto.LineDefined)
}

// tidyTraceback drops the frames that stand for this package's own Go code. For
// gopher-lua they are the main chunk, and a chunk is a function at line 0.
func tidyTraceback(trace string) string {
	lines := strings.Split(trace, "\n")
	for len(lines) > 0 && strings.HasPrefix(lines[len(lines)-1], "\t[G]:") {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		if place, _, ok := strings.Cut(line, " in function <"); ok && strings.HasSuffix(line, ":0>") {
			lines[i] = place + " in main chunk"
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\t[G]:", "\t[Go]:")
}

// firstPosition is "file:line" of the first frame of a traceback that is Lua's.
func firstPosition(trace string) string {
	for line := range strings.Lines(trace) {
		place, _, found := strings.Cut(strings.TrimPrefix(line, "\t"), ": in ")
		if found && place != "[Go]" && place != "[G]" {
			return place
		}
	}
	return ""
}
