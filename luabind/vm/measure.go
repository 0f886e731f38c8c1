package vm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Holder is a Go value in a userdata that holds values of Lua. Values is called
// with the lock held.
type Holder interface {
	Values(yield func(lua.LValue))
}

// What gopher-lua needs for its values, in bytes, on 64 bits.
const (
	sizeValue    = 16  // an interface
	sizeNumber   = 8   // what the interface points to
	sizeTable    = 136 //
	sizeEntry    = 110 // of the hash part: three maps and a slice know it
	sizeFunction = 64
	sizeUpvalue  = 56
	sizeUserdata = 64
	sizeThread   = 1536 // and the registry
)

// measure sums up what the values of the VM hold, in bytes. It is an estimate: it
// follows everything that Lua code can reach, and knows of Go values only what a
// Holder shows. The lock is held.
func (v *VM) measure() uint64 {
	s := sizer{layout: v.layout, seen: make(map[unsafe.Pointer]bool)}
	s.add(v.main.G.Global)
	s.add(v.main.G.Registry)
	for thread := range v.threads {
		s.add(thread)
	}
	for task := range v.spawned {
		for _, value := range task.results {
			s.add(value)
		}
		for _, value := range task.args {
			s.add(value)
		}
	}
	for len(s.todo) > 0 {
		last := len(s.todo) - 1
		value := s.todo[last]
		s.todo = s.todo[:last]
		s.open(value)
	}
	return s.bytes
}

type sizer struct {
	layout layout
	bytes  uint64
	seen   map[unsafe.Pointer]bool
	todo   []lua.LValue // known, their contents not yet
}

// add counts a value unless it is known.
func (s *sizer) add(value lua.LValue) {
	switch value := value.(type) {
	case lua.LNumber:
		s.bytes += sizeNumber
	case lua.LString:
		s.bytes += sizeValue
		if p := unsafe.Pointer(unsafe.StringData(string(value))); len(value) > sizeValue && s.first(p) {
			s.bytes += uint64(len(value))
		}
	case *lua.LTable:
		s.later(unsafe.Pointer(value), value, sizeTable)
	case *lua.LFunction:
		s.later(unsafe.Pointer(value), value, sizeFunction)
	case *lua.LUserData:
		s.later(unsafe.Pointer(value), value, sizeUserdata)
	case *lua.LState:
		s.later(unsafe.Pointer(value), value, sizeThread)
	}
}

func (s *sizer) first(p unsafe.Pointer) bool {
	if s.seen[p] {
		return false
	}
	s.seen[p] = true
	return true
}

func (s *sizer) later(p unsafe.Pointer, value lua.LValue, size uint64) {
	if p != nil && s.first(p) {
		s.bytes += size
		s.todo = append(s.todo, value)
	}
}

// open adds what a value holds.
func (s *sizer) open(value lua.LValue) {
	switch value := value.(type) {
	case *lua.LTable:
		s.add(value.Metatable)
		length := value.Len()
		value.ForEach(func(key, item lua.LValue) {
			if n, ok := key.(lua.LNumber); ok && n >= 1 && int(n) <= length {
				s.bytes += sizeValue
			} else {
				s.bytes += sizeEntry
				s.add(key)
			}
			s.add(item)
		})
	case *lua.LFunction:
		s.add(value.Env)
		for _, upvalue := range value.Upvalues {
			if upvalue != nil && s.first(unsafe.Pointer(upvalue)) {
				s.bytes += sizeUpvalue
				s.add(upvalue.Value())
			}
		}
	case *lua.LUserData:
		s.add(value.Metatable)
		if holder, ok := value.Value.(Holder); ok {
			holder.Values(s.add)
		}
	case *lua.LState:
		s.add(value.Env)
		for _, item := range s.layout.registers(value) {
			s.bytes += sizeValue
			if item != nil {
				s.add(item)
			}
		}
	}
}
