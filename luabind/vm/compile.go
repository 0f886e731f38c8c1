package vm

import (
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

func (v *VM) compile(L *lua.LState, text, name string) (*lua.LFunction, error) {
	if err := checkNesting(text, name); err != nil {
		return nil, err
	}
	chunk, err := parse.Parse(&parserInput{L, strings.NewReader(text)}, name)
	var limit *LimitError
	switch {
	case errors.As(err, &limit):
		return nil, err
	case err != nil:
		return nil, syntaxError(name, err)
	}
	proto, err := compileChunk(chunk, name)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	if v.opts.Preempt {
		plainCalls(proto)
	}
	return L.NewFunctionFromProto(proto), nil
}

// parseStep is how many bytes of source count as a step.
const parseStep = 64

// parserInput counts what is parsed as steps.
type parserInput struct {
	L      *lua.LState
	source io.Reader
}

// Read panics when the script is over: the parser knows no error but the end,
// and turns a panic into its own.
func (p *parserInput) Read(buffer []byte) (int, error) {
	n, err := p.source.Read(buffer)
	if limit := spent(p.L, n/parseStep); limit != nil {
		panic(limit)
	}
	return n, err
}

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
