package stdlib

import (
	"context"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/vm"
)

func newServer(L *lua.LState, h Host, handler *lua.LFunction) *server {
	return &server{host: h, vm: vm.Of(L), handler: handler, maxBody: defaultMaxBody, over: make(chan struct{})}
}

// listen begins to answer.
func (s *server) listen(L *lua.LState, address string, o *ServeOptions) error {
	concurrent, scheme := defaultMaxConcurrent, "http"
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler: http.HandlerFunc(s.answer), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: stdlog.New(io.Discard, "", 0), // what clients do wrong
	}
	if o != nil {
		if o.MaxBody != nil {
			s.maxBody = *o.MaxBody
		}
		if o.MaxConcurrent != nil {
			if concurrent = *o.MaxConcurrent; concurrent < 1 {
				return invalid("opts.max_concurrent", "1 or more expected")
			}
		}
		if o.TLS != nil {
			config, err := o.TLS.server(s.host.Access)
			if err != nil {
				return err
			}
			s.http.TLSConfig, scheme = config, "https"
		}
	}
	s.slots = make(chan struct{}, concurrent)
	err := vm.Block(L, func(ctx context.Context) (err error) {
		if s.listener, err = s.host.Access.listen(ctx, "http.serve", address); err != nil {
			return failed("http.serve", address, err)
		}
		_, s.recorded = s.listener.(*silentListener)
		s.url = serverURL(scheme, s.listener.Addr())
		go s.serve()
		s.disown = s.vm.Own(s.end)
		return nil
	})
	if err != nil {
		s.cancel()
	}
	return err
}

// serverURL is what a client on this machine can call.
func serverURL(scheme string, a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		if text, ok := a.(textAddr); ok && !strings.HasPrefix(string(text), "unix:") {
			if strings.HasPrefix(string(text), ":") {
				text = "localhost" + text
			}
			return scheme + "://" + string(text)
		}
		return "unix:" + a.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// ServeLocally answers requests with fn at a free port of this machine, as http.serve
// does, until stop is called or the script ends. seen gets each request before
// fn, with the lock of the VM held. stop waits for what is being answered until its
// context ends, and is called without the lock.
func ServeLocally(L *lua.LState, h Host, fn *lua.LFunction, seen func(request *lua.LTable)) (url string, stop func(context.Context) error, err error) {
	recorder := h.Access.Recorder
	h.Access = FullAccess() // the host's own server, whatever the script may do
	s := newServer(L, h, fn)
	s.seen = seen
	if err := s.listen(L, "127.0.0.1:0", nil); err != nil {
		return "", nil, err
	}
	if recorder != nil {
		recorder.Reach(s.listener.Addr().String())
	}
	return s.url, func(ctx context.Context) error {
		s.disown()
		return s.end(ctx)
	}, nil
}
