package bundle

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// tree writes files into a new directory, and goes there.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func TestWriteAndOpen(t *testing.T) {
	tree(t, map[string]string{"program": strings.Repeat("ELF", 1000)})
	files := map[string][]byte{"hello.lua": []byte("print(1)"), "a/b.lua": bytes.Repeat([]byte("x"), 5000), "z/init.lua": nil}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := Write(out, open(t, "program"), "hello.lua", files); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same input made different bytes")
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("ELFELF")) {
		t.Error("it does not begin with the program")
	}
	if err := os.WriteFile("bundled", first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Open("bundled")
	if err != nil || b == nil || b.Script != "hello.lua" {
		t.Fatalf("got %+v, %v", b, err)
	}
	if err := fstest.TestFS(b.Files, "hello.lua", "a/b.lua", "z/init.lua"); err != nil {
		t.Error(err)
	}
	if text, err := fs.ReadFile(b.Files, "a/b.lua"); err != nil || !bytes.Equal(text, files["a/b.lua"]) {
		t.Errorf("a/b.lua: %q, %v", text, err)
	}
	if err := Write(&second, open(t, "bundled"), "hello.lua", files); err == nil || !strings.Contains(err.Error(), "is a bundle already") {
		t.Errorf("a bundle of a bundle: %v", err)
	}
}

func TestOpenOther(t *testing.T) {
	for name, row := range map[string]struct{ content, want string }{
		"empty":        {"", ""},
		"short":        {"#!", ""},
		"program":      {strings.Repeat("ELF", 100), ""},
		"cut":          {"\xff\x00\x00\x00\x00\x00\x00\x00" + magic, "damaged"},
		"nothing":      {"xxxx\x00\x00\x00\x00\x00\x00\x00\x00" + magic, "damaged"},
		"huge":         {"xxxx\xff\xff\xff\xff\xff\xff\xff\xff" + magic, "damaged"},
		"not archived": {strings.Repeat("x", 100) + "\x10\x00\x00\x00\x00\x00\x00\x00" + magic, "not a valid zip file"},
	} {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, []byte(row.content), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(file)
		if b != nil || (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, %v", name, b, err)
		}
	}
}

func TestCollect(t *testing.T) {
	project := map[string]string{
		"app/main.lua": `#!/usr/bin/env execlua
local a, task = require("a"), require "execlua.task"
local name = "dynamic"; pcall(require, "optional"); require(name)
if x then return function() return { y = require('deep.er').z } end end`,
		"app/a.lua":            `return { require("a"), require("rock") }`,
		"app/deep/er/init.lua": `return {}`,
		"app/plugins/one.lua":  `return require("plugins.two")`,
		"app/plugins/two.lua":  ``,
		"app/plugins/x.txt":    ``,
		"rocks/rock.lua":       ``,
		"other/lib/three.lua":  ``,
		"other/four.lua":       ``,
		"app/missing.lua":      "\nrequire('nowhere')",
		"app/syntax.lua":       "return =",
		"other/a.lua":          "another",
	}
	tree(t, project)
	for _, row := range []struct {
		name, script string
		include      []string
		want         string // the names, or the error
	}{
		{"what is required", "app/main.lua", nil, "a.lua deep/er/init.lua main.lua rock.lua"},
		{"a directory below", "app/main.lua", []string{"app/plugins"}, "a.lua deep/er/init.lua main.lua plugins/one.lua plugins/two.lua rock.lua"},
		{"from elsewhere", "app/a.lua", []string{"other/lib/", "other/four.lua"}, "a.lua four.lua lib/three.lua rock.lua"},
		{"a module that is missing", "app/missing.lua", nil, "app/missing.lua:2: module \"nowhere\" not found:\n\tno file 'app/nowhere.lua'"},
		{"no Lua", "app/syntax.lua", nil, "app/syntax.lua: "},
		{"two of one name", "app/a.lua", []string{"other/a.lua"}, "two different files would be a.lua"},
		{"nothing to include", "app/a.lua", []string{"app/plugins/x.txt"}, "no *.lua in app/plugins/x.txt"},
		{"no script", "app", nil, "is a directory"},
	} {
		t.Run(row.name, func(t *testing.T) {
			files, script, err := Collect(Sources{
				Script: row.script, Include: row.include,
				Path:  []string{"app/?.lua", "app/?/init.lua", "rocks/?.lua"},
				Known: func(module string) bool { return strings.HasPrefix(module, "execlua") },
			})
			if err != nil {
				if !strings.Contains(err.Error(), row.want) {
					t.Errorf("got  %v\nwant %s", err, row.want)
				}
				return
			}
			if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); got != row.want || script != filepath.Base(row.script) {
				t.Errorf("got  %s, %s\nwant %s", script, got, row.want)
			}
		})
	}
}
