package stdlib

import (
	"context"
	"net"
	"net/http"
	"net/url"
)

// limit has a transport connect where the script may: each request of a chain of
// redirects, and each address of a name.
func (c *httpClient) limit(t *http.Transport, socket *string) {
	access := c.host.Access
	if access.unlimited() && socket == nil {
		return
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if socket != nil {
			network, address = "unix", *socket
		}
		dialer, err := access.dialer(network, address)
		if err != nil {
			return nil, err
		}
		return dialer.DialContext(ctx, network, address)
	}
	if proxy := t.Proxy; proxy != nil && !access.unlimited() {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return access.throughProxy(proxy, r) }
	}
}

// throughProxy looks at the target where a proxy is what is dialled.
func (a *Access) throughProxy(proxy func(*http.Request) (*url.URL, error), r *http.Request) (*url.URL, error) {
	through, err := proxy(r)
	if err != nil || through == nil {
		return nil, err
	}
	return through, a.mayName(r.URL.Hostname(), portOf(r.URL))
}
