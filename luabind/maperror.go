package luabind

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/stdlib"
)

// ofItem makes the error of task.map of what one of its calls has raised: it reads
// as that one does, and says where it was raised.
func (e *raisedError) ofItem(item *stdlib.MapError) {
	e.item, e.value, e.where = item, item.Raised.Value, item.Raised.Where
	if inner, ok := item.Raised.Unwrap().(*raisedError); ok {
		e.info, e.hook, e.result = inner.info, inner.hook, inner.result
		if inner.where != "" {
			e.where = inner.where
		}
	}
	e.info.cause = item
	e.info.Message = strings.TrimPrefix(e.info.Message, e.where+": ")
}

func (e *raisedError) index() lua.LValue {
	if e.item == nil {
		return lua.LNil
	}
	return lua.LNumber(e.item.Index)
}

func (e *raisedError) results() lua.LValue {
	if e.item == nil {
		return lua.LNil
	}
	return e.item.Results
}

// Values lets the VM count what an error holds.
func (e *raisedError) Values(yield func(lua.LValue)) {
	yield(e.value)
	yield(e.result)
	yield(e.results())
}
