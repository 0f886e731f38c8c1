package vm

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua 1.1.2 compiles three table constructors wrongly (compileTableExpr):
//
//   - { "a", k = f() }: the call of a named field that comes last is taken for one
//     that ends the list, and its result is stored at 2, too;
//   - a named field behind a multiple of 50 entries: the last 50 are stored again,
//     from registers that hold something else by then;
//   - a call that ends the list behind a multiple of 50 entries: its results are
//     stored over the first of those 50.

// compileChunk is lua.Compile with these repaired: the first in the syntax tree,
// the others in the code.
func compileChunk(chunk []ast.Stmt, name string) (*lua.FunctionProto, error) {
	adjustFields(reflect.ValueOf(chunk))
	proto, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, err
	}
	storeOnce(proto)
	return proto, nil
}

// adjustFields makes one result of each call that is a named field, as parentheses do.
func adjustFields(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if field, ok := v.Interface().(*ast.Field); ok && field.Key != nil {
			switch value := field.Value.(type) {
			case *ast.FuncCallExpr:
				value.AdjustRet = true
			case *ast.Comma3Expr:
				value.AdjustRet = true
			}
		}
		if !v.IsNil() {
			adjustFields(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			adjustFields(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				adjustFields(v.Field(i))
			}
		}
	}
}

// storeOnce mends the instructions that store a piece of a list which an earlier
// one has stored: of 50 entries it is superfluous, with a call at its end it is the
// next piece. The operands are A, the table, B, the number of entries, 0 with a
// call at the end, and C, the piece; see opcode.go of gopher-lua.
func storeOnce(proto *lua.FunctionProto) {
	var stored [256]uint32 // by table: the last piece
	for i, instruction := range proto.Code {
		a, b, c := instruction>>18&0xff, instruction&0x1ff, instruction>>9&0x1ff
		switch opcode(instruction) {
		case lua.OP_NEWTABLE:
			stored[a] = 0
		case lua.OP_SETLIST:
			switch {
			case c != stored[a] || c == 0: // 0: the number is in the next instruction
				stored[a] = c
			case b == 0:
				proto.Code[i] += 1 << 9
			default:
				proto.Code[i] = uint32(lua.OP_NOP) << opcodeShift
			}
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		storeOnce(inner)
	}
}
