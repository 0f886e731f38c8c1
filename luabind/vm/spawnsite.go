package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// spawnSite is where a task was spawned. Every task has one, so that it is a few
// words, and becomes text when the task has failed.
type spawnSite struct {
	source  string
	line    int
	defined int        // the line where the function around it begins; 0 is the main chunk
	outer   *spawnSite // where the task was spawned that has spawned this one
}

// maxSites bounds how many of them, one task spawned by the other, are kept: tasks
// may follow each other for ever.
const maxSites = 8

// siteOf is the innermost Lua code on the stack of L, which calls Spawn.
func siteOf(L *lua.LState, outer *spawnSite) *spawnSite {
	site := &spawnSite{outer: outer.cut(maxSites - 1)}
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return site.outer
		}
		if _, err := L.GetInfo("Sl", frame, lua.LNil); err == nil && frame.CurrentLine > 0 {
			site.source, site.line, site.defined = frame.Source, frame.CurrentLine, frame.LineDefined
			return site
		}
	}
}

// cut copies what is beyond n sites away, if there is so much.
func (s *spawnSite) cut(n int) *spawnSite {
	length := 0
	for at := s; at != nil; at = at.outer {
		length++
	}
	if length <= n {
		return s
	}
	return s.first(n)
}

func (s *spawnSite) first(n int) *spawnSite {
	if n == 0 {
		return nil
	}
	site := *s
	site.outer = s.outer.first(n - 1)
	return &site
}

// String is one line of a traceback for each task.
func (s *spawnSite) String() string {
	var lines []string
	for ; s != nil; s = s.outer {
		where := "main chunk"
		if s.defined > 0 {
			where = fmt.Sprintf("function <%s:%d>", s.source, s.defined)
		}
		lines = append(lines, fmt.Sprintf("\t(spawned by)\n\t%s:%d: in %s", s.source, s.line, where))
	}
	return strings.Join(lines, "\n")
}

// spawned adds to the traceback of a task that has failed where it was spawned.
func (e *ScriptError) spawned(at *spawnSite) {
	if at == nil {
		return
	}
	if e.Traceback == "" {
		e.Traceback = strings.TrimSuffix(tracebackHeader, "\n")
	}
	e.Traceback += "\n" + at.String()
}
