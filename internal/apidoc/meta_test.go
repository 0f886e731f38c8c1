package apidoc

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/execlua/execlua/internal/api"
)

// annotatedFile is what a file of annotations says that there is: the functions of
// each table, and the fields of each class.
type annotatedFile struct {
	module    string
	functions map[string][]string
	fields    map[string][]string
}

func readMeta(t *testing.T, path string) annotatedFile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stmts, err := parse.Parse(strings.NewReader(string(text)), path)
	if err != nil {
		t.Fatal(err)
	}
	f := annotatedFile{functions: map[string][]string{}, fields: map[string][]string{}}
	for _, s := range stmts {
		def, ok := s.(*ast.FuncDefStmt)
		if !ok {
			continue
		}
		owner, name := def.Name.Receiver, def.Name.Method
		if get, ok := def.Name.Func.(*ast.AttrGetExpr); ok {
			owner, name = get.Object, get.Key.(*ast.StringExpr).Value
		}
		table := owner.(*ast.IdentExpr).Value
		f.functions[table] = append(f.functions[table], name)
	}
	f.module = regexp.MustCompile(`^---@meta (\S+)`).FindStringSubmatch(string(text))[1]
	class := ""
	for _, m := range regexp.MustCompile(`(?m)^---@(class|field) ([^\s?]+)`).FindAllStringSubmatch(string(text), -1) {
		switch {
		case m[1] == "class":
			class = m[2]
		case m[2] != "[integer]":
			f.fields[class] = append(f.fields[class], m[2])
		}
	}
	return f
}

// The annotations that editors read name exactly what a VM has, and so do the
// data that the tools read.
func TestAnnotationsAreLive(t *testing.T) {
	m := theModel(t)
	data := api.Load()
	everything := strings.Join(funcNames(m.functions()...), " ")
	for _, module := range m.Modules {
		run := vmOf(t, module.Name)
		f := readMeta(t, filepath.Join("../..", meta, metaPath(module.Name)))
		if f.module != module.Name {
			t.Errorf("%s is said to be %s", module.Name, f.module)
		}
		table := module.Name[strings.LastIndexByte(module.Name, '.')+1:]
		own := append(f.functions[table], f.fields[module.Name]...)
		has := run(live + `print(names(require("` + module.Name + `")))`)
		same(t, module.Name, own, has)
		same(t, module.Name+" as data", data.Owner(module.Name).Names(), has)
		for _, class := range module.Classes {
			own := append(f.functions[short(className(class))], f.fields[className(class)]...)
			same(t, className(class), own, run(live+`
				for name in ("`+everything+" "+strings.Join(own, " ")+`"):gmatch("%S+") do
					if has(objects.`+class.Name+`, name) then print(name) end
				end`))
		}
		if own := f.functions[short(commandRecord)]; len(own) > 0 {
			same(t, commandRecord, append(own, f.fields[commandRecord]...), run(live+`
				for name in ("`+everything+" "+strings.Join(f.fields[commandRecord], " ")+`"):gmatch("%S+") do
					if has(records["`+commandRecord+`"], name) then print(name) end
				end`))
		}
	}
}
