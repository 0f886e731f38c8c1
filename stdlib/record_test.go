package stdlib_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// line is how a Change stands in scripts.
func line(c luabind.Change) string {
	text := c.Op + " " + c.Target
	if len(c.Argv) > 0 {
		text = c.Op + " " + strings.Join(c.Argv, " ")
	}
	if c.To != nil {
		text += " -> " + *c.To
	}
	if c.Size != nil {
		text += fmt.Sprint(" ", *c.Size)
	}
	return text
}

// TestRecorded runs testdata/recorded/*.lua as TestOutside runs its scripts, with
// what is recorded among what they print. Nothing is left in their directories.
func TestRecorded(t *testing.T) {
	for _, g := range goldens(t, "testdata/recorded/*.lua") {
		t.Run(g.name, func(t *testing.T) {
			for _, script := range g.scripts {
				runGolden(t, g.name, script, func(o *luabind.Options) {
					out := o.Stdout
					o.Record = func(c luabind.Change) { fmt.Fprintln(out, "* "+line(c)) }
				})
				if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
					t.Errorf("left %v, %v", left, err)
				}
			}
		})
	}
}

// everything is a script that does all that a script can do to the world.
const everything = `
local fs, http, net, sh = require("execlua.fs"), require("execlua.http"), require("execlua.net"), require("execlua.sh")
local url, program = arg[1], arg[2]
fs.write("there/file", "new")
fs.write("there/link", "new")
fs.append("there/file", "more")
fs.copy("there/file", "copy")
fs.copy("there", "tree", { recursive = true })
fs.move("there/file", "moved")
fs.mkdir("made")
fs.mkdir("made/a/b", { parents = true })
fs.remove("there", { recursive = true })
fs.temp_dir()
io.open("there", "w"):write("x")
io.open("kept", "a"):write("x")
io.open("kept", "r+"):write("x")
io.open("kept", "w+"):write("x")
io.output("out")
io.write("x")
io.tmpfile():write("x")
os.tmpname()
os.rename("kept", "renamed")
os.remove("renamed")
http.get(url)
http.post(url, { body = "x" })
http.request("DELETE", url)
http.get("http://localhost", { socket = "socket" })
http.serve("127.0.0.1:0", print)
http.serve("unix:served", print)
local host = url:match("//(.*)")
net.dial(host):write("GET / HTTP/1.0\r\n\r\n")
net.listen("127.0.0.1:0")
net.listen("unix:listened")
net.wait_for_port(host)
sh.run { program, "ran" }
sh.output { program, "ran" }
sh.start { program, "ran" }
`

func TestNothingIsDone(t *testing.T) {
	t.Chdir(t.TempDir())
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("there", 0o700); err != nil {
		t.Fatal(err)
	}
	write("there/file", "old")
	write("kept", "old")
	if err := os.Symlink("../kept", "there/link"); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	write(program, "#!/bin/sh\necho done > \"$1\"\n")
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()

	before := tree(t, ".")
	var told []string
	if _, err := runOutside(t, "all.lua", everything, func(o *luabind.Options) {
		o.Args = []string{server.URL, program}
		o.Record = func(c luabind.Change) { told = append(told, c.Op) }
	}); err != nil {
		t.Fatal(err)
	}
	if after := tree(t, "."); !slices.Equal(before, after) {
		t.Errorf("now there is %q, and was %q", after, before)
	}
	if left := tree(t, temp); len(left) > 0 {
		t.Errorf("temporary files %q", left)
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests", n)
	}
	slices.Sort(told)
	if ops := strings.Join(slices.Compact(told), " "); ops != "fs.append fs.mkdir fs.move fs.remove fs.symlink fs.write http.delete http.get http.post http.serve net.dial net.listen sh.run" {
		t.Errorf("recorded %s", ops)
	}
}

// tree lists what is in a directory: paths, and what is in files.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		text, err := os.ReadFile(path)
		if d.IsDir() {
			text, err = nil, nil
		}
		all = append(all, path+" "+d.Type().String()+" "+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What a script may not do is denied, recorded or not.
func TestRecordingGrantsNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc", filepath.Join(dir, "etc")); err != nil {
		t.Fatal(err)
	}
	for source, allowed := range map[string]bool{
		`fs.write(dir .. "/a/../x", "") assert(fs.read(dir .. "/x") == "")`: false, // there is no a
		`fs.mkdir(dir .. "/a") fs.write(dir .. "/a/../x", "")`:              true,
		`fs.write(dir .. "/etc/x", "")`:                                     false,
		`fs.write(dir .. "/../x", "")`:                                      false,
		`fs.read(dir .. "/etc/passwd")`:                                     false,
		`fs.write("/x", "")`:                                                false,
		`fs.move(dir .. "/etc", "/x")`:                                      false,
		`fs.move(dir .. "/etc", dir .. "/y")`:                               true,
		`http.get("http://10.0.0.1")`:                                       false,
		`http.get("http://10.0.0.2")`:                                       true,
		`http.get("http://10.0.0.2", { socket = "/run/docker.sock" })`:      false,
		`net.dial("10.0.0.1:80")`:                                           false,
		`net.listen("127.0.0.1:80")`:                                        false,
		`sh.run { "/bin/sh" }`:                                              false,
		`sh.run { "/bin/true" }`:                                            true,
	} {
		t.Run(source, func(t *testing.T) {
			_, err := runOutside(t, "restricted.lua", `local dir, fs, http, net, sh = arg[1], require("execlua.fs"), require("execlua.http"), require("execlua.net"), require("execlua.sh") `+source,
				func(o *luabind.Options) {
					o.Host, o.Modules = false, []string{"fs", "http", "net", "sh"}
					o.FS, o.Args = []luabind.Root{{Path: dir, Writable: true}}, []string{dir}
					o.Hosts, o.Programs = []string{"10.0.0.2:*"}, []string{"/bin/true"}
					o.Record = func(luabind.Change) {}
				})
			if (err == nil) != allowed {
				t.Errorf("%v", err)
			}
		})
	}
}
