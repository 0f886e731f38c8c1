package apidoc

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/execlua/execlua/luabind"
)

// The files in the tree are those that the declarations make.
func TestFilesAreGenerated(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := Files(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is out of date (%v): run make gen", name, err)
		}
	}
	for _, dir := range []string{reference, meta, meta + "execlua/"} {
		found, err := filepath.Glob(filepath.Join(root, dir, "*.*"))
		if err != nil || len(found) == 0 {
			t.Errorf("%s: %d files, %v", dir, len(found), err)
		}
		for _, path := range found {
			if files[dir+filepath.Base(path)] == nil {
				t.Errorf("%s is not generated any more", path)
			}
		}
	}
}

// Every type that the annotations mention is one that they declare.
func TestTypesAreDeclared(t *testing.T) {
	files, err := Files(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	declared, mentioned := map[string]bool{}, map[string]string{}
	declaration := regexp.MustCompile(`(?m)^---@(?:class|alias) (execlua\.[A-Za-z]+)`)
	typed := regexp.MustCompile(`(?m)^---@(?:field|param|return|alias) .*`)
	typ := regexp.MustCompile(`execlua\.[A-Z][A-Za-z]*`)
	for name, text := range files {
		if !strings.HasPrefix(name, meta) {
			continue
		}
		for _, m := range declaration.FindAllSubmatch(text, -1) {
			if declared[string(m[1])] {
				t.Errorf("%s is declared twice", m[1])
			}
			declared[string(m[1])] = true
		}
		for _, line := range typed.FindAllString(string(text), -1) {
			for _, name := range typ.FindAllString(line, -1) {
				mentioned[name] = line
			}
		}
	}
	for name, line := range mentioned {
		if !declared[name] {
			t.Errorf("%s is not declared: %s", name, line)
		}
	}
}

// Every code that an error value can have is on the page.
func TestCodes(t *testing.T) {
	source, err := os.ReadFile("../../luabind/error.go")
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`(?s)\nfunc code\(.*?\n}\n`).Find(source)
	codes := regexp.MustCompile(`return "(\w+)"`).FindAllSubmatch(body, -1)
	if len(codes) == 0 {
		t.Fatal("func code of luabind/error.go is not what it was")
	}
	m, err := newModel(os.DirFS("../.."), luabind.Declare())
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]int{}
	for _, c := range m.allCodes() {
		listed[c.Name]++
	}
	for _, c := range codes {
		if listed[string(c[1])] == 0 {
			t.Errorf("code %s is not in the reference", c[1])
		}
	}
	for name, n := range listed {
		if n > 1 {
			t.Errorf("code %s is in the reference %d times", name, n)
		}
	}
}
