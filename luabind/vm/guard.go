package vm

import (
	"reflect"
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// maxGap bounds how far behind the end of a table a script with a limit of memory
// may write: gopher-lua fills the gap with nil, so that t[67108863] = 1 takes a
// gigabyte in one instruction.
const maxGap = 1 << 18

// guard refuses the next instruction of a thread when it alone could take more
// memory than the script may have: one .. joins up to 250 texts, and an
// assignment may fill a gap. Everything else that an instruction makes is small.
// No library function stands in these places, so the guard reads the instruction
// and its operands where gopher-lua keeps them.
func (v *VM) guard(L *lua.LState) {
	at := v.layout
	frame := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), at.frame))
	proto := (*(**lua.LFunction)(unsafe.Add(frame, at.fn))).Proto
	instruction := proto.Code[*(*int)(unsafe.Add(frame, at.pc))-1]
	switch opcode(instruction) {
	case lua.OP_CONCAT:
		values := at.registers(L)[*(*int)(unsafe.Add(frame, at.base)):]
		first, last := operandB(instruction), operandC(instruction)
		size := 0
		for _, value := range values[first : last+1] {
			if text, ok := value.(lua.LString); ok {
				size += len(text)
			}
		}
		v.checkSize(L, "..", size)
	case lua.OP_SETTABLE:
		values := at.registers(L)[*(*int)(unsafe.Add(frame, at.base)):]
		key := operandB(instruction)
		if key < constant {
			checkGap(L, values[operandA(instruction)], values[key])
		} else {
			checkGap(L, values[operandA(instruction)], proto.Constants[key-constant])
		}
	}
}

// checkGap raises when table[key] = value would fill a long gap.
func checkGap(L *lua.LState, table, key lua.LValue) {
	index, ok := key.(lua.LNumber)
	if !ok || index <= maxGap || int(index) >= lua.MaxArrayIndex {
		return
	}
	t, ok := table.(*lua.LTable)
	if ok && int(index)-t.Len() > maxGap && L.GetMetaField(t, "__newindex") == lua.LNil {
		L.RaiseError("index %d is too far behind the end of the table (the limit is %d)", int(index), maxGap)
	}
}

// guardGaps has a library function of (table, key, value) refuse what an assignment may not.
func (v *VM) guardGaps(L *lua.LState, library *lua.LTable, name string) {
	if v.opts.Limits.Memory == 0 {
		return
	}
	original := library.RawGetString(name).(*lua.LFunction).GFunction
	library.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
		if L.GetTop() > 2 {
			checkGap(L, L.Get(1), L.Get(2))
		}
		return original(L)
	}))
}

// Operands of an instruction: A is a register, B and C are registers or, from
// constant on, constants.
const constant = 1 << 8

func operandA(instruction uint32) int { return int(instruction>>18) & 0xff }
func operandB(instruction uint32) int { return int(instruction) & 0x1ff }
func operandC(instruction uint32) int { return int(instruction>>9) & 0x1ff }

// layout says where gopher-lua keeps what the VM looks at and nobody exports, as
// offsets in bytes.
type layout struct {
	frame, registry uintptr // in a thread
	array           uintptr // in a registry
	fn, pc, base    uintptr // in a call frame
}

// The tests of limits fail if a field is gone.
var layoutOf = sync.OnceValue(func() layout {
	field := func(t reflect.Type, name string) (uintptr, reflect.Type) {
		f, _ := t.FieldByName(name)
		if f.Type.Kind() == reflect.Pointer {
			return f.Offset, f.Type.Elem()
		}
		return f.Offset, f.Type
	}
	var at layout
	var frame, registry reflect.Type
	at.frame, frame = field(reflect.TypeFor[lua.LState](), "currentFrame")
	at.registry, registry = field(reflect.TypeFor[lua.LState](), "reg")
	at.array, _ = field(registry, "array")
	at.fn, _ = field(frame, "Fn")
	at.pc, _ = field(frame, "Pc")
	at.base, _ = field(frame, "LocalBase")
	return at
})

// registers is the stack of a thread.
func (at layout) registers(L *lua.LState) []lua.LValue {
	registry := *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(L), at.registry))
	return *(*[]lua.LValue)(unsafe.Add(registry, at.array))
}
