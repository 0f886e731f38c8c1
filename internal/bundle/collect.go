package bundle

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/luabind/vm"
)

// Sources say what Collect looks for.
type Sources struct {
	Script  string            // the file of the script
	Include []string          // further modules: files, and directories with all *.lua in them
	Path    []string          // where require looks, as in vm.Options
	Known   func(string) bool // tells the modules that the program has
}

// Collect finds what belongs into a bundle: the script, the modules that it and
// they require by a name that stands in the source, and what is included besides.
// An included file is the module of its path below the script's directory, or of
// its base name when it is elsewhere, to which a directory adds its own name. It
// returns the files by their names in the archive, and that of the script.
func Collect(s Sources) (files map[string][]byte, script string, err error) {
	c := collector{Sources: s, files: map[string][]byte{}}
	script = filepath.Base(s.Script)
	if err := c.add(script, s.Script); err != nil {
		return nil, "", err
	}
	for _, path := range s.Include {
		if err := c.include(path); err != nil {
			return nil, "", err
		}
	}
	return c.files, script, nil
}

type collector struct {
	Sources
	files map[string][]byte
}

// add takes a file and what it requires.
func (c *collector) add(name, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if have, exists := c.files[name]; exists {
		if !bytes.Equal(have, text) {
			return fmt.Errorf("two different files would be %s in the bundle, %s is one", name, path)
		}
		return nil
	}
	if !fs.ValidPath(name) {
		return fmt.Errorf("%s: %q cannot be a name in the bundle", path, name)
	}
	c.files[name] = text
	required, err := requires(text, path)
	if err != nil {
		return err
	}
	for _, r := range required {
		if c.Known(r.module) {
			continue
		}
		found, tried := vm.SearchPath(r.module, c.Path)
		if found == "" {
			return fmt.Errorf("%s:%d: module %q not found:\n\t%s", path, r.line, r.module, strings.Join(tried, "\n\t"))
		}
		if err := c.add(archiveName(r.module, found), found); err != nil {
			return err
		}
	}
	return nil
}

// archiveName is where require finds the module in the bundle.
func archiveName(module, path string) string {
	name := strings.ReplaceAll(module, ".", "/")
	if strings.HasSuffix(path, "/"+name+"/init.lua") || path == name+"/init.lua" {
		return name + "/init.lua"
	}
	return name + ".lua"
}

// include takes a file, or a directory of modules.
func (c *collector) include(root string) error {
	base := filepath.Dir(filepath.Clean(root))
	if below, err := filepath.Rel(filepath.Dir(c.Script), root); err == nil && filepath.IsLocal(below) {
		base = filepath.Dir(c.Script)
	}
	taken := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".lua" {
			return err
		}
		name, err := filepath.Rel(base, path)
		if err != nil {
			return err
		}
		taken++
		return c.add(filepath.ToSlash(name), path)
	})
	if err == nil && taken == 0 {
		return fmt.Errorf("no *.lua in %s", root)
	}
	return err
}

// requirement is a call of require with a name that stands there.
type requirement struct {
	module string
	line   int
}

// requires lists those of a source. It sees through no variables, and not what is
// called by pcall(require, "name").
func requires(text []byte, path string) ([]requirement, error) {
	if bytes.HasPrefix(text, []byte("#")) { // a first line for the kernel
		text = append([]byte("--"), text...)
	}
	chunk, err := parse.Parse(bytes.NewReader(text), path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var list []requirement
	visit(reflect.ValueOf(chunk), func(call *ast.FuncCallExpr) {
		fn, ok := call.Func.(*ast.IdentExpr)
		if !ok || fn.Value != "require" || len(call.Args) == 0 {
			return
		}
		if name, ok := call.Args[0].(*ast.StringExpr); ok {
			list = append(list, requirement{name.Value, call.Line()})
		}
	})
	return list, nil
}

// visit shows every call in a tree.
func visit(v reflect.Value, see func(*ast.FuncCallExpr)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if call, ok := v.Interface().(*ast.FuncCallExpr); ok && v.Kind() == reflect.Pointer {
			see(call)
		}
		visit(v.Elem(), see)
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), see)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // the embedded node is positions only
				visit(v.Field(i), see)
			}
		}
	}
}
