package apidoc

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/stdlib"
)

// metaPath is where the Lua language server looks for a required module.
func metaPath(module string) string { return strings.ReplaceAll(module, ".", "/") + ".lua" }

// aliases are types that no declaration makes.
func aliases() [][2]string {
	return [][2]string{
		{"execlua.Duration", "number|string"}, // seconds, or "500ms"
		{"execlua.Size", "integer|string"},    // bytes, or "64m"
		{"execlua.Hook", "fun(process_config: execlua.ProcessConfig, pid: integer, info: execlua.HookInfo|execlua.Result)"}, // a Result's fields in post_stop
	}
}

// annotations describes a module to the Lua language server, see
// https://luals.github.io/wiki/annotations.
func (m *model) annotations(module stdlib.Module) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "---@meta %s\n-- %s\n\n", module.Name, notice)
	table := module.Name[strings.LastIndexByte(module.Name, '.')+1:]
	if module.Name == m.Modules[0].Name { // it holds the types
		for _, a := range aliases() {
			fmt.Fprintf(&b, "---@alias %s %s\n", a[0], a[1])
		}
		b.WriteString("\n")
		for _, r := range m.records {
			m.recordClass(&b, r)
		}
	}
	for _, c := range module.Classes {
		fmt.Fprintf(&b, "---%s\n---@class %s\n", c.Doc, className(c))
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "---@field %s %s %s\n", f.Name, annotated(m.returns(f)[0].Type), f.Doc)
		}
		b.WriteString(local(short(className(c)), c.Methods))
		m.luaFuncs(&b, short(className(c))+":", c.Methods)
	}
	fmt.Fprintf(&b, "---%s\n---@class %s\n", module.Doc, module.Name)
	for _, v := range module.Values {
		luaField(&b, v.Name, v.Type, v.Doc)
	}
	if module.Name == m.Modules[0].Name { // it is a global too
		fmt.Fprintf(&b, "%s = {}\n\n", table)
	} else {
		b.WriteString(local(table, module.Funcs))
	}
	m.luaFuncs(&b, table+".", module.Funcs)
	fmt.Fprintf(&b, "return %s\n", table)
	return b.Bytes()
}

// local is the table that functions are written into; without any there is none.
func local(name string, funcs []bind.Func) string {
	if len(funcs) == 0 {
		return "\n"
	}
	return "local " + name + " = {}\n\n"
}

func (m *model) recordClass(b *bytes.Buffer, r *record) {
	fmt.Fprintf(b, "---%s\n---@class %s\n", r.doc, r.Name)
	for _, f := range r.fields {
		name := f.name
		if !r.Given || f.nilable {
			name += "?"
		}
		luaField(b, name, f.typ, f.doc)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Aliases)) {
		luaField(b, name+"?", m.aliasType(r, r.Aliases[name]), "Is "+r.Aliases[name]+".")
	}
	if r.Name == commandRecord {
		luaField(b, "[integer]", "string|number", "The argv.")
		b.WriteString(local(short(r.Name), m.Command))
		m.luaFuncs(b, short(r.Name)+":", m.Command)
		return
	}
	b.WriteString("\n")
}

func luaField(b *bytes.Buffer, name, typ, doc string) {
	fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("---@field %s %s %s", name, annotated(typ), doc), " "))
}

// aliasType follows a path of fields. A process may be a list of words too.
func (m *model) aliasType(r *record, path string) string {
	step, rest, more := strings.Cut(path, ".")
	for _, f := range r.fields {
		if f.name != step {
			continue
		}
		if !more {
			return f.typ + "|string[]"
		}
		i := slices.IndexFunc(m.records, func(other *record) bool { return other.Name == f.typ })
		for _, g := range m.records[i].fields {
			if g.name == rest {
				return g.typ
			}
		}
	}
	return "any"
}

// luaFuncs writes functions into a table: owner is "execlua." or "Driver:".
func (m *model) luaFuncs(b *bytes.Buffer, owner string, funcs []bind.Func) {
	for _, f := range funcs {
		fmt.Fprintf(b, "---%s\n", f.Doc)
		if len(f.Errors) > 0 {
			fmt.Fprintf(b, "---\n---Fails with %s.\n", strings.Join(f.Errors, ", "))
		}
		var names []string
		for _, p := range m.params(f) {
			names = append(names, p.Name)
			name := p.Name
			if p.Optional {
				name += "?"
			}
			fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("---@param %s %s %s", name, annotated(p.Type), p.Doc), " "))
		}
		for _, r := range m.returns(f) {
			fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("---@return %s %s", annotated(r.Type), returnNote(r)), " "))
		}
		fmt.Fprintf(b, "function %s%s(%s) end\n\n", owner, f.Name, strings.Join(names, ", "))
	}
}

// returnNote keeps a description from being read as the result's name.
func returnNote(r bind.Return) string {
	if r.Doc == "" {
		return r.Name
	}
	return strings.TrimLeft(r.Name+" # "+r.Doc, " ")
}

// annotated writes a type for the language server.
func annotated(typ string) string {
	switch typ {
	case "duration":
		return "execlua.Duration"
	case "size":
		return "execlua.Size"
	}
	return typ
}
