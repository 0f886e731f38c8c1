package apidoc

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"reflect"
	"strconv"
	"strings"
)

// comments are what the Go source says. Keys begin with the name of the package.
type comments struct {
	types  map[string]string     // "driver.Command"
	fields map[string]string     // "driver.Command.id", by the json tag
	values map[string]string     // "driver.ErrNotFound", without the name in front
	codes  []codeOf              // of driver.Code, in the source's order
	consts map[string][]constant // "driver.EventKind", in the source's order
}

// constant is a constant of a string type.
type constant struct{ value, doc string }

// codeOf is a sentinel and its code.
type codeOf struct{ sentinel, code string }

// readComments parses the packages that declare the API.
func readComments(root fs.FS) (*comments, error) {
	c := &comments{types: map[string]string{}, fields: map[string]string{}, values: map[string]string{}, consts: map[string][]constant{}}
	for _, dir := range []string{"driver", "luabind", "stdlib"} {
		files, err := fs.Glob(root, dir+"/*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := fs.ReadFile(root, name)
			if err != nil {
				return nil, err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			c.file(path.Base(dir), file)
		}
	}
	return c, nil
}

func (c *comments) file(pkg string, file *ast.File) {
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				doc := spec.Doc
				if doc == nil {
					doc = group.Doc
				}
				c.types[pkg+"."+spec.Name.Name] = paragraph(doc)
				if t, ok := spec.Type.(*ast.StructType); ok {
					c.structure(pkg+"."+spec.Name.Name, t)
				}
			case *ast.ValueSpec:
				c.value(pkg, spec)
			}
		}
	}
}

func (c *comments) structure(name string, t *ast.StructType) {
	for _, field := range t.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value) // the parser has accepted it
		json, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		doc := field.Doc
		if doc == nil {
			doc = field.Comment
		}
		text := paragraph(doc)
		for _, name := range field.Names {
			text = strings.TrimPrefix(text, name.Name+": ")
		}
		c.fields[name+"."+json] = text
	}
}

func (c *comments) value(pkg string, spec *ast.ValueSpec) {
	for _, name := range spec.Names {
		c.values[pkg+"."+name.Name] = strings.TrimPrefix(paragraph(spec.Doc), name.Name+": ")
	}
	if typ, ok := spec.Type.(*ast.Ident); ok && len(spec.Values) == 1 {
		if text, ok := spec.Values[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
			value, _ := strconv.Unquote(text.Value)
			c.consts[pkg+"."+typ.Name] = append(c.consts[pkg+"."+typ.Name], constant{value, paragraph(spec.Comment)})
		}
	}
	if pkg == "driver" && spec.Names[0].Name == "codes" {
		c.codeList(spec.Values[0])
	}
}

// codeList reads the pairs of driver's list of codes.
func (c *comments) codeList(list ast.Expr) {
	ast.Inspect(list, func(n ast.Node) bool {
		pair, ok := n.(*ast.CompositeLit)
		if !ok || len(pair.Elts) != 2 {
			return true
		}
		sentinel, isName := pair.Elts[0].(*ast.Ident)
		code, isText := pair.Elts[1].(*ast.BasicLit)
		if isName && isText {
			text, _ := strconv.Unquote(code.Value)
			c.codes = append(c.codes, codeOf{"driver." + sentinel.Name, text})
		}
		return true
	})
}

// paragraph is the first paragraph of a comment, on one line.
func paragraph(doc *ast.CommentGroup) string {
	first, _, _ := strings.Cut(doc.Text(), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}
