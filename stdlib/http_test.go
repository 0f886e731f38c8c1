package stdlib_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/execlua/execlua/luabind"
)

// certificate writes one for localhost, signed by itself, and its key.
func certificate(t *testing.T, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// printed runs a script in an empty directory and returns what it has printed.
func printed(t *testing.T, source string, change func(*luabind.Options)) string {
	t.Helper()
	var out bytes.Buffer
	_, err := runOutside(t, "script.lua", source, func(o *luabind.Options) {
		o.Stdout = &out
		if change != nil {
			change(o)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return out.String()
}

func TestTLS(t *testing.T) {
	t.Chdir(t.TempDir())
	certificate(t, "server.pem")
	certificate(t, "other.pem")
	got := printed(t, `
		local http, net = require("execlua.http"), require("execlua.net")
		local server = http.serve("127.0.0.1:0", function() return "hello" end, { tls = { cert_file = "server.pem" } })
		local function get(tls)
			local ok, r = pcall(http.get, server.url, { tls = tls })
			return ok and r.body or r.message:match("x509: .*")
		end
		print(server.url:match("^https://") ~= nil)
		print(get())
		print(get { ca_file = "other.pem" } ~= "hello")
		print(get { ca_file = "server.pem" })
		print(get { ca_file = "server.pem", server_name = "elsewhere" })
		print(get { insecure = true })
		local c = net.dial(server.address, { tls = { ca_file = "server.pem" } })
		c:write("GET / HTTP/1.0\r\n\r\n")
		print(c:read_line())

		-- Clients need a certificate, too.
		server = http.serve("127.0.0.1:0", function() return "welcome" end, { tls = { cert_file = "server.pem", ca_file = "other.pem" } })
		print((pcall(http.get, server.url, { tls = { ca_file = "server.pem" } })))
		print(get { ca_file = "server.pem", cert_file = "other.pem" })

		local function failure(tls) return select(2, pcall(http.get, server.url, { tls = tls })).message end
		print(failure { ca_file = "none" })
		print(failure { key_file = "none" })
		print(failure { cert_file = "none" })
		print(select(2, pcall(http.serve, "127.0.0.1:0", print, { tls = { insecure = true } })).message)
		print(select(2, pcall(http.serve, "127.0.0.1:0", print, { tls = {} })).message)`, nil)
	const want = `true
x509: certificate signed by unknown authority
true
hello
x509: certificate is valid for localhost, not elsewhere
hello
HTTP/1.0 200 OK
false
welcome
tls.ca_file "none": no such file or directory
opts.tls.cert_file: it is missing
tls.cert_file "none": no such file or directory
opts.tls: server_name and insecure are for clients
opts.tls.cert_file: it is missing
`
	if got != want {
		t.Errorf("printed:\n%swant:\n%s", got, want)
	}
}

// The proxy is that of the script's environment, or what it asks for.
func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "proxy for "+r.URL.String())
	}))
	defer proxy.Close()
	direct := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "direct")
	}))
	defer direct.Close()
	got := printed(t, `
		local http, env = require("execlua.http"), require("execlua.env")
		local function get(url, opts)
			local ok, r = pcall(http.get, url, opts)
			return ok and r.body or r.code
		end
		print(get("http://a.invalid/", { proxy = arg[1] }))
		env.set("http_proxy", arg[1])
		print(get("http://a.invalid/x"))
		print(get("http://a.invalid/", { proxy = "" }))
		print(get(arg[2]))
		env.set("NO_PROXY", "b.invalid, .invalid:8080, 10.0.0.0/8")
		print(get("http://a.invalid/"), get("http://x.b.invalid/"), get("http://a.invalid:8080/"))
		env.set("NO_PROXY", "*")
		print(get("http://a.invalid/"))
		env.set("HTTP_PROXY", "http://")
		env.set("NO_PROXY", "")
		print(get("http://a.invalid/"))`, func(o *luabind.Options) { o.Args = []string{proxy.URL, direct.URL} })
	const want = `proxy for http://a.invalid/
proxy for http://a.invalid/x
not_found
direct
proxy for http://a.invalid/	not_found	not_found
not_found
invalid
`
	if got != want {
		t.Errorf("printed:\n%swant:\n%s", got, want)
	}
}

// Only a host that is open has the modules that reach outside, and an embedder
// that names one gives it.
func TestWhoGetsWhat(t *testing.T) {
	for _, row := range []struct {
		name string
		o    luabind.Options
		want string
	}{
		{"the zero options", luabind.Options{}, "args path progress task"},
		{"a host that is open", luabind.Options{Host: true}, "args env fs http log net path progress sh task"},
		{"named", luabind.Options{Modules: []string{"env", "path"}}, "env path"},
		{"none", luabind.Options{Host: true, Modules: []string{}}, ""},
	} {
		var out bytes.Buffer
		row.o.Stdout = &out
		vm, err := luabind.New(row.o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = vm.RunString(t.Context(), "x", `
			local have = {}
			for _, name in ipairs { "args", "env", "fs", "http", "log", "net", "path", "progress", "sh", "task" } do
				if pcall(require, "execlua." .. name) then have[#have + 1] = name end
			end
			print(table.concat(have, " "))
			if pcall(require, "execlua.env") then assert(not os.getenv or os.getenv("PATH") == require("execlua.env").get("PATH")) end`)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		if got := out.String(); got != row.want+"\n" {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
		if err := vm.Close(); err != nil {
			t.Error(err)
		}
	}
}
