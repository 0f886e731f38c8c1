package apidoc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/execlua/execlua/internal/api"
	"github.com/execlua/execlua/luabind/bind"
)

// data is the whole model as data, for package api.
func (m *model) data() ([]byte, error) {
	a := api.API{Aliases: map[string]string{}}
	for _, alias := range aliases() {
		a.Aliases[alias[0]] = alias[1]
	}
	for _, module := range m.Modules {
		members := m.calls(module.Funcs)
		for _, v := range module.Values {
			members = append(members, api.Member{Name: v.Name, Doc: v.Doc, Type: annotated(v.Type)})
		}
		a.Owners = append(a.Owners, &api.Owner{Name: module.Name, Kind: api.Module, Doc: module.Doc, Members: members})
		for _, c := range module.Classes {
			members := m.calls(c.Methods)
			for _, f := range c.Fields {
				members = append(members, api.Member{Name: f.Name, Doc: f.Doc, Type: annotated(m.returns(f)[0].Type)})
			}
			a.Owners = append(a.Owners, &api.Owner{Name: className(c), Kind: api.Class, Doc: c.Doc, Members: members})
		}
	}
	for _, r := range m.records {
		a.Owners = append(a.Owners, m.recordData(r))
	}
	for _, c := range m.allCodes() {
		a.Codes = append(a.Codes, api.Member{Name: c.Name, Doc: c.Meaning})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	err := enc.Encode(a)
	return b.Bytes(), err
}

func (m *model) recordData(r *record) *api.Owner {
	o := &api.Owner{Name: r.Name, Kind: api.Record, Doc: r.doc}
	if r.Given {
		o.Kind = api.Given
	}
	for _, f := range r.fields {
		member := api.Member{Name: f.name, Doc: f.doc, Type: annotated(f.typ), Unit: f.unit, Default: f.zero}
		if r.Given {
			member.Default = ""
			if f.nilable && !strings.HasSuffix(member.Type, "?") {
				member.Type += "?"
			}
		}
		o.Members = append(o.Members, member)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Aliases)) {
		path := r.Aliases[name]
		o.Members = append(o.Members, api.Member{Name: name, Type: annotated(m.aliasType(r, path)), Alias: path})
	}
	if r.Name == commandRecord {
		o.Members = append(o.Members, m.calls(m.Command)...)
	}
	return o
}

// calls are functions with their parameters and results.
func (m *model) calls(funcs []bind.Func) []api.Member {
	var members []api.Member
	for _, f := range funcs {
		call := &api.Params{Method: f.Method}
		for _, p := range m.params(f) {
			call.Params = append(call.Params, api.Param{Name: p.Name, Type: annotated(p.Type), Doc: p.Doc, Optional: p.Optional})
		}
		for _, r := range m.returns(f) {
			call.Returns = append(call.Returns, api.Param{Name: r.Name, Type: annotated(r.Type), Doc: r.Doc})
		}
		members = append(members, api.Member{Name: f.Name, Doc: f.Doc, Call: call})
	}
	return members
}
