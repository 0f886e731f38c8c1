package luabind_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/luabind"
)

// reach is a restricted VM with every module that reaches outside, and a directory
// that it may write, with links out of it.
func reach(t *testing.T, change func(*luabind.Options)) (h *host, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, target := range map[string]string{"passwd": "/etc/passwd", "etc": "/etc", "up": "../../../../../../../etc", "nowhere": "/etc/execlua-test"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return newHost(t, func(o *luabind.Options) {
		o.Modules = []string{"fs", "http", "net", "sh", "env", "task"}
		o.FS = []luabind.Root{{Path: dir, Writable: true}}
		o.Args = []string{dir}
		o.Limits.Time = 2 * time.Second
		if change != nil {
			change(o)
		}
	}), dir
}

// What no option lists raises denied, and names the option.
func TestNothingIsGranted(t *testing.T) {
	const modules = `local fs, http, net, sh = require("execlua.fs"), require("execlua.http"), require("execlua.net"), require("execlua.sh") `
	h, _ := reach(t, nil)
	for _, row := range []struct{ source, option string }{
		{`fs.read("/etc/passwd")`, "Options.FS"},
		{`fs.read("/proc/self/environ")`, "Options.FS"},
		{`fs.read("/proc/self/mem")`, "Options.FS"},
		{`fs.read("etc/passwd")`, "absolute path"},
		{`fs.exists("/etc/passwd")`, "Options.FS"},
		{`fs.glob("/etc/*")`, "Options.FS"},
		{`fs.list("/")`, "Options.FS"},
		{`fs.read(arg[1] .. "x")`, "Options.FS"},
		{`fs.read(arg[1] .. "/passwd")`, "leads out of"},
		{`fs.read(arg[1] .. "/etc/passwd")`, "leads out of"},
		{`fs.read(arg[1] .. "/up/passwd")`, "leads out of"},
		{`fs.read(arg[1] .. "/../../../../../etc/passwd")`, "leads out of"},
		{`fs.list(arg[1] .. "/etc")`, "leads out of"},
		{`fs.write(arg[1] .. "/nowhere", "x")`, "leads out of"},
		{`fs.append(arg[1] .. "/nowhere", "x")`, "leads out of"},
		{`fs.write(arg[1] .. "/etc/execlua-test", "x")`, "leads out of"},
		{`fs.copy(arg[1] .. "/passwd", arg[1] .. "/copy")`, "leads out of"},
		{`fs.move(arg[1] .. "/passwd", "/tmp/execlua-test")`, "Options.FS"},
		{`fs.remove(arg[1] .. "/etc/hosts")`, "leads out of"},
		{`execlua.load_spec("/etc/passwd")`, "Options.FS"},
		{`http.get("http://127.0.0.1:1")`, "Options.Hosts"},
		{`http.get("http://example.com")`, "Options.Hosts"},
		{`http.get("http://localhost", { socket = "/run/docker.sock" })`, "Options.Hosts"},
		{`http.get("https://127.0.0.1", { tls = { ca_file = "/etc/passwd" } })`, "Options.FS"},
		{`http.serve("127.0.0.1:0", print)`, "Options.Listen"},
		{`net.listen("unix:" .. arg[1] .. "/socket")`, "Options.Listen"},
		{`net.dial("127.0.0.1:22")`, "Options.Hosts"},
		{`net.dial("unix:/run/docker.sock")`, "Options.Hosts"},
		{`net.wait_for_port("localhost:22")`, "Options.Hosts"},
		{`net.resolve("secret.example.com")`, "Options.Hosts"},
		{`sh.run { "/bin/true" }`, "Options.Programs"},
	} {
		_, err := h.run(modules + row.source)
		var failed *luabind.Error
		if !errors.As(err, &failed) || failed.Code != "denied" || !errors.Is(err, driver.ErrDenied) || !strings.Contains(failed.Message, row.option) {
			t.Errorf("%s: %v", row.source, err)
		}
	}
	if _, err := os.Lstat("/etc/execlua-test"); err == nil {
		t.Error("written outside")
	}
}

// Below its directories a script does what it likes, but writes only where it may.
func TestRoots(t *testing.T) {
	shown := t.TempDir()
	if err := os.WriteFile(filepath.Join(shown, "config"), []byte("a=1"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, dir := reach(t, func(o *luabind.Options) {
		o.FS = append(o.FS, luabind.Root{Path: shown})
		o.Args = append(o.Args, shown)
	})
	if err := os.Symlink("a/b", filepath.Join(dir, "inside")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(`
		local fs, dir, shown = require("execlua.fs"), arg[1], arg[2]
		assert(fs.read(shown .. "/config") == "a=1")
		local ok, err = pcall(fs.write, shown .. "/config", "a=2")
		assert(not ok and err.code == "denied" and err.message:find("may only be read", 1, true), err)
		fs.mkdir(dir .. "/a/b", { parents = true })
		fs.write(dir .. "/a/b/f", "text")
		fs.append(dir .. "/inside/f", " more")
		fs.write(dir .. "/inside/f", fs.read(dir .. "/inside/f") .. "!", { mode = "0640" })
		assert(fs.stat(dir .. "/a/b/f").mode == "0640" and fs.stat(dir .. "/a/b/f").size == 10)
		fs.copy(dir .. "/a", dir .. "/c", { recursive = true })
		fs.copy(shown .. "/config", dir .. "/c/config")
		fs.move(dir .. "/c/config", dir .. "/c/b/g")
		assert(table.concat(fs.list(dir .. "/c/b"), " ") == "f g")
		assert(fs.glob(dir .. "/*/b/?")[1] == dir .. "/a/b/f")
		local seen = {}
		for path in fs.walk(dir .. "/a") do seen[#seen + 1] = path:sub(#dir + 1) end
		assert(table.concat(seen, " ") == "/a/b /a/b/f", table.concat(seen, " "))
		assert(not pcall(fs.copy, dir .. "/a", dir .. "/a/b/a", { recursive = true }))
		fs.remove(dir .. "/a", { recursive = true })
		assert(not fs.exists(dir .. "/a"))`); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "c/b/f")); string(text) != "text more!" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// A directory that is swapped for a link again and again never leads out.
func TestSwappedLink(t *testing.T) {
	secret := t.TempDir()
	if err := os.WriteFile(filepath.Join(secret, "f"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, dir := reach(t, nil)
	must(os.Mkdir(filepath.Join(dir, "real"), 0o700))
	must(os.WriteFile(filepath.Join(dir, "real", "f"), []byte("open"), 0o600))
	must(os.Symlink(secret, filepath.Join(dir, "link")))
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, to := range []string{"real", "link"} {
				_ = os.Rename(filepath.Join(dir, to), filepath.Join(dir, "d"))
				_ = os.Rename(filepath.Join(dir, "d"), filepath.Join(dir, to))
			}
		}
	}()
	_, err := h.run(`
		local fs, read = require("execlua.fs"), 0
		for _ = 1, 3000 do
			local ok, text = pcall(fs.read, arg[1] .. "/d/f")
			assert(not ok or text == "open", text)
			if ok then pcall(fs.write, arg[1] .. "/d/f", "open") end
		end`)
	close(stop)
	<-stopped
	if err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(secret, "f")); string(text) != "secret" || err != nil {
		t.Errorf("outside there is %q, %v", text, err)
	}
}

// What counts is the address that is dialled.
func TestTargets(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusFound)
		}
	}))
	defer ours.Close()
	_, port, _ := net.SplitHostPort(ours.Listener.Addr().String())
	h, _ := reach(t, func(o *luabind.Options) {
		o.Hosts = []string{"127.0.0.1:" + port, "localhost:*", "*.example.com:443"}
		o.Listen = []string{"127.0.0.1:*"}
		o.Args = []string{ours.URL, port, other.URL}
	})
	for _, row := range []struct{ source, want string }{
		{`assert(http.get(arg[1]).status == 200)`, ""},
		{`assert(http.get("http://localhost:" .. arg[2]).status == 200)`, ""},
		{`net.dial("127.0.0.1:" .. arg[2]):close()`, ""},
		{`http.serve("127.0.0.1:0", print):close()`, ""},
		{`http.get(arg[1] .. "/away")`, "Options.Hosts"},
		{`http.get(arg[3])`, "Options.Hosts"},
		{`http.get("http://localhost:1")`, "not of the public network"},
		{`http.get(arg[3], { proxy = arg[1] })`, "Options.Hosts"},
		{`http.get("http://a.example.com:443", { proxy = arg[3] })`, "Options.Hosts"},
		{`http.get("http://[::ffff:127.0.0.1]:1")`, "Options.Hosts"},
		{`http.get("http://example.com:443")`, "Options.Hosts"},
		{`http.serve("0.0.0.0:0", print)`, "Options.Listen"},
	} {
		_, err := h.run(`local http, net = require("execlua.http"), require("execlua.net") ` + row.source)
		if (err == nil) != (row.want == "") || err != nil && (!errors.Is(err, driver.ErrDenied) || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: %v, want %q", row.source, err, row.want)
		}
	}
}

// A server that answers a byte now and then holds a script up no longer than its limits.
func TestSlowDrip(t *testing.T) {
	gone := make(chan struct{})
	drip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			_, _ = w.Write([]byte("."))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(10 * time.Millisecond):
			case <-r.Context().Done():
				return
			case <-gone:
				return
			}
		}
	}))
	defer drip.Close()
	defer close(gone)
	h, _ := reach(t, func(o *luabind.Options) {
		o.Hosts, o.Args = []string{"127.0.0.1:*"}, []string{drip.URL}
		o.Limits.Time = 300 * time.Millisecond
	})
	begin := time.Now()
	_, err := h.run(`
		local http = require("execlua.http")
		local ok, err = pcall(http.get, arg[1], { timeout = "50ms" })
		assert(not ok and err.code == "wait_timeout", err)
		while true do pcall(http.get, arg[1], { timeout = 0 }) end`)
	if !errors.Is(err, luabind.ErrLimit) || time.Since(begin) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

// A program has the host's environment for it, whatever the script has set.
func TestPrograms(t *testing.T) {
	h, dir := reach(t, func(o *luabind.Options) {
		o.Programs = []string{"/bin/sh"}
		o.Env = []string{"PATH=/bin", "GIVEN=1"}
	})
	must(os.Mkdir(filepath.Join(dir, "work"), 0o700))
	_, err := h.RunString(context.Background(), "test.lua", `
		local sh = require("execlua.sh")
		require("execlua.env").set("LD_PRELOAD", "/nowhere.so")
		assert(sh.output { "sh", "-c", "echo $GIVEN$LD_PRELOAD; pwd" } == "1\n/")
		assert(sh.output({ "sh", "-c", "pwd" }, { cwd = arg[1] .. "/work" }) == arg[1] .. "/work")
		for _, call in ipairs {
			function() sh.run({ "sh" }, { cwd = "/etc" }) end,
			function() sh.run({ "sh" }, { cwd = arg[1] .. "/etc" }) end,
			function() sh.run({ "sh" }, { env = { LD_PRELOAD = "x" } }) end,
			function() sh.run { "ls" } end,
			function() sh.run { "/bin/ls" } end,
			function() sh.run { "../bin/sh" } end,
		} do
			local ok, err = pcall(call)
			assert(not ok and err.code == "denied", err)
		end
		assert(sh.which("ls") == nil and sh.which("sh") == "/bin/sh")`)
	if err != nil {
		t.Error(err)
	}
}

// A grant that cannot be kept is refused.
func TestGrants(t *testing.T) {
	dir := t.TempDir()
	for want, o := range map[string]luabind.Options{
		"option FS: \"x\" is no absolute path":     {FS: []luabind.Root{{Path: "x"}}},
		"no such file":                             {FS: []luabind.Root{{Path: dir + "/none"}}},
		"is below":                                 {FS: []luabind.Root{{Path: dir}, {Path: filepath.Dir(dir)}}},
		"option Programs: \"sh\" is no absolute":   {Programs: []string{"sh"}},
		"option Hosts: \"example.com\" is no":      {Hosts: []string{"example.com"}},
		"a name, an address or a network expected": {Hosts: []string{"a.*.com:80"}},
		"Host is the whole machine":                {Host: true, Hosts: []string{"example.com:80"}},
	} {
		if _, err := luabind.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want %q", err, want)
		}
	}
}
