package vm

import (
	"maps"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Coverage counts which lines of files have run. Any number of VMs may count into
// one, each at several times the time that its scripts take otherwise.
//
// A line is one that the compiler made code for: a statement, its continuation, or
// the end of a while loop, which jumps back; no else, and no other end. Whether a
// line has run is exact. How often is how often execution came to it from another
// line: a loop within one line counts once, a call whose arguments stand on further
// lines twice, and so does an if with an else when its first branch has run.
type Coverage struct {
	mu     sync.Mutex
	files  map[string]map[int]int
	protos map[*lua.FunctionProto]map[int]int
}

// Files returns how often each line of each file has run, by file and line.
func (c *Coverage) Files() map[string]map[int]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]map[int]int, len(c.files))
	for name, lines := range c.files {
		out[name] = maps.Clone(lines)
	}
	return out
}

// add makes the lines of a file known, as ones that have not run. nil adds nothing.
func (c *Coverage) add(proto *lua.FunctionProto) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil {
		c.files = make(map[string]map[int]int)
		c.protos = make(map[*lua.FunctionProto]map[int]int)
	}
	if c.files[proto.SourceName] == nil {
		c.files[proto.SourceName] = make(map[int]int)
	}
	c.addLocked(proto, c.files[proto.SourceName])
}

func (c *Coverage) addLocked(proto *lua.FunctionProto, lines map[int]int) {
	c.protos[proto] = lines
	positions := proto.DbgSourcePositions
	for _, line := range positions[:max(len(positions)-1, 0)] { // the last is the return that every function ends with
		if line > 0 {
			lines[line] += 0
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		c.addLocked(inner, lines)
	}
}

func (c *Coverage) count(proto *lua.FunctionProto, line int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, known := c.protos[proto][line]; known {
		c.protos[proto][line] = n + 1
	}
}

// observer notes the lines that a thread comes to.
type observer struct {
	coverage *Coverage
	proto    *lua.FunctionProto
	line     int
}

// look notes where the thread is.
func (o *observer) look(thread *lua.LState) {
	frame, ok := thread.GetStack(0)
	if !ok {
		return
	}
	fn, _ := thread.GetInfo("fl", frame, nil) // fails for what is no function
	if f, ok := fn.(*lua.LFunction); ok && !f.IsG && (f.Proto != o.proto || frame.CurrentLine != o.line) {
		o.proto, o.line = f.Proto, frame.CurrentLine
		o.coverage.count(o.proto, o.line)
	}
}
