//go:build linux

package keeper

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// The namespace of the test itself stands for a container's: it may be entered by
// root alone.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("setns needs root")
	}
}

func TestCheckHTTP(t *testing.T) {
	needRoot(t)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "" || r.URL.RawQuery != "q=1" {
			w.WriteHeader(http.StatusBadRequest)
		}
		var code int
		fmt.Sscanf(r.URL.Path, "/%d", &code)
		if code == 302 {
			w.Header().Set("Location", "http://elsewhere.invalid/")
		}
		w.WriteHeader(code)
	})
	plain, secret := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secret.Close()
	for _, row := range []struct {
		url, want string
	}{
		{plain.URL + "/200?q=1", ""},
		{plain.URL + "/302?q=1", ""},
		{plain.URL + "/404?q=1", "status 404"},
		{plain.URL + "/500?q=1", "status 500"},
		{secret.URL + "/204?q=1", ""},
		{secret.URL + "/503?q=1", "status 503"},
		{strings.Replace(plain.URL, "127.0.0.1", "localhost", 1) + "/200?q=1", ""},
		{"http://127.0.0.1:1/", "connection refused"},
	} {
		err := checkHTTP(t.Context(), os.Getpid(), row.url)
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: got %v, want %q", row.url, err, row.want)
		}
	}
}

// Neither a port that nobody answers nor a server that says nothing, or something
// else, holds a check up.
func TestCheckGivesUp(t *testing.T) {
	needRoot(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address := listener.Addr().String()
	if err := checkTCP(t.Context(), os.Getpid(), address); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := checkHTTP(ctx, os.Getpid(), "http://"+address+"/"); err == nil {
		t.Error("a server that says nothing is healthy")
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, strings.Repeat("SSH-2.0-", 1000))
			conn.Close()
		}
	}()
	if err := checkHTTP(t.Context(), os.Getpid(), "http://"+address+"/"); err == nil {
		t.Error("what is no HTTP is healthy")
	}
	if err := checkTCP(t.Context(), 1<<22+1, address); err == nil {
		t.Error("the network of no process")
	}
}
