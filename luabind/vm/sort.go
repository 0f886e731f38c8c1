package vm

import (
	"sort"

	lua "github.com/yuin/gopher-lua"
)

// sortTable is table.sort. An order that contradicts itself gives some order.
func sortTable(L *lua.LState) int {
	s := &sorter{L: L, table: L.CheckTable(1)}
	if L.GetTop() > 1 && L.Get(2) != lua.LNil {
		s.less = L.CheckFunction(2)
	}
	s.length = s.table.Len()
	sort.Sort(s)
	return 0
}

type sorter struct {
	L      *lua.LState
	table  *lua.LTable
	less   *lua.LFunction // nil: the operator
	length int
	work   int
}

func (s *sorter) Len() int { return s.length }

func (s *sorter) Swap(i, j int) {
	a, b := s.table.RawGetInt(i+1), s.table.RawGetInt(j+1)
	s.table.RawSetInt(i+1, b)
	s.table.RawSetInt(j+1, a)
}

func (s *sorter) Less(i, j int) bool {
	a, b := s.table.RawGetInt(i+1), s.table.RawGetInt(j+1)
	if s.less != nil {
		L := s.L
		L.Push(s.less)
		L.Push(a)
		L.Push(b)
		L.Call(2, 1)
		less := lua.LVAsBool(L.Get(-1))
		L.Pop(1)
		return less
	}
	if x, ok := a.(lua.LNumber); ok {
		if y, ok := b.(lua.LNumber); ok {
			s.spend(1)
			return x < y
		}
	}
	work := 1
	if text, ok := a.(lua.LString); ok {
		work += len(text) / 64 // of which most may have to be read
	}
	s.spend(work)
	return s.L.LessThan(a, b)
}

func (s *sorter) spend(work int) {
	if s.work += work; s.work >= lookEvery {
		charge(s.L, s.work)
		s.work = 0
	}
}
