//go:build linux

package keeper

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// checkTCP connects to an address in the network of a process.
func checkTCP(ctx context.Context, pid int, address string) error {
	conn, err := dialIn(ctx, pid, address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// checkHTTP asks for a URL in the network of a process and reads the status line of
// the answer, which is all that counts; see RFC 9112. Certificates are not checked:
// it asks whether the service answers, not who it is.
func checkHTTP(ctx context.Context, pid int, text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := dialIn(ctx, pid, net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if u.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true})
	}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: execlua-health\r\nConnection: close\r\n\r\n", u.RequestURI(), u.Host)
	if err != nil {
		return err
	}
	var status int
	line, err := bufio.NewReaderSize(conn, 256).ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	if _, err := fmt.Sscanf(string(line), "HTTP/1.%1d %3d", new(int), &status); err != nil {
		return fmt.Errorf("no HTTP: %q", line)
	}
	if status < 200 || status > 399 {
		return fmt.Errorf("status %d", status)
	}
	return nil
}

// dialIn connects from inside the network namespace of a process. The name
// localhost means the loopback of there; others are looked up here.
func dialIn(ctx context.Context, pid int, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, err
	}
	hosts := []string{"127.0.0.1", "::1"}
	if host != "localhost" {
		if hosts, err = net.DefaultResolver.LookupHost(ctx, host); err != nil {
			return nil, err
		}
	}
	for _, h := range hosts {
		var conn net.Conn
		if conn, err = connectIn(ctx, pid, net.ParseIP(h), n); err == nil {
			return conn, nil
		}
	}
	return nil, fmt.Errorf("connect to %s port %s: %w", host, strconv.Itoa(n), err)
}

// connectIn connects a socket of another namespace. Only its making needs a thread
// that is there; the waiting is the poller's.
func connectIn(ctx context.Context, pid int, ip net.IP, port int) (net.Conn, error) {
	var to unix.Sockaddr
	family := unix.AF_INET
	if ip4 := ip.To4(); ip4 != nil {
		to = &unix.SockaddrInet4{Port: port, Addr: [4]byte(ip4)}
	} else {
		family, to = unix.AF_INET6, &unix.SockaddrInet6{Port: port, Addr: [16]byte(ip.To16())}
	}
	fd, err := socketIn(pid, family)
	if err != nil {
		return nil, err
	}
	err = unix.Connect(fd, to)
	file := os.NewFile(uintptr(fd), "socket")
	defer file.Close() // FileConn has its own
	if err != nil && err != unix.EINPROGRESS {
		return nil, err
	}
	if err := connected(ctx, file); err != nil {
		return nil, err
	}
	return net.FileConn(file)
}

// connected waits for the answer of a connect.
func connected(ctx context.Context, file *os.File) error {
	stop := context.AfterFunc(ctx, func() { _ = file.SetWriteDeadline(time.Unix(1, 0)) })
	defer stop()
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	answer := 0
	err = conn.Write(func(fd uintptr) bool {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		if n, err := unix.Poll(ready, 0); err != nil || n == 0 {
			return false
		}
		answer, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		return true
	})
	if err == nil && answer != 0 {
		err = unix.Errno(answer)
	}
	return err
}

// socketIn makes a socket in the network namespace of a process, see setns(2).
func socketIn(pid, family int) (int, error) {
	there, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return -1, err
	}
	defer there.Close()
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return -1, err
	}
	defer here.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return -1, fmt.Errorf("enter the network namespace: %w", err)
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back == nil {
		runtime.UnlockOSThread() // else the thread ends with this goroutine
	}
	return fd, err
}
