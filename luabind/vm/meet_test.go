package vm_test

import (
	"context"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

// meetings lets two tasks wait for each other by name, so that a test shows an
// overlap without looking at the clock.
type meetings struct {
	mu   sync.Mutex
	open map[string]chan struct{}
}

func newMeetings() *meetings { return &meetings{open: make(map[string]chan struct{})} }

// come returns a channel that is closed when two have come.
func (m *meetings) come(name string) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other, ok := m.open[name]; ok {
		delete(m.open, name)
		close(other)
		return other
	}
	m.open[name] = make(chan struct{})
	return m.open[name]
}

// leave withdraws one who has not been met.
func (m *meetings) leave(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.open, name)
}

type blocker func(L *lua.LState, f func(ctx context.Context) error) error

func (m *meetings) meet(L *lua.LState, block blocker) int {
	name := L.CheckString(1)
	err := block(L, func(ctx context.Context) error {
		select {
		case <-m.come(name):
			return nil
		case <-ctx.Done():
			m.leave(name)
			return ctx.Err()
		}
	})
	if err != nil {
		vm.Raise(L, err)
	}
	return 0
}
