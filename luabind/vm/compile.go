package vm

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// An instruction of gopher-lua is 32 bits; the upper six are the operation.
const opcodeShift = 26

func opcode(instruction uint32) int { return int(instruction >> opcodeShift) }

// plainCalls turns the tail calls of a function into ordinary ones: the
// operands are the same, and a return of all results follows either.
func plainCalls(proto *lua.FunctionProto) {
	for i, instruction := range proto.Code {
		if opcode(instruction) == lua.OP_TAILCALL {
			proto.Code[i] = instruction&(1<<opcodeShift-1) | uint32(lua.OP_CALL)<<opcodeShift
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		plainCalls(inner)
	}
}

// splitConcats makes pairs of a .. b .. c. gopher-lua makes one instruction of
// the whole, which joins 200 long strings before anybody can look at the memory.
// An operand that is not of the type that the compiler looks for ends the run:
// "true and x" is x.
func splitConcats(chunk []ast.Stmt) {
	for _, stmt := range chunk {
		splitIn(reflect.ValueOf(stmt))
	}
}

func splitIn(node reflect.Value) {
	switch node.Kind() {
	case reflect.Interface, reflect.Pointer:
		if concat, ok := node.Interface().(*ast.StringConcatOpExpr); ok && concat != nil {
			if inner, ok := concat.Rhs.(*ast.StringConcatOpExpr); ok {
				defer func() { concat.Rhs = alone(inner) }() // what is below comes first
			}
		}
		if !node.IsNil() {
			splitIn(node.Elem())
		}
	case reflect.Slice:
		for i := range node.Len() {
			splitIn(node.Index(i))
		}
	case reflect.Struct:
		for i := range node.NumField() {
			if node.Type().Field(i).IsExported() && !node.Type().Field(i).Anonymous {
				splitIn(node.Field(i))
			}
		}
	}
}

func alone(expr *ast.StringConcatOpExpr) ast.Expr {
	out := &ast.LogicalOpExpr{Operator: "and", Lhs: &ast.TrueExpr{}, Rhs: expr}
	for _, node := range []ast.PositionHolder{out, out.Lhs} {
		node.SetLine(expr.Line())
		node.SetLastLine(expr.LastLine())
	}
	return out
}
