package luabind

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
	"github.com/execlua/execlua/stdlib"
)

// testServe is execlua.test.serve(fn).
func (v *VM) testServe(L *lua.LState, fn *lua.LFunction) (lua.LValue, error) {
	r := v.opts.tests
	requests := L.NewTable()
	url, stop, err := stdlib.ServeLocally(L, v.host, fn, func(request *lua.LTable) { requests.Append(request) })
	if err != nil {
		return nil, err
	}
	r.servers = append(r.servers, stop)
	server := L.NewTable()
	server.RawSetString("url", lua.LString(url))
	server.RawSetString("requests", requests)
	return server, nil
}

// closeServers ends those of a test. A request that is being answered gets the
// grace period.
func (v *VM) closeServers(L *lua.LState) error {
	servers := v.opts.tests.servers
	v.opts.tests.servers = nil
	var errs []error
	vm.Unlocked(L, func() {
		ctx, cancel := context.WithTimeout(context.Background(), v.opts.Grace)
		defer cancel()
		for _, stop := range servers {
			errs = append(errs, stop(ctx))
		}
	})
	return errors.Join(errs...)
}
