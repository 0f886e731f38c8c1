package stdlib

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// httpClient sends the requests of one script.
type httpClient struct{ host Host }

// prepare reads what a script has given. It is called with the lock held.
func (c *httpClient) prepare(L *lua.LState, method, address string, o *RequestOptions) (*exchange, error) {
	if o == nil {
		o = &RequestOptions{}
	}
	target, err := parseURL(address, o.Query)
	if err != nil {
		return nil, err
	}
	x := &exchange{timeout: defaultHTTPTimeout, maxSize: defaultHTTPSize}
	if o.Timeout != nil {
		x.timeout = *o.Timeout
	}
	if o.MaxSize != nil {
		x.maxSize = *o.MaxSize
	}
	body, err := c.open(L, x, o)
	if err != nil {
		return nil, err
	}
	if x.request, err = http.NewRequest(method, target.String(), body); err != nil {
		return nil, invalid("method", fmt.Sprintf("%q is no method", method))
	}
	if o.JSON != nil && o.JSON != lua.LNil {
		x.request.Header.Set("Content-Type", "application/json")
	}
	x.request.Header.Set("User-Agent", "execlua")
	for name, value := range o.Headers {
		if strings.EqualFold(name, "host") {
			x.request.Host = value
			continue
		}
		x.request.Header.Set(name, value)
	}
	x.client, err = c.client(o)
	return x, err
}

func parseURL(address string, query map[string]string) (*url.URL, error) {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, invalid("url", fmt.Sprintf("%q is no URL that begins with http:// or https://", address))
	}
	if len(query) > 0 {
		values := target.Query()
		for name, value := range query {
			values.Set(name, value)
		}
		target.RawQuery = values.Encode()
	}
	return target, nil
}

// open opens what the request is made of and where the response goes.
func (c *httpClient) open(L *lua.LState, x *exchange, o *RequestOptions) (body io.Reader, err error) {
	streams := StreamOptions{Stdin: lua.LNil, Stdout: lua.LString("discard"), Stderr: lua.LString("discard")}
	given := func(value lua.LValue) bool { return value != nil && value != lua.LNil }
	text, isText := o.Body.(lua.LString)
	switch {
	case given(o.JSON) && given(o.Body):
		return nil, invalid("opts.json", "body is given too; one of them")
	case given(o.JSON):
		text, err := jsonBody(L, o.JSON, "opts.json")
		if err != nil {
			return nil, err
		}
		body = strings.NewReader(text)
	case isText:
		body = strings.NewReader(string(text))
	case given(o.Body):
		if !isStream(o.Body) {
			return nil, invalid("opts.body", "text, an open file or a function expected, got "+o.Body.Type().String())
		}
		streams.Stdin = o.Body
	}
	if x.sink = given(o.Sink); x.sink {
		if !isStream(o.Sink) {
			return nil, invalid("opts.sink", "an open file, a function or execlua.lines expected, got "+o.Sink.Type().String())
		}
		streams.Stdout = o.Sink
	}
	if x.streams, err = c.host.Streams(streams); err != nil {
		return nil, err
	}
	if stdin, _, _ := x.streams.Pipes(); stdin != nil {
		body = stdin
	}
	return body, nil
}

func isStream(value lua.LValue) bool {
	return value.Type() == lua.LTFunction || value.Type() == lua.LTUserData
}

// client is for one request, so that nothing is left open behind it.
func (c *httpClient) client(o *RequestOptions) (*http.Client, error) {
	redirects := defaultRedirects
	if o.Redirects != nil {
		redirects = max(0, *o.Redirects)
	}
	transport := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 1 << 20}
	var err error
	if transport.Proxy, err = c.proxy(o.Proxy); err != nil {
		return nil, err
	}
	if transport.TLSClientConfig, err = o.TLS.client(c.host.Access); err != nil {
		return nil, err
	}
	c.limit(transport, o.Socket)
	return &http.Client{
		Transport: c.recorded(transport, o.Socket),
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			switch {
			case redirects == 0:
				return http.ErrUseLastResponse
			case len(via) > redirects:
				return fmt.Errorf("more than %d redirects", redirects)
			}
			return nil
		},
	}, nil
}
