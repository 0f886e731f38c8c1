package stdlib

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// ServeOptions are the last argument of http.serve.
type ServeOptions struct {
	MaxBody       *int64      `json:"max_body" unit:"bytes"` // of a request; nil is 10 MiB. More answers 413
	MaxConcurrent *int        `json:"max_concurrent"`        // handlers at once; nil is 64. More wait
	TLS           *TLSOptions `json:"tls"`                   // nil: plain HTTP
}

const (
	defaultMaxBody       = 10 << 20
	defaultMaxConcurrent = 64
	// A client that sends slower than that is let go.
	readHeaderTimeout, readTimeout = 10 * time.Second, time.Minute
)

// Request is what a handler gets.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Query   map[string]string `json:"query"`   // the first value of each name
	Headers map[string]string `json:"headers"` // by their names in lower case
	Body    string            `json:"body"`
	Remote  string            `json:"remote"` // the client's address
}

// Answer is what a handler returns, if not text (status 200) or nothing (204).
type Answer struct {
	Status  int               `json:"status"` // nil is 200
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	JSON    lua.LValue        `json:"json" lua:"any"` // a body made of a value, with its content type

	kind string // of the content
}

// server is one that a script has started.
type server struct {
	host     Host
	vm       *vm.VM
	handler  *lua.LFunction
	seen     func(request *lua.LTable) // gets each request before the handler, with the lock held; nil: nobody
	maxBody  int64
	slots    chan struct{} // as many handlers may run
	http     *http.Server
	listener net.Listener
	url      string
	recorded bool // nobody is answered

	cancel   context.CancelFunc // ends the handlers' waits
	handlers sync.WaitGroup
	disown   func() bool
	closing  sync.Once
	over     chan struct{}
}

func (s *server) String() string { return "server at " + s.url }

func serverClass() bind.Class {
	return bind.Class{
		Name: "server", Doc: "A server that the script has started.",
		Fields: []bind.Func{
			{Name: "url", Doc: "Where it answers.", Method: true, Fn: func(s *server) string { return s.url }},
			{Name: "address", Doc: "The address that it listens on.", Method: true, Fn: func(s *server) string { return s.listener.Addr().String() }},
		},
		Methods: []bind.Func{
			{
				Name: "close", Doc: "Takes no more requests. Those that are being answered come to their end; wait waits for them.", Method: true,
				Fn: func(s *server) {
					s.close()
					go func() {
						<-s.over
						s.disown()
					}()
				},
			},
			{
				Name: "wait", Doc: "Waits until it is closed and the last request is answered.", Method: true,
				Fn: func(ctx context.Context, s *server) error { return s.wait(ctx) },
			},
		},
	}
}

func (c *httpClient) serve(L *lua.LState, address string, handler *lua.LFunction, o *ServeOptions) (lua.LValue, error) {
	s := newServer(L, c.host, handler)
	if err := s.listen(L, address, o); err != nil {
		return nil, err
	}
	return object(L, s, "server"), nil
}

func (s *server) serve() {
	var err error
	if s.http.TLSConfig != nil {
		err = s.http.ServeTLS(s.listener, "", "")
	} else {
		err = s.http.Serve(s.listener)
	}
	if !errors.Is(err, http.ErrServerClosed) && s.host.Logger != nil {
		s.host.Logger.Error("the server has ended", "url", s.url, "error", err)
	}
}

// close returns at once, since a handler may call it.
func (s *server) close() {
	s.closing.Do(func() {
		go func() {
			_ = s.http.Shutdown(context.Background()) // ends with end
			s.handlers.Wait()
			s.cancel()
			close(s.over)
		}()
	})
}

// end closes it with the script: handlers that wait are woken, and what is not
// answered within the time is not answered.
func (s *server) end(ctx context.Context) error {
	s.close()
	s.cancel()
	answered := make(chan struct{})
	go func() {
		s.handlers.Wait()
		close(answered)
	}()
	select {
	case <-answered:
	case <-ctx.Done():
	}
	_ = s.http.Close() // of connections that nobody waits for any more
	return nil
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	s.handlers.Add(1)
	defer s.handlers.Done()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-r.Context().Done():
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	if err != nil {
		status := http.StatusBadRequest
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	answer, err := s.call(r, string(body))
	if err != nil {
		if s.host.Logger != nil {
			s.host.Logger.Error("a handler failed", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	answer.write(w)
}

// call asks the handler.
func (s *server) call(r *http.Request, body string) (*Answer, error) {
	request := Request{
		Method: r.Method, Path: r.URL.Path, Query: map[string]string{}, Headers: plainHeaders(r.Header), Body: body, Remote: r.RemoteAddr,
	}
	request.Headers["host"] = r.Host // which net/http keeps apart
	for name, values := range r.URL.Query() {
		request.Query[name] = values[0]
	}
	answer := &Answer{}
	err := s.vm.Call(r.Context(), s.handler,
		func(L *lua.LState) []lua.LValue {
			value := bind.Encode(L, request)
			if s.seen != nil {
				s.seen(value.(*lua.LTable))
			}
			return []lua.LValue{value}
		},
		func(L *lua.LState, results []lua.LValue) error {
			if len(results) == 0 {
				results = []lua.LValue{lua.LNil}
			}
			return answer.decode(L, results[0])
		})
	return answer, err
}

// decode reads what a handler has returned.
func (a *Answer) decode(L *lua.LState, value lua.LValue) error {
	a.Status, a.kind = http.StatusOK, "text/plain; charset=utf-8"
	switch value := value.(type) {
	case *lua.LNilType:
		a.Status = http.StatusNoContent
		return nil
	case lua.LString:
		a.Body = string(value)
		return nil
	}
	if err := (&bind.Binder{}).Decode(value, a, "answer"); err != nil {
		return err
	}
	if a.Status < 200 || a.Status > 599 {
		return invalid("answer.status", "200 to 599 expected")
	}
	if a.JSON == nil || a.JSON == lua.LNil {
		return nil
	}
	if a.Body != "" {
		return invalid("answer.json", "body is given too; one of them")
	}
	var err error
	a.Body, err = jsonBody(L, a.JSON, "answer.json")
	a.kind = "application/json"
	return err
}

func (a *Answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	for name, value := range a.Headers {
		w.Header().Set(name, value) // net/http drops line ends
	}
	w.WriteHeader(a.Status)
	if a.Body != "" {
		_, _ = io.WriteString(w, a.Body) // the client may be gone
	}
}
