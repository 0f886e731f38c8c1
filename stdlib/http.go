package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

// httpModule is execlua.http.
func httpModule(h Host) Module {
	c := &httpClient{host: h}
	urlParam := bind.Param{Name: "url"}
	optsParam := bind.Param{Name: "opts", Type: "execlua.RequestOptions", Optional: true}
	m := Module{
		Outside: true,
		Module: bind.Module{Name: "execlua.http", Doc: "HTTP: a client, and a small server for webhooks.", Funcs: []bind.Func{
			{
				Name: "request", Doc: "Sends a request and waits for the response, whatever its status.",
				Params: []bind.Param{{Name: "method"}, urlParam, optsParam}, Returns: []bind.Return{{Type: "execlua.Response"}}, Fn: c.request,
			},
			{
				Name: "serve", Doc: "Answers requests until the server is closed, or the script ends. Handlers run at the same time as the script and each other; one that raises answers 500.",
				Params: []bind.Param{
					{Name: "address", Doc: `"127.0.0.1:8080", ":0" for a free port, "unix:/path"`},
					{Name: "handler", Type: "fun(request: execlua.Request): execlua.Answer|string|nil"},
					{Name: "opts", Type: "execlua.ServeOptions", Optional: true},
				},
				Returns: []bind.Return{{Type: "execlua.Server"}}, Fn: c.serve,
			},
		}},
		Classes: []bind.Class{responseClass(), serverClass()},
	}
	for _, method := range []string{"get", "head", "post", "put", "patch", "delete"} {
		m.Funcs = append(m.Funcs, bind.Func{
			Name: method, Doc: "Sends a request of method " + strings.ToUpper(method) + ".",
			Params: []bind.Param{urlParam, optsParam}, Returns: []bind.Return{{Type: "execlua.Response"}},
			Fn: func(L *lua.LState, url string, o *RequestOptions) (lua.LValue, error) {
				return c.request(L, strings.ToUpper(method), url, o)
			},
		})
	}
	return m
}

// RequestOptions are the last argument of http.get and its like.
type RequestOptions struct {
	Headers   map[string]string `json:"headers"`
	Query     map[string]string `json:"query"`                                  // is added to that of the URL
	Body      lua.LValue        `json:"body" lua:"string|file*|function"`       // text, an open file, or a function that returns the next piece, nil at the end
	JSON      lua.LValue        `json:"json" lua:"any"`                         // a body made of a value, with its content type
	Sink      lua.LValue        `json:"sink" lua:"file*|function|execlua.Sink"` // where the body of the response goes as it comes: an open file, function(chunk), execlua.lines(fn). The response has none then
	Timeout   *time.Duration    `json:"timeout" unit:"seconds"`                 // for all of it; nil is 30 s, 0 is none
	MaxSize   *int64            `json:"max_size" unit:"bytes"`                  // of a body that is kept; nil is 64 MiB. More raises limit
	Redirects *int              `json:"redirects"`                              // how many to follow; nil is 10, 0 gives the redirect itself
	Proxy     *string           `json:"proxy"`                                  // its URL; "" is none, nil what HTTP_PROXY and its like say in the script's environment
	Socket    *string           `json:"socket"`                                 // a unix socket to connect to, whatever the host in the URL
	TLS       *TLSOptions       `json:"tls"`
}

const (
	defaultHTTPTimeout = 30 * time.Second
	defaultHTTPSize    = 64 << 20
	defaultRedirects   = 10
)

// response is what a server has answered.
type response struct {
	status  int
	url     string
	headers map[string]string
	body    []byte
	nobody  bool // it is recorded: nobody has answered
	kept    bool // the body is here, and did not go elsewhere
}

func (r *response) String() string { return fmt.Sprintf("response %d of %s", r.status, r.url) }

func responseClass() bind.Class {
	return bind.Class{
		Name: "response", Doc: "What a server has answered.",
		Fields: []bind.Func{
			{Name: "status", Doc: "The number: 200.", Method: true, Fn: func(r *response) int { return r.status }},
			{Name: "ok", Doc: "The status is 200 to 299.", Method: true, Fn: func(r *response) bool { return r.status >= 200 && r.status < 300 }},
			{Name: "headers", Doc: "By their names in lower case; several of a name are joined by a comma.", Method: true, Fn: func(r *response) map[string]string { return r.headers }},
			{
				Name: "body", Doc: "Its text; nil when it went to a sink.", Method: true, Returns: []bind.Return{{Type: "string?"}},
				Fn: func(r *response) lua.LValue {
					if !r.kept {
						return lua.LNil
					}
					return lua.LString(r.body)
				},
			},
			{Name: "url", Doc: "Where it came from, after redirects.", Method: true, Fn: func(r *response) string { return r.url }},
		},
		Methods: []bind.Func{{
			Name: "json", Doc: "Reads the body as JSON; raises invalid when it is none. nil when the request was recorded, not sent.", Method: true, Returns: []bind.Return{{Type: "any"}},
			Fn: func(L *lua.LState, r *response) (lua.LValue, error) {
				if r.nobody {
					return lua.LNil, nil
				}
				return parseJSON(L, r.url, r.body)
			},
		}},
	}
}

// exchange is one request with everything that it needs.
type exchange struct {
	client  *http.Client
	request *http.Request
	streams Streams // of a body that is a stream, and of the sink
	sink    bool
	timeout time.Duration
	maxSize int64
}

func (c *httpClient) request(L *lua.LState, method, address string, o *RequestOptions) (lua.LValue, error) {
	x, err := c.prepare(L, method, address, o)
	if err != nil {
		return nil, err
	}
	defer x.client.CloseIdleConnections()
	var r *response
	err = vm.Block(L, func(ctx context.Context) error {
		if x.timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeoutCause(ctx, x.timeout, timeoutError(x.timeout))
			defer cancel()
		}
		var err error
		r, err = x.do(ctx)
		return failed("http."+strings.ToLower(method), x.request.URL.Redacted(), x.streams.End(err))
	})
	if err != nil {
		return nil, err
	}
	return object(L, r, "response"), nil
}

func (x *exchange) do(ctx context.Context) (*response, error) {
	ctx, stop := x.streams.Watch(ctx)
	defer stop(nil)
	resp, err := x.client.Do(x.request.WithContext(ctx))
	if err != nil {
		return nil, x.why(ctx, err)
	}
	defer resp.Body.Close()
	r := &response{status: resp.StatusCode, url: resp.Request.URL.String(), headers: plainHeaders(resp.Header), kept: !x.sink}
	_, r.nobody = resp.Body.(recordedBody)
	if x.sink {
		_, stdout, _ := x.streams.Pipes()
		_, err = io.Copy(stdout, resp.Body)
	} else {
		r.body, err = readAll(ctx, resp.Body, x.maxSize)
	}
	if err != nil {
		return nil, x.why(ctx, err)
	}
	return r, nil
}

// why prefers the reason of the context to what it has led to, and drops what
// net/http says of the request, which failed says already.
func (x *exchange) why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func plainHeaders(h http.Header) map[string]string {
	plain := make(map[string]string, len(h))
	for name, values := range h {
		plain[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return plain
}
