package stdlib

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// proxy is the proxy that a script has given, or that of its environment.
func (c *httpClient) proxy(given *string) (func(*http.Request) (*url.URL, error), error) {
	switch {
	case given == nil:
		return func(r *http.Request) (*url.URL, error) { return c.environmentProxy(r.URL) }, nil
	case *given == "":
		return nil, nil
	}
	proxy, err := parseProxy("opts.proxy", *given)
	return http.ProxyURL(proxy), err
}

func parseProxy(path, text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	proxy, err := url.Parse(text)
	if err != nil || proxy.Host == "" {
		return nil, invalid(path, fmt.Sprintf("%q is no URL of a proxy", text))
	}
	return proxy, nil
}

// environmentProxy is what http.ProxyFromEnvironment finds, in the script's
// environment: that function knows the process's alone, and the package below it
// brings the tables of Unicode with it.
func (c *httpClient) environmentProxy(target *url.URL) (*url.URL, error) {
	name := strings.ToUpper(target.Scheme) + "_PROXY"
	text := c.variable(name)
	if text == "" || unproxied(c.variable("NO_PROXY"), target) {
		return nil, nil
	}
	return parseProxy(name, text)
}

// variable looks a name up in capitals, then in small letters.
func (c *httpClient) variable(name string) string {
	if value, _ := c.host.Env.Lookup(name); value != "" {
		return value
	}
	value, _ := c.host.Env.Lookup(strings.ToLower(name))
	return value
}

// unproxied tells whether a host is called directly: this machine, and what
// NO_PROXY lists: names with the ones below them, addresses, networks, or *.
func unproxied(list string, target *url.URL) bool {
	host := strings.ToLower(target.Hostname())
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && ip.IsLoopback() {
		return true
	}
	for entry := range strings.SplitSeq(strings.ToLower(list), ",") {
		entry = strings.TrimSpace(entry)
		if name, port, err := net.SplitHostPort(entry); err == nil {
			if port != target.Port() {
				continue
			}
			entry = name
		}
		network, err := netip.ParsePrefix(entry)
		name := strings.TrimPrefix(strings.TrimPrefix(entry, "*"), ".")
		switch {
		case entry == "*", err == nil && network.Contains(ip):
			return true
		case name != "" && (host == name || strings.HasSuffix(host, "."+name)):
			return true
		}
	}
	return false
}
