package stdlib

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// target is what a script may connect to: a name, a network or a unix socket.
type target struct {
	name    string // in lower case; "*" is every one, "*.example.com" those below it
	network netip.Prefix
	port    string // "*" is every one
	socket  string // a path
}

// parseTarget reads "host:port", "*.example.com:443", "10.0.0.0/8:*", "[::1]:80" or "unix:/path".
func parseTarget(text string) (target, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !filepath.IsAbs(path) {
			return target{}, fmt.Errorf("%q: what follows unix: has to be an absolute path", text)
		}
		return target{socket: path}, nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return target{}, fmt.Errorf(`%q is no target: write "host:port", "10.0.0.0/8:443" or "unix:/path"`, text)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "*" {
		return target{}, fmt.Errorf("%q: a port, or * for every one, expected behind the colon", text)
	}
	if network, err := netip.ParsePrefix(host); err == nil {
		return target{network: network.Masked(), port: port}, nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return target{network: netip.PrefixFrom(ip, ip.BitLen()), port: port}, nil
	}
	if rest := strings.TrimPrefix(strings.TrimPrefix(host, "*"), "."); host == "" || strings.ContainsAny(rest, "*/ ") {
		return target{}, fmt.Errorf("%q: a name, an address or a network expected in front of the colon", text)
	}
	return target{name: strings.ToLower(host), port: port}, nil
}

func (t target) hasPort(port string) bool { return t.port == "*" || t.port == port || port == "" }

func (t target) hasName(name string) bool {
	below, wild := strings.CutPrefix(t.name, "*")
	return t.name == name || wild && strings.HasSuffix(name, below)
}

// dialer makes what connects to an address, if it may be connected to. The address
// that a name has is looked at when it is dialled, and each that is tried: what a name
// stands for may have changed since somebody has looked.
func (a *Access) dialer(network, address string) (*net.Dialer, error) {
	if a.unlimited() {
		return &net.Dialer{}, nil
	}
	if network == "unix" {
		if a == nil || !slices.ContainsFunc(a.connect, func(t target) bool { return t.socket == address }) {
			return nil, denied("unix:%s is not among the allowed targets (Options.Hosts)", address)
		}
		return &net.Dialer{}, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if err := a.mayName(host, port); err != nil {
		return nil, err
	}
	return &net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		_, literal := parseIP(host)
		return a.mayDial(at.Addr().WithZone("").Unmap(), port, host, literal)
	}}, nil
}

// mayName is asked about what a script calls a host, before the name is looked up. An
// empty port is any.
func (a *Access) mayName(host, port string) error {
	if a.unlimited() {
		return nil
	}
	if ip, ok := parseIP(host); ok {
		return a.mayDial(ip, port, host, true)
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if a != nil && slices.ContainsFunc(a.connect, func(t target) bool { return t.name != "" && t.hasPort(port) && t.hasName(name) }) {
		return nil
	}
	return denied("%s is not among the allowed targets (Options.Hosts)", strings.TrimSuffix(net.JoinHostPort(host, port), ":"))
}

// mayDial is asked about the address that is dialled. A name leads to the public
// network only: to anything else its owner could point it at any time.
func (a *Access) mayDial(ip netip.Addr, port, host string, literal bool) error {
	if a != nil && slices.ContainsFunc(a.connect, func(t target) bool { return t.network.Contains(ip) && t.hasPort(port) }) {
		return nil
	}
	if !literal && isPublic(ip) {
		return nil
	}
	if literal {
		return denied("%s is not among the allowed targets (Options.Hosts)", net.JoinHostPort(host, port))
	}
	return denied("%s is %s, which is not of the public network and not among the allowed targets (Options.Hosts)", host, ip)
}

// mayListen is asked before an address is taken.
func (a *Access) mayListen(address string) error {
	if a.unlimited() {
		return nil
	}
	host, _, _ := net.SplitHostPort(address)
	if a != nil && (slices.Contains(a.Listen, address) || slices.Contains(a.Listen, net.JoinHostPort(host, "*"))) {
		return nil
	}
	return denied("%s is not among the allowed addresses (Options.Listen)", address)
}

// parseIP reads an address as it stands in a URL, where a zone may follow.
func parseIP(host string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(host)
	return ip.WithZone("").Unmap(), err == nil
}

// isPublic tells an address that anybody can route to. What carries an address of
// IPv4 in it is none, nor is what RFC 6890 keeps apart.
func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, reserved := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10",
	} {
		if netip.MustParsePrefix(reserved).Contains(ip) {
			return false
		}
	}
	return true
}
