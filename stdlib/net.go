package stdlib

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// netModule is execlua.net.
func netModule(h Host) Module {
	n := network{h.Access}
	address := bind.Param{Name: "address", Doc: `"host:port" or "unix:/path"`}
	return Module{
		Outside: true,
		Module: bind.Module{Name: "execlua.net", Doc: "Connections of the host's network.", Funcs: []bind.Func{
			{
				Name: "dial", Doc: "Connects to an address.",
				Params: []bind.Param{address, {Name: "opts", Type: "execlua.DialOptions", Optional: true}}, Returns: []bind.Return{{Type: "execlua.Connection"}}, Fn: n.dial,
			},
			{
				Name: "listen", Doc: "Takes connections at an address; port 0 is a free one.",
				Params: []bind.Param{address}, Returns: []bind.Return{{Type: "execlua.Listener"}}, Fn: n.listen,
			},
			{
				Name: "wait_for_port", Doc: "Waits until something takes connections at an address; raises wait_timeout when nothing does in time.",
				Params: []bind.Param{address, {Name: "opts", Type: "execlua.PortOptions", Optional: true}}, Fn: n.waitForPort,
			},
			{
				Name: "resolve", Doc: "Looks up the IP addresses of a name; raises not_found when it has none.",
				Params: []bind.Param{{Name: "host"}}, Returns: []bind.Return{{Type: "string[]"}},
				Fn: func(ctx context.Context, host string) ([]string, error) {
					if err := h.Access.mayName(host, ""); err != nil {
						return nil, failed("net.resolve", host, err)
					}
					addresses, err := net.DefaultResolver.LookupHost(ctx, host)
					return addresses, failed("net.resolve", host, err)
				},
			},
		}},
		Classes: []bind.Class{connectionClass(), listenerClass()},
	}
}

// network is the network of one script.
type network struct{ access *Access }

// DialOptions are those of net.dial.
type DialOptions struct {
	Timeout *time.Duration `json:"timeout" unit:"seconds"` // for connecting; nil is 30 s
	TLS     *TLSOptions    `json:"tls"`                    // nil: no encryption; {} checks the server's certificate as a browser does
}

// PortOptions are those of net.wait_for_port.
type PortOptions struct {
	Timeout *time.Duration `json:"timeout" unit:"seconds"` // nil is 30 s
	Every   *time.Duration `json:"every" unit:"seconds"`   // how often to try; nil is 100 ms
}

const defaultNetTimeout = 30 * time.Second

// parseAddress is the network and the address as package net takes them.
func parseAddress(address string) (network, rest string, err error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if path == "" {
			return "", "", invalid("address", "a path expected behind unix:")
		}
		return "unix", path, nil
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return "", "", invalid("address", fmt.Sprintf(`%q is no address: write "host:port" or "unix:/path"`, address))
	}
	return "tcp", address, nil
}

func (a *Access) listen(ctx context.Context, op, address string) (net.Listener, error) {
	network, rest, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if err := a.mayListen(address); err != nil {
		return nil, err
	}
	if r := a.recorder(); r != nil {
		r.add(Change{Op: op, Target: address})
		return newSilentListener(address), nil
	}
	return (&net.ListenConfig{}).Listen(ctx, network, rest)
}

func (n network) dial(L *lua.LState, address string, o *DialOptions) (lua.LValue, error) {
	if o == nil {
		o = &DialOptions{}
	}
	network, rest, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	config, err := o.TLS.client(n.access)
	if err != nil {
		return nil, err
	}
	dialer, err := n.access.dialer(network, rest)
	if err != nil {
		return nil, failed("net.dial", address, err)
	}
	dialer.Timeout = defaultNetTimeout
	if o.Timeout != nil {
		dialer.Timeout = *o.Timeout
	}
	dial := dialer.DialContext
	if config != nil {
		dial = (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext
	}
	var c *connection
	err = vm.Block(L, func(ctx context.Context) error {
		if r := n.access.recorder(); r != nil && !r.reached(address) {
			r.add(Change{Op: "net.dial", Target: address})
			c = newConnection(vm.VMOf(ctx), silentConn{textAddr(address)})
			return nil
		}
		conn, err := dial(ctx, network, rest)
		if err != nil {
			return failed("net.dial", address, err)
		}
		c = newConnection(vm.VMOf(ctx), conn)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object(L, c, "connection"), nil
}

func (n network) waitForPort(ctx context.Context, address string, o *PortOptions) error {
	timeout, every := defaultNetTimeout, 100*time.Millisecond
	if o != nil && o.Timeout != nil {
		timeout = *o.Timeout
	}
	if o != nil && o.Every != nil {
		every = max(*o.Every, time.Millisecond)
	}
	network, rest, err := parseAddress(address)
	if err != nil {
		return err
	}
	dialer, err := n.access.dialer(network, rest)
	if err != nil {
		return failed("net.wait_for_port", address, err)
	}
	if r := n.access.recorder(); r != nil {
		return nil // what would listen was not started
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var last error
	for {
		conn, err := dialer.DialContext(limited, network, rest)
		if err == nil {
			return conn.Close()
		}
		if errors.Is(err, driver.ErrDenied) {
			return failed("net.wait_for_port", address, err)
		}
		var late net.Error
		if last == nil || !errors.As(err, &late) || !late.Timeout() { // the end of the wait explains nothing
			last = err
		}
		select {
		case <-ticker.C:
		case <-limited.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return failed("net.wait_for_port", address, fmt.Errorf("%w: %w", timeoutError(timeout), last))
		}
	}
}

// listener is what net.listen gives.
type listener struct {
	net.Listener
	disown func() bool
}

func (l *listener) String() string { return "listener at " + l.Addr().String() }

// errNobody is why there is nothing to wait for.
var errNobody = fmt.Errorf("%w: listening was recorded, not done, so nobody connects", driver.ErrUnsupported)

// deadliner is what the listeners of package net are.
type deadliner interface{ SetDeadline(time.Time) error }

func listenerClass() bind.Class {
	return bind.Class{
		Name: "listener", Doc: "An address where connections are taken.",
		Fields: []bind.Func{{Name: "address", Doc: "The address, with the port that was free.", Method: true, Fn: func(l *listener) string { return l.Addr().String() }}},
		Methods: []bind.Func{
			{
				Name: "accept", Doc: "Waits for the next connection.", Method: true, Returns: []bind.Return{{Type: "execlua.Connection"}},
				Fn: func(L *lua.LState, l *listener) (lua.LValue, error) {
					if _, silent := l.Listener.(*silentListener); silent {
						return nil, failed("net.accept", l.Addr().String(), errNobody)
					}
					var c *connection
					err := vm.Block(L, func(ctx context.Context) error {
						return within(ctx, 0, l.Listener.(deadliner).SetDeadline, func() error {
							conn, err := l.Accept()
							if err != nil {
								return failed("net.accept", l.Addr().String(), err)
							}
							c = newConnection(vm.VMOf(ctx), conn)
							return nil
						})
					})
					if err != nil {
						return nil, err
					}
					return object(L, c, "connection"), nil
				},
			},
			{
				Name: "close", Doc: "Takes no more connections.", Method: true,
				Fn: func(l *listener) error {
					if !l.disown() {
						return nil
					}
					return failed("net.close", l.Addr().String(), l.Close())
				},
			},
		},
	}
}

func (n network) listen(L *lua.LState, address string) (lua.LValue, error) {
	l := &listener{}
	err := vm.Block(L, func(ctx context.Context) (err error) {
		if l.Listener, err = n.access.listen(ctx, "net.listen", address); err != nil {
			return failed("net.listen", address, err)
		}
		l.disown = vm.VMOf(ctx).Own(func(context.Context) error { return l.Close() })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object(L, l, "listener"), nil
}
